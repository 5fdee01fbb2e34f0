"""Objects that are written to and come together in variables, lists and links."""

import collections
import itertools

import numpy as np

from . import example, normal


class Particle:
    def __init__(self, x, v):
        self.x, self.v, self.f = x, v, 0.0

    def kick(self, h):
        self.v += h * self.f

    def drift(self, h):
        self.x += h * self.v


@example(0.7, 3)
def bodies_that_pull(x, n):
    bodies = [Particle(x * k, 0.1 * k) for k in range(n)]
    for _ in range(2):
        for body in bodies:
            body.f = 0.0
        for i, p in enumerate(bodies):
            for q in bodies[i + 1 :]:
                distance = q.x - p.x
                p.f += distance
                q.f -= distance
        for body in bodies:
            body.kick(0.1)
            body.drift(0.1)
    return sum(p.x * p.v for p in bodies)


@example(np.array([0.1, 0.5, 0.9]))
def bodies_from_array(x):
    bodies = [Particle(value, 0.1) for value in x]
    for body in bodies:
        body.f = body.x**2
    for body in bodies:
        body.kick(0.1)
    return sum(body.v for body in bodies)


@example(0.7)
@example(0.3, name="low")
def body_of_two_branches(x):
    if x > 0.5:
        body = Particle(x, 1.0)
    else:
        body = Particle(2 * x, 0.5)
    body.drift(0.1)
    body.x *= x
    return body.x * body.v


@example(0.7)
def one_of_two_written(x):
    a, b = Particle(x, 1.0), Particle(x * x, 2.0)
    chosen = a if a.x > b.x else b
    chosen.x = chosen.x * 3.0
    return a.x + 2 * b.x


@example(0.7)
def body_of_an_earlier_turn(x):
    before, total = None, 0.0
    for k in range(4):
        body = Particle(x * k, 1.0)
        body.drift(x)
        if before is not None:
            total += before.x * body.x
        before = body
    return total


@example(0.7, 3)
def largest_written(x, n):
    bodies = [Particle(x * k, 1.0) for k in range(n)]
    best = max(bodies, key=lambda p: p.x)
    best.x *= x
    return sum(p.x for p in bodies)


@example(0.7)
def same_body_twice(x):
    body = Particle(x, 1.0)
    bodies = [body, Particle(2 * x, 0.5), body]
    for one in bodies:
        one.drift(x)
    return body.x + bodies[1].x * x + (bodies[0] is bodies[2]) * x


@example(0.7)
def bodies_by_name(x):
    bodies = {}
    for name in ("a", "bb"):
        bodies[name] = Particle(x * len(name), 0.5)
    bodies["a"].drift(x)
    for _, body in bodies.items():
        body.x *= 2.0
    return bodies["a"].x * bodies["bb"].x


@example(0.7, 3)
def bodies_compared(x, n):
    bodies = [Particle(x * k, 1.0) for k in range(n)]
    total = 0.0
    for p in bodies:
        p.drift(x)
        for q in bodies:
            if p is not q:
                total += p.x * q.x
            if p == q:
                total += p.x
    return total


class Node:
    def __init__(self, value, rest=None):
        self.value, self.rest = value, rest


@example(0.7)
def linked_and_walked(x):
    top = None
    for k in range(4):
        top = Node(x**k, top)
    total = 0.0
    while top is not None:
        total = total * 0.5 + top.value
        top = top.rest
    return total


@example(0.7)
@example(0.3, name="none")
def node_or_none(x):
    node = None
    if x > 0.5:
        node = Node(x * x)
    return node.value * x if node else x


class Hooked:
    def __init__(self, k):
        self.k, self.state, self.hooks = k, {"x": 1.0}, []

    def on(self, hook):
        self.hooks.append(hook)

    def run(self, steps):
        for _ in range(steps):
            self.state["x"] += 0.1 * self.k
            for hook in self.hooks:
                hook(self)
        return self.state["x"]


@example(0.7)
def hook_that_appends(k):
    """`append` stands in an expression."""
    simulation, trace = Hooked(k), []
    simulation.on(lambda one: trace.append(one.state["x"] * k))
    return simulation.run(4) * sum(trace)


@example(0.7, 3)
def bound_methods_collected(x, n):
    steps = []
    for k in range(n):
        body = Particle(x * k, 1.0)
        steps.append(body.drift)
        body.v += x
        steps[-1](0.1)
    return body.x + x


@example(0.7, 4)
def bodies_taken_from_a_stack(x, n):
    """Made at two places, of which one is in the loop."""
    stack, total = [Particle(x, 1.0)], 0.0
    while stack:
        body = stack.pop()
        body.x *= x
        total += body.x
        if body.v < n:
            stack.append(Particle(body.x, body.v + 1))
    return total


@example(0.7)
def body_of_a_handler(x):
    body = Particle(x, 1.0)
    try:
        body.x *= 2
        if x > 0.5:
            raise ValueError
        body.x *= 3
    except ValueError:
        other = Particle(x * x, 2.0)
        other.x += body.x
        body = other
    finally:
        body.v = body.x * x
    return body.x * body.v


class Number:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value * 2.0

    def __array__(self, dtype=None, copy=None):
        return np.array([self.value, self.value * 2])


@example(0.7)
def object_as_array(x):
    return np.sum(np.asarray(Number(x))) * np.sin(Number(x))[1]


class Gauge:
    def __init__(self, level):
        self.level = level

    def rise(self, by):
        self.level = self.level + by


