"""Own derivative rules wherever functions are called: what `custom_jvp` and `custom_vjp` promise
beyond JAX's tutorial. Truth is the same program without rules, or a closed form."""

from functools import partial

import numpy as np
import pytest

import srcxform as sx
from srcxform import custom_jvp, custom_vjp

X = 0.7


def plain(x, y=3.0):
    return np.sin(x) * y


@custom_jvp
def pushed(x, y=3.0):
    return np.sin(x) * y


@pushed.defjvp
def pushed_jvp(primals, tangents):
    (x, y), (x_dot, y_dot) = primals, tangents
    return pushed(x, y), np.cos(x) * x_dot * y + np.sin(x) * y_dot


@custom_vjp
def pulled(x, y=3.0):
    return np.sin(x) * y


def pulled_fwd(x, y):
    return pulled(x, y), (x, y)


def pulled_bwd(residuals, g):
    x, y = residuals
    return np.cos(x) * g * y, np.sin(x) * g


pulled.defvjp(pulled_fwd, pulled_bwd)


def in_loops_and_branches(function):
    def f(x):
        total = 0.0
        for _ in range(3):
            if total < 100.0:
                total = total + function(x * total, x)
            x = function(x + 1.0, y=2.0)
        return total

    return f


def in_a_nested_gradient(function):
    return lambda x: sx.grad(lambda z: function(z * x, x) * function(z, 2.0))(x)


def of_arrays(function):
    def f(x):
        v = np.array([x, 2.0 * x, x * x])
        w = function(v, v * 2.0)
        return np.sum(w * w) + function(x)

    return f


def stored(function):
    def f(x):
        a = np.zeros(3)
        for i in range(3):
            a[i] = function(x, a[i - 1])
        return a @ a

    return f


