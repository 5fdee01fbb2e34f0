"""The kind of an expression, and the expression with its names resolved."""

from __future__ import annotations

import builtins
import functools
import operator
from typing import Any

import gast
import numpy as np

from srcxform.frontend.paths import MISSING
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
    element,
    scalar_class,
)
from srcxform.kinds.lattice import Unknown as UnknownKind
from srcxform.kinds.probe import dummy
from srcxform.kinds.shapes import broadcast_shapes, shape_of
from srcxform.kinds.values import kind_of
from srcxform.rules.methods import ATTRIBUTES
from srcxform.specialise.scope import State
from srcxform.specialise.subscripts import subscript_kind
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.namespace import NameNotFound, lookup

OPERATORS = {
    gast.Add: operator.add, gast.Sub: operator.sub, gast.Mult: operator.mul,
    gast.Div: operator.truediv, gast.Pow: operator.pow, gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod, gast.MatMult: operator.matmul, gast.USub: operator.neg,
    gast.UAdd: operator.pos, gast.Not: operator.not_, gast.Invert: operator.invert,
    gast.BitAnd: operator.and_, gast.BitOr: operator.or_, gast.BitXor: operator.xor,
    gast.LShift: operator.lshift, gast.RShift: operator.rshift,
    gast.Lt: operator.lt, gast.LtE: operator.le, gast.Gt: operator.gt, gast.GtE: operator.ge,
    gast.Eq: operator.eq, gast.NotEq: operator.ne, gast.Is: operator.is_,
    gast.IsNot: operator.is_not,
}  # fmt: skip
LIBRARIES = ("numpy", "math", "cmath", "srcxform", "builtins")
SIMPLE = (int, float, complex, str, bytes, bool, type(None))
Evaluated = tuple[Node, Kind]


def evaluate(state: State, node: Node) -> Evaluated:
    """Give an expression as it stands in the residual program, and its kind."""
    handler = HANDLERS.get(type(node))
    if handler is None:
        return other(state, node)
    return handler(state, node)


def other(state: State, node: Node) -> Evaluated:
    """Resolve the names in a node of which nothing is known (f-strings, sets, lambdas)."""
    from srcxform.syntax.visit import rewrite

    def change(inner: Node) -> Node | None:
        if isinstance(inner, gast.Name) and isinstance(inner.ctx, gast.Load):
            return name(state, inner)[0]
        return None

    kind = Opaque(str) if isinstance(node, gast.JoinedStr) else UNKNOWN
    return rewrite(node, change), kind


def constant(state: State, node: Node) -> Evaluated:
    return node, Const(node.value)


def name(state: State, node: Node) -> Evaluated:
    scope = state.scope
    if node.id in scope.names:
        found = scope.names[node.id]
        return found, kind_of_atom(state, found)
    if scope.function is None:
        if node.id in state.externals.objects:
            return node, Const(state.externals.objects[node.id])
        if node.id in state.functions:
            return node, Const(state.functions[node.id])
        if state.env is not None and node.id in state.env:
            return node, state.env[node.id]
        if hasattr(builtins, node.id):
            return node, Const(getattr(builtins, node.id))
        return node, UNKNOWN
    if node.id in scope.local:
        return node, UNKNOWN  # read before it is bound: Python will say so
    return global_name(state, node)


def global_name(state: State, node: Node) -> Evaluated:
    """Resolve a name that the function does not bind."""
    function = state.scope.function
    assert function is not None
    try:
        where, value = lookup(function, node.id)
    except NameNotFound:
        unbound(state, function, node.id)
        return node, UNKNOWN
    path = state.externals.path_to(function, f"{where}:{node.id}")
    if where == "builtin":
        if not inside(function):
            state.externals.saw(path, value)
        return node, Const(value)
    fetch = fetcher(function, where, node.id)
    closure = function.__closure__ or ()
    key = (id(closure[function.__code__.co_freevars.index(node.id)]) if where == "cell"
           else id(function.__globals__), node.id)  # fmt: skip
    kind = kind_of(value, node.id)
    if isinstance(kind, Const) and not isinstance(value, (str, bool, type(None))):
        if not inside(function):
            state.externals.guard(key, fetch, value, path)
        written = state.externals.reference(value)
        if written is not None:
            return written, kind
    captured = state.externals.capture(key, node.id, fetch, path, lambda n: kind_of(value, n))
    if state.env is not None:
        state.env.setdefault(captured, kind_of(value, captured))
    return build.load(captured), kind_of(value, captured)


