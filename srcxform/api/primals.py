"""All arguments of a call together: which of them can carry a derivative, and where these go."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from srcxform.api.keys import key_of
from srcxform.api.leaves import check_followed, has_integers, integers_as_reals
from srcxform.api.plans import NOTHING, Plan, find_plan, table_of, variant_for
from srcxform.api.targets import Layout, Plain, Slot, Target, Values, label_of
from srcxform.errors import SrcxformError
from srcxform.kinds.lattice import Kind, is_differentiable
from srcxform.kinds.values import kind_of

__all__ = ["Primals", "Spread", "primals_of", "spread_of"]

Present = Callable[[Any], Any]
REFUSING = "refusal("  # how generated code refuses


@dataclass(frozen=True)
class Spread:
    """Which parameters a derivative is taken in, and which argument went into which of them."""

    slots: tuple[Slot, ...]
    wrt: tuple[int, ...]
    sources: tuple[Any, ...]  # for each of `wrt`: its argument or arguments

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
        if not is_differentiable(kinds[slot.parameter]):
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

    def values(self, primals: Values) -> Values:
        """Bind the arguments."""
        return self.target.bind(primals, {})

    def prepare(
        self, values: Values
    ) -> tuple[types.FunctionType, Plan, Values, Values, Present | None]:
        """Give the function behind; its plan; its arguments; captured values; how to show results.

        A plan's details are the spread of the arguments; the variant is NOTHING if none of them
        can carry a derivative.
        """
        plans, present = self.plans, None
        if self.plain is not None:
            function = self.plain.function
        else:
            lowered = self.target.lower(values)
            function, values, present = lowered.function, lowered.values, lowered.present
            plans = table_of(function).plans_for((self.transform, self.slots))
        known = function
        plan, captured = find_plan(plans, key_of(values), lambda: self.plan(known, values))
        return known, plan, values, captured, present

    def plan(self, function: types.FunctionType, values: Values) -> Plan:
        for slot, label in zip(self.slots, self.labels, strict=True):
            check_followed(slot.get(values), label)
        spread, kinds = spread_of(self.slots, function, values)
        if self.transform == "vjp" and any(has_integers(slot.get(values)) for slot in self.slots):
            real = self.counting_as_reals(function, values, spread, kinds)
            if real is not None:
                return real
        if not spread.wrt:
            return Plan(NOTHING, None, spread, ())
        variant, key = variant_for(function, self.transform, spread.wrt, kinds)
        return Plan(variant, None, spread, key)

    def counting_as_reals(
        self, function: types.FunctionType, values: Values, spread: Spread, kinds: tuple[Kind, ...]
    ) -> Plan | None:
        """Give the plan in which integers count as reals; None if one of them cannot.

        That is where one goes into what only integers can go into and what has no derivative.
        """
        promoted = values
        for slot in self.slots:
            promoted = slot.put(promoted, integers_as_reals(slot.get(promoted)))
        wide, real_kinds = spread_of(self.slots, function, promoted)
        if wide.wrt == spread.wrt and real_kinds == kinds:
            return None
        try:
            variant, key = variant_for(function, self.transform, wide.wrt, real_kinds)
        except SrcxformError:
            return None
        if REFUSING in variant.compiled.text:
            return None
        return Plan(variant, None, wide, key)


def primals_of(target: Target, nargs: int, transform: str) -> Primals:
    """Prepare calls of a target with so many arguments. Raises TypeError if they are too many."""
    target = target.at(nargs, ())
    slots = tuple(target.slot(k) for k in range(nargs))
    if None in slots:
        raise TypeError(
            f"`{target.name}` takes {slots.index(None)} positional "
            f"argument{'' if slots.index(None) == 1 else 's'}, got {nargs} primals"
        )
    labels = tuple(label_of(target, k, slot) for k, slot in enumerate(slots) if slot is not None)
    plain = target if isinstance(target, Plain) else None
    made = Primals(target, transform, slots, labels, plain)  # type: ignore[arg-type]
    if plain is not None:
        made.plans = table_of(plain.function).plans_for((transform, made.slots))
    return made