PROGRAMS = [in_loops_and_branches, in_a_nested_gradient, of_arrays, stored]
TRANSFORMS = {
    "grad": lambda f: sx.grad(f)(X),
    "jvp": lambda f: sx.jvp(f, (X,), (1.0,))[1],
    "grad of grad": lambda f: sx.grad(sx.grad(f))(X),
    "jvp of grad": lambda f: sx.jvp(sx.grad(f), (X,), (1.0,))[1],
    "jvp of jvp": lambda f: sx.jvp(lambda x: sx.jvp(f, (x,), (1.0,))[1], (X,), (1.0,))[1],
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_forward_rule_at_any_nesting(program, transform):
    derivative = TRANSFORMS[transform]
    expected = derivative(program(plain))
    np.testing.assert_allclose(derivative(program(pushed)), expected, rtol=1e-12)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("transform", ["grad", "grad of grad"])
def test_reverse_rule_at_any_nesting(program, transform):
    derivative = TRANSFORMS[transform]
    expected = derivative(program(plain))
    np.testing.assert_allclose(derivative(program(pulled)), expected, rtol=1e-12)


@pytest.mark.parametrize("rule", [pushed, pulled])
def test_of_the_function_itself(rule):
    assert rule(X) == plain(X)
    np.testing.assert_allclose(sx.grad(rule)(X), 3.0 * np.cos(X), rtol=1e-14)
    np.testing.assert_allclose(sx.grad(rule, 1)(X, y=2.0), np.sin(X), rtol=1e-14)
    out, pullback = sx.vjp(rule, X, 2.0)
    assert out == plain(X, 2.0)
    np.testing.assert_allclose(pullback(2.0), (4.0 * np.cos(X), 2.0 * np.sin(X)), rtol=1e-14)
    np.testing.assert_allclose(sx.jacrev(rule)(X), 3.0 * np.cos(X), rtol=1e-14)


def test_the_generated_code_names_the_rule():
    text = sx.source(sx.jvp(pushed), (X, 2.0), (1.0, 0.0))
    assert "pushed_jvp(" in text
    text = sx.source(sx.grad(pulled), X, 2.0)
    assert "pulled_fwd(" in text and "pulled_bwd(" in text


def test_a_transposed_rule_computes_its_primal_part_once():
    text = sx.source(sx.grad(lambda x: 2.0 * pushed(x, 2.0)), X)
    code = [line for line in text.splitlines() if "#" not in line]
    assert sum(line.count("np.cos") for line in code) == 1
    assert not any("np.sin" in line for line in code)


def test_another_rule_takes_effect():
    @custom_jvp
    def f(x):
        return x

    def outer(x):
        return 2.0 * f(x)

    f.defjvp(lambda primals, tangents: (primals[0], 3.0 * tangents[0]))
    direct, inside = sx.grad(f), sx.grad(outer)
    assert (direct(1.0), inside(1.0)) == (3.0, 6.0)
    f.defjvp(lambda primals, tangents: (primals[0], 5.0 * tangents[0]))
    assert (direct(1.0), inside(1.0)) == (5.0, 10.0)


def test_rule_that_closes_over_values():
    factor = 2.0

    @custom_jvp
    def f(x):
        return x * x

    @f.defjvp
    def f_jvp(primals, tangents):
        return f(primals[0]), factor * tangents[0]

    assert sx.grad(f)(1.0) == 2.0
    factor = 7.0
    assert sx.grad(f)(1.0) == 7.0


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    @custom_jvp
    def energy(self, x):
        return 0.5 * self.stiffness * x * x

    @energy.defjvp
    def energy_jvp(primals, tangents):
        self, x = primals
        return self.energy(x), 10.0 * self.stiffness * x * tangents[1]


def test_methods():
    spring = Spring(2.0)
    assert spring.energy(3.0) == 9.0
    assert sx.grad(spring.energy)(3.0) == 60.0
    assert sx.grad(lambda x: x * spring.energy(x))(3.0) == 9.0 + 180.0


@custom_jvp
def power(x, n):
    return x if n <= 0 else x * power(x, n - 1)


@power.defjvp
def power_jvp(primals, tangents):
    x, n = primals
    return power(x, n), (n + 1) * x**n * tangents[0]


def test_recursive():
    np.testing.assert_allclose(sx.grad(power)(X, 3), 4.0 * X**3, rtol=1e-14)
    np.testing.assert_allclose(sx.grad(lambda x: power(x, 3) * x)(X), 5.0 * X**4, rtol=1e-14)


# Functions as arguments


@partial(custom_jvp, nondiff_argnums=(0,))
def forwards(function, x):
    return function(x)


@forwards.defjvp
def forwards_jvp(function, primals, tangents):
    return forwards(function, *primals), sx.jvp(function, primals, tangents)[1]


@partial(custom_vjp, nondiff_argnums=(0,))
def backwards(function, x):
    return function(x)


def backwards_fwd(function, x):
    return backwards(function, x), x


def backwards_bwd(function, x, g):
    return sx.vjp(function, x)[1](g)


backwards.defvjp(backwards_fwd, backwards_bwd)


def cubed(x):
    return x**3


FACTOR = 3.0


def given_functions(apply):
    """Functions handed to `apply` in many ways, with the derivative at X of each."""

    def inner(x):
        def nested(t):
            y = np.sin(t)
            return y * cubed(t)

        return apply(nested, x)

    three = 3.0 * X**2
    return {
        "module level": (lambda x: apply(cubed, x), three),
        "NumPy's": (lambda x: apply(np.sin, x), np.cos(X)),
        "lambda": (lambda x: apply(lambda t: FACTOR * t**3, x), 3.0 * three),
        "captures an argument": (lambda x, k=2.0: apply(lambda t: k * t**3, x), 2.0 * three),
        "partial": (lambda x: apply(partial(lambda a, t: a * t**3, 2.0), x), 2.0 * three),
        "derivative": (lambda x: apply(sx.grad(cubed), x), 6.0 * X),
        "nested": (inner, np.cos(X) * X**3 + np.sin(X) * three),
    }


@pytest.mark.parametrize("apply", [forwards, backwards])
@pytest.mark.parametrize("way", given_functions(forwards))
def test_functions_given(apply, way):
    function, expected = given_functions(apply)[way]
    np.testing.assert_allclose(sx.grad(function)(X), expected, rtol=1e-14)
    if apply is forwards:
        np.testing.assert_allclose(sx.jvp(function, (X,), (1.0,))[1], expected, rtol=1e-14)


@pytest.mark.parametrize("apply", [forwards, backwards])
def test_functions_given_again(apply):
    def f(x, k=2.0):
        return apply(lambda t: k * t**3, x)

    np.testing.assert_allclose(sx.grad(sx.grad(f))(X), 12.0 * X, rtol=1e-14)


def test_nothing_is_printed_while_compiling(capsys):
    def f(x):
        print("once")
        return x * x

    sx.grad(f)(2.0)
    assert capsys.readouterr().out == "once\n"


@pytest.mark.parametrize("numbers", [1, (0, 5)])
def test_nondiff_argnums_out_of_range(numbers):
    with pytest.raises(ValueError, match="nondiff_argnums"):
        custom_jvp(lambda x: x, nondiff_argnums=numbers)


def test_rule_that_calls_its_function_on_tangents():
    @custom_jvp
    def doubled(x):
        return 2.0 * x

    doubled.defjvp(lambda primals, tangents: (doubled(*primals), doubled(*tangents)))
    assert sx.jvp(doubled, (1.0,), (3.0,)) == (2.0, 6.0)
    assert sx.grad(doubled)(1.0) == 2.0
    assert sx.grad(lambda x: doubled(x) ** 2)(3.0) == 24.0


def test_several_arguments_by_star():
    @custom_jvp
    def product(*factors):
        return factors[0] * factors[1]

    @product.defjvp
    def product_jvp(primals, tangents):
        return product(*primals), tangents[0] * primals[1] + primals[0] * tangents[1]

    assert sx.grad(product)(2.0, 3.0) == 3.0
    assert sx.grad(lambda x: product(x, x))(2.0) == 4.0


def test_none_inside_a_cotangent():
    @custom_vjp
    def product(p):
        return p["a"] * p["b"]

    product.defvjp(lambda p: (product(p), p), lambda p, g: ({"a": 10.0 * g * p["b"], "b": None},))
    assert sx.grad(product)({"a": 2.0, "b": 3.0}) == {"a": 30.0, "b": 0.0}
    assert sx.grad(lambda x: product({"a": x, "b": x * x}))(2.0) == 40.0


def test_a_batch():
    np.testing.assert_allclose(
        sx.vmap(sx.grad(pushed))(np.arange(3.0)), 3.0 * np.cos(np.arange(3.0)), rtol=1e-14
    )
    np.testing.assert_allclose(
        sx.vmap(sx.grad(pulled))(np.arange(3.0)), 3.0 * np.cos(np.arange(3.0)), rtol=1e-14
    )


@custom_jvp
def found(x, k=2.0):
    return k * x


@found.defjvp
def found_jvp(primals, tangents):
    return found(*primals), 10.0 * tangents[0] + 100.0 * tangents[1]


class Holder:
    def __init__(self, function):
        self.function = function

    @staticmethod
    @custom_jvp
    def scaled(x):
        return x


Holder.scaled.defjvps(lambda x_dot, out, x: 10.0 * x_dot)
PARTIAL, TABLE, LISTED, HOLDER = partial(found, k=3.0), {"f": found}, [found], Holder(found)


def chosen(x):
    function = found if x > 0.0 else PARTIAL
    return function(x)


FOUND = {
    "partial": PARTIAL,
    "partial inside": lambda x: PARTIAL(x),
    "in a dict": lambda x: TABLE["f"](x),
    "in a list": lambda x: LISTED[0](x),
    "attribute": lambda x: HOLDER.function(x),
    "static": lambda x: Holder.scaled(x),
    "static of an object": lambda x: HOLDER.scaled(x),
    "static itself": Holder.scaled,
    "chosen": chosen,
    "mapped": lambda x: 0.5 * sum(map(found, [x, x])),
    "by name": lambda x: 0.1 * found(k=x, x=1.0),
    "checkpoint": sx.checkpoint(found),
    "checkpoint inside": lambda x: sx.checkpoint(found)(x, k=2.0),
}


@pytest.mark.parametrize("way", FOUND)
def test_wherever_it_is_found(way):
    np.testing.assert_allclose(sx.grad(FOUND[way])(1.0), 10.0, rtol=1e-14)


# Arrays, and writes beside rules

MATRIX, VECTOR = np.array([[2.0, 0.3], [0.1, 1.5]]), np.array([1.0, 2.0, -1.0])


@custom_jvp
def inverse(a):
    return np.linalg.inv(a)


@inverse.defjvp
def inverse_jvp(primals, tangents):
    b = inverse(*primals)
    return b, -b @ tangents[0] @ b


@custom_jvp
def solution(a, b):
    return np.linalg.solve(a, b)


@solution.defjvp
def solution_jvp(primals, tangents):
    (a, b), (a_dot, b_dot) = primals, tangents
    x = solution(a, b)
    return x, np.linalg.solve(a, b_dot - a_dot @ x)


@custom_jvp
def sums(x):
    return np.cumsum(x)


@sums.defjvp
def sums_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    out, total = np.zeros_like(x_dot), 0.0
    for i in range(len(x)):
        total = total + x_dot[i]
        out[i] = total
    return sums(x), out


OF_ARRAYS = {
    "inverse": (lambda a, f=inverse: np.sum(f(a) ** 2), np.linalg.inv, MATRIX),
    "solution": (
        lambda a, f=solution: np.sum(f(a, VECTOR[:2]) ** 2),
        np.linalg.solve,
        MATRIX,
    ),
    "loop in the rule": (lambda x, f=sums: np.sum(f(x) ** 2), np.cumsum, VECTOR),
}


@pytest.mark.parametrize("way", OF_ARRAYS)
def test_rules_of_arrays(way):
    function, other, x = OF_ARRAYS[way]

    def without(x):
        return function(x, other)

    np.testing.assert_allclose(sx.grad(function)(x), sx.grad(without)(x), rtol=1e-12)
    pairs = zip(sx.jvp(function, (x,), (x,)), sx.jvp(without, (x,), (x,)), strict=True)
    for found, expected in pairs:
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    found, expected = sx.hvp(function, (x,), (x,)), sx.hvp(without, (x,), (x,))
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-11)


