"""Whole Jacobians: `jacfwd`, `jacrev`, `jacobian`, `hessian`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform.api.forward import jvp
from srcxform.api.leaves import carries, check_carries, integers_as_reals, zero_like
from srcxform.api.pullback import vjp
from srcxform.api.results import auxiliary
from srcxform.api.targets import Foreign, Target, target_of
from srcxform.api.wrapping import decorating
from srcxform.pytrees import children, leaves, mapped
from srcxform.runtime import unit_tangents

__all__ = ["Jacobian", "hessian", "jacfwd", "jacobian", "jacrev"]

Argnums = int | tuple[int, ...]


def jacfwd(
    fun: Any = None, argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False
) -> Any:
    """Make the function that computes the Jacobian of `fun` column by column, in forward mode.

    Args:
        fun: a function of numbers, arrays and containers of these. Without it: a decorator.
        argnums: the argument to differentiate in, or a tuple of these.
        has_aux: `fun` returns `(value, aux)`; then the result is `(jacobian, aux)`.
        holomorphic: `fun` is a holomorphic function of complex numbers.

    Returns:
        A function of the arguments of `fun`. For each leaf of its result and each leaf of the
        argument it gives an array of the shape of the one, then of the other: in the structure of
        the result, with that of the argument (a tuple if `argnums` is a tuple) inside.

    Raises:
        TypeError: an argument that is picked holds no numbers.
        srcxform.errors.SrcxformError: `fun` cannot be differentiated.

    Example:
        >>> jacfwd(lambda x: np.array([x[0] * x[1], x[0]]))(np.array([2.0, 3.0])).tolist()
        [[3.0, 2.0], [1.0, 0.0]]
    """
    return made(jacfwd, fun, "forward", argnums, has_aux, holomorphic)


def jacrev(
    fun: Any = None, argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False
) -> Any:
    """Make the function that computes the Jacobian of `fun` row by row, in reverse mode.

    Takes, returns and raises what `jacfwd` does.

    Example:
        >>> jacrev(lambda x: x**2)(np.array([2.0, 3.0])).tolist()
        [[4.0, 0.0], [0.0, 6.0]]
    """
    return made(jacrev, fun, "reverse", argnums, has_aux, holomorphic)


def jacobian(
    fun: Any = None,
    argnums: Argnums = 0,
    *,
    mode: str = "auto",
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Any:
    """Make the function that computes the Jacobian of `fun` in the mode that takes fewer sweeps.

    `mode` is "auto", "forward" or "reverse". The rest is as in `jacfwd`.

    Example:
        >>> jacobian(lambda x: np.sum(x**2))(np.array([2.0, 3.0])).tolist()
        [4.0, 6.0]
    """
    if mode not in ("auto", "forward", "reverse"):
        raise TypeError(f'mode is "auto", "forward" or "reverse", not {mode!r}')
    maker = functools.partial(jacobian, mode=mode)
    functools.update_wrapper(maker, jacobian)
    return made(maker, fun, mode, argnums, has_aux, holomorphic)


def hessian(
    fun: Any = None, argnums: Argnums = 0, *, has_aux: bool = False, holomorphic: bool = False
) -> Any:
    """Make the function that computes the Hessian of `fun`, forward over reverse.

    Takes and raises what `jacfwd` does; the result has the structure of a Jacobian of a Jacobian.

    Example:
        >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([2.0, 3.0])).tolist()
        [[6.0, 4.0], [4.0, 0.0]]
    """
    options: dict[str, Any] = {"argnums": argnums, "has_aux": has_aux, "holomorphic": holomorphic}
    decorator = decorating(hessian, fun, options)
    if decorator is not None:
        return decorator
    return jacfwd(jacrev(fun, **options), **options)


def made(
    maker: Any, fun: Any, mode: str, argnums: Argnums, has_aux: bool, holomorphic: bool
) -> Any:
    options = {"argnums": argnums, "has_aux": bool(has_aux), "holomorphic": bool(holomorphic)}
    return decorating(maker, fun, options) or Jacobian(fun, mode, options)


class Jacobian:
    """The Jacobian of a function, itself a function."""

    def __init__(self, fun: Callable[..., Any], mode: str, options: dict[str, Any]) -> None:
        self._target = target_of(fun)
        self._mode = mode
        self._options = options
        self.__wrapped__ = fun
        self.__name__ = f"{self._target.name}_jacobian"
        self.__qualname__ = self.__name__
        self.__doc__ = f"Jacobian of `{self._target.name}`."
        self.__signature__ = self._target.signature()

    @property
    def __srcxform_derived__(self) -> tuple[str, Any, dict[str, Any]]:
        """What this is when it is met inside a differentiated function."""
        names = {"forward": "jacfwd", "reverse": "jacrev", "auto": "jacobian"}
        return names[self._mode], self.__wrapped__, self._options

    def __srcxform_target__(self) -> Target:
        """Give what a further transformation works on: a function that calls this one."""
        return Foreign(self, (), {})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the Jacobian."""
        fun = functools.partial(self.__wrapped__, **kwargs) if kwargs else self.__wrapped__
        argnums, has_aux = self._options["argnums"], self._options["has_aux"]
        several = isinstance(argnums, tuple)
        picked = tuple(k % len(args) for k in (argnums if several else (argnums,)))
        for k in picked:
            check_carries(args[k], f"argument {k}{{}} of `{self._target.name}`", False)
        args = tuple(integers_as_reals(a) if k in picked else a for k, a in enumerate(args))
        wanted = tuple(args[k] for k in picked)
        check_holomorphic(wanted, self._options["holomorphic"], self.__name__)
        if self._mode == "forward":
            blocks, out = by_columns(fun, args, picked, has_aux)
        else:
            blocks, out = by_rows(fun, args, picked, has_aux, self._mode == "auto")
        value, aux = auxiliary(out, self._target.name) if has_aux else (out, None)
        structured = arranged(value, wanted if several else wanted[0], blocks)
        return (structured, aux) if has_aux else structured

    def __repr__(self) -> str:
        return f"<jacobian function of {self.__wrapped__!r}>"


