"""Functions linearised at a point, and linear functions transposed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from srcxform.api.glue import identifier, written
from srcxform.api.leaves import (
    carries,
    objects_as_dicts,
    raw_tangent,
    tangent_like,
    zero_like,
)
from srcxform.api.pullback import Pullback, vjp
from srcxform.api.targets import Lowered, Slot, Target, Values
from srcxform.pytrees import children, mapped

__all__ = ["Linear", "linear_transpose", "linearize"]


def linearize(fun: Callable[..., Any], *primals: Any) -> tuple[Any, Linear]:
    """Compute `fun(*primals)`, and the linear function that maps tangents to its tangent.

    The work that depends on the primals is done once: the linear function is the transpose of the
    pullback, which is linear in its cotangent.

    Args:
        fun: the function.
        primals: its arguments.

    Returns:
        `(out, fun_jvp)`: `fun_jvp(*tangents)` takes a tangent for each primal and gives that of
        the result. It can be called any number of times.

    Raises:
        TypeError: `fun` cannot be called, or a tangent does not fit.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> out, along = linearize(lambda x, y: x * x * y, 3.0, 5.0)
        >>> out, along(1.0, 0.0), along(0.0, 1.0)
        (45.0, 30.0, 9.0)
    """
    out, pullback = vjp(fun, *primals)
    return out, Linear(pullback, transposed(pullback))


def transposed(pullback: Pullback) -> Pullback | None:
    """Give the pullback of a pullback, which is linear: where it is taken does not matter."""
    if not pullback.plan.details.wrt:
        return None
    compiled = pullback.plan.variant.compiled
    bindings = {"backward": compiled.backward, "residuals": pullback.residuals}
    text = ["def pull(out_bar):", "    return backward(residuals, out_bar)"]
    zero = mapped(lambda leaf: zero_like(leaf) if carries(leaf) else leaf, pullback.out)
    zero = objects_as_dicts(zero)
    found: Pullback = vjp(written("pull", text, bindings), zero)[1]
    return found


def linear_transpose(fun: Callable[..., Any], *primals: Any) -> Callable[..., Any]:
    """Transpose a linear function.

    Args:
        fun: a function that is linear in all its arguments together.
        primals: arguments of the kind that it takes; only their structure, shapes and dtypes
            matter.

    Returns:
        The function that takes a cotangent of the result of `fun` and gives a tuple of cotangents
        of its arguments.

    Example:
        >>> linear_transpose(lambda x, y: 2.0 * x + 3.0 * y, 0.0, 0.0)(1.0)
        (2.0, 3.0)
    """
    _, pullback = vjp(fun, *primals)
    transposed: Callable[..., Any] = pullback
    return transposed


def as_pulled(dot: Any, bar: Any) -> Any:
    """Give a tangent in the structure of what a pullback gave: that of an object is a dict."""
    if isinstance(bar, dict) and not isinstance(dot, dict):
        structure = children(dot)
        assert structure is not None
        named = dict(zip(structure.keys, structure.parts, strict=True))
        parts = {**dict(enumerate(structure.parts)), **named}
        return {key: as_pulled(parts[key], part) for key, part in bar.items()}
    theirs = children(bar)
    if theirs is None:
        return dot
    own = children(dot)
    if own is None or len(own.parts) != len(theirs.parts):
        return dot  # the check of the tangent will tell
    named = dict(zip(own.keys, own.parts, strict=True))
    return theirs.build(
        [as_pulled(named[key], part) for key, part in zip(theirs.keys, theirs.parts, strict=True)]
    )


@dataclass(frozen=True, eq=False)
class Linear:
    """The linear function that `linearize` returns."""

    pullback: Pullback
    transposed: Pullback | None

    def __call__(self, *tangents: Any) -> Any:
        """Map a tangent for each primal to the tangent of the result. Raises TypeError."""
        bar = self.packed(tangents)
        if self.transposed is None:
            return mapped(zero_like, self.pullback.out)
        return tangent_like(self.transposed(bar)[0], self.pullback.out)

    def packed(self, tangents: tuple[Any, ...]) -> Any:
        """Give tangents as the transposed pullback takes them. Raises TypeError."""
        bar = self.arranged(self.checked(tangents), lambda parts: parts)
        return bar if self.transposed is None else as_pulled(bar, self.transposed.out)

    def checked(self, tangents: tuple[Any, ...]) -> tuple[Any, ...]:
        """Give tangents as generated code takes them. Raises TypeError."""
        arguments = self.pullback.arguments
        if len(tangents) != len(arguments):
            raise TypeError(f"{self!r} takes {len(arguments)} tangents, got {len(tangents)}")
        label = f"tangent {{}}{{{{}}}} of `{self.pullback.name}`"
        return tuple(
            raw_tangent(tangents[k], arguments[k], label.format(k))
            for k, _ in enumerate(self.pullback.plan.details.slots)
        )

    def arranged(self, parts: tuple[Any, ...], tupled: Callable[[tuple[Any, ...]], Any]) -> Any:
        """Give one part for each tangent in the structure of what the pullback gives."""
        spread = self.pullback.plan.details
        given: dict[int, Any] = {}
        starred: dict[int, tuple[Any, ...]] = {}
        for part, slot in zip(parts, spread.slots, strict=False):
            if slot.item is None:
                given[slot.parameter] = part
            else:
                starred[slot.parameter] = (*starred.get(slot.parameter, ()), part)
        given |= {parameter: tupled(found) for parameter, found in starred.items()}
        bars = tuple(given[parameter] for parameter in spread.wrt)
        return bars[0] if len(bars) == 1 else tupled(bars)

    @cached_property
    def function(self) -> Any:
        """The linear function as one of the tangents, and of the residuals behind them."""
        assert self.transposed is not None
        names = [f"tangent_{k + 1}" for k, _ in enumerate(self.pullback.plan.details.slots)]
        bar = self.arranged(tuple(names), lambda parts: f"({', '.join(parts)},)")
        name = f"{identifier(self.pullback.name)}_linear"
        lines = [
            f"def {name}({', '.join([*names, 'residuals'])}):",
            f"    return backward(residuals, {bar})",
        ]
        return written(name, lines, {"backward": self.transposed.plan.variant.compiled.backward})

    def __srcxform_target__(self) -> Target:
        return LinearTarget(self)

    @property
    def source(self) -> str:
        """The generated source of what maps tangents: the transpose of the backward sweep."""
        return "" if self.transposed is None else self.transposed.source

    @property
    def __wrapped__(self) -> Any:
        """The generated function that runs: what `inspect.getsource` shows."""
        if self.transposed is None:
            raise AttributeError("no argument is differentiated in, so nothing was generated")
        return self.transposed.__wrapped__

    @property
    def __signature__(self) -> inspect.Signature:
        return LinearTarget(self).signature()

    def __repr__(self) -> str:
        return f"<linearised `{self.pullback.name}`>"


@dataclass(frozen=True, eq=False)
class LinearTarget:
    """A linear function, to be transformed: the transposed pullback, of one tangent or several."""

    linear: Linear

    @property
    def name(self) -> str:
        return f"{identifier(self.linear.pullback.name)}_linear"

    def at(self, nargs: int, keywords: tuple[str, ...]) -> Target:
        return self

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        bound = self.signature().bind(*args, **kwargs)
        return tuple(bound.args)

    def slot(self, position: int) -> Slot | None:
        return Slot(position) if position < len(self.linear.pullback.arguments) else None

    def parameter_name(self, slot: Slot) -> str:
        return f"tangent_{slot.parameter + 1}"

    def signature(self) -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_ONLY
        count = len(self.linear.pullback.arguments)
        names = [self.parameter_name(Slot(k)) for k in range(count)]
        return inspect.Signature([inspect.Parameter(name, kind) for name in names])

    def lower(self, values: Values) -> Lowered:
        linear, transposed = self.linear, self.linear.transposed
        if transposed is None:
            raise TypeError(f"`{linear.pullback.name}` is linear in nothing that can move")
        tangents = tuple(map(objects_as_dicts, linear.checked(values)))
        pull = transposed
        bar = linear.arranged(tangents, lambda parts: parts)
        pull.checked(as_pulled(bar, pull.out))

        def present(raw: Any) -> Any:
            return tangent_like(pull.shown(raw)[0], linear.pullback.out)

        return Lowered(linear.function, (*tangents, pull.residuals), present)
