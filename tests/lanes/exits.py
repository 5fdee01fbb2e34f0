"""Linear algebra, functions of functions and early exits, tried in lanes."""

import math
from collections import namedtuple

import numpy as np

import srcxform as sx

from . import N, case, nor, pos


@case(np.array([0, 2, 1, 3]), nor(N, 5))
def int_gather(i, x):
    return x[i] + x[i + 1]


@case(np.array([0, 2, 1, 3]), nor(5), axes=(0, None))
def int_gather_shared(i, x):
    return x[i] * x[-1 - i]


@case(np.array([0, 2, 1, 3]), nor(N, 5))
def int_scatter(i, x):
    y = x.copy()
    y[i] = 7.0
    y[i:] += 1.0
    return y


@case(nor(3, N), nor(N, 2), axes=(1, 0), out=-1)
def axes_mixed(x, y):
    return np.outer(x, y)


@case(nor(3, N), nor(2, N), axes=(-1, 1), out=1)
def axes_negative(x, y):
    return np.concatenate([x, y]) * np.sum(x)


@case(
    {"w": nor(N, 2, 3), "b": nor(2)},
    nor(3, N),
    axes=({"w": 0, "b": None}, 1),
    out={"y": 0, "s": -1},
)
def axes_tree(p, x):
    return {"y": p["w"] @ x + p["b"], "s": p["b"] * 2 * x[0]}


@case(pos(N), nor(N, 3))
def math_functions(s, x):
    return math.exp(-s) * math.hypot(s, 2.0) + math.atan2(s, x[0]) + x.sum()


@case(nor(N, 3))
def norm_zero(x):
    n = np.linalg.norm(x)
    if n > 1.0:
        x = x / n
    return x


@case(nor(N, 3), nor(N, 3))
def cross_dot(a, b):
    return np.cross(a, b) @ a + np.dot(a, b) * np.linalg.norm(b)


@case(pos(N, 2, 2))
def inverse_2x2(m):
    m = m + np.eye(2)
    det = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
    return np.array([[m[1, 1], -m[0, 1]], [-m[1, 0], m[0, 0]]]) / det


@case(pos(N, 3, 3))
def linalg_mix(a):
    s = a @ a.T + 3 * np.eye(3)
    l = np.linalg.cholesky(s)
    return (
        np.linalg.slogdet(s)[1]
        + np.trace(np.linalg.inv(s))
        + np.sum(np.linalg.solve(s, a[0]))
        + l[2, 0]
    )


@case(pos(N, 3, 3))
def eig_values(a):
    w, v = np.linalg.eigh(a + a.T)
    return np.sum(w**3) + w[0] * 2


@case(nor(N))
def nested_function(x):
    k = 2.0

    def inner(t):
        return k * t if t > 0 else -t

    k = 3.0
    return inner(x) + inner(-x)


@case(nor(N))
def lambda_list(x):
    fs = [lambda t: t * t, np.sin, lambda t: t * x]
    return sum(f(x) for f in fs)


def fact(n, x):
    return 1.0 if n == 0 else x * fact(n - 1, x) / n


@case(nor(N))
def recursion(x):
    return sum(fact(k, x) for k in range(5))


def collatz(x, depth):
    if x < 1.0 or depth > 20:
        return x
    return collatz(x * 0.5, depth + 1) if x > 2.0 else collatz(x * 0.9, depth + 1)


@case(pos(N) * 5)
def recursion_cond(x):
    return collatz(x, 0)


@case(nor(N, 4))
def early_break(x):
    s = 0.0
    for v in x:
        if s > 1.0:
            break
        s += v * v
    return s


@case(nor(N, 4))
def continue_loop(x):
    s = 0.0
    for v in x:
        if v < 0:
            continue
        s += np.sqrt(v)
    return s


@case(nor(N, 4))
def while_else(x):
    i = 0
    while i < len(x):
        if x[i] > 1.0:
            r = x[i]
            break
        i += 1
    else:
        r = -1.0 * x[0]
    return r


@case(nor(N))
def walrus(x):
    if (y := x * 2) > 0.5:
        return y * y
    return y


