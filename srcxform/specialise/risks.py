"""Which exceptions a statement of the residual program may raise, as far as kinds tell.

Errs on the side of more. What may happen anywhere (running out of memory, an interrupt) is not
counted; a refusal of ours is no exception that a program may handle.
"""

from __future__ import annotations

import builtins
import math
import types
import warnings
from typing import Any

import gast
import numpy as np

from srcxform.core.callees import QUIET, TEXTS, is_exception, is_one_of, known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
    Stream,
    scalar_class,
)
from srcxform.rules.methods import ATTRIBUTES
from srcxform.rules.registry import rule_of
from srcxform.runtime.refusals import refusal
from srcxform.syntax.build import Block, Node

Classes = frozenset[type]
NOTHING: Classes = frozenset()
ANYTHING: Classes = frozenset([Exception])
SIMPLE_CALLS = (builtins.min, builtins.max, builtins.abs, builtins.bool, builtins.complex)
SAFE_METHODS = ("append", "copy", "keys", "values", "items", "get", "clear", "count", "extend")


class Risks:
    """Knows the kinds of names and the objects behind them."""

    def __init__(self, kinds: dict[str, Kind], externals: Externals) -> None:
        self.kinds = kinds
        self.externals = externals

    def may_raise(self, block: Block, handled: tuple[type, ...]) -> bool:
        """Say whether a block may raise what is handled."""
        return meets(self.block(block), handled)

    def block(self, block: Block) -> Classes:
        return frozenset[type]().union(*map(self.statement, block))

    def statement(self, node: Node) -> Classes:
        match node:
            case gast.Assign(targets=[gast.Name()], value=value) | gast.Expr(value=value):
                return self.of(value)
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=value):
                kind = self.kind(value)
                fits = isinstance(kind, Items) and len(kind.items) == len(targets)
                return self.of(value) | (NOTHING if fits else among(TypeError, ValueError))
            case gast.Assign(targets=[gast.Subscript(value=base, slice=index)], value=value):
                return self.of(value) | self.of(index) | self.stored(base, index, value)
            case gast.AugAssign(target=gast.Name() as target, value=value):
                return self.of(value) | self.arithmetic(node.op, target, value)
            case gast.AugAssign(target=gast.Subscript(value=base, slice=index), value=value):
                return self.of(value) | self.of(index) | self.stored(base, index, value)
            case gast.If(test=test, body=body, orelse=orelse):
                return self.truth(test) | self.block(body) | self.block(orelse)
            case gast.While(test=test, body=body):
                return self.truth(test) | self.block(body)
            case gast.For(iter=iterable, body=body):
                return self.of(iterable) | self.iterated(iterable) | self.block(body)
            case gast.Raise(exc=None):
                return ANYTHING
            case gast.Raise(exc=exc):
                return self.raised(exc)
            case gast.Assert(test=test):
                return self.truth(test) | among(AssertionError)
            case gast.With(body=body):
                return self.block(body)
            case gast.Try():
                return self.tried(node)
            case gast.Break() | gast.Pass():
                return NOTHING
        return ANYTHING

    def tried(self, node: Node) -> Classes:
        """A `try` lets through what no handler surely takes."""
        taken = tuple(c for h in node.handlers for c in self.classes(h.type) or ())
        through = frozenset(c for c in self.block(node.body) if not issubclass(c, taken))
        for handler in node.handlers:
            through |= self.block(handler.body)
        return through | self.block(node.orelse) | self.block(node.finalbody)

    def raised(self, exc: Node) -> Classes:
        if self.is_refusal(exc):
            return NOTHING
        found = self.raised_class(exc)
        return ANYTHING if found is None else frozenset([found])

    def is_refusal(self, exc: Node) -> bool:
        """Say whether `raise exc` is a refusal of ours."""
        return isinstance(exc, gast.Call) and self.object(exc.func) is refusal

    def raised_class(self, exc: Node) -> type | None:
        """Give the class that `raise exc` raises where the text tells it."""
        found = self.object(exc.func if isinstance(exc, gast.Call) else exc)
        return found if is_exception(found) else None

    def classes(self, node: Node | None) -> tuple[type, ...] | None:
        """Give the classes that `except node` takes; None where they are not known."""
        if node is None:
            return (BaseException,)
        if isinstance(node, gast.Tuple):
            parts = [self.classes(part) for part in node.elts]
            return None if None in parts else tuple(c for part in parts for c in part or ())
        found = self.object(node)
        if isinstance(found, tuple) and all(map(is_exception, found)):
            return found
        return (found,) if is_exception(found) else None

    def object(self, node: Node) -> Any:
        """Give the object that a dotted name stands for, None where it is not known."""
        kind = self.kinds.get(node.id) if isinstance(node, gast.Name) else None
        if isinstance(kind, Const):
            return kind.value
        if isinstance(kind, Items):
            values = [item.value for item in kind.items if isinstance(item, Const)]
            return tuple(values) if len(values) == len(kind.items) else None
        return None if kind is not None else known_object(node, self.externals)

    # -- expressions

    def kind(self, node: Any) -> Kind:
        """Give the kind of an operand; of an operation on numbers that it is a number."""
        match node:
            case gast.Constant(value=value):
                return Const(value)
            case gast.Name(id=name):
                return self.kinds.get(name, UNKNOWN)
            case gast.BinOp(left=left, right=right):
                kinds = self.kind(left), self.kind(right)
                if all(map(is_number, kinds)):
                    return Number("f")
                return Array("f") if all(map(is_numeric, kinds)) else UNKNOWN
            case gast.UnaryOp(operand=operand):
                kind = self.kind(operand)
                return Number("f") if is_number(kind) else kind
            case gast.Call(func=func) if self.object(func) is builtins.len:
                return Number("i")
            case gast.Attribute():
                found = self.object(node)
                return UNKNOWN if scalar_class(found) is None else Const(found)
            case gast.Slice():
                return Items("slice", ())
            case gast.Tuple(elts=parts):
                return Items("tuple", tuple(map(self.kind, parts)))
        return UNKNOWN

    def of(self, node: Any) -> Classes:
        """Give what evaluating an expression may raise."""
        match node:
            case None | gast.Constant() | gast.Name():
                return NOTHING
            case gast.BinOp(left=left, op=op, right=right):
                return self.of(left) | self.of(right) | self.arithmetic(op, left, right)
            case gast.UnaryOp(op=gast.Not(), operand=operand):
                return self.truth(operand)
            case gast.UnaryOp(operand=operand):
                sure = is_numeric(self.kind(operand))
                return self.of(operand) | (NOTHING if sure else ANYTHING)
            case gast.Compare(left=left, ops=ops, comparators=others):
                inside = frozenset[type]().union(*map(self.of, [left, *others]))
                return inside | self.compared(ops, [left, *others])
            case gast.BoolOp(values=values):
                return frozenset[type]().union(*map(self.truth, values))
            case gast.IfExp(test=test, body=body, orelse=orelse):
                return self.truth(test) | self.of(body) | self.of(orelse)
            case gast.Subscript(value=base, slice=index):
                return self.of(base) | self.of(index) | self.subscript(base, index)
            case gast.Slice(lower=lower, upper=upper, step=step):
                return self.of(lower) | self.of(upper) | self.of(step)
            case gast.Attribute(value=base, attr=name):
                return self.attribute(node, base, name)
            case gast.Tuple(elts=parts) | gast.List(elts=parts):
                return frozenset[type]().union(*map(self.of, parts))
            case gast.Dict(keys=keys, values=values) if None not in keys:
                hashed = all(isinstance(key, gast.Constant) for key in keys)
                inside = frozenset[type]().union(*map(self.of, [*keys, *values]))
                return inside | (NOTHING if hashed else among(TypeError))
            case gast.JoinedStr(values=values):
                return frozenset[type]().union(*map(self.of, values))
            case gast.FormattedValue(value=value, format_spec=spec):
                return self.of(value) | (NOTHING if spec is None else among(ValueError, TypeError))
            case gast.Call(func=func, args=args, keywords=keywords):
                given = [*args, *(k.value for k in keywords)]
                return frozenset[type]().union(*map(self.of, given)) | self.called(func, args)
        return ANYTHING

    def truth(self, test: Node) -> Classes:
        """Give what asking whether something is true may raise: arrays have no truth value."""
        if isinstance(test, (gast.Compare, gast.BoolOp)) or (
            isinstance(test, gast.UnaryOp) and isinstance(test.op, gast.Not)
        ):
            arrays = any(isinstance(self.kinds.get(n), Array) for n in names_in(test))
            return self.of(test) | (among(ValueError) if arrays else NOTHING)
        match self.kind(test):
            case Number() | Const() | Items() | Many() | Mapping():
                return self.of(test)
            case Array():
                return self.of(test) | among(ValueError)
        return self.of(test) if isinstance(test, gast.Call) else ANYTHING

    def arithmetic(self, op: Node, left: Node, right: Node) -> Classes:
        kinds = self.kind(left), self.kind(right)
        if all(map(is_number, kinds)):
            found = among(FloatingPointError)
            divides = isinstance(op, (gast.Div, gast.FloorDiv, gast.Mod))
            if divides and not (isinstance(kinds[1], Const) and kinds[1].value != 0):
                found |= among(ZeroDivisionError)
            if isinstance(op, gast.Pow):
                found |= among(ZeroDivisionError, OverflowError)
            if any(isinstance(k, Number) and k.cls == "i" for k in kinds):
                found |= among(OverflowError)
            return found
        if all(map(is_numeric, kinds)):
            return among(ValueError, FloatingPointError)
        if isinstance(op, gast.Add) and all(isinstance(k, (Items, Many)) for k in kinds):
            return NOTHING
        return ANYTHING

    def compared(self, ops: list[Node], nodes: list[Node]) -> Classes:
        if all(isinstance(op, (gast.Is, gast.IsNot)) for op in ops):
            return NOTHING
        kinds = [self.kind(node) for node in nodes]
        if all(isinstance(op, (gast.In, gast.NotIn)) for op in ops):
            simple = isinstance(kinds[0], (Number, Const))
            held = isinstance(kinds[-1], (Items, Mapping, Many, Const))
            return NOTHING if simple and held else ANYTHING
        if all(map(is_number, kinds)):
            return NOTHING
        if all(isinstance(op, (gast.Eq, gast.NotEq)) for op in ops):
            if all(isinstance(k, (Number, Const)) for k in kinds):
                return NOTHING
        return among(ValueError) if all(map(is_numeric, kinds)) else ANYTHING

    def subscript(self, base: Node, index: Node) -> Classes:
        place = self.kind(index)
        is_slice = isinstance(place, Items) and place.type == "slice"
        match self.kind(base):
            case Array():
                known = isinstance(place, (Number, Const, Items))
                return among(IndexError) if known else among(IndexError, TypeError, ValueError)
            case Items(items=items) if isinstance(place, Const):
                fits = type(place.value) is int and -len(items) <= place.value < len(items)
                return NOTHING if fits else among(IndexError, TypeError)
            case Mapping(keys=keys) if isinstance(place, Const):
                return NOTHING if place.value in keys else among(KeyError, TypeError)
            case Items() | Many(type="list" | "tuple"):
                return NOTHING if is_slice else among(IndexError, TypeError)
            case Mapping() | Many():
                return among(KeyError, TypeError)
            case Opaque(type=builtins.range):
                return among(IndexError)
        return ANYTHING

    def stored(self, base: Node, index: Node, value: Node) -> Classes:
        match self.kind(base):
            case Array(cls=cls):
                return self.into_array(cls, self.kind(value))
            case Number() | Const():
                return among(TypeError)
            case Mapping() | Many(type="dict"):
                simple = isinstance(self.kind(index), (Const, Number))
                return NOTHING if simple else among(TypeError)
            case Items() | Many():
                return among(IndexError, TypeError)
        return ANYTHING

    def into_array(self, cls: str, kind: Kind) -> Classes:
        found = among(IndexError, FloatingPointError)
        if not is_numeric(kind):
            return found | among(ValueError, TypeError)
        of = kind.cls if isinstance(kind, (Number, Array)) else scalar_class(kind.value)  # type: ignore[attr-defined]
        if of == "c" and cls != "c":
            found |= among(TypeError)
        return found if is_number(kind) else found | among(ValueError)

    def attribute(self, node: Node, base: Node, name: str) -> Classes:
        if self.object(node) is not None:
            return NOTHING
        kind = self.kind(base)
        match kind:
            case Array() if hasattr(np.ndarray, name):
                return self.of(base)
            case Record(keys=keys) if name in keys:
                return self.of(base)
            case Number() | Const() if name in ATTRIBUTES:
                return self.of(base) | among(AttributeError)
        return ANYTHING

    def iterated(self, node: Node) -> Classes:
        if isinstance(node, gast.Call):
            function = self.object(node.func)
            if function in (builtins.range, builtins.zip, builtins.enumerate, builtins.reversed):
                return NOTHING
        kind = self.kind(node)
        sure = isinstance(kind, (Array, Items, Many, Mapping, Stream, Opaque))
        return NOTHING if sure else ANYTHING

    def called(self, func: Node, args: list[Node]) -> Classes:
        function = self.object(func)
        kinds = [self.kind(arg) for arg in args]
        if function is None:
            return self.method(func) if isinstance(func, gast.Attribute) else ANYTHING
        if is_exception(function) or is_one_of(function, TEXTS):
            return NOTHING
        if function is warnings.warn:
            return among(Warning)
        if function in (builtins.float, builtins.int) and len(kinds) == 1:
            return converted(function, kinds[0])
        if is_one_of(function, QUIET):
            sized = function is builtins.len and not isinstance(kinds[0], (Items, Many, Mapping))
            return among(TypeError) if sized and not isinstance(kinds[0], Array) else NOTHING
        if function in SIMPLE_CALLS and len(kinds) > (function in (min, max)):
            return NOTHING if all(map(is_number, kinds)) else ANYTHING
        if function in (builtins.list, builtins.tuple) and len(kinds) == 1:
            sure = isinstance(kinds[0], (Array, Items, Many, Mapping, Opaque, Stream))
            return NOTHING if sure else ANYTHING
        return of_library(function, kinds)

    def method(self, func: Node) -> Classes:
        kind = self.kind(func.value)
        if isinstance(kind, (Items, Many, Mapping)):
            if func.attr in SAFE_METHODS:
                return NOTHING
            return among(IndexError, KeyError, ValueError, TypeError)
        return ANYTHING


