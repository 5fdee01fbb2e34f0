"""Second derivatives of programs that put an array into a list and go on changing it."""

from typing import Any

import numpy as np
import oracles

import srcxform as sx


def stored_and_changed(x: Any) -> Any:
    rows = [x * 1.0, x * 2.0]
    row = np.sin(x)
    for k in range(3):
        rows[k % 2] = row
        row[0] = x[1] * x[2] + row[1]
        rows[k % 2][1] += x[0]
        row = row * 2.0
    return np.sum(rows[0] ** 2) + np.sum(rows[1])


def test_stored_and_changed() -> None:
    x, v = np.array([0.7, 1.3, 0.2]), np.array([0.4, -1.1, 0.6])
    slope = oracles.complex_step_jvp(stored_and_changed, (x,), (0,), (v,))
    assert oracles.close(sx.grad(stored_and_changed)(x) @ v, slope, 1e-13)
    curve = oracles.second_directional(stored_and_changed, (x,), (0,), (v,), (v,))
    for found in (
        sx.jvp(sx.grad(stored_and_changed), (x,), (v,))[1] @ v,
        sx.grad(lambda x: sx.grad(stored_and_changed)(x) @ v)(x) @ v,
        sx.grad(lambda x: sx.jvp(stored_and_changed, (x,), (v,))[1])(x) @ v,
    ):
        assert oracles.close(found, curve, 1e-8)
