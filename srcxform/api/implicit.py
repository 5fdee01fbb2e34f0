"""Functions defined by equations: fixed points, roots, solutions of linear equations.

Their derivatives follow from the equation that the result fulfils, by the implicit function
theorem, whatever the iteration that found it did: nothing of it is stored. The functions given may
capture values that are differentiated. Unknowns are numbers, arrays, or lists, tuples and dicts of
them; of complex ones the functions are taken for holomorphic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform import pytrees
from srcxform.api.forward import jvp
from srcxform.api.implicit_steps import iterated, linear_solution, newton
from srcxform.api.jacobians import jacfwd
from srcxform.api.pullback import vjp
from srcxform.api.vectors import built_like, raveled
from srcxform.rules.custom import Closing
from srcxform.rules.predicates import is_compiling, is_stood_for
from srcxform.runtime import add, minus, zeros_like

__all__ = ["fixed_point", "linear_solve", "root"]


def fixed_point(
    f: Callable[[Any], Any], x0: Any, tolerance: float = 1e-12, limit: int = 10_000
) -> Any:
    """Compute the fixed point `x = f(x)` by iterating from `x0`.

    Reverse and forward mode solve the linearised equation by iterations of the same kind: with
    A the Jacobian of `f` at the fixed point, `w = x_bar + transpose(A) w` backwards and
    `x_dot = b + A x_dot` forwards. No derivative passes `x0`.

    Args:
        f: a contraction; it may capture values that are differentiated.
        x0: a number, an array or a container of these to begin with.
        tolerance: the iteration ends when a step is smaller, relative to the larger of 1 and x,
            or as small as the precision of x allows.
        limit: the number of steps after which it is given up.

    Returns:
        The fixed point, of the structure of `x0`.

    Raises:
        RuntimeError: the iteration did not converge.
        ValueError: `f` returns something of another structure than `x0`.

    Source: Christianson, Reverse accumulation and attractive fixed points, Optimization Methods
    and Software 3 (1994).

    Example:
        >>> import srcxform as sx
        >>> def root_of(a):
        ...     return fixed_point(lambda x: 0.5 * (x + a / x), a)
        >>> round(root_of(2.0), 6), round(sx.grad(root_of)(2.0), 6)
        (1.414214, 0.353553)
    """
    return fixed_point_of(f, (), x0, tolerance, limit)


@Closing
def fixed_point_of(f: Any, given: Any, x0: Any, tolerance: float, limit: int) -> Any:
    if is_stood_for():
        return f(*given, x0)
    if is_compiling():
        return iterated(lambda x: f(*given, x), x0, tolerance, limit)
    x = x0
    for _ in range(limit):
        new = f(*given, x)
        if is_near(new, x, tolerance):
            return new
        x = new
    raise RuntimeError(f"the fixed-point iteration did not converge in {limit} steps")


def is_near(new: Any, old: Any, tolerance: float) -> bool:
    """Say whether a step led to what is hardly another place."""
    pairs: list[tuple[Any, Any]] = []
    pytrees.mapped(lambda *pair: pairs.append(pair), new, old)
    step = max([largest(np.subtract(a, b)) for a, b in pairs], default=0.0)
    size = max([largest(a) for a, _ in pairs], default=0.0)
    return bool(step <= reachable(tolerance, [a for a, _ in pairs]) * max(1.0, size))


def largest(x: Any) -> Any:
    return np.max(np.abs(x), initial=0.0)


def reachable(tolerance: float, parts: list[Any]) -> float:
    """Ask of numbers no more than their precision gives."""
    kinds = [np.result_type(part, np.float32) for part in map(np.asarray, parts)]
    return max([tolerance, *(4.0 * float(np.finfo(kind).eps) for kind in kinds)])


def fixed_point_jvp(f: Any, primals: Any, tangents: Any) -> Any:
    given, x0, tolerance, limit = primals
    x = fixed_point_of(f, given, x0, tolerance, limit)
    if len(given) == 0:
        return x, zeros_like(x)
    b = jvp(lambda *c: f(*c, x), given, tangents[0])[1]
    step = lambda v: add(b, jvp(lambda y: f(*given, y), (x,), (v,))[1])  # noqa: E731
    return x, fixed_point(step, b, tolerance, limit)


def fixed_point_fwd(f: Any, given: Any, x0: Any, tolerance: float, limit: int) -> Any:
    x = fixed_point_of(f, given, x0, tolerance, limit)
    return x, (given, x, tolerance, limit)


def fixed_point_bwd(f: Any, residuals: Any, x_bar: Any) -> Any:
    given, x, tolerance, limit = residuals
    if len(given) == 0:
        return None, None, None, None
    step = lambda u: add(x_bar, vjp(lambda y: f(*given, y), x)[1](u)[0])  # noqa: E731
    w = fixed_point(step, x_bar, tolerance, limit)
    return vjp(lambda *c: f(*c, x), *given)[1](w), None, None, None


fixed_point_of.give(fixed_point_jvp, fixed_point_fwd, fixed_point_bwd)


def root(f: Callable[[Any], Any], x0: Any, tolerance: float = 1e-12, limit: int = 100) -> Any:
    """Compute a root, `f(x) = 0`, by Newton's method from `x0`.

    With J the Jacobian of `f` at the root, reverse mode solves `transpose(J) w = -x_bar`, forward
    mode `J x_dot = -b`. No derivative passes `x0`.

    Args:
        f: a function of what `x0` is, whose result has the same structure; it may capture values
            that are differentiated.
        x0: a number, an array or a container of these to begin with.
        tolerance: Newton's method ends when a step is smaller, relative to the larger of 1 and x,
            or as small as the precision of x allows.
        limit: the number of steps after which it is given up.

    Returns:
        The root, of the structure of `x0`.

    Raises:
        RuntimeError: Newton's method did not converge.
        numpy.linalg.LinAlgError: a Jacobian is singular.

    Source: Griewank and Walther, Evaluating Derivatives, 2nd edition (2008), chapter 15.

    Example:
        >>> import srcxform as sx
        >>> def cube_root(a):
        ...     return root(lambda x: x**3 - a, a)
        >>> round(cube_root(8.0), 6), round(sx.grad(cube_root)(8.0), 6)
        (2.0, 0.083333)
    """
    return root_of(f, (), x0, tolerance, limit)


@Closing
def root_of(f: Any, given: Any, x0: Any, tolerance: float, limit: int) -> Any:
    if is_stood_for():
        return add(x0, f(*given, x0))
    if is_compiling():
        return newton(lambda x: f(*given, x), x0, tolerance, limit)

    def at(x: Any) -> Any:
        return f(*given, x)

    x = x0
    for _ in range(limit):
        new = add(x, minus(solved(*slope(at, x), at(x))))
        if is_near(new, x, tolerance):
            return new
        x = new
    raise RuntimeError(f"Newton's method did not converge in {limit} steps")


def slope(at: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """Give the Jacobian of a function as a matrix, and what a solution is built like."""
    if not pytrees.is_container(x) and not np.iscomplexobj(x):
        return np.reshape(jacfwd(at)(real(x)), (-1, np.size(x))), x
    return columns_of(lambda v: jvp(at, (x,), (v,))[1], x), x


def real(x: Any) -> Any:
    """Let integers be numbers that a derivative passes."""
    return x if np.asarray(x).dtype.kind in "fc" else np.asarray(x) * 1.0


def columns_of(product: Callable[[Any], Any], like: Any) -> Any:
    """Give the matrix of a linear function, column by column."""
    units = np.eye(len(raveled(like)), dtype=raveled(like).dtype)
    return np.stack([raveled(product(built_like(like, unit))) for unit in units], axis=1)


def solved(matrix: Any, like: Any, b: Any) -> Any:
    """Solve a linear equation whose unknown is built like another value."""
    return built_like(like, np.linalg.solve(matrix, raveled(b)))


def root_jvp(f: Any, primals: Any, tangents: Any) -> Any:
    given, x0, tolerance, limit = primals
    x = root_of(f, given, x0, tolerance, limit)
    if len(given) == 0:
        return x, zeros_like(x)
    b = jvp(lambda *c: f(*c, x), given, tangents[0])[1]
    return x, linear_solve(lambda v: jvp(lambda y: f(*given, y), (x,), (v,))[1], minus(b))


def root_fwd(f: Any, given: Any, x0: Any, tolerance: float, limit: int) -> Any:
    x = root_of(f, given, x0, tolerance, limit)
    return x, (given, x)


def root_bwd(f: Any, residuals: Any, x_bar: Any) -> Any:
    given, x = residuals
    if len(given) == 0:
        return None, None, None, None
    if is_compiling():
        pull = lambda u: vjp(lambda y: f(*given, y), x)[1](u)[0]  # noqa: E731
        w = linear_solve(pull, minus(x_bar))
    else:
        matrix, like = slope(lambda y: f(*given, y), x)
        w = minus(solved(np.transpose(matrix), like, x_bar))
    return vjp(lambda *c: f(*c, x), *given)[1](w), None, None, None


root_of.give(root_jvp, root_fwd, root_bwd)


def linear_solve(matvec: Callable[[Any], Any], b: Any) -> Any:
    """Solve the linear equation `matvec(x) = b`.

    The matrix is formed, column by column. Derivatives pass `b` and what `matvec` captures.

    Args:
        matvec: a linear function of what `b` is, whose result has the same structure; it may
            capture values that are differentiated.
        b: the right-hand side, a number, an array or a container of these.

    Returns:
        The solution, of the structure of `b`.

    Raises:
        numpy.linalg.LinAlgError: the matrix is singular.

    Example:
        >>> import srcxform as sx
        >>> float(sx.grad(lambda a: linear_solve(lambda x: a * x, 6.0))(2.0))
        -1.5
    """
    return solution_of(matvec, (), b)


@Closing
def solution_of(f: Any, given: Any, b: Any) -> Any:
    if is_stood_for():
        return add(b, f(*given, b))
    if is_compiling():
        return linear_solution(lambda x: f(*given, x), b)

    def product(x: Any) -> Any:
        return f(*given, x)

    return solved(columns_of(product, b), b, b)


def solution_jvp(f: Any, primals: Any, tangents: Any) -> Any:
    given, b = primals
    given_dot, b_dot = tangents
    x = solution_of(f, given, b)
    if len(given) > 0:
        b_dot = add(b_dot, minus(jvp(lambda *c: f(*c, x), given, given_dot)[1]))
    return x, linear_solve(lambda v: f(*given, v), b_dot)


def solution_fwd(f: Any, given: Any, b: Any) -> Any:
    x = solution_of(f, given, b)
    return x, (given, x)


def solution_bwd(f: Any, residuals: Any, x_bar: Any) -> Any:
    given, x = residuals
    w = linear_solve(lambda u: vjp(lambda y: f(*given, y), x)[1](u)[0], x_bar)
    if len(given) == 0:
        return None, w
    return vjp(lambda *c: f(*c, x), *given)[1](minus(w)), w


solution_of.give(solution_jvp, solution_fwd, solution_bwd)