Blocks = list[list[Any]]  # for each leaf of the result, for each leaf of the arguments picked


def by_columns(
    fun: Any, args: tuple[Any, ...], picked: tuple[int, ...], has_aux: bool
) -> tuple[Blocks, Any]:
    push = jvp(fun)
    zeros = tuple(mapped(zero_or_none, argument) for argument in args)
    columns: list[list[list[Any]]] = []  # leaf of the arguments, element, leaf of the result
    out: Any = None
    sources = [(k, n) for k in picked for n, _ in enumerate(number_leaves(args[k]))]
    for k, n in sources:
        leaf = number_leaves(args[k])[n]
        found = []
        for unit in unit_tangents(leaf):
            tangents = (*zeros[:k], replaced(zeros[k], n, like(unit, leaf)), *zeros[k + 1 :])
            out, dot = push(args, tangents)
            found.append(number_leaves(dot[0] if has_aux else dot))
        columns.append(found)
    if out is None:
        out = fun(*args)
    count = len(number_leaves(out[0] if has_aux else out))
    shapes = [np.shape(number_leaves(args[k])[n]) for k, n in sources]
    pairs = list(zip(columns, shapes, strict=True))
    return [
        [stacked([c[row] for c in found], shape) for found, shape in pairs] for row in range(count)
    ], out


def by_rows(
    fun: Any, args: tuple[Any, ...], picked: tuple[int, ...], has_aux: bool, choose: bool
) -> tuple[Blocks, Any]:
    pulled = vjp(fun, *args, has_aux=has_aux)
    value, pullback = pulled[0], pulled[1]
    out = (value, pulled[2]) if has_aux else value
    size_out = sum(np.size(leaf) for leaf in number_leaves(value))
    if choose and size_out > sum(np.size(n) for k in picked for n in number_leaves(args[k])):
        return by_columns(fun, args, picked, has_aux)
    zeros = mapped(zero_or_none, value)
    blocks = []
    for n, leaf in enumerate(number_leaves(value)):
        rows = []
        for unit in unit_tangents(leaf):
            bars = pullback(replaced(zeros, n, like(unit, leaf)))
            rows.append([part for k in picked for part in number_leaves(bars[k])])
        inputs = [part for k in picked for part in number_leaves(args[k])]
        blocks.append(
            [
                np.reshape(np.stack([row[m] for row in rows]), np.shape(leaf) + np.shape(part))
                if rows
                else np.zeros(np.shape(leaf) + np.shape(part))
                for m, part in enumerate(inputs)
            ]
        )
    return blocks, out


def stacked(columns: list[Any], shape: tuple[int, ...]) -> Any:
    return np.reshape(np.stack(columns, -1), np.shape(columns[0]) + shape)


def number_leaves(value: Any) -> list[Any]:
    """Give the leaves that carry a derivative."""
    return [leaf for _, leaf in leaves(value) if carries(leaf)]


def zero_or_none(leaf: Any) -> Any:
    return zero_like(leaf) if carries(leaf) or isinstance(leaf, np.ndarray) else None


def like(unit: Any, leaf: Any) -> Any:
    """A unit tangent of a Python number is a Python number."""
    return type(leaf)(unit) if isinstance(leaf, (float, complex)) else unit


def replaced(tree: Any, position: int, leaf: Any) -> Any:
    """Put another leaf in the place of the numeric leaf `position`."""
    count = -1

    def change(old: Any) -> Any:
        nonlocal count
        if not carries(old):
            return old
        count += 1
        return leaf if count == position else old

    return mapped(change, tree)


def arranged(value: Any, wanted: Any, blocks: Blocks) -> Any:
    """Put blocks into the structure of the result, with that of the arguments inside."""
    rows = iter(blocks)

    def row(leaf: Any) -> Any:
        if not carries(leaf):
            return None
        parts = iter(next(rows))
        return mapped(lambda own: next(parts) if carries(own) else None, wanted)

    return mapped(row, value) if children(value) is not None else row(value)


def check_holomorphic(wanted: Any, holomorphic: bool, name: str) -> None:
    """Raise TypeError unless complex arguments are said to be of a holomorphic function."""
    complex_ones = [np.iscomplexobj(leaf) for leaf in number_leaves(wanted)]
    if any(complex_ones) and not holomorphic:
        raise TypeError(
            f"`{name}` is given complex numbers: say holomorphic=True, or differentiate real and "
            "imaginary parts apart"
        )
    if holomorphic and not all(complex_ones):
        raise TypeError(f"holomorphic=True, but `{name}` is given real numbers")
