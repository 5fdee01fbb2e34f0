"""Derivative functions that are differentiated again: as Python functions that have source.

Most often that is the generated function itself. Where callers see another order of arguments or
results, a small function around it is written, and compiled away with the rest.
"""

from __future__ import annotations

import inspect
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from srcxform.api.glue import identifier, written
from srcxform.api.gradient_use import GradientUse, Shape
from srcxform.api.leaves import gradient_held, tangent_like
from srcxform.api.plans import Plan
from srcxform.api.primals import Spread
from srcxform.api.targets import Layout, Lowered, Slot, Target, Values
from srcxform.pipeline import Compiled
from srcxform.runtime import zeros_like
from srcxform.specialise import switching
from srcxform.syntax.names import Names

if TYPE_CHECKING:
    from srcxform.api.forward import Forward
    from srcxform.api.gradient import Gradient
    from srcxform.api.wrapping import Derivative

__all__ = ["ForwardTarget", "GradientTarget", "check_tuple", "no_text"]


@dataclass(frozen=True, eq=False)
class GradientTarget:
    """A gradient function, to be differentiated again."""

    derivative: Gradient
    use: GradientUse | None = None

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
        values = (*plan.details.reals(taken), *captured)
        return Lowered(function, values, lambda raw: self.present(raw, plan, given))

    def taken_inside(self, values: Values) -> Lowered | None:
        """Give a function that takes the gradient inside, where it has an adjoint of its own.

        None where that is not known: then the text of the gradient is differentiated.
        """
        assert self.use is not None, "a target is lowered at a call"
        derivative = self.derivative
        if not (switching.is_on() and derivative.transform == "grad" and is_plain(derivative)):
            return None
        plan, given, taken, _ = self.use.prepare(values)
        shape: Shape = plan.details
        if shape.transform != "grad" or shape.converted or not shape.is_direct(True):
            return None
        once = type(derivative.__wrapped__) is types.FunctionType
        if once and len(plan.variant.compiled.functions) > 1:  # of functions that call themselves
            return None
        parameters = ", ".join(plan.variant.compiled.parameters)
        name = plan.variant.compiled.entry.__name__
        if plan.inside is None:
            bindings = {"grad": derivative.maker}
            call = f"{expression(derivative, bindings)}({parameters})"
            plan.inside = written(
                name, [f"def {name}({parameters}):", f"    return {call}"], bindings
            )
        return Lowered(plan.inside, taken, lambda raw: self.present(raw, plan, given))

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


def is_plain(derivative: Any) -> bool:
    """Say whether what is differentiated takes positional arguments, and there are no options."""
    options, fun = derivative._options, derivative.__wrapped__
    if options["has_aux"] or options["holomorphic"] or options["allow_int"]:
        return False
    if not isinstance(options["argnums"], int):
        return False
    if type(fun) is types.FunctionType:
        starred = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
        return not (fun.__code__.co_flags & starred or fun.__code__.co_kwonlyargcount)
    return getattr(fun, "transform", None) == "grad" and is_plain(fun)


def expression(derivative: Any, bindings: dict[str, Any]) -> str:
    """Write a gradient as a user would; note what its names stand for."""
    fun, argnums = derivative.__wrapped__, derivative._options["argnums"]
    if type(fun) is types.FunctionType:
        name = Names(bindings).like(identifier(fun.__name__))
        bindings[name] = fun
    else:
        name = expression(fun, bindings)
    return f"grad({name}, argnums={argnums})" if argnums else f"grad({name})"


def lowered(derivative: Gradient, plan: Plan) -> types.FunctionType:
    """Give a Python function that returns what a gradient function does, up to its leaves."""
    shape, options = plan.details, derivative._options
    single = isinstance(options["argnums"], int)
    if shape.transform == derivative.transform and shape.is_direct(single):
        return plan.variant.compiled.entry
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


