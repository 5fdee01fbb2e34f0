"""Programs on float32 arrays; the derivatives stay float32."""

import numpy as np

from . import example, normal, positive


@example(normal(1, 6).astype(np.float32))
def sum_of_squares(v):
    return np.sum(v * v) * 0.5


@example(normal(2, 3, 2).astype(np.float32), normal(3, 2).astype(np.float32), wrt=(0, 1))
def affine_layer(w, b):
    """A constant array is made in the argument's own dtype."""
    x = np.ones((4, 3), dtype=np.float32)
    return np.tanh(x @ w + b)


@example(positive(4, 5).astype(np.float32), np.float32(0.4), wrt=(0, 1))
def scaled_by_scalar(v, c):
    """A float32 scalar beside an array of its kind."""
    return np.sum(np.exp(-c * v) / v)


@example(normal(5, 6).astype(np.float32))
def in_place_single(v):
    u = v.copy()
    u[1:] += 0.5 * u[:-1]
    u *= v
    return u


@example(normal(6, 3).astype(np.float32), normal(7, 3), wrt=(0, 1))
def mixed_precision(a, b):
    """float32 with float64: each gradient has its argument's dtype."""
    return np.sum(a * b) + np.sum(np.sin(b) * a**2)


@example(normal(8, 4).astype(np.float32), 0.7, wrt=(0, 1))
def single_with_python_float(v, x):
    """A Python float does not widen an array."""
    for _ in range(3):
        v = v * x + np.cos(v)
    return v


@example({"w": normal(9, 2, 3).astype(np.float32), "b": normal(10, 2).astype(np.float32)}, wrt=0)
def single_params(params):
    h = params["w"].sum(axis=1) * params["b"] + np.zeros_like(params["b"])
    return np.mean(h * h * h)


@example(positive(11, 4).astype(np.float32), analytic=False)
def widened(v):
    """astype in the middle: float64 arithmetic, float32 gradient."""
    w = v.astype(np.float64)
    return np.sum(np.log(w) * w)
