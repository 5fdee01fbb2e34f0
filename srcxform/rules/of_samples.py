"""Functions of Python's `statistics`: means and spreads of lists of numbers."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from srcxform.rules.registry import adjoint, linear, tangent
from srcxform.runtime import spread, unpacked


@linear(statistics.mean, "data", wrt="data")
def mean_bar(data: Any, *, out_bar: Any) -> Any:
    return spread(out_bar / len(data), like=data)


def deviations(data: Any) -> Any:
    return np.array(data) - statistics.mean(data)


@tangent(statistics.variance, "data", wrt="data")
def variance_dot(data: Any, *, data_dot: Any) -> Any:
    return 2.0 * np.dot(deviations(data), np.array(data_dot)) / (len(data) - 1)


@adjoint(statistics.variance, "data", wrt="data")
def variance_bar(data: Any, *, out_bar: Any) -> Any:
    return unpacked(deviations(data) * (2.0 * out_bar / (len(data) - 1)), data)


@tangent(statistics.pvariance, "data", wrt="data")
def pvariance_dot(data: Any, *, data_dot: Any) -> Any:
    return 2.0 * np.dot(deviations(data), np.array(data_dot)) / len(data)


@adjoint(statistics.pvariance, "data", wrt="data")
def pvariance_bar(data: Any, *, out_bar: Any) -> Any:
    return unpacked(deviations(data) * (2.0 * out_bar / len(data)), data)


@tangent(statistics.stdev, "data", wrt="data")
def stdev_dot(data: Any, *, out: Any, data_dot: Any) -> Any:
    return np.dot(deviations(data), np.array(data_dot)) / ((len(data) - 1) * out)


@adjoint(statistics.stdev, "data", wrt="data")
def stdev_bar(data: Any, *, out: Any, out_bar: Any) -> Any:
    return unpacked(deviations(data) * (out_bar / ((len(data) - 1) * out)), data)


@tangent(statistics.pstdev, "data", wrt="data")
def pstdev_dot(data: Any, *, out: Any, data_dot: Any) -> Any:
    return np.dot(deviations(data), np.array(data_dot)) / (len(data) * out)


@adjoint(statistics.pstdev, "data", wrt="data")
def pstdev_bar(data: Any, *, out: Any, out_bar: Any) -> Any:
    return unpacked(deviations(data) * (out_bar / (len(data) * out)), data)
