"""Entries of arrays that are joined from products: their cotangents find the way back, or none."""

import numpy as np
import oracles
import pytest

import srcxform as sx

ARGS = (0.7, np.array([0.53867324, 0.64337618, -1.15969635]))


def by_dot(a, v):
    v = v * 1.0
    v[1] = 0.6
    m = np.array([v[:-1], v[:-1]])
    v = np.concatenate([np.dot(m[0], m), v[2:]])
    return np.sum(np.cos(np.array([[a, v[0]], [a, v[-1]]]) + v[:-1][:, None]))


def by_tensordot(a, v):
    v = v * 1.0
    v[1] = 0.6
    m = np.array([v[:-1], v[:-1]])
    v = np.concatenate([np.tensordot(m[0], m, 1), v[2:]])
    return np.sum(np.array([a, v[-1]]))


def test_known_product() -> None:
    tangents = (0.3, np.array([0.3, -0.7, 0.2]))
    truth = oracles.richardson_jvp(by_dot, ARGS, (0, 1), tangents)
    assert oracles.close(sx.jvp(by_dot, ARGS, tangents)[1], truth, 1e-8)
    a_bar, v_bar = sx.grad(by_dot, argnums=(0, 1))(*ARGS)
    assert oracles.close(a_bar * tangents[0] + v_bar @ tangents[1], truth, 1e-8)


def test_number_that_nobody_foresaw() -> None:
    """The kind of the product is not known, so nor is that of its last entry."""
    with pytest.raises(sx.errors.NoDerivativeError, match="a number whose type could not be told"):
        sx.grad(by_tensordot, argnums=(0, 1))(*ARGS)
