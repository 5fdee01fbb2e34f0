"""Forward mode: `jvp`."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from srcxform.api.leaves import (
    has_integers,
    is_integer,
    is_not_zero,
    raw_tangent,
    tangent_like,
    zero_like,
)
from srcxform.api.nesting import ForwardTarget, check_tuple, no_text
from srcxform.api.plans import table_of, variant_for
from srcxform.api.primals import Present, Primals, Spread, primals_of
from srcxform.api.results import auxiliary
from srcxform.api.targets import Target, Values, called, target_of
from srcxform.api.wrapping import Derivative, decorating, general_kinds
from srcxform.pytrees import StructureMismatch, mapped

__all__ = ["forward_of", "jvp"]


def jvp(
    fun: Callable[..., Any] | None = None,
    primals: Any = None,
    tangents: Any = None,
    *,
    has_aux: bool = False,
) -> Any:
    """Push tangents forward through `fun`: the product of its Jacobian with a vector.

    Args:
        fun: the function. Without it, `jvp` gives a decorator.
        primals: a tuple with the arguments. Without them, `jvp` gives the derivative function,
            which is called with `(primals, tangents)`.
        tangents: a tuple with a tangent for each argument, of its structure, shape and dtype. The
            tangent of what is no number is None. A Python int whose tangent is not zero counts as
            a real number where arithmetic is done with it; as a count, a length or a position it
            has no derivative.
        has_aux: `fun` returns `(value, aux)`; then the result is `(value, value_dot, aux)`.

    Returns:
        `(out, out_dot)`: the result of `fun`, and its tangent, of the structure of the result.

    Raises:
        TypeError: `fun` cannot be called, or a tangent does not fit its argument.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
        (6.0, 3.0)
    """
    options = {"has_aux": bool(has_aux)}
    if fun is None or primals is None and tangents is None:
        return decorating(jvp, fun, options) or Forward(fun, options)  # type: ignore[arg-type]
    if primals is None or tangents is None:
        missing = "tangents" if tangents is None else "primals"
        raise TypeError(f"jvp takes primals and tangents, or neither of them; got no {missing}")
    return forward_of(fun, has_aux)(primals, tangents)


def forward_of(fun: Any, has_aux: bool = False) -> Forward:
    """Give the forward derivative of `fun`, the one made before if there is one."""
    options = {"has_aux": bool(has_aux)}
    if type(fun) is not types.FunctionType:
        return Forward(fun, options)
    derived = table_of(fun).derived
    found = derived.get(("jvp", *options.values()))
    if found is None:
        found = derived["jvp", *options.values()] = Forward(fun, options)
    return found


class Forward(Derivative):
    """The forward derivative of a function, called with `(primals, tangents)`."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(jvp)
    suffix: ClassVar[str] = "jvp"

    def __init__(self, fun: Callable[..., Any], options: dict[str, Any]) -> None:
        super().__init__(fun, options)
        self._uses: dict[int, Primals] = {}

    def __call__(self, primals: Any, tangents: Any) -> Any:
        use, values, reals, raw = self.checked(primals, tangents)
        function, plan, values, captured, present = use.prepare(values, reals)
        self._last = plan
        spread: Spread = plan.details
        if spread.unmoved:
            raise TypeError(cannot_move(use.labels[spread.unmoved[0]]))
        if spread.wrt:
            dots = spread.gathered(raw)
            out, dot = plan.variant.compiled.entry(*values, *dots, *captured)
            return self.shown(out, dot, present)
        out = called(function, values)
        return self.shown(out, mapped(zero_like, out), present)

    def shown(self, out: Any, dot: Any, present: Present | None) -> Any:
        """Give the result as the caller gets it."""
        if present is not None:
            out = present(out)
        dot = tangent_like(dot, out)
        if self._options["has_aux"]:
            value, aux = auxiliary(out, self._target.name)
            return value, dot[0], aux
        return out, dot

    def checked(self, primals: Any, tangents: Any) -> tuple[Primals, Values, Values, list[Any]]:
        """Bind the primals and check the tangents; give these as generated code has them.

        The primals are given twice: as they are, and with integers that move as floats.
        """
        check_tuple(primals, "primals")
        check_tuple(tangents, "tangents")
        if len(primals) != len(tangents):
            raise TypeError(
                f"`{self.__name__}` got {len(primals)} primals, but {len(tangents)} tangents; give "
                "one tangent for each primal: zeros for numbers that are held fixed, None for "
                "what is no number"
            )
        use = self._uses.get(len(primals))
        if use is None or not (use.plain is None or use.plain.is_current()):
            self._target = target_of(self.__wrapped__)
            use = self._uses[len(primals)] = primals_of(self._target, len(primals), "jvp")
        values = reals = use.values(tuple(primals))
        raw = []
        for slot, tangent, label in zip(use.slots, tangents, use.labels, strict=True):
            primal = slot.get(values)
            if type(primal) is not np.ndarray and has_integers(primal):
                moved = reals_where_moved(primal, tangent)
                if moved is not primal:
                    reals, primal = slot.put(reals, moved), moved
            raw.append(raw_tangent(tangent, primal, f"the tangent of {label}"))
        return use, values, reals, raw

    def __srcxform_target__(self) -> Target:
        return ForwardTarget(self)

    def _documentation(self) -> str:
        own = inspect.getdoc(self.__wrapped__)
        first = (
            f"Forward derivative of `{self._target.name}`: (primals, tangents) -> (out, out_dot)."
        )
        return f"{first}\n\n{own}" if own else first

    def _signature(self) -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Signature([inspect.Parameter(n, kind) for n in ("primals", "tangents")])

    def _general_text(self) -> str:
        target, kinds = general_kinds(self._target, frozenset())
        first = len(target.args)
        wrt = tuple(range(first, target.layout.positional))
        return variant_for(target.function, "jvp", wrt, kinds)[0].compiled.text

    def _text_for(self, args: Values, kwargs: dict[str, Any]) -> str:
        bound = self._signature().bind(*args, **kwargs)
        use, values, reals, _ = self.checked(*bound.args)
        plan = use.prepare(values, reals)[1]
        return no_text(self) if plan.variant.compiled is None else plan.variant.compiled.text


def reals_where_moved(primal: Any, tangent: Any) -> Any:
    """Give a primal with those integers as floats whose tangents are not zero.

    It is the same object where there are none.
    """
    moved = False

    def leaf(part: Any, dot: Any) -> Any:
        nonlocal moved
        if not (is_integer(part) and dot is not None and is_not_zero(dot)):
            return part
        moved = True
        return float(part)

    try:
        promoted = mapped(leaf, primal, tangent)
    except StructureMismatch:
        return primal  # the check of the tangent will tell
    return promoted if moved else primal


def cannot_move(label: str) -> str:
    return (
        f"the tangent of {label.format('')} is not zero, but an integer that is used only as a "
        "count, a length or a position cannot change; give it the tangent None"
    )
