"""Names resolve as Python resolves them: captured variables, then globals, then builtins."""

import pytest

from srcxform.syntax.namespace import NameNotFound, lookup

scale = 2.0
sum = "a global that hides a builtin"


def outer():
    scale = 3.0

    def inner(x):
        return scale * x + later + sum(x) + len(x)  # noqa: F821

    before = inner
    if scale > 5:
        later = 1.0
    return before


def test_captured_before_global():
    assert lookup(outer(), "scale") == ("cell", 3.0)


def test_global():
    assert lookup(lookup_scale, "scale") == ("global", 2.0)


def lookup_scale():
    return scale


def test_global_before_builtin():
    assert lookup(outer(), "sum") == ("global", "a global that hides a builtin")


def test_builtin():
    assert lookup(outer(), "len") == ("builtin", len)


def test_the_builtins_are_those_of_the_function():
    namespace = {"__builtins__": {"len": "mine"}}
    exec("def f(x):\n    return len(x)", namespace)
    assert lookup(namespace["f"], "len") == ("builtin", "mine")
    with pytest.raises(NameNotFound, match="^`max` is neither a global nor a builtin name$"):
        lookup(namespace["f"], "max")


def test_captured_without_a_value():
    with pytest.raises(NameNotFound, match="^`later` is captured, but has no value yet$"):
        lookup(outer(), "later")


def test_unknown():
    with pytest.raises(KeyError, match="`nonsense` is neither a global nor a builtin name"):
        lookup(outer(), "nonsense")
