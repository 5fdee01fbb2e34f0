"""Builtins that take containers, by simpler steps, where a derivative may pass the elements."""

from __future__ import annotations

import builtins
import copy
import math
from typing import Any

import gast

from srcxform import runtime
from srcxform.kinds.callables import is_virtual
from srcxform.kinds.lattice import (
    NONE,
    Array,
    Cell,
    Const,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    Mixed,
    Number,
    Stream,
    Torn,
    Unknown,
    is_differentiable,
    present,
)
from srcxform.specialise.containers import held, is_dict, iterated, view_kind
from srcxform.specialise.copying import copying
from srcxform.specialise.displays import dict_display, display
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.forms import is_key, listed, named, template, update
from srcxform.specialise.instances import torn
from srcxform.specialise.mixed import is_told
from srcxform.specialise.objects import class_of
from srcxform.specialise.resolve import kind_of_atom
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.sequences import SHORT, elements
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone


def builtin_form(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Write a builtin that makes or orders containers by simpler ones; None where it stays."""
    if state.fixed or not is_key(BUILTINS, function):
        return None
    return BUILTINS[function](state, node, function, args, keywords)


def passes(state: State, args: Args) -> bool:
    return any(is_differentiable(iterated(state, kind)) for _, kind in args)


def empty(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`list()` and `tuple()`."""
    return None if args or keywords else display(function.__name__, [])


def from_keys(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`dict.fromkeys(keys, value)`: all keys have the very same value."""
    if not args or keywords:
        return None
    value = named(state, args[1]) if len(args) > 1 else (build.const(None), NONE)
    names = known_keys(state.opened(args[0][1]))
    if names is not None:
        return dict_display({name: (clone(value[0]), value[1]) for name in names})
    return template(state, node, runtime.table_of_keys, [listed(state, args[0]), value])


def known_keys(kind: Kind) -> list[Any] | None:
    """Give the elements of what holds text or numbers that are known; None for all else."""
    found: list[Any] = []
    match kind:
        case Const(value=str() | tuple() as parts):
            found = list(parts)
        case Items(items=items):
            known = [item for item in items if isinstance(item, Const)]
            if len(known) < len(items):
                return None
            found = [item.value for item in known]
        case Mapping(keys=keys):
            found = list(keys)
        case _:
            return None
    return found if all(map(is_literal, found)) else None


def is_literal(key: Any) -> bool:
    """Say whether a key of a dict can be written out."""
    if isinstance(key, tuple):
        return all(map(is_literal, key))
    return key is None or type(key) in (str, int, float, bool)


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
    if "default" in keywords and len(args) == 1:
        return extreme_or_default(state, node, function, args[0], keywords)
    items = args[0] if len(args) == 1 else display("tuple", args)
    if len(args) == 2 and not keywords and any(is_object(kind) for _, kind in args):
        return template(state, node, runtime.larger if function is max else runtime.smaller, args)
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


def extreme_or_default(
    state: State, node: Node, function: Any, items: Evaluated, keywords: Keywords
) -> Evaluated:
    """`max(items, default=x)`: x where nothing is held."""
    from srcxform.specialise.calls import reference

    called = reference(state, function), Const(function)
    if "key" in keywords:
        given = [items, keywords["default"], called, keywords["key"]]
        return template(state, node, runtime.first_or, given)
    return template(state, node, runtime.extreme_or, [items, keywords["default"], called])


def comparing(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Order objects for which dicts stand by the comparisons that their class defines."""
    if not isinstance(present(iterated(state, args[0][1])), Kept):
        return None
    by_class = {
        runtime.first_position: runtime.first_position, runtime.sorted_order: runtime.order_by_class
    }  # fmt: skip
    return template(state, node, by_class[function], args)


def zipping(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`zip(a, b)` that is used once, at once, of what is written out: a list of tuples."""
    opened = [(value, state.opened(kind)) for value, kind in args]
    exact = args and all(isinstance(kind, Items) for _, kind in opened)
    if not exact or keywords or not state.is_once(node) or not passes(state, args):
        return None
    rows = zip(*[elements(state, part) for part in opened], strict=False)
    return display("list", [named(state, display("tuple", list(row))) for row in rows])


def backwards(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`reversed(xs)` that is used once, at once, of what is written out."""
    value, kind = args[0][0], state.opened(args[0][1])
    if not isinstance(kind, Items) or not state.is_once(node) or not passes(state, args):
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
    if not isinstance(row, Items) or not state.is_once(node):
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
    atom = isinstance(args[0][0], (gast.Name, gast.List, gast.Tuple))  # a call may do more
    if len(args) == 1 and atom and args[0][1] in (Items("list", ()), Items("tuple", ())):
        return build.const(0), Const(0)
    inside = [iterated(state, args[0][1]), *(kind for _, kind in args[1:])]
    check_untold(state, *inside)
    inside += [kind for _, kind in keywords.values()]
    whole = (Items, Many, Cell)
    objects = any(map(is_object, inside))
    if objects and not keywords and len(args) == 1:
        return template(state, node, runtime.added_up, args)
    if not objects and not any(isinstance(kind, whole) for kind in inside):
        return None
    return template(state, node, runtime.summed, args, keywords)


def is_object(kind: Kind) -> bool:
    """Say whether a class of the user's says what an operator does with a value."""
    return class_of(present(kind)) is not None or isinstance(kind, Mixed)


def check_untold(state: State, *kinds: Kind) -> None:
    """Begin anew, or refuse, where which objects these are is known only while the program runs."""
    for kind in kinds:
        if isinstance(kind, Torn) and not is_told(state, kind):
            torn(state, kind)


def multiplying(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`math.prod(items, start=1)` of objects: a loop of products."""
    inside = [iterated(state, args[0][1]), *(kind for _, kind in keywords.values())]
    check_untold(state, *inside)
    if not any(map(is_object, inside)):
        return None
    if "start" in keywords:
        return template(state, node, runtime.multiplied, [args[0], keywords["start"]])
    return template(state, node, runtime.multiplied_up, args)


def table(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`dict(a=x)`, `dict(other, a=x)`, `dict(pairs)`."""
    if not args:
        return dict_display(keywords)
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
    return dict_display(dict([*pairs, *keywords.items()]))


def known_pairs(state: State, value: Node, kind: Kind) -> list[tuple[Any, Evaluated]] | None:
    """Give keys and values of a dict or of a list of pairs, where the keys can be written out."""
    opened = state.opened(kind)
    if isinstance(opened, Mapping):
        if not all(map(is_literal, opened.keys)):
            return None
        found = []
        for key, item in zip(opened.keys, opened.items, strict=True):
            part = build.item(clone(value), build.const(key))
            found.append((key, named(state, (part, item))))
        return found
    if not isinstance(opened, Items) or len(opened.items) > SHORT:
        return None
    rows = [state.opened(item) for item in opened.items]
    pairs = [row.items for row in rows if isinstance(row, Items) and len(row.items) == 2]
    names = known_keys(Items("list", tuple(key for key, _ in pairs)))
    if len(pairs) < len(rows) or names is None:
        return None
    found = []
    for name, (node, inner) in zip(names, elements(state, (value, opened)), strict=True):
        _, second = elements(state, (node, state.opened(inner)))
        found.append((name, second))
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
    names = known_keys(known)
    if names and isinstance(opened, Items):
        return dict_display(dict(zip(names, elements(state, (values, opened)), strict=False)))
    return template(
        state, node, runtime.table_of_columns, [(keys, known), listed(state, (values, opened))]
    )


def unknown_table(state: State, node: Node, value: Node, kind: Kind) -> Evaluated:
    if isinstance(state.opened(kind), Unknown):
        return template(state, node, runtime.table_from, [(value, kind)])
    if not is_dict(kind):
        return template(state, node, runtime.table_of, [listed(state, (value, kind))])
    made = named(state, (build.mapping((), []), Mapping((), ())))
    template(state, node, runtime.updated, [made, (value, kind)])
    return made


BUILTINS: dict[Any, Any] = {
    copy.copy: copying, copy.deepcopy: copying,
    runtime.first_position: comparing, runtime.sorted_order: comparing,
    builtins.sum: summing, builtins.sorted: sorting, builtins.max: extreme, builtins.min: extreme,
    builtins.zip: zipping, builtins.reversed: backwards, builtins.dict: table,
    math.prod: multiplying, builtins.list: empty, builtins.tuple: empty, dict.fromkeys: from_keys,
}  # fmt: skip
