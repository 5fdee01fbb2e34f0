"""Guards in compiled programs: where Numba computes something else than Python, these raise.

Numba's own integers wrap around, its functions give NaN where Python raises, and operations on
overlapping arrays read what they have just written. Here its typed programs are gone over before
they become machine code. Types that NumPy and Numba promote differently are refused.
"""

from __future__ import annotations

import math
import operator
import random
import re
from collections.abc import Iterator
from typing import Any

import numba
import numpy as np
from numba.core import compiler, errors, ir
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.typed_passes import NopythonTypeInference

__all__ = ["Careful"]

LIMIT = 2.0**63
OVERFLOW = "an integer of compiled code does not fit into 64 bits: call the function without jit"


@numba.njit
def product(a: Any, b: Any) -> Any:
    if not abs(float(a) * float(b)) < LIMIT:
        raise OverflowError(OVERFLOW)
    return a * b


@numba.njit
def total(a: Any, b: Any) -> Any:
    if not abs(float(a) + float(b)) < LIMIT:
        raise OverflowError(OVERFLOW)
    return a + b


@numba.njit
def difference(a: Any, b: Any) -> Any:
    if not abs(float(a) - float(b)) < LIMIT:
        raise OverflowError(OVERFLOW)
    return a - b


@numba.njit
def integer_power(a: Any, b: Any) -> Any:
    if b < 0:
        raise ValueError("a negative power of an integer in compiled code: write float(n) ** k")
    if not abs(float(a)) ** float(b) < LIMIT:
        raise OverflowError(OVERFLOW)
    out = 1
    for _ in range(b):
        out *= a
    return out


@numba.njit
def real_power(a: Any, b: Any) -> Any:
    out = float(a) ** float(b)
    if math.isnan(out) and not (math.isnan(a) or math.isnan(b)):
        raise ValueError("a broken power of a negative number in compiled code")
    if a == 0.0 and b < 0.0:
        raise ZeroDivisionError("0.0 cannot be raised to a negative power")
    return out


@numba.njit
def shifted_left(a: Any, b: Any) -> Any:
    if b < 0:
        raise ValueError("negative shift count")
    if b > 62 or not abs(float(a)) * 2.0 ** float(b) < LIMIT:
        raise OverflowError(OVERFLOW)
    return a << b


@numba.njit
def shifted_right(a: Any, b: Any) -> Any:
    if b < 0:
        raise ValueError("negative shift count")
    return a >> min(b, 63)


def copied(function: Any) -> Any:
    """Give an in-place operator on arrays that reads all before it writes."""

    @numba.njit
    def guarded(a: Any, b: Any) -> Any:
        a[...] = function(a, b)
        return a

    return guarded


def careful(function: Any, overflow: Any = ValueError) -> Any:
    """Give a function of `math` that raises as Python's does."""

    @numba.njit
    def guarded(x: Any) -> Any:
        out = function(x)
        if math.isnan(out) and not math.isnan(x):
            raise ValueError("math domain error")
        if math.isinf(out) and not math.isinf(x):
            raise overflow("math range error")
        return out

    return guarded


def whole(function: Any) -> Any:
    """Give a function from real numbers to integers that raises where there is no such integer."""

    @numba.njit
    def guarded(x: Any) -> Any:
        if not abs(float(x)) < LIMIT:
            raise OverflowError(OVERFLOW)
        return function(x)

    return guarded


