"""Functions that move entries or repeat them; all are linear, in transposed pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Kind, Number
from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import class_of, is_none
from srcxform.rules.registry import constant, linear, result_kind
from srcxform.runtime import (
    broadcast_like,
    expand_reduced,
    fit,
    inverse_axes,
    reshape_like,
    unbroadcast,
)

constant(np.shape, np.ndim, signature="a")
constant(inverse_axes, signature="axes")
constant(np.size, signature="a, axis=None")


@linear(fit, wrt="g", view="maybe")
def fit_bar(g: Any, *, out_bar: Any) -> Any:
    return fit(out_bar, like=g)


@linear(unbroadcast, wrt="g", view="maybe")
def unbroadcast_bar(g: Any, *, out_bar: Any) -> Any:
    return broadcast_like(out_bar, like=g)


@linear(broadcast_like, wrt="x", view="maybe")
def broadcast_like_bar(x: Any, *, out_bar: Any) -> Any:
    return unbroadcast(out_bar, like=x)


@linear(expand_reduced, wrt="g", view="maybe")
def expand_reduced_bar(g: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=g)


@linear(reshape_like, wrt="x", view="maybe")
def reshape_like_bar(x: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=x)


@linear(np.reshape, "a, shape, order='C'", wrt="a", view="maybe")
def reshape_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(np.expand_dims, wrt="a", view="view")
def expand_dims_bar(a: Any, *, out_bar: Any) -> Any:
    return reshape_like(out_bar, like=a)


@linear(np.broadcast_to, "array, shape, subok=False", wrt="array", view="view")
def broadcast_to_bar(array: Any, *, out_bar: Any) -> Any:
    return unbroadcast(out_bar, like=array)


@linear(np.transpose, wrt="a", view="view")
def transpose_bar(axes: Any = None, *, out_bar: Any) -> Any:
    if is_none(axes):
        return np.transpose(out_bar)
    return np.transpose(out_bar, inverse_axes(axes))


def shaped_like(kind: Kind, like: Kind) -> Kind:
    """Give the kind of a `kind` fitted to the shape of `like`: real if `like` is."""
    cls, theirs = class_of(kind), class_of(like)
    if cls is None or theirs is None:
        return UNKNOWN
    both = "c" if cls == theirs == "c" else "f"
    return Array(both, like.dims) if isinstance(like, Array) else Number(both)


@result_kind(unbroadcast)
def unbroadcast_kind(g: Kind, like: Kind) -> Kind:
    return shaped_like(g, like)


@result_kind(broadcast_like)
def broadcast_like_kind(x: Kind, like: Kind) -> Kind:
    return shaped_like(x, like)


@result_kind(reshape_like)
def reshape_like_kind(x: Kind, like: Kind) -> Kind:
    cls = class_of(x)
    if cls is None or class_of(like) is None:
        return UNKNOWN
    if not isinstance(x, Array) and not isinstance(like, Array):
        return Number(cls)
    return Array(cls, shape_of(like))
