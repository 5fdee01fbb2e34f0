"""Refusals that only the values at run time can decide."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from srcxform.errors import Diagnostic, NoDerivativeError
from srcxform.runtime.refusals import refusal

NOT_COVERED = "the rule of this function does not cover these arguments"


def refuse(what: str, instead: str) -> NoReturn:
    """Raise a NoDerivativeError: a rule met arguments for which it has no derivative.

    Where a rule says so whatever the values are, the compiler writes a refusal that names the
    user's line.
    """
    raise NoDerivativeError(Diagnostic(what, None, NOT_COVERED, instead))


def check_one_number(
    value: Any, transform: str, place: Any = None, holomorphic: bool = False
) -> None:
    """Raise an UnsupportedError unless a value is one real number, as a gradient needs it.

    That of a function that is said to be `holomorphic` is one complex number.

    >>> check_one_number(np.float64(2.0), "grad")
    """
    kinds, wanted = ("c", "complex") if holomorphic else ("bif", "real")
    if np.ndim(value) == 0 and np.asarray(value).dtype.kind in kinds:
        return
    raise refusal(
        "UnsupportedError",
        f"what is given to `{transform}` does not return one {wanted} number",
        place,
        f"its result has the shape {np.shape(value)}"
        if isinstance(value, np.ndarray)
        else f"its result is of type {type(value).__name__}",
        "use sx.vjp, which takes a cotangent of any shape",
    )


def check_still(tangent: Any, place: Any = None) -> None:
    """Raise an UnsupportedError if the tangent of what cannot change is not zero.

    >>> check_still(np.zeros(2)), check_still(None)
    (None, None)
    """
    if not isinstance(tangent, (np.ndarray, np.generic, int, float, complex)):
        return
    if np.asarray(tangent).dtype.kind != "V" and np.any(tangent):
        raise refusal(
            "UnsupportedError",
            "the tangent of integers or booleans is not zero",
            place,
            "what it belongs to cannot change",
            "convert that to float, or give zeros or None for its tangent",
        )


def check_separate(x: Any, y: Any, place: Any = None) -> None:
    """Raise a MutationError if an object that is written to is, or is held by, another argument.

    >>> check_separate([], [[], {}])
    """
    if leads_to(y, x, set()):
        raise refusal(
            "MutationError",
            f"a `{type(x).__name__}` is given as two arguments, and is written to",
            place,
            "each argument has variables of its own, so that one would not see the other's",
            "pass a copy, or pass the object once",
        )


def check_apart(value: Any, place: Any = None) -> None:
    """Raise a MutationError if a container holds a list, dict or array at two places.

    >>> check_apart({"a": [1.0], "b": [1.0]})
    """
    seen: list[Any] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, (list, tuple, dict, np.ndarray)):
            continue
        if (
            isinstance(one, np.ndarray)
            and any(
                isinstance(other, np.ndarray) and np.may_share_memory(one, other) for other in seen
            )
            or any(one is other for other in seen)
        ):
            raise refusal(
                "MutationError",
                "what is copied holds one thing at two places",
                place,
                "the copy holds one thing at these places, too, and which ones is not followed",
                "copy the parts one by one",
            )
        seen.append(one)
        if not isinstance(one, np.ndarray):
            waiting += one.values() if isinstance(one, dict) else one


def check_entry(base: Any, index: Any, place: Any = None) -> None:
    """Raise a MutationError if what is written over is a part of an array, not an entry of it.

    >>> check_entry(np.zeros(3), 1), check_entry([np.zeros(3)], 0), check_entry({}, "a")
    (None, None, None)
    """
    if isinstance(base, np.ndarray) and isinstance(base[index], np.ndarray):
        raise refusal(
            "MutationError",
            "an array whose type could not be told ahead is written to, part by part",
            place,
            "whether it shares memory with its parts is not known, either",
            "make it with a dtype that is written out, such as `float`",
        )


def check_keeps(base: Any, place: Any = None) -> None:
    """Raise a NoDerivativeError if an array of integers is to take up a differentiated number.

    >>> check_keeps(np.zeros(2)), check_keeps([1])
    (None, None)
    """
    if isinstance(base, np.ndarray) and base.dtype.kind in "biu":
        raise refusal(
            "NoDerivativeError",
            "a differentiated value is stored in an array of integers that may be one of reals",
            place,
            "it keeps the whole part, which has no derivative, and that was not known ahead",
            "make the array with the same dtype on every way, such as `dtype=float`",
        )


def check_no_sequence(value: Any, place: Any = None) -> None:
    """Raise a NoDerivativeError if what is added or multiplied is a list or tuple.

    >>> check_no_sequence(np.zeros(2)), check_no_sequence(1.0)
    (None, None)
    """
    if isinstance(value, (list, tuple)):
        raise refusal(
            "NoDerivativeError",
            "a list or tuple is joined or repeated, and that it is one could not be told ahead",
            place,
            "its elements have cotangents one by one, a number or an array has one as a whole",
            "let it be a list on every way, or never",
        )


def check_no_method(value: Any, name: str, place: Any = None) -> None:
    """Raise an UnsupportedError if a method that stands as a function of NumPy's is another one.

    >>> check_no_method(np.zeros(2), "sum"), check_no_method(1.0, "conjugate")
    (None, None)
    """
    kind = type(value)
    known = isinstance(value, (np.ndarray, np.generic, int, float, complex))
    if known and kind.__module__ in ("numpy", "builtins") or hasattr(kind, "__array_function__"):
        return
    if hasattr(value, name):
        raise refusal(
            "UnsupportedError",
            f"the method `{name}` of a `{kind.__name__}` is called, which could not be told ahead",
            place,
            "the function of NumPy's that has this name may do something else",
            "hand it to a function that computes this, as an array or as a list",
        )


def check_no_positions(index: Any, place: Any = None) -> None:
    """Raise a MutationError if an index gives a copy, where that of a view is followed.

    >>> check_no_positions(2), check_no_positions(slice(1, None))
    (None, None)
    """
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(part, (list, tuple, range, np.ndarray, bool, np.bool_)) for part in parts):
        raise refusal(
            "MutationError",
            "positions in an array that changes are a list or array, which could not be told ahead",
            place,
            "NumPy copies what stands there, where it gives a view for a number or slice",
            "make them arrays on every way, with `np.array`",
        )


def check_positions(index: Any, place: Any = None) -> None:
    """Raise a MutationError if an index gives a view, where that of positions is followed.

    >>> check_positions(((0, 1), (2, 2)))
    """
    if isinstance(index, tuple) and len(index) == 0:
        raise refusal(
            "MutationError",
            "an index of an array that changes is an empty tuple, which could not be told ahead",
            place,
            "it gives a view of the whole array, where positions give a copy",
            "leave the array alone where there are no positions, with `if`",
        )


def check_no_keys(value: Any, place: Any = None) -> None:
    """Raise a NoDerivativeError if the elements that a value gives are the keys of a dict.

    >>> check_no_keys(np.zeros(2)), check_no_keys([1])
    (None, None)
    """
    if isinstance(value, dict):
        raise refusal(
            "NoDerivativeError",
            "the keys of a dict are read, and that it is a dict could not be told ahead",
            place,
            "a key has no derivative, and what is read here may have one",
            "let it be a dict on every way, or never",
        )


def leads_to(y: Any, x: Any, seen: set[int]) -> bool:
    """Say whether a value is this object, or holds it at any depth."""
    if y is x:
        return True
    if isinstance(y, (np.ndarray, np.generic, int, float, complex, str)) or id(y) in seen:
        return False
    seen.add(id(y))
    inside = [*y.values()] if isinstance(y, dict) else y
    if not isinstance(inside, (list, tuple)):
        inside = [*getattr(y, "__dict__", {}).values()]
        inside += [getattr(y, name, None) for name in slots_of(type(y))]
    return any(leads_to(part, x, seen) for part in inside)


def slots_of(cls: type) -> list[str]:
    named = [vars(one).get("__slots__", ()) for one in cls.__mro__]
    return [name for one in named for name in ([one] if isinstance(one, str) else one)]


def check_view(view: Any, base: Any, place: Any = None) -> None:
    """Raise a MutationError if what should be a view of `base` is a copy; `place` is the user's.

    >>> a = np.zeros((2, 3))
    >>> check_view(a.reshape(6), a)
    """
    if isinstance(view, (list, tuple)):
        for part in view:
            check_view(part, base, place)
        return
    listed = isinstance(base, (list, tuple)) and isinstance(view, np.ndarray)
    if not isinstance(base, np.ndarray) and not listed:
        return
    if (
        listed
        or not isinstance(view, np.ndarray)
        or view.size
        and not np.may_share_memory(view, base)
    ):
        raise refusal(
            "MutationError",
            "an array that is written in place was copied where a view was expected",
            place,
            "its memory is not in the order that a view needs, so NumPy made a copy",
            "write np.copy(…, order='C') before, or np.copy where a copy is meant",
        )


def check_alike(view: Any, base: Any, view_dot: Any, base_dot: Any, place: Any = None) -> None:
    """Raise a MutationError if NumPy made a copy of a value and a view of its tangent, or so.

    >>> a = np.zeros((2, 3))
    >>> check_alike(a.reshape(6), a, a.reshape(6), a)
    """
    arrays = view, base, view_dot, base_dot
    if not all(isinstance(a, np.ndarray) and a.size for a in arrays):
        return
    if np.may_share_memory(view, base) is not np.may_share_memory(view_dot, base_dot):
        raise refusal(
            "MutationError",
            "an array that is written in place and its tangent lie in memory differently",
            place,
            "NumPy made a copy of one and a view of the other",
            "write np.copy(…, order='C') before, or np.copy where a copy is meant",
        )
