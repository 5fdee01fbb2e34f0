"""Reverse mode: `grad` and `value_and_grad`."""

from __future__ import annotations

import inspect
import operator
import types
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from srcxform.api.glue import identifier, written
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
from srcxform.api.plans import NOTHING, Plan, table_of, variant_for
from srcxform.api.results import check_result, is_known, is_one_real_number
from srcxform.api.targets import Layout, Lowered, Plain, Slot, Target, Values, called
from srcxform.api.wrapping import Derivative, decorating, find_plan, general_kinds, label_of
from srcxform.kinds.lattice import Kind, is_differentiable
from srcxform.kinds.values import kind_of
from srcxform.pipeline import Compiled
from srcxform.pytrees import leaves, mapped
from srcxform.runtime import zeros_like
from srcxform.syntax.names import Names

__all__ = ["grad", "value_and_grad"]

Argnums = int | tuple[int, ...]


def grad(
    fun: Callable[..., Any] | None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
) -> Any:
    """Make the function that computes the gradient of `fun`.

    Args:
        fun: a function whose result is one real number. Without it, `grad` gives a decorator.
        argnums: the positional argument to differentiate in, or a tuple of these; negative ones
            count from the end. In a method, `self` counts; where argnums pick a `self` that holds
            no numbers, they count from the argument after it.
        has_aux: `fun` returns `(value, aux)`, and the gradient function `(gradient, aux)`.
        holomorphic: `fun` is a holomorphic function of complex numbers; gives its derivative.
        allow_int: integer and boolean arrays among what is differentiated get zeros.

    Returns:
        A function of the arguments of `fun`. Its result has the structure, shapes and dtypes of
        the argument picked; a tuple of such results if `argnums` is a tuple.

    Raises:
        TypeError: `fun` cannot be called; or, when the gradient function is called: the result is
            no real number, or what is differentiated are no real or complex numbers.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> grad(lambda x, y: x * x * y)(3.0, 2.0)
        12.0
    """
    options = checked_options(argnums, has_aux, holomorphic, allow_int)
    return decorating(grad, fun, options) or Gradient(fun, options)


def value_and_grad(
    fun: Callable[..., Any] | None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
) -> Any:
    """Make the function that computes the value of `fun` and its gradient, in one go.

    Takes and raises what `grad` does. The function made returns `(value, gradient)`; with
    `has_aux`, `((value, aux), gradient)`.

    Example:
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
    """
    options = checked_options(argnums, has_aux, holomorphic, allow_int)
    return decorating(value_and_grad, fun, options) or ValueAndGradient(fun, options)


def checked_options(
    argnums: Any, has_aux: bool, holomorphic: bool, allow_int: bool
) -> dict[str, Any]:
    """Check what `grad` was given. Raises TypeError."""
    several = isinstance(argnums, (tuple, list))
    for number in argnums if several else (argnums,):
        if isinstance(number, bool) or not hasattr(number, "__index__"):
            raise TypeError(
                f"argnums is an int or a tuple of ints, the positions of arguments; got {argnums!r}"
            )
    if several and not argnums:
        raise TypeError("argnums is empty; give the position of at least one argument")
    picked = tuple(map(operator.index, argnums)) if several else operator.index(argnums)
    return {
        "argnums": picked,
        "has_aux": bool(has_aux),
        "holomorphic": bool(holomorphic),
        "allow_int": bool(allow_int),
    }


@dataclass(eq=False)
class Use:
    """A gradient function, called with so many arguments."""

    derivative: Gradient
    target: Target
    positions: tuple[int, ...]
    slots: tuple[Slot, ...]
    key: tuple[Any, ...]
    function: types.FunctionType | None  # what is called, if no arguments change that
    plans: dict[Any, list[Plan]]

    def run(self, args: Values, kwargs: dict[str, Any]) -> Any:
        """Compute the gradient."""
        values = self.target.bind(args, kwargs)
        if self.function is None:
            plan, _, values, captured = self.prepare(values)
        else:
            plan, captured = find_plan(
                self.plans, key_of(values), lambda: self.plan(self.function, values)
            )
        return plan.run(values, captured)

    def prepare(self, values: Values) -> tuple[Plan, Values, Values, Values]:
        """Give the plan; the arguments; what the function behind takes; what it captured."""
        for slot in self.shifted(values):
            values = with_reals(values, slot)
        lowered = self.target.lower(values)
        plan, captured = find_plan(
            table_of(lowered.function).plans_for(self.key),
            key_of(lowered.values),
            lambda: self.plan(lowered.function, lowered.values),
        )
        return plan, values, lowered.values, captured

    def shifted(self, values: Values) -> tuple[Slot, ...]:
        """Give the slots, counted after a `self` that holds no numbers."""
        if not (self.derivative._in_class and 0 in self.positions) or has_derivative(values[0]):
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
        for slot in converted:
            values = with_reals(values, slot)
        names = Layout.of(function.__code__).names
        kinds = tuple(kind_of(value, name) for value, name in zip(values, names, strict=True))
        parameters = dict.fromkeys(slot.parameter for slot in slots)
        wrt = tuple(p for p in parameters if is_differentiable(kinds[p]))
        return self.compiled(function, values, Shape(slots, converted, wrt), kinds)

    def compiled(
        self, function: types.FunctionType, values: Values, shape: Shape, kinds: tuple[Kind, ...]
    ) -> Plan:
        derivative, options = self.derivative, self.derivative._options
        called_as, has_aux = derivative.maker.__name__, options["has_aux"]
        name, transform = self.target.name, derivative.transform
        if not shape.wrt:  # nothing but settings and integers
            return Plan(NOTHING, constant_runner(self, function, shape), shape, ())
        variant, key = variant_for(function, transform, shape.wrt, kinds, has_aux)
        found = variant.compiled.result_kind
        if is_one_real_number(found, options):
            run = runner(derivative, variant.compiled.entry, shape)
        else:
            if is_known(found):
                check_result(called(function, values), name, called_as, options)
            variant, key = variant_for(function, "vjp", shape.wrt, kinds)
            run = checking_runner(self, variant.compiled, shape)
            transform = "vjp"
        derivative._text = variant.compiled.text
        shape = replace(shape, transform=transform)
        return Plan(variant, run, shape, key)


