"""Truth for derivatives, from outside the compiler: complex step and extrapolated differences.

Arguments and results are pytrees: numbers, arrays, and tuples, lists, dicts and objects of these. A
*tangent* of a value has its structure, a float or float array for each number in it; a value that
is no number (None, a string, a bool) has the tangent None, an integer array has integer zeros.

*Scaling.* Every comparison is `|a - b| <= rtol * max(1, |a|, |b|)` with Euclidean norms over all
entries together: relative for results larger than one, absolute below. The corpus keeps its
derivatives of order one, and `test_oracles.py` holds it to that, so that nothing hides below one.

>>> import numpy as np
>>> close(complex_step_jvp(np.sin, (0.5,), (0,), (1.0,)), np.cos(0.5), 1e-15)
True
"""

import cmath
import copy
import enum
import math
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest import mock

import numpy as np

Vector = np.ndarray[Any, np.dtype[Any]]
Function = Callable[..., Any]

COMPLEX_STEP = 1e-30
FIRST_STEP, LEVELS = 2e-2, 7


def is_number(value: Any) -> bool:
    """Whether a leaf is a real or complex number or an array of them; a bool is a setting."""
    return not isinstance(value, bool | np.bool_ | enum.Enum) and isinstance(
        value, int | float | complex | np.number | np.ndarray
    )


def is_differentiable(value: Any) -> bool:
    """Whether a leaf carries a tangent: a number of Python's, or of an inexact dtype."""
    if not is_number(value):
        return False
    if isinstance(value, np.ndarray | np.generic):
        return bool(np.issubdtype(np.asarray(value).dtype, np.inexact))
    return True


def attributes(value: Any) -> dict[str, Any] | None:
    """The attributes of an object of a class written in Python, None for other values."""
    kind = type(value)
    if callable(value) and hasattr(value, "__code__") or isinstance(value, type | enum.Enum):
        return None
    slots = [
        f"_{base.__name__}{s}" if s.startswith("__") else s
        for base in kind.__mro__
        for s in vars(base).get("__slots__", ())
    ]
    if not hasattr(value, "__dict__") and not slots:
        return None
    made_in_python = bool(kind.__flags__ & (1 << 9)) or kind is types.SimpleNamespace
    if not made_in_python or isinstance(value, np.ndarray | tuple | list | dict):
        return None
    own = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return {**own, **getattr(value, "__dict__", {})}


def with_attributes(value: Any, parts: dict[str, Any]) -> Any:
    """A copy of an object with other attributes."""
    new = copy.copy(value)
    for name, part in parts.items():
        object.__setattr__(new, name, part)
    return new


def tree_map(fn: Function, value: Any, *rest: Any) -> Any:
    """`fn` on each leaf of `value` and the parts of `rest` in the same place."""
    held = attributes(value)
    if held is not None:
        parts = {
            key: tree_map(fn, part, *(getattr(r, key) for r in rest)) for key, part in held.items()
        }
        return with_attributes(value, parts)
    if isinstance(value, dict):
        return {key: tree_map(fn, value[key], *(r[key] for r in rest)) for key in value}
    if isinstance(value, list | tuple):
        parts = [tree_map(fn, *group) for group in zip(value, *rest, strict=True)]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return fn(value, *rest)


def leaves(value: Any) -> Iterator[Any]:
    """The leaves from left to right; dicts by sorted key, so insertion order does not matter."""
    held = attributes(value)
    if held is not None:
        for part in held.values():
            yield from leaves(part)
    elif isinstance(value, dict):
        for key in sorted(value, key=repr):
            yield from leaves(value[key])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def to_vector(value: Any) -> Vector:
    """All numbers of a pytree in one vector, in double precision; what is no number is left out."""
    parts = [np.ravel(leaf) for leaf in leaves(value) if is_number(leaf)]
    vector = np.concatenate([np.zeros(0), *parts])
    return vector if np.iscomplexobj(vector) else vector.astype(np.float64)


def numbers_like(value: Any, draw: Callable[[tuple[int, ...]], Any]) -> Any:
    """A tangent for `value` whose entries come from `draw(shape)`."""

    def leaf(part: Any) -> Any:
        if not is_number(part):
            return None
        if not is_differentiable(part):
            return np.zeros_like(part)
        if isinstance(part, np.ndarray | np.generic):
            drawn = np.asarray(draw(np.shape(part)), dtype=part.dtype)
            return drawn if isinstance(part, np.ndarray) else part.dtype.type(drawn)
        return float(draw(()))

    return tree_map(leaf, value)


