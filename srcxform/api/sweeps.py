"""Derivatives along many vectors at once.

`vjp` and `jvp` write a function for one vector. Its batch, as `vmap` makes it, has lanes for the
vectors alone: what depends on the arguments is the same in all lanes, and is done once. Where the
batching generator cannot write all lanes at once, the function is called for one vector after the
other.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcxform.api.basis import Basis, as_rows, axes_of, number_leaves, pairs
from srcxform.api.leaves import carries, objects_as_dicts, raw_tangent
from srcxform.api.plans import Plan
from srcxform.api.primals import Primals, Spread
from srcxform.api.pullback import Pullback, pulled
from srcxform.api.results import auxiliary
from srcxform.api.targets import Values, called
from srcxform.api.vmap import batch_plan
from srcxform.kinds.lanes import FIRST, Axes
from srcxform.pytrees import mapped
from srcxform.runtime import zeros_like

__all__ = ["Pulled", "Pushed", "duplicated", "pull_rows", "push_rows"]

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(eq=False)
class Pulled:
    """A value, and the way back from it for many cotangents at once."""

    pullback: Pullback
    value: Any
    aux: Any
    wanted: Values  # the arguments that are differentiated in, as they were before
    basis: Any  # of the value
    batch: Plan | None = None  # the one that was used last

    @property
    def text(self) -> str:
        """The source of what ran."""
        return text_of(self.pullback.plan, self.batch)

    @property
    def compiled(self) -> Any:
        return self.pullback.plan.variant.compiled

    def rows(self, start: int, stop: int) -> list[Array]:
        """Pull unit vectors of the value back: rows for each number leaf of the arguments."""
        if self.compiled is None:
            return [as_rows(None, own, stop - start) for own in number_leaves(self.wanted)]
        basis = self.basis
        if stop - start > 1:
            residuals, backward = self.pullback.residuals, self.compiled.backward
            bars = objects_as_dicts(basis.rows(start, stop))
            form = axes_of(objects_as_dicts(mapped(carries, self.value)))
            if self.pullback.has_aux:
                bars, form = (bars, zeros_like(self.aux)), (form, None)
            plan, captured = batch_plan(backward, (residuals, bars), Axes((None, form), last=True))
            if plan.variant.compiled.at_once:
                self.batch = plan
                raw = plan.variant.compiled.entry(residuals, bars, *captured)
                return self.parts(raw, stop - start)
        found = []
        for k in range(start, stop):
            bar = self.pullback.checked(basis.row(k))
            found.append(self.parts(self.compiled.backward(self.pullback.residuals, bar), None))
        return [np.concatenate(rows) for rows in zip(*found, strict=True)]

    def parts(self, raw: Any, count: int | None) -> list[Array]:
        spread: Spread = self.pullback.plan.details
        holder = (raw,) if len(spread.wrt) == 1 else raw
        made = []
        for slot, own in zip(spread.slots, self.wanted, strict=True):
            part = None
            if slot.parameter in spread.wrt:
                part = holder[spread.wrt.index(slot.parameter)]
                part = part if slot.item is None else part[slot.item]
            made += rows_of(part, own, count)
        return made


@dataclass(eq=False)
class Pushed:
    """The way forward from arguments, for many tangents at once."""

    function: types.FunctionType
    plan: Plan
    values: Values  # what it takes
    captured: Values
    primals: Values  # one for each slot
    picked: tuple[int, ...]  # the slots that are differentiated in
    basis: Any  # of these
    has_aux: bool
    name: str
    present: Callable[[Any], Any] | None
    batch: Plan | None = None  # the one that was used last

    @property
    def text(self) -> str:
        """The source of what ran."""
        return text_of(self.plan, self.batch)

    def value(self) -> Any:
        """Compute the value alone."""
        out = called(self.function, self.values)
        return out if self.present is None else self.present(out)

    def rows(self, start: int, stop: int, last: bool) -> tuple[list[Array], Any]:
        """Push unit vectors of the arguments: rows for each number leaf of the value; the result.

        `last`: no more will follow, and the call may write to the arguments as the function does.
        """
        compiled = self.plan.variant.compiled
        if stop - start > 1:
            given = (*self.given(last), *self.dots(self.basis.rows(start, stop)), *self.captured)
            forms = self.spread.gathered([axes_of(self.numbers(k)) for k in self.slots])
            where = (*(None for _ in self.values), *forms, *(None for _ in self.captured))
            plan, more = batch_plan(compiled.entry, given, Axes(where, (FIRST, 0), last=True))
            if plan.variant.compiled.at_once:
                self.batch = plan
                out, dot = plan.variant.compiled.entry(*given, *more)
                return self.parts(out, dot, stop - start)
        found = []
        for k in range(start, stop):
            given = self.given(last and k == stop - 1)
            dots = self.dots(self.basis.row(k), checked=True)
            out, dot = compiled.entry(*given, *dots, *self.captured)
            rows, result = self.parts(out, dot, None)
            found.append(rows)
        return [np.concatenate(rows) for rows in zip(*found, strict=True)], result

    @property
    def spread(self) -> Spread:
        spread: Spread = self.plan.details
        return spread

    @property
    def slots(self) -> range:
        return range(len(self.primals))

    def given(self, last: bool) -> Values:
        """Give the arguments; the function may write to them in the last call only."""
        written = self.plan.variant.compiled.uses.written
        return self.values if last else duplicated(self.values, written)

    def numbers(self, k: int) -> Any:
        picked = k in self.picked
        return mapped(lambda leaf: picked and carries(leaf), self.primals[k])

    def dots(self, units: Values, checked: bool = False) -> list[Any]:
        """Give tangents as generated code takes them, zeros for what is not picked."""
        found = dict(zip(self.picked, units, strict=True))
        raw = []
        for k, primal in enumerate(self.primals):
            if k not in found:
                zero = mapped(lambda leaf: 0.0 * leaf if carries(leaf) else None, primal)
                raw.append(raw_tangent(zero, primal, "the tangent"))
            else:
                raw.append(raw_tangent(found[k], primal, "the tangent") if checked else found[k])
        return self.spread.gathered(raw)

    def parts(self, out: Any, dot: Any, count: int | None) -> tuple[list[Array], Any]:
        if self.present is not None:
            out = self.present(out)
        if not self.has_aux:
            return rows_of(dot, out, count), out
        value, _ = auxiliary(out, self.name)
        return rows_of(dot[0], value, count), out


def text_of(plan: Plan, batch: Plan | None) -> str:
    texts = [p.variant.compiled.text for p in (plan, batch) if p and p.variant.compiled]
    return "\n\n".join(texts)


def rows_of(raw: Any, own: Any, count: int | None) -> list[Array]:
    """Give the rows for each number leaf; `count` is None for a single one without an axis."""
    if count is None:
        return [
            as_rows(None if part is None else np.asarray(part)[None], leaf, 1)
            for part, leaf in pairs(raw, own)
        ]
    return [as_rows(part, leaf, count) for part, leaf in pairs(raw, own)]


def pull_rows(
    use: Primals, args: Values, keywords: dict[str, Any], wanted: Values, has_aux: bool
) -> Pulled:
    """Compute a function, and prepare the way back to the arguments that are picked."""
    wanted = tuple(mapped(lambda leaf: leaf, own) for own in wanted)
    out, pullback = pulled(use, args, has_aux, keywords)
    refuse_counts(pullback.plan, pullback.name)
    value, aux = out if has_aux else (out, None)
    return Pulled(pullback, value, aux, wanted, Basis(value))


def push_rows(
    use: Primals, args: Values, keywords: dict[str, Any], picked: tuple[int, ...], has_aux: bool
) -> Pushed:
    """Prepare the way forward from the arguments; `picked` are places among those of `use`."""
    values = use.values(args, keywords)
    reals = use.reals(values)
    function, plan, given, captured, present = use.prepare(values, reals)
    refuse_counts(plan, use.target.name)
    primals = tuple(slot.get(reals) for slot in use.slots)
    basis, name = Basis(tuple(primals[k] for k in picked)), use.target.name
    return Pushed(function, plan, given, captured, primals, picked, basis, has_aux, name, present)


def refuse_counts(plan: Plan, name: str) -> None:
    """Raise TypeError if an integer that only counts is differentiated in."""
    if plan.details.unmoved:
        raise TypeError(
            f"an integer among the arguments of `{name}` that are picked is used only as a count, "
            "a length or a position, which cannot be differentiated in; pick others with argnums"
        )


def duplicated(values: Values, written: tuple[int, ...]) -> Values:
    """Copy what a function writes to, and generators of random numbers wherever they are."""
    return tuple(
        mapped(own_copy if k in written else fresh_generator, value)
        for k, value in enumerate(values)
    )


def own_copy(leaf: Any) -> Any:
    return leaf.copy() if isinstance(leaf, np.ndarray) else fresh_generator(leaf)


def fresh_generator(leaf: Any) -> Any:
    if isinstance(leaf, (np.random.Generator, np.random.RandomState)):
        return copy.deepcopy(leaf)
    return leaf
