"""Reverse mode for any result: `vjp`."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from srcxform.api.glue import identifier
from srcxform.api.keeping import kept_apart
from srcxform.api.leaves import (
    gradient_held,
    objects_as_dicts,
    raw_tangent,
    zero_like,
)
from srcxform.api.plans import Plan, table_of
from srcxform.api.primals import Primals, Spread, primals_of
from srcxform.api.results import auxiliary
from srcxform.api.targets import Lowered, Slot, Target, Values, called, target_of
from srcxform.pytrees import children, mapped
from srcxform.runtime import zeros_like
from srcxform.syntax.written import written

__all__ = ["Pullback", "vjp"]


def vjp(fun: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Compute `fun(*primals)`, and a function that pulls cotangents back to the primals.

    Args:
        fun: the function.
        primals: its arguments. A Python int counts as a real number where arithmetic is done with
            it; as a count, a length or a position it has no derivative.
        has_aux: `fun` returns `(value, aux)`; only the value is differentiated.

    Returns:
        `(out, pullback)`, with `has_aux` `(value, pullback, aux)`. `pullback(out_bar)` takes a
        cotangent of the structure, shapes and dtypes of the result, and gives a tuple with the
        cotangent of each primal: zeros for integers and arrays of them, None for what is no
        number. It can be called any number of times, and holds on to copies of what the caller
        may write into meanwhile: of primals, captured arrays and the result.

    Raises:
        TypeError: `fun` cannot be called, or (from the pullback) the cotangent does not fit.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> out, pullback = vjp(lambda x, y: x * y, 2.0, 3.0)
        >>> pullback(1.0)
        (3.0, 2.0)
    """
    out, pullback = pulled(use_of(fun, len(primals)), primals, has_aux)
    if not has_aux:
        return out, pullback
    value, aux = auxiliary(out, pullback.name)
    return value, pullback, aux


def pulled(
    use: Primals, primals: Values, has_aux: bool, keywords: dict[str, Any] | None = None
) -> tuple[Any, Pullback]:
    """Compute a function, and the way back to those primals that it is differentiated in."""
    values = use.values(primals, keywords)
    arguments = tuple([slot.get(values) for slot in use.slots])
    function, plan, taken, captured, present = use.prepare(values, use.reals(values))
    if plan.details.wrt:
        compiled = plan.variant.compiled
        raw, residuals = compiled.forward(*taken, *captured)
        raw, residuals = kept_apart(compiled.uses, (taken, captured), raw, residuals)
    else:
        raw, residuals = called(function, taken), ()
    out = raw if present is None else present(raw)
    if has_aux:
        auxiliary(out, use.target.name)  # it is a pair, or else refused
    return out, Pullback(use.target.name, plan, arguments, out, residuals, has_aux)


def use_of(fun: Any, nargs: int) -> Primals:
    """Prepare the reverse derivative of `fun` in so many arguments, or find what was prepared."""
    if type(fun) is not types.FunctionType:
        return primals_of(target_of(fun), nargs, "vjp")
    derived = table_of(fun).derived
    found = derived.get(("vjp", nargs))
    if found is None:
        found = derived["vjp", nargs] = primals_of(target_of(fun), nargs, "vjp")
    return found