def written_afterwards(function):
    def f(x):
        y = function(x)
        y[0] = 5.0
        return np.sum(y * y) + np.sum(2.0 * x)

    return f


def written_between(function):
    def f(x):
        z = x * 1.0
        total = 0.0
        for i in range(2):
            y = function(z)
            z[i] = y[i] * 2.0
            total = total + np.sum(y)
        return total + np.sum(z)

    return f


def of_a_view(function):
    def f(x):
        z = x * 1.0
        y = function(z[:2])
        z[1] = 3.0
        return np.sum(y) * z[2] + np.sum(function(z))

    return f


def branches(function):
    def f(x):
        y = function(x) if x[0] > 0.0 else x
        while np.sum(y) < 20.0:
            y = y + function(y * 0.1, 2.0) + 1.0
        return np.sum(y)

    return f


@pytest.mark.parametrize("program", [written_afterwards, written_between, of_a_view, branches])
def test_beside_writes(program):
    found, expected = sx.grad(program(pushed))(VECTOR), sx.grad(program(plain))(VECTOR)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    found, expected = (sx.jvp(program(f), (VECTOR,), (VECTOR,))[1] for f in (pushed, plain))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_result_that_is_an_argument_is_not_written_to():
    @custom_jvp
    def same(x):
        return x

    same.defjvps(lambda x_dot, out, x: 2.0 * x_dot)

    def f(x):
        z = x * 1.0
        y = same(z)
        z[0] = 7.0
        return np.sum(y)

    for derivative in (sx.grad(f), lambda x: sx.jvp(f, (x,), (x,))):
        with pytest.raises(TypeError, match="is written in place"):
            derivative(VECTOR)


