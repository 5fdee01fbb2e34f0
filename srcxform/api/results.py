"""What a function must return for its gradient to make sense."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import (
    Array,
    Const,
    Items,
    Kind,
    Never,
    Number,
    Unknown,
    scalar_class,
)
from srcxform.pytrees import shown

__all__ = ["auxiliary", "check_result", "check_value", "is_known", "is_one_real_number"]


def is_one_real_number(kind: Kind, options: dict[str, Any]) -> bool:
    """Say whether a result of this kind is sure to be what a gradient is taken of."""
    if options["has_aux"]:
        if not (isinstance(kind, Items) and kind.type == "tuple" and len(kind.items) == 2):
            return False
        kind = kind.items[0]
    classes = "c" if options["holomorphic"] else "if"
    match kind:
        case Number(cls=cls):
            return cls in classes
        case Array(cls=cls, dims=()):
            return cls in classes
        case Const(value=value):
            return scalar_class(value) in (*classes,)
    return False


def is_known(kind: Kind) -> bool:
    """Say whether a kind tells anything."""
    return not isinstance(kind, (Unknown, Never))


def check_result(out: Any, name: str, called: str, options: dict[str, Any]) -> None:
    """Check what a function returned, `(value, aux)` with `has_aux`. Raises TypeError."""
    if options["has_aux"]:
        out, _ = auxiliary(out, name)
    check_value(out, name, called, options)


def auxiliary(out: Any, name: str) -> tuple[Any, Any]:
    """Check that a function returned `(value, aux)`. Raises TypeError."""
    if isinstance(out, tuple) and len(out) == 2:
        return out
    raise TypeError(
        f"with has_aux=True `{name}` must return a pair (value, aux), it returned {shown(out)}"
    )


def check_value(value: Any, name: str, called: str, options: dict[str, Any]) -> None:
    """Raise TypeError unless a result is one real number (one complex number, if holomorphic)."""
    if value is None:
        raise TypeError(f"`{name}` returned None, {called} needs a number: is there no `return`?")
    numeric = isinstance(value, (int, float, complex, np.number, np.ndarray))
    if not numeric or isinstance(value, bool):
        raise TypeError(
            f"`{name}` returned {shown(value)}, but {called} is for functions whose result is one "
            f"number; {way_out()}"
        )
    array = np.asarray(value)
    if array.shape != ():
        raise TypeError(
            f"`{name}` returned an array of shape {array.shape}, but {called} is for functions "
            f"whose result is one number; {way_out()}"
        )
    if array.dtype.kind == "c":
        refuse_complex(name, called, options)
    elif options["holomorphic"]:
        raise TypeError(f"`{name}` returned a real number, but holomorphic=True promises a complex")
    elif array.dtype.kind not in "fiu":
        raise TypeError(f"`{name}` returned {value!r} of dtype {array.dtype}, not a real number")


def way_out() -> str:
    return (
        "return a sum or a mean; for the Jacobian use sx.jacrev, for some of its rows the pullback "
        "of sx.vjp; if only the first part of the result counts, pass has_aux=True"
    )


def refuse_complex(name: str, called: str, options: dict[str, Any]) -> None:
    if not options["holomorphic"]:
        raise TypeError(
            f"`{name}` returned a complex number; {called} of a complex result needs "
            "holomorphic=True, and is right only if the function is holomorphic; otherwise "
            "differentiate its real and its imaginary part"
        )