@dataclass(frozen=True)
class Shape:
    """How the gradient that a caller sees is made of what generated code returns."""

    slots: tuple[Slot, ...]
    converted: tuple[Slot, ...]  # arguments whose integers count as reals
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


def checking_runner(use: Use, compiled: Compiled, shape: Shape) -> Runner:
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


def constant_runner(use: Use, function: types.FunctionType, shape: Shape) -> Runner:
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
    for path, leaf in leaves(argument, label):
        if carries(leaf) and not np.iscomplexobj(leaf) or is_integer(leaf):
            raise TypeError(
                f"{path} is real, but holomorphic=True is for functions of complex numbers; pass "
                "complex(x), or x.astype(complex), or leave holomorphic out"
            )


@dataclass(frozen=True, eq=False)
class GradientTarget:
    """A gradient function, to be differentiated again."""

    derivative: Gradient
    use: Use | None = None

    @property
    def name(self) -> str:
        return self.derivative.__name__

    def at(self, nargs: int, keywords: tuple[str, ...]) -> Target:
        return GradientTarget(self.derivative, self.derivative.use(nargs, keywords))

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        return self.inner.bind(args, kwargs)

    def slot(self, position: int) -> Slot | None:
        return self.inner.slot(position)

    def parameter_name(self, slot: Slot) -> str:
        return self.inner.parameter_name(slot)

    def signature(self) -> inspect.Signature:
        return self.derivative._signature()

    @property
    def inner(self) -> Target:
        return self.derivative._target if self.use is None else self.use.target

    def lower(self, values: Values) -> Lowered:
        assert self.use is not None, "a target is lowered at a call"
        plan, given, taken, captured = self.use.prepare(values)
        function = lowered(self.derivative, plan)
        return Lowered(function, (*taken, *captured), lambda raw: self.present(raw, plan, given))

    def present(self, raw: Any, plan: Plan, values: Values) -> Any:
        """Give the result as a call gives it."""
        derivative, shape = self.derivative, plan.details
        single = isinstance(derivative._options["argnums"], int)
        valued = derivative.transform == "value_and_grad"
        at = 1 if valued else 0
        pair = valued or derivative._options["has_aux"]
        bars = raw[at] if pair else raw
        arguments = tuple(slot.get(values) for slot in shape.slots)
        if single:
            made = gradient_held((bars,), 0, arguments[0])
        else:
            made = tuple(gradient_held(bars, k, own) for k, own in enumerate(arguments))
        if not pair:
            return made
        return (raw[0], made) if valued else (made, raw[1])


def lowered(derivative: Gradient, plan: Plan) -> types.FunctionType:
    """Give a Python function that returns what a gradient function does, up to its leaves."""
    shape, options = plan.details, derivative._options
    single = isinstance(options["argnums"], int)
    if shape.transform == derivative.transform and shape.is_direct(single):
        return plan.variant.compiled.entry  # type: ignore[return-value]
    if plan.lowered is None:
        plan.lowered = rearranging(derivative, plan.variant.compiled, shape)
    return plan.lowered


