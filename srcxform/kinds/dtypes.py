"""What is known of a dtype: the class of the numbers, not their size.

An array of integers keeps the whole part of a number that is stored in it, so that no derivative
passes there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.kinds.lattice import Array, Const, Kind, Number, Opaque


class Reals:
    """Stands for the dtype of an array of real numbers."""


class Integers:
    """Stands for the dtype of an array of integers."""


class Truths:
    """Stands for the dtype of an array of True and False."""


class Complexes:
    """Stands for the dtype of an array of complex numbers."""


OF_CLASS: dict[str, type] = {"f": Reals, "i": Integers, "b": Truths, "c": Complexes}
EXAMPLES = {"f": np.float64, "i": np.int64, "b": np.bool_, "c": np.complex128}
CLASSES = {"b": "b", "i": "i", "u": "i", "f": "f", "c": "c"}


def dtype_of(kind: Kind) -> Kind | None:
    """Give the kind of `x.dtype`, None where it is not known.

    >>> dtype_of(Array("f", ())) == Opaque(Reals), dtype_of(Array("f", (), mixed=True))
    (True, None)
    """
    match kind:
        case Array(cls=cls, mixed=False) | Number(cls=cls) if cls in OF_CLASS:
            return Opaque(OF_CLASS[cls])
    return None


def class_of_dtype(kind: Kind) -> str | None:
    """Give the class of a dtype, None where it is not known.

    >>> class_of_dtype(Opaque(Integers)), class_of_dtype(Opaque(type(np.dtype("int8"))))
    ('i', 'i')
    """
    asked = kind.type if isinstance(kind, Opaque) else None
    for cls, marker in OF_CLASS.items():
        if asked is marker:
            return cls
    if not isinstance(asked, type) or not issubclass(asked, np.dtype):
        return None
    maker: Any = asked
    try:
        return CLASSES.get(maker().kind)
    except TypeError:  # one that needs to be told more is of no numbers
        return None


def exemplary(kind: Kind) -> Kind:
    """Give a dtype of the same class that is known whole, to ask what kind of result it gives."""
    cls = class_of_dtype(kind)
    return kind if cls is None else Const(np.dtype(EXAMPLES[cls]))


def is_dtype(kind: Kind) -> bool:
    """Say whether a value is surely a dtype."""
    return isinstance(kind, Opaque) and (
        kind.type in OF_CLASS.values()
        or isinstance(kind.type, type)
        and issubclass(kind.type, np.dtype)
    )


__all__ = ["CLASSES", "Reals", "class_of_dtype", "dtype_of", "exemplary", "is_dtype"]
