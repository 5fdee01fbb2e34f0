"""Arithmetic of dimensions: broadcasting, and whether two shapes are provably equal."""

from __future__ import annotations

from srcxform.kinds.joining import is_big
from srcxform.kinds.lattice import Array, Const, Kind, Length, Number, scalar_class

Shape = tuple[Length, ...]


def shape_of(kind: Kind) -> Shape | None:
    """Give the dimensions of a number or an array, None where they are unknown."""
    match kind:
        case Array(dims=dims):
            return dims
        case Number():
            return ()
        case Const(value=value) if scalar_class(value):
            return ()
    return None


def in_line(kind: Kind) -> bool:
    """Say whether there is but one order in which the elements can lie in memory."""
    shape = shape_of(kind)
    return shape is not None and len(shape) <= 1


def broadcast_lengths(left: Length, right: Length) -> Length:
    """Give the length that NumPy broadcasts these to (it raises where they do not fit)."""
    if left == right or right == 1:
        return left
    if left == 1 or is_big(right):
        return right
    return left if is_big(left) else None


def broadcast_shapes(*shapes: Shape | None) -> Shape | None:
    """Give the shape that NumPy broadcasts these to."""
    result: Shape = ()
    for shape in shapes:
        if shape is None:
            return None
        rank = max(len(result), len(shape))
        pads = [(1,) * (rank - len(s)) + tuple(s) for s in (result, shape)]
        result = tuple(map(broadcast_lengths, *pads))
    return result


def same_length(left: Length, right: Length) -> bool:
    """Say whether two lengths that NumPy has broadcast together are surely equal."""
    if left is None or right is None:
        return False
    return left == right or (is_big(left) and is_big(right))


def same_shape(left: Shape | None, right: Shape | None) -> bool:
    """Say whether two shapes that NumPy has broadcast together are surely equal.

    >>> same_shape((1,), (1,))
    True
    >>> same_shape((None,), (None,))
    False
    """
    if left is None or right is None or len(left) != len(right):
        return False
    return all(map(same_length, left, right))
