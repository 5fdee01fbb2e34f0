"""Loops whose body changes what they run over: lists that grow, names that are given away."""

import itertools

import numpy as np

from . import example, normal


@example(normal(80, 5))
def queue_of_values(x):
    """The list grows while the loop runs over it; so does the index that is read."""
    queue = [x[0]]
    total = 0.0
    for value in queue:
        total = 0.5 * total + value * value
        if len(queue) < 5:
            queue.append(value * x[len(queue)])
    return total


@example(normal(81, 3))
def queue_of_pairs(x):
    queue = [(x[0], 0)]
    total = 0.0
    for place, (value, depth) in enumerate(queue):
        total += value * value * (depth + place)
        if depth < 2:
            queue.append((value * x[1], depth + 1))
            queue.append((value + x[2], depth + 1))
    return total * len(queue)


@example(normal(82, 7))
def breadth_first(x):
    """The queue holds positions alone: the backward sweep undoes all turns, not the first ones."""
    queue = [0]
    total = 0.0
    for i in queue:
        total = 0.5 * total + x[i] ** 2
        for j in (2 * i + 1, 2 * i + 2):
            if j < len(x):
                queue.append(j)
    return total


@example(normal(83, 7))
def breadth_first_left(x):
    total = 0.0
    for root in (0, 2, 4):
        queue = [(root, 1.0)]
        for i, weight in queue:
            total = 0.5 * total + weight * x[i] ** 2
            if len(queue) > 3:
                break
            queue.append(((3 * i + 1) % 7, weight * x[i]))
    return total


@example(normal(84, 6))
def order_changed_on_the_way(x):
    order = np.array([3, 1, 2, 0])
    total = 0.0
    for i in order:
        total = 0.5 * total + x[i] ** 2
        order[2:] = (i + 2) % 6
    return total


@example(normal(85, 5))
def eaten_from_the_end(x):
    rest = list(x)
    total = 0.0
    for value in rest:
        total = total * 0.5 + value * rest.pop()
    return total


@example(normal(86, 4))
def grown_under_another_name(x):
    def push(values, value):
        if len(values) < 6:
            values.append(value)

    held = {"queue": [x[0], x[1]]}
    queue = held["queue"]
    total = 0.0
    for value in held["queue"]:
        total = 0.5 * total + value**2
        push(queue, value * x[2])
    return total


@example(normal(87, 5))
def iterator_over_what_grows(x):
    queue = [x[0]]
    values = iter(queue)
    total = 0.0
    for value in values:
        total += value * value
        if len(queue) < 5:
            queue.append(value * x[len(queue)])
    return total + next(values, 2.0) * x[1]


@example(normal(88, 4))
def name_given_to_another_list(x):
    """The loop goes on over the list that it began with."""
    values = [x[0] * x[1], x[2]]
    total = 0.0
    for value in values:
        total += value * value
        values = [2.0 * other for other in values]
    return total + sum(values)


@example(normal(89, 4))
def name_given_to_its_elements(x):
    y = 2.0 * x
    total = 0.0
    for k, y in enumerate(y):
        total += y * y * k
    return total * y


@example(normal(90, 5))
def neighbours_written(x):
    """Each pair has what was there when its second entry was drawn."""
    a = x * 1.0
    total = 0.0
    for k, (left, right) in enumerate(itertools.pairwise(a)):
        total += left * right
        a[k + 1] = total
    return total + np.sum(a)


@example(normal(91, 4))
def pairs_are_those_of_the_start(x):
    a = x * 1.0
    total = 0.0
    for left, right in itertools.combinations(a, 2):
        total += left * right
        a[2] = total
    for left, right in itertools.product(a, [1.0, x[0]]):
        total += left * right
        a[1] = total
    return total + np.sum(a)


@example(1.3, 0.8)
def last_taken_to_the_front(a, b):
    """`if heap:` asks for the list as it is then, as heaps written by hand do."""
    heap = [a, b, a * b]
    total = 0.0
    for _ in range(3):
        total = total * 0.5 + heap[0] ** 2
        last = heap.pop()
        if heap:
            heap[0] = last
    return total


@example(normal(372, 3))
def until_the_queue_is_empty(x):
    waiting = [x[0], x[1], x[2]]
    total = 1.0
    while waiting:
        value = waiting.pop(0)
        total = total * value if waiting else np.exp(total) * value
    return total


@example(normal(373, 3))
def first_time_is_different(x):
    seen, order, known = set(), [], {}
    total = x[0]
    for k in (1, 2, 1, 0):
        if seen and k not in seen:
            total = total * x[k]
        else:
            total = np.sin(total)
        total = total + x[1] if not order else total * x[2]
        total = total * 1.1 if known else np.cos(total)
        seen.add(k)
        order.append(k)
        known[k] = total
    return total


@example(normal(374, 3))
def truth_of_an_array_that_changes(x):
    flag = np.array([1])
    total = x[0]
    for k in range(3):
        total = total * x[k] if flag else np.sin(total)
        flag[0] = k % 2
    return total


@example(0.7, 2.0)
def emptied_in_each_turn(x, y):
    """A list that is known to hold something holds nothing after the first turn."""
    values, others, table = [x], [x * y], [y]
    total = x
    for k in range(3):
        total = total * y if values else total + y
        total = total * (others[0] if others else 0.5)
        total = total + (table[-1] * k if table else x)
        values.clear()
        del others[:]
        table[:] = []
    return total


@example(1.3, 0.7, wrt=(0, 1))
def held_before_a_loop(x, y):
    """A list made before a loop holds what its names meant then."""
    pair = [x, y]
    total = 0.0
    for _ in range(3):
        x = x * y
        first = pair[0]
        second = pair[1]
        total += first * first * second + x
    return total


def misfit(held, wanted):
    slope = np.sum(np.sin(held[1:]))
    off = wanted - held
    return np.sum(off * off * wanted) * slope


@example(np.array([0.7, 1.2, 0.3]), np.array([0.2, 0.4, 0.9]), wrt=(0,), name="one")
@example(np.array([0.7, 1.2, 0.3]), np.array([0.2, 0.4, 0.9]), wrt=(0, 1), name="both")
def negative_with_parts(y, p):
    """A cotangent begins as the negative of another one, and parts are added to it."""
    total = 0.0
    for k in range(2):
        total = total + misfit(np.cos(y) * p * k, p * y)
    return total
