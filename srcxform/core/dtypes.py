"""Arrays of no numbers: of text, of objects, of records. No derivative passes them.

>>> is_of_no_numbers(Const(str)), is_of_no_numbers(Const(float))
(True, False)
"""

from __future__ import annotations

import numpy as np

from srcxform.kinds.lattice import Const, Items, Kind, Opaque
from srcxform.rules.registry import Rule

NO_NUMBERS = ("Void", "Str", "Bytes", "Object", "DateTime", "TimeDelta")  # of NumPy's dtypes


def makes_no_numbers(rule: Rule, kinds: list[Kind], named: dict[str, Kind]) -> bool:
    """Say whether a function is asked for an array of text, of objects or of records."""
    if "dtype" not in rule.signature.parameters:
        return False
    try:
        dtype = rule.signature.bind(*kinds, **named).arguments.get("dtype")
    except TypeError:
        return False
    return isinstance(dtype, Kind) and is_of_no_numbers(dtype)


def is_of_no_numbers(dtype: Kind) -> bool:
    """Say whether a dtype is one of text, of objects or of records."""
    match dtype:
        case Const(value=type() | str() | np.dtype() as asked):
            try:
                return np.dtype(asked).kind not in "biufc"
            except TypeError:
                return False
        case Opaque(type=type() as asked) if issubclass(asked, np.dtype) and asked is not np.dtype:
            return asked.__name__.startswith(NO_NUMBERS)
        case Items(type="list", items=[Items(type="tuple", items=[Const(value=str()), *_]), *_]):
            return True
    return False
