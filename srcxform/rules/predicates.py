"""Questions that templates ask about their arguments.

The compiler asks them of kinds when it writes source; in a template that is run as it stands they
are asked of values. True means surely so, and False may mean "not known": a template ends in the
general case.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform.kinds.callables import Closure, Partial
from srcxform.kinds.dtypes import CLASSES, class_of_dtype
from srcxform.kinds.lattice import (
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
    scalar_class,
)
from srcxform.kinds.shapes import same_shape as same_shapes
from srcxform.kinds.shapes import shape_of
from srcxform.kinds.values import kind_of
from srcxform.rules.registry import PREDICATES, predicate
from srcxform.runtime.randomness import GENERATORS, sources_within


def is_compiling() -> bool:
    """Say whether a function is being read, and not called."""
    return False


PREDICATES[is_compiling] = lambda: True


def is_stood_for() -> bool:
    """Say whether a function is being read for which a rule stands: its body tells kinds alone.

    What is read with no derivative to come, as for `jit`, is what will run.
    """
    return False


def may_draw(fun: Any, args: Any) -> bool:
    """Say whether random numbers may be drawn in a call; asked of kinds, it looks for generators.

    Where there are none the generated text shows no trace of them.
    """
    kinds = [fun, args]
    return not all(isinstance(kind, Kind) for kind in kinds) or any(map(is_random, kinds))


PREDICATES[may_draw] = may_draw


def is_random(kind: Kind) -> bool:
    match kind:
        case Opaque(type=owner):
            return isinstance(owner, type) and issubclass(owner, GENERATORS)
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return any(map(is_random, items))
        case Partial(function=function, args=args, keywords=keywords):
            given = [found for _, found in args] + [found for *_, found in keywords]
            return any(map(is_random, [function, *given]))
        case Closure(node=tree):
            return any(getattr(n, "attr", "") == "random" for n in gast.walk(tree))
        case Const(value=function) if callable(function):
            return bool(sources_within(function))
    return False


def as_kind(x: Any) -> Kind:
    return x if isinstance(x, Kind) else kind_of(x)


def as_value(x: Any) -> Any:
    return x.value if isinstance(x, Const) else x


def class_of(kind: Kind) -> str | None:
    """Give the class ("b", "i", "f", "c") of a number or an array, None for anything else."""
    match kind:
        case Number(cls=cls) | Array(cls=cls):
            return cls
        case Const(value=value):
            return scalar_class(value)
    return None


def dtype_class(dtype: Any) -> str | None:
    """Give the class of an argument `dtype`, None if it is None or not known.

    >>> dtype_class(Const(np.float32)), dtype_class(Const("int"))
    ('f', 'i')
    """
    dtype = as_value(dtype)
    if isinstance(dtype, Kind):
        return class_of_dtype(dtype)
    if dtype is None:
        return None
    try:
        return CLASSES.get(np.dtype(dtype).kind)
    except TypeError:
        return None


def is_double(dtype: Any) -> bool:
    """Say whether an argument `dtype` is that of Python's own numbers."""
    return any(dtype is one for one in (float, complex, np.float64, np.complex128))


@predicate
def literal(x: Any, value: Any) -> bool:
    """Say whether `x` is written as this number, True, False or string."""
    if isinstance(x, Kind) and not isinstance(x, Const):
        return False
    x, value = as_value(x), as_value(value)
    if isinstance(x, (np.ndarray, list, tuple, dict)):
        return False
    return isinstance(x, bool) == isinstance(value, bool) and bool(x == value)


@predicate
def is_literal(x: Any) -> bool:
    """Say whether `x` is a number other than 0 that is written in the source."""
    if isinstance(x, Kind):
        return isinstance(x, Const) and scalar_class(x.value) in tuple("ifc") and x.value != 0
    return scalar_class(x) in tuple("ifc") and bool(x != 0)


@predicate
def is_real(x: Any) -> bool:
    """Say whether `x` is a real number or array."""
    if isinstance(x, (list, tuple)):
        return not np.iscomplexobj(x)
    return class_of(as_kind(x)) in tuple("bif")


@predicate
def class_is(x: Any, cls: Any) -> bool:
    """Say whether `x` is surely a number or an array of this class."""
    return class_of(as_kind(x)) == as_value(cls)


@predicate
def is_complex(x: Any) -> bool:
    """Say whether `x` is a complex number or array."""
    return class_of(as_kind(x)) == "c"


@predicate
def is_number(x: Any) -> bool:
    """Say whether `x` is a Python or NumPy scalar."""
    kind = as_kind(x)
    return not isinstance(kind, Array) and class_of(kind) is not None


@predicate
def is_array(x: Any) -> bool:
    """Say whether `x` is an array, which may be of rank 0."""
    return isinstance(as_kind(x), Array)


@predicate
def is_container(x: Any) -> bool:
    """Say whether `x` is a list, a tuple, a dict or a record of these."""
    return isinstance(as_kind(x), (Cell, Items, Many, Mapping, Record))


@predicate
def is_none(x: Any) -> bool:
    """Say whether `x` is None."""
    return as_kind(x) == Const(None)


@predicate
def rank_is(x: Any, rank: Any) -> bool:
    """Say whether `x` has this number of axes."""
    shape = shape_of(as_kind(x))
    return shape is not None and len(shape) == as_value(rank)


@predicate
def ranks_are(x: Any, y: Any, rank_of_x: Any, rank_of_y: Any) -> bool:
    """Say whether `x` and `y` have these numbers of axes."""
    return rank_is(x, rank_of_x) and rank_is(y, rank_of_y)


@predicate
def same_shape(x: Any, y: Any) -> bool:
    """Say whether `x` and `y`, which NumPy broadcasts together, are of one shape."""
    if not isinstance(x, Kind) and not isinstance(y, Kind):
        return np.shape(x) == np.shape(y)
    return same_shapes(shape_of(as_kind(x)), shape_of(as_kind(y)))
