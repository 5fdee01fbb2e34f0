"""Compiled derivatives of one function: found again by the arguments' key, valid or made anew.

A plan is what one call needs: the generated functions, the captured values to hand over, and what
the source depended on. It is used only while every one of these is as it was.
"""

from __future__ import annotations

import threading
import types
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from srcxform import pipeline
from srcxform.api.keys import key_of
from srcxform.frontend.externals import is_same
from srcxform.kinds.lattice import Kind
from srcxform.kinds.values import kind_of
from srcxform.specialise import switching

__all__ = ["NOTHING", "Plan", "Table", "Variant", "find_plan", "lock", "table_of", "variant_for"]

HOME = "__srcxform__"  # the attribute of a function that holds its table
TRIES = 20  # times that a derivative is written while what it refers to changes
MANY = 1000  # exact keys kept; behind them stand the kinds, which are few

# The compiler runs in one thread at a time; calls of what it made do not wait.
lock = threading.RLock()


@dataclass(frozen=True, eq=False)
class Variant:
    """What the compiler made for certain kinds, while what it depends on stays as it is."""

    compiled: Any  # pipeline.Compiled; None for the variant that computes nothing
    fetches: tuple[Callable[[], Any], ...]
    guards: tuple[tuple[Callable[[], Any], Any], ...]

    @staticmethod
    def of(compiled: pipeline.Compiled) -> Variant:
        """Take from `compiled` what is looked at in every call."""
        return Variant(
            compiled,
            tuple(capture.fetch for capture in compiled.captures),
            tuple((guard.fetch, guard.value) for guard in compiled.guards),
        )

    def holds(self) -> bool:
        """Say whether everything that the source refers to is still the same object."""
        try:
            for fetch, value in self.guards:
                if not is_same(fetch(), value):
                    return False
        except (LookupError, AttributeError, NameError, ValueError):
            return False  # it is gone: the compiler will say so, at the place in the user's code
        return True

    def captured(self) -> tuple[Any, ...] | None:
        """Give the captured values as they are now; None if one is gone."""
        try:
            return tuple([fetch() for fetch in self.fetches])
        except (LookupError, AttributeError, NameError, ValueError):
            return None

    def covers(self, values: tuple[Any, ...]) -> bool:
        """Say whether captured values have the kinds that the source was written for."""
        pairs = zip(self.compiled.captures, values, strict=True)
        return all(kind_of(value, capture.name) == capture.kind for capture, value in pairs)


NOTHING = Variant(None, (), ())


@dataclass(eq=False)
class Plan:
    """A variant, and how a call with arguments of one exact key uses it.

    `captured_key` is the key of the captured values that it was last checked for.
    """

    variant: Variant
    run: Any  # of the arguments and what was captured; None where the caller does it
    details: Any
    captured_key: Hashable
    lowered: Any = None  # for differentiating again
    inside: Any = None  # the same in reverse mode

    def captured(self) -> tuple[Any, ...] | None:
        """Give the captured values, None if this plan does not hold any more."""
        variant = self.variant
        if not variant.fetches:
            return () if not variant.guards or variant.holds() else None
        if not variant.holds():
            return None
        values = variant.captured()
        if values is None:
            return None
        key = key_of(values)
        if key != self.captured_key:
            if not variant.covers(values):
                return None
            self.captured_key = key
        return values


@dataclass(eq=False)
class Table:
    """All that was compiled for one function."""

    function: types.FunctionType | None
    code: types.CodeType | None = None
    plans: dict[Hashable, dict[Hashable, list[Plan]]] = field(default_factory=dict)
    variants: dict[Hashable, dict[tuple[Kind, ...], list[Variant]]] = field(default_factory=dict)
    derived: dict[Hashable, Any] = field(default_factory=dict)  # made once for this function

    def __reduce__(self) -> Any:
        # Whoever pickles a function by value gets along without this.
        return empty_table, ()

    def __deepcopy__(self, memo: Any) -> Any:
        return empty_table()

    def plans_for(self, use: Hashable) -> dict[Hashable, list[Plan]]:
        """Give the plans for one use (a transformation with its options) by exact key."""
        found = self.plans.get(use)
        if found is None:
            found = self.plans[use] = {}
        return found


def empty_table() -> Table:
    """Stand in for the table of a function that was copied."""
    return Table(None)


def table_of(function: types.FunctionType) -> Table:
    """Give the table of a function; it lives and dies with it, and with its code."""
    found = function.__dict__.get(HOME)
    # functools.wraps copies attributes; reloading in a notebook exchanges the code.
    if found is None or found.function is not function or found.code is not function.__code__:
        found = function.__dict__[HOME] = Table(function, function.__code__)
    return found


def variant_for(
    function: types.FunctionType,
    transform: str,
    wrt: tuple[int, ...],
    kinds: tuple[Kind, ...],
    has_aux: bool = False,
    integers: tuple[int, ...] = (),
    axes: Any = None,
) -> tuple[Variant, Hashable]:
    """Find or compile a derivative for arguments of these kinds.

    `integers` are the parameters in which integers count as reals, `axes` those of lanes.
    """
    with lock:
        table = table_of(function)
        use = (transform, wrt, has_aux, integers, repr(axes), switching.is_on())
        variants = table.variants.setdefault(use, {})
        known = variants.setdefault(kinds, [])
        for variant in known:
            if variant.holds():
                values = variant.captured()
                if values is not None and variant.covers(values):
                    return variant, key_of(values)
        known[:] = [variant for variant in known if variant.holds()]
        compiled = pipeline.compile_derivative(
            function, transform, wrt, kinds, has_aux, integers, axes
        )
        variant = Variant.of(compiled)
        known.append(variant)
        values = variant.captured()
        return variant, key_of(values or ())


def find_plan(
    plans: dict[Any, list[Plan]], key: Any, make: Callable[[], Plan]
) -> tuple[Plan, tuple[Any, ...]]:
    """Give a plan that holds for this key, and the captured values it needs; or make one."""
    if not switching.is_on():
        key = (key, "modes as they are nested")
    for plan in plans.get(key, ()):
        captured = plan.captured()
        if captured is not None:
            return plan, captured
    for _ in range(TRIES):
        plan = make()
        captured = plan.captured()
        if captured is not None:  # else a captured value changed meanwhile
            if len(plans) > MANY:
                plans.clear()
            known = plans.setdefault(key, [])
            known[:] = [plan, *(old for old in known if old.captured() is not None)][:8]
            return plan, captured
    raise RuntimeError("what the function refers to changed each time a derivative was written")
