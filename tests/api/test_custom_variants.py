"""Rules in all the forms that users give them: what they are given, what they give, when they run.

The derivatives that rules tell here are wrong on purpose, so that it shows whether they are asked.
"""

from collections import namedtuple
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest

from srcxform import custom_jvp, custom_vjp, grad, jacfwd, jacrev, jvp, linearize, vjp, vmap

Pair = namedtuple("Pair", "a b")


@dataclass
class Held:
    w: np.ndarray
    s: float


def identity_with(jvp_rule):
    fun = custom_jvp(lambda x: x * 1.0)
    fun.defjvp(jvp_rule)
    return fun


# --- when they run


def printing():
    @custom_vjp
    def back(x):
        print("f")
        return np.sin(x)

    def fwd(x):
        print("fwd")
        return back(x), np.cos(x)

    def bwd(c, g):
        print("bwd")
        return (c * g,)

    back.defvjp(fwd, bwd)

    @custom_jvp
    def forth(x):
        print("f")
        return np.sin(x)

    @forth.defjvp
    def rule(primals, tangents):
        print("rule")
        return forth(*primals), np.cos(primals[0]) * tangents[0]

    return back, forth


BACK, FORTH = printing()


def in_a_loop(x):
    for _ in range(3):
        x = BACK(x)
    return x


def unused(x):
    BACK(x)
    return x


def used_twice(x):
    y = BACK(x)
    return y * y + y


@pytest.mark.parametrize(
    ("call", "lines"),
    [
        (lambda: grad(lambda x: BACK(BACK(x)))(1.0), "fwd f fwd f bwd bwd"),
        (lambda: grad(in_a_loop)(1.0), "fwd f fwd f fwd f bwd bwd bwd"),
        (lambda: grad(unused)(1.0), "fwd f"),
        (lambda: grad(used_twice)(1.0), "fwd f bwd"),
        (lambda: grad(lambda x, y: x * BACK(y))(1.0, 2.0), "f"),
        (lambda: jvp(lambda x: FORTH(FORTH(x)), (1.0,), (1.0,)), "rule f rule f"),
        (lambda: grad(lambda x: FORTH(FORTH(x)))(1.0), "rule f rule f"),
        (lambda: linearize(FORTH, 1.0)[1](2.0), "rule f"),
        (lambda: jvp(grad(FORTH), (1.0,), (1.0,)), "rule rule f"),
        (lambda: vmap(BACK)(np.ones(3)), "f"),
        (lambda: vmap(vmap(FORTH))(np.ones((2, 3))), "f"),
        (lambda: vmap(grad(BACK))(np.ones(3)), "fwd f bwd"),
        (lambda: vmap(lambda x: jvp(FORTH, (x,), (1.0,))[1])(np.ones(3)), "rule f"),
    ],
)
def test_when_they_run(call, lines, capsys):
    call()
    assert capsys.readouterr().out.split() == lines.split()


def test_a_pullback_called_twice(capsys):
    _, pull = vjp(BACK, 1.0)
    assert capsys.readouterr().out.split() == ["fwd", "f"]
    assert [pull(1.0)[0], pull(2.0)[0]] == [np.cos(1.0), 2.0 * np.cos(1.0)]
    assert capsys.readouterr().out.split() == ["bwd", "bwd"]


# --- in batches, a rule counts where a derivative is taken, before or after


@pytest.mark.parametrize(
    "call",
    [
        lambda f, xs: vmap(grad(f))(xs),
        lambda f, xs: vmap(lambda x: jvp(f, (x,), (1.0,))[1])(xs),
        lambda f, xs: vmap(lambda x: vjp(f, x)[1](1.0)[0])(xs),
        lambda f, xs: vmap(lambda x: jacrev(f)(x))(xs),
        lambda f, xs: grad(lambda xs: np.sum(vmap(f)(xs)))(xs),
        lambda f, xs: vjp(vmap(f), xs)[1](np.ones(2))[0],
        lambda f, xs: np.diagonal(jacfwd(vmap(f))(xs)),
        lambda f, xs: [vmap(f)(xs), grad(lambda xs: np.sum(vmap(f)(xs)))(xs)][1],
    ],
)
def test_batches(call):
    f = identity_with(lambda primals, tangents: (primals[0], 3.0 * primals[0] * tangents[0]))
    np.testing.assert_array_equal(call(f, np.array([1.0, 2.0])), [3.0, 6.0])


# --- what goes in and comes out


def test_named_tuples_and_dataclasses():
    @custom_vjp
    def split(h):
        return Pair(np.sum(h.w) * h.s, h.s**2)

    def bwd(h, g):
        return (Held(g.a * np.array([10.0, 20.0]), 100.0 * g.b),)

    split.defvjp(lambda h: (split(h), h), bwd)

    def loss(h):
        pair = split(h)
        return 3.0 * pair.a + pair.b

    found = grad(loss)(Held(np.array([1.0, 2.0]), 3.0))
    assert type(found) is Held
    np.testing.assert_array_equal(found.w, [30.0, 60.0])
    assert found.s == 100.0


def test_keywords_and_defaults():
    @custom_vjp
    def scaled(x, scale=1.0):
        return x * scale

    scaled.defvjp(lambda x, scale=1.0: (x * scale, scale), lambda s, g: (7.0 * g * s, None))
    assert grad(scaled)(3.0) == 7.0
    assert grad(scaled)(3.0, scale=2.0) == 14.0
    assert grad(lambda x: scaled(scale=3.0, x=x))(3.0) == 21.0


