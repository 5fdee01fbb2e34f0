"""Jacobians taken inside a function: one block for each leaf of the result and of the argument.

A block is the Jacobian of a function of one number or array, for which there are templates. The
structure of arguments and results is known while compiling.
"""

from __future__ import annotations

from typing import Any

import gast

from srcxform import runtime
from srcxform.kinds.callables import Derived, Leafwise
from srcxform.kinds.lattice import (
    NONE,
    Array,
    Const,
    Items,
    Kind,
    Mapping,
    Number,
    is_differentiable,
    scalar_class,
)
from srcxform.specialise.closures import call_known, placeholder, refused
from srcxform.specialise.deriving import as_real, written
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone

Path = tuple[Any, ...]


def whole_jacobian(
    state: State, node: Node, kind: Derived, args: Args, keywords: Keywords
) -> Evaluated:
    """Write a Jacobian: in the structure of the result, with that of the argument inside."""
    options = dict(kind.options)
    several = isinstance(options.get("argnums", 0), tuple)
    argnums = options.get("argnums", 0) if several else (options.get("argnums", 0),)
    picked = [k % len(args) for k in argnums]
    args = [as_name(state, arg) for arg in args]
    named = tuple((name, *as_name(state, value)) for name, value in keywords.items())
    for k in picked:
        value, found = as_real(state, *args[k])
        args[k] = as_name(state, (value, found))
    before = dict(state.env or {})
    with state.block():  # for its structure only; its names stay taken: lists are known by them
        _, out = call_known(state, node, kind.function, args, dict_of(named))
        out = state.settled(out)
    state.env = before
    has_aux = bool(options.get("has_aux"))
    if has_aux and not (isinstance(out, Items) and len(out.items) == 2):
        return unknown(state, node)
    result = out.items[0] if has_aux and isinstance(out, Items) else out

    def block(leaf: Path, leaf_kind: Kind, to: Path, row_kind: Kind) -> Evaluated:
        function = Leafwise(kind.function, tuple(args), named, leaf, to)
        mode = mode_of(kind.transform, options, leaf_kind, row_kind)
        return one_block(state, node, function, mode, reached(args[leaf[0]], leaf[1:]))

    def row(to: Path, own: Kind) -> Evaluated | None:
        parts = [
            arranged(args[k][1], (k,), lambda leaf, kind: block(leaf, kind, to, own))
            for k in picked
        ]
        if any(part is None for part in parts):
            return None
        whole = [part for part in parts if part is not None]
        return tupled(whole) if several else whole[0]

    start: Path = (0,) if has_aux else ()
    made = arranged(result, start, row)
    if made is None:
        return unknown(state, node)
    if not has_aux:
        return made
    value, found = call_known(state, node, kind.function, args, dict_of(named))
    aux = written(state, [], build.item(as_name(state, (value, found))[0], 1))
    return tupled([made, aux])


def unknown(state: State, node: Node) -> Evaluated:
    return refused(
        state, node, "the structure of this Jacobian is known only while the program runs",
        "it has a block for each pair of numbers or arrays in the result and the argument",
        "use containers of fixed length",
    )  # fmt: skip


TEMPLATES: dict[str, tuple[Any, ...]] = {
    "forward": (runtime.jacobian_columns, "jvp"),
    "reverse": (runtime.jacobian_rows, "vjp"),
    "auto": (runtime.jacobian_cheaper, "jvp", "vjp"),
}


def mode_of(transform: str, options: dict[str, Any], leaf: Kind, result: Kind) -> str:
    """Choose the mode with fewer sweeps; of two arrays the program finds out while it runs."""
    mode = {"jacfwd": "forward", "jacrev": "reverse"}.get(transform, options.get("mode", "auto"))
    if mode == "auto" and isinstance(leaf, (Number, Const)):
        return "forward"
    if mode == "auto" and isinstance(result, (Number, Const)):
        return "reverse"
    return str(mode)


