"""Containers of numbers: taken apart one level at a time, and put together again.

Containers are list, tuple, namedtuple, dict (and its subclasses in collections), dataclass
instances and other objects of users' classes, and types registered with optree in its global
namespace. Everything else, None included, is a leaf; so is an object that is inside itself.
Structures keep their types, and dicts the order of their keys.

>>> mapped(lambda x, y: x + y, {"b": 1, "a": (2, 3)}, {"a": (20, 30), "b": 10})
{'b': 11, 'a': (22, 33)}
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import optree

from srcxform.kinds.instances import attributes, instance_of, is_followed, is_tree

__all__ = [
    "Structure",
    "StructureMismatch",
    "children",
    "is_container",
    "is_parameters",
    "is_record",
    "leaves",
    "mapped",
]

PLAIN = (int, float, complex, str, bytes, type(None))


class StructureMismatch(ValueError):
    """Two trees that should have one structure do not."""


@dataclasses.dataclass(frozen=True)
class Structure:
    """One level of a container: its parts, how each is reached, and how to build it anew."""

    parts: tuple[Any, ...]
    steps: tuple[str, ...]  # as one would write them after the container's name
    keys: tuple[Any, ...]
    build: Callable[[Sequence[Any]], Any]


def children(value: Any) -> Structure | None:
    """Give one level of a container, None for a leaf.

    >>> children({"w": 1.0}).steps, children(2.0)
    (("['w']",), None)
    """
    kind = type(value)
    if kind in PLAIN:
        return None
    if kind is list or kind is tuple:
        return Structure(tuple(value), indices(value), tuple(range(len(value))), kind)
    if kind is dict:
        keys = tuple(value)
        steps = tuple(f"[{key!r}]" for key in keys)
        return Structure(
            tuple(value.values()), steps, keys, lambda parts: dict(zip(keys, parts, strict=True))
        )
    if is_namedtuple(value):
        steps = tuple(f".{name}" for name in kind._fields)
        return Structure(tuple(value), steps, kind._fields, lambda parts: kind(*parts))
    if is_registered(kind):
        return registered(value)
    if is_followed(kind):
        return instance(value) if is_tree(value) else None
    if is_dataclass(value):
        return record(value)
    return None


def as_object(value: Any) -> Structure | None:
    """Give one level of a container as generated code has it: of objects their attributes.

    Classes that are followed may be registered with optree, too, with parts of other names.
    """
    return instance(value) if is_followed(type(value)) else children(value)


def indices(value: Sequence[Any]) -> tuple[str, ...]:
    return tuple(f"[{k}]" for k in range(len(value)))


def is_namedtuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(type(value), "_fields")


def is_dataclass(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def is_record(value: Any) -> bool:
    """Say whether a value is a namedtuple or an object of a class: its parts have names."""
    return is_namedtuple(value) or is_dataclass(value) or is_followed(type(value))


def is_parameters(value: Any) -> bool:
    """Say whether a value is a container by its class's own word: no object of any other class."""
    return is_dataclass(value) or not is_followed(type(value))


def is_registered(kind: type) -> bool:
    """Say whether optree knows how to take this type apart."""
    return optree.register_pytree_node.get(kind) is not None


def registered(value: Any) -> Structure:
    flat = optree.tree_flatten_one_level(value)
    steps = tuple(f"[{entry!r}]" for entry in flat.entries)
    return Structure(
        tuple(flat.children),
        steps,
        tuple(flat.entries),
        lambda parts: flat.unflatten_func(flat.metadata, tuple(parts)),
    )


def instance(value: Any) -> Structure:
    """An object of a user's class; copies are made without `__init__`, which may do anything."""
    held = attributes(value)
    names = tuple(held)

    def build(parts: Sequence[Any]) -> Any:
        return instance_of(type(value), dict(zip(names, parts, strict=True)))

    return Structure(tuple(held.values()), tuple(f".{name}" for name in names), names, build)


