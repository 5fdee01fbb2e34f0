"""Fourier transforms: linear, and their matrices are symmetric, so they are their own transposes.

Those of real signals hold half of the frequencies: the other half is the conjugate of it. `irfft`
is linear over the real numbers alone; its transpose is that of JAX, https://docs.jax.dev.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.predicates import is_none
from srcxform.rules.registry import composite, constant, linear, otherwise
from srcxform.runtime import fit, other_norm, refuse, resized, twice_inside

ONE = "a, n=None, axis=-1, norm=None"
TWO = "a, s=None, axes=(-2, -1), norm=None"
SEVERAL = "a, *, norm=None, axes="  # a shape beside it would cut axes off

constant(np.fft.fftfreq, np.fft.rfftfreq, signature="n, d=1.0")
constant(other_norm, signature="norm")


def as_long(whole: Any, a: Any, n: Any, axis: Any) -> Any:
    """Undo what a length `n` cuts off or fills up."""
    if is_none(n):
        return fit(whole, like=a)
    return fit(resized(whole, np.shape(a)[axis], axis), like=a)


@linear(np.fft.fft, ONE, wrt="a")
def fft_bar(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, *, out_bar: Any) -> Any:
    return as_long(np.fft.fft(out_bar, axis=axis, norm=norm), a, n, axis)


@linear(np.fft.ifft, ONE, wrt="a")
def ifft_bar(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, *, out_bar: Any) -> Any:
    return as_long(np.fft.ifft(out_bar, axis=axis, norm=norm), a, n, axis)


@linear(np.fft.rfft, ONE, wrt="a")
def rfft_bar(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, *, out_bar: Any) -> Any:
    if is_none(n):
        return fit(np.fft.fft(out_bar, np.shape(a)[axis], axis, norm), like=a)
    return as_long(np.fft.fft(out_bar, n, axis, norm), a, n, axis)


@linear(np.fft.irfft, ONE, wrt="a")
def irfft_bar(a: Any, n: Any = None, axis: Any = -1, norm: Any = None, *, out_bar: Any) -> Any:
    half = np.conj(np.fft.rfft(out_bar, axis=axis, norm=other_norm(norm)))
    return as_long(twice_inside(half, np.shape(out_bar)[axis], axis), a, n, axis)


@linear(np.fft.fft2, TWO, wrt="a")
def fft2_bar(a: Any, *, norm: Any = None, axes: Any = (-2, -1), out_bar: Any) -> Any:
    return fit(np.fft.fft2(out_bar, axes=axes, norm=norm), like=a)


@linear(np.fft.ifft2, TWO, wrt="a")
def ifft2_bar(a: Any, *, norm: Any = None, axes: Any = (-2, -1), out_bar: Any) -> Any:
    return fit(np.fft.ifft2(out_bar, axes=axes, norm=norm), like=a)


@linear(np.fft.fftn, SEVERAL + "None", wrt="a")
def fftn_bar(a: Any, *, norm: Any = None, axes: Any = None, out_bar: Any) -> Any:
    return fit(np.fft.fftn(out_bar, axes=axes, norm=norm), like=a)


@linear(np.fft.ifftn, SEVERAL + "None", wrt="a")
def ifftn_bar(a: Any, *, norm: Any = None, axes: Any = None, out_bar: Any) -> Any:
    return fit(np.fft.ifftn(out_bar, axes=axes, norm=norm), like=a)


@composite(np.fft.rfft2, TWO)
def rfft2_parts(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    if is_none(s):
        return np.fft.fft(np.fft.rfft(a, None, axes[1], norm), None, axes[0], norm)
    return np.fft.fft(np.fft.rfft(a, s[1], axes[1], norm), s[0], axes[0], norm)


@composite(np.fft.irfft2, TWO)
def irfft2_parts(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    if is_none(s):
        return np.fft.irfft(np.fft.ifft(a, None, axes[0], norm), None, axes[1], norm)
    return np.fft.irfft(np.fft.ifft(a, s[0], axes[0], norm), s[1], axes[1], norm)


@composite(np.fft.rfftn, "a, s=None, axes=None, norm=None")
def rfftn_parts(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    if is_none(axes) and is_none(s):
        half = np.fft.rfft(a, None, -1, norm)
        return np.fft.fftn(half, axes=tuple(range(np.ndim(a) - 1)), norm=norm)
    if is_none(s):
        return np.fft.fftn(np.fft.rfft(a, None, axes[-1], norm), axes=axes[:-1], norm=norm)
    return refuse("np.fft.rfftn has no derivative with `s`", "pad or cut the array beforehand")


@composite(np.fft.irfftn, "a, s=None, axes=None, norm=None")
def irfftn_parts(a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
    if is_none(axes) and is_none(s):
        whole = np.fft.ifftn(a, axes=tuple(range(np.ndim(a) - 1)), norm=norm)
        return np.fft.irfft(whole, None, -1, norm)
    if is_none(s):
        return np.fft.irfft(np.fft.ifftn(a, axes=axes[:-1], norm=norm), None, axes[-1], norm)
    if is_none(axes) and tuple(s[:-1]) == np.shape(a)[:-1]:
        whole = np.fft.ifftn(a, axes=tuple(range(np.ndim(a) - 1)), norm=norm)
        return np.fft.irfft(whole, s[-1], -1, norm)
    return refuse("np.fft.irfftn has no derivative with `s`", "pad or cut the array beforehand")


@otherwise(np.fft.fft2)
def fft2_of_size(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return np.fft.fft(np.fft.fft(a, s[1], axes[1], norm), s[0], axes[0], norm)


@otherwise(np.fft.ifft2)
def ifft2_of_size(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None) -> Any:
    return np.fft.ifft(np.fft.ifft(a, s[1], axes[1], norm), s[0], axes[0], norm)


@composite(np.fft.hfft, ONE)
def hfft_parts(a: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
    return np.fft.irfft(np.conj(a), n, axis, other_norm(norm))


@composite(np.fft.ihfft, ONE)
def ihfft_parts(a: Any, n: Any = None, axis: Any = -1, norm: Any = None) -> Any:
    return np.conj(np.fft.rfft(a, n, axis, other_norm(norm)))


@linear(np.fft.fftshift, "x, axes=None", wrt="x")
def fftshift_bar(axes: Any = None, *, out_bar: Any) -> Any:
    return np.fft.ifftshift(out_bar, axes)


@linear(np.fft.ifftshift, "x, axes=None", wrt="x")
def ifftshift_bar(axes: Any = None, *, out_bar: Any) -> Any:
    return np.fft.fftshift(out_bar, axes)


@linear(resized, "a, length, axis=-1", wrt="a")
def resized_bar(a: Any, axis: Any = -1, *, out_bar: Any) -> Any:
    return fit(resized(out_bar, np.shape(a)[axis], axis), like=a)


@linear(twice_inside, "a, length, axis=-1", wrt="a")
def twice_inside_bar(a: Any, length: Any, axis: Any = -1, *, out_bar: Any) -> Any:
    return fit(twice_inside(out_bar, length, axis), like=a)