def one_block(
    state: State, node: Node, function: Leafwise, mode: str, leaf: Evaluated
) -> Evaluated:
    from srcxform.specialise.calls import call_object

    template, *transforms = TEMPLATES[mode]
    given: Args = [(placeholder(state), Derived(name, function)) for name in transforms]
    given.append(as_name(state, written(state, [], leaf[0])))
    return as_name(state, call_object(state, node, template, given, {}))


def call_leafwise(state: State, node: Node, kind: Leafwise, args: Args) -> Evaluated:
    """Call a function with one leaf of its arguments replaced; give one leaf of its result."""
    position, *keys = kind.leaf
    given = list(kind.args)
    given[position] = replaced(given[position], tuple(keys), args[0])
    out = as_name(state, call_known(state, node, kind.function, given, dict_of(kind.keywords)))
    return written(state, [], reached(out, kind.result)[0])


def replaced(value: Evaluated, keys: Path, leaf: Evaluated) -> Evaluated:
    """Write a container anew with another leaf."""
    if not keys:
        return leaf
    node, kind = value
    assert isinstance(kind, (Items, Mapping))
    names = kind.keys if isinstance(kind, Mapping) else range(len(kind.items))
    parts = []
    for name, item in zip(names, kind.items, strict=True):
        part = (build.item(clone(node), build.const(name)), item)
        parts.append(replaced(part, keys[1:], leaf) if name == keys[0] else part)
    nodes = [part for part, _ in parts]
    items = tuple(item for _, item in parts)
    if isinstance(kind, Mapping):
        return build.mapping(kind.keys, nodes), Mapping(kind.keys, items)
    return build.sequence(nodes, kind.type), Items(kind.type, items)


def reached(value: Evaluated, keys: Path) -> Evaluated:
    """Write the way to a leaf."""
    node, kind = value
    for key in keys:
        assert isinstance(kind, (Items, Mapping))
        place = kind.keys.index(key) if isinstance(kind, Mapping) else key
        node, kind = build.item(clone(node), build.const(key)), kind.items[place]
    return node, kind


def arranged(kind: Kind, path: Path, made: Any) -> Evaluated | None:
    """Build what `made(path, kind)` gives for each leaf; None for structures that vary."""
    match kind:
        case Items(type="tuple" | "list" as name, items=items):
            parts = [arranged(item, (*path, k), made) for k, item in enumerate(items)]
            if any(part is None for part in parts):
                return None
            whole = [part for part in parts if part is not None]
            node = build.sequence([value for value, _ in whole], name)
            return node, Items(name, tuple(found for _, found in whole))
        case Mapping(keys=keys, items=items):
            parts = [arranged(i, (*path, k), made) for k, i in zip(keys, items, strict=True)]
            if any(part is None for part in parts):
                return None
            whole = [part for part in parts if part is not None]
            node = build.mapping(keys, [value for value, _ in whole])
            return node, Mapping(keys, tuple(found for _, found in whole))
        case Number() | Array() if is_differentiable(kind):
            found: Evaluated | None = made(path, kind)
            return found
        case Const(value=value) if scalar_class(value) == "f":
            real: Evaluated | None = made(path, kind)
            return real
        case Number() | Array() | Const():
            return build.const(None), NONE
    return None


def tupled(parts: list[Evaluated]) -> Evaluated:
    return build.sequence([n for n, _ in parts]), Items("tuple", tuple(k for _, k in parts))


def dict_of(named: tuple[Any, ...]) -> Keywords:
    return {name: (value, kind) for name, value, kind in named}


def as_name(state: State, value: Evaluated) -> Evaluated:
    """Give a value a name."""
    node, kind = value
    if isinstance(node, (gast.Name, gast.Constant)):
        return value
    name = state.names.part(state.hint)
    state.emit(build.assign(name, node))
    state.bind(name, kind)
    return build.load(name), state.kind_of(name) or kind