def random_like(seed: int, value: Any) -> Any:
    """A random tangent for `value`, the same for the same seed and structure.

    Entries have either sign and sizes between 0.5 and 1.5, so that none of them is nearly left out.
    """
    generator = np.random.default_rng(seed)

    def draw(shape: tuple[int, ...]) -> Any:
        return generator.choice([-1.0, 1.0], shape) * generator.uniform(0.5, 1.5, shape)

    return numbers_like(value, draw)


def zeros_like(value: Any) -> Any:
    """The zero tangent for `value`."""
    return numbers_like(value, np.zeros)


def dot(u: Any, v: Any) -> float:
    """The inner product of two pytrees of real numbers, in double precision."""
    return float(np.dot(to_vector(u), to_vector(v)))


def norm(value: Any) -> float:
    """The Euclidean norm over all numbers of a pytree."""
    return float(np.linalg.norm(to_vector(value)))


def close(a: Any, b: Any, rtol: float) -> bool:
    """Whether two pytrees agree to `rtol`, relative to max(1, |a|, |b|): see *Scaling* above.

    False where the number of entries differs or where an entry is NaN or infinite.

    >>> close(1e9, 1e9 + 1, 1e-8), close(1e-9, 2e-9, 1e-8), close(float("nan"), float("nan"), 1.0)
    (True, True, False)
    """
    left, right = to_vector(a), to_vector(b)
    if left.shape != right.shape or not (np.isfinite(left).all() and np.isfinite(right).all()):
        return False
    scale = max(1.0, float(np.linalg.norm(left)), float(np.linalg.norm(right)))
    return bool(np.linalg.norm(left - right) <= rtol * scale)


def identical(a: Any, b: Any) -> bool:
    """Whether two pytrees are equal bit by bit: structure, dtypes, shapes and numbers.

    A NumPy scalar and the 0-d array or Python float of the same bits count as equal.
    """
    if isinstance(a, types.MethodType) and isinstance(b, types.MethodType):
        return a.__func__ is b.__func__ and identical(a.__self__, b.__self__)
    if attributes(a) is not None:
        return type(a) is type(b) and identical(attributes(a), attributes(b))
    if isinstance(a, dict):
        return (
            isinstance(b, dict) and a.keys() == b.keys() and all(identical(a[k], b[k]) for k in a)
        )
    if isinstance(a, list | tuple):
        same = type(a) is type(b) and len(a) == len(b)
        return same and all(identical(x, y) for x, y in zip(a, b, strict=True))
    if is_number(a) and is_number(b):
        x, y = np.asarray(a), np.asarray(b)
        return x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes()
    return bool(a == b)


def double(value: Any) -> Any:
    """`value` with single precision numbers widened, so that the oracles work in double."""

    def leaf(part: Any) -> Any:
        if isinstance(part, np.ndarray | np.generic) and part.dtype == np.float32:
            return part.astype(np.float64)
        return part

    return tree_map(leaf, value)


def directions(args: tuple[Any, ...], wrt: tuple[int, ...], tangents: Any) -> tuple[Any, ...]:
    """Tangents of all arguments: those given at the positions `wrt`, zeros elsewhere."""
    given = dict(zip(wrt, tangents, strict=True))
    return tuple(given[i] if i in given else zeros_like(arg) for i, arg in enumerate(args))


def moved(args: tuple[Any, ...], wrt: tuple[int, ...], tangents: Any, step: Any) -> tuple[Any, ...]:
    """Fresh arguments `args + step * tangents`, where only those at `wrt` are moved.

    With a complex step all inexact arrays become complex, so that a program can write to them.
    """

    def move(part: Any, tangent: Any) -> Any:
        if not is_differentiable(part):
            return part
        total = part + step * tangent
        if isinstance(part, np.ndarray):
            return np.asarray(total)
        # NumPy's complex scalar can be compared, Python's cannot.
        return np.complex128(total) if isinstance(step, complex) else float(total)

    def widen(part: Any) -> Any:
        return part + 0j if isinstance(part, np.ndarray) and is_differentiable(part) else part

    fresh = list(copy.deepcopy(args))
    if isinstance(step, complex):
        fresh = [tree_map(widen, arg) for arg in fresh]
    for i, tangent in zip(wrt, tangents, strict=True):
        fresh[i] = tree_map(move, args[i], tangent)
    return tuple(fresh)


