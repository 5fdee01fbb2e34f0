"""Searches, solvers and tables: what scientists write for one case, tried in lanes."""

import math
from dataclasses import dataclass

import numpy as np

from . import N, case, nor, pos

TABLE_X = np.array([0.0, 0.5, 1.0, 1.7, 2.5, 4.0])
TABLE_Y = np.array([1.0, 1.4, 0.7, 2.0, 2.2, 3.0])


@case(np.array([2.0, 3.0, 5.0, 7.0]))
def bisect_sqrt(a):
    lo, hi = 0.0, max(1.0, a)
    for _ in range(60):
        mid = 0.5 * (lo + hi)
        if mid * mid > a:
            hi = mid
        else:
            lo = mid
    return 0.5 * (lo + hi) * a


@case(np.array([2.0, 3.0, 5.0, 0.1]))
def newton_sqrt(a):
    x = a
    while abs(x * x - a) > 1e-6 * a:
        x = 0.5 * (x + a / x)
    return x


@case(np.array([2.0, 3.0, 5.0, 0.1]))
def newton_with_count(a):
    x, n = a, 0
    while abs(x * x - a) > 1e-6 and n < 50:
        x = 0.5 * (x + a / x)
        n += 1
    return x, n


@case(pos(N), pos(N))
def adaptive_euler(k, y0):
    t, y, h = 0.0, y0, 0.1
    while t < 1.0:
        full = y - h * k * y
        half = y - 0.5 * h * k * y
        half = half - 0.5 * h * k * half
        err = abs(full - half)
        if err < 1e-3:
            t = t + h
            y = half
            h = h * 1.5
        else:
            h = h * 0.5
        if t + h > 1.0 and t < 1.0:
            h = 1.0 - t + 1e-15
    return y


@case(np.array([0.2, 0.9, 2.1, 3.3]))
def table_search(x):
    i = np.searchsorted(TABLE_X, x)
    i = min(max(i, 1), len(TABLE_X) - 1)
    t = (x - TABLE_X[i - 1]) / (TABLE_X[i] - TABLE_X[i - 1])
    return (1 - t) * TABLE_Y[i - 1] + t * TABLE_Y[i]


@case(np.array([0.2, 0.9, 2.1, 3.3]), nor(6), axes=(0, None))
def table_loop(x, y):
    for i in range(1, len(TABLE_X)):
        if x < TABLE_X[i]:
            w = (x - TABLE_X[i - 1]) / (TABLE_X[i] - TABLE_X[i - 1])
            return y[i - 1] + w * (y[i] - y[i - 1])
    return y[-1]


@case(np.array([0.2, 0.9, 2.1, 3.3]))
def table_interp(x):
    return np.interp(x, TABLE_X, TABLE_Y)


@case(nor(N, 5))
def in_place_prefix(x):
    y = x.copy()
    for i in range(1, len(y)):
        y[i] += y[i - 1] * 0.5
    return y


@case(nor(N, 5))
def in_place_cond(x):
    y = np.zeros_like(x)
    for i in range(len(x)):
        if x[i] > 0:
            y[i] = math.sqrt(x[i])
        else:
            y[i] = -x[i]
    return y


@case(nor(N, 5))
def where_log(x):
    return np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), 0.0)


@case(nor(N))
def branch_log(x):
    if x > 0:
        return math.log(x)
    return 0.0


@case(nor(N))
def branch_np_log(x):
    if x > 0:
        y = np.log(x)
    else:
        y = x * x
    return y * 2.0


@case(nor(N), nor(N))
def safe_div(x, y):
    try:
        z = x / y if y > 0 else 1 / 0
    except ZeroDivisionError:
        z = x * 2
    return z


@case(nor(N))
def raise_caught(x):
    try:
        if x < 0:
            raise ValueError("negative")
        y = np.sqrt(x)
    except ValueError:
        y = x * 3.0
    return y


@case(nor(N), pos(N))
def dict_state(x, k):
    s = {"pos": x, "vel": 0.0, "t": 0.0}
    for _ in range(5):
        a = -k * s["pos"]
        s["vel"] = s["vel"] + 0.1 * a
        s["pos"] = s["pos"] + 0.1 * s["vel"]
        s["t"] += 0.1
    return s


