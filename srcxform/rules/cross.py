"""Vector products, of vectors in space and in the plane.

A vector of two numbers has 0 for its third, and the product of two such is the third number alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import UNKNOWN, Array, Kind, widest
from srcxform.kinds.shapes import shape_of
from srcxform.rules.predicates import as_kind, class_of, is_none
from srcxform.rules.registry import adjoint, otherwise, predicate, result_kind, tangent
from srcxform.runtime import cross_back, unbroadcast


@predicate
def are_spatial(a: Any, b: Any) -> bool:
    """Say whether both are surely arrays of vectors of three numbers."""
    shapes = shape_of(as_kind(a)), shape_of(as_kind(b))
    return all(shape is not None and shape[-1:] == (3,) for shape in shapes)


@tangent(np.cross, "a, b, axisa=-1, axisb=-1, axisc=-1, axis=None", wrt="a b")
def cross_dot(a: Any, b: Any, a_dot: Any = None, b_dot: Any = None) -> Any:
    if is_none(b_dot):
        return np.cross(a_dot, b)
    if is_none(a_dot):
        return np.cross(a, b_dot)
    return np.cross(a_dot, b) + np.cross(a, b_dot)


@result_kind(np.cross)
def cross_kind(a: Kind, b: Kind, **others: Kind) -> Kind:
    """An array: how many axes it has depends on whether vectors have two or three numbers."""
    left, right = class_of(a), class_of(b)
    return UNKNOWN if left is None or right is None else Array(widest(left, right), None)


@otherwise(np.cross)
def cross_along(
    a: Any,
    b: Any,
    axisa: Any = -1,
    axisb: Any = -1,
    axisc: Any = -1,
    axis: Any = None,
) -> Any:
    if is_none(axis):
        product = np.cross(np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1))
        return np.moveaxis(product, -1, axisc)
    product = np.cross(np.moveaxis(a, axis, -1), np.moveaxis(b, axis, -1))
    return np.moveaxis(product, -1, axis)


@adjoint(np.cross)
def cross_bar(a: Any, b: Any, out_bar: Any) -> Any:
    """The triple product g . (a x b) does not change when its factors move round."""
    if are_spatial(a, b):
        return unbroadcast(np.cross(b, out_bar), like=a), unbroadcast(np.cross(out_bar, a), like=b)
    a_bar = unbroadcast(-cross_back(out_bar, b, a), like=a)
    return a_bar, unbroadcast(cross_back(out_bar, a, b), like=b)


@tangent(cross_back, "g, v, like", wrt="g v")
def cross_back_dot(g: Any, v: Any, like: Any, g_dot: Any = None, v_dot: Any = None) -> Any:
    if is_none(v_dot):
        return cross_back(g_dot, v, like)
    if is_none(g_dot):
        return cross_back(g, v_dot, like)
    return cross_back(g_dot, v, like) + cross_back(g, v_dot, like)


@adjoint(cross_back)
def cross_back_bar(g: Any, v: Any, out_bar: Any) -> Any:
    g_bar = unbroadcast(np.cross(v, out_bar), like=g)
    return g_bar, unbroadcast(-cross_back(g, out_bar, v), like=v)


@result_kind(cross_back)
def cross_back_kind(g: Kind, v: Kind, like: Kind) -> Kind:
    return cross_kind(g, v)
