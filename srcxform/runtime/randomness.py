"""The states of random-number generators, so that what was drawn can be drawn again."""

from __future__ import annotations

import functools
import random
import types
from typing import Any

import numpy as np

GENERATORS = (np.random.Generator, np.random.RandomState, np.random.BitGenerator, random.Random)


def random_states(*sources: Any) -> list[Any]:
    """Give the states of the generators that values lead to.

    The modules `numpy.random` and `random` stand for their global generators.

    >>> rng = np.random.default_rng(1)
    >>> states = random_states(rng)
    >>> first = rng.random()
    >>> restore_random(states, rng)
    >>> rng.random() == first
    True
    """
    return [state_of(source) for source in sources_within(*sources)]


def restore_random(states: list[Any], *sources: Any) -> None:
    """Set generators back to states that `random_states` gave."""
    for state, source in zip(states, sources_within(*sources), strict=True):
        match source:
            case np.random.Generator():
                source.bit_generator.state = state
            case np.random.BitGenerator():
                source.state = state
            case random.Random():
                source.setstate(state)
            case _ if source is random:
                random.setstate(state)
            case _:  # a RandomState, or numpy.random
                source.set_state(state)


def state_of(source: Any) -> Any:
    match source:
        case np.random.Generator():
            return source.bit_generator.state
        case np.random.BitGenerator():
            return source.state
        case random.Random():
            return source.getstate()
        case _ if source is random:
            return random.getstate()
    return source.get_state()


def sources_within(*values: Any) -> list[Any]:
    """Give the random-number generators that functions and values lead to.

    >>> rng = np.random.default_rng(1)
    >>> sources_within(functools.partial(max, 1.0), {"a": rng}) == [rng]
    True
    """
    found: list[Any] = []
    seen: set[int] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, (np.ndarray, np.generic, float, int, str)):
            continue
        seen.add(id(value))
        if isinstance(value, GENERATORS) or value is random or value is np.random:
            found.append(value)
        else:
            waiting += led_to(value)
    return found


def led_to(value: Any) -> list[Any]:
    """Give what a function or an object refers to, as far as generators may be in there."""
    match value:
        case list() | tuple():
            return list(value)
        case dict():
            return list(value.values())
        case functools.partial():
            return [value.func, *value.args, *value.keywords.values()]
        case types.MethodType():
            return [value.__self__, value.__func__]
        case types.BuiltinMethodType():  # a method that was taken from a generator
            owner = value.__self__
            return [owner] if isinstance(owner, GENERATORS) else []
        case types.FunctionType():
            return named_in(value)
    inside = getattr(value, "__dict__", None)
    if isinstance(value, (type, types.ModuleType)) or not isinstance(inside, dict):
        return []
    return [*inside.values(), vars(type(value)).get("__call__")]


def named_in(function: Any) -> list[Any]:
    """Give what a function captures, and what it names outside."""
    if (function.__module__ or "").split(".")[0] in ("numpy", "srcxform", "scipy"):
        return []
    cells = [cell.cell_contents for cell in function.__closure__ or () if cell_is_full(cell)]
    names = [n for code in codes_of(function.__code__) for n in code.co_names]
    outside = [function.__globals__[n] for n in names if n in function.__globals__]
    if "random" in names and np in outside:
        outside.append(np.random)
    return [*cells, *outside, *(function.__defaults__ or ())]


def codes_of(code: types.CodeType) -> list[types.CodeType]:
    """Give a function's code, and that of the functions in it."""
    inner = [one for one in code.co_consts if isinstance(one, types.CodeType)]
    return [code, *(found for one in inner for found in codes_of(one))]


def cell_is_full(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True