COTANGENT = inspect.Parameter("out_bar", inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, eq=False)
class Pullback:
    """The function that `vjp` returns: from a cotangent of the result to those of the primals."""

    name: str
    plan: Plan
    arguments: Values
    out: Any
    residuals: Any
    has_aux: bool

    def __call__(self, out_bar: Any) -> tuple[Any, ...]:
        """Pull a cotangent back.

        Raises TypeError if it has not the structure, shapes and dtypes of the result.
        """
        bar = self.checked(out_bar)
        raw: Any = ()
        if self.plan.details.wrt:
            raw = self.plan.variant.compiled.backward(self.residuals, bar)
        return self.shown(raw)

    def checked(self, out_bar: Any) -> Any:
        """Give a cotangent as generated code takes it. Raises TypeError if it does not fit."""
        own = self.out[0] if self.has_aux else self.out
        bar = raw_tangent(out_bar, own, f"the cotangent of the result{{}} of `{self.name}`")
        bar = objects_as_dicts(bar)
        return (bar, zeros_like(self.out[1])) if self.has_aux else bar

    def shown(self, raw: Any) -> tuple[Any, ...]:
        """Give what generated code gives as one cotangent for each primal."""
        spread: Spread = self.plan.details
        holder = (raw,) if len(spread.wrt) == 1 else raw
        made = []
        for slot, argument in zip(spread.slots, self.arguments, strict=True):
            if slot.parameter not in spread.wrt:
                made.append(no_gradient(argument))
                continue
            at = spread.wrt.index(slot.parameter)
            if slot.item is None:
                made.append(gradient_held(holder, at, argument))
            else:
                made.append(gradient_held(holder[at], slot.item, argument))
        return tuple(made)

    def __srcxform_target__(self) -> Target:
        return PullbackTarget(self)

    @cached_property
    def function(self) -> Any:
        """The way back as a function of the residuals, too, which gives a tuple for all primals."""
        spread: Spread = self.plan.details
        bindings: dict[str, Any] = {"backward": self.plan.variant.compiled.backward}
        parts = []
        for k, (slot, argument) in enumerate(zip(spread.slots, self.arguments, strict=True)):
            if slot.parameter not in spread.wrt:
                parts.append(f"zero_{k + 1}")
                bindings[parts[-1]] = no_gradient(argument)
                continue
            at = spread.wrt.index(slot.parameter)
            whole = "bars" if len(spread.wrt) == 1 else f"bars[{at}]"
            parts.append(whole if slot.item is None else f"{whole}[{slot.item!r}]")
        name = f"{identifier(self.name)}_bwd"
        lines = [
            f"def {name}(residuals, out_bar):",
            "    bars = backward(residuals, out_bar)",
            f"    return ({', '.join(parts)},)",
        ]
        return written(name, lines, bindings)

    def presented(self, bars: tuple[Any, ...]) -> tuple[Any, ...]:
        """Give what `function` gives as the caller sees it: gradients of objects are objects."""
        wrt = self.plan.details.wrt
        rows = zip(self.plan.details.slots, self.arguments, strict=True)
        return tuple(
            gradient_held(bars, k, argument) if slot.parameter in wrt else bars[k]
            for k, (slot, argument) in enumerate(rows)
        )

    @property
    def source(self) -> str:
        """The generated source of both sweeps."""
        compiled = self.plan.variant.compiled
        return "" if compiled is None else compiled.text

    @property
    def __wrapped__(self) -> Any:
        """The generated function that runs: what `inspect.getsource` shows."""
        compiled = self.plan.variant.compiled
        if compiled is None:
            raise AttributeError("no argument is differentiated in, so nothing was generated")
        return compiled.backward

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(type(self).__call__).replace(parameters=[COTANGENT])

    def __repr__(self) -> str:
        return f"<pullback of `{self.name}`>"


@dataclass(frozen=True, eq=False)
class PullbackTarget:
    """A pullback, to be transformed: a function of the residuals, and of a cotangent."""

    pullback: Pullback

    @property
    def name(self) -> str:
        return f"{identifier(self.pullback.name)}_bwd"

    def at(self, nargs: int, keywords: tuple[str, ...]) -> Target:
        return self

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        bound = self.signature().bind(*args, **kwargs)
        return self.pullback.residuals, *bound.args

    def slot(self, position: int) -> Slot | None:
        return Slot(1) if position == 0 else None

    def parameter_name(self, slot: Slot) -> str:
        return "out_bar"

    def signature(self) -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Signature([inspect.Parameter("out_bar", kind)])

    def lower(self, values: Values) -> Lowered:
        residuals, out_bar = values
        bar = self.pullback.checked(out_bar)
        if not self.pullback.plan.details.wrt:
            raise TypeError(f"`{self.pullback.name}` was differentiated in nothing that can move")
        return Lowered(self.pullback.function, (residuals, bar), self.pullback.presented)


def no_gradient(argument: Any) -> Any:
    """Give the cotangent of a primal that cannot carry any: zeros, None for what is no number."""
    numeric = isinstance(argument, (int, np.integer, np.ndarray)) and not isinstance(argument, bool)
    if not numeric and children(argument) is None:
        return None
    return mapped(zero_like, argument)
