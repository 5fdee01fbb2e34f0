"""Logs, buffers and diagnostics that active values go into and the result does not need."""

import numpy as np

from . import example, normal, positive


@example(0.7, 6)
def logged(x, n):
    """Each state is appended to a list that nobody reads."""
    history = []
    y = x
    for i in range(n):
        y = y - 0.1 * y * y
        history.append(y)
    return y


@example(positive(1, 4))
def singular_diagnostic(x):
    """A buffer holds the square root of zero, whose derivative is infinite; no result reads it."""
    residual = np.zeros(4)
    y = x.copy()
    for i in range(4):
        y[i] = y[i] * x[i - 1]
        residual[i] = np.sqrt(y[i] - y[i]) * y[i]
    return np.sum(y * y)


@example(normal(2, 3), 0.4, wrt=(0, 1))
def read_under_second_name(x, c):
    """What is written to a buffer is read through its second name."""
    buffer = np.zeros(3)
    same = buffer
    first = same[0] + same[1]
    for i in range(3):
        buffer[i] = x[i] * c
        first = first + same[i] * c
    buffer[0] = c
    return first


@example(normal(3, 2, 3))
def read_through_row(x):
    """Rows of a buffer lie in a list; one is read there, the other one in no place."""
    buffer = np.zeros((2, 3))
    rows = [buffer[0], buffer[1]]
    unread = np.zeros((2, 3))
    others = [unread[0], unread[1]]
    buffer[1] = np.sin(x[0]) * x[1]
    others[0][:] = x[0] * x[1]
    others[1][:] = unread[0]
    return np.sum(rows[1] * x[1])


@example(0.3, 5)
def log_of_tuples(x, n):
    """A list of dicts and tuples is filled; its length alone is used."""
    log = []
    total = 0.0
    while len(log) < n:
        x = np.cos(x)
        log.append({"x": x, "step": (len(log), x * x)})
        total = total + x * len(log)
    return total


class Monitor:
    """Keeps the largest value and all values that it is shown."""

    def __init__(self):
        self.seen = []
        self.largest = 0.0
        self.total = 0.0

    def show(self, value):
        """Take up a value, and hand it back."""
        self.seen.append(value)
        self.total += value
        if value > self.largest:
            self.largest = value
        return value


@example(0.5)
@example(1.5, name="above one")
def monitored(x):
    """An object collects what goes past; only its largest value is asked for."""
    monitor = Monitor()
    y = x
    for _ in range(4):
        y = monitor.show(y * x)
    return monitor.largest + y


@example(normal(4, 3))
def carried_late(x):
    """A value goes through a chain of variables, one further in each turn, before it is read."""
    a = b = c = 0.0
    out = 0.0
    for value in x:
        out = out + c * value
        c = b
        b = a
        a = value * value
    return out + b


@example(normal(5, 3), positive(6, 3), wrt=(0, 1))
def written_argument_of_no_use(x, scratch):
    """An argument serves as scratch memory: its last state is not read."""
    out = 0.0
    for i in range(3):
        out += x[i] * scratch[i]
        scratch[i] = x[i] * out
    return out


@example(positive(7, 3))
def popped_unread(x):
    """Of a stack, every second element is popped and dropped."""
    stack = []
    for value in x:
        stack.append(value * 2.0)
        stack.append(np.log(value))
    kept = 0.0
    while stack:
        stack.pop()
        kept = kept * 0.5 + stack.pop() ** 2
    return kept


@example({"mean": normal(8, 3), "scale": positive(9, 3)}, normal(10, 3), wrt=(0, 1))
def states_given_back(state, x):
    """Layers leave states behind: one as it was given, one made anew, and nobody reads them."""
    after = {}
    for name in ("first", "second"):
        mean = np.mean(x)
        moved = {"mean": 0.9 * state["mean"] + 0.1 * mean, "scale": state["scale"]}
        after[name] = state if name == "first" else moved
        x = np.tanh(x - mean) * state["scale"]
    return np.sum(x)