ALLOCATORS = (
    *("array", "asarray", "zeros", "ones", "empty", "full", "eye", "identity"),
    *("zeros_like", "ones_like", "empty_like", "full_like"),
)


@contextmanager
def complex_arithmetic() -> Iterator[None]:
    """NumPy allocates complex arrays for real ones, and `math` stands for `cmath`, meanwhile.

    A complex number that is forced to be real is an error: its derivative would be lost.
    """

    def widening(allocate: Function) -> Function:
        @wraps(allocate)
        def widened(*args: Any, **kwargs: Any) -> Any:
            dtype = kwargs.get("dtype")
            if dtype is not None and np.issubdtype(dtype, np.floating):
                kwargs["dtype"] = np.complex128
            out = allocate(*args, **kwargs)
            return out.astype(np.complex128) if np.issubdtype(out.dtype, np.floating) else out

        return widened

    def real_or_complex(name: str) -> Function:
        real, general = getattr(math, name), getattr(cmath, name)

        @wraps(real)
        def chosen(*args: Any) -> Any:
            if any(np.iscomplexobj(arg) for arg in args):
                return np.complex128(general(*args))
            return real(*args)

        return chosen

    shared = [name for name in dir(cmath) if name in dir(math) and callable(getattr(math, name))]
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        for name in ALLOCATORS:
            stack.enter_context(mock.patch.object(np, name, widening(getattr(np, name))))
        for name in shared:
            stack.enter_context(mock.patch.object(math, name, real_or_complex(name)))
        yield


def complex_step_jvp(
    fn: Function, args: tuple[Any, ...], wrt: tuple[int, ...], tangents: Any
) -> Vector:
    """The directional derivative of `fn` as a vector, exact to rounding: Im f(x + ihu) / h.

    `tangents` are those of the arguments at the positions `wrt`. Only for functions that are
    analytic where they are called: no `abs`, no conjugate, no `float(x)`.

    Raises:
        numpy.exceptions.ComplexWarning: `fn` drops an imaginary part.
        TypeError: `fn` calls something that takes no complex number.
    """
    with complex_arithmetic():
        out = fn(*moved(double(args), wrt, double(tangents), COMPLEX_STEP * 1j))
    return np.imag(to_vector(out)) / COMPLEX_STEP


def richardson_jvp(
    fn: Function, args: tuple[Any, ...], wrt: tuple[int, ...], tangents: Any
) -> Vector:
    """The directional derivative of `fn` as a vector, by extrapolated central differences."""
    return richardson(fn, args, wrt, tangents)[0]


def second_directional(
    fn: Function, args: tuple[Any, ...], wrt: tuple[int, ...], v: Any, u: Any
) -> Vector:
    """The second derivative of `fn` in the directions `v` and `u`: differences of complex steps."""

    def along_v(*moved_args: Any) -> Vector:
        return complex_step_jvp(fn, moved_args, wrt, v)

    return richardson_jvp(along_v, args, wrt, u)


def richardson(
    fn: Function, args: tuple[Any, ...], wrt: tuple[int, ...], tangents: Any
) -> tuple[Vector, float]:
    """The directional derivative and an estimate of its error (Ridders 1982).

    Central differences with steps halved again and again, extrapolated to step zero; what counts is
    the entry of the tableau that differs least from its neighbours.
    """
    wide_args, wide_tangents = double(args), double(tangents)
    size = max(1.0, float(np.max(np.abs(to_vector(wide_tangents)), initial=0.0)))

    def difference(step: float) -> Vector:
        ahead = to_vector(fn(*moved(wide_args, wrt, wide_tangents, step)))
        behind = to_vector(fn(*moved(wide_args, wrt, wide_tangents, -step)))
        return (ahead - behind) / (2.0 * step)

    best, error = None, math.inf
    row: list[Vector] = []
    for level in range(LEVELS):
        last, row = row, [difference(FIRST_STEP / size / 2.0**level)]
        for order, older in enumerate(last):
            factor = 4.0 ** (order + 1)
            row.append((factor * row[order] - older) / (factor - 1.0))
            spread = max(_largest(row[-1] - row[-2]), _largest(row[-1] - older))
            if spread < error:
                best, error = row[-1], spread
    if best is None:
        raise ValueError("no finite differences: the function is not defined around its argument")
    return best, error


def _largest(vector: Vector) -> float:
    return float(np.max(np.abs(vector), initial=0.0))
