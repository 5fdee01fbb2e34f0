"""Reshaping, joining, splitting, selecting."""

import numpy as np

from . import example, normal


@example(normal(1, 2, 6))
def reshapes(a):
    """Functions and methods, a dimension left open."""
    b = a.reshape(3, 4)
    c = np.reshape(a, (4, -1))
    d = b @ c
    return d.reshape(-1) * np.ravel(d.T) + a.ravel()[:9] ** 2 + d.flatten()


@example(normal(2, 2, 3, 4))
def transposes(a):
    b = np.transpose(a, (2, 0, 1))
    c = a.transpose(1, 2, 0)
    d = np.swapaxes(a, 0, 2)
    return np.sum(b * c.T.transpose(2, 1, 0).transpose(1, 2, 0)) + np.sum(d[:3, 0] * a[0, :, :2])


@example(normal(3, 3), normal(4, 3), wrt=(0, 1))
def stacks(u, v):
    """np.stack along both axes."""
    a = np.stack([u, v, u * v])
    b = np.stack((v, u, v), axis=1)
    return a @ b


@example(normal(5, 2, 3), normal(6, 1, 3), normal(7, 3, 2), wrt=(0, 1, 2))
def concatenations(a, b, c):
    rows = np.concatenate((a, b, a * 2.0))
    columns = np.concatenate([a.T, c], axis=1)
    flat = np.concatenate([a, c], axis=None)
    return np.sum(rows[1:4] ** 2 @ columns) * np.sum(flat**2)


@example(normal(8, 3), normal(9, 3), wrt=(0, 1))
def v_and_h_stacks(u, v):
    a = np.vstack([u, v])
    b = np.hstack([v, u * u])
    return np.sum(a[1] * a[0]) * b + np.hstack((a, a)).ravel()[3:9]


@example(normal(10, 3, 3), normal(11, 3), wrt=(0, 1))
def selections(a, v):
    """np.where with arrays and constants on either side."""
    b = np.where(a > 0.0, a * v, v**2)
    c = np.where(v < 0.5, v, 1.0)
    d = np.where(a > v, 0.0, a)
    return np.sum(b * c) + np.sum(d**3)


@example(normal(12, 8))
def clips(v):
    """np.clip, maximum and minimum, away from their kinks."""
    a = np.clip(v, -0.6, 0.7)
    b = np.maximum(v, 0.1) * np.minimum(v, a + 0.05)
    return np.sum(a * v) + np.sum(b**2) + v.clip(0.0, 1.0) @ v


@example(normal(13, 4), normal(14, 4), wrt=(0, 1))
def elementwise_extrema(u, v):
    return np.maximum(u, v) ** 2 - np.minimum(u, v) * np.maximum(u, 0.0)


@example(normal(15, 3), normal(16, 2, 2), wrt=(0, 1))
def repeats_and_tiles(v, a):
    r = np.repeat(v, 2)
    t = np.tile(v, 2)
    m = np.repeat(a, [1, 2], axis=0)
    g = np.tile(a, (2, 3))
    return np.sum(r * t * v[0]) + np.sum(m**2) + np.sum(g[1] * r)


@example(normal(17, 3), 0.8, wrt=(0, 1))
def broadcasts(v, c):
    """A vector and a scalar are broadcast by name."""
    a = np.broadcast_to(v, (2, 3))
    b = np.broadcast_to(c, (3,))
    return np.sum(a * a[:, ::-1]) + b * v


@example(normal(18, 1, 3, 1))
def squeezes(a):
    v = np.squeeze(a)
    w = np.expand_dims(v, 0)
    u = np.expand_dims(v * v, axis=-1)
    return a.squeeze(axis=0) * w + u


@example(normal(19, 6), normal(20, 2, 4), wrt=(0, 1))
def splits(v, a):
    """Equal parts, and cuts at given positions."""
    first, second, third = np.split(v, 3)
    left, right = np.split(a, [1], axis=1)
    return first * second - third**2 + np.sum(left * right, axis=1)


@example(0.7, 1.2, wrt=(0, 1))
def array_constructors(x, y):
    """Arrays of scalars: nested lists, full, constants."""
    rotation = np.array([[np.cos(x), -np.sin(x)], [np.sin(x), np.cos(x)]])
    v = np.full(2, y) * np.ones(2) + np.asarray([x, 0.5])
    w = np.full_like(v, x * y) + np.zeros_like(v) + np.linspace(0.0, 1.0, 2)
    return rotation @ v * w + np.arange(2.0)


@example(0.3, 1.9, wrt=(0, 1))
def active_grid(lo, hi):
    """A grid between active end points, and an integral over it."""
    t = np.arange(6) / 5.0
    x = lo + (hi - lo) * t
    f = np.exp(-x * x)
    return np.sum(0.5 * (f[1:] + f[:-1]) * (x[1:] - x[:-1]))


@example(normal(21, 4), normal(22, 2, 2), wrt=(0, 1))
def rolled_and_flipped(v, a):
    """Rotations and flips written with slices and joins."""
    rolled = np.concatenate((v[-1:], v[:-1]))
    flipped = a[::-1, ::-1]
    return np.stack([rolled * v, np.concatenate(flipped * a)]).T


@example(0.7, normal(957, 2, 3), wrt=(0, 1))
def axes_for_several_at_once(x, y):
    first, second, third = np.atleast_2d(x, y[0], y)
    one, other = np.broadcast_arrays(*np.atleast_1d(x * x, y[1]))
    return np.sum(first * second * third) + np.sum(one * other)
