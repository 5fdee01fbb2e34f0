"""What users' own derivative rules give, compared with what it stands for."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from srcxform.runtime.containers import zeros_like
from srcxform.runtime.refusals import refusal
from srcxform.runtime.shadows import fields_of, instance, shadow_like

__all__ = [
    "check_cotangent", "check_linear", "check_tangent",
    "checked_fwd", "checked_jvp", "checked_vjp", "cotangent", "with_tangent",
    "objects_like", "still", "tangent_of",
]  # fmt: skip


def still(x: Any) -> Any:
    """Mark a value through which no derivative passes; never left in generated code."""
    return x


def tangent_of(x: Any) -> Any:
    """Mark the tangent of a value, in which a rule is linear; never left in generated code."""
    return zeros_like(x)


def with_tangent(value: Any, tangent: Any) -> Any:
    """Mark a value and its tangent as one; never left in generated code."""
    return value


def checked_jvp(result: Any, name: str) -> Any:
    """Give the pair that the forward rule `name` returned, if its halves fit each other.

    >>> checked_jvp((1.0, 2.0), "f_jvp")
    (1.0, 2.0)
    """
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        wrong(name, "a pair: the result and its tangent", described(result))
    out, dot = result
    check_tangent(out, dot, name)
    return out, dot


def check_tangent(out: Any, dot: Any, name: str) -> None:
    """Raise unless a tangent that a rule returned has the structure of the result."""
    if not fits(dot, out, none=False):
        wrong(name, f"a tangent like the result, {described(out)}", described(dot))


def check_linear(part: Any, place: Any = None) -> None:
    """Raise unless what a forward rule adds to a multiple of a tangent is zero.

    >>> check_linear(np.zeros(3))
    """
    if np.any(part):
        raise refusal(
            "NoDerivativeError", "a derivative rule is not linear in the tangents", place,
            "it adds something to the tangents that is not zero, so reverse mode, which transposes "
            "the rule, would leave it out",
            "let the tangent that the rule returns be a sum of multiples of the tangents that it "
            "is given",
        )  # fmt: skip


def checked_fwd(result: Any, name: str) -> Any:
    """Give the pair that the forward half `name` of a reverse rule returned."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        wrong(name, "a pair: the result, and what the backward rule is given", described(result))
    return tuple(result)


def checked_vjp(bars: Any, name: str, likes: tuple[Any, ...]) -> Any:
    """Give the cotangents that the backward half `name` of a rule returned.

    `likes` are the arguments they belong to. What belongs to an object is given as a dict.

    >>> checked_vjp((2.0, None), "f_bwd", (1.0, 3.0))
    (2.0, 0.0)
    """
    if not isinstance(bars, (tuple, list)) or len(bars) != len(likes):
        wrong(name, f"a tuple with {len(likes)} cotangents, one for each argument", described(bars))
    for bar, like in zip(bars, likes, strict=True):
        check_cotangent(bar, like, name)
    return tuple([cotangent(bar, like) for bar, like in zip(bars, likes, strict=True)])


def check_cotangent(bar: Any, like: Any, name: str) -> None:
    """Raise unless a cotangent that a rule returned has the structure of the argument."""
    if isinstance(like, (bool, str, np.bool_)) or like is None or fits(bar, like, none=True):
        return
    wrong(name, f"a cotangent like the argument, {described(like)}", described(bar))


def cotangent(bar: Any, like: Any) -> Any:
    """Give one cotangent as generated code has it: zeros for None, dicts for objects."""
    if bar is None:
        return as_tuples(shadow_like(like), like)
    if isinstance(like, (bool, str, np.bool_)) or like is None:
        return None
    return filled(bar, like)


def as_tuples(shadow: Any, like: Any) -> Any:
    """Give a shadow with tuples where its value has tuples."""
    fields = fields_of(like)
    if fields is not None and not isinstance(like, (list, dict)):
        return {name: as_tuples(shadow[name], getattr(like, name)) for name in fields}
    if isinstance(like, dict):
        return {key: as_tuples(shadow[key], part) for key, part in like.items()}
    if isinstance(like, (list, tuple)):
        parts = [as_tuples(s, part) for s, part in zip(shadow, like, strict=True)]
        return parts if isinstance(like, list) else tuple(parts)
    return shadow


