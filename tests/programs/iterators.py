"""Iterators and generators that have a name: each element is drawn once, wherever that is."""

import itertools
from types import SimpleNamespace

import numpy as np

from . import example, normal


@example(1.3)
@example(0.2, name="to the end")
def first_loop_is_left(x):
    """A second loop goes on where the first one was left."""
    powers = iter([x, x * x, x**3, x**4])
    total = 0.0
    for power in powers:
        total = total + power
        if total.real > 3.0:
            break
    for power in powers:
        total = total + 10.0 * power
    return total


@example(normal(50, 4), normal(51, 3), wrt=(0, 1))
def pairs_in_two_loops(u, v):
    pairs = zip(u, v)
    total = 1.0
    for k in range(3):
        for a, b in pairs:
            total = total * (a + (k + 2.0) * b)
            break
    return total


@example(normal(52, 3))
def generator_is_used_up(x):
    """The second sum is zero."""
    squares = (entry * entry for entry in x)
    first = sum(squares)
    return first * x[0] + sum(squares)


def twice(values):
    return sum(values) + 3.0 * sum(values)


def cubes(values):
    return (value**3 for value in values)


@example(0.8)
def generator_goes_through_functions(x):
    drawn = cubes([x, 2.0 * x, x * x])
    first = next(drawn)
    return first * twice(drawn) + twice(x * k for k in range(3)) + twice([x, x * x])


@example(0.9)
def next_with_defaults(x):
    values = iter([x, x * x])
    return next(values) + 2.0 * next(values, 5.0) * next(values, x) + next(values, 7.0)


@example(normal(53, 5))
def running_differences(x):
    values = iter(x)
    before = next(values)
    total = 0.0
    for value in values:
        total = total + (value - before) ** 2
        before = value
    return total * before


@example(1.1)
def new_iterator_in_each_turn(x):
    total = 0.0
    for k in range(3):
        values = iter([x * k, x * x, x])
        for value in values:
            total = total + value
            break
        total = total + 2.0 * sum(values)
    return total


@example(normal(54, 4))
def backwards_from_the_second(x):
    values = reversed(x)
    last = next(values)
    product = last
    for k, value in enumerate(values):
        product = product + k * value * last
    return product


@example(normal(55, 3))
def inactive_pairs_are_left(x):
    """Nothing differentiated is in it, and still it gives each pair once."""
    weights = zip(range(3), [1.0, 2.0, 3.0])
    total = 0.0
    for k, weight in weights:
        total = total + weight * x[k]
        if k == 1:
            break
    for k, weight in weights:
        total = total + 10.0 * weight * x[k] ** 2
    return total


@example(0.6)
def list_grows_from_a_generator(x):
    values = (x**k for k in range(3))
    out = [x]
    out.extend(values)
    out.extend(values)
    a, b = (x * k for k in (2.0, 3.0))
    return sum(out) + a * b


@example(normal(56, 3), 4)
def second_name(x, n):
    values = iter(list(x) * n)
    same = values
    total = 0.0
    for value in values:
        total = total + value
        if total.real > 0.5:
            break
    return np.sin(total) + sum(same)


@example(0.7)
def named_map(x):
    """What `map` and `filter` give is used up as well."""
    squares = map(lambda v: v * v, [x, 2.0 * x, x * x])
    first = next(squares)
    rest = sum(squares) * first + sum(squares)
    return rest + twice(filter(lambda v: v is not None, [x, x**3]))


class Powers:
    """An iterator of a user's own."""

    def __init__(self, x, n):
        self.x, self.n, self.k = x, n, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.k >= self.n:
            raise StopIteration
        self.k += 1
        return self.x**self.k


class Pair:
    """What `__iter__` gives is a generator."""

    def __init__(self, x):
        self.x = x

    def __iter__(self):
        yield self.x
        yield self.x**2


class Shelf:
    """What `__iter__` gives is an iterator of a list."""

    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


class Multiples:
    """Positions are asked for until there are no more."""

    def __init__(self, x):
        self.x = x

    def __getitem__(self, k):
        if k >= 3:
            raise IndexError
        return self.x * k


@example(0.7)
def own_iterator(x):
    """`__next__` is asked until it stops, or until the loop is left."""
    y = 0.0
    for value in Powers(x, 4):
        if value < 0.3:
            break
        y = y + value * value
    return y


@example(0.7)
def own_generator(x):
    """`__iter__` is a generator function."""
    a, b = Pair(x)
    return sum(Pair(x)) * a * b + max(*Pair(x)) + sum(v * x for v in Pair(x))


