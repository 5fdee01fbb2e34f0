"""`and`, `or` and comparisons whose later operands run code of the user's, or would raise."""

from collections import namedtuple

from . import example

Best = namedtuple("Best", "size place")


class Asked:
    """Counts how often it is asked, and raises if it has nothing to tell."""

    def __init__(self, values):
        self.values = values
        self.times = 0

    def __len__(self):
        return len(self.values)

    def __getitem__(self, k):
        self.times += 1
        return 2.0 * self.values[k]

    @property
    def first(self):
        self.times += 1
        if not self.values:
            raise ValueError("empty")
        return self.values[0]

    def __gt__(self, other):
        self.times += 1
        return self.values[0] > other


@example(0.7, 0.3, wrt=(0, 1), analytic=False)
def asked_while_there_is_more(x, y):
    asked, k, total = Asked([x, y]), 0, 0.0
    while k < len(asked) and asked[k] > 0:
        total += asked[k] ** 2
        k += 1
    return total * asked.times


@example(0.7, 0, analytic=False)
@example(0.7, 2, analytic=False, name="two")
def asked_if_there_is_any(x, n):
    asked = Asked([x, x * x][:n])
    if n > 0 and asked.first > 0.5:
        x = x * x
    if n == 0 or asked > 0.5 or asked.first < 0.1:
        x = x * 1.5
    certain = n > 0 and asked.first > 0.6
    if 0 < n < asked.first * 5 or not (n == 0 or asked.first < 0):
        x = x * 1.1
    return x * (1 + certain) * (asked.times + 1)


@example(0.7, analytic=False)
def asked_in_a_comprehension(x):
    few, more = Asked([x]), Asked([x, 2.0])
    chosen = [k * x for k in range(4) if k > 0 and few.first > 0.1 or k == 0 and more.first > 1]
    return sum(chosen) ** 2 * few.times + more.times * x


@example(0.7, analytic=False)
def best_so_far(x):
    best = None
    for k in range(4):
        size = x * k * (3 - k)
        if best is None or size > best.size:
            best = Best(size, k)
    return best.size * best.place


@example(0.7, analytic=False)
def until_large_enough(x):
    best, k = None, 0
    while best is None or best.size < 1.0:
        k += 1
        best = Best(x * k * k, k)
    return best.size * best.place * x
