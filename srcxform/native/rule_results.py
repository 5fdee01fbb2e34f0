"""What users' own derivative rules give, compared by type with what it stands for.

Types are compared while compiling; what is left for the run are the shapes of arrays.
"""

from __future__ import annotations

from typing import Any

from numba.core import types as nb

from srcxform.native.tools import overloading
from srcxform.native.versions import Made
from srcxform.runtime import check_cotangent, check_tangent, cotangent, zeros_like
from srcxform.syntax.written import written

__all__ = ["VERSIONS"]

SETTINGS = (nb.Boolean, nb.UnicodeType, nb.NoneType)


@overloading(check_cotangent)
def _check_cotangent(bar: Any, like: Any, name: Any) -> Made:
    return comparison("bar", bar, like, True)


@overloading(check_tangent)
def _check_tangent(out: Any, dot: Any, name: Any) -> Made:
    return comparison("dot", dot, out, False)


@overloading(cotangent)
def _cotangent(bar: Any, like: Any) -> Made:
    if isinstance(bar, nb.NoneType):
        return lambda bar, like: zeros_like(like)
    if isinstance(bar, nb.BaseTuple) and isinstance(like, nb.BaseTuple):
        parts = "".join(f"cotangent(bar[{k}], like[{k}]), " for k in range(len(bar)))
        lines = ["def filled(bar, like):", f"    return ({parts})"]
        return written("filled", lines, {"cotangent": cotangent})
    if isinstance(like, SETTINGS):
        return lambda bar, like: None
    return (lambda bar, like: bar) if isinstance(bar, (nb.Array, nb.Number)) else None


def comparison(given: str, kind: Any, like: Any, none: bool) -> Made:
    """Write the function that compares; None where the types differ."""
    first, second = (given, "like") if none else ("out", given)
    pairs = shapes(given, kind, "like" if none else "out", like, none)
    if pairs is None:
        return None
    lines = [f"def compared({first}, {second}, name):"]
    for one, other in pairs:
        lines += [
            f"    if {one} != {other}:",
            "        raise TypeError('a derivative rule returned an array of another shape')",
        ]
    return written("compared", [*lines, "    return None"], {})


def shapes(
    given: str, kind: Any, like: str, wanted: Any, none: bool
) -> list[tuple[str, str]] | None:
    """Give what has to be equal when the program runs; None where the types do not fit."""
    if isinstance(kind, nb.NoneType):
        return [] if none or isinstance(wanted, SETTINGS) else None
    if isinstance(wanted, SETTINGS):
        return [] if none else None
    if isinstance(wanted, nb.Array):
        if not isinstance(kind, nb.Array) or kind.ndim != wanted.ndim or kind.dtype != wanted.dtype:
            return None
        return [(f"{given}.shape", f"{like}.shape")]
    if isinstance(wanted, nb.Number):
        real = not isinstance(kind, nb.Complex) or isinstance(wanted, nb.Complex)
        return [] if isinstance(kind, nb.Number) and real else None
    if isinstance(wanted, nb.BaseTuple) and isinstance(kind, nb.BaseTuple):
        ones, others = parts_of(kind), parts_of(wanted)
        if len(ones) != len(others):
            return None
        found: list[tuple[str, str]] = []
        for k, (one, other) in enumerate(zip(ones, others, strict=True)):
            part = shapes(f"{given}[{k}]", one, f"{like}[{k}]", other, none)
            if part is None:
                return None
            found += part
        return found
    return None


def parts_of(types: Any) -> list[Any]:
    return list(types)


VERSIONS = {check_cotangent, check_tangent, cotangent}
