"""Refusals of values of which nothing is known before the program runs, and what to write."""

import pickle
from collections import deque

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