INTEGERS = {
    operator.mul: product, operator.add: total, operator.sub: difference,
    operator.pow: integer_power, operator.lshift: shifted_left, operator.rshift: shifted_right,
}  # fmt: skip
IN_PLACE: dict[Any, Any] = {
    f: copied(f) for f in (
        operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
        operator.floordiv, operator.mod,
    )
}  # fmt: skip
FUNCTIONS: dict[Any, Any] = {
    **{f: careful(f) for f in (
        math.sqrt, math.log, math.log2, math.log10, math.log1p, math.acos, math.asin, math.acosh,
        math.atanh, math.sin, math.cos, math.tan, math.gamma, math.lgamma,
    )},
    **{f: careful(f, OverflowError) for f in (math.exp, math.expm1, math.sinh, math.cosh)},
    **{f: whole(f) for f in (int, round, math.floor, math.ceil, math.trunc)},
}  # fmt: skip
UNFIT = "what this computes in place does not fit into the array"
# What NumPy and Numba promote alike; a scalar of single precision, for one, they do not.
OTHER_TYPES = re.compile(r"\b(float16|float32|complex64|u?int(8|16|32)|uint64)\b")


@register_pass(mutates_CFG=False, analysis_only=False)
class Guards(FunctionPass):
    """Puts guards into a typed program, and refuses what cannot be guarded."""

    _name = "srcxform_guards"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        for block in state.func_ir.blocks.values():
            block.body = [new for line in block.body for new in guarded(line, block.scope, state)]
        return True


def guarded(line: Any, scope: Any, state: Any) -> Iterator[Any]:
    """Give a statement, or what stands in its place."""
    if isinstance(line, (ir.SetItem, ir.StaticSetItem)):
        check_stored(line, state)
    if isinstance(line, ir.Assign):
        check_type(state.typemap[line.target.name], line.loc)
        if isinstance(line.value, ir.Expr):
            guard = guard_of(line.value, state)
            if guard is not None:
                dispatcher, operands = guard
                name = scope.redefine("guard", line.loc)
                kind = numba.typeof(dispatcher)
                state.typemap[name.name] = kind
                yield ir.Assign(ir.Global("guard", dispatcher, line.loc), name, line.loc)
                called = ir.Expr.call(name, operands, (), line.loc)
                given = tuple(plain(state.typemap[o.name]) for o in operands)
                state.calltypes[called] = kind.get_call_type(state.typingctx, given, {})
                line = ir.Assign(called, line.target, line.loc)
    yield line


def check_type(found: Any, loc: Any) -> None:
    other = OTHER_TYPES.search(str(found))
    if other:
        said = f"{other[0]} is not computed with as NumPy does: convert it to double precision"
        raise errors.TypingError(said, loc)


def check_stored(line: Any, state: Any) -> None:
    """Raise TypingError where what was an in-place operation would be cut to integers."""
    target, value = state.typemap[line.target.name], state.typemap[line.value.name]
    index = getattr(line, "index_var", None) or line.index
    whole = isinstance(state.typemap.get(getattr(index, "name", "")), numba.types.EllipsisType)
    if isinstance(target, numba.types.Array) and whole and rank_of(value) > rank_of(target):
        raise errors.TypingError(UNFIT, line.loc)


def plain(found: Any) -> Any:
    return numba.types.unliteral(found)


def guard_of(expr: Any, state: Any) -> tuple[Any, list[Any]] | None:
    """Give the guard that an operation needs, and its operands."""
    if expr.op in ("binop", "inplace_binop", "static_binop"):
        function = expr.immutable_fn if expr.op == "inplace_binop" else expr.fn
        operands = [expr.lhs, expr.rhs]
        kinds = [state.typemap[o.name] for o in operands]
        left, right = kinds
        if expr.op == "inplace_binop" and isinstance(left, numba.types.Array):
            check_kept(function, left, right, expr.loc)
            return (IN_PLACE[function], operands) if isinstance(right, numba.types.Array) else None
        guard = operator_guard(function, left, right, expr.loc)
        return None if guard is None else (guard, operands)
    if expr.op == "unary" and isinstance(state.typemap[expr.value.name], numba.types.Boolean):
        if expr.fn is operator.invert:
            raise errors.TypingError("what ~ makes of a boolean depends on whose it is", expr.loc)
    function = getattr(state.typemap[expr.func.name], "typing_key", None) if is_call(expr) else None
    if is_random(function):
        raise errors.TypingError("Numba draws from random numbers of its own", expr.loc)
    if function is np.power:
        base, exponent = (state.typemap[a.name] for a in expr.args[:2])
        check_powers(base, exponent, expr.loc)
    if is_call(expr) and expr.args and not expr.kws:
        given = state.typemap[expr.args[0].name]
        check_call(function, given, len(expr.args), expr.loc)
        if len(expr.args) > 1:
            return None
        if isinstance(given, numba.types.Float) and function in FUNCTIONS:
            return FUNCTIONS[function], list(expr.args)
    return None


