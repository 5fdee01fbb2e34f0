"""Ways of being refused that have to do with values that come together, and with text and sets.

Importing this file adds them to `programs.REFUSED`. Functions are added at the end, since goldens
name lines.
"""

import contextlib
import contextvars
import io

import numpy as np

from srcxform import errors, grad

from .programs import REVERSE, refused


class Held:
    def __init__(self, value):
        self.value = value


class Scaled:
    """A descriptor: it keeps what it is given under another name."""

    def __get__(self, owner, cls=None):
        return owner.kept * 2.0

    def __set__(self, owner, value):
        owner.kept = value


class Described:
    value = Scaled()

    def __init__(self, value):
        self.value = value


@refused([2.0, 3.0], error=errors.NoDerivativeError)
def keys_that_are_differentiated(values):
    places = {value: k for k, value in enumerate(values)}
    return sum(value * places[value] for value in sorted(places))


@refused([2.0, 3.0], error=errors.NoDerivativeError)
def set_of_values(values):
    return max(set(values))


@refused(2.0)
def described_attribute(x):
    return Described(x).value


@refused(np.ones(1))
def objects_returned(x, n=3):
    held = [Held(x * k) for k in range(n)]
    for one in held:
        one.value *= x
    return held


class Box:
    def __init__(self):
        self.item = None


@refused(np.ones(1), Box(), 3)
def object_given_away(x, box, n):
    made = [Held(x * k) for k in range(n)]
    for one in made:
        one.value *= x
    box.item = made
    return np.sum(made[1].value)


@refused(2.0, error=errors.NoDerivativeError)
def structured_array(x):
    fields = np.dtype([("height", float), ("width", float)])
    a = np.zeros(2, dtype=fields)
    a["height"] = x
    return np.sum(a["height"])


@refused(2.0, error=errors.NoDerivativeError)
def text_in_a_list(x):
    parts = ["x"]
    parts.append(str(x))
    return float(parts[1])


@refused(2.0, error=errors.NoDerivativeError)
def text_in_a_file(x):
    file = io.StringIO()
    print(x, file=file)
    return float(file.getvalue())


@refused(2.0)
def text_caught(x):
    with contextlib.redirect_stdout(io.StringIO()) as file:
        print(x)
    return float(file.getvalue())


@refused(2.0, error=errors.NoDerivativeError)
def refusal_in_a_bare_except(x):
    try:
        y = float(str(x))
    except:  # noqa: E722
        y = 0.0
    return y * x


@refused(2.0, error=errors.NoDerivativeError)
def refusal_suppressed(x):
    y = x
    with contextlib.suppress(Exception):
        y = float(f"{x}")
    return y * x


@refused(2.0)
def functions_ordered(x):
    steps = []
    for k in range(3):
        steps.append(lambda t, k=k: x * t * k)
    steps.sort(key=lambda step: step(1.0))
    return steps[0](x)


@refused(2.0, error=errors.NoDerivativeError, by=REVERSE)
def number_among_arrays(x):
    y = np.zeros(3)
    y[0] = x
    row = [x, y]
    for k in range(2):
        row.append(k * x)
    return row[1][0] * row[0]


@refused(2.0, error=errors.NoDerivativeError)
def value_of_an_exception(x):
    try:
        if x > 1.0:
            raise ArithmeticError(x * x)
        y = x
    except ArithmeticError as error:
        y = error.args[0]
    return y


@refused(2.0, error=errors.NoDerivativeError)
def text_in_a_file_with(x):
    with io.StringIO(str(x)) as file:
        return float(file.read())


@refused(2.0, error=errors.NoDerivativeError)
def number_in_a_context_variable(x):
    HELD.set(x * x)
    return HELD.get() * x


@refused(2.0, error=errors.NoDerivativeError)
def number_in_a_class(x):
    return type("Held", (), {"value": x * x}).value * x


@refused(2.0, error=errors.NoDerivativeError)
def number_in_a_slice(x):
    return slice(x * x, None).start * x


@refused(2.0, error=errors.NoDerivativeError)
def numbers_in_a_row(x):
    return np.sum(np.r_[x : 2.0 * x : 3j])


@refused(np.array([2.0, 1.0, 3.0]), error=errors.NoDerivativeError)
def factors_at_positions(x):
    np.multiply.at(x, [0, 2, 0], 0.5)
    return np.sum(x * x)


HELD = contextvars.ContextVar("HELD")


@refused(2.0, error=errors.NoDerivativeError, by=REVERSE)
def view_of_a_dict(x):
    table = {}
    for k in range(2):
        table[k] = x**k
    shown = table.values()
    table[2] = x * x
    return sum(shown)


@refused(np.arange(1.0, 9.0), error=errors.MutationError, by=REVERSE)
def parts_that_overlap(x):
    y = x * x
    y[::2] = y[:4]
    return np.sum(y)


ROW = np.array([2.0, 1.0])


@refused(ROW, ROW, error=errors.MutationError)
def arguments_in_one_memory(a, b):
    a *= 2.0
    return np.sum(a * b)


class Recorder:
    def __init__(self):
        self.total = 0.0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.total = self.total * (2.0 if kind is None else 3.0)


@refused(2.0)
def exit_that_asks_what_came(x):
    recorder = Recorder()
    try:
        with recorder:
            recorder.total += x
            if x > 1.0:
                raise ValueError
    except ValueError:
        recorder.total += x * x
    return recorder.total


@refused(np.array([2.0, 1.0, 3.0]), error=errors.MutationError, by=REVERSE)
def positions_of_several_types(x):
    y = x * x
    total = 0.0
    for part in ([0, 1], slice(0, 2), np.array([2, 0])):
        total += np.sum(np.sin(y[part]))
        y[1] = y[1] * total
    return total


def sum_of_nested(parts):
    if isinstance(parts, (list, tuple)):
        total = 0.0
        for i, part in enumerate(parts):
            total = total + (i + 1) * sum_of_nested(part) ** 2
        return total
    return parts


@refused(np.array([0.7, 0.9, 1.2]), error=errors.NoDerivativeError, by=("jvp",))
def gradient_of_a_nested_sum(v):
    def value(v):
        return sum_of_nested([v[0], [v[1], (v[2], v[0] * v[1])], v[1]])

    return np.sum(grad(value)(v))


def handed_on(a, n):
    if n == 0:
        return a
    a[0] *= 2.0
    return handed_on(a * 1.5, n - 1)


@refused(np.ones(2), error=errors.NoDerivativeError)
def exchanged_in_recursion(v):
    a = v * 1.0
    c = handed_on(a, 2)
    c[1] = 5.0
    return np.sum(a**2) + c[0]