def rearranging(derivative: Gradient, compiled: Compiled, shape: Shape) -> types.FunctionType:
    """Write a function that calls generated code and gives its results another order."""
    if shape.transform == "none":
        raise TypeError(
            f"`{derivative.__name__}` is differentiated again, but no argument that it "
            "differentiates in is a number"
        )
    has_aux, single = (
        derivative._options["has_aux"],
        isinstance(derivative._options["argnums"], int),
    )
    parameters = [*compiled.parameters, *(capture.name for capture in compiled.captures)]
    name = identifier(derivative.__name__)
    names = Names([name, *parameters])
    given, bars = (
        ", ".join(parameters),
        [names.like(f"{compiled.parameters[k]}_bar") for k in shape.wrt],
    )
    out, aux, residuals = names.like("out"), names.like("aux"), names.like("residuals")
    unpacked = ", ".join(bars)
    if shape.transform == "vjp":
        forward, backward = names.like("forward"), names.like("backward")
        bindings: dict[str, Any] = {forward: compiled.forward, backward: compiled.backward}
        lines = [f"{out}, {residuals} = {forward}({given})"]
        seed = "1.0"
        if has_aux:
            zeros = names.like("zeros_like")
            bindings[zeros] = zeros_like
            lines.append(f"{names.like('value')}, {aux} = {out}")
            seed = f"(1.0, {zeros}({aux}))"
        lines.append(f"{unpacked} = {backward}({residuals}, {seed})")
    else:
        entry = names.like("entry")
        bindings = {entry: compiled.entry}
        nested = unpacked if len(bars) == 1 else f"({unpacked})"
        left = unpacked
        if shape.transform == "value_and_grad":
            left = f"{out}, {nested}"
        elif has_aux:
            left = f"{nested}, {aux}"
        lines = [f"{left} = {entry}({given})"]
    parts = []
    for slot in shape.slots:
        bar = bars[shape.wrt.index(slot.parameter)] if slot.parameter in shape.wrt else "None"
        parts.append(bar if slot.item is None else f"{bar}[{slot.item}]")
    made = parts[0] if single else f"({', '.join(parts)},)"
    if derivative.transform == "value_and_grad":
        made = f"{out}, {made}"
    elif has_aux:
        made = f"{made}, {aux}"
    lines.append(f"return {made}")
    return written(name, [f"def {name}({given}):", *(f"    {line}" for line in lines)], bindings)


class Gradient(Derivative):
    """The gradient of a function."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(grad)
    transform: ClassVar[str] = "grad"
    suffix: ClassVar[str] = "grad"

    def __init__(self, fun: Any, options: dict[str, Any]) -> None:
        super().__init__(fun, options)
        self._uses: dict[Any, Use] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        use = self._uses.get((len(args), *kwargs) if kwargs else len(args))
        if use is None:
            use = self.use(len(args), tuple(kwargs))
        return use.run(args, kwargs)

    def use(self, nargs: int, keywords: tuple[str, ...]) -> Use:
        """Give what calls with so many arguments and these keywords need."""
        known = (nargs, *keywords) if keywords else nargs
        found = self._uses.get(known)
        if found is None:
            target = self._target.at(nargs, keywords)
            argnums = self._options["argnums"]
            given = argnums if isinstance(argnums, tuple) else (argnums,)
            positions = tuple(self.position(number, nargs) for number in given)
            slots = tuple(self.slot_of(target, position, nargs) for position in positions)
            options = tuple(self._options.values())
            key = (self.transform, *options, slots, self._in_class)
            function = target.function if isinstance(target, Plain) else None
            plans = table_of(function).plans_for(key) if function is not None else {}
            found = Use(self, target, positions, slots, key, function, plans)
            self._uses[known] = found
        return found

    def position(self, number: int, nargs: int) -> int:
        """Count an argnum from the front. Raises TypeError if there is no such argument."""
        if number < -nargs:
            raise TypeError(self.out_of_range(number, nargs))
        return number + nargs if number < 0 else number

    def slot_of(self, target: Target, position: int, nargs: int) -> Slot:
        slot = target.slot(position)
        if slot is None or (slot.item is not None and position >= nargs):
            raise TypeError(self.out_of_range(position, nargs))
        return slot

    def out_of_range(self, number: int, nargs: int) -> str:
        return (
            f"argnums picks argument {number} of `{self._target.name}`, which was called with "
            f"{nargs} positional argument{'' if nargs == 1 else 's'}; argnums count from 0"
        )

    def __srcxform_target__(self) -> Target:
        return GradientTarget(self)

    def _documentation(self) -> str:
        argnums = self._options["argnums"]
        which = f"argument {argnums}" if isinstance(argnums, int) else f"arguments {argnums}"
        value = "Value and gradient" if self.transform == "value_and_grad" else "Gradient"
        own = inspect.getdoc(self.__wrapped__)
        first = f"{value} of `{self._target.name}` with respect to {which}."
        return f"{first}\n\n{own}" if own else first

    def _signature(self) -> inspect.Signature:
        return self._target.signature().replace(return_annotation=inspect.Signature.empty)

    def _general_text(self) -> str:
        layout = getattr(self._target, "layout", None)
        use = self.use(layout.positional - len(self._target.args), ()) if layout else None  # type: ignore[attr-defined]
        wrt = tuple(dict.fromkeys(s.parameter for s in use.slots)) if use else ()
        target, kinds = general_kinds(self._target, frozenset(wrt))
        has_aux = self._options["has_aux"]
        return variant_for(target.function, self.transform, wrt, kinds, has_aux)[0].compiled.text

    def _text_for(self, args: Values, kwargs: dict[str, Any]) -> str:
        use = self.use(len(args), tuple(kwargs))
        plan, *_ = use.prepare(use.target.bind(args, kwargs))
        return plan.variant.compiled.text


class ValueAndGradient(Gradient):
    """The value and the gradient of a function."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(value_and_grad)
    transform: ClassVar[str] = "value_and_grad"
    suffix: ClassVar[str] = "value_and_grad"
