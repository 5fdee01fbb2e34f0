"""Whether a tangent or cotangent fits what it belongs to, as far as kinds tell.

Called by itself, a transformation raises where they do not; what is written for it inside would
broadcast one to the other.
"""

from __future__ import annotations

from srcxform.kinds.joining import is_big
from srcxform.kinds.lattice import Array, Const, Items, Kind, Length, Mapping, Number, scalar_class
from srcxform.kinds.shapes import shape_of


def fits_not(given: Kind, like: Kind) -> bool:
    """Say whether a value surely has another structure or shape than what it belongs to.

    >>> fits_not(Number("f"), Array("f", (None,))), fits_not(Number("f"), Number("c"))
    (True, False)
    """
    match given, like:
        case Items(items=ours), Items(items=theirs):
            return len(ours) != len(theirs) or any(map(fits_not, ours, theirs))
        case Mapping(keys=keys, items=ours), Mapping(keys=own, items=theirs):
            if set(keys) != set(own):
                return True
            order = [keys.index(key) for key in own]
            return any(fits_not(ours[k], part) for k, part in zip(order, theirs, strict=True))
    if not moves(like):
        return False
    if isinstance(given, (Items, Mapping)):
        return True
    shape, target = shape_of(given), shape_of(like)
    if shape is None or target is None:
        return False
    return len(shape) != len(target) or any(map(differ, shape, target))


def moves(kind: Kind) -> bool:
    """Say whether a value is a number or an array that a derivative passes."""
    match kind:
        case Number() | Array():
            return kind.cls in "fc"
        case Const(value=value):
            return scalar_class(value) in ("i", "f", "c")
    return False


def differ(one: Length, other: Length) -> bool:
    """Say whether two lengths are surely not the same: nothing is known beside which are 1."""
    return one == 1 and is_big(other) or other == 1 and is_big(one)
