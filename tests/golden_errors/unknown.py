"""Refusals of values of which nothing is known before the program runs, and what to write."""

import pickle
from collections import deque

import numpy as np

from golden_errors.programs import refused
from golden_errors.repaired import repaired
from srcxform import errors

WINDOW = pickle.dumps(deque([1.0, 2.0]))


@refused(2.0, error=errors.NoDerivativeError)
def window_from_outside(x):
    window = pickle.loads(WINDOW)
    window[0] = x
    return window[0] * x


@repaired("window_from_outside", 2.0)
def list_from_outside(x):
    window = [float(value) for value in pickle.loads(WINDOW)]
    window[0] = x
    return window[0] * x


# --- what may be a dict


def tables_or_values(x):
    return {1.5: x[0], 2.5: x[1]} if x[0] > 0 else x


def tables_only(x):
    return {1.5: x[0], 2.5: x[1]} if x[0] > 0 else {1.5: x[1], 2.5: 2.0 * x[0]}


@refused(np.array([0.7, 1.3]), error=errors.NoDerivativeError)
def walked_over_keys(x):
    total = 0.0
    for width in tables_or_values(x):
        total += width * x[1]
    return total


@repaired("walked_over_keys", np.array([0.7, 1.3]))
def walked_over_keys_of_a_dict(x):
    total = 0.0
    for width in tables_only(x):
        total += width * x[1]
    return total


@refused(np.array([0.7, 1.3]), error=errors.NoDerivativeError)
def pairs_of_what_may_be_a_dict(x):
    return sum(value * width for width, value in tables_or_values(x).items())


@repaired("pairs_of_what_may_be_a_dict", np.array([0.7, 1.3]))
def pairs_of_a_dict(x):
    return sum(value * width for width, value in tables_only(x).items())
