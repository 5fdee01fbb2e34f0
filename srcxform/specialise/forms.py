"""Methods of containers by simpler ones, where a derivative may pass the elements.

What remains is reading and storing items and slices, `append`, `insert` and `pop`: that is all that
the generators know. The templates of the rest are in `runtime/lists.py`.
"""

from __future__ import annotations

from typing import Any

import gast

from srcxform import runtime
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Stream,
    is_differentiable,
    present,
)
from srcxform.specialise.containers import held, is_dict, iterated, spelled_out
from srcxform.specialise.objects import class_of
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.sequences import SHORT, elements
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone

LISTS = {
    "extend": runtime.extended, "remove": runtime.removed, "sort": runtime.put_in_order,
}  # fmt: skip
TABLES = {
    "get": runtime.item_or, "setdefault": runtime.set_default, "clear": runtime.emptied,
    "values": runtime.values_of, "items": runtime.items_of,
}  # fmt: skip
VIEWS = ("values", "items")


def carries(state: State, kind: Kind) -> bool:
    """Say whether a derivative may pass what a container holds, as far as is known by now."""
    inside = held(state, kind)
    return inside == NEVER or is_differentiable(inside)


def method_form(
    state: State, node: Node, base: Evaluated, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Write a method of a list or dict by simpler ones; None where it stays as it is."""
    name, kind = node.func.attr, base[1]
    if state.fixed or getattr(kind, "type", None) == "tuple":
        return None
    given = [found for _, found in args] + [found for _, found in keywords.values()]
    if not (carries(state, kind) or any(map(is_differentiable, given))):
        return None
    if is_dict(kind):
        return dict_form(state, node, base, args, keywords)
    if name == "extend" and len(args) == 1:
        return extend(state, node, base, args[0])
    if name == "clear":
        return cut(state, base)
    if name in LISTS:
        return template(state, node, LISTS[name], [base, *args], keywords)
    return None


def dict_form(
    state: State, node: Node, base: Evaluated, args: Args, keywords: Keywords
) -> Evaluated | None:
    name = node.func.attr
    if name == "update":
        return update(state, node, base, args, keywords)
    if name == "pop" and len(args) == 2:
        opened = state.opened(base[1])
        if isinstance(opened, Mapping) and isinstance(args[0][1], Const):
            if args[0][1].value not in opened.keys:
                return args[1]
        return template(state, node, runtime.popped, [base, *args])
    if name == "popitem" and not args:
        return template(state, node, runtime.last_popped, [base])
    if name in VIEWS and isinstance(base[1], Cell) and not state.is_once(node):
        return None  # it would show later changes
    if name in TABLES:
        return template(state, node, TABLES[name], [base, *args])
    return None


def template(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords | None = None
) -> Evaluated:
    from srcxform.specialise.inlining import inline

    return inline(state, node, function, args, keywords or {})


def is_key(table: dict[Any, Any], function: Any) -> bool:
    """Say whether a table has an entry for a function, which may not be hashed."""
    try:
        return function in table
    except TypeError:
        return False


def extend(state: State, node: Node, base: Evaluated, other: Evaluated) -> Evaluated:
    """`xs.extend(ys)`: one by one where ys is written out."""
    other = elements_of(state, node, other)
    opened = state.opened(other[1])
    if isinstance(opened, Items) and len(opened.items) <= SHORT:
        for value, kind in elements(state, (other[0], opened)):
            state.put(base[1], kind)
            state.emit(build.expression(build.method(clone(base[0]), "append", value)))
        return build.const(None), NONE
    return template(state, node, runtime.extended, [base, listed(state, other)])


def elements_of(state: State, node: Node, value: Evaluated) -> Evaluated:
    """Give what an object of the user's gives one by one; all else as it is."""
    if class_of(present(value[1])) is None:
        return value
    from srcxform.specialise.spreading import counted_value

    return counted_value(state, node, value)


def listed(state: State, value: Evaluated) -> Evaluated:
    """Give a value that has positions: a list of it, where it has none."""
    node, kind = value
    if isinstance(kind, Stream) or is_dict(kind):
        node, kind = build.call("list", node), Many("list", iterated(state, kind))
    return named(state, (node, kind))


def named(state: State, value: Evaluated) -> Evaluated:
    """Give a value a name, if it has none."""
    node, kind = value
    if isinstance(node, gast.Name):
        return value
    name = state.names.part(state.hint)
    state.emit(build.assign(name, node))
    state.bind(name, kind)
    return build.load(name), state.kind_of(name) or kind


def cut(state: State, base: Evaluated, part: Node | None = None) -> Evaluated:
    """`del xs[a:b]`: nothing is put in its place."""
    empty, _ = named(state, (build.sequence([], "list"), Items("list", ())))
    state.put(base[1], NEVER)
    whole = gast.Slice(lower=None, upper=None, step=None) if part is None else part
    state.emit(build.assign(build.item_store(clone(base[0]), whole), empty))
    return build.const(None), NONE


def effect(state: State, base: Node, name: str, *args: Node) -> None:
    """Write a call of a method, whose names are residual ones already."""
    from srcxform.specialise.statements import evaluate_residual

    call, _ = evaluate_residual(state, build.method(clone(base), name, *map(clone, args)))
    if isinstance(call, gast.Call):
        state.emit(build.expression(call))


def augment(state: State, name: str, kind: Kind, op: Node, value: Evaluated) -> bool:
    """`xs += ys`, `xs *= n`, `d |= e`: the same list or dict, changed."""
    is_list = getattr(kind, "type", None) == "list"
    if is_list and isinstance(op, gast.Add):
        value = elements_of(state, value[0], value)
        effect(state, build.load(name), "extend", value[0])
    elif is_list and isinstance(op, gast.Mult):
        from srcxform.specialise.sequences import repeated

        place = build.binary(build.load(name), op, value[0])
        found = repeated(state, place, (build.load(name), kind), value)
        if found is None:
            return False
        result = named(state, found)
        state.put(kind, held(state, result[1]))
        whole = gast.Slice(lower=None, upper=None, step=None)
        state.emit(build.assign(build.item_store(name, whole), result[0]))
    elif is_dict(kind) and isinstance(op, gast.BitOr):
        effect(state, build.load(name), "update", value[0])
    else:
        return False
    return True


def container_copy(state: State, call: Node, value: Evaluated) -> Evaluated:
    from srcxform.specialise.containers import container_method

    return container_method(state, call, value[0], value[1], [], {})


def merged(state: State, left: Evaluated, right: Evaluated) -> Evaluated:
    """`d | e`: a copy of d, into which e goes."""
    made = named(state, container_copy(state, build.method(clone(left[0]), "copy"), left))
    effect(state, made[0], "update", named(state, right)[0])
    return made[0], state.kind_of(made[0].id) or made[1]


def delete(state: State, base: Evaluated, index: Evaluated) -> bool:
    """Write `del base[index]` by simpler means, if base is a list or dict."""
    if not (is_dict(base[1]) or getattr(base[1], "type", None) == "list"):
        return False
    if getattr(index[1], "type", None) == "slice":
        cut(state, base, index[0])
    else:
        effect(state, base[0], "pop", index[0])
    return True


def update(
    state: State, node: Node, base: Evaluated, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`d.update(other, key=value)` as stores."""
    for other, kind in args:
        opened = state.opened(kind)
        if isinstance(opened, Mapping):
            spelled_out(state, base[0], base[1], [(other, kind)], {})
        elif is_dict(kind):
            template(state, node, runtime.updated, [base, (other, kind)])
        else:
            template(state, node, runtime.updated_by, [base, listed(state, (other, kind))])
    spelled_out(state, base[0], base[1], [], keywords)
    return build.const(None), NONE


# -- builtins
