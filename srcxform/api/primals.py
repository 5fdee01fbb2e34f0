"""All arguments of a call together: which of them can carry a derivative, and where these go."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from srcxform.api.apart import check_apart
from srcxform.api.keys import key_of
from srcxform.api.leaves import check_followed, has_integers, integers_as_reals, leads_to_itself
from srcxform.api.plans import NOTHING, Plan, find_plan, table_of, variant_for
from srcxform.api.targets import Layout, Plain, Slot, Target, Values, label_of
from srcxform.kinds.lattice import is_differentiable
from srcxform.kinds.values import kind_of

__all__ = ["Primals", "Spread", "primals_of", "spread_of"]

Present = Callable[[Any], Any]


@dataclass(frozen=True)
class Spread:
    """Which parameters a derivative is taken in, and which argument went into which of them."""

    slots: tuple[Slot, ...]
    wrt: tuple[int, ...]
    sources: tuple[Any, ...]  # for each of `wrt`: its argument or arguments
    whole: tuple[Slot, ...] = ()  # where integers that count as reals stay integers
    unmoved: tuple[int, ...] = ()  # the arguments in which integers are only counted with

    def gathered(self, tangents: Sequence[Any]) -> list[Any]:
        """Give a tangent for each of `wrt` from one for each argument."""
        return [
            tangents[source] if isinstance(source, int) else tuple([tangents[k] for k in source])
            for source in self.sources
        ]


def spread_of(slots: tuple[Slot, ...], function: types.FunctionType, values: Values) -> Any:
    """Give the spread of arguments over a function's parameters, and the kinds of all of these."""
    names = Layout.of(function.__code__).names
    kinds = tuple(kind_of(value, name) for value, name in zip(values, names, strict=True))
    sources: dict[int, Any] = {}
    for k, slot in enumerate(slots):
        if not is_differentiable(kinds[slot.parameter]) or leads_to_itself(slot.get(values)):
            continue
        if slot.item is None:
            sources[slot.parameter] = k
        else:
            sources[slot.parameter] = (*sources.get(slot.parameter, ()), k)
    return Spread(slots, tuple(sources), tuple(sources.values())), kinds


@dataclass(eq=False)
class Primals:
    """A target called with so many positional arguments, differentiated in all of them."""

    target: Target
    transform: str
    slots: tuple[Slot, ...]
    labels: tuple[str, ...]
    plain: Plain | None  # the target, if no arguments change the function behind it
    plans: dict[Any, list[Plan]] = field(default_factory=dict)

    def values(self, primals: Values, keywords: dict[str, Any] | None = None) -> Values:
        """Bind the arguments."""
        return self.target.bind(primals, keywords or {})

    def is_current(self) -> bool:
        """Say whether the function behind still has the code it had."""
        return self.plain is None or self.plain.is_current()

    def reals(self, values: Values) -> Values:
        """Give the arguments with integers as floats; the same object where there are none."""
        found = values
        for slot in self.slots:
            argument = slot.get(values)
            if type(argument) is not np.ndarray and has_integers(argument):
                found = slot.put(found, integers_as_reals(argument))
        return found

    def prepare(
        self, values: Values, reals: Values
    ) -> tuple[types.FunctionType, Plan, Values, Values, Present | None]:
        """Give the function behind; its plan; its arguments; captured values; how to show results.

        `reals` are the values with those integers as floats that count as reals. A plan's details
        are the spread of the arguments; the variant is NOTHING if none of them can carry a
        derivative.
        """
        plans, present = self.plans, None
        integers: tuple[Slot, ...] = ()
        if reals is not values:
            integers = tuple(s for s in self.slots if s.get(reals) is not s.get(values))
        if self.plain is not None:
            function, taken = self.plain.function, reals
        else:
            lowered = self.target.lower(reals)
            function, taken, present = lowered.function, lowered.values, lowered.present
            plans = table_of(function).plans_for((self.transform, self.slots))
        key = (key_of(taken), integers) if integers else key_of(taken)
        plan, captured = find_plan(plans, key, lambda: self.plan(function, taken, integers))
        check_apart(plan.variant.compiled, function, taken, captured)
        spread: Spread = plan.details
        for slot in spread.whole:
            taken = slot.put(taken, slot.get(values))
        return function, plan, taken, captured, present

    def plan(
        self, function: types.FunctionType, values: Values, integers: tuple[Slot, ...]
    ) -> Plan:
        for slot, label in zip(self.slots, self.labels, strict=True):
            check_followed(slot.get(values), label)
        spread, kinds = spread_of(self.slots, function, values)
        if not spread.wrt:
            return Plan(NOTHING, None, spread, ())
        parameters = tuple(dict.fromkeys(slot.parameter for slot in integers))
        variant, key = variant_for(function, self.transform, spread.wrt, kinds, integers=parameters)
        uses = variant.compiled.uses
        spread = replace(
            spread,
            whole=tuple(slot for slot in integers if slot.parameter in uses.counted),
            unmoved=tuple(
                k for k, slot in enumerate(self.slots)
                if slot in integers and slot.parameter in uses.unmoved
            ),
        )  # fmt: skip
        return Plan(variant, None, spread, key)


def primals_of(
    target: Target,
    nargs: int,
    transform: str,
    picked: Sequence[int] | None = None,
    keywords: tuple[str, ...] = (),
) -> Primals:
    """Prepare calls of a target with so many arguments, differentiated in those that are picked.

    Raises TypeError if they are too many.
    """
    target = target.at(nargs, keywords)
    slots = tuple(target.slot(k) for k in range(nargs))
    if None in slots:
        raise TypeError(
            f"`{target.name}` takes {slots.index(None)} positional "
            f"argument{'' if slots.index(None) == 1 else 's'}, got {nargs} primals"
        )
    picked = range(nargs) if picked is None else picked
    labels = tuple(label_of(target, k, slots[k]) for k in picked)  # type: ignore[arg-type]
    slots = tuple(slots[k] for k in picked)
    plain = target if isinstance(target, Plain) else None
    made = Primals(target, transform, slots, labels, plain)  # type: ignore[arg-type]
    if plain is not None:
        made.plans = table_of(plain.function).plans_for((transform, made.slots))
    return made