def record(value: Any) -> Structure:
    """A dataclass instance; copies are made without `__init__`, which may do anything."""
    names = tuple(field.name for field in dataclasses.fields(value) if hasattr(value, field.name))

    def build(parts: Sequence[Any]) -> Any:
        new = copy.copy(value)
        for name, part in zip(names, parts, strict=True):
            object.__setattr__(new, name, part)  # frozen ones allow nothing else
        return new

    steps = tuple(f".{name}" for name in names)
    return Structure(tuple(getattr(value, name) for name in names), steps, names, build)


def is_container(value: Any) -> bool:
    """Say whether a value has parts (an empty container is one too)."""
    return children(value) is not None


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give every leaf with the way to it, in the order of the container.

    >>> list(leaves({"w": [1.0, None]}, "params"))
    [("params['w'][0]", 1.0), ("params['w'][1]", None)]
    """
    with finite(value):
        yield from below(value, path)


def below(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    structure = children(value)
    if structure is None:
        yield path, value
        return
    for part, step in zip(structure.parts, structure.steps, strict=True):
        yield from below(part, path + step)


@contextmanager
def finite(value: Any) -> Iterator[None]:
    """Say of a container that holds itself that there is no end to its leaves.

    >>> loop = [1.0]
    >>> loop.append({"a": loop})
    >>> list(leaves(loop))
    Traceback (most recent call last):
    ...
    TypeError: a list that holds itself, as its [1]['a'], cannot be taken apart into numbers; ...
    """
    try:
        yield
    except RecursionError:
        found = way_to_itself(value, ())
        if found is None:
            raise
        raise TypeError(
            f"{shown(found[0])} that holds itself, as its {found[1]}, cannot be taken apart into "
            "numbers; give what is differentiated in without the way back"
        ) from None


def way_to_itself(value: Any, above: tuple[tuple[Any, str], ...]) -> tuple[Any, str] | None:
    """Give a container that is inside of itself, and the way from it to itself."""
    steps = ""
    for holder, step in reversed(above):
        steps = step + steps
        if holder is value:
            return holder, steps
    structure = children(value)
    for part, step in zip(structure.parts, structure.steps, strict=True) if structure else ():
        found = way_to_itself(part, (*above, (value, step)))
        if found is not None:
            return found
    return None


def mapped(fn: Callable[..., Any], value: Any, *others: Any) -> Any:
    """Apply `fn` to each leaf of `value` and to what `others` have in the same place.

    Where `value` has a leaf, the others may have anything. Raises StructureMismatch if another
    tree lacks the structure of `value`.
    """
    structure = children(value)
    if structure is None:
        return fn(value, *others)
    columns = [matching(structure, value, other, "") for other in others]
    return structure.build(
        [mapped(fn, *row) for row in zip(structure.parts, *columns, strict=True)]
    )


def matching(structure: Structure, value: Any, other: Any, path: str) -> tuple[Any, ...]:
    """Give the parts of `other` in the order of the parts of `value`.

    A registered type or dataclass matches its own type only, a list only a list; a dict matches a
    dict with the same keys, in any order.
    """
    theirs = children(other)
    if theirs is None or (type(other) is not type(value) and not are_dicts(other, value)):
        raise StructureMismatch(f"{path or 'it'} is {shown(other)}, not {shown(value)}")
    if theirs.keys == structure.keys:
        return theirs.parts
    if are_dicts(other, value) and set(theirs.keys) == set(structure.keys):
        return tuple(other[key] for key in structure.keys)
    if isinstance(value, (list, tuple)):
        raise StructureMismatch(
            f"{path or 'it'} has {len(theirs.parts)} entries, not {len(structure.parts)}"
        )
    raise StructureMismatch(
        f"{path or 'it'} has the keys {list(theirs.keys)}, not {list(structure.keys)}"
    )


def are_dicts(one: Any, other: Any) -> bool:
    return isinstance(one, dict) and isinstance(other, dict)


def shown(value: Any) -> str:
    """Name what a value is, without its numbers."""
    if value is None:
        return "None"
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape and hasattr(value, "dtype"):
        return f"an array of shape {shape}"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
