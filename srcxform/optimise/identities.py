"""Exact rewrites only: what holds for every value, in every rounding.

| from | to | condition |
| --- | --- | --- |
| `a + -b` | `a - b` | |
| `a - -b` | `a + b` | |
| `-(-a)` | `a` | |
| `a.T.T` | `a` | |
| `-1.0 * a`, `a * -1.0` | `-a` | a inexact |
| `1.0 * a`, `a * 1.0`, `a / 1.0` | `a` | a inexact |
| `-a + b` | `b - a` | |
| `a + -b * c`, `a + b * -c`, `x += -b * c` | `a - b * c`, `x -= b * c` | b * c real |
| `not a == b` | `a != b` | a, b numbers |
| `3 - 1` | `2` | written numbers, and a short outcome |
| `x * y + x * y`, `2.0 * (x * y)` | `2.0 * x * y` | inexact; doubling commutes with rounding |
| `np.broadcast_to(c, s) * a`, `np.ones_like(np.log(a)) / a` | `c * a`, `1.0 / a` | a has shape s |
| `np.size(x[i, j])` | `np.size(i)` | i and j are arrays of positions, i with several |
| `x[i] = np.ones_like(a)`, `x += np.ones_like(a)` | `x[i] = 1.0`, `x += 1.0` | |

A zero is never cancelled: `0 * x` may be NaN, and has the shape of x.
"""

from __future__ import annotations

import functools
import operator
from collections import Counter
from typing import Any

import gast
import numpy as np

from srcxform.core.callees import is_add_at, known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.joining import is_big
from srcxform.kinds.lattice import Array, Const, Kind, Number
from srcxform.kinds.shapes import in_line, shape_of
from srcxform.optimise.expressions import kind_of
from srcxform.optimise.extents import Extents
from srcxform.optimise.facts import Facts
from srcxform.optimise.holding import held, makes_new
from srcxform.optimise.spreads import (
    Known,
    fills,
    inexact,
    is_one,
    number_spreads,
    spread_array,
    spread_number,
)
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import mentioned, text_of
from srcxform.syntax.mentions import parts as every
from srcxform.syntax.visit import blocks, load_list, rewrite, shallow


def identities(block: Block, facts: Facts) -> Block:
    """Apply the table bottom-up; a statement to which nothing applies is the same one after it."""
    externals = facts.externals
    spreads = number_spreads(block, externals)
    known = Known(externals, spreads, Extents(block, facts.kinds, externals))
    in_place = writes_in_place(block)
    lasting = held(block, facts)
    kind = functools.partial(facts.once, kind_of)
    uses = Counter(name for line in block for name in load_list(line))
    new_arrays: dict[int, tuple[Node, Node]] = {}  # what stands where a new array was, and that

    def change(node: Node) -> Node | None:
        if type(node) not in CHANGED:
            return None
        if isinstance(node, HOLDING) or is_store(node):
            apart = kept_apart(node, new_arrays)
            new = simpler(apart or node, kind, known) if isinstance(node, gast.Call) else None
            return new or apart
        new = simpler(node, kind, known)
        if new is not None and may_look(new, kind, externals):
            new_arrays[id(new)] = new, node
        return new

    def changed(statement: Node) -> Node:
        if blocks(statement):
            new = shallow(statement)
            for field in new._fields:
                value = getattr(new, field, None)
                if isinstance(value, list):
                    setattr(new, field, [changed(part) for part in value])
                elif isinstance(value, gast.AST):
                    setattr(new, field, changed(value))
            return new
        new_arrays.clear()
        new = rewrite(statement, change)
        if new is statement or may_be_other(statement) or is_handed_on(statement, new):
            return new
        return guarded(statement, new, kind, externals)

    def may_be_other(statement: Node) -> bool:
        """Nothing is written in place, and an array under this name is computed with only."""
        match statement:
            case gast.Assign(targets=[gast.Name(id=name)]):
                return not in_place and name not in lasting
        return False

    def is_handed_on(statement: Node, new: Node) -> bool:
        """Nobody else reads the new array that the statement gives another name."""
        match new:
            case gast.Assign(targets=[gast.Name()], value=gast.Name(id=name)):
                pass
            case _:
                return False
        made = known.extents.all_made.get(name, [])
        new_here = made and len(made) == known.extents.counts[name] and all(map(is_computed, made))
        return bool(new_here) and uses[name] == 1 and statement in block

    return [changed(statement) for statement in block]


