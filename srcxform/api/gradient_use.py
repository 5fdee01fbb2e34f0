"""How a gradient function calls generated code: arguments in, gradients out."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srcxform.api.apart import check_apart
from srcxform.api.keys import key_of
from srcxform.api.leaves import (
    carries,
    check_carries,
    gradient_held,
    has_derivative,
    has_integers,
    integers_as_reals,
    is_integer,
    zero_like,
)
from srcxform.api.plans import NOTHING, Plan, find_plan, table_of, variant_for
from srcxform.api.results import check_result, is_known, is_one_real_number
from srcxform.api.targets import Layout, Plain, Slot, Target, Values, called, label_of
from srcxform.kinds.lattice import Kind, is_differentiable
from srcxform.kinds.values import kind_of
from srcxform.pipeline import Compiled
from srcxform.pytrees import is_parameters, leaves, mapped
from srcxform.runtime import zeros_like

if TYPE_CHECKING:
    from srcxform.api.gradient import Gradient

__all__ = ["GradientUse", "Shape"]


@dataclass(eq=False)
class GradientUse:
    """A gradient function, called with so many arguments."""

    derivative: Gradient
    target: Target
    positions: tuple[int, ...]
    slots: tuple[Slot, ...]
    key: tuple[Any, ...]
    plain: Plain | None  # the target, if no arguments change the function behind it
    plans: dict[Any, list[Plan]]

    def run(self, args: Values, kwargs: dict[str, Any]) -> Any:
        """Compute the gradient."""
        values, plain = self.target.bind(args, kwargs), self.plain
        if plain is None:
            plan, _, values, captured = self.prepare(values)
        else:
            known: Plain = plain
            plan, captured = find_plan(
                self.plans, key_of(values), lambda: self.plan(known.function, values)
            )
            check_apart(plan.variant.compiled, known.function, values, captured)
        self.derivative._last = plan
        return plan.run(values, captured)

    def prepare(self, values: Values) -> tuple[Plan, Values, Values, Values]:
        """Give the plan; the arguments; what the function behind takes; what it captured."""
        slots, reals = self.shifted(values), values
        for slot in slots:
            reals = with_reals(reals, slot)
        inside = getattr(self.target, "taken_inside", None)
        lowered = None if inside is None else inside(reals)
        lowered = lowered or self.target.lower(reals)
        taken = lowered.values
        for slot in slots if reals is not values else ():
            if slot.get(reals) is not slot.get(values):
                taken = slot.put(taken, slot.get(values))  # whether it stays one turns out later
        plan, captured = find_plan(
            table_of(lowered.function).plans_for(self.key),
            key_of(taken),
            lambda: self.plan(lowered.function, taken),
        )
        check_apart(plan.variant.compiled, lowered.function, taken, captured)
        return plan, values, taken, captured

    def shifted(self, values: Values) -> tuple[Slot, ...]:
        """Give the slots, counted after a `self` that is no container of numbers."""
        if not (self.derivative._in_class and 0 in self.positions):
            return self.slots
        if is_parameters(values[0]) and has_derivative(values[0]):
            return self.slots
        return tuple(
            self.derivative.slot_of(self.target, position + 1, len(values))
            for position in self.positions
        )

    def plan(self, function: types.FunctionType, values: Values) -> Plan:
        """Find out all that need not be found out again for arguments with this key."""
        options, slots = self.derivative._options, self.shifted(values)
        for position, slot in zip(self.positions, slots, strict=True):
            label = label_of(self.target, position, slot)
            check_carries(slot.get(values), label, options["allow_int"])
            if options["holomorphic"]:
                check_complex(slot.get(values), label)
        converted = tuple(slot for slot in slots if has_integers(slot.get(values)))
        shape = Shape(slots, converted, ())
        names = Layout.of(function.__code__).names
        rows = zip(shape.reals(values), names, strict=True)
        kinds = tuple(kind_of(value, name) for value, name in rows)
        parameters = dict.fromkeys(slot.parameter for slot in slots)
        wrt = tuple(p for p in parameters if is_differentiable(kinds[p]))
        return self.compiled(function, values, replace(shape, wrt=wrt), kinds)

    def compiled(
        self, function: types.FunctionType, values: Values, shape: Shape, kinds: tuple[Kind, ...]
    ) -> Plan:
        derivative, options = self.derivative, self.derivative._options
        called_as, has_aux = derivative.maker.__name__, options["has_aux"]
        name, transform = self.target.name, derivative.transform
        if not shape.wrt:  # nothing but settings and integers
            return Plan(NOTHING, constant_runner(self, function, shape), shape, ())
        integers = tuple(dict.fromkeys(slot.parameter for slot in shape.converted))
        variant, key = variant_for(function, transform, shape.wrt, kinds, has_aux, integers)
        uses = variant.compiled.uses
        if uses.counted:
            if not options["allow_int"]:
                self.refuse_counts(shape, uses.unmoved)
            others = tuple(s for s in shape.converted if s.parameter not in uses.counted)
            shape = replace(shape, converted=others)
        found = variant.compiled.result_kind
        if is_one_real_number(found, options):
            run = runner(derivative, variant.compiled.entry, shape)
        else:
            if is_known(found):
                check_result(called(function, shape.reals(values)), name, called_as, options)
            variant, key = variant_for(function, "vjp", shape.wrt, kinds)
            run = checking_runner(self, variant.compiled, shape)
            transform = "vjp"
        shape = replace(shape, transform=transform)
        return Plan(variant, run, shape, key)

    def refuse_counts(self, shape: Shape, unmoved: tuple[int, ...]) -> None:
        """Raise TypeError if an integer that only counts is differentiated."""
        for position, slot in zip(self.positions, shape.slots, strict=True):
            if slot in shape.converted and slot.parameter in unmoved:
                label = label_of(self.target, position, slot).format("")
                raise TypeError(
                    f"{label} is an integer that is used only as a count, a length or a position, "
                    "which cannot be differentiated in; pick another argument with argnums, or "
                    "pass allow_int=True to get zero for it"
                )


@dataclass(frozen=True)
class Shape:
    """How the gradient that a caller sees is made of what generated code returns."""

    slots: tuple[Slot, ...]
    converted: tuple[Slot, ...]  # arguments whose integers become floats
    wrt: tuple[int, ...]  # parameters that the generated code differentiates in
    transform: str = "none"

    def reals(self, values: Values) -> Values:
        """Give the arguments with integers as floats where they are differentiated."""
        for slot in self.converted:
            values = with_reals(values, slot)
        return values

    def gradients(self, holder: Any, offset: int, values: Values) -> tuple[Any, ...]:
        """Give the gradient for each slot; `holder` has one for each of `wrt` from `offset` on."""
        made = []
        for slot in self.slots:
            argument = slot.get(values)
            if slot.parameter not in self.wrt:
                made.append(mapped(zero_like, argument))
                continue
            at = offset + self.wrt.index(slot.parameter)
            if slot.item is None:
                made.append(gradient_held(holder, at, argument))
            else:
                made.append(gradient_held(holder[at], slot.item, argument))
        return tuple(made)

    def is_direct(self, single: bool) -> bool:
        """Say whether generated code returns just what the caller sees, up to leaves."""
        parameters = tuple(slot.parameter for slot in self.slots)
        whole = all(slot.item is None for slot in self.slots)
        return whole and parameters == self.wrt and single == (len(self.wrt) == 1)


def with_reals(values: Values, slot: Slot) -> Values:
    argument = slot.get(values)
    if type(argument) is np.ndarray or not has_integers(argument):
        return values
    return slot.put(values, integers_as_reals(argument))


Runner = Callable[[Values, Values], Any]


def runner(derivative: Gradient, entry: Callable[..., Any], shape: Shape) -> Runner:
    """Make what a plan runs where generated code gives the gradient of one real number."""
    options, one = derivative._options, len(shape.wrt) == 1
    has_aux, single = options["has_aux"], isinstance(options["argnums"], int)
    valued = derivative.transform == "value_and_grad"
    parameter = shape.slots[0].parameter
    if shape.is_direct(single) and single and not (shape.converted or valued or has_aux):
        return lambda values, captured: gradient_held(
            (entry(*values, *captured),), 0, values[parameter]
        )

    def run(values: Values, captured: Values) -> Any:
        values = shape.reals(values)
        if not valued and not has_aux:
            holder = (entry(*values, *captured),) if one else entry(*values, *captured)
            gradients = shape.gradients(holder, 0, values)
            return gradients[0] if single else gradients
        raw = entry(*values, *captured)  # (value, gradient) or (gradient, aux)
        at = 1 if valued else 0
        gradients = shape.gradients(*((raw, at) if one else (raw[at], 0)), values)
        other, made = raw[1 - at], gradients[0] if single else gradients
        return (other, made) if valued else (made, other)

    return run


def checking_runner(use: GradientUse, compiled: Compiled, shape: Shape) -> Runner:
    """Make what a plan runs where the value has to be looked at before it is differentiated."""
    derivative, options, name = use.derivative, use.derivative._options, use.target.name
    has_aux, single = options["has_aux"], isinstance(options["argnums"], int)
    forward, backward, one = compiled.forward, compiled.backward, len(shape.wrt) == 1

    def run(values: Values, captured: Values) -> Any:
        values = shape.reals(values)
        out, residuals = forward(*values, *captured)
        check_result(out, name, derivative.maker.__name__, options)
        seed = (1.0, zeros_like(out[1])) if has_aux else 1.0
        holder = (backward(residuals, seed),) if one else backward(residuals, seed)
        gradients = shape.gradients(holder, 0, values)
        return assembled(derivative, out, gradients[0] if single else gradients)

    return run


def constant_runner(use: GradientUse, function: types.FunctionType, shape: Shape) -> Runner:
    """Make what a plan runs where no argument that is picked can carry a derivative."""
    derivative, options = use.derivative, use.derivative._options

    def run(values: Values, captured: Values) -> Any:
        out = called(function, values)
        check_result(out, use.target.name, derivative.maker.__name__, options)
        gradients = shape.gradients((), 0, values)
        single = isinstance(options["argnums"], int)
        return assembled(derivative, out, gradients[0] if single else gradients)

    return run


def assembled(derivative: Gradient, out: Any, gradients: Any) -> Any:
    """Give what the caller gets; `out` is `(value, aux)` with `has_aux`."""
    if derivative.transform == "value_and_grad":
        return out, gradients
    return (gradients, out[1]) if derivative._options["has_aux"] else gradients


def check_complex(argument: Any, label: str) -> None:
    """Raise TypeError unless all numbers are complex, as `holomorphic=True` promises."""
    for path, leaf in leaves(argument):
        if carries(leaf) and not np.iscomplexobj(leaf) or is_integer(leaf):
            raise TypeError(
                f"{label.format(path)} is real, but holomorphic=True is for functions of "
                "complex numbers; pass complex(x), or x.astype(complex), or leave holomorphic out"
            )
