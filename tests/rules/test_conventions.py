"""Where a derivative does not exist: the table at the head of `srcxform/rules/elementwise.py`."""

import importlib.util
import pathlib
import sys
import warnings

import numpy as np
import pytest

SPEC = importlib.util.spec_from_file_location(
    "rule_reference", pathlib.Path(__file__).parent / "reference.py"
)
reference = importlib.util.module_from_spec(SPEC)
sys.modules["rule_reference"] = reference
SPEC.loader.exec_module(reference)

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    "function, args, slopes",
    [
        (np.abs, [0.0], [0.0]),
        (np.abs, [0j], [0.0]),
        (np.fabs, [0.0], [0.0]),
        (np.copysign, [0.0, -1.0], [0.0]),
        (np.maximum, [2.0, 2.0], [0.5, 0.5]),
        (np.minimum, [2.0, 2.0], [0.5, 0.5]),
        (np.maximum, [INF, INF], [0.5, 0.5]),
        (np.fmax, [2.0, 2.0], [0.5, 0.5]),
        (np.fmax, [2.0, NAN], [1.0, 0.0]),
        (np.fmin, [NAN, 2.0], [0.0, 1.0]),
        (np.clip, [1.0, 1.0, 3.0], [0.5, 0.5, 0.0]),
        (np.clip, [3.0, 1.0, 3.0], [0.5, 0.0, 0.5]),
        (np.clip, [5.0, 1.0, 3.0], [0.0, 0.0, 1.0]),
        (np.max, [np.array([3.0, 1.0, 3.0])], [np.array([0.5, 0.0, 0.5])]),
        (np.min, [np.array([1.0, 1.0, 1.0, 2.0])], [np.array([1, 1, 1, 0]) / 3]),
        (max, [2.0, 2.0], [1.0, 0.0]),
        (min, [2.0, 2.0], [1.0, 0.0]),
        (max, [[2.0, 2.0]], [[1.0, 0.0]]),
        (np.power, [0.0, 0.0], [0.0, -INF]),
        (np.power, [np.zeros(2), 0], [np.zeros(2)]),
        (np.power, [0.0, 2.0], [0.0, 0.0]),
        (np.power, [np.zeros(2), np.array([1.0, 3.0])], [np.array([1.0, 0.0]), np.zeros(2)]),
        (np.power, [-2.0, 3], [12.0]),
        (np.sqrt, [np.float64(0.0)], [INF]),
        (np.cbrt, [np.float64(0.0)], [INF]),
        (np.hypot, [np.float64(0.0), np.float64(0.0)], [NAN, NAN]),
        (np.linalg.norm, [np.zeros(2)], [np.full(2, NAN)]),
        (np.sinc, [0.0], [0.0]),
        (np.where, [np.array([True, False]), np.ones(2), np.ones(2)], [[1, 0], [0, 1]]),
    ],
)
def test_slopes_at_kinks(function, args, slopes):
    given = reference.bound(function, tuple(args), {})
    rule = reference.RULES[function]
    names = [n for n in rule.wrt if n in given and reference.is_inexact(given[n])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = function(*args)
        seed = np.ones_like(out) if isinstance(out, np.ndarray) else 1.0
        bars = reference.cotangents_of(function, given, names, seed)
    for name, slope in zip(names, slopes, strict=True):
        assert np.array_equal(bars[name], slope, equal_nan=True), name


def test_square_root_of_a_python_zero_is_refused_as_python_does():
    import math

    with pytest.raises(ZeroDivisionError):
        reference.cotangents_of(math.sqrt, {"x": 0.0}, ["x"], 1.0)