def check_kept(function: Any, left: Any, right: Any, loc: Any) -> None:
    """Raise TypingError if an in-place operation would give numbers of another kind."""
    ranks = [rank_of(left), rank_of(right), 1 if function is operator.truediv else 0]
    if function not in IN_PLACE or max(ranks) > ranks[0]:
        raise errors.TypingError(UNFIT, loc)


def is_call(expr: Any) -> bool:
    return bool(expr.op == "call")


def is_random(function: Any) -> bool:
    """Say whether a function draws from the state that Python or NumPy keeps."""
    owner = getattr(function, "__self__", None)
    return isinstance(owner, (random.Random, np.random.RandomState))


def check_powers(left: Any, right: Any, loc: Any) -> None:
    """Raise TypingError for integers to the power of others, which may be negative."""
    integers = all(rank_of(kind) == 0 for kind in (left, right))
    arrays = any(isinstance(kind, numba.types.Array) for kind in (left, right))
    known = isinstance(right, numba.types.IntegerLiteral) and right.literal_value >= 0
    if integers and arrays and not known:
        raise errors.TypingError("NumPy has no negative powers of integers: use floats", loc)


def check_call(function: Any, given: Any, count: int, loc: Any) -> None:
    """Raise TypingError where a function of Numba's gives something else than Python's."""
    if function is round and count > 1 and isinstance(given, numba.types.Float):
        raise errors.TypingError("Numba rounds to digits in its own way: use np.round", loc)
    exact = isinstance(given, (numba.types.Integer, numba.types.UnicodeType))
    if function in (str, repr, format) and (not exact or isinstance(given, numba.types.Boolean)):
        raise errors.TypingError("Numba writes text in its own way", loc)
    if isinstance(given, numba.types.ExceptionInstance):
        raise errors.TypingError("Numba knows of an exception its class only", loc)


def rank_of(kind: Any) -> int:
    """Order integers, real and complex numbers."""
    dtype = getattr(kind, "dtype", plain(kind))
    if isinstance(dtype, numba.types.Complex):
        return 2
    return 1 if isinstance(dtype, numba.types.Float) else 0


def operator_guard(function: Any, left: Any, right: Any, loc: Any) -> Any:
    """Give the guard of an operator between two types, if it needs one."""
    kinds = plain(left), plain(right)
    if all(isinstance(kind, numba.types.Boolean) for kind in kinds) and function in INTEGERS:
        raise errors.TypingError("arithmetic with two booleans depends on whose they are", loc)
    if all(isinstance(kind, numba.types.Integer) for kind in kinds):
        small = [kind for kind in (left, right) if is_small(kind)]
        if small and function in (operator.add, operator.sub):
            return None  # steps of a counter
        return INTEGERS.get(function)
    if function is operator.pow:
        check_powers(left, right, loc)
    numeric = (numba.types.Integer, numba.types.Float)
    if function is operator.pow and all(isinstance(kind, numeric) for kind in kinds):
        whole_number = isinstance(right, numba.types.IntegerLiteral) and right.literal_value >= 0
        return None if whole_number else real_power
    return None


def is_small(kind: Any) -> bool:
    return isinstance(kind, numba.types.IntegerLiteral) and abs(kind.literal_value) < 2**31


class Careful(compiler.CompilerBase):
    """Numba's own pipeline, with the guards behind its type inference."""

    def define_pipelines(self) -> list[Any]:
        found = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        found.add_pass_after(Guards, NopythonTypeInference)
        found.finalize()
        return [found]
