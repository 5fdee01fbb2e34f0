"""`collections`: deques, and dicts that know a default, count, or are put in order."""

import collections
import copy
from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np

from . import example, normal


@example(normal(1, 6))
def moving_average(x):
    """A deque with a greatest length forgets its oldest element."""
    window = deque(maxlen=3)
    y = np.zeros_like(x)
    for i, value in enumerate(x):
        window.append(value * value)
        y[i] = sum(window) / len(window)
    return y


@example(0.7)
def both_ends(x):
    """A deque grows and shrinks at both ends."""
    d = deque([x, x * x])
    d.appendleft(x * 3.0)
    first, last = d.popleft(), d.pop()
    d.extend([first, last])
    d.rotate(1)
    d += [x]
    return d[0] * d[1] * d[-1] + len(d)


@example(0.7)
def breadth_first(x):
    """A queue of pairs, until it is empty."""
    queue = deque([(x, 0)])
    total = 0.0
    while queue:
        value, depth = queue.popleft()
        total = total + value * value
        if depth < 2:
            queue.append((value * 0.5, depth + 1))
            queue.append((value * 1.5, depth + 1))
    return total


@example(0.7)
def copies_of_a_deque(x):
    """Copies have elements of their own."""
    d = collections.deque([x, 2.0 * x, 3.0 * x], 5)
    e = d.copy()
    e.append(x**4)
    f = copy.copy(d)
    f[0] = x**2
    d.reverse()
    d.insert(1, 7.0 * x)
    if isinstance(d, deque) and not isinstance(d, list):
        return d[0] * d[-1] * e[-1] * f[0] * max(d) * sorted(e)[1]
    return 0.0


class Smoother:
    def __init__(self, n):
        self.held = deque(maxlen=n)

    def push(self, x):
        self.held.append(x)
        return sum(self.held) / len(self.held)


@example(0.7)
def deque_of_an_object(x):
    """A deque is an attribute."""
    smoother = Smoother(2)
    total = 0.0
    for k in range(4):
        total += smoother.push(x**k) * x
    return total


@example(0.7)
def sums_by_key(x):
    """A defaultdict of sums."""
    sums = defaultdict(float)
    for k in range(5):
        sums[k % 2] += x**k
    return sums[0] * sums[1]


@example(0.7)
def defaults_of_a_closure(x):
    """The default is a differentiated value, and the dict is read as one."""
    d = defaultdict(lambda: x)
    d["a"] *= 2.0
    d["b"] += x * x
    t = dict(d)
    for key in sorted(d):
        t[key] = t[key] * d[key]
    return t["a"] * t["b"] * d.get("c", 3.0) + sum(d.values()) + ("c" in d)


@example(0.7)
def counted(x):
    """A Counter of differentiated amounts."""
    amounts = Counter()
    for key in "abca":
        amounts[key] += x
    return amounts["a"] * amounts["b"] + amounts["z"]


@example(0.7)
def kept_in_order(x):
    """An OrderedDict whose first entry is moved to its end."""
    d = OrderedDict()
    d["a"] = x
    d["b"] = x * x
    d.move_to_end("a")
    y = 0.0
    for value in d.values():
        y = y * 2.0 + value
    return y * d["b"]


@example(normal(1, 3))
def columns_to_dict(x):
    """A dict of letters and elements."""
    d = dict(zip("abc", x))  # noqa: B905
    return d["a"] * d["b"] ** 2 * d["c"]


@example(normal(91, 4))
def queue_kept_in_a_list(x):
    """A queue is appended to, summed, measured and kept in a list, all in each turn."""
    last = collections.deque(maxlen=2)
    log = []
    total = 0.0
    for value in x:
        last.append(value * value)
        log.append(last)
        total = total + sum(last) * len(last) + max(last)
    return total + log[0][0]


@example(normal(92, 4))
def taken_from_both_ends(v):
    """Entries are taken from either end of an OrderedDict, counts are taken off a Counter."""
    left = OrderedDict(a=v[0], b=v[1] * v[0], c=np.sin(v[2]), d=v[3])
    _, last = left.popitem()
    _, first = left.popitem(last=False)
    weights = Counter(b=3.0, c=v[1])
    weights.subtract({"b": 1.0, "c": v[3]})
    queue = deque([1.0, 2.0, last])
    queue.remove(2.0)
    return first * queue[1] * sum(weights[key] * value for key, value in left.items())


@example(1.3)
def asked_what_it_is(x):
    """What stands for a container is asked for what the container can do."""
    count, table, queue = Counter(), OrderedDict(a=x), deque([x], maxlen=3)
    y = 2.0 if hasattr(count, "elements") and not hasattr(table, "held") else 0.5
    if hasattr(queue, "maxlen") and hasattr(table, "move_to_end"):
        y = y * 3.0
    if isinstance(table, dict) and not isinstance(queue, list) and type(count) is Counter:
        y = y * 5.0
    return y * table["a"] ** 2 * queue[0]