def filled(bar: Any, like: Any) -> Any:
    """Give a cotangent that fits its value: None inside becomes zeros, objects become dicts."""
    if bar is None:
        return as_tuples(shadow_like(like), like)
    fields = fields_of(like)
    if fields is not None and not isinstance(like, (list, dict)):
        return {name: filled(getattr(bar, name), getattr(like, name)) for name in fields}
    if isinstance(like, dict):
        return {key: filled(bar[key], part) for key, part in like.items()}
    if isinstance(like, (list, tuple)):
        parts = [filled(b, part) for b, part in zip(bar, like, strict=True)]
        return parts if isinstance(like, list) else tuple(parts)
    return bar


def objects_like(bar: Any, like: Any) -> Any:
    """Give a cotangent of generated code the types of the value that it belongs to.

    >>> from collections import namedtuple
    >>> Point = namedtuple("Point", "x y")
    >>> objects_like({"x": 1.0, "y": 2.0}, Point(0.0, 0.0))
    Point(x=1.0, y=2.0)
    """
    if bar is None:  # a setting: what it has inside is its own
        return None
    fields = fields_of(like)
    if fields is not None and not isinstance(like, (list, dict)):
        parts = {name: objects_like(bar[name], getattr(like, name)) for name in fields}
        return instance(type(like), **parts)
    if isinstance(like, dict):
        return {key: objects_like(bar[key], part) for key, part in like.items()}
    if isinstance(like, (list, tuple)):
        parts_of = [objects_like(b, part) for b, part in zip(bar, like, strict=True)]
        return parts_of if isinstance(like, list) else tuple(parts_of)
    return bar


def fits(given: Any, like: Any, none: bool) -> bool:
    """Say whether a tangent or cotangent has the structure, shapes and dtypes of a value.

    `none`: None stands for zeros.
    """
    if given is None:
        return none or like is None or isinstance(like, (bool, str, np.bool_))
    if isinstance(like, np.ndarray):
        if not isinstance(given, (np.ndarray, np.generic, float, int, complex)):
            return False
        if np.shape(given) != like.shape:
            return False
        return (
            like.dtype.kind not in "fc" or not like.shape or np.asarray(given).dtype == like.dtype
        )
    if isinstance(like, (int, float, complex, np.generic)):
        if not isinstance(given, (int, float, complex, np.generic, np.ndarray)):
            return False
        return np.shape(given) == () and (np.iscomplexobj(like) or not np.iscomplexobj(given))
    if isinstance(like, dict):
        same = isinstance(given, dict) and given.keys() == like.keys()
        return same and all(fits(given[key], part, none) for key, part in like.items())
    fields = fields_of(like)
    if fields is not None and not isinstance(like, list):
        return type(given) is type(like) and all(
            fits(getattr(given, name), getattr(like, name), none) for name in fields
        )
    if isinstance(like, (list, tuple)):
        same = type(given) is type(like) and len(given) == len(like)
        return same and all(fits(g, part, none) for g, part in zip(given, like, strict=True))
    return True


def described(value: Any) -> str:
    """Show the structure of a value: shapes and dtypes, no numbers.

    >>> described({"a": np.zeros(3), "b": (1.0, None)})
    "{'a': float64[3], 'b': (float, None)}"
    """
    if isinstance(value, (np.ndarray, np.generic)):
        return f"{value.dtype}[{','.join(map(str, value.shape))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {described(v)}" for k, v in value.items()) + "}"
    fields = fields_of(value)
    if fields is not None and not isinstance(value, list):
        inside = ", ".join(f"{name}={described(getattr(value, name))}" for name in fields)
        return f"{type(value).__name__}({inside})"
    if isinstance(value, list):
        return f"[{', '.join(map(described, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(described, value))}{',' if len(value) == 1 else ''})"
    return "None" if value is None else type(value).__name__


def wrong(name: str, wanted: str, got: str) -> NoReturn:
    raise refusal(
        "NoDerivativeError", f"the rule `{name}` returned {got}", None,
        f"it has to return {wanted}", "let structure, shapes and dtypes agree",
    )  # fmt: skip
