"""Reverse mode: `grad` and `value_and_grad`."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import Any, ClassVar

from srcxform.api.gradient_use import GradientUse
from srcxform.api.nesting import GradientTarget
from srcxform.api.plans import table_of, variant_for
from srcxform.api.targets import Plain, Slot, Target, Values, target_of
from srcxform.api.wrapping import Derivative, decorating, general_kinds

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
            no numbers, they count from the argument after it. A Python int counts as a real
            number where arithmetic is done with it; as a count, a length or a position it has no
            derivative.
        has_aux: `fun` returns `(value, aux)`, and the gradient function `(gradient, aux)`.
        holomorphic: `fun` is a holomorphic function of complex numbers; gives its derivative.
        allow_int: integer and boolean arrays among what is differentiated get zeros, and so do
            integers that are used only as counts, lengths or positions.

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


class Gradient(Derivative):
    """The gradient of a function."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(grad)
    transform: ClassVar[str] = "grad"
    suffix: ClassVar[str] = "grad"

    def __init__(self, fun: Any, options: dict[str, Any]) -> None:
        super().__init__(fun, options)
        self._uses: dict[Any, GradientUse] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        use = self._uses.get((len(args), *kwargs) if kwargs else len(args))
        if use is None or not (use.plain is None or use.plain.is_current()):
            use = self.use(len(args), tuple(kwargs))
        return use.run(args, kwargs)

    def use(self, nargs: int, keywords: tuple[str, ...]) -> GradientUse:
        """Give what calls with so many arguments and these keywords need."""
        known = (nargs, *keywords) if keywords else nargs
        found = self._uses.get(known)
        if found is None or not (found.plain is None or found.plain.is_current()):
            self._target = target_of(self.__wrapped__)
            target = self._target.at(nargs, keywords)
            argnums = self._options["argnums"]
            given = argnums if isinstance(argnums, tuple) else (argnums,)
            positions = tuple(self.position(number, nargs) for number in given)
            slots = tuple(self.slot_of(target, position, nargs) for position in positions)
            options = tuple(self._options.values())
            key = (self.transform, *options, slots, self._in_class)
            plain = target if isinstance(target, Plain) else None
            plans = {} if plain is None else table_of(plain.function).plans_for(key)
            found = GradientUse(self, target, positions, slots, key, plain, plans)
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
