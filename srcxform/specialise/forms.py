"""Methods and builtins of containers by simpler ones, where a derivative may pass the elements.

What remains is reading and storing items and slices, `append`, `insert` and `pop`: that is all that
the generators know. The templates of the rest are in `runtime/lists.py`.
"""

from __future__ import annotations

import builtins
import copy
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.kinds.callables import is_virtual
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Stream,
    is_differentiable,
    present,
)
from srcxform.specialise.containers import held, is_dict, iterated, spelled_out, view_kind
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.objects import class_of
from srcxform.specialise.refusal import written_place
from srcxform.specialise.resolve import kind_of_atom
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.sequences import SHORT, display, elements
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
    if name in VIEWS and isinstance(base[1], Cell) and not getattr(node, "once", False):
        return None  # it would show later changes
    if name in TABLES:
        return template(state, node, TABLES[name], [base, *args])
    return None


def template(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords | None = None
) -> Evaluated:
    from srcxform.specialise.inlining import inline

    return inline(state, node, function, args, keywords or {})


def extend(state: State, node: Node, base: Evaluated, other: Evaluated) -> Evaluated:
    """`xs.extend(ys)`: one by one where ys is written out."""
    opened = state.opened(other[1])
    if isinstance(opened, Items) and len(opened.items) <= SHORT:
        for value, kind in elements(state, (other[0], opened)):
            state.put(base[1], kind)
            state.emit(build.expression(build.method(clone(base[0]), "append", value)))
        return build.const(None), NONE
    return template(state, node, runtime.extended, [base, listed(state, other)])


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


