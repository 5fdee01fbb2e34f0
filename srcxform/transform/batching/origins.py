"""Whose numbers a lane's are: Python's or NumPy's.

A lane of a batched array is a NumPy number. In the loop over the lanes that `vmap` stands for, some
of these numbers are Python's own: what `float` and `math.sin` give, and what `not` and `bool` do.
It makes no difference for most of what is computed of them, but for this:

- arithmetic of Python's truth values is that of integers, and NumPy's is not: `True + True` is 2;
- Python's integers have no largest one, and its quotients by zero raise;
- questions for types: `isinstance(int(x), int)` is True for one, and False for the other.

Where a program comes to that, it is run for one lane after the other.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from srcxform.core.callees import known_object
from srcxform.kinds.lanes import Flag, differs
from srcxform.kinds.lattice import UNKNOWN, Array, Const, Items, Kind, Many, Number, scalar_class
from srcxform.rules.predicates import class_of
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import statements_in, stores
from srcxform.transform.batching.flags import part_of, parts
from srcxform.transform.batching.variation import Variation

Origin = frozenset[str]

NONE: Origin = frozenset()
NUMPY = frozenset({"numpy"})
PYTHON = frozenset({"python"})
TRUTH = frozenset({"truth"})  # True and False of Python's
MIXED = frozenset({"mixed"})  # of one type in some lanes, and of another one in others
UNTOLD = NUMPY | PYTHON
ANY = UNTOLD | TRUTH | MIXED

ASKED = (builtins.isinstance, builtins.type, builtins.hasattr)  # about the type of a value
TRUTHS = (
    builtins.bool, builtins.all, builtins.any, builtins.callable, builtins.isinstance,
    builtins.hasattr, builtins.issubclass,
    np.allclose, np.array_equal, np.array_equiv, np.iscomplexobj, np.isrealobj, np.isscalar,
)  # fmt: skip
COUNTS = (
    builtins.int, builtins.float, builtins.complex, builtins.len, builtins.range,
    np.count_nonzero, np.ndim, np.size, np.shape,
)  # fmt: skip
PASSING = (np.real, np.imag)  # they give a part of a Python number as such a number
PICKING = (builtins.min, builtins.max)
ALIKE = (  # they take True and `np.True_` for the same
    builtins.bool, builtins.all, builtins.any, builtins.int, builtins.float, builtins.complex,
    builtins.sum, builtins.min, builtins.max, builtins.print, builtins.str, builtins.list,
    builtins.tuple, builtins.isinstance, builtins.hasattr, builtins.type,
)  # fmt: skip
ADDING = ("append", "insert", "extend")
OF_ARRAYS = ("dtype", "shape", "ndim", "size")
BITS = (gast.BitAnd, gast.BitOr, gast.BitXor)


def is_one(function: Any, of: tuple[Any, ...]) -> bool:
    return any(function is one for one in of)


def is_of_numpy(function: Any) -> bool:
    module = getattr(function, "__module__", None) or ""
    return isinstance(function, np.ufunc) or module.partition(".")[0] == "numpy"


def is_of_this(function: Any) -> bool:
    return (getattr(function, "__module__", None) or "").startswith("srcxform.runtime")


@dataclass
class Origins:
    """The origins of all names: what a container holds is taken together."""

    which: Variation
    names: dict[str, Origin] = field(default_factory=dict)
    several: set[str] = field(default_factory=set)  # bound by several statements

    def called(self, func: Node) -> Any:
        return known_object(func, self.which.ctx.program.externals)

    def of(self, node: Any) -> Origin:
        """Give the origins that the value of an expression may have."""
        match node:
            case gast.Name(id=name):
                kind = self.which.kind(node)
                if isinstance(kind, Array):
                    return NUMPY
                return self.names[name] if name in self.names else of_kind(kind)
            case gast.Constant(value=value):
                return of_kind(Const(value))
            case gast.JoinedStr():
                return NONE
            case gast.UnaryOp(op=gast.Not()):
                return TRUTH
            case gast.UnaryOp(operand=operand):
                return computed([self.of(operand)])
            case gast.BinOp(left=left, op=operator, right=right):
                return self.of_operator(operator, left, right)
            case gast.Compare(left=left, ops=operators, comparators=others):
                if all(
                    isinstance(o, (gast.Is, gast.IsNot, gast.In, gast.NotIn)) for o in operators
                ):
                    return TRUTH
                found = computed([self.of(left), *map(self.of, others)])
                return found - PYTHON | TRUTH if found >= PYTHON else found
            case gast.BoolOp(values=values):
                return self.all_of(values) | MIXED
            case gast.Call():
                return self.of_call(node)
            case gast.Subscript(value=base, slice=index):
                return self.of_item(base, index)
            case gast.Attribute(value=base):
                return self.of(base)
            case gast.Tuple(elts=items) | gast.List(elts=items) | gast.Dict(values=items):
                return self.all_of(items)
        return ANY

    def all_of(self, nodes: list[Node]) -> Origin:
        return NONE.union(*map(self.of, nodes))

    def of_operator(self, operator: Node, left: Node, right: Node) -> Origin:
        given = [self.of(left), self.of(right)]
        found = computed(given)
        # Products of NumPy's truth values are truth values, though Python's are integers.
        stays = isinstance(operator, (gast.Mult, *BITS)) and all(one >= TRUTH for one in given)
        return found | TRUTH if stays else found

    def of_item(self, base: Node, index: Node) -> Origin:
        kind = self.which.kind(base)
        if isinstance(kind, Array):
            return NUMPY
        known = parts(kind)
        if known is None or isinstance(index, gast.Constant):
            return self.of(base)
        return self.of(base).union(*(of_kind(part) for _, part in known))

    def of_call(self, node: Node) -> Origin:
        function = self.called(node.func)
        given = [self.of(arg) for arg in [*node.args, *(k.value for k in node.keywords)]]
        if function is None and isinstance(node.func, gast.Attribute):
            return self.of_method(node.func, given)
        if is_one(function, TRUTHS):
            return TRUTH
        if is_one(function, COUNTS) or getattr(function, "__module__", "") in ("math", "cmath"):
            return PYTHON | (TRUTH if getattr(function, "__name__", "").startswith("is") else NONE)
        if is_one(function, PASSING):
            return computed(given)
        if is_of_numpy(function):
            return NUMPY | MIXED & NONE.union(*given)
        if is_one(function, PICKING):
            return NONE.union(MIXED, *given)
        if is_of_this(function):  # in a program that is a derivative
            return computed(given)
        if function in (builtins.abs, builtins.sum) and given:
            return computed(given[:1])
        return ANY

    def of_method(self, func: Node, given: list[Origin]) -> Origin:
        own = self.of(func.value)
        if own == NUMPY and func.attr not in ("item", "tolist", "is_integer"):
            return own
        if isinstance(self.which.kind(func.value), (Items, Many)):
            return own.union(*given)
        return ANY

    # Statements

    def bind(self, name: str, value: Node) -> None:
        """Let a name be bound to the value of an expression."""
        flag = self.which.flags.get(name, False)
        if isinstance(value, (gast.Tuple, gast.List, gast.Dict)) and isinstance(flag, tuple):
            items = value.values if isinstance(value, gast.Dict) else value.elts
            # What has no lanes is told by its kind where it is read.
            items = [item for item, own in zip(items, flag, strict=False) if differs(own)]
            return self.add(name, self.all_of(items))
        found = self.of(value)
        if isinstance(value, (gast.Subscript, gast.Attribute)):
            return self.take(name, found)
        if found == ANY and class_of(self.which.kind(build.load(name))) in FURTHER:
            found -= TRUTH
        return self.add(name, found)

    def take(self, name: str, found: Origin) -> None:
        """Let a name be bound to a part of what has these origins."""
        kind = self.which.kind(build.load(name))
        if class_of(kind) in FURTHER:
            found -= TRUTH
        if not differs(self.which.flags.get(name, False)):
            found |= of_kind(kind)
        self.add(name, found)

    def add(self, name: str, found: Origin) -> None:
        if name in self.several and name in self.which.apart:
            found |= MIXED
        self.names[name] = self.names.get(name, NONE) | found

    def statement(self, node: Node) -> None:
        match node:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                self.bind(name, value)
                self.effect(value)
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=value):
                for target in targets:
                    self.take(target.id, self.of_item(value, target))
            case gast.Assign(targets=[target], value=value):
                self.add(target.value.id, self.of(value))
            case gast.AugAssign(target=gast.Name(id=name) as target, op=operator, value=value):
                self.add(name, self.of_operator(operator, target, value))
            case gast.AugAssign(target=target, value=value):
                self.add(target.value.id, computed([self.of(target.value), self.of(value)]))
            case gast.For(target=target, iter=iterable):
                for name in stores(target):
                    self.take(name, self.of_item(iterable, target))
            case gast.Expr(value=value):
                self.effect(value)
            case gast.With():
                for name in stores(node.items):
                    self.add(name, ANY)

    def effect(self, value: Node) -> None:
        """Note what a method puts into a list."""
        match value:
            case gast.Call(func=gast.Attribute(value=gast.Name(id=name) as base), args=args):
                kind = self.which.kind(base)
                if self.called(value.func) is None and not isinstance(kind, (Array, Number)):
                    self.add(name, self.all_of(args))

    # What lanes of NumPy's do not answer as those of the program do

    def differs(self, node: Node) -> bool:
        """Say whether an expression has the program come to what it has to be run in lanes for."""
        varies = self.which.varies
        match node:
            case gast.BinOp(left=left, op=operator, right=right):
                return self.counts_apart(operator, left, right)
            case gast.AugAssign(target=target, op=operator, value=value):
                return self.counts_apart(operator, as_loaded(target), value)
            case gast.UnaryOp(op=operator, operand=operand):
                return not isinstance(operator, gast.Not) and self.is_truth(operand)
            case gast.Compare(left=left, ops=operators, comparators=others):
                same = any(isinstance(one, (gast.Is, gast.IsNot)) for one in operators)
                return same and any(map(self.is_truth, [left, *others]))
            case gast.Subscript(value=base, slice=index):
                loose = not isinstance(self.which.kind(base), Array)
                at = [part for part in gast.walk(index) if isinstance(part, gast.Name)]
                cut = any(isinstance(part, gast.Slice) for part in gast.walk(index))
                return (loose or cut) and any(map(self.is_truth, at))
            case gast.Attribute(value=base, attr=name):
                if not (varies(base) and is_number(self.which.kind(base))):
                    return False
                own = self.of(base)
                return own >= TRUTH or name in OF_ARRAYS and own != NUMPY
            case gast.Call(func=func, args=args, keywords=keywords):
                function = self.called(func)
                if is_one(function, ASKED) and args and varies(args[0]):
                    return self.is_untold(args[0])
                if self.is_alike(func, function):
                    return False
                passed = [*args, *(k.value for k in keywords)]
                if getattr(function, "__module__", None) not in ("builtins", "math", "cmath"):
                    return any(map(self.is_of_python, passed))
                return any(map(self.is_truth, passed))
        return False

    def counts_apart(self, operator: Node, left: Node, right: Node) -> bool:
        """Say whether an operator may give another number for two of Python's.

        Their quotients by zero raise, their integers have no largest one, and negative powers of
        these are no integers.
        """
        given = [self.of(one) - MIXED for one in (left, right)]
        counted = self.is_count(left) and self.is_count(right)
        if NUMPY in given or not counted and any(one >= NUMPY for one in given):
            return False
        varies = self.which.varies
        match operator:
            case gast.Add() | gast.Sub():
                return self.are_truths(left, right)
            case gast.Mult():
                both = varies(left) and varies(right)
                return counted and (both or is_large(left) or is_large(right))
            case gast.Div() | gast.FloorDiv() | gast.Mod():
                return varies(right) or self.are_truths(left, right)
            case gast.Pow():
                few = isinstance(right, gast.Constant) and right.value in (1, 2, 3)
                return varies(right) or varies(left) and (not few or self.is_truth(left))
            case gast.LShift():
                return varies(left) or varies(right)
        return False

    def is_count(self, node: Node) -> bool:
        return class_of(self.which.kind(node)) in ("i", "b")

    def is_alike(self, func: Node, function: Any) -> bool:
        """Say whether a function does the same with truth values of Python's and of NumPy's."""
        if function is None:
            return isinstance(func, gast.Attribute) and func.attr in ADDING
        return is_of_numpy(function) or is_one(function, ALIKE) or is_of_this(function)

    def is_truth(self, node: Node) -> bool:
        """Say whether an operand may be a truth value of Python's that differs among the lanes."""
        kind = self.which.kind(node)
        number = is_number(kind) or not isinstance(node, (gast.Name, gast.Constant))
        return number and self.of(node) >= TRUTH and self.which.varies(node)

    def is_of_python(self, node: Node) -> bool:
        """Say whether a function of the user's may see that an argument is not NumPy's."""
        kind, origin = self.which.kind(node), self.of(node)
        count = origin >= PYTHON and self.is_count(node)
        held = origin >= TRUTH and holds_truths(kind)
        return self.is_truth(node) or (count or held) and self.which.varies(node)

    def are_truths(self, left: Node, right: Node) -> bool:
        given = (left, right)
        return all(self.of(one) >= TRUTH for one in given) and any(map(self.is_truth, given))

    def is_untold(self, node: Node) -> bool:
        """Say whether the type of a lane's value is not that of a lane of the batched value."""
        match node:
            case gast.Name():
                return is_number(self.which.kind(node)) and self.of(node) != NUMPY
            case gast.Subscript(value=gast.Name() as base, slice=index):
                return not isinstance(self.which.kind(base), Array) or self.which.varies(index)
        return True


