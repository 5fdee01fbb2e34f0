"""Whole Jacobians: `jacfwd`, `jacrev`, `jacobian`, `hessian`."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from srcxform.api.basis import number_leaves
from srcxform.api.blocks import Blocks, by_columns, by_rows
from srcxform.api.gradient import checked_options
from srcxform.api.keys import key_of
from srcxform.api.leaves import carries, check_carries, has_derivative, integers_as_reals
from srcxform.api.primals import Primals, primals_of
from srcxform.api.sweeps import duplicated, pull_rows, push_rows
from srcxform.api.targets import Foreign, Target, Values, target_of
from srcxform.api.wrapping import Derivative, NoSource, decorating
from srcxform.pytrees import children, is_parameters, mapped

__all__ = ["Jacobian", "checked_chunk", "hessian", "jacfwd", "jacobian", "jacrev"]

Argnums = int | tuple[int, ...]


def jacfwd(
    fun: Any = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    chunk_size: int | None = None,
) -> Any:
    """Make the function that computes the Jacobian of `fun` column by column, in forward mode.

    The unit vectors of the argument are pushed forward together, as lanes of a batch; what does
    not depend on them is computed once.

    Args:
        fun: a function of numbers, arrays and containers of these. Without it: a decorator.
        argnums: the argument to differentiate in, or a tuple of these.
        has_aux: `fun` returns `(value, aux)`; then the result is `(jacobian, aux)`.
        holomorphic: `fun` is a holomorphic function of complex numbers.
        chunk_size: how many unit vectors are taken at once, which bounds the memory for what is
            between them and the result; None for all of them.

    Returns:
        A function of the arguments of `fun`. For each leaf of its result and each leaf of the
        argument it gives an array of the shape of the one, then of the other, in the dtype of the
        one: in the structure of the result, with that of the argument (a tuple if `argnums` is a
        tuple) inside. What is no real or complex number has None for its part.

    Raises:
        TypeError: an argument that is picked holds no numbers, or complex ones, but `holomorphic`
            is not set; an option is of a wrong type.
        ValueError: `chunk_size` is less than 1.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> jacfwd(lambda x: np.array([x[0] * x[1], x[0]]))(np.array([2.0, 3.0])).tolist()
        [[3.0, 2.0], [1.0, 0.0]]
    """
    return made(jacfwd, fun, "forward", argnums, has_aux, holomorphic, chunk_size)


def jacrev(
    fun: Any = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    chunk_size: int | None = None,
) -> Any:
    """Make the function that computes the Jacobian of `fun` row by row, in reverse mode.

    The unit vectors of the result are pulled back together, as lanes of a batch; `fun` itself is
    run once. Takes, returns and raises what `jacfwd` does, except that an array has the dtype of
    the argument, and that a real result may have complex arguments: a row is then what `grad`
    gives for its number. A complex result needs `holomorphic=True`.

    Example:
        >>> jacrev(lambda x: x**2)(np.array([2.0, 3.0])).tolist()
        [[4.0, 0.0], [0.0, 6.0]]
    """
    return made(jacrev, fun, "reverse", argnums, has_aux, holomorphic, chunk_size)


def jacobian(
    fun: Any = None,
    argnums: Argnums = 0,
    *,
    mode: str = "auto",
    has_aux: bool = False,
    holomorphic: bool = False,
    chunk_size: int | None = None,
) -> Any:
    """Make the function that computes the Jacobian of `fun` in the mode that takes fewer sweeps.

    `mode` is "forward", "reverse", or "auto": forward if the result has more numbers than the
    argument, or is complex while the argument is real; else reverse. At the first call with
    arguments of new shapes "auto" may run `fun` twice to find the size of its result. The rest is
    as in `jacfwd`.

    Example:
        >>> jacobian(lambda x: np.sum(x**2))(np.array([2.0, 3.0])).tolist()
        [4.0, 6.0]
    """
    if mode not in ("auto", "forward", "reverse"):
        raise TypeError(f'mode is "auto", "forward" or "reverse", not {mode!r}')
    maker = functools.partial(jacobian, mode=mode)
    functools.update_wrapper(maker, jacobian)
    return made(maker, fun, mode, argnums, has_aux, holomorphic, chunk_size)


def hessian(
    fun: Any = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    holomorphic: bool = False,
    chunk_size: int | None = None,
) -> Any:
    """Make the function that computes the Hessian of `fun`, forward over reverse.

    Takes and raises what `jacfwd` does; the result has the structure of a Jacobian of a Jacobian.
    `chunk_size` holds for each of these.

    Example:
        >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([2.0, 3.0])).tolist()
        [[6.0, 4.0], [4.0, 0.0]]
    """
    options: dict[str, Any] = {
        "argnums": argnums,
        "has_aux": has_aux,
        "holomorphic": holomorphic,
        "chunk_size": checked_chunk(chunk_size),
    }
    decorator = decorating(hessian, fun, options)
    if decorator is not None:
        return decorator
    return jacfwd(jacrev(fun, **options), **options)


def made(
    maker: Any,
    fun: Any,
    mode: str,
    argnums: Argnums,
    has_aux: bool,
    holomorphic: bool,
    chunk_size: int | None,
) -> Any:
    options = checked_options(argnums, has_aux, holomorphic, False)
    del options["allow_int"]
    options["chunk_size"] = checked_chunk(chunk_size)
    kinds = {"forward": ForwardJacobian, "reverse": ReverseJacobian, "auto": Jacobian}
    return decorating(maker, fun, options) or kinds[mode](fun, options)


def checked_chunk(size: Any) -> int | None:
    """Give `chunk_size` as an int. Raises TypeError or ValueError."""
    if size is None:
        return None
    if isinstance(size, bool) or not hasattr(size, "__index__"):
        raise TypeError(
            f"chunk_size is an int, how many unit vectors are taken at once, or None for all; got "
            f"{size!r}"
        )
    if operator.index(size) < 1:
        raise ValueError(f"chunk_size is at least 1, or None for all at once; got {size!r}")
    return operator.index(size)


class Jacobian(Derivative):
    """The Jacobian of a function, itself a function."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(jacobian)
    suffix: ClassVar[str] = "jacobian"
    mode: ClassVar[str] = "auto"

    def __init__(self, fun: Callable[..., Any], options: dict[str, Any]) -> None:
        super().__init__(fun, options)
        self._modes: dict[Any, str] = {}  # chosen by "auto", for keys of arguments
        self._uses: dict[Any, Primals] = {}
        self._text = ""

    def __srcxform_target__(self) -> Target:
        """Give what a further transformation works on: a function that calls this one."""
        return Foreign(self, (), {})

    def _documentation(self) -> str:
        own = inspect.getdoc(self.__wrapped__)
        first = f"Jacobian of `{self._target.name}`."
        return f"{first}\n\n{own}" if own else first

    def _signature(self) -> inspect.Signature:
        return self._target.signature().replace(return_annotation=inspect.Signature.empty)

    @property
    def source(self) -> str:
        """The generated Python source that ran at the last call."""
        return self._text or self._general_text()

    def _general_text(self) -> str:
        raise NoSource(
            f"the source of a Jacobian of `{self._target.name}` depends on its arguments: "
            "use sx.source(fn, *example_args), or call it first"
        )

    def _text_for(self, args: Values, kwargs: dict[str, Any]) -> str:
        self(*args, **kwargs)  # what the batch is depends on what the first sweep hands over
        return self._text

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the Jacobian."""
        argnums, has_aux = self._options["argnums"], self._options["has_aux"]
        several = isinstance(argnums, tuple)
        picked = tuple(self.position(k, args) for k in (argnums if several else (argnums,)))
        for k in picked:
            check_carries(args[k], f"argument {k}{{}} of `{self._target.name}`", None)
        wanted = tuple(integers_as_reals(args[k]) for k in picked)
        blocks, out = self.blocks(args, kwargs, picked, wanted)
        value, aux = out if has_aux else (out, None)
        structured = arranged(value, wanted if several else wanted[0], blocks)
        return (structured, aux) if has_aux else structured

    def blocks(
        self, args: Values, kwargs: dict[str, Any], picked: tuple[int, ...], wanted: Values
    ) -> tuple[Blocks, Any]:
        """Compute all blocks, in the mode that was asked for, and the result of the function."""
        has_aux, chunk = self._options["has_aux"], self._options["chunk_size"]
        inputs = Numbers(wanted, self._options["holomorphic"], self.__name__)
        inputs.check_arguments(self.mode)
        mode, key, before = self.mode, None, args
        if mode == "auto":
            key = key_of((*args, kwargs))
            mode = self._modes.get(key, mode)
        if mode != "forward":
            if mode == "auto":  # the function may have to run twice
                before = duplicated(args, tuple(range(len(args))))
            use = self.use("vjp", len(args), tuple(kwargs), picked)
            pulled = pull_rows(use, args, kwargs, wanted, has_aux)
            if mode == "auto":
                mode = self._modes[key] = inputs.cheaper_mode(pulled.value)
            if mode == "reverse":
                inputs.check_value(pulled.value, mode)
                blocks, self._text = by_rows(pulled, chunk), pulled.text
                return blocks, (pulled.value, pulled.aux) if has_aux else pulled.value
        use = self.use("jvp", len(args), tuple(kwargs), picked)
        own = tuple(use.slots.index(use.target.slot(k)) for k in picked)
        pushed = push_rows(use, before, kwargs, own, has_aux)
        blocks, out = by_columns(pushed, chunk)
        self._text = pushed.text
        inputs.check_value(out[0] if has_aux else out, mode)
        return blocks, out

    def use(
        self, transform: str, nargs: int, keywords: tuple[str, ...], picked: tuple[int, ...]
    ) -> Primals:
        """Prepare calls with so many arguments, or find what was prepared.

        In forward mode all of `*args` are differentiated in if any is: generated code has one
        tuple for them.
        """
        known = transform, nargs, keywords, picked
        found = self._uses.get(known)
        if found is None or not found.is_current():
            self._target = target_of(self.__wrapped__)
            if transform == "jvp":
                slots = primals_of(self._target, nargs, transform, None, keywords).slots
                starred = {k for k, slot in enumerate(slots) if slot.item is not None}
                more = starred if starred & set(picked) else set()
                picked = tuple(sorted({*picked, *more}))
            found = primals_of(self._target, nargs, transform, picked, keywords)
            self._uses[known] = found
        return found

    def position(self, number: int, args: Values) -> int:
        """Count an argnum from the front, after a `self` that is no container of numbers.

        Raises TypeError if there is no such argument.
        """
        nargs = len(args)
        if self._in_class and args and not (is_parameters(args[0]) and has_derivative(args[0])):
            number += number >= 0
        if not -nargs <= number < nargs:
            raise TypeError(
                f"argnums picks argument {number} of `{self._target.name}`, which was called with "
                f"{nargs} positional argument{'' if nargs == 1 else 's'}; argnums count from 0"
            )
        return number % nargs


class ForwardJacobian(Jacobian):
    """The Jacobian by columns."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(jacfwd)
    mode: ClassVar[str] = "forward"