def is_computed(value: Node) -> bool:
    """Say whether an expression makes a new array by arithmetic; it may look at it turned."""
    if isinstance(value, gast.Attribute) and value.attr == "T":
        return is_computed(value.value)
    return isinstance(value, (gast.BinOp, gast.UnaryOp))


CHANGED = frozenset((
    gast.BinOp, gast.UnaryOp, gast.Attribute, gast.Call, gast.Assign, gast.AugAssign, gast.Dict,
    gast.List, gast.Tuple, gast.keyword, gast.Subscript,
))  # fmt: skip
HOLDING = (gast.Dict, gast.List, gast.Tuple, gast.Call, gast.keyword)


def is_store(node: Node) -> bool:
    if isinstance(node, gast.Subscript):
        return isinstance(node.ctx, gast.Store)
    return isinstance(node, gast.Assign) and isinstance(
        node.targets[0], (gast.Subscript, gast.Attribute)
    )


def kept_apart(node: Node, new_arrays: dict[int, tuple[Node, Node]]) -> Node | None:
    """Give back what was a new array where something may hold it: a display, a call, a store.

    None where there is nothing to be given back.
    """

    def before(part: Any) -> Any:
        return new_arrays.get(id(part), (part, part))[1]

    if not new_arrays:
        return None
    found = None
    for field in node._fields:
        value = getattr(node, field, None)
        old = list(map(before, value)) if isinstance(value, list) else before(value)
        if old is not value and old != value:
            found = found or shallow(node)
            setattr(found, field, old)
    return found


def writes_in_place(block: Block) -> bool:
    """Say whether anything in a block writes into storage: then a new array must stay new."""
    return any(
        isinstance(part, gast.AugAssign)
        or any(isinstance(place, gast.Subscript) for place in mentioned(part).stored)
        for part in every(block)
    )


def may_look(node: Node, kind: Any, externals: Externals) -> bool:
    """Say whether an expression may give an array that something else leads to: a name, a view."""
    match node:
        case gast.BinOp() | gast.UnaryOp() | gast.Constant():
            return False
        case gast.Call(func=func, args=args) if makes_new(known_object(func, externals), args):
            return False
    return isinstance(node, gast.expr) and not isinstance(kind(node), (Number, Const))


def bare_target(node: Node) -> bool:
    """Say whether a statement gives a value a name, or to the caller: not into an element."""
    return isinstance(node, gast.Return) or isinstance(node.targets[0], gast.Name)


def guarded(old: Node, new: Node, kind: Any, externals: Externals) -> Node:
    """Let no rewrite turn a new array into a second name for another one.

    Also where nothing is written in place: the caller may write into what a function gives back.
    """
    if not isinstance(old, (gast.Assign, gast.Return)) or not bare_target(old):
        return new
    before, after = getattr(old, "value", None), getattr(new, "value", None)
    if isinstance(before, (gast.BinOp, gast.UnaryOp)) and after is not None:
        return old if may_look(after, kind, externals) else new
    return new


