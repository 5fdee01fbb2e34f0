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
