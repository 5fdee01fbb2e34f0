"""Shadows made anew, so that a backward sweep can run more than once."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.runtime.containers import is_own, unfollowed, zeros_like


def fresh_shadows(*parts: Any) -> Any:
    """Copy shadows together: what shares memory shares memory in the copies, views included.

    >>> a = np.zeros(4)
    >>> b, c = fresh_shadows(a, a[1:3])
    >>> c[0] = 5.0
    >>> b, a
    (array([0., 5., 0., 0.]), array([0., 0., 0., 0.]))
    """
    made: dict[int, Any] = {}
    copies = tuple(copied(part, made) for part in parts)
    return copies[0] if len(copies) == 1 else copies


def copied(part: Any, made: dict[int, Any]) -> Any:
    if not isinstance(part, (np.ndarray, list, dict, tuple)):
        return part
    if id(part) not in made:
        if isinstance(part, np.ndarray):
            made[id(part)] = copied_array(part, made)
        elif isinstance(part, tuple):
            made[id(part)] = tuple(copied(item, made) for item in part)
        elif isinstance(part, list):
            new: list[Any] = []
            made[id(part)] = new
            new.extend(copied(item, made) for item in part)
        else:
            table: dict[Any, Any] = {}
            made[id(part)] = table
            table.update((key, copied(item, made)) for key, item in part.items())
    return made[id(part)]


def copied_array(part: Any, made: dict[int, Any]) -> Any:
    """Copy the memory that an array looks at, once, and look at the copy in the same way."""
    base = part
    while isinstance(base.base, np.ndarray):
        base = base.base
    if id(base) not in made:
        made[id(base)] = base.copy("K")
    whole = made[id(base)]
    if base is part:
        return whole
    offset = address(part) - address(base)
    memory = whole.ravel("K").base if whole.base is not None else whole
    flat = np.ndarray(
        whole.size, whole.dtype, buffer=memory.T if memory.flags.f_contiguous else memory
    )
    return np.ndarray(part.shape, part.dtype, buffer=flat, offset=offset, strides=part.strides)


def shadows_with_lanes(size: int, *parts: Any) -> tuple[Any, ...]:
    """Copy arrays together, for each of `size` lanes: views of the same memory stay such.

    >>> a = np.zeros(3)
    >>> b, c = shadows_with_lanes(2, a, a[1:])
    >>> c[1, 0] = 5.0
    >>> b
    array([[0., 0., 0.],
           [0., 5., 0.]])
    """
    lanes: dict[int, Any] = {}
    made: dict[int, Any] = {}
    for part in parts:
        base = part
        while isinstance(base.base, np.ndarray):
            base = base.base
        if id(base) not in lanes:
            memory = np.ravel(base, "K")
            lanes[id(base)] = np.repeat(memory[None], size, axis=0)
        if id(part) not in made:
            whole = lanes[id(base)]
            own = base.copy("K") if base is part else part
            offset = 0 if base is part else address(part) - address(base)
            strides = (whole.strides[0], *own.strides)
            shape = (size, *part.shape)
            made[id(part)] = np.ndarray(shape, part.dtype, whole, offset, strides)
    return tuple(made[id(part)] for part in parts)


def address(a: Any) -> int:
    """Give where the entries of an array begin in memory."""
    return int(a.__array_interface__["data"][0])


def restore_item(shadow: dict[Any, Any], key: Any, old: Any) -> None:
    """Put back what a shadow dict held at `key` before: nothing, if `old` is None."""
    if old is None:
        del shadow[key]
    else:
        shadow[key] = old


def shadow_like(value: Any) -> Any:
    """Give zeros in the structure of `value`, with lists for tuples: a shadow is written to.

    The shadow of an object or a namedtuple is a dict; the results of NumPy's functions, such as
    eigh, are plain tuples with names.

    >>> shadow_like((1.0, [2.0]))
    [0.0, [0.0]]
    """
    named = hasattr(value, "_fields") and not type(value).__module__.startswith("numpy")
    for base in (list, dict):
        if isinstance(value, base) and is_own(value, base):
            unfollowed(value)
    if isinstance(value, (list, tuple)) and not named:
        return [shadow_like(part) for part in value]
    if isinstance(value, dict):
        return {key: shadow_like(part) for key, part in value.items()}
    fields = fields_of(value)
    if fields is not None:
        return {name: shadow_like(getattr(value, name)) for name in fields}
    return zeros_like(value)


def instance(owner: Any, /, **attributes: Any) -> Any:
    """Make an object of a class with these attributes; an object that has them stays itself."""
    if not isinstance(owner, type):
        return owner
    if issubclass(owner, tuple):
        return owner(**attributes)
    made = owner() if owner.__module__ == "types" else object.__new__(owner)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made


def object_zeros(value: Any) -> Any:
    """Give the zero tangent of an object, or of what holds some: objects of the same class."""
    if type(value) in (list, tuple):
        return type(value)([object_zeros(part) for part in value])
    if type(value) is dict:
        return {key: object_zeros(part) for key, part in value.items()}
    fields = fields_of(value)
    if fields is None:
        return zeros_like(value)
    return instance(type(value), **{name: object_zeros(getattr(value, name)) for name in fields})


def fields_of(value: Any) -> tuple[str, ...] | None:
    """Give the names of what a namedtuple or an object holds; None for all other values."""
    if isinstance(value, tuple):
        return getattr(value, "_fields", None)
    kind = type(value)
    if isinstance(value, (np.ndarray, np.generic, type)) or kind.__module__ == "builtins":
        return None
    names = list(getattr(value, "__dict__", {}))
    for base in kind.__mro__:
        slots = vars(base).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            private = slot.startswith("__") and not slot.endswith("__")
            names.append(f"_{base.__name__.lstrip('_')}{slot}" if private else slot)
    return tuple(name for name in names if hasattr(value, name) and name != "__dict__") or None


def structured(shadow: Any, like: Any) -> Any:
    """Give a shadow the structure of the value that it belongs to; an object's stays a dict.

    >>> structured([1.0, [2.0]], like=(0.0, [0.0]))
    (1.0, [2.0])
    """
    if isinstance(shadow, dict) and not isinstance(like, dict):
        return {name: structured(part, getattr(like, name)) for name, part in shadow.items()}
    if isinstance(like, (list, tuple)):
        parts = [structured(part, value) for part, value in zip(shadow, like, strict=True)]
        return parts if isinstance(like, list) else tuple(parts)
    if isinstance(like, dict):
        return {  # the function may have stored more into it, or dropped some
            key: structured(part, like[key]) if key in like else part
            for key, part in shadow.items()
        }
    return shadow