def simpler(node: Node, kind: Any, externals: Known) -> Node | None:
    match node:
        case gast.BinOp(left=gast.Constant(value=a), op=op, right=gast.Constant(value=b)):
            return folded(a, op, b)
        case gast.BinOp(left=a, op=gast.Add(), right=gast.UnaryOp(op=gast.USub(), operand=b)):
            return simpler_or(build.binary(a, gast.Sub(), b), kind, externals)
        case gast.BinOp(left=a, op=gast.Sub(), right=gast.UnaryOp(op=gast.USub(), operand=b)):
            return simpler_or(build.binary(a, gast.Add(), b), kind, externals)
        case gast.Call() if isinstance(
            given := copied(node, kind, externals), (gast.BinOp, gast.UnaryOp)
        ):
            return given
        case gast.Attribute(value=gast.Attribute(value=a, attr="T"), attr="T") if isinstance(
            kind(a), Array
        ):
            return a
        case gast.Call(
            func=func,
            args=[a],
            keywords=[gast.keyword(arg="order", value=gast.Constant(value="C"))],
        ) if known_object(func, externals.externals) is np.copy and isinstance(kind(a), Array):
            return build.method(a, "copy")
        case gast.Call(func=func, args=[a, index, b], keywords=[]) if is_add_at(
            known_object(func, externals.externals)
        ) and (small := spread_number(b, kind, externals)):
            return build.call(func, a, index, small)
        case gast.Call(
            func=func, args=[gast.Subscript(value=base, slice=gast.Tuple(elts=parts))], keywords=[]
        ) if known_object(func, externals.externals) is np.size and (
            longest := full_length(kind(base), parts, kind)
        ):
            return build.call(func, longest)
        case gast.Call(args=[_, _, _]) if (value := unmoved(node, kind, externals)) is not None:
            return value
        case gast.Call(func=func, args=args, keywords=[]):
            return plainer(node, known_object(func, externals.externals), args, kind)
        case gast.BinOp(left=gast.UnaryOp(op=gast.USub(), operand=a), op=gast.Add(), right=b):
            return simpler_or(build.binary(b, gast.Sub(), a), kind, externals)
        case gast.BinOp(left=a, op=gast.Add(), right=b) if (
            plain := unsigned(a, externals)
        ) and is_real(kind(a)):
            return simpler_or(build.binary(b, gast.Sub(), plain), kind, externals)
        case gast.BinOp(left=a, op=gast.Add() | gast.Sub() as op, right=b) if (
            plain := unsigned(b, externals)
        ) and is_real(kind(b)):
            other = gast.Sub() if isinstance(op, gast.Add) else gast.Add()
            return simpler_or(build.binary(a, other, plain), kind, externals)
        case gast.AugAssign(target=target, op=gast.Add() | gast.Sub() as op, value=b) if (
            plain := unsigned(b, externals)
        ) and is_real(kind(b)):
            other = gast.Sub() if isinstance(op, gast.Add) else gast.Add()
            return build.augment(target, other, plain)
        case gast.AugAssign(target=target, op=operator, value=b) if small := spread_number(
            b, kind, externals
        ):
            return build.augment(target, operator, small)
        case gast.Assign(targets=[gast.Subscript() as target], value=b) if isinstance(
            kind(target.value), Array
        ) and (small := spread_number(b, kind, externals)):
            return build.assign(target, small)
        case gast.UnaryOp(op=gast.USub(), operand=gast.UnaryOp(op=gast.USub(), operand=a)):
            return a
        case gast.UnaryOp(op=gast.Not(), operand=gast.Compare(left=a, ops=[op], comparators=[b])):
            if type(op) in OPPOSITE and all(isinstance(kind(x), (Number, Const)) for x in (a, b)):
                return gast.Compare(left=a, ops=[OPPOSITE[type(op)]()], comparators=[b])
        case gast.UnaryOp(op=gast.USub(), operand=gast.BinOp() as a) if plain := unsigned(
            a, externals
        ):
            return plain
        case gast.UnaryOp(op=gast.USub(), operand=gast.Call() as a) if plain := copied(
            a, kind, externals
        ):
            return build.negate(plain)
        case gast.UnaryOp(op=gast.USub(), operand=gast.Constant(value=float(value))):
            return build.const(-value)
        case gast.BinOp(left=a, op=gast.Add(), right=b) if same_value(a, b) and inexact(kind(a)):
            return twice(a)
        case gast.BinOp(left=a, op=gast.Sub(), right=gast.Constant(value=int(value))) if (
            value == 0 and type(value) is int and isinstance(kind(a), Number)
        ):
            return a
        case gast.BinOp(left=a, op=gast.Mult() | gast.Div(), right=b):
            return product(node, a, b, kind, externals)
        case gast.BinOp(left=a, op=gast.Add() | gast.Sub(), right=b):
            return uncopied(node, a, b, kind, externals) or unspread(node, a, b, kind, externals)
    return None


OPPOSITE = {gast.Eq: gast.NotEq, gast.NotEq: gast.Eq}  # not of `<`: a NaN is neither
FOLDED = {gast.Add: operator.add, gast.Sub: operator.sub, gast.Mult: operator.mul,
          gast.FloorDiv: operator.floordiv}  # fmt: skip


def folded(left: object, op: Node, right: object) -> Node | None:
    """Compute with written numbers where the outcome is short to write: `x ** (3 - 1)`."""
    if not all(type(value) in (int, float) for value in (left, right)) or type(op) not in FOLDED:
        return None
    if isinstance(op, gast.FloorDiv) and not right:
        return None
    value = FOLDED[type(op)](left, right)
    return build.const(value) if len(repr(value)) <= SHORT else None


