"""The functions whose derivatives are recorded beside this file, one idea each.

`golden` says in which folder, by which transformations and for which arguments a function is
recorded. A golden names the line of its function, so functions are added at the end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Golden:
    """One recorded derivative: of which function, how it was asked for, and for which arguments.

    `transforms` are applied first to last. `captured` are the values that the function captures,
    in the order in which the recorded function takes them behind its arguments.
    """

    path: str
    function: Callable[..., Any]
    transforms: tuple[str, ...]
    args: tuple[Any, ...]
    wrt: tuple[int, ...]
    captured: tuple[Any, ...]
    analytic: bool


GOLDENS: list[Golden] = []


def golden(
    folder: str,
    *transforms: str,
    args: tuple[Any, ...],
    wrt: tuple[int, ...] = (0,),
    captured: tuple[Any, ...] = (),
    analytic: bool = True,
) -> Callable[[F], F]:
    """Have the decorated function recorded, once for each of `transforms` (`"grad.jvp"`: both)."""

    def record(function: F) -> F:
        for name in transforms:
            path = f"{folder}/{function.__name__}.{name}.py"
            steps = tuple(name.split("."))
            GOLDENS.append(Golden(path, function, steps, args, wrt, captured, analytic))
        return function

    return record


def numbers(*shape: int) -> Any:
    """Distinct numbers between -1 and 1, the same at every call."""
    return np.sin(1.0 + np.arange(np.prod(shape, dtype=int))).reshape(shape)


# --- models


@golden("models", "grad", "jvp", "vjp", args=(numbers(3), numbers(4, 3), np.ones(4)))
def loss(w, x, y):
    z = x @ w
    p = 1 / (1 + np.exp(-z))
    r = p - y
    return np.sum(r * r)


PARAMS = {"w1": numbers(3, 4), "b1": numbers(4), "w2": numbers(4), "b2": 0.1}


@golden("models", "grad", args=(PARAMS, numbers(5, 3), numbers(5)))
def mlp(params, x, y):
    h = np.tanh(x @ params["w1"] + params["b1"])
    out = h @ params["w2"] + params["b2"]
    return np.mean((out - y) ** 2)


# --- loops


@golden("loops", "grad", "jvp", "vjp", args=(0.7, 0.3, 5), wrt=(0, 1))
def decay(x, k, n):
    y = x
    for i in range(n):
        y = y - k * y * y
    return y


@golden("loops", "grad", "jvp", args=(numbers(6),))
def pairs(x):
    total = 0.0
    for i in range(len(x) - 1):
        total = total + x[i] * x[i + 1]
    return total


@golden("loops", "grad", args=(2.0,))
def newton(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


@golden("loops", "grad", args=(1.3, 0.2), wrt=(0, 1), analytic=False)
def outgrow(x, rate):
    for i in range(100):
        if x > 4.0:
            break
        x = x + rate * x * x
    return x


@golden("loops", "grad", args=(numbers(5), 0.3), analytic=False)
def leaky(x, slope):
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0.0:
            total = total + x[i] * x[i]
        else:
            total = total + slope * x[i]
    return total


@golden("loops", "grad", args=(0.8, 0.3, 0.1, 6), wrt=(0, 1))
def oscillator(q, p, dt, n):
    for i in range(n):
        q, p = q + dt * p, p - dt * np.sin(q)
    return q * q + p * p


# --- branches


@golden("branches", "grad", "jvp", args=(0.7, 0.3), wrt=(0, 1), analytic=False)
def hinge(x, a):
    if x > a:
        y = x * x
    else:
        y = a * x
    return np.sin(y)


@golden("branches", "grad", args=(0.7, 1.0), analytic=False)
def huber(x, delta):
    if abs(x) <= delta:
        return 0.5 * x * x
    return delta * (abs(x) - 0.5 * delta)


# --- arrays


@golden("arrays", "grad", args=(numbers(8), 0.1, 4), wrt=(0, 1))
def heat(u, c, n):
    u = u.copy()
    for i in range(n):
        u[1:-1] += c * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


SPD = numbers(3, 3) @ numbers(3, 3).T + 2.0 * np.eye(3)


@golden("arrays", "grad", args=(SPD,))
def cholesky(a):
    n = len(a)
    chol = np.zeros_like(a)
    for j in range(n):
        s = a[j:, j] - chol[j:, :j] @ chol[j, :j]
        chol[j:, j] = s / np.sqrt(s[0])
    return np.sum(chol)


@golden("arrays", "grad", args=(numbers(6), 3))
def jacobi(b, n):
    old = np.zeros_like(b)
    new = np.zeros_like(b)
    for i in range(n):
        new[1:-1] = 0.5 * (old[2:] + old[:-2] + b[1:-1])
        old, new = new, old
    return np.sum(old * old)


@golden("arrays", "grad", args=(numbers(3, 1), numbers(4)), wrt=(0, 1))
def grid(x, y):
    return np.sum(np.sin(x * y))


@golden("arrays", "grad", args=(numbers(2, 3), numbers(3, 4)), wrt=(0, 1))
def product(a, b):
    c = a @ b
    return np.sum(c * c)


@golden("arrays", "grad", args=(numbers(2, 3, 4), numbers(2, 4, 2)), wrt=(0, 1))
def contract(a, b):
    c = np.einsum("nij,njk->ik", a, b)
    return np.sum(c * c)


# --- elementwise and reductions


@golden("expressions", "grad", "vjp", args=(numbers(3, 4),))
def softmax(x):
    shifted = x - np.max(x, axis=1, keepdims=True)
    e = np.exp(shifted)
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.sum(p[:, 0])


@golden("expressions", "grad", args=(numbers(4),))
def logsumexp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


@golden("expressions", "grad", args=(numbers(5), 0.2), wrt=(0, 1), analytic=False)
def selected(x, low):
    y = np.clip(x, -0.5, 0.8)
    z = np.where(x > 0.0, y * y, 3.0 * y)
    return np.sum(np.maximum(z, low))


@golden("expressions", "grad", args=(0.6, -0.4), wrt=(0, 1), analytic=False)
def modulus(x, y):
    z = x + 1j * y
    w = z * z + 1.0
    return np.abs(w) ** 2


# --- containers


@golden("containers", "grad", args=(numbers(4),))
def squares(x):
    parts = []
    for value in x:
        parts.append(value * value)
    return sum(parts) * parts[0]


# --- calls


@golden("calls", "grad", args=(0.9, 5))
def power(x, n):
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def scaled_by(scale):
    def scaled(x):
        return np.sum(np.sin(scale * x))

    return scaled


golden("calls", "grad", args=(numbers(3),), captured=(1.5,))(scaled_by(1.5))


# --- higher order


@golden("orders", "grad.grad", "grad.jvp", args=(0.7,))
def cubic(x):
    return x * x * x + np.sin(x)


# --- longer programs


@golden("programs", "grad", args=(numbers(5), 0.3, 0.1, 6), wrt=(0, 1))
def burgers(u, nu, dt, n):
    u = u.copy()
    for step in range(n):
        slope = 0.5 * (u[2:] - u[:-2])
        bend = u[2:] - 2.0 * u[1:-1] + u[:-2]
        u[1:-1] += dt * (nu * bend - u[1:-1] * slope)
    return np.sum(u)


CELL = {"input": numbers(3, 2), "state": numbers(3, 3), "bias": numbers(3)}


@golden("programs", "grad", args=(CELL, numbers(4, 2)))
def recurrent(cell, inputs):
    state = np.zeros(3)
    for x in inputs:
        state = np.tanh(cell["input"] @ x + cell["state"] @ state + cell["bias"])
    return np.sum(state)


@golden("programs", "grad", args=(numbers(3, 4),))
def softpath(cost):
    rows, columns = cost.shape
    best = np.zeros((rows, columns))
    best[0, 0] = cost[0, 0]
    for i in range(1, rows):
        for j in range(1, columns):
            step = np.exp(-best[i - 1, j]) + np.exp(-best[i, j - 1])
            best[i, j] = cost[i, j] - np.log(step)
    return best[rows - 1, columns - 1]


@golden("programs", "grad", args=(SPD,))
def doolittle(a):
    n = len(a)
    upper = a.copy()
    for k in range(n - 1):
        for i in range(k + 1, n):
            factor = upper[i, k] / upper[k, k]
            upper[i, k:] -= factor * upper[k, k:]
    return np.sum(np.log(np.diag(upper) ** 2))


@golden("programs", "grad", args=(0.4, np.linspace(0.0, 1.0, 4), numbers(4)), wrt=(0, 2))
def interpolate(x, knots, values):
    k = 0
    while k < len(knots) - 2 and knots[k + 1] < x:
        k = k + 1
    t = (x - knots[k]) / (knots[k + 1] - knots[k])
    return (1.0 - t) * values[k] + t * values[k + 1]


def damped(rate, cutoff):
    if rate < cutoff:
        return rate * rate
    return cutoff * rate


@golden("programs", "grad", args=(numbers(4), 0.4), analytic=False)
def penalty(rates, cutoff):
    total = 0.0
    for rate in rates:
        total += damped(rate, cutoff)
    return total


ORBIT = {"mass": 1.5, "spring": 0.8, "drag": 0.1}


@golden("programs", "value_and_grad", args=(ORBIT, 1.0, 5))
def settle(constants, x, n):
    v = 0.0
    for step in range(n):
        force = -constants["spring"] * x - constants["drag"] * v
        v = v + 0.1 * force / constants["mass"]
        x = x + 0.1 * v
    return x * x


@golden("programs", "grad", args=(numbers(3, 4), 0.5), analytic=False)
def exceed(table, limit):
    total = 0.0
    for row in table:
        for entry in row:
            if entry > limit:
                break
            total = total + entry * entry
    return total


@golden("programs", "grad", args=(0.4, numbers(4)), wrt=(0, 1))
def horner(x, coefficients):
    value = 0.0
    for c in coefficients:
        value = value * x + c
    return value * value


@golden("programs", "grad.grad", args=(0.6, 4))
def logistic(x, n):
    for step in range(n):
        x = 3.2 * x * (1.0 - x)
    return x


@golden("programs", "grad", args=(np.tril(numbers(3, 3)) + 3.0 * np.eye(3), numbers(3)), wrt=(0, 1))
def solve(lower, b):
    x = np.zeros_like(b)
    for i in range(len(b)):
        x[i] = (b[i] - lower[i, :i] @ x[:i]) / lower[i, i]
    return np.sum(x * x)


@golden("programs", "grad", args=(numbers(4, 3), np.array([0, 2, 1, 1])))
def entropy(scores, labels):
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])


@golden("branches", "grad", args=(0.9,), analytic=False)
def growth(x):
    if x < 0.5:
        return x**2
    y = x * x * x
    if y > 0.9:
        return y
    return y * np.cos(y)


@golden("containers", "grad", args=({"w": np.array([0.5, 0.2]), "b": 0.4}, np.array([1.0, -2.0])))
def descent(params, x):
    """The loss after a step down a slope."""
    slopes = {"w": x, "b": 1.0}
    lowered = {key: value - 0.1 * slopes[key] for key, value in params.items()}
    return (lowered["w"] @ x + lowered["b"]) ** 2


@golden("calls", "grad", args=(np.array([0.5, 0.2]), 0.4), wrt=(0, 1))
def converted(x, y):
    """Arguments made arrays, as libraries do at their entry."""
    x, y = (np.asarray(value, dtype=float) for value in (x, y))
    return np.sum(x**2 * y)


@golden("containers", "grad", args=({"x": numbers(4), "k": 0.5},))
def elements(table):
    """Each turn reads one element of an array in a dict, and may take no longer than that."""
    total = 0.0
    for i in range(1, len(table["x"])):
        total += table["x"][i] * table["k"] * table["x"][i - 1]
    return total
