"""What rules return is compared with what it stands for, wherever derivatives are taken.

A rule that returns another structure, shape, sort or precision is refused, and told both, also
where nobody looks at what it returned but at the derivative of that.
"""

import numpy as np
import pytest

import srcxform as sx

ONES = np.ones(3)
WRONG = {  # what becomes of the tangent or cotangent of an array, the argument, and what is told
    "single for double": (lambda d: d.astype(np.float32), ONES, r"float32\[3\]", r"float64\[3\]"),
    "double for single": (
        lambda d: d.astype(np.float64), ONES.astype(np.float32), r"float64\[3\]", r"float32\[3\]",
    ),
    "complex for real": (lambda d: d * 1j, ONES, r"complex128\[3\]", r"float64\[3\]"),
    "real for complex": (np.real, ONES + 1j, r"float64\[3\]", r"complex128\[3\]"),
    "one entry": (lambda d: d[:1], ONES, r"float64\[1\]", r"float64\[3\]"),
    "another axis": (lambda d: d[None], ONES, r"float64\[1,3\]", r"float64\[3\]"),
}  # fmt: skip


def total(x):
    return np.sum(np.real(x))


def pushed(spoil):
    f = sx.custom_jvp(lambda x: x * x)

    @f.defjvp
    def rule(primals, tangents):
        return primals[0] * primals[0], spoil(2.0 * primals[0] * tangents[0])

    return f


def pulled(spoil):
    def bwd(x, g):
        return (spoil(2.0 * x * g),)

    f = sx.custom_vjp(lambda x: x * x)
    f.defvjp(lambda x: (x * x, x), bwd)
    return f


REVERSE = {
    "grad": lambda f, x: sx.grad(lambda x: total(f(x)))(x),
    "vjp": lambda f, x: sx.vjp(f, x)[1](x),
    "grad of grad": lambda f, x: sx.grad(lambda x: total(sx.grad(lambda x: total(f(x)))(x)))(x),
    "jvp of grad": lambda f, x: sx.jvp(sx.grad(lambda x: total(f(x))), (x,), (x,)),
    "vmap of grad": lambda f, x: sx.vmap(sx.grad(lambda x: total(f(x))))(x[None]),
}
FORWARD = {
    "jvp": lambda f, x: sx.jvp(f, (x,), (x,)),
    "jvp of jvp": lambda f, x: sx.jvp(lambda x: sx.jvp(f, (x,), (x,)), (x,), (x,)),
    "grad of jvp": lambda f, x: sx.grad(lambda x: total(sx.jvp(f, (x,), (x,))[1]))(x),
    "vmap of jvp": lambda f, x: sx.vmap(lambda x: sx.jvp(f, (x,), (x,)))(x[None]),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    ("rule", "transform"),
    [(pushed, t) for t in (REVERSE | FORWARD).values()] + [(pulled, t) for t in REVERSE.values()],
    ids=[f"pushed {t}" for t in REVERSE | FORWARD] + [f"pulled {t}" for t in REVERSE],
)
def test_arrays_of_another_sort_are_refused(rule, transform, wrong):
    spoil, x, got, wanted = WRONG[wrong]
    with pytest.raises(sx.errors.NoDerivativeError, match=rf"returned .*{got}(.|\n)*{wanted}"):
        transform(rule(spoil), x)


@pytest.mark.parametrize("x", [ONES, ONES.astype(np.float32), ONES + 1j])
def test_the_same_rules_unspoilt_are_not(x):
    for transform in (REVERSE | FORWARD).values():
        transform(pushed(lambda d: d), x)
    for transform in REVERSE.values():
        transform(pulled(lambda d: d), x)


@pytest.mark.parametrize("parts", [lambda d: (d,), lambda d: [d, d], lambda d: d, lambda d: None])
def test_a_tangent_of_another_structure_is_refused(parts):
    f = sx.custom_jvp(lambda x: (x * x, x))

    @f.defjvp
    def rule(primals, tangents):
        return (primals[0] * primals[0], primals[0]), parts(tangents[0])

    with pytest.raises(sx.errors.NoDerivativeError, match="the rule `rule` returned"):
        sx.vjp(f, ONES)
    with pytest.raises(sx.errors.NoDerivativeError, match="the rule `rule` returned"):
        sx.jvp(lambda x: sx.jvp(f, (x,), (x,)), (ONES,), (ONES,))


def test_no_comparison_is_left_where_the_rule_tells():
    f = sx.custom_jvp(lambda x, y: np.exp(x) * y)

    @f.defjvp
    def rule(primals, tangents):
        (x, y), (x_dot, y_dot) = primals, tangents
        out = f(x, y)
        return out, out * x_dot + np.exp(x) * y_dot

    text = sx.source(sx.grad(lambda x: np.sum(f(x, x) * f(x, 2.0))), ONES)
    assert "check" not in text