@case(nor(N), nor(N), nor(N))
def chained(x, y, z):
    return x if x < y < z else y * z


@case(nor(N), nor(N))
def bool_ops(x, y):
    a = x > 0 and y > 0
    b = x > 0 or y > 0
    return x * a + y * b + (not a) * 2.0


@case(nor(N))
def abs_sign(x):
    return abs(x) * np.sign(x) + np.abs(x) ** 1.5


@case(pos(N))
def power_mix(x):
    return x**3 + 2.0**x + x**x + x**0 + x**-1


@case(nor(N, 2) @ np.array([1, 1j]))
def complex_lane(z):
    return np.abs(z) ** 2 + np.real(z * z) - np.imag(z)


@case(nor(N, 2) @ np.array([1, 1j]))
def mandelbrot(c):
    z = 0j
    n = 0
    while abs(z) < 2 and n < 10:
        z = z * z + c
        n += 1
    return abs(z)


@case(pos(N), pos(N, 3))
def poly_horner(x, c):
    y = 0.0
    for k in c:
        y = y * x + k
    return y


@case(pos(N, 6))
def reshape_mix(x):
    a = x.reshape(2, 3)
    return (a.T @ a).ravel()[::2] + a.sum(axis=0)[0]


@case(pos(N, 6))
def split_stack(x):
    a, b = np.split(x, 2)
    return np.stack([a, b, a * b], axis=1)


@case(pos(N, 4))
def tuple_swap(x):
    a, b, *rest = x
    a, b = b, a
    return a / b + sum(rest)


@case(pos(N), pos(N))
def gen_sum(x, y):
    def gen():
        for k in range(3):
            yield x * k + y

    return sum(gen())


@case(nor(N))
def match_value(x):
    match x > 0:
        case True:
            return x * x
        case _:
            return -x


@case(nor(N))
def assert_pos(x):
    assert x > -100
    return np.exp(x)


Pt = namedtuple("Pt", "x y")


@case(Pt(nor(N), nor(N)))
def named(p):
    return Pt(p.x * p.y, p.y if p.x > 0 else p.x)


@case(nor(N), nor(N))
def inner_grad(x, y):
    return sx.grad(lambda t: t**3 * y)(x)


@case(nor(N, 3))
def inner_jac(x):
    return sx.jacrev(lambda t: np.sin(t) * t[0])(x)


@case(nor(N, 3))
def inner_hess(x):
    return sx.hessian(lambda t: np.sum(t**3) * t[0])(x)


@case(nor(N, 3))
def inner_vmap(x):
    return sx.vmap(lambda t: t * t if t > 0 else -t)(x)


@case(nor(N, 3), nor(N, 3))
def inner_jvp(x, v):
    return sx.jvp(lambda t: np.sin(t) * np.sum(t), (x,), (v,))


@case(nor(N, 3), nor(N, 3))
def inner_vjp(x, v):
    y, pull = sx.vjp(lambda t: np.sin(t) * np.sum(t), x)
    return pull(v)[0] + y


@sx.custom_jvp
def log1pexp(x):
    return np.log(1.0 + np.exp(x))


@log1pexp.defjvp
def _(primals, tangents):
    (x,), (t,) = primals, tangents
    return log1pexp(x), (1 - 1 / (1 + np.exp(x))) * t


@case(nor(N) * 5)
def custom_one(x):
    return log1pexp(x) * x


@sx.custom_vjp
def clipped(lo, hi, x):
    return x


def clipped_fwd(lo, hi, x):
    return x, (lo, hi)


def clipped_bwd(res, g):
    lo, hi = res
    return None, None, np.clip(g, lo, hi)


clipped.defvjp(clipped_fwd, clipped_bwd)


@case(nor(N) * 5)
def custom_two(x):
    return np.sin(clipped(-0.5, 0.5, x)) * 3


@case(pos(N))
def fixed_pt(a):
    x = 1.0
    prev = 0.0
    while abs(x - prev) > 1e-6:
        prev = x
        x = math.cos(a * x) * 0.5
    return x


@case(nor(N, 4, 4))
def matrix_power(a):
    p = np.eye(4)
    for _ in range(3):
        p = p @ (a * 0.3)
    return p[0]
