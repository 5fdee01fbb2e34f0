"""What `checkpoint` with snapshots refuses, and what it asks for."""

import numpy as np

from srcxform import checkpoint, errors

from .programs import refused
from .repaired import repaired

NO_RULE, UNSUPPORTED = errors.NoDerivativeError, errors.UnsupportedError


def settling(x):
    for _ in range(5):
        x = np.sin(x)
    return x


@refused(0.3, error=UNSUPPORTED)
def number_of_snapshots_computed(x):
    return checkpoint(settling, snapshots=int(abs(x)) + 2)(x)


@repaired("number_of_snapshots_computed", 0.3)
def number_of_snapshots_written(x):
    return checkpoint(settling, snapshots=2)(x)


@refused(0.3, error=UNSUPPORTED)
def snapshots_of_numpy(x):
    return checkpoint(np.sin, snapshots=3)(x)


@repaired("snapshots_of_numpy", 0.3)
def checkpoint_of_numpy(x):
    return checkpoint(np.sin)(x)


@refused(0.3, error=UNSUPPORTED)
def snapshots_without_loop(x):
    return checkpoint(lambda y: settling(y) * y, snapshots=3)(x)


@repaired("snapshots_without_loop", 0.3)
def snapshots_where_the_loop_is(x):
    return (lambda y: checkpoint(settling, snapshots=3)(y) * y)(x)


def there_and_back(x):
    for _ in range(3):
        x = np.sin(x)
    for _ in range(3):
        x = np.cos(x)
    return x


@refused(0.3, error=UNSUPPORTED)
def two_loops(x):
    return checkpoint(there_and_back, snapshots=2)(x)


@checkpoint(snapshots=2)
def there(x):
    for _ in range(3):
        x = np.sin(x)
    return x


@checkpoint(snapshots=2)
def back(x):
    for _ in range(3):
        x = np.cos(x)
    return x


@repaired("two_loops", 0.3)
def two_functions(x):
    return back(there(x))


def layers(x):
    for f in (np.sin, np.cos, np.tanh):
        x = f(x)
    return x


@refused(0.3, error=UNSUPPORTED)
def turns_written_out(x):
    return checkpoint(layers, snapshots=2)(x)


@repaired("turns_written_out", 0.3)
def without_snapshots(x):
    return checkpoint(layers)(x)


def into_what_is_seen(x):
    u = np.zeros(4)
    seen = u[1:]
    u[0] = x
    for i in range(3):
        u[i + 1] = np.sin(u[i])
    return np.sum(seen)


@refused(0.3, error=NO_RULE, by=("grad",))
def written_into_what_is_seen(x):
    return checkpoint(into_what_is_seen, snapshots=2)(x)


def into_its_own(x):
    u = np.zeros(4)
    u[0] = x
    for i in range(3):
        u[i + 1] = np.sin(u[i])
    return np.sum(u[1:])


@repaired("written_into_what_is_seen", 0.3)
def written_into_its_own(x):
    return checkpoint(into_its_own, snapshots=2)(x)
