"""The kind of an expression, and the expression with its names resolved."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcxform.core.operations import known_object
from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds.callables import (
    Choice,
    Closure,
    Derived,
    Emitted,
    Partial,
    Pullback,
    Super,
)
from srcxform.kinds.dtypes import dtype_of
from srcxform.kinds.instances import is_followed
from srcxform.kinds.keys import as_key, join_keys
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Instance,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    Mixed,
    Number,
    Opaque,
    Record,
    Torn,
    Unknown,
    present,
)
from srcxform.rules.methods import ATTRIBUTES, RESULTS
from srcxform.runtime.bound_methods import OF_DICTS, OF_LISTS
from srcxform.specialise.certainty import (
    check_attribute,
    check_bits,
    check_item,
    check_member,
    check_operands,
    check_place,
)
from srcxform.specialise.choices import looked_up
from srcxform.specialise.closures import closure, placeholder
from srcxform.specialise.collected import is_namedtuple, plain
from srcxform.specialise.enums import member_attribute, position
from srcxform.specialise.filling import evaluated_base
from srcxform.specialise.instances import check_values, refuse, shown, torn
from srcxform.specialise.keys import are_distinct, filled, once
from srcxform.specialise.mixed import by_option, is_told, raising
from srcxform.specialise.object_operators import (
    binary_of_objects,
    compared_objects,
    is_object,
    item_of_object,
    tested,
    unary_of_object,
)
from srcxform.specialise.objects import (
    attribute_of_class,
    attribute_of_object,
    class_of,
    own_attribute,
    special,
    super_attribute,
)
from srcxform.specialise.operators import OPERATORS, SIMPLE, compared, operation_kind, truth
from srcxform.specialise.resolve import name, object_attribute
from srcxform.specialise.scope import Evaluated, State, Surely
from srcxform.specialise.short_circuit import boolean, chained
from srcxform.specialise.slices import BOUNDS, bound_of
from srcxform.specialise.subscripts import is_slice, subscript_kind
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone


def evaluate(state: State, node: Node) -> Evaluated:
    """Give an expression as it stands in the residual program, and its kind."""
    handler = HANDLERS.get(type(node))
    if handler is None:
        return other(state, node)
    return handler(state, node)


def other(state: State, node: Node) -> Evaluated:
    """Resolve the names in a node of which nothing is known (f-strings, sets)."""
    from srcxform.syntax.visit import rewrite

    def change(inner: Node) -> Node | None:
        if isinstance(node, gast.JoinedStr) and isinstance(inner, gast.expr):
            known = evaluate(state, inner)[1] if is_plain(inner) else UNKNOWN
            if isinstance(known, Const) and type(known.value) in SHOWN:
                return build.const(known.value)
        if isinstance(inner, gast.Name) and isinstance(inner.ctx, gast.Load):
            value, kind = name(state, inner)
            if isinstance(node, gast.JoinedStr):
                value, kind = shown(state, (value, kind))
            check_values(state, node, kind)
            return value
        return None

    new = rewrite(node, change)
    if not isinstance(node, gast.JoinedStr):
        return new, UNKNOWN
    text = text_of(new)
    return (new, Opaque(str)) if text is None else (build.const(text), Const(text))


SHOWN = (str, int, float, complex, bool, type(None))


def is_plain(node: Node) -> bool:
    """Say whether an expression is arithmetic of names and constants."""
    plain = (gast.BinOp, gast.UnaryOp, gast.Name, gast.Constant, gast.operator, gast.unaryop)
    return all(isinstance(part, (*plain, gast.expr_context)) for part in gast.walk(node))


def text_of(node: Node) -> str | None:
    """Give the text of an f-string of constants: `f"layer_{1}"` is a key like any other."""
    found = []
    for part in node.values:
        if isinstance(part, gast.Constant):
            found.append(part.value)
            continue
        spec = "" if part.format_spec is None else text_of(part.format_spec)
        if not isinstance(part.value, gast.Constant) or type(part.value.value) not in SHOWN:
            return None
        if spec is None:
            return None
        value = part.value.value
        if part.conversion != -1:
            shows: dict[str, Callable[[Any], str]] = {"s": str, "r": repr, "a": ascii}
            value = shows[chr(part.conversion)](value)
        try:
            found.append(format(value, spec))
        except (TypeError, ValueError):  # the program raises it, too
            return None
    return "".join(found)


def variable(state: State, node: Node) -> Evaluated:
    """Resolve a name; one that may stand for this iterator or that is refused."""
    from srcxform.specialise.streams import check_known

    found = name(state, node)
    if state.private and isinstance(found[0], gast.Name):
        state.private.pop(found[0].id, None)
    if state.streams:
        check_known(state, node, found[1])
    return under_own_name(state, found)


def under_own_name(state: State, value: Evaluated) -> Evaluated:
    """Give an object a name of its own where its variable holds something else at other times."""
    node, kind = value
    if not isinstance(kind, Record) or state.fixed or not isinstance(node, gast.Name):
        return value
    if not isinstance(state.known.get(node.id), Mixed):
        return value
    own = state.names.part(node.id)
    state.emit(build.assign(own, node))
    state.bind(own, kind)
    return build.load(own), kind


def constant(state: State, node: Node) -> Evaluated:
    return node, Const(node.value)


def binary(state: State, node: Node) -> Evaluated:
    return operation(state, node, evaluate(state, node.left), evaluate(state, node.right))


def operation(state: State, node: Node, one: Evaluated, other: Evaluated) -> Evaluated:
    """Specialise `a + b`, of values."""
    if is_told(state, one[1]):
        return by_option(state, one, lambda found: operation(state, node, found, again(other)))
    if is_told(state, other[1]):
        return by_option(state, other, lambda found: operation(state, node, again(one), found))
    sides = [one, other]
    (left, a), (right, b) = (plain_operand(state, node.op, side) for side in sides)
    if is_object(a) or is_object(b):
        found = binary_of_objects(state, node, (left, a), (right, b))
        if found is not None:
            return found
        check_answered(state, node, (left, a), (right, b))
    if isinstance(node.op, (gast.Add, gast.Mult)) and any(
        isinstance(k, (Items, Cell, Many)) for k in (a, b)
    ):
        from srcxform.specialise.sequences import combined

        found = combined(state, node, (left, a), (right, b))
        if found is not None:
            return found
    if isinstance(node.op, gast.BitOr) and not state.fixed:
        from srcxform.specialise.containers import is_dict
        from srcxform.specialise.forms import merged

        if is_dict(a) and is_dict(b):
            return merged(state, (left, a), (right, b))
    if isinstance(a, Array) or isinstance(b, Array):
        from srcxform.specialise.calls import as_array

        (left, a), (right, b) = (as_array(state, side) for side in ((left, a), (right, b)))
    check_operands(state, (a, b))
    check_bits(state, node.op, ((left, a), (right, b)))
    check_values(state, node, a, b)
    new = placed(state, node, gast.BinOp(left=left, op=node.op, right=right))
    return new, operation_kind(OPERATORS[type(node.op)], a, b)


UNANSWERED = (
    "what this operator means for an object is known only while the program runs",
    "with an array NumPy asks the object for each element, with a number its class is asked",
    "let the class set `__array_ufunc__ = None`, or compute with the object's attributes",
)


def check_answered(state: State, node: Node, left: Evaluated, right: Evaluated) -> None:
    """Refuse an operator that no class of the operands answers, unless Python raises for it."""
    if any(issubclass(class_of(present(kind)) or object, tuple) for _, kind in (left, right)):
        return
    for one, other in ((left[1], right[1]), (right[1], left[1])):
        if class_of(one) is not None and isinstance(other, (Unknown, Array)):
            what, why, instead = UNANSWERED
            raise UnsupportedError(Diagnostic(what, state.at(node) or state.place, why, instead))
        if isinstance(one, Record) and isinstance(other, (Number, Record)):
            raise Surely(TypeError(f"an operand of type {one.type.__name__!r} is not supported"))


def plain_operand(state: State, op: Node, side: Evaluated) -> Evaluated:
    """`+` and `*` of a namedtuple are those of a tuple, if its class says nothing else."""
    if not is_namedtuple(side[1]) or not isinstance(op, (gast.Add, gast.Mult)):
        return side
    own = special(state, side[1], "__add__" if isinstance(op, gast.Add) else "__mul__")
    return plain(state, side) if own is None else side


def unary(state: State, node: Node) -> Evaluated:
    return signed(state, node, evaluate(state, node.operand))


def signed(state: State, node: Node, value: Evaluated) -> Evaluated:
    """Specialise `-a` or `not a`, of a value."""
    operand, kind = value
    if is_told(state, kind):
        return by_option(state, value, lambda found: signed(state, node, found))
    if is_object(kind):
        found = unary_of_object(state, node, (operand, kind))
        if found is not None:
            return found
    new = placed(state, node, gast.UnaryOp(op=node.op, operand=operand))
    if not isinstance(node.op, gast.Not):
        check_values(state, node, kind)
    if isinstance(node.op, gast.Not):
        known = truth(kind)
        return new, Number("b") if known is None else Const(not known)
    return new, operation_kind(OPERATORS[type(node.op)], kind)


def compare(state: State, node: Node) -> Evaluated:
    both = chained(state, node)
    if both is not None:
        return boolean(state, both)
    values = [evaluate(state, part) for part in (node.left, *node.comparators)]
    return comparison(state, node, values)


def comparison(state: State, node: Node, values: list[Evaluated]) -> Evaluated:
    """Specialise a comparison of values."""
    if len(values) == 2 and not isinstance(node.ops[0], (gast.Is, gast.IsNot)):
        one, other = values
        if is_told(state, one[1]):
            return by_option(state, one, lambda it: comparison(state, node, [it, again(other)]))
        if is_told(state, other[1]):
            return by_option(state, other, lambda it: comparison(state, node, [again(one), it]))
    (left, first), *rest = values
    if len(rest) == 1 and (is_object(first) or is_object(rest[0][1])):
        found = compared_objects(state, node, node.ops[0], (left, first), rest[0])
        if found is not None:
            return found
    if not all(isinstance(op, (gast.Is, gast.IsNot)) for op in node.ops):
        check_values(state, node, first, *[kind for _, kind in rest])
    new = placed(
        state, node, gast.Compare(left=left, ops=node.ops, comparators=[n for n, _ in rest])
    )
    kinds = [first, *[kind for _, kind in rest]]
    if len(node.ops) > 1:
        verdicts = [
            compared(op, a, b) for op, a, b in zip(node.ops, kinds, kinds[1:], strict=False)
        ]
        if Const(False) in verdicts:
            return new, Const(False)
        return new, Const(True) if all(v == Const(True) for v in verdicts) else Number("b")
    return new, compared(node.ops[0], *kinds)


def attribute(state: State, node: Node) -> Evaluated:
    base, kind = evaluate(state, node.value)
    new = placed(state, node, gast.Attribute(value=base, attr=node.attr, ctx=gast.Load()))
    return attribute_of(state, new, kind)


def attribute_of(state: State, node: Node, kind: Kind) -> Evaluated:
    """Give an attribute of a value of known kind."""
    from srcxform.specialise.calls import call_object

    kind = present(kind)
    if isinstance(kind, Items) and kind.type == "tuple" and node.attr in RESULTS:
        at = RESULTS[node.attr]  # a plain tuple has no such attribute
        place = build.const(at)
        return item(state, build.item(node.value, place), (node.value, kind), (place, Const(at)))
    check_attribute(state, kind, node.attr)
    check_member(state, kind, node.attr)
    match kind:
        case Const(value=type() as cls) if is_followed(cls) and hasattr(cls, node.attr):
            return attribute_of_class(state, node, cls) or object_attribute(state, node, cls)
        case Mixed() if is_told(state, kind):
            return by_option(state, (node.value, kind), lambda it: attribute_told(state, node, it))
        case Torn() if not state.fixed:
            torn(state, kind)
            return node, NEVER
        case Const(value=type() as cls) if cls is object and hasattr(object, node.attr):
            return placeholder(state), Const(getattr(object, node.attr))
        case Const(value=value) if hasattr(value, node.attr) and not isinstance(value, SIMPLE):
            return object_attribute(state, node, value)
        case Array() | Number() | Unknown() if node.attr in ATTRIBUTES:
            function = ATTRIBUTES[node.attr]
            if node.attr == "flat" and isinstance(kind, Array) and kind.rank == 1:
                return node.value, kind
            _, result = call_object(state, node, function, [(node.value, kind)], {})
            if node.attr in ("shape", "ndim", "size"):
                return node, result
            return call_object(state, node, function, [(node.value, kind)], {})
        case Record(type=types.MethodType, keys=keys, items=items) if node.attr in keys:
            return node, items[keys.index(node.attr)]
        case Closure() if node.attr == "__name__":
            name = getattr(kind.node, "name", "<lambda>")
            return build.const(name), Const(name)
        case Unknown() if node.attr == "f_locals":
            refuse(
                state, "variables are read from a frame",
                "a derivative has frames of its own, with other variables",
                "pass the values as arguments",
            )  # fmt: skip
            return node, NEVER
        case Closure() | Partial() | Derived() | Emitted() | Pullback() | Choice():
            refuse(
                state, "an attribute of a function that is made inside is read",
                "what such a function holds is known by its calls alone",
                "read the variables that the function was made of",
            )  # fmt: skip
            return node, NEVER
        case Super():
            found = super_attribute(state, kind, node.attr)
            if found is not None:
                return found
        case Record() | Instance() | Kept() if class_of(kind) is not None:
            found = attribute_of_object(state, node.value, kind, node.attr)
            if found is not None:
                return found
        case Array() | Number() if node.attr == "dtype" and (told := dtype_of(kind)) is not None:
            return node, told
        case Array() | Number() if node.attr in ("itemsize", "nbytes"):
            return node, Number("i")
        case Opaque() if (found := member_attribute(state, node, kind)) is not None:
            return found
        case Items(type="slice") if node.attr in BOUNDS:
            return bound_of(node, kind)
        case Cell() | Items() | Mapping() | Many() if not state.fixed:
            found = bound_method(state, node, kind)
            if found is not None:
                return found
    return node, NEVER if kind == NEVER else UNKNOWN


def attribute_told(state: State, node: Node, value: Evaluated) -> Evaluated | None:
    """Read an attribute where it is known what has it."""
    if raising(state, value, node.attr):
        return None
    new = gast.Attribute(value=value[0], attr=node.attr, ctx=gast.Load())
    return attribute_of(state, placed(state, node, new), value[1])


def again(value: Evaluated) -> Evaluated:
    """Give a value that is written in several branches."""
    return clone(value[0]), value[1]


def bound_method(state: State, node: Node, kind: Kind) -> Evaluated | None:
    """`xs.append` and `d.get` as values: functions that are given the container."""
    from srcxform.specialise.closures import held, in_program
    from srcxform.specialise.containers import is_dict

    table = OF_DICTS if is_dict(kind) else OF_LISTS
    if node.attr not in table or getattr(kind, "type", "") in ("tuple", "slice"):
        return None
    atom, known = held(state, (node.value, kind))
    return in_program(state, Partial(Const(table[node.attr]), ((atom, known),), ()), [atom])


def subscript(state: State, node: Node) -> Evaluated:
    base = evaluated_base(state, node.value)
    maker = known_object(base[0], state.externals)
    if maker is np.r_ or maker is np.c_:
        from srcxform.specialise.joined import joined_by_index

        found = joined_by_index(state, node, maker)
        if found is not None:
            return found
    return item(state, node, base, evaluate_index(state, node.slice, base[1]))


def item(state: State, node: Node, value: Evaluated, position: Evaluated) -> Evaluated:
    """Specialise `value[position]`, however it is written."""
    (base, kind), (index, index_kind) = value, position
    kind = present(kind)
    if is_told(state, kind):
        return by_option(state, value, lambda found: item(state, node, found, again(position)))
    check_item(state, kind, index_kind)
    check_place(state, kind, index, index_kind)
    if is_namedtuple(kind) and special(state, kind, "__getitem__") is None:
        assert isinstance(kind, Record)
        at = index_kind.value if isinstance(index_kind, Const) else None
        if isinstance(at, int) and -len(kind.keys) <= at < len(kind.keys):
            found = own_attribute(state, base, kind, kind.keys[at])
            if found is not None:
                return found
        if not isinstance(at, str):  # names are read from the dict that holds its cotangents
            base, kind = plain(state, (base, kind))
    if is_object(kind):
        found = item_of_object(state, node, (base, kind), (index, index_kind))
        if found is not None:
            return found
        by_name = isinstance(getattr(index_kind, "value", None), str)  # of its cotangents
        if isinstance(kind, Record) and not (is_namedtuple(kind) or by_name or state.fixed):
            raise Surely(TypeError(f"{kind.type.__name__!r} object is not subscriptable"))
    function = looked_up(state, kind, (index, index_kind))
    if function is not None:
        return function
    check_values(state, node, kind, index_kind)
    new = placed(state, node, gast.Subscript(value=base, slice=index, ctx=gast.Load()))
    if is_slice(index_kind) and isinstance(kind, Cell):
        return new, subscript_kind(state.cells.unchanged(kind), index_kind)
    from srcxform.specialise.containers import part_of

    if isinstance(kind, Array):
        index_kind = state.settled(index_kind)  # a list of positions, whatever goes into it
    return new, part_of(state, kind, index_kind)


def evaluate_index(state: State, node: Node, base: Kind) -> Evaluated:
    """Evaluate an index; a known key is written, and of a slice with a name its bounds are."""
    index, kind = evaluate(state, node)
    if isinstance(present(base), Array) or getattr(base, "type", None) in ("list", "tuple"):
        index, kind = position(state, (index, kind))
    if isinstance(kind, Const) and isinstance(kind.value, str) and isinstance(index, gast.Name):
        return build.const(kind.value), kind
    if not (isinstance(kind, Items) and kind.type == "slice") or isinstance(index, gast.Slice):
        return index, kind
    if isinstance(present(base), Array) and not all(isinstance(b, Const) for b in kind.items):
        return index, kind
    bounds = []
    for bound, part in zip(kind.items, ("start", "stop", "step"), strict=True):
        if isinstance(bound, Const):
            bounds.append(None if bound == NONE else build.const(bound.value))
            continue
        holder = state.names.part(part)
        state.emit(build.assign(holder, build.attribute(index, part)))
        state.bind(holder, bound)
        bounds.append(build.load(holder))
    return gast.Slice(lower=bounds[0], upper=bounds[1], step=bounds[2]), kind


def sliced(state: State, node: Node) -> Evaluated:
    parts = []
    kinds = []
    for part in (node.lower, node.upper, node.step):
        new, kind = (None, NONE) if part is None else evaluate(state, part)
        parts.append(new)
        kinds.append(kind)
    new = gast.Slice(lower=parts[0], upper=parts[1], step=parts[2])
    return new, Items("slice", tuple(kinds))


def display(state: State, node: Node) -> Evaluated:
    elements: list[Evaluated] = []
    for element_node in node.elts:
        if isinstance(element_node, gast.Starred):
            new, kind = evaluate(state, element_node.value)
            if is_object(kind):
                from srcxform.specialise.spreading import counted

                new, kind = counted(state, element_node)
            kind = state.opened(kind)
            if not isinstance(kind, Items):
                from srcxform.specialise.sequences import gathered

                return gathered(state, node)
            from srcxform.specialise.sequences import elements as named

            elements += named(state, (new, kind))
        else:
            elements.append(evaluate(state, element_node))
    kind_type = "tuple" if isinstance(node, gast.Tuple) else "list"
    return whole(state, node, elements), Items(kind_type, tuple(kind for _, kind in elements))


def whole(state: State, node: Node, elements: list[Evaluated]) -> Node:
    return placed(state, node, type(node)(elts=[new for new, _ in elements], ctx=gast.Load()))


def dictionary(state: State, node: Node) -> Evaluated:
    if None in node.keys:
        from srcxform.specialise.sequences import without_stars

        node = without_stars(state, node)
    keys = [None if key is None else evaluate(state, key) for key in node.keys]
    values = [evaluate(state, value) for value in node.values]
    if all(key and isinstance(key[1], Const) and isinstance(key[1].value, SIMPLE) for key in keys):
        keys, values = once(keys, values)
    elif len(keys) > 1 and not state.fixed and (None in keys or not are_distinct(keys)):
        return filled(state, keys, values)
    new = placed(
        state,
        node,
        gast.Dict(
            keys=[None if key is None else key[0] for key in keys], values=[v for v, _ in values]
        ),
    )
    if all(key and isinstance(key[1], Const) and isinstance(key[1].value, SIMPLE) for key in keys):
        constants = tuple(key[1].value for key in keys if key)  # type: ignore[attr-defined]
        return new, Mapping(constants, tuple(kind for _, kind in values))
    if None in keys:
        return new, UNKNOWN
    held: Kind = NEVER
    covered: Kind = NEVER
    for key, (_, kind) in zip(keys, values, strict=True):
        held, covered = state.join(held, kind), join_keys(covered, as_key(key[1] if key else NEVER))
    return new, Many("dict", held, key=covered)


def conditional(state: State, node: Node) -> Evaluated:
    test, kind = tested(state, evaluate(state, node.test))
    known = truth(kind)
    if known is not None:
        return evaluate(state, node.body if known else node.orelse)
    (body, a), (orelse, b) = evaluate(state, node.body), evaluate(state, node.orelse)
    return placed(state, node, gast.IfExp(test=test, body=body, orelse=orelse)), state.join(a, b)


def called(state: State, node: Node) -> Evaluated:
    from srcxform.specialise.calls import call

    return call(state, node)


def placed(state: State, old: Node, new: Node) -> Node:
    new.place = state.at(old)
    return new


HANDLERS = {
    gast.Constant: constant, gast.Name: variable, gast.BinOp: binary, gast.UnaryOp: unary,
    gast.Compare: compare, gast.BoolOp: boolean, gast.Attribute: attribute,
    gast.Subscript: subscript, gast.Slice: sliced, gast.Tuple: display, gast.List: display,
    gast.Lambda: closure, gast.Dict: dictionary, gast.IfExp: conditional, gast.Call: called,
}  # fmt: skip
