"""Parts of complex numbers.

Rules are transposes: g passes to the operand x so that Re(g out_dot) = Re(x_bar x_dot), without a
conjugation. All but abs and angle are linear over the reals, and so are their own tangents.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.predicates import is_real
from srcxform.rules.registry import (
    adjoint,
    flat_if,
    lanewise,
    linear,
    tangent,
)
from srcxform.runtime import fit, zeros_like


@linear(np.conjugate, "x", wrt="x")
def conjugate_bar(x: Any, *, out_bar: Any) -> Any:
    if is_real(x):
        return out_bar
    return np.conj(out_bar)


@linear(np.real, "val", wrt="val", view="maybe")
def real_bar(*, out_bar: Any) -> Any:
    return out_bar


@linear(np.imag, "val", wrt="val", view="view")
def imag_bar(val: Any, *, out_bar: Any) -> Any:
    if is_real(val):
        return zeros_like(val)
    return fit(-1j * out_bar, like=val)


@flat_if(np.imag)
def imag_is_flat(val: Any) -> bool:
    return is_real(val)


@tangent(np.angle, "z, deg=False", wrt="z")
def angle_dot(z: Any, z_dot: Any) -> Any:
    """d arg z = Im(dz / z)."""
    return np.imag(z_dot / z)


@adjoint(np.angle)
def angle_bar(z: Any, out_bar: Any) -> Any:
    return fit(-1j * out_bar / z, like=z)


@flat_if(np.angle)
def angle_is_flat(z: Any, deg: Any = False) -> bool:
    return is_real(z)


lanewise(np.real, np.imag, np.angle)