@example(0.7)
def own_shelf(x):
    """`__iter__` hands on what a list gives."""
    shelf = Shelf([x, x * x])
    y = 0.0
    for k, value in enumerate(shelf):
        y = y + value * value * k
    for value, other in zip(shelf, Pair(x), strict=False):
        y = y + value * other
    return y * sorted(shelf)[0]


@example(0.7)
def own_positions(x):
    """A loop over an object with `__getitem__` only."""
    y = 1.0
    for value in Multiples(x):
        y = y + value * value
    return y


@example(0.7)
def keys_in_order(x):
    """The keys of a dict, sorted."""
    d = {}
    for k in range(3):
        d["bca"[k]] = x * (k + 1)
    y = 1.0
    for key in sorted(d):
        y = y * x + d[key]
    return y


@example(normal(1, 4))
def greatest_of_sorted(x):
    """A list that grew, sorted; and the greatest of however many."""
    squares = []
    for value in x:
        squares.append(value * value)
    ordered = sorted(squares)
    return ordered[1] * ordered[0] + max(*x) ** 3


@example(0.7)
def grouped_and_cut(x):
    xs = [x, x * x, 0.3, x**3, 2 * x]
    total = 0.0
    for large, group in itertools.groupby(sorted(xs), key=lambda v: v > 0.5):
        total += sum(group) * (2 if large else 1)
    for k, (a, b) in enumerate(zip(xs, itertools.islice(xs, 1, None), strict=False)):
        total += k * a * b
    return total + sum(itertools.islice(xs, 1, None, 2))


@example(np.array([1.0, 0.5, 2.0, 0.3, 0.7, 1.1]))
def groups_from_one_iterator(v):
    """What makes no whole group is drawn, too, and dropped."""
    values = iter(v)
    total = next(values)
    for a, b in zip(values, values):
        total = total * a + b
    return total


@example(0.7, -0.4)
def beside_iterators_without_end(x, w):
    """`map` and `zip` draw from iterators without an end as often as their lists are long."""
    powers = sum(map(pow, [x, w * x], itertools.repeat(2)))
    signs = sum(value * sign for value, sign in zip([x, x * w, w], itertools.cycle([1.0, -2.0])))
    rising = sum(map(lambda k, y: k * y, itertools.count(1), [x, w]))
    return powers + signs * rising


def chunks(items, size):
    """Pieces of some length; the last one may be shorter."""
    left = iter(items)
    while True:
        chunk = list(itertools.islice(left, size))
        if not chunk:
            return
        yield chunk


@example(normal(60, 7))
def in_chunks(x):
    """What `islice` has drawn is gone, and no more."""
    total = 0.0
    for chunk in chunks(x, 3):
        total = total * 0.3 + sum(chunk) ** 2 / len(chunk)
    return total


@example(np.array([0.7, 0.4, 1.3, -0.2, 0.6]))
def drawn_up_to_a_limit(v):
    """`takewhile` draws one more than it gives; `any` stops at the first."""
    values = iter(v)
    small = sum(itertools.takewhile(lambda value: value.real < 1.0, values))
    others = iter(v * v)
    if any(value.real < 0.2 for value in others):
        small = small * next(others)
    return small + 3.0 * sum(values) + sum(others)


@example(normal(61, 5))
def drawn_after_writes(x):
    """An iterator shows what its array holds when it is asked."""
    a = x * 1.0
    values = iter(a)
    total = next(values)
    for k, value in enumerate(values):
        total += value * value
        if k < 3:
            a[k + 2] = total
    few = itertools.islice(iter(a), 2)
    a[0] = total * x[1]
    return sum(few) * total


@example(np.array([0.7, 0.4, 1.3, -0.2, 0.6]))
def lazy_until_changed(v):
    """What `map`, `filter` and a generator are made of changes once they are used up."""
    a = v * 1.0
    squares = map(lambda value: value * value, filter(lambda value: value.real < 1.0, a))
    shifted = (value + a[1] for value in squares)
    total = 0.0
    for k, value in enumerate(shifted):
        total = total * 0.5 + k * value
    a[1] = total
    first = next(value for value in a if value.real > 0.0)
    return total * first + np.sum(a)


@example(normal(62, 5))
def the_longer_one(x):
    first, second = list(x[:2]), list(x[2:])
    total = sum(a + b * b for a, b in itertools.zip_longest(first, second, fillvalue=0.0))
    for a, b in itertools.zip_longest(second, first, fillvalue=x[0]):
        total = total * 0.5 + a * b
    return total


def drawn_twice(values):
    """The second sum is that of nothing."""
    return sum(values) + 3.0 * sum(values)