def unbound(state: State, function: Any, name: str) -> None:
    """Note that the source holds only while a name means nothing."""
    if name in function.__code__.co_freevars:
        state.externals.saw(None, None)  # Python will say so: nothing to be kept
        return
    fetch = functools.partial(function.__globals__.get, name, MISSING)
    path = state.externals.path_to(function, f"global:{name}")
    state.externals.guard((id(function.__globals__), name), fetch, MISSING, path)


def inside(function: Any) -> bool:
    """Say whether a function is part of this package: its names do not change under us."""
    return (function.__module__ or "").startswith(("srcxform.rules", "srcxform.runtime"))


def fetcher(function: Any, where: str, name: str) -> Any:
    if where == "cell":
        cell = function.__closure__[function.__code__.co_freevars.index(name)]
        return lambda: cell.cell_contents
    return functools.partial(function.__globals__.get, name)


def kind_of_atom(state: State, node: Node) -> Kind:
    """Give the kind of an operand that is already in the residual program."""
    match node:
        case gast.Constant(value=value):
            return Const(value)
        case gast.Name(id=found):
            if state.env is not None and found in state.env:
                return state.env[found]
            return residual_object(state, node)
        case gast.Attribute():
            return residual_object(state, node)
    return UNKNOWN


def residual_object(state: State, node: Node) -> Kind:
    """Give the module, function or class that a dotted name in the residual program means."""
    if isinstance(node, gast.Attribute):
        base = residual_object(state, node.value)
        if isinstance(base, Const) and hasattr(base.value, node.attr):
            return Const(getattr(base.value, node.attr))
        return UNKNOWN
    if isinstance(node, gast.Name):
        if node.id in state.externals.objects:
            return Const(state.externals.objects[node.id])
        if node.id in state.functions:
            return Const(state.functions[node.id])
        if hasattr(builtins, node.id):
            return Const(getattr(builtins, node.id))
    return UNKNOWN


def binary(state: State, node: Node) -> Evaluated:
    (left, a), (right, b) = evaluate(state, node.left), evaluate(state, node.right)
    if isinstance(node.op, (gast.Add, gast.Mult)) and any(
        isinstance(k, (Items, Cell, Many)) for k in (a, b)
    ):
        from srcxform.specialise.sequences import combined

        found = combined(state, node, (left, a), (right, b))
        if found is not None:
            return found
    new = placed(node, gast.BinOp(left=left, op=node.op, right=right))
    return new, operation_kind(state, OPERATORS[type(node.op)], a, b)


def unary(state: State, node: Node) -> Evaluated:
    operand, kind = evaluate(state, node.operand)
    new = placed(node, gast.UnaryOp(op=node.op, operand=operand))
    if isinstance(node.op, gast.Not):
        known = truth(kind)
        return new, Number("b") if known is None else Const(not known)
    return new, operation_kind(state, OPERATORS[type(node.op)], kind)