FURTHER = ("f", "c", "i")  # classes of numbers that are no truth values


def as_loaded(target: Node) -> Node:
    return build.load(target.id) if isinstance(target, gast.Name) else target


def is_large(factor: Node) -> bool:
    """Say whether a constant leaves little room for the integer that it is multiplied with."""
    return isinstance(factor, gast.Constant) and abs(factor.value) > 2**31


def is_number(kind: Kind) -> bool:
    return (
        isinstance(kind, Number) or isinstance(kind, Const) and scalar_class(kind.value) is not None
    )


def holds_truths(kind: Kind) -> bool:
    """Say whether there are truth values in a container."""
    inside = parts(kind)
    if inside is not None:
        return any(holds_truths(part) for _, part in inside)
    if isinstance(kind, Many):
        return kind.item is not None and holds_truths(kind.item)
    return class_of(kind) == "b"


def computed(given: list[Origin]) -> Origin:
    """Give the origin of what an operator makes of its operands: one of NumPy's decides."""
    mixed = MIXED & NONE.union(*given)
    if any(one - MIXED == NUMPY for one in given):
        return NUMPY | mixed
    return PYTHON | mixed | (NUMPY & NONE.union(*given))


def of_kind(kind: Kind) -> Origin:
    """Give the origins of a value that all lanes share, as far as its kind tells."""
    inside = parts(kind)
    if inside is not None:
        return NONE.union(*(of_kind(part) for _, part in inside))
    match kind:
        case Array():
            return NUMPY
        case Number(cls="b"):
            return NUMPY | TRUTH
        case Number():
            return UNTOLD
        case Const(value=bool()):
            return TRUTH
        case Const(value=value):
            return NONE if scalar_class(value) is None else PYTHON
        case Many(item=Kind() as item):
            return of_kind(item)
    return ANY