@dataclass(frozen=True, eq=False)
class ForwardTarget:
    """A forward derivative, to be differentiated again: a function of two tuples."""

    derivative: Forward

    @property
    def name(self) -> str:
        return self.derivative.__name__

    def at(self, nargs: int, keywords: tuple[str, ...]) -> Target:
        return self

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        bound = self.signature().bind(*args, **kwargs) if kwargs or len(args) != 2 else None
        primals, tangents = args if bound is None else bound.args
        check_tuple(primals, "primals")
        check_tuple(tangents, "tangents")
        return tuple(primals), tuple(tangents)

    def slot(self, position: int) -> Slot | None:
        return Slot(position) if position < 2 else None

    def parameter_name(self, slot: Slot) -> str:
        return ("primals", "tangents")[slot.parameter]

    def signature(self) -> inspect.Signature:
        return self.derivative._signature()

    def lower(self, values: Values) -> Lowered:
        use, bound, reals, raw = self.derivative.checked(*values)
        function, plan, taken, captured, present = use.prepare(bound, reals)
        primals = tuple(slot.get(taken) for slot in use.slots)
        plan.lowered = plan.lowered or repacking(self.derivative, function, plan)
        kept = {slot.parameter for slot in use.slots}
        rest = [value for k, value in enumerate(taken) if k not in kept]

        def shown(result: Any) -> Any:
            if self.derivative._options["has_aux"]:
                value, dot, aux = result
                return value, tangent_like(dot, value), aux
            out, dot = result
            return self.derivative.shown(out, dot, present)

        return Lowered(plan.lowered, (primals, tuple(raw), *rest, *captured), shown)


def repacking(derivative: Forward, function: types.FunctionType, plan: Plan) -> Any:
    """Write the function of (primals, tangents) that calls the generated function."""
    spread: Spread = plan.details
    if not spread.wrt:
        no_text(derivative)
    compiled, slots = plan.variant.compiled, spread.slots
    parameters = Layout.of(function.__code__).names
    kept = {slot.parameter for slot in slots}
    rest = [name for k, name in enumerate(parameters) if k not in kept]
    rest += [capture.name for capture in compiled.captures]
    name = identifier(derivative.__name__)
    names = Names([name, *parameters, *rest])
    primals, tangents, entry = names.like("primals"), names.like("tangents"), names.like("entry")
    arguments = [
        parameters[slot.parameter]
        if slot.item is None
        else names.like(f"{parameters[slot.parameter]}_{slot.item + 1}")
        for slot in slots
    ]
    dots = [names.like(f"{argument}_dot") for argument in arguments]
    given: list[str] = []
    for k, parameter in enumerate(parameters):
        items = [a for a, slot in zip(arguments, slots, strict=True) if slot.parameter == k]
        starred = any(slot.parameter == k and slot.item is not None for slot in slots)
        given.append(f"({', '.join(items)},)" if starred else parameter)
    for source in spread.sources:
        several = isinstance(source, tuple)
        given.append(f"({', '.join(dots[k] for k in source)},)" if several else dots[source])
    given += [capture.name for capture in compiled.captures]
    lines = [
        f"def {name}({', '.join([primals, tangents, *rest])}):",
        f"    {', '.join(arguments)}, = {primals}",
        f"    {', '.join(dots)}, = {tangents}",
    ]
    call = f"{entry}({', '.join(given)})"
    if derivative._options["has_aux"]:
        out, dot = names.like("out"), names.like("out_dot")
        lines += [f"    {out}, {dot} = {call}", f"    return {out}[0], {dot}[0], {out}[1]"]
    else:
        lines.append(f"    return {call}")
    return written(name, lines, {entry: compiled.entry})


def check_tuple(value: Any, what: str) -> None:
    """Raise TypeError unless primals or tangents are a tuple (or list) of arguments."""
    if not isinstance(value, (tuple, list)):
        raise TypeError(
            f"{what} must be a tuple with one entry for each argument, got "
            f"{type(value).__name__}; for one argument write (x,)"
        )


def no_text(derivative: Derivative) -> str:
    raise TypeError(
        f"there is no source of `{derivative.__name__}` for these arguments: none of them can "
        "carry a derivative"
    )