def meets(found: Classes, handled: tuple[type, ...]) -> bool:
    """Say whether an exception that may come may be one of those handled."""
    return any(issubclass(c, h) or issubclass(h, c) for c in found for h in handled)


def among(*classes: type) -> Classes:
    """Give classes; NumPy warns where it does not raise, and a filter may raise the warning."""
    found: Classes = frozenset(classes)
    return found | {RuntimeWarning} if FloatingPointError in found else found


def of_library(function: Any, kinds: list[Kind]) -> Classes:
    """Give what a function of Python's or NumPy's may raise for arguments that fit it."""
    if isinstance(function, np.ufunc) and all(map(is_numeric, kinds)):
        scalars = all(map(is_number, kinds))
        return among(FloatingPointError) if scalars else among(FloatingPointError, ValueError)
    home = getattr(function, "__module__", None) or ""
    if isinstance(function, types.BuiltinFunctionType) and home == math.__name__:
        if all(map(is_number, kinds)):
            return among(ValueError, OverflowError)
    if rule_of(function) is not None and home.split(".")[0] == "numpy":
        return among(ValueError, IndexError, TypeError, FloatingPointError)
    return ANYTHING


def converted(function: Any, kind: Kind) -> Classes:
    """Give what `float(x)` or `int(x)` may raise."""
    match kind:
        case Const(value=value) if scalar_class(value) != "c":
            try:
                function(value)
            except Exception as error:
                return frozenset([type(error)])
            return NOTHING
        case Number(cls="b" | "i"):
            return among(OverflowError) if function is float else NOTHING
        case Number(cls="f"):
            return NOTHING if function is float else among(ValueError, OverflowError)
    return among(TypeError, ValueError, OverflowError) if is_numeric(kind) else ANYTHING


def is_number(kind: Kind) -> bool:
    return isinstance(kind, Number) or (
        isinstance(kind, Const) and scalar_class(kind.value) is not None
    )


def is_numeric(kind: Kind) -> bool:
    return is_number(kind) or isinstance(kind, Array)


def names_in(node: Node) -> list[str]:
    return [n.id for n in gast.walk(node) if isinstance(n, gast.Name)]