def operation_kind(state: State, op: Any, *kinds: Kind) -> Kind:
    """Give the kind of an operator's result."""
    if NEVER in kinds:
        return NEVER
    if all(isinstance(k, Const) and isinstance(k.value, SIMPLE) for k in kinds):
        try:
            return Const(op(*[k.value for k in kinds]))  # type: ignore[attr-defined]
        except Exception:
            return UNKNOWN
    if op is operator.matmul:
        from srcxform.kinds.probe import probe

        return probe(np.matmul, kinds, {})
    if op is operator.add and all(isinstance(k, Items) for k in kinds):
        if len({k.type for k in kinds}) == 1:  # type: ignore[attr-defined]
            items = tuple(item for k in kinds for item in k.items)  # type: ignore[attr-defined]
            return Items(kinds[0].type, items)  # type: ignore[attr-defined]
    if op is operator.add and any(isinstance(k, Cell) for k in kinds):
        return UNKNOWN
    return elementwise_kind(op, kinds)


def elementwise_kind(function: Any, kinds: tuple[Kind, ...]) -> Kind:
    """Give the kind of an elementwise function's result: classes by a sample, shape by rule."""
    if NEVER in kinds:
        return NEVER
    samples: list[Kind] = []
    for kind in kinds:
        match kind:
            case Number(cls=cls):
                samples.append(Number(cls))
            case Const(value=value) if scalar_class(value):
                samples.append(
                    kind if scalar_class(value) == "i" else Number(scalar_class(value) or "f")
                )
            case Array(cls=cls):
                samples.append(Array(cls, (2,)))
            case _:
                return UNKNOWN
    result = sample_class(function, tuple(samples))
    if result is None:
        return UNKNOWN
    shape = broadcast_shapes(*map(shape_of, kinds))
    if shape == ():
        return Number(result, length_of(function, kinds) if result == "i" else None)
    return Array(result, shape)


def length_of(function: Any, kinds: tuple[Kind, ...]) -> Any:
    """Follow lengths through `n + 1` and `n - 1`."""
    from srcxform.kinds.lattice import Dim

    match kinds:
        case (Number(size=Dim() as size), Const(value=int(step))):
            if function is operator.add:
                return size.plus(step)
            if function is operator.sub:
                return size.plus(-step)
    return None


@functools.lru_cache(maxsize=4096)
def sample_class(function: Any, samples: tuple[Kind, ...]) -> str | None:
    if function in (operator.pow, np.power) and [getattr(s, "cls", "i") for s in samples] == [
        "i",
        "i",
    ]:
        return "f"  # an integer, or a float where the exponent is negative
    try:
        with np.errstate(all="ignore"):
            result = function(*[dummy(sample, {}, 2) for sample in samples])
    except Exception:
        return None
    kind = kind_of(result)
    if isinstance(kind, (Number, Array)):
        return kind.cls
    return scalar_class(kind.value) if isinstance(kind, Const) else None


def compare(state: State, node: Node) -> Evaluated:
    left, first = evaluate(state, node.left)
    rest = [evaluate(state, c) for c in node.comparators]
    new = placed(node, gast.Compare(left=left, ops=node.ops, comparators=[n for n, _ in rest]))
    kinds = [first, *[kind for _, kind in rest]]
    if len(node.ops) > 1:
        verdicts = [
            compared(op, a, b) for op, a, b in zip(node.ops, kinds, kinds[1:], strict=False)
        ]
        if Const(False) in verdicts:
            return new, Const(False)
        return new, Const(True) if all(v == Const(True) for v in verdicts) else Number("b")
    return new, compared(node.ops[0], *kinds)


def compared(op: Node, left: Kind, right: Kind) -> Kind:
    if NEVER in (left, right):
        return NEVER
    if isinstance(op, (gast.In, gast.NotIn)):
        return contained(op, left, right)
    if isinstance(op, (gast.Is, gast.IsNot)):
        return identical(op, left, right)
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            verdict: Any = OPERATORS[type(op)]
            return Const(bool(verdict(left.value, right.value)))
        except Exception:
            return UNKNOWN
    for one, two in ((left, right), (right, left)):
        if isinstance(one, Const) and isinstance(one.value, (str, type(None))):
            if isinstance(two, (Number, Items, Mapping, Cell, Record)):
                return Const(isinstance(op, gast.NotEq))
    kind = elementwise_kind(OPERATORS[type(op)], (left, right))
    if isinstance(kind, UnknownKind) and not any(
        isinstance(k, (UnknownKind, Array)) for k in (left, right)
    ):
        return Number("b")
    return kind


