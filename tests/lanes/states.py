"""Derivatives taken inside, data that decide, and objects with a state, tried in lanes."""

import math

import numpy as np

from . import N, case, nor, pos


@case(nor(N, 3))
def outer_kinds(x):
    z = np.zeros((3, 3))
    z[np.arange(3), np.arange(3)] = x
    z += np.tril(np.outer(x, x))
    return z


@case(nor(N, 5), np.array([[0, 1, 2], [2, 3, 4], [1, 1, 1], [0, 4, 2]]))
def gather_array(x, i):
    return x[i] ** 2


@case(nor(N, 5), np.array([[0, 1, 2], [2, 3, 4], [1, 1, 1], [0, 4, 2]]))
def scatter_add(x, i):
    y = np.zeros(5)
    np.add.at(y, i, x[:3])
    return y


@case(nor(N, 5))
def argmax_gather(x):
    i = np.argmax(x)
    return x[i] * 2 + x[np.argmin(x)]


@case(nor(N, 5))
def cum_all(x):
    return np.cumsum(x) + np.cumprod(x) + np.diff(x, append=0.0)


@case(nor(N, 5))
def stats(x):
    return np.mean(x) + np.var(x) + np.std(x) + np.ptp(x) + np.median(x) + np.prod(x)


@case(pos(N, 5))
def logsumexp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


@case(nor(N, 3), nor(3), axes=(0, None))
def shared_written(x, w):
    w = w.copy()
    w[0] = x[0]
    return w * x


@case(nor(N))
def list_grow(x):
    xs = []
    for k in range(3):
        xs.append(x * k)
    xs[0] = x
    return xs.pop() + sum(xs)


@case(nor(N))
def list_grow_cond(x):
    xs = [x]
    while len(xs) < 6 and xs[-1] < 3.0:
        xs.append(xs[-1] + abs(x))
    return sum(xs) / len(xs)


@case(nor(N), nor(N))
def swap_cond(a, b):
    if a > b:
        a, b = b, a
    return a * 2 + b * b


@case(nor(N))
def none_default(x):
    best = None
    for k in (1.0, 2.0, 3.0):
        v = math.sin(k * x)
        if best is None or v > best:
            best = v
    return best


@case(nor(N, 3))
def string_mode(x):
    mode = "a" if x[0] > 0 else "b"
    return x * 2 if mode == "a" else x + 1


@case(nor(N), nor(N))
def ternary_nested(x, y):
    return (x if x > y else y) if x > 0 else (x * y if y > 0 else x - y)


@case(nor(N, 3))
def dtype_mix(x):
    n = 0
    s = 0.0
    for v in x:
        if v > 0:
            n += 1
            s += v
    return s / max(n, 1)


@case(nor(N, 3))
def while_array(x):
    it = 0.0
    while np.max(np.abs(x)) > 0.1:
        x = x * 0.5
        it = it + 1.0
    return x * it


@case(pos(N, 3))
def entropy(p):
    p = p / p.sum()
    h = 0.0
    for q in p:
        if q > 0.3:
            h -= q * math.log(q)
    return h


@case(nor(N, 2), pos(N))
def euler_piecewise(y, k):
    ys = np.zeros((5, 2))
    ys[0] = y
    for i in range(4):
        a = ys[i]
        f = np.array([a[1], -k * a[0] if a[0] > 0 else -2 * k * a[0]])
        ys[i + 1] = a + 0.1 * f
    return ys


@case(pos(N), pos(N))
def golden_section(a, b):
    lo, hi = 0.0, 3.0
    g = (math.sqrt(5) - 1) / 2
    f = lambda x: (x - a) ** 2 + b * x
    for _ in range(20):
        c, d = hi - g * (hi - lo), lo + g * (hi - lo)
        if f(c) < f(d):
            hi = d
        else:
            lo = c
    return f(0.5 * (lo + hi))