def test_a_function_without_source():
    optimize = pytest.importorskip("scipy.optimize")

    @custom_vjp
    def cube_root(a):
        return optimize.brentq(lambda x: x**3 - a, 0.0, 10.0, xtol=1e-15)

    cube_root.defvjp(lambda a: (cube_root(a),) * 2, lambda x, g: (g / (3.0 * x**2),))
    np.testing.assert_allclose(sx.grad(cube_root)(8.0), 1.0 / 12.0, rtol=1e-12)
    curvature = -2.0 / 9.0 * 8.0 ** (-5.0 / 3.0)
    np.testing.assert_allclose(sx.grad(sx.grad(cube_root))(8.0), curvature, rtol=1e-12)


@pytest.mark.parametrize("dot", [None, (1.0,), np.ones(2), 1j])
def test_a_tangent_that_does_not_fit(dot):
    @custom_jvp
    def f(x):
        return x * x

    f.defjvp(lambda primals, tangents: (f(*primals), dot))
    with pytest.raises(TypeError, match="the rule `.*` returned") as caught:
        sx.jvp(f, (1.0,), (1.0,))
    assert "float" in str(caught.value)


@pytest.mark.parametrize("bar", [(1.0, 2.0), ((1.0,),), (np.ones(2),), (1j,), 1.0, None])
def test_cotangents_that_do_not_fit(bar):
    @custom_vjp
    def f(x):
        return x * x

    f.defvjp(lambda x: (f(x), None), lambda res, g: bar)
    with pytest.raises(TypeError, match="the rule `.*` returned"):
        sx.grad(f)(1.0)
