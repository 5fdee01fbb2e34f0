"""Containers are taken apart and put together without loss."""

import collections
import dataclasses
from typing import Any

import optree
import pytest

import srcxform as sx
from srcxform.pytrees import StructureMismatch, children, leaves, mapped


@dataclasses.dataclass(frozen=True)
class Frozen:
    first: Any
    second: Any = "kept"


@dataclasses.dataclass
class Checked:
    value: Any
    doubled: Any = dataclasses.field(init=False)

    def __post_init__(self):
        self.doubled = self.value * 2


class Registered:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __repr__(self):
        return f"Registered({self.a!r}, {self.b!r})"

    def __eq__(self, other):
        return (self.a, self.b) == (other.a, other.b)


optree.register_pytree_node(
    Registered,
    lambda r: ((r.a,), r.b),
    lambda b, parts: Registered(*parts, b),
    namespace=optree.registry.__GLOBAL_NAMESPACE,
)
Named = collections.namedtuple("Named", ["x", "y"])

TREES = [
    1.0,
    None,
    [],
    {},
    (1.0, [2.0, {"b": 3.0, "a": None}]),
    Named(1.0, (2.0,)),
    Frozen(1.0, [2.0]),
    Checked(3.0),
    Registered(1.0, "b"),
    collections.OrderedDict([("z", 1.0), ("a", 2.0)]),
    collections.defaultdict(list, {"k": 1.0}),
    {1: 1.0, "a": 2.0},
]


@pytest.mark.parametrize("tree", TREES, ids=repr)
def test_round_trip(tree) -> None:
    again = mapped(lambda leaf: leaf, tree)
    assert type(again) is type(tree)
    assert again == tree


def test_keys_keep_their_order() -> None:
    assert list(mapped(lambda leaf: leaf, {"z": 1, "a": 2})) == ["z", "a"]


def test_paths_can_be_written() -> None:
    tree = {"w": [Frozen(1.0, None)], "n": Named(2.0, 3.0)}
    found = list(leaves(tree, "tree"))
    assert [path for path, _ in found][:2] == ["tree['w'][0].first", "tree['w'][0].second"]
    for path, leaf in found:
        assert eval(path, {"tree": tree}) is leaf


def test_leaves_are_not_containers() -> None:
    assert children("text") is None
    assert children(Frozen) is None
    assert children(range(3)) is None


@pytest.mark.parametrize(
    ("tree", "other"),
    [
        ([1], (1,)),
        ([1, 2], [1]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, 1),
        (Named(1, 2), (1, 2)),
        (Frozen(1), Checked(1)),
        (Registered(1, 2), [1]),
    ],
)
def test_other_structures(tree, other) -> None:
    with pytest.raises(StructureMismatch):
        mapped(lambda a, b: a, tree, other)


class Interval:
    def __init__(self, low, high):
        self.low, self.high = low, high


optree.register_pytree_node(
    Interval,
    lambda one: ((one.low, one.high), None, None),
    lambda _, parts: Interval(*parts),
    namespace=optree.registry.__GLOBAL_NAMESPACE,
)


def test_derivatives_of_registered_objects_have_their_attributes():
    """Registered parts have other names than the attributes that generated code speaks of."""

    def square(one):
        return (one.high - one.low) ** 2

    assert vars(sx.grad(square)(Interval(1.0, 3.0))) == {"low": -4.0, "high": 4.0}
    pull = sx.vjp(lambda x: Interval(x, 3.0 * x), 2.0)[1]
    assert pull(Interval(1.0, 2.0)) == (7.0,)
    product = sx.jvp(sx.grad(square), (Interval(1.0, 3.0),), (Interval(1.0, 0.0),))[1]
    assert vars(product) == {"low": 2.0, "high": -2.0}


@pytest.mark.parametrize("of", [sx.grad, sx.jacobian, sx.hessian])
def test_containers_that_hold_themselves_are_told(of):
    loop = {"a": 1.0, "b": [2.0]}
    loop["b"].append(loop)

    def double(held):
        return 2.0 * held["a"]

    with pytest.raises(TypeError, match=r"a dict that holds itself, as its \['b'\]\[1\]"):
        of(double)(loop)
    with pytest.raises(TypeError, match=r"a dict that holds itself, as its \['b'\]\[1\]"):
        sx.jvp(double, (loop,), (loop,))
    with pytest.raises(TypeError, match=r"a dict that holds itself, as its \['b'\]\[1\]"):
        sx.vjp(double, loop)


class Ring:
    """An object that leads back to itself: no container of numbers."""

    def __init__(self, value):
        self.value = value
        self.next = self


def test_objects_that_hold_themselves_stay_as_they_are():
    def times(ring, x):
        return ring.value * x * x

    assert sx.jvp(times, (Ring(3.0), 2.0), (None, 1.0)) == (12.0, 12.0)
    assert sx.grad(times, argnums=1)(Ring(3.0), 2.0) == 12.0
    assert sx.vjp(times, Ring(3.0), 2.0)[1](1.0)[1] == 12.0


def test_objects_that_hold_themselves_beside_numbers_are_told():
    def times(given):
        return given[0].value * given[1]

    for of in (sx.grad(times), lambda given: sx.jvp(times, (given,), ([None, 1.0],))):
        with pytest.raises(TypeError, match=r"`given\[0\]`.* holds itself"):
            of([Ring(3.0), 2.0])