def builtin_form(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Write a builtin that makes or orders containers by simpler ones; None where it stays."""
    if state.fixed or not any(function is known for known in BUILTINS):
        return None
    return BUILTINS[function](state, node, function, args, keywords)


def passes(state: State, args: Args) -> bool:
    return any(is_differentiable(iterated(state, kind)) for _, kind in args)


def sorting(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`sorted(items, key=f)`; numbers without a key have a rule, and a dict gives its keys."""
    if is_dict(state.opened(args[0][1])):
        from srcxform.specialise.calls import call_object

        held, kind = named(state, args[0])
        keys = named(state, (build.method(held, "keys"), view_kind(state, "keys", kind)))
        return call_object(state, node, builtins.sorted, [keys], keywords)
    key = keywords.get("key", (None, NONE))[1]
    inside = iterated(state, args[0][1])
    if not is_differentiable(inside) and not is_virtual(key):
        return None
    if key == NONE and isinstance(inside, (Number, Const)):
        return None
    return template(state, node, runtime.ordered, args, keywords)


def extreme(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`max(items, key=f)`, `max(items)` of objects, and `max(p, q)` of tuples."""
    items = args[0] if len(args) == 1 else display("tuple", args)
    largest = build.const(function is builtins.max), Const(function is builtins.max)
    tuples = len(args) > 1 and all(isinstance(kind, (Items, Cell, Many)) for _, kind in args)
    if not keywords and (tuples or class_of(present(iterated(state, items[1]))) is not None):
        return template(state, node, runtime.first_of_all, [items, largest])
    if list(keywords) != ["key"]:
        return None
    key = keywords["key"]
    if not passes(state, args) and not is_virtual(key[1]):
        return None
    return template(state, node, runtime.first_by, [items, key, largest])


def zipping(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`zip(a, b)` that is used once, at once, of what is written out: a list of tuples."""
    opened = [(value, state.opened(kind)) for value, kind in args]
    exact = args and all(isinstance(kind, Items) for _, kind in opened)
    if not exact or keywords or not getattr(node, "once", False) or not passes(state, args):
        return None
    rows = zip(*[elements(state, part) for part in opened], strict=False)
    return display("list", [named(state, display("tuple", list(row))) for row in rows])


def backwards(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`reversed(xs)` that is used once, at once, of what is written out."""
    value, kind = args[0][0], state.opened(args[0][1])
    if not isinstance(kind, Items) or not getattr(node, "once", False) or not passes(state, args):
        return None
    return display("list", elements(state, (value, kind))[::-1])


def columns(state: State, node: Node) -> Evaluated | None:
    """`zip(*rows)` of rows whose length is known: a tuple for each place."""
    star = node.args[0] if len(node.args) == 1 else None
    exact = [keyword.value for keyword in node.keywords]
    if state.fixed or not isinstance(star, gast.Starred):
        return None
    rows = evaluate(state, star.value)
    row = state.opened(iterated(state, rows[1]))
    if isinstance(state.opened(rows[1]), Items) or not isinstance(rows[1], (Cell, Many, Array)):
        return None
    if not is_differentiable(row):
        return None
    if not isinstance(row, Items) or not getattr(node, "once", False):
        given = [named(state, rows), *(evaluate(state, value) for value in exact)]
        return template(state, node, runtime.columns, given)
    if exact:
        return None
    rows = named(state, rows)
    empty = gast.Compare(
        left=build.call("len", clone(rows[0])), ops=[gast.Eq()], comparators=[build.const(0)]
    )
    text = build.const("zip(*rows) of no rows")
    line = gast.Raise(exc=build.call("ValueError", text), cause=None)
    line.place = state.place
    state.emit(build.branch(empty, [line]))
    places = [(build.const(k), Const(k)) for k in range(len(row.items))]
    return display(
        "list", [template(state, node, runtime.column, [rows, place]) for place in places]
    )


def summing(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`sum(items, start)` of lists, tuples and objects, which are no numbers to be added up."""
    inside = [iterated(state, args[0][1]), *(kind for _, kind in args[1:])]
    inside += [kind for _, kind in keywords.values()]
    whole = (Items, Many, Cell)
    if not any(isinstance(kind, whole) or class_of(kind) is not None for kind in inside):
        return None
    return template(state, node, runtime.summed, args, keywords)


def table(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`dict(a=x)`, `dict(other, a=x)`, `dict(pairs)`."""
    if not args:
        return written(keywords)
    if len(args) == 1 and is_zip_of_two(*args[0]):
        made = of_columns(state, node, args[0][0])
        return update(state, node, made, [], keywords) and made if keywords else made
    given = [kind for _, kind in keywords.values()]
    if not (passes(state, args) or any(map(is_differentiable, given))):
        inside = [held(state, kind) for _, kind in args]
        if not any(map(is_differentiable, inside)):
            return None
    pairs: list[tuple[Any, Evaluated]] = []
    for value, kind in args:
        known = known_pairs(state, value, kind)
        if known is None:
            made = unknown_table(state, node, value, kind)
            return update(state, node, made, [], keywords) and made
        pairs += known
    return written(dict([*pairs, *keywords.items()]))


def known_pairs(state: State, value: Node, kind: Kind) -> list[tuple[Any, Evaluated]] | None:
    """Give keys and values of a dict or of a list of pairs, where the keys are known."""
    opened = state.opened(kind)
    if isinstance(opened, Mapping):
        found = []
        for key, item in zip(opened.keys, opened.items, strict=True):
            part = build.item(clone(value), build.const(key))
            found.append((key, named(state, (part, item))))
        return found
    if not isinstance(opened, Items) or len(opened.items) > SHORT:
        return None
    rows = [state.opened(item) for item in opened.items]
    if not all(isinstance(row, Items) and len(row.items) == 2 for row in rows):
        return None
    if not all(isinstance(row.items[0], Const) for row in rows):  # type: ignore[attr-defined]
        return None
    found = []
    for row, (node, inner) in zip(rows, elements(state, (value, opened)), strict=True):
        _, second = elements(state, (node, state.opened(inner)))
        found.append((row.items[0].value, second))  # type: ignore[attr-defined]
    return found


def is_zip_of_two(value: Node, kind: Kind) -> bool:
    match value:
        case gast.Call(func=gast.Name(id="zip"), args=[gast.Name() | gast.Constant(), gast.Name()]):
            return isinstance(kind, Stream) and not value.keywords
    return False


def of_columns(state: State, node: Node, value: Node) -> Evaluated:
    """`dict(zip(keys, values))`."""
    keys, values = value.args
    known = state.opened(kind_of_atom(state, keys))
    opened = state.opened(kind_of_atom(state, values))
    names: list[Any] = []
    match known:
        case Const(value=str() as text):
            names = list(text)
        case Items(items=items) if all(isinstance(item, Const) for item in items):
            names = [item.value for item in items]  # type: ignore[attr-defined]
    if names and isinstance(opened, Items):
        return written(dict(zip(names, elements(state, (values, opened)), strict=False)))
    return template(
        state, node, runtime.table_of_columns, [(keys, known), listed(state, (values, opened))]
    )


def unknown_table(state: State, node: Node, value: Node, kind: Kind) -> Evaluated:
    if not is_dict(kind):
        return template(state, node, runtime.table_of, [listed(state, (value, kind))])
    made = named(state, (build.mapping((), []), Mapping((), ())))
    template(state, node, runtime.updated, [made, (value, kind)])
    return made


def written(pairs: dict[Any, Evaluated]) -> Evaluated:
    """Write a dict display."""
    keys = tuple(pairs)
    node = build.mapping(keys, [value for value, _ in pairs.values()])
    return node, Mapping(keys, tuple(kind for _, kind in pairs.values()))


def copying(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`copy.copy(x)`, `copy.deepcopy(x)`."""
    if len(args) != 1 or keywords:
        return None
    value, deep = args[0], function is copy.deepcopy
    if deep and holds_several(state, value[1]):
        value = named(state, value)
        told = [] if state.place is None else [written_place(state.place)]
        source = "from srcxform.runtime import check_apart"
        check = state.externals.root("check_apart", runtime.check_apart, source)
        state.emit(build.expression(build.call(check, clone(value[0]), *told)))
    return copied_value(state, node, value, deep)


def copied_value(state: State, node: Node, value: Evaluated, deep: bool) -> Evaluated | None:
    """Copy a value; in a deep copy, parts that are storage themselves share none with others."""
    from srcxform.specialise.calls import call_object

    match state.opened(value[1]):
        case Number() | Const():
            return value
        case Array():
            return call_object(state, node, np.copy, [value], {})
        case Items(type="tuple") if not deep:
            return value
        case Items(type="tuple" | "list") | Mapping() | Cell() | Many() as kind:
            if not deep or not storage_in(state, kind):
                place = build.method(clone(value[0]), "copy")
                return container_copy(state, place, value)
            if isinstance(kind, (Items, Mapping)):
                return copied_parts(state, node, value[0], kind)
            inside = held(state, kind)
            if getattr(kind, "type", "") == "list" and not storage_in(state, inside):
                return template(state, node, runtime.copies, [value])
    return None


def copied_parts(state: State, node: Node, value: Node, kind: Items | Mapping) -> Evaluated | None:
    """Copy a container part by part."""
    if isinstance(kind, Items):
        parts = elements(state, (value, kind))
    else:
        pairs = zip(kind.keys, kind.items, strict=True)
        parts = [named(state, (build.item(clone(value), key), part)) for key, part in pairs]
    found = [copied_value(state, node, part, True) for part in parts]
    known = [named_or_atom(state, part) for part in found if part is not None]
    if len(known) < len(parts):
        return None
    if isinstance(kind, Mapping):
        return written(dict(zip(kind.keys, known, strict=True)))
    return display(kind.type, known)


def container_copy(state: State, call: Node, value: Evaluated) -> Evaluated:
    from srcxform.specialise.containers import container_method

    return container_method(state, call, value[0], value[1], [], {})


def named_or_atom(state: State, value: Evaluated) -> Evaluated:
    return value if isinstance(value[0], gast.Constant) else named(state, value)


def storage_in(state: State, kind: Kind) -> list[Kind]:
    """Give the kinds of what a container holds that can be written to itself."""
    kind = state.opened(kind)
    if isinstance(kind, (Items, Mapping)):
        parts = list(kind.items)
    else:
        parts = [] if isinstance(kind, Array) else [held(state, kind)]
    return [part for part in parts if part != NEVER and not isinstance(part, (Number, Const))]


def holds_several(state: State, kind: Kind) -> bool:
    """Say whether several parts of a container can be written to, which may be one and the same."""
    parts = storage_in(state, kind)
    inside = any(holds_several(state, part) for part in parts)
    return (
        inside
        or len(parts) > 1
        or bool(parts)
        and not isinstance(state.opened(kind), (Items, Mapping))
    )


BUILTINS: dict[Any, Any] = {
    copy.copy: copying, copy.deepcopy: copying,
    builtins.sum: summing, builtins.sorted: sorting, builtins.max: extreme, builtins.min: extreme,
    builtins.zip: zipping, builtins.reversed: backwards, builtins.dict: table,
}  # fmt: skip
