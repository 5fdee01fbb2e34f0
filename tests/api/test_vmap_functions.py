"""Small functions of one vector for a batch: what the loop over the lanes gives, or its exception.

An axis that one lane does not have must not be found among the lanes.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from oracles import is_number, tree_map

import srcxform as sx

X = np.random.default_rng(0).normal(size=(4, 3))

RIGHT: list[Callable[[Any], Any]] = [
    lambda x: np.sum([x[0], x[1]]),
    lambda x: np.max([x, x * 2]),
    lambda x: np.mean((x[0], 2.0)),
    lambda x: np.cumsum(x[0], axis=-1),
    lambda x: np.round(x[0] * 100, int(abs(x[1]))),
    lambda x: np.argsort(x[0]),
    lambda x: np.sum(x[0], axis=-1),
    lambda x: np.linalg.norm(x[0]),
    lambda x: np.nan_to_num(x, nan=x[0]),
    lambda x: np.linalg.det(np.outer(x, x) + np.eye(3)),
    lambda x: np.max(x, initial=2.0),
    lambda x: np.sum(x, where=x > 0),
    lambda x: np.tril(x),
    lambda x: np.median(x),
    lambda x: np.average(x, weights=x**2),
    lambda x: np.interp(0.5, np.arange(3.0), x),
    lambda x: np.searchsorted(np.arange(3.0), x[0]),
    lambda x: np.convolve(x, x),
    lambda x: np.einsum("i,i", x, x),
    lambda x: np.einsum("i,j->ij", x, np.arange(2.0)),
    lambda x: np.tensordot(x, x, 1),
    lambda x: np.unique(np.round(x)).sum(),
    lambda x: np.array([[x[0], x[1]], [x[2], 1.0]]),
    lambda x: np.array([x, x]),
    lambda x: np.concatenate([x, [x[0]]]),
    lambda x: np.clip(x, x[0], None),
    lambda x: x.astype(int),
    lambda x: np.add.outer(x, x),
    lambda x: max(x) + min(x[0], 0.0) + sum(x),
    lambda x: sum([x, x[0], 1.0]),
    lambda x: divmod(x[0], 0.3)[1],
    lambda x: int(x[0] * 10),
    lambda x: x[0] > 0 and x[1] > 0,
    lambda x: not x[0] > 0,
    lambda x: ~(x > 0) & (x < 1),
    lambda x: x.reshape(3, 1) @ x.reshape(1, 3),
    lambda x: x.std(ddof=1) + x.sum(keepdims=True),
    lambda x: {"a": x, "b": [x[0], 2]},
    lambda x: (x, None, "s", 3),
    lambda x: x[[0, 1]] + x[np.array([True, False, True])],
    lambda x: x[None, :, None],
    lambda x: x[np.array([[0, 1], [2, 2]])] * x[..., 0],
    lambda x: np.linspace(0, x[0], 3),
    lambda x: np.full(2, x[0]) + np.ones_like(x)[0],
    lambda x: x.size * x.ndim * x.shape[0] * len(x) * x[0],
    lambda x: np.meshgrid(x, x)[0],
    lambda x: np.cross(x, x[::-1]),
    lambda x: np.select([x > 0, x <= 0], [x, -x]),
    lambda x: np.histogram(x, bins=2)[0],
    lambda x: np.fft.fft(x).real,
    lambda x: x[int(abs(x[0]) * 2)],
    lambda x: x[:2][int(abs(x[0]))],
]
RAISE: list[Callable[[Any], Any]] = [
    lambda x: np.sort(x[0]),
    lambda x: np.flip(x[0], -1),
    lambda x: np.sum(x, axis=-2),
    lambda x: np.expand_dims(x[0], -2),
    lambda x: np.stack([x[0], x[1]], axis=-2),
    lambda x: np.swapaxes(x, -1, -2),
    lambda x: np.roll(x[0], 1, axis=-1),
    lambda x: np.concatenate([x, x], axis=-2),
    lambda x: np.diff(x[0]),
    lambda x: np.linalg.norm(x, axis=-2),
    lambda x: np.take(x, [0], axis=-2),
    lambda x: np.moveaxis(x, -2, 0),
    lambda x: np.linalg.inv(x),
    lambda x: np.trace(x),
    lambda x: x[0, 0],
]


def stacked(*lanes: Any) -> Any:
    numeric = is_number(lanes[0]) or isinstance(lanes[0], bool | np.bool_)
    return np.stack(lanes) if numeric else lanes[0]


@pytest.mark.parametrize("number", range(len(RIGHT)))
def test_what_the_lanes_give(number: int) -> None:
    function = RIGHT[number]
    truth = tree_map(stacked, *(function(x) for x in X))

    def check(theirs: Any, ours: Any) -> None:
        if not isinstance(theirs, np.ndarray):
            assert ours == theirs
            return
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)

    tree_map(check, truth, sx.vmap(function)(X))


@pytest.mark.parametrize("number", range(len(RAISE)))
def test_no_axis_is_found_among_the_lanes(number: int) -> None:
    function = RAISE[number]
    with pytest.raises((ValueError, TypeError, IndexError)):
        function(X[0])
    with pytest.raises((ValueError, TypeError, IndexError)):
        sx.vmap(function)(X)