@case(nor(N, 8))
def median_filter(x):
    out = np.empty_like(x)
    for i in range(len(x)):
        w = x[max(0, i - 1) : i + 2]
        out[i] = np.sort(w)[len(w) // 2]
    return out


@case(pos(N), np.array([1, 0, 1, 0]))
def bool_flag(x, flag):
    if flag:
        return np.log(x)
    return x**2


@case(pos(N), np.array([True, False, True, False]))
def true_bool(x, flag):
    if flag:
        return np.log(x)
    return x**2


@case(np.array([-1.0, 0.0, 2.0, 1e-300]))
def reciprocal_guard(x):
    return 1.0 / x if x > 1e-200 else 0.0 * x


@case(np.array([-1.0, 0.0, 2.0, 3.0]))
def sqrt_guard(x):
    if x <= 0:
        return x
    s = np.sqrt(x)
    return s / x + np.log(s)


@case(np.array([-1.0, 0.0, 2.0, 3.0]))
def array_guard(x):
    y = np.array([x, 2.0])
    if x > 0:
        y = np.log(y)
    return y


@case(np.array([[1.0, -1.0], [0.0, 2.0], [3.0, 4.0], [-1.0, -2.0]]))
def any_guard(x):
    if np.all(x > 0):
        return np.sum(np.log(x))
    if np.any(x > 0):
        return np.max(x)
    return x.mean()


class Adam:
    def __init__(self, lr):
        self.lr, self.m, self.v, self.t = lr, 0.0, 0.0, 0

    def update(self, p, g):
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.99 * self.v + 0.01 * g * g
        mh, vh = self.m / (1 - 0.9**self.t), self.v / (1 - 0.99**self.t)
        return p - self.lr * mh / (np.sqrt(vh) + 1e-8)


@case(nor(N, 3), pos(N))
def adam_steps(x, lr):
    opt = Adam(0.1 * lr)
    for _ in range(3):
        x = opt.update(x, 2 * x)
    return x


@case(nor(N, 3))
def line_search(x):
    g = 2 * x
    t = 1.0
    f0 = np.sum(x**2)
    while np.sum((x - t * g) ** 2) > f0 - 0.3 * t * np.sum(g * g):
        t *= 0.5
    return x - t * g


@case(pos(N, 3))
def dict_of_lists(x):
    d = {"low": [], "high": []}
    for v in x:
        d["high" if v > 0.8 else "low"].append(v)
    return sum(d["low"]) - sum(d["high"])


@case(nor(N, 4))
def enumerate_zip(x):
    return sum(i * a * b for i, (a, b) in enumerate(zip(x, x[1:])))


@case(nor(N, 4))
def kahan(x):
    s = c = 0.0
    for v in x:
        y = v - c
        t = s + y
        c = (t - s) - y
        s = t
    return s


@case(nor(N, 3, 3))
def einsum_mix(a):
    return np.einsum("ij,kj->ik", a, a).sum(axis=1) + np.einsum("ii", a)


@case(nor(N, 4))
def ufunc_reduce(x):
    return np.add.reduce(x) + np.multiply.outer(x, x).sum()


@case(nor(N, 4))
def round_floor(x):
    return x - np.floor(x) + np.round(x) + x % 1.0 + x // 1.0


@case(nor(N))
def int_of(x):
    k = int(abs(x) * 3)
    return x * k


@case(pos(N) * 3)
def range_of_int(x):
    s = 0.0
    for i in range(int(x) + 1):
        s += x**i
    return s


@case(nor(N), nor(N))
def isnan_guard(x, y):
    z = np.log(abs(x))
    if np.isnan(z) or not np.isfinite(z):
        return y
    return z + y


@case(nor(N, 5))
def unique_path(x):
    order = np.argsort(x)
    return x[order][::-1] * np.arange(5)


@case(pos(N, 3), pos(N))
def rk4(y, k):
    def f(t, y):
        return np.array([-k * y[0], k * y[0] - y[1], y[1] - t * y[2]])

    t, h = 0.0, 0.1
    for _ in range(3):
        k1 = f(t, y)
        k2 = f(t + h / 2, y + h / 2 * k1)
        k3 = f(t + h / 2, y + h / 2 * k2)
        k4 = f(t + h, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        t += h
    return y