@case(nor(N), pos(N))
def dict_cond(x, k):
    s = {"a": x, "b": k}
    if x > 0:
        s["a"] = k * x
    return s["a"] * s["b"]


class Spring:
    def __init__(self, k):
        self.k = k
        self.x = 1.0
        self.v = 0.0

    def step(self, h):
        self.v -= h * self.k * self.x
        self.x += h * self.v

    def energy(self):
        return 0.5 * self.v**2 + 0.5 * self.k * self.x**2


@case(pos(N), pos(N))
def spring_class(k, h):
    s = Spring(k)
    for _ in range(4):
        s.step(0.1 * h)
    return s.energy()


@case(pos(N), pos(N))
def spring_until(k, h):
    s = Spring(k)
    while s.x > 0:
        s.step(0.1 + 0.1 * h)
    return s.x


@dataclass
class Particle:
    pos: np.ndarray
    mass: float


@case(Particle(nor(N, 3), pos(N)))
def particle_energy(p):
    return 0.5 * p.mass * np.sum(p.pos**2)


@case(Particle(nor(N, 3), pos(N)))
def particle_moved(p):
    return Particle(p.pos + 1.0, p.mass * 2)


@case(nor(N, 4, 3))
def pair_forces(x):
    f = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            r = np.sqrt(d @ d)
            if r < 2.0:
                fij = d * (2.0 - r) / r
                f[i] += fij
                f[j] -= fij
    return f


@case(pos(N, 3, 3))
def gauss_solve(a):
    a = a.copy() + 2 * np.eye(3)
    b = np.ones(3)
    n = 3
    for k in range(n):
        for i in range(k + 1, n):
            m = a[i, k] / a[k, k]
            a[i, k:] -= m * a[k, k:]
            b[i] -= m * b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


@case(nor(N, 3, 3))
def gauss_pivot(a):
    a = a.copy()
    n = len(a)
    d = 1.0
    for k in range(n):
        p = k + np.argmax(np.abs(a[k:, k]))
        if p != k:
            a[[k, p]] = a[[p, k]]
            d = -d
        d = d * a[k, k]
        for i in range(k + 1, n):
            a[i] -= a[i, k] / a[k, k] * a[k]
    return d


@case(nor(N, 5))
def soft_median(x):
    s = np.sort(x)
    return s[len(s) // 2]


@case(nor(N, 5))
def bubble_sort(x):
    x = x.copy()
    for i in range(len(x)):
        for j in range(len(x) - 1 - i):
            if x[j] > x[j + 1]:
                t = x[j]
                x[j] = x[j + 1]
                x[j + 1] = t
    return x


@case(nor(N, 5))
def running_max(x):
    m = x[0]
    out = [m]
    for v in x[1:]:
        m = max(m, v)
        out.append(m)
    return np.array(out)


@case(nor(N, 5))
def filtered_sum(x):
    return sum(v * v for v in x if v > 0)


@case(nor(N, 5))
def mask_assign(x):
    y = x.copy()
    y[y < 0] = 0.0
    return y


@case(nor(N, 5))
def mask_scaled(x):
    y = x * 2
    y[x < 0] *= 0.1
    return np.sum(y * x)


@case(nor(N, 5))
def clip_all(x):
    return np.clip(x, -0.5, 0.5) + np.maximum(x, 0) - np.minimum(x, 0.3)


@case(nor(N, 6))
def moving_average(x):
    return np.convolve(x, np.ones(3) / 3.0, mode="valid")


@case(nor(N, 6))
def fft_like(x):
    n = len(x)
    out = 0.0
    for k in range(n):
        re = sum(x[j] * math.cos(2 * math.pi * k * j / n) for j in range(n))
        im = sum(x[j] * math.sin(2 * math.pi * k * j / n) for j in range(n))
        out += re * re + im * im
    return out


@case(np.array([3, 5, 2, 4]), pos(N))
def int_counts(n, x):
    y = 1.0
    for _ in range(n):
        y *= x
    return y