def given(kind: Kind, flag: Flag) -> Origin:
    """Give the origins of what has lanes in an argument."""
    if not differs(flag):
        return of_kind(kind)
    inside = parts(kind)
    if inside is None:
        return NUMPY
    flags = [(part, part_of(flag, kind, key)) for key, part in inside]
    return NONE.union(*(given(part, own) for part, own in flags if differs(own)))


def origins(which: Variation) -> Origins:
    """Find the origins of all names: a fixed point over the statements of the program."""
    program = which.ctx.program
    lines = [line for outer in program.body for line in statements_in(outer)]
    found = Origins(which)
    once: set[str] = set(program.parameters)
    for line in lines:
        bound = stores(line) if isinstance(line, (gast.Assign, gast.AugAssign)) else set()
        found.several |= bound & once
        once |= bound
    for capture in program.externals.captures.values():
        found.add(capture.name, of_kind(program.kinds.get(capture.name, UNKNOWN)))
    for name in program.parameters:
        found.add(name, given(program.kinds[name], which.flags.get(name, False)))
    while True:
        before = dict(found.names)
        for line in lines:
            found.statement(line)
        if found.names == before:
            return found


def needs_lanes(which: Variation) -> bool:
    """Say whether a program comes to where its own numbers and those of NumPy's differ."""
    found = origins(which)
    return any(found.differs(node) for outer in which.ctx.program.body for node in gast.walk(outer))