def contained(op: Node, left: Kind, right: Kind) -> Kind:
    values: Any = None
    match right:
        case Mapping(keys=keys):
            values = keys
        case Items(items=items) if all(isinstance(i, Const) for i in items):
            values = [i.value for i in items]  # type: ignore[attr-defined]
        case Const(value=str(text)):
            values = text
    if values is not None and isinstance(left, Const) and isinstance(left.value, SIMPLE):
        return Const((left.value in values) is isinstance(op, gast.In))
    return Number("b")


def identical(op: Node, left: Kind, right: Kind) -> Kind:
    if isinstance(left, Const) and isinstance(right, Const):
        same = left.value is right.value or left == right
        return Const(same is isinstance(op, gast.Is))
    for one, two in ((left, right), (right, left)):
        if one == NONE and not isinstance(two, UnknownKind):
            return Const(isinstance(op, gast.IsNot))
    return Number("b")


def boolean(state: State, node: Node) -> Evaluated:
    """`and`/`or` of truth values: what is decided falls away."""
    stop = isinstance(node.op, gast.Or)
    kept: list[Evaluated] = []
    for value in node.values:
        new, kind = evaluate(state, value)
        known = truth(kind)
        if known is stop:
            if not kept:
                return new, Const(stop)
            kept.append((new, kind))
            break
        if known is None:
            kept.append((new, kind))
    if not kept:
        return build.const(not stop), Const(not stop)
    if len(kept) == 1:
        return kept[0]
    return placed(node, gast.BoolOp(op=node.op, values=[new for new, _ in kept])), Number("b")


def truth(kind: Kind) -> bool | None:
    """Give the truth value of any value of this kind, None if it varies."""
    match kind:
        case Const(value=value):
            return bool(value) if isinstance(value, SIMPLE) else True if callable(value) else None
        case Items(items=items):
            return bool(items)
        case Mapping(keys=keys):
            return bool(keys)
    return None


def attribute(state: State, node: Node) -> Evaluated:
    base, kind = evaluate(state, node.value)
    new = placed(node, gast.Attribute(value=base, attr=node.attr, ctx=gast.Load()))
    return attribute_of(state, new, kind)


def attribute_of(state: State, node: Node, kind: Kind) -> Evaluated:
    """Give an attribute of a value of known kind."""
    from srcxform.specialise.calls import call_object

    match kind:
        case Const(value=value) if hasattr(value, node.attr) and not isinstance(value, SIMPLE):
            return object_attribute(state, node, value)
        case Array() | Number() | UnknownKind() if node.attr in ATTRIBUTES:
            function = ATTRIBUTES[node.attr]
            _, result = call_object(state, node, function, [(node.value, kind)], {})
            if node.attr in ("shape", "ndim", "size"):
                return node, result
            return call_object(state, node, function, [(node.value, kind)], {})
        case Record(keys=keys, items=items) if node.attr in keys:
            return node, items[keys.index(node.attr)]
        case Array() if node.attr == "dtype":
            return node, Opaque(np.dtype)
    return node, NEVER if kind == NEVER else UNKNOWN


def object_attribute(state: State, node: Node, value: Any) -> Evaluated:
    """Resolve `module.name`; what a module holds may change, so it is guarded."""
    found = getattr(value, node.attr)
    fetch = functools.partial(getattr, value, node.attr, None)
    path = state.externals.path_to(value, f"attr:{node.attr}")
    home = library_of(value)
    kind = kind_of(found, node.attr)
    if isinstance(kind, Const) and not isinstance(found, SIMPLE):
        user = state.scope.function is not None and not inside(state.scope.function)
        if home == "scipy" or home == "srcxform" and user:
            state.externals.saw(path, found)
        elif home not in LIBRARIES:
            state.externals.guard((id(value), node.attr), fetch, found, path)
        written = state.externals.reference(found)
        return (node if written is None else written), kind
    if isinstance(value, type(np)) and (home in LIBRARIES or home == "scipy"):
        return node, kind if isinstance(kind, Const) else kind_of(found)
    if state.env is not None:
        key = (id(value), node.attr)
        captured = state.externals.capture(key, node.attr, fetch, path, lambda n: kind_of(found, n))
        state.env.setdefault(captured, kind_of(found, captured))
        return build.load(captured), kind_of(found, captured)
    return node, kind