@example(1.7)
def handed_to_a_function(x):
    """What a function is handed may be drawn from twice."""
    reverse = drawn_twice(reversed([x, x * x]))
    products = drawn_twice(map(lambda a, b: a * b, [x, x * x], [2.0, x]))
    return reverse * products


@example(1.7)
def given_back_by_a_function(x):
    """An iterator that a function made is used up by its caller."""
    pairs = paired(x)
    first = sum(a * b for a, b in pairs)
    return first + 5.0 * sum(a * b for a, b in pairs)


def paired(x):
    """Give pairs of numbers, once."""
    return zip([x, x * x], [x, 2.0])


@example(np.array([0.5, 1.2, -0.3]))
def tuples_of_a_list(v):
    """Products, combinations and permutations of a list with itself."""
    total = 0.0
    for a, b in itertools.product(v, repeat=2):
        total = total + a * b * b
    for a, b, c in itertools.product(v, [v[0], 2.0], v[1:]):
        total = total + a * b * c * c
    for a, b, c in itertools.combinations(v, 3):
        total = total + a * b * b * c
    for a, b in itertools.permutations(v, 2):
        total = total + a / (2.0 + b)
    for (i, a), (j, b) in itertools.combinations_with_replacement(enumerate(v), r=2):
        total = total + (i + 2.0 * j) * a * b * b
    return total


class Weighed:
    """Its own iterator: every loop over it goes on where the last one left off."""

    def __init__(self, values):
        self.values, self.n = values, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.n >= len(self.values):
            raise StopIteration
        self.n += 1
        return self.values[self.n - 1] * self.n


class Anew(Weighed):
    """Its own iterator, which begins anew whenever it is asked for one."""

    def __iter__(self):
        self.n = 0
        return self


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def left_in_an_attribute(x, y):
    """What a loop has left of an iterator is drawn later, by `next` and by `sum`."""
    box = SimpleNamespace(it=Weighed([x, y, x * y, y, 2.0]), total=0.0)
    for value in box.it:
        box.total += value
        box.total *= next(box.it)
        if value > 0.5:
            break
    return box.total + y * sum(box.it)


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def left_in_a_list(x, y):
    """So it is for an iterator that stands in a list, or in a dict."""
    several, named = [Weighed([x, y, x * y]), Weighed([y, x])], {"a": Weighed([x, y])}
    total = 0.0
    for value in several[0]:
        total += value
        if value > 0.5:
            break
    for value in named["a"]:
        total *= value
        break
    return total * sum(several[0]) + sum(several[1]) * next(named["a"])


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def own_pairs(x, y):
    """`zip` and `map` draw in turns, from one iterator or from two."""
    both, one, other = Weighed([x, y, x * y, 2.0, x]), Weighed([x, y, x]), Weighed([x, y])
    total = sum(a * b for a, b in zip(both, both))
    for k, (a, b) in enumerate(zip(one, other)):
        total += (k + 1) * a * b
    again = Weighed([x, y, y, x * y])
    return total * sum(map(lambda a, b: a * b * y, again, again)) + sum(one)


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def begun_anew(x, y):
    """`__iter__` begins anew: `zip` asks twice before it draws, `*rest` asks again."""
    it = Anew([x, y])
    first, *rest = it
    total = first * rest[0] * rest[1]
    left, *others = Weighed([x, y, x * y])
    return total + y * sum(a * b for a, b in zip(it, it)) + left * others[1]


@example(0.7, 1.3, wrt=(0, 1), analytic=False)
def own_next(x, y):
    """`next` with a value for the end, and `iter` of what is an iterator."""
    it, short = Weighed([x, y, x * y, 2.0]), Weighed([x, y])
    total, same = x, iter(it)
    total += next(same)
    for value in it:
        total += value * x
        if value > 1.0:
            break
    total *= next(same)
    while (value := next(same, None)) is not None:
        total += value * y
    for _ in range(3):
        total = total * next(short, 3.0 * y)
    return total


@example([0.4, 0.9, 0.3])
def drawn_until_none(xs):
    """What `next` gives is a number or None."""
    values, total = iter(xs), 0.0
    while (value := next(values, None)) is not None:
        total += value**3
    return total


@example([0.4, 0.9, 0.2, 1.3])
def left_out_and_selected(xs):
    small = sum(itertools.filterfalse(lambda value: value.real > 0.5, xs))
    chosen = list(itertools.compress(xs, [True, False, True]))
    return small * sum(chosen) + chosen[0] * chosen[1] + sum(x**2 for x in xs)
