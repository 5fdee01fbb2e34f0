"""One function for each way of being refused.

`refused` says with which arguments a function is refused, as what, and by which transformations:
"in reverse" where forward mode can do it. A golden names lines of this file, so functions are added
at the end.
"""

import atexit
import importlib.util
import math
import shutil
import struct
import tempfile
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np

from srcxform import errors

F = TypeVar("F", bound=Callable[..., Any])
BOTH, REVERSE = ("grad", "jvp"), ("grad",)


@dataclass(frozen=True)
class Refused:
    """A function, what it is called with, and what that raises."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    error: type[Exception]
    transforms: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.function.__name__


REFUSED: list[Refused] = []


def refused(
    *args: Any, error: type[Exception] = errors.UnsupportedError, by: tuple[str, ...] = BOTH
) -> Callable[[F], F]:
    """Record that the decorated function is refused for these arguments."""

    def record(function: F) -> F:
        REFUSED.append(Refused(function, args, error, by))
        return function

    return record


# --- syntax


@refused(2.0)
def try_statement(x):
    try:
        return np.sqrt(x)
    finally:
        return 0.0  # noqa: B012


@refused(2.0)
def with_statement(x):
    with np.testing.assert_raises(ValueError):
        y = x * x
    return y


COUNT = 1.0


@refused(2.0)
def global_statement(x):
    global COUNT
    COUNT = x
    return COUNT * x


def counting() -> Callable[..., Any]:
    count = 1.0

    def nonlocal_statement(x):
        nonlocal count
        count = x
        return count * x

    return nonlocal_statement


refused(2.0)(counting())


@refused(2.0)
def one_of_several_functions(x):
    def made(k):
        return lambda t: x * t * k

    return sum([step(x) for step in [made(k) for k in range(40)]])


@refused(2.0)
def lambda_handed_out(x):
    return np.apply_over_axes(lambda a, k: np.sum(a * x, k), np.ones((3, 2)), 0)[0, 0]


@refused(2.0)
def function_returned(x):
    return lambda t: x * t


@refused(2.0)
def nested_class(x):
    class Holder:
        value = x

    return Holder.value


@refused(2.0)
def match_statement(x):
    match (x,):
        case [float(y) | int(y)]:
            return y * y
    return x


@refused(2.0)
def generator(x):
    factor = yield x
    yield x * factor


def steps(x):
    yield x
    yield x * x


@refused(2.0)
def calls_generator(x):
    return next(steps(x))


@refused(2.0)
async def coroutine(x):
    return x * x


# --- calls


@refused(0.5, error=errors.NoDerivativeError)
def function_without_rule(x):
    return struct.unpack("d", struct.pack("d", x))[0]


@refused(np.ones(3), error=errors.NoDerivativeError, by=REVERSE)
def argument_without_rule(x):
    return np.linalg.pinv(np.diag(x), hermitian=True)[0, 0]


@refused(0.5, error=errors.NoDerivativeError)
def vectorized(x):
    return np.vectorize(math.sin, otypes=[float])(x)


def wrong_call(x, y):
    return x * y


@refused(2.0, error=TypeError)
def call_that_does_not_fit(x):
    return wrong_call(x)


@refused(2.0)
def eval_call(x):
    return eval("x * x")


@refused(2.0)
def exec_call(x):
    exec("y = x * x")
    return x


@refused(2.0)
def locals_call(x):
    y = x * x
    return locals()["y"]


@refused(2.0, error=errors.NoDerivativeError)
def text_used_again(x):
    return float(str(x)) * x


@refused(2.0, error=errors.NoDerivativeError)
def formatted_text_used_again(x):
    return float(f"{x:.3f}")


# --- storage


@refused(2.0)
def attribute_store(x):
    box = attribute_store
    box.value = x * x
    return box.value


@refused(2.0, error=errors.NoDerivativeError)
def shape_store(x):
    a = np.ones(3) * x
    a.shape = (3, 1)
    return np.sum(a)


@refused(0.5, error=errors.MutationError, by=REVERSE)
def changed_behind_view(x):
    y = np.ones((2, 2)) * x
    d = np.diag(y)
    y[0, 0] = x * x
    return np.sum(d * d)


@refused(2.0, error=errors.NoDerivativeError)
def set_display(x):
    total = 0.0
    for value in {x, 2.0 * x}:
        total = total + value
    return total


@refused(2.0)
def deque_window(x):
    window = deque([x, x * x])
    print(window)
    return window[0] * window[1]


# --- recursion


@refused((1.0, 2.0), 3)
def growing(items, n):
    if n == 0:
        return items[0]
    return growing((items[0] * items[1], *items, "kept"), n - 1)


def fill(a, i):
    if i < len(a):
        a[i] = a[i] * a[i]
        fill(a, i + 1)
    return a[1:]


@refused(np.ones(3), error=errors.NoDerivativeError)
def recursive_writer(x):
    a = x.copy()
    fill(a, 0)
    return np.sum(a)


# --- source


def from_exec() -> Callable[..., Any]:
    namespace: dict[str, Any] = {}
    exec("def without_source(x):\n    return x * x", namespace)
    return namespace["without_source"]


refused(2.0, error=errors.SourceNotFoundError)(from_exec())


def changed_after_import() -> Callable[..., Any]:
    """Import a file, and change it."""
    folder = tempfile.mkdtemp(prefix="srcxform-tests-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "edited.py"
    path.write_text("def edited(x):\n    return x * x\n", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("edited", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path.write_text("def edited(x):\n    return x * x * x\n", encoding="utf-8")
    return module.edited


refused(2.0, error=errors.SourceNotFoundError)(changed_after_import())


# --- arguments and results


@refused(np.ones(3), error=TypeError, by=REVERSE)
def result_is_an_array(x):
    return x * x


@refused(np.ones(2), error=TypeError, by=REVERSE)
def result_is_a_tuple(x):
    return x[0], x[1]


@refused(2.0 + 1.0j, error=TypeError, by=REVERSE)
def result_is_complex(z):
    return z * z


@refused(np.arange(3), error=TypeError, by=REVERSE)
def integers(x):
    return np.sum(x * x)


@refused("text", error=TypeError, by=REVERSE)
def text_argument(x):
    return len(x)


@refused({1.0, 2.0}, error=TypeError, by=REVERSE)
def set_argument(x):
    return sum(x)


@refused(np.array([2.0, 3.0, 4.0]), error=errors.NoDerivativeError)
def write_that_may_raise(x):
    y = np.zeros(3)
    try:
        y[:2] = x
    except ValueError:
        y[:2] = x[:2]
    return np.sum(y)


@refused(2.0)
def exception_groups(x):
    try:
        y = x * x
    except* ValueError:
        y = x
    return y


@refused(2.0)
def delegating_generator(x):
    x = yield from (x, x * x)


@refused(SimpleNamespace(value=2.0), SimpleNamespace(value=3.0))
def one_of_two_objects_given(a, b):
    chosen = a
    if b.value > a.value:
        chosen = b
    chosen.value = chosen.value * 3.0
    total = a.value
    total = total + b.value
    return total


SHARED = SimpleNamespace(value=2.0)


@refused(SHARED, SHARED, error=errors.MutationError)
def object_given_twice(box, other):
    box.value = box.value * 3.0
    return box.value * other.value


def counted():
    global COUNT
    COUNT = COUNT + 1.0
    return [1.0, COUNT]


@refused(2.0)
def loop_over_a_refused_call(x):
    total = 0.0
    for factor in counted():
        total = total + factor * x
    return total


# --- iterators


@refused(2.0)
def iterator_that_its_loop_draws_from(x):
    values = iter([x, x * x, 3.0 * x])
    total = 0.0
    for value in values:
        total = total + value * next(values)
    return total


class Holder:
    """Holds an iterator."""

    def __init__(self, values):
        self.values = values


@refused(2.0)
def iterator_that_an_object_holds(x):
    holder = Holder(reversed([x, x * x]))
    return sum(holder.values) + 3.0 * sum(holder.values)


@refused(2.0)
def one_of_two_iterators(x):
    values = iter([x, x * x])
    if x > 1.0:
        values = iter([3.0 * x])
    return sum(values)


@refused(2.0)
def generator_of_what_changes(x):
    scale = 2.0
    scaled = (scale * value for value in [x, x * x])
    scale = 5.0
    return sum(scaled)


@refused(2.0)
def unbound_name_tested(x):
    if x > 3.0:
        y = 2.0 * x
    try:
        y  # noqa: B018
    except NameError:
        y = 3.0 * x
    return y * x


@refused(2.0)
def map_of_what_changes(x):
    """`map` computes its elements when they are drawn."""
    values = [x, x * x]
    cubes = map(lambda value: value**3, values)
    values[0] = 3.0 * x
    return sum(cubes)


class Doubled(list):
    """A list that gives twice what it holds."""

    def __getitem__(self, k):
        return 2.0 * list.__getitem__(self, k)


@refused(2.0, error=errors.NoDerivativeError, by=("jvp",))
def list_with_access_of_its_own(x):
    values = Doubled()
    values.append(x)
    return values[0] * x


@refused(2.0)
def generator_over_a_shared_iterator(x):
    """Each turn of `zip` draws twice from one iterator."""
    values = iter([x, x * x, 3.0 * x, x])
    total = 0.0
    for first, second in zip(values, (x * value for value in values), strict=False):
        total += first * second
    return total


@refused(2.0)
def map_that_counts(x):
    """What `map` calls appends to a list that is read before all is drawn."""
    seen = []

    def squared(value):
        seen.append(value)
        return value * value

    squares = map(squared, [x, x * x])
    total = 0.0
    for square in squares:
        total += square * len(seen)
    return total


class Record(list):
    """A list that knows its mean."""

    def mean(self):
        return sum(self) / len(self)


@refused(2.0)
def mean_of_a_list_of_its_own(x):
    record = Record([1.0, 2.0])
    return record.mean() * x


@refused(2.0, error=errors.NoDerivativeError)
def list_with_a_method_of_arrays(x):
    """Whether `mean` is that of an array nobody can tell ahead."""
    record = Record()
    record.append(x)
    return record[0] * x


@refused(np.array([0.4, 0.5]), error=errors.NoDerivativeError)
def write_in_two_tries(x):
    """A write that both may handle runs inside of both."""
    try:
        for k in range(2):
            try:
                x[::-1] = np.sin(x[[1, 0]])
                share = 1.0 / x[k]
            except KeyError:
                share = 0.8
    except Exception:
        share = 0.5
    return x[0] * x[1] * share


@refused(np.array([0.4, 0.5]), error=errors.NoDerivativeError)
def unsure_value_updated(x):
    """What a list of everything holds may be an array or a number."""
    total = 0
    for part in (x, 2.0 * x):
        for k in range(len(x)):
            total = total + part if k else total
    kept = [total]
    total *= total
    return np.sum(total) + np.sum(kept[0])


@refused(np.array([0.4, 0.5]), 0, error=errors.MutationError, by=REVERSE)
def index_that_may_be_empty(x, n):
    """Without pairs the index is `()`, which gives all of the array, and no copy."""
    y = x.copy()
    chosen = y[tuple(zip(range(n)))]
    y *= 2.0
    return np.sum(chosen**2) + np.sum(y)
