"""`unwrap` finds what runs, and calling that with what is bound gives the same result."""

import functools
import operator

import numpy as np
import pytest

from srcxform.syntax.callables import Bound, unwrap


def combine(a, b, c=3.0, *, d=4.0):
    return a + 10 * b + 100 * c + 1000 * d


class Model:
    def __init__(self, weight):
        self.weight = weight

    def predict(self, x, scale=1.0):
        return self.weight * x * scale

    def __call__(self, x):
        return self.weight + x

    @classmethod
    def unit(cls, x):
        return cls(1.0).predict(x)

    @staticmethod
    def square(x):
        return x * x

    half = functools.partialmethod(predict, scale=0.5)
    of_two = functools.partialmethod(predict, 2.0)
    unit_of_two = functools.partialmethod(unit, 2.0)
    helper = functools.partial(combine, 1.0)


class Silent(Model):
    pass


class StaticCall:
    @staticmethod
    def __call__(x):
        return x + 1


class PartialCall(Model):
    __call__ = functools.partialmethod(Model.predict, scale=7.0)


class LoudPartial(functools.partial):
    def __call__(self, *args):
        return -super().__call__(*args)


def wrapper_of(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper


MODEL = Model(3.0)
SILENT = Silent(5.0)


@pytest.mark.parametrize(
    ("value", "args", "function", "bound", "keywords"),
    [
        (combine, (1.0, 2.0), combine, (), {}),
        (MODEL.predict, (2.0,), Model.predict, (MODEL,), {}),
        (Model.predict, (MODEL, 2.0), Model.predict, (), {}),
        (MODEL, (2.0,), Model.__call__, (MODEL,), {}),
        (SILENT, (2.0,), Model.__call__, (SILENT,), {}),
        (MODEL.__call__, (2.0,), Model.__call__, (MODEL,), {}),
        (Model.unit, (2.0,), Model.unit.__func__, (Model,), {}),
        (SILENT.unit, (2.0,), Model.unit.__func__, (Silent,), {}),
        (MODEL.square, (2.0,), Model.square, (), {}),
        (Model.__dict__["square"], (2.0,), Model.square, (), {}),
        (MODEL.half, (2.0,), Model.predict, (MODEL,), {"scale": 0.5}),
        (MODEL.of_two, (3.0,), Model.predict, (MODEL, 2.0), {}),
        (MODEL.unit_of_two, (), Model.unit.__func__, (Model, 2.0), {}),
        (StaticCall(), (2.0,), StaticCall.__call__, (), {}),
        (functools.partial(combine, 1.0), (2.0,), combine, (1.0,), {}),
        (
            functools.partial(functools.partial(combine, 1.0, c=5.0, d=6.0), 2.0, c=7.0),
            (),
            combine,
            (1.0, 2.0),
            {"c": 7.0, "d": 6.0},
        ),
        (functools.partial(MODEL.predict, scale=2), (2.0,), Model.predict, (MODEL,), {"scale": 2}),
        (functools.partial(MODEL), (2.0,), Model.__call__, (MODEL,), {}),
        (functools.partial(np.add, 1.0), (2.0,), np.add, (1.0,), {}),
        (np.sin, (2.0,), np.sin, (), {}),
        (operator.mul, (2.0, 3.0), operator.mul, (), {}),
        (Model, (2.0,), Model, (), {}),
    ],
)  # fmt: skip
def test_function_and_what_is_bound(value, args, function, bound, keywords):
    found = unwrap(value)
    assert found == Bound(function, bound, keywords)
    again, direct = found.function(*found.args, *args, **found.keywords), value(*args)
    assert type(again) is type(direct)
    if not isinstance(again, Model):
        assert again == direct


def test_a_call_of_a_class_is_a_partialmethod():
    model = PartialCall(2.0)
    assert unwrap(model) == Bound(Model.predict, (model,), {"scale": 7.0})
    assert model(3.0) == 42.0


def test_a_partial_that_calls_in_its_own_way_is_a_callable_object():
    loud = LoudPartial(combine, 1.0)
    assert unwrap(loud) == Bound(LoudPartial.__call__, (loud,), {})


@pytest.mark.filterwarnings("ignore:functools.partial will be:FutureWarning")
def test_a_partial_in_a_class_gets_no_self():
    assert unwrap(MODEL.helper) == Bound(combine, (1.0,), {})


def test_wrapped_is_not_followed():
    wrapped = wrapper_of(combine)
    assert unwrap(wrapped).function is wrapped


def test_a_cached_function_cannot_be_taken_apart():
    cached = functools.lru_cache(combine)
    assert unwrap(cached) == Bound(cached)


def test_call_of_the_instance_is_not_what_python_calls():
    model = Model(3.0)
    model.__call__ = combine
    assert unwrap(model).function is Model.__call__


@pytest.mark.parametrize("value", [3.0, "sin", None, Model.__dict__["unit"]])
def test_not_callable(value):
    with pytest.raises(TypeError, match="expected a function or another callable, got "):
        unwrap(value)