SHORT = 6


def unsigned(node: Node, externals: Known) -> Node | None:
    """Take the minus off a factor of a product: signs pass through products exactly."""
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        return node.operand
    if isinstance(node, gast.Call) and known_object(node.func, externals.externals) in LINEAR:
        for place, arg in enumerate(node.args):
            if (plain := unsigned(arg, externals)) is not None:
                args = [*node.args[:place], plain, *node.args[place + 1 :]]
                return gast.Call(func=node.func, args=args, keywords=node.keywords)
    if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Mult, gast.Div, gast.MatMult)):
        if (left := unsigned(node.left, externals)) is not None:
            return build.binary(left, node.op, node.right)
        if (right := unsigned(node.right, externals)) is not None:
            return build.binary(node.left, node.op, right)
    return None


LINEAR = (np.sum, np.outer, np.dot, np.matmul)  # each sum of products turns its sign, exactly


def simpler_or(node: Node, kind: Any, externals: Known) -> Node:
    return simpler(node, kind, externals) or node


def product(node: Node, a: Node, b: Node, kind: Any, externals: Known) -> Node | None:
    multiplies = isinstance(node.op, gast.Mult)
    if multiplies and is_one(a, 2.0) and is_product(b) and inexact(kind(b)):
        return twice(b)
    if is_one(b) and inexact(kind(a)):
        return a
    if multiplies and is_one(a) and inexact(kind(b)):
        return b
    if multiplies and inexact(kind(b)) and (count := counted(a)) is not None:
        return build.binary(count, gast.Mult(), b)
    if multiplies and is_one(a, -1.0) and inexact(kind(b)):
        return build.negate(b)
    if is_one(b, -1.0) and inexact(kind(a)):
        return build.negate(a)
    plain = uncopied(node, a, b, kind, externals) or unraised(node, a, b, kind, externals)
    return plain or unspread(node, a, b, kind, externals)


def unraised(node: Node, a: Node, b: Node, kind: Any, known: Known) -> Node | None:
    """A number needs no axes beside an array that has as many."""
    left, right = lowered(a, b, kind, known), lowered(b, a, kind, known)
    if left is None and right is None:
        return None
    return build.binary(left or a, node.op, right or b)


def lowered(node: Node, other: Node, kind: Any, known: Known) -> Node | None:
    match node:
        case gast.Call(func=func, args=[value, axes], keywords=[]):
            if known_object(func, known.externals) is not np.expand_dims:
                return None
            beside, count = kind(other), len(axes.elts) if isinstance(axes, gast.Tuple) else 1
            enough = isinstance(beside, Array) and (beside.rank or 0) >= count
            found = kind(value)
            number = isinstance(found, Number) or isinstance(found, Const) and inexact(found)
            return value if enough and number else None
    return None


def unmoved(node: Node, kind: Any, known: Known) -> Node | None:
    """Give the array of which `np.moveaxis` moves an axis to where it is."""
    match node:
        case gast.Call(func=func, args=[value, source, target], keywords=[]):
            if known_object(func, known.externals) is not np.moveaxis:
                return None
            found = kind(value)
            rank = found.rank if isinstance(found, Array) else None
            axes = [axis_of(node, rank) for node in (source, target)]
            return value if axes[0] is not None and axes[0] == axes[1] else None
    return None


def axis_of(node: Node, rank: int | None) -> int | None:
    """Give the axis that a number written out names, None where there is none such."""
    match node:
        case gast.Constant(value=int(axis)) if rank is not None and -rank <= axis < rank:
            return int(axis) % rank
    return None


def full_length(base: Kind, parts: list[Node], kind: Any) -> Node | None:
    """Give the one of the arrays in `x[i, j]` that has as many elements as that."""
    kinds = [kind(part) for part in parts]
    in_line = all(isinstance(k, Array) and k.cls == "i" and k.rank == 1 for k in kinds)
    if not in_line or not isinstance(base, Array) or base.rank != len(parts):
        return None
    long = [part for part, k in zip(parts, kinds, strict=True) if is_big(k.dims[0])]
    return next((part for part in long if isinstance(part, gast.Name)), None)