def library_of(value: Any) -> str:
    """Give the top-level package that a module, class or ufunc belongs to."""
    if isinstance(value, np.ufunc):
        return "numpy"
    if not isinstance(value, (type(np), type)):
        return ""  # an instance: its attributes are its own
    owner = "__module__" if isinstance(value, type) else "__name__"
    return getattr(value, owner).split(".")[0]


def subscript(state: State, node: Node) -> Evaluated:
    base, kind = evaluate(state, node.value)
    index, index_kind = evaluate(state, node.slice)
    new = placed(node, gast.Subscript(value=base, slice=index, ctx=gast.Load()))
    if isinstance(kind, Cell):
        if isinstance(node.slice, gast.Slice):
            return new, kind
        return new, state.element(kind) or NEVER
    return new, subscript_kind(kind, index_kind)


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
            if not isinstance(kind, Items):
                star = gast.Starred(value=new, ctx=gast.Load())
                rest = [(star, UNKNOWN)]
                return whole(node, [*elements, *rest]), UNKNOWN
            from srcxform.specialise.sequences import elements as named

            elements += named(state, (new, kind))
        else:
            elements.append(evaluate(state, element_node))
    kind_type = "tuple" if isinstance(node, gast.Tuple) else "list"
    return whole(node, elements), Items(kind_type, tuple(kind for _, kind in elements))


def whole(node: Node, elements: list[Evaluated]) -> Node:
    return placed(node, type(node)(elts=[new for new, _ in elements], ctx=gast.Load()))


def dictionary(state: State, node: Node) -> Evaluated:
    if None in node.keys:
        from srcxform.specialise.sequences import without_stars

        node = without_stars(state, node)
    keys = [None if key is None else evaluate(state, key) for key in node.keys]
    values = [evaluate(state, value) for value in node.values]
    new = placed(
        node,
        gast.Dict(
            keys=[None if key is None else key[0] for key in keys], values=[v for v, _ in values]
        ),
    )
    if all(key and isinstance(key[1], Const) and isinstance(key[1].value, SIMPLE) for key in keys):
        constants = tuple(key[1].value for key in keys if key)  # type: ignore[attr-defined]
        if len(set(constants)) == len(constants):
            return new, Mapping(constants, tuple(kind for _, kind in values))
    return new, UNKNOWN


def conditional(state: State, node: Node) -> Evaluated:
    test, kind = evaluate(state, node.test)
    known = truth(kind)
    if known is not None:
        return evaluate(state, node.body if known else node.orelse)
    (body, a), (orelse, b) = evaluate(state, node.body), evaluate(state, node.orelse)
    return placed(node, gast.IfExp(test=test, body=body, orelse=orelse)), state.join(a, b)


def called(state: State, node: Node) -> Evaluated:
    from srcxform.specialise.calls import call

    return call(state, node)


def placed(old: Node, new: Node) -> Node:
    new.place = getattr(old, "place", None)
    return new


HANDLERS = {
    gast.Constant: constant, gast.Name: name, gast.BinOp: binary, gast.UnaryOp: unary,
    gast.Compare: compare, gast.BoolOp: boolean, gast.Attribute: attribute,
    gast.Subscript: subscript, gast.Slice: sliced, gast.Tuple: display, gast.List: display,
    gast.Dict: dictionary, gast.IfExp: conditional, gast.Call: called,
}  # fmt: skip

__all__ = ["evaluate", "element"]