@example(0.7)
def pairs_of_objects_and_weights(x):
    rows = []
    for k in range(3):
        rows.append((Gauge(x * k), k))
    total = 0.0
    for gauge, weight in rows:
        gauge.rise(weight * x * x)
        total += gauge.level * weight
    return total


@example(0.7)
def objects_in_lists_in_a_dict(x):
    found = {}
    for k in range(3):
        found[k] = [Gauge(x * k), k]
    for gauge, weight in found.values():
        gauge.rise(weight * x * x)
    return sum(gauge.level * gauge.level for gauge, _ in found.values())


@example(0.7)
def counters_of_words(x):
    rows = []
    for text in ("a b a", "b c"):
        counts = collections.Counter()
        for word in text.split():
            counts[word] += 2 if word == "a" else 1
        rows.append((counts, text))
    total = 0.0
    for counts, text in rows:
        for word, n in counts.items():
            total += x**n * len(text) * ("abc".index(word) + 1)
    return total


class Book:
    def __init__(self):
        self.pages = {}

    def write(self, name, number):
        self.pages[name] = number

    def items(self):
        return self.pages.items()


@example(0.7)
def views_given_by_a_method(x):
    book = Book()
    for k in range(3):
        book.write(k, k + 1)
    total = 0.0
    for j, (k, n) in enumerate(book.items()):
        total += x**n * j + k
    for a, b in zip(book.items(), book.items(), strict=True):
        total += x * a[1] * b[0]
    return total * x ** sorted(book.items())[0][1]


class Link:
    def __init__(self, value, following=None):
        self.value = value
        self.following = following


class Chain:
    """A list of links, each of which leads to the one that was there before."""

    def __init__(self):
        self.first = None
        self.length = 0

    def push(self, value):
        self.first = Link(value, self.first)
        self.length += 1

    def __iter__(self):
        link = self.first
        while link is not None:
            yield link.value
            link = link.following


@example(0.7, 1.2, wrt=(0, 1))
def chain_pushed_one_by_one(a, b):
    """Three places make links, and each may lead to any other."""
    chain = Chain()
    chain.push(a)
    chain.push(b)
    chain.push(a * b)
    total = 0.0
    for k, value in enumerate(chain):
        total += value * (k + 1)
    return total * chain.length + chain.first.following.value


class Weighed:
    """Compared by what it weighs."""

    def __init__(self, weight):
        self.weight = weight

    def add(self, more):
        self.weight += more

    def __lt__(self, other):
        return self.weight < other.weight

    def __gt__(self, other):
        return self.weight > other.weight


@example(0.3, analytic=False)
def objects_that_change_put_in_order(x):
    """They are compared as their class says, after they have changed."""
    things = []
    for k in (3, 1, 2):
        things.append(Weighed(x * k))
    for k, thing in enumerate(things):
        thing.add(x * x * k)
    lightest, heaviest = min(things), max(things)
    lightest.add(1.0)
    second = sorted(things, reverse=True)[1]
    things.sort()
    return lightest.weight * heaviest.weight + second.weight * things[0].weight


class Tree:
    def __init__(self, value, *branches):
        self.value = value
        self.branches = branches

    def fold(self, combine):
        return combine(self.value, [branch.fold(combine) for branch in self.branches])


@example(0.3, 0.5, wrt=(0, 1))
def tree_folded(a, b):
    """One of its branches holds nothing that is differentiated, and has a tangent all the same."""
    tree = Tree(a, Tree(b), Tree(a * b, Tree(2.0)))
    folded = tree.fold(lambda value, parts: value * a + 0.5 * sum(parts))
    return folded, folded * b


class Weight:
    def __init__(self, value):
        self.value = value


@example([Weight(0.3), Weight(0.7), Weight(1.1)], [Weight(0.2)])
def objects_or_none_in_pairs(left, right):
    total = 0.0
    for a, b in itertools.zip_longest(left, right):
        total += a.value * (b.value if b is not None else a.value)
    return total


class Place:
    def __init__(self, x):
        self.x = [x, 1.0]

    def move(self, force):
        self.x[0] += force[0] * self.x[1]


@example(0.7)
def numbered_beside_their_forces(g):
    places, trace = [Place(0.1), Place(g)], collections.defaultdict(list)
    for _ in range(2):
        forces = [[2.0 * p.x[0]] for p in places]
        for k, (place, force) in enumerate(zip(places, forces)):
            place.move(force)
            trace[k].append(place.x[0])
    return sum(p.x[0] ** 2 for p in places) + sum(sum(seen) for seen in trace.values())


class Chained:
    def __init__(self, value, following=None):
        self.value, self.following = value, following


@example([0.5, 0.2, 0.8])
def linked_objects(xs):
    head = None
    for x in xs:
        head = Chained(x * x, head)
    total, link = 0.0, head
    while link:
        total = total * 0.5 + link.value * total + link.value
        link = link.following
    return total


class Site:
    """One of many that know each other."""

    def __init__(self, value):
        self.value, self.beside = value, []

    def relax(self, share):
        mean = sum(site.value for site in self.beside) / len(self.beside)
        self.value += share * (mean - self.value)


@example(normal(3, 4), 0.4, wrt=(0, 1))
def objects_in_a_ring(x, share):
    """Each knows its neighbours, which know it."""
    sites = [Site(value) for value in x]
    for k, site in enumerate(sites):
        site.beside = [sites[k - 1], sites[(k + 1) % len(sites)]]
    for _ in range(2):
        for site in sites:
            site.relax(share)
    return sum(site.value**2 for site in sites)