def counted(node: Node) -> Node | None:
    """Give n for `1.0 * n`: a product with a real number makes a real number of n by itself."""
    match node:
        case gast.BinOp(left=gast.Constant() as one, op=gast.Mult(), right=right) if is_one(one):
            return right
    return None


def uncopied(node: Node, a: Node, b: Node, kind: Any, known: Known) -> Node | None:
    """An operand needs no copy of its own: the result is a new array."""
    left, right = copied(a, kind, known), copied(b, kind, known)
    if left is None and right is None:
        return None
    return build.binary(left or a, node.op, right or b)


def copied(node: Node, kind: Any, known: Known) -> Node | None:
    """Give the array that an expression copies, if the copy lies in memory as the array does.

    `np.copy(a)` does, and sums over either add up in the same order. `a.copy()` begins a new order
    of axes, so that it is kept where there are several.
    """
    match node:
        case gast.Call(func=func, args=[value], keywords=[]):
            if known_object(func, known.externals) is np.copy:
                return value if isinstance(kind(value), Array) and shape_of(kind(value)) else None
        case gast.Call(func=gast.Attribute(value=value, attr="copy"), args=[], keywords=[]):
            if known_object(node.func, known.externals) is None and in_line(kind(value)):
                return value
    return None


BINARY = {np.add: gast.Add, np.subtract: gast.Sub, np.multiply: gast.Mult, np.divide: gast.Div,
          np.power: gast.Pow}  # fmt: skip
METHODS = {np.ndarray.astype: "astype", np.ndarray.flatten: "flatten",
           np.ndarray.item: "item"}  # fmt: skip


def plainer(node: Node, function: Any, args: list[Node], kind: Any) -> Node | None:
    """Write operators and methods as a person does."""
    if function is operator.getitem and len(args) == 2:
        return build.item(args[0], args[1])
    if function is np.negative and len(args) == 1:
        return build.negate(args[0])
    if not all(isinstance(kind(a), (Array, Number, Const)) for a in args[:2]):
        return None
    if is_in(function, BINARY) and len(args) == 2 and any(isinstance(kind(a), Array) for a in args):
        return build.binary(args[0], BINARY[function](), args[1])
    if args and isinstance(kind(args[0]), Array):
        if function is np.transpose and len(args) == 1:
            return build.attribute(args[0], "T")
        if function is np.copy and len(args) == 1 and in_line(kind(args[0])):
            return build.method(args[0], "copy")
        if is_in(function, METHODS):
            return build.method(args[0], METHODS[function], *args[1:])
    return None


def is_in(function: Any, table: dict[Any, Any]) -> bool:
    try:
        return function in table
    except TypeError:
        return False


def unspread(node: Node, a: Node, b: Node, kind: Any, externals: Known) -> Node | None:
    """NumPy broadcasts a number by itself where the other operand has the full shape."""
    for one, other in ((a, b), (b, a)):
        small = spread_number(one, kind, externals) or spread_array(one, kind, externals)
        if small is None or not fills(one, other, kind, externals):
            continue
        left, right = (small, b) if one is a else (a, small)
        return simpler_or(build.binary(left, node.op, right), kind, externals)
    return None


def is_product(node: Node) -> bool:
    return isinstance(node, gast.BinOp) and isinstance(node.op, gast.Mult)


def is_real(kind: Kind) -> bool:
    """Say whether a value is known to be real: signs of complex zeros do not pass products."""
    return isinstance(kind, (Number, Array)) and kind.cls == "f"


def same_value(a: Node, b: Node) -> bool:
    """Say whether two expressions are equal to the bit: one tree, or a product turned round."""
    if type(a) is not type(b) or mentioned(a).calls:
        return False
    match a, b:
        case (
            gast.BinOp(left=p, op=gast.Mult(), right=q),
            gast.BinOp(left=r, op=gast.Mult(), right=s),
        ):
            if text_of(p) == text_of(s) and text_of(q) == text_of(r):
                return True
    return text_of(a) == text_of(b)


def twice(a: Node) -> Node:
    """`2.0 * x * y` for `x * y + x * y`: doubling is exact wherever it stands."""
    if isinstance(a, gast.Constant) and isinstance(a.value, float):
        return build.const(2.0 * a.value)
    if isinstance(a, gast.BinOp) and isinstance(a.op, gast.Mult):
        return build.binary(twice(a.left), gast.Mult(), a.right)
    return build.binary(build.const(2.0), gast.Mult(), a)
