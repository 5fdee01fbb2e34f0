"""Kinds go to disk and come back the same; paths lead where they were written down."""

import functools
import json
import math
from collections import OrderedDict

import numpy as np
import pytest

from srcxform.frontend.paths import MISSING, Unreachable, follow
from srcxform.kinds.encoding import Undecodable, decode, encode, literal, value_of
from srcxform.kinds.lattice import (
    NEVER,
    UNKNOWN,
    Array,
    Const,
    Dim,
    Items,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
)
from srcxform.kinds.values import kind_of

OBJECTS = {"OrderedDict": OrderedDict, "sqrt": math.sqrt}
KINDS = [
    UNKNOWN,
    NEVER,
    Number("f"),
    Number("i", Dim("n", -1, False)),
    Array("c"),
    Array("f", ()),
    Array("b", (Dim("x.0"), 1, None, 7)),
    Const("a"),
    Const(b"\xff"),
    Const(None),
    Const(math.sqrt),
    Items("tuple", (Const(1), Const(True), Const(-0.0), Const(math.inf), Const(-2j))),
    Many("list"),
    Many("dict", Number("f")),
    Mapping(("a", 1), (Number("f"), UNKNOWN)),
    Opaque(OrderedDict),
    Record(OrderedDict, ("x", "y"), (Number("f"), NEVER)),
]


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_kinds_come_back(kind) -> None:
    written = json.dumps(encode(kind, lambda value: value.__name__))
    assert decode(json.loads(written), OBJECTS.__getitem__) == kind


def test_lengths_known_to_exceed_one_stay_known() -> None:
    for kind in (kind_of(np.ones(3), "x"), Array("f", (Dim("x.0", 0, False),))):
        back = decode(encode(kind, repr), repr)
        assert back.dims[0].big is kind.dims[0].big


@pytest.mark.parametrize("value", [math.nan, -0.0, 5e-324, 2**70, "é\n", b"\0", True, None, ...])
def test_literals_are_exact(value) -> None:
    back = value_of(json.loads(json.dumps(literal(value))))
    assert type(back) is type(value)
    assert repr(back) == repr(value)


@pytest.mark.parametrize(
    "data",
    [None, [], ["number"], ["array", "f", 3], ["object", "missing"], ["literal", "float", "x"],
     ["literal", "str", "__import__('os')"], ["mapping", [1], []], {"number": "f"}],
)  # fmt: skip
def test_what_is_no_kind_is_refused(data) -> None:
    with pytest.raises(Undecodable):
        decode(data, OBJECTS.__getitem__)


SETTINGS = {"functions": [math.sqrt, {"deep": (1.0, math.exp)}]}


def outer(rate):
    def inner(x, power=2, *, scale=3.0):
        return rate * x**power * scale * len(SETTINGS)

    return inner


def test_paths() -> None:
    function = outer(0.5)
    kinds = (Items("tuple", (Const(math.cos), Mapping(("k",), (Const(math.tan),)))),)

    def found(*path):
        return follow(path, function, kinds)

    assert found().value is function
    assert found("cell:rate").value == 0.5
    assert found("default:power").value == 2
    assert found("default:scale").value == 3.0
    assert found("builtin:len").value is len
    assert found("global:nowhere").value is MISSING
    assert found("global:math", "attr:sqrt").value is math.sqrt
    assert found("module:math", "attr:sqrt").value is math.sqrt
    deep = ("global:SETTINGS", "item:'functions'", "item:1", "item:'deep'", "item:1")
    assert found(*deep).value is math.exp
    assert found("parameter:0", "item:0").value is math.cos
    assert found("parameter:0", "item:1", "item:'k'").value is math.tan
    for path in (
        ("cell:x",), ("global:len",), ("builtin:math",), ("default:x",), ("parameter:1",),
        ("global:math", "attr:nowhere"), ("module:no_such_module",), ("callee:x",),
        ("global:SETTINGS", "item:'none'"), ("parameter:0", "item:5"),
    ):  # fmt: skip
        with pytest.raises(Unreachable):
            found(*path)


def test_fetching_again_sees_changes() -> None:
    rate = 1.0

    def function(x, power=2):
        return rate * x**power

    fetch = follow(("cell:rate",), function, ()).fetch
    power = follow(("default:power",), function, ()).fetch
    rate = 2.0
    function.__defaults__ = (5,)
    assert (fetch(), power()) == (2.0, 5)
    partial = functools.partial(function)
    assert partial(1.0) == 2.0
