"""Functions defined by equations: fixed points, roots, solutions of linear equations.

Their derivatives follow from the equation that the result fulfils, by the implicit function
theorem, whatever the iteration that found it did: nothing of it is stored. The functions given may
capture values that are differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcxform.api.forward import jvp
from srcxform.api.jacobians import jacfwd
from srcxform.api.pullback import vjp
from srcxform.rules.custom import Closing

__all__ = ["fixed_point", "linear_solve", "root"]


def fixed_point(
    f: Callable[[Any], Any], x0: Any, tolerance: float = 1e-12, limit: int = 10_000
) -> Any:
    """Compute the fixed point `x = f(x)` by iterating from `x0`.

    Reverse and forward mode solve the linearised equation by iterations of the same kind: with
    A the Jacobian of `f` at the fixed point, `w = x_bar + transpose(A) w` backwards and
    `x_dot = b + A x_dot` forwards. No derivative passes `x0`.

    Args:
        f: a contraction of numbers or arrays; it may capture values that are differentiated.
        x0: a number or array to begin with.
        tolerance: the iteration ends when a step is smaller, relative to the larger of 1 and x.
        limit: the number of steps after which it is given up.

    Returns:
        The fixed point, of the shape of `x0`.

    Raises:
        RuntimeError: the iteration did not converge.

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
    x = x0
    for _ in range(limit):
        new = f(*given, x)
        if is_small(new - x, new, tolerance):
            return new
        x = new
    raise RuntimeError(f"the fixed-point iteration did not converge in {limit} steps")


def is_small(step: Any, x: Any, tolerance: float) -> Any:
    """Say whether a step is small beside what it leads to."""
    return np.max(np.abs(step)) <= tolerance * max(1.0, np.max(np.abs(x)))


def fixed_point_jvp(f: Any, primals: Any, tangents: Any) -> Any:
    given, x0, tolerance, limit = primals
    x = fixed_point_of(f, given, x0, tolerance, limit)
    if len(given) == 0:
        return x, 0.0 * x
    b = jvp(lambda *c: f(*c, x), given, tangents[0])[1]
    step = lambda v: b + jvp(lambda y: f(*given, y), (x,), (v,))[1]  # noqa: E731
    return x, fixed_point(step, b, tolerance, limit)


def fixed_point_fwd(f: Any, given: Any, x0: Any, tolerance: float, limit: int) -> Any:
    x = fixed_point_of(f, given, x0, tolerance, limit)
    return x, (given, x, tolerance, limit)


def fixed_point_bwd(f: Any, residuals: Any, x_bar: Any) -> Any:
    given, x, tolerance, limit = residuals
    if len(given) == 0:
        return None, None, None, None
    step = lambda u: x_bar + vjp(lambda y: f(*given, y), x)[1](u)[0]  # noqa: E731
    w = fixed_point(step, x_bar, tolerance, limit)
    return vjp(lambda *c: f(*c, x), *given)[1](w), None, None, None


fixed_point_of.give(fixed_point_jvp, fixed_point_fwd, fixed_point_bwd)


def root(f: Callable[[Any], Any], x0: Any, tolerance: float = 1e-12, limit: int = 100) -> Any:
    """Compute a root, `f(x) = 0`, by Newton's method from `x0`.

    With J the Jacobian of `f` at the root, reverse mode solves `transpose(J) w = -x_bar`, forward
    mode `J x_dot = -b`. No derivative passes `x0`.

    Args:
        f: a function of a number to a number, or of a vector to a vector of the same length; it
            may capture values that are differentiated.
        x0: a number or vector to begin with.
        tolerance: Newton's method ends when a step is smaller, relative to the larger of 1 and x.
        limit: the number of steps after which it is given up.

    Returns:
        The root, of the shape of `x0`.

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
    def at(x: Any) -> Any:
        return f(*given, x)

    slope = jacfwd(at)
    x = x0
    for _ in range(limit):
        step = solved(slope(x), at(x))
        x = x - step
        if is_small(step, x, tolerance):
            return x
    raise RuntimeError(f"Newton's method did not converge in {limit} steps")


def solved(matrix: Any, b: Any) -> Any:
    """Solve a linear equation: of a matrix and a vector, or of two numbers."""
    if np.ndim(b) == 0:
        return b / matrix
    return np.linalg.solve(matrix, b)


def transposed(matrix: Any) -> Any:
    return np.transpose(matrix) if np.ndim(matrix) == 2 else matrix


def root_jvp(f: Any, primals: Any, tangents: Any) -> Any:
    given, x0, tolerance, limit = primals
    x = root_of(f, given, x0, tolerance, limit)
    if len(given) == 0:
        return x, 0.0 * x
    b = jvp(lambda *c: f(*c, x), given, tangents[0])[1]
    return x, -solved(jacfwd(lambda y: f(*given, y))(x), b)


def root_fwd(f: Any, given: Any, x0: Any, tolerance: float, limit: int) -> Any:
    x = root_of(f, given, x0, tolerance, limit)
    return x, (given, x)


def root_bwd(f: Any, residuals: Any, x_bar: Any) -> Any:
    given, x = residuals
    if len(given) == 0:
        return None, None, None, None
    w = -solved(transposed(jacfwd(lambda y: f(*given, y))(x)), x_bar)
    return vjp(lambda *c: f(*c, x), *given)[1](w), None, None, None


root_of.give(root_jvp, root_fwd, root_bwd)


def linear_solve(matvec: Callable[[Any], Any], b: Any) -> Any:
    """Solve the linear equation `matvec(x) = b`.

    The matrix is formed, column by column. Derivatives pass `b` and what `matvec` captures.

    Args:
        matvec: a linear function of a vector; it may capture values that are differentiated.
        b: the right-hand side, a vector or a number.

    Returns:
        The solution, of the shape of `b`.

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
    def product(x: Any) -> Any:
        return f(*given, x)

    return solved(jacfwd(product)(b), b)


def solution_jvp(f: Any, primals: Any, tangents: Any) -> Any:
    given, b = primals
    given_dot, b_dot = tangents
    x = solution_of(f, given, b)
    if len(given) > 0:
        b_dot = b_dot - jvp(lambda *c: f(*c, x), given, given_dot)[1]
    return x, linear_solve(lambda v: f(*given, v), b_dot)


def solution_fwd(f: Any, given: Any, b: Any) -> Any:
    x = solution_of(f, given, b)
    return x, (given, x)


def solution_bwd(f: Any, residuals: Any, x_bar: Any) -> Any:
    given, x = residuals
    w = linear_solve(lambda u: vjp(lambda y: f(*given, y), x)[1](u)[0], x_bar)
    if len(given) == 0:
        return None, w
    return vjp(lambda *c: f(*c, x), *given)[1](-w), w


solution_of.give(solution_jvp, solution_fwd, solution_bwd)