def test_none_inside_of_a_cotangent():
    @custom_vjp
    def f(p, q):
        return p["a"] * p["b"] + np.sum(q)

    f.defvjp(lambda p, q: (f(p, q), None), lambda _, g: ({"a": None, "b": 5.0 * g}, None))
    of_p, of_q = grad(f, argnums=(0, 1))({"a": 1.0, "b": 2.0}, np.ones(2, np.float32))
    assert of_p == {"a": 0.0, "b": 5.0}
    assert of_q.dtype == np.float32 and np.array_equal(of_q, [0.0, 0.0])


class Rules:
    factor = 3.0

    def fwd(self, x):
        return x * 1.0, self

    def bwd(self, held, g):
        return (g * held.factor,)

    def jvp(self, primals, tangents):
        return primals[0] * 1.0, tangents[0] * self.factor

    __call__ = jvp


@pytest.mark.parametrize(
    "rule",
    [
        Rules().jvp,
        Rules(),
        partial(lambda k, primals, tangents: (primals[0] * 1.0, k * tangents[0]), 3.0),
        lambda primals, tangents: (primals[0] * 1.0, 0.0 + tangents[0] * 3.0),
    ],
)
def test_what_a_rule_may_be(rule):
    assert grad(identity_with(rule))(1.0) == 3.0
    assert jvp(identity_with(rule), (1.0,), (1.0,)) == (1.0, 3.0)


def test_methods_as_halves_of_a_reverse_rule():
    f = custom_vjp(lambda x: x * 1.0)
    f.defvjp(Rules().fwd, Rules().bwd)
    assert grad(f)(1.0) == 3.0
    assert grad(lambda x: f(2.0 * x))(1.0) == 6.0


def test_a_pullback_is_kept_for_the_backward_rule():
    f = custom_vjp(np.sin)
    f.defvjp(lambda x: vjp(np.sin, x), lambda pull, g: pull(2.0 * g))
    assert grad(f)(1.0) == 2.0 * np.cos(1.0)
    assert grad(grad(f))(1.0) == pytest.approx(-2.0 * np.sin(1.0), rel=1e-15)


def filled_up(primals, tangents):
    out = np.empty_like(primals[0])
    for i in range(3):
        out[i] = 3.0 * tangents[0][i]
    return primals[0] * 1.0, out


def tried(primals, tangents):
    try:
        if primals[0][0] > 0.0:
            raise ValueError
        dot = tangents[0]
    except ValueError:
        dot = 3.0 * tangents[0]
    return primals[0] * 1.0, dot


def summed_up(primals, tangents):
    total = np.zeros(3)
    for factor in (1.0, 2.0):
        total += factor * tangents[0]
    return primals[0] * 1.0, total


@pytest.mark.parametrize("rule", [filled_up, tried, summed_up])
def test_statements_in_a_transposed_rule(rule):
    f = identity_with(rule)
    found = grad(lambda x: np.sum(f(x)))(np.ones(3))
    np.testing.assert_array_equal(found, [3.0, 3.0, 3.0])


# --- what does not fit


def plus(part):
    return lambda primals, tangents: (primals[0] * 1.0, tangents[0] + part(primals[0]))


@pytest.mark.parametrize(
    "rule",
    [
        plus(lambda x: 1.0),
        plus(lambda x: x),
        lambda primals, tangents: (primals[0] * 1.0, 3.0),
        lambda primals, tangents: (primals[0] * 1.0, np.sin(tangents[0])),
        lambda primals, tangents: (primals[0] * 1.0, np.where(primals[0] > 0, tangents[0], 1.0)),
    ],
)
def test_rules_that_are_not_linear(rule):
    with pytest.raises(TypeError, match="not linear in the tangents"):
        grad(identity_with(rule))(-0.7)


@pytest.mark.parametrize("rule", [plus(lambda x: 0.0), plus(lambda x: x - x), plus(np.zeros_like)])
def test_rules_that_add_zero(rule):
    assert grad(identity_with(rule))(0.7) == 1.0


def test_cotangents_of_arguments_that_are_not_differentiated():
    f = custom_vjp(lambda x, y: x * y)
    f.defvjp(lambda x, y: (x * y, None), lambda _, g: (g, np.ones(3)))
    with pytest.raises(TypeError, match=r"float64\[3\][\s\S]*like the argument, float"):
        grad(f)(1.0, 2.0)


@pytest.mark.parametrize("mode", [grad, lambda f: lambda x: jvp(f, (x,), (x,))])
def test_a_result_that_is_not_like_the_function_s(mode):
    f = custom_jvp(lambda x: (x, x))
    f.defjvp(lambda primals, tangents: (primals[0], tangents[0]))
    with pytest.raises(TypeError, match=r"returns float[\s\S]*itself returns \(float, float\)"):
        mode(lambda x: f(x)[0])(1.0)


MIXING = np.array([[0.5, -0.3, 0.2], [0.1, 0.4, -0.6], [-0.2, 0.3, 0.7]])


def test_a_rule_in_a_loop_has_a_jacobian_in_a_batch() -> None:
    """Trying the rule leaves nothing behind that is known of other names."""

    @custom_jvp
    def log1pexp(x):
        return np.log1p(np.exp(x))

    @log1pexp.defjvp
    def log1pexp_jvp(primals, tangents):
        return log1pexp(primals[0]), tangents[0] / (1.0 + np.exp(-primals[0]))

    def layers(rule):
        def through(x):
            h = x
            for _ in range(3):
                h = rule(MIXING @ h) * 0.5 + x
            return h

        return through

    xs = np.array([[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6]])
    truth = [jacrev(layers(lambda x: np.log1p(np.exp(x))))(x) for x in xs]
    np.testing.assert_allclose(vmap(jacfwd(layers(log1pexp)))(xs), truth, rtol=1e-12)