class ReverseJacobian(Jacobian):
    """The Jacobian by rows."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(jacrev)
    mode: ClassVar[str] = "reverse"


class Numbers:
    """Real and complex numbers among the arguments, and what that allows."""

    def __init__(self, wanted: Any, holomorphic: bool, name: str) -> None:
        self.leaves = number_leaves(wanted)
        self.has_complex = any(map(np.iscomplexobj, self.leaves))
        self.holomorphic, self.name = holomorphic, name

    def check_arguments(self, mode: str) -> None:
        """Raise TypeError unless complex arguments are said to be of a holomorphic function."""
        if self.holomorphic and not all(map(np.iscomplexobj, self.leaves)):
            raise TypeError(f"holomorphic=True, but `{self.name}` is given real numbers")
        if mode == "forward" and self.has_complex and not self.holomorphic:
            self.tell("is given complex numbers")

    def check_value(self, value: Any, mode: str) -> None:
        """Raise TypeError if real and complex numbers in the result do not fit the mode."""
        found = [np.iscomplexobj(leaf) for leaf in number_leaves(value)]
        if self.holomorphic and not all(found):
            raise TypeError(
                f"holomorphic=True, but `{self.name}` is the Jacobian of a function with real "
                "results, which is holomorphic only if it is constant"
            )
        if mode == "reverse" and any(found) and not self.holomorphic:
            self.tell("has a complex result")

    def tell(self, what: str) -> None:
        raise TypeError(
            f"`{self.name}` {what}: say holomorphic=True, or differentiate real and imaginary "
            "parts apart"
        )

    def cheaper_mode(self, value: Any) -> str:
        """Give the mode that takes fewer sweeps, or the only one there is."""
        results = number_leaves(value)
        if not self.holomorphic and self.has_complex:
            return "reverse"
        if not self.holomorphic and any(map(np.iscomplexobj, results)):
            return "forward"
        inputs, outputs = (sum(map(np.size, leaves)) for leaves in (self.leaves, results))
        return "forward" if outputs > inputs else "reverse"


def arranged(value: Any, wanted: Any, blocks: Blocks) -> Any:
    """Put blocks into the structure of the result, with that of the arguments inside."""
    rows = iter(blocks)

    def row(leaf: Any) -> Any:
        if not carries(leaf):
            return None
        parts = iter(next(rows))
        return mapped(lambda own: next(parts) if carries(own) else None, wanted)

    return mapped(row, value) if children(value) is not None else row(value)
