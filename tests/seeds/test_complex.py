"""Every program of the chapter on complex numbers in JAX's tutorial "Advanced automatic
differentiation", with the numbers that are printed there."""

import numpy as np
import pytest

from srcxform import grad, jvp, vjp


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_jvp_of_a_function_that_is_not_holomorphic(seed):
    rng = np.random.default_rng(seed)
    a, b, c, d = rng.uniform(size=4)

    def fun(z):
        x, y = np.real(z), np.imag(z)
        return u(x, y) + v(x, y) * 1j

    def u(x, y):
        return a * x + b * y

    def v(x, y):
        return c * x + d * y

    x, y = rng.uniform(size=2)
    z = x + y * 1j
    e, f = rng.uniform(size=2)
    z_dot = e + f * 1j

    value, ans = jvp(fun, (z,), (z_dot,))
    expected = (
        grad(u, 0)(x, y) * e
        + grad(u, 1)(x, y) * f
        + grad(v, 0)(x, y) * e * 1j
        + grad(v, 1)(x, y) * f * 1j
    )
    assert value == fun(z)
    np.testing.assert_allclose(ans, expected, rtol=1e-14)
    np.testing.assert_allclose(ans, a * e + b * f + (c * e + d * f) * 1j, rtol=1e-14)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_vjp_of_a_function_that_is_not_holomorphic(seed):
    rng = np.random.default_rng(seed)
    a, b, c, d = rng.uniform(size=4)

    def fun(z):
        x, y = np.real(z), np.imag(z)
        return u(x, y) + v(x, y) * 1j

    def u(x, y):
        return a * x + b * y

    def v(x, y):
        return c * x + d * y

    x, y = rng.uniform(size=2)
    z = x + y * 1j
    e, f = rng.uniform(size=2)
    z_bar = np.array(e + f * 1j)

    _, fun_vjp = vjp(fun, z)
    (ans,) = fun_vjp(z_bar)
    expected = (
        grad(u, 0)(x, y) * e
        + grad(v, 0)(x, y) * (-f)
        + grad(u, 1)(x, y) * e * (-1j)
        + grad(v, 1)(x, y) * (-f) * (-1j)
    )
    np.testing.assert_allclose(ans, expected, rtol=1e-14)
    np.testing.assert_allclose(ans, a * e - c * f - (b * e - d * f) * 1j, rtol=1e-14)


def test_gradient_of_a_real_result():
    def f(z):
        x, y = np.real(z), np.imag(z)
        return x**2 + y**2

    z = 3.0 + 4j
    assert grad(f)(z) == 6.0 - 8.0j


def test_gradient_of_a_holomorphic_function():
    def f(z):
        return np.sin(z)

    z = 3.0 + 4j
    found = grad(f, holomorphic=True)(z)
    np.testing.assert_allclose(found, -27.034946 - 3.8511534j, rtol=2e-7)
    np.testing.assert_allclose(found, np.cos(z), rtol=1e-15)
    with pytest.raises(TypeError, match="holomorphic"):
        grad(f)(z)


def test_holomorphic_promised_of_what_is_not():
    def f(z):
        return np.conjugate(z)

    z = 3.0 + 4j
    assert grad(f, holomorphic=True)(z) == 1.0 - 0.0j


def test_whole_jacobian_of_a_function_that_is_not_holomorphic():
    """By two products in either mode: `z² + 2 z̄` has `u = x² - y² + 2x` and `v = 2xy - 2y`."""

    def f(z):
        return z * z + 2 * np.conj(z)

    x, y = 3.0, 4.0
    expected = np.array([[2 * x + 2, -2 * y], [2 * y, 2 * x - 2]])
    columns = [jvp(f, (x + y * 1j,), (direction,))[1] for direction in (1.0 + 0j, 1j)]
    np.testing.assert_array_equal([np.real(columns), np.imag(columns)], expected)
    _, f_vjp = vjp(f, x + y * 1j)
    (of_u,), (of_v,) = f_vjp(1.0 + 0j), f_vjp(-1j)
    np.testing.assert_array_equal([[of_u.real, -of_u.imag], [of_v.real, -of_v.imag]], expected)


def test_descent_along_the_conjugate():
    def f(z):
        return np.sum(np.abs(z * z - 2j) ** 2)

    z = np.array([1.5 + 0.2j, -0.3 - 1.1j])
    for _ in range(200):
        z = z - 0.02 * np.conj(grad(f)(z))
    np.testing.assert_allclose(z * z, 2j, rtol=1e-10)


def test_gradient_through_a_complex_cholesky_factor():
    A = np.array([[5.0, 2.0 + 3j, 5j], [2.0 - 3j, 7.0, 1.0 + 7j], [-5j, 1.0 - 7j, 12.0]])

    def f(X):
        L = np.linalg.cholesky(X)
        return np.sum((L - np.sin(L)) ** 2)

    printed = np.array(
        [
            [-0.7534186 + 0.0j, -3.0509028 - 10.940544j, 5.9896846 + 3.5423026j],
            [-3.0509028 + 10.940544j, -8.904491 + 0.0j, -5.1351523 - 6.559373j],
            [5.9896846 - 3.5423026j, -5.1351523 + 6.559373j, 0.01320427 + 0.0j],
        ]
    )
    found = grad(f, holomorphic=True)(A)
    np.testing.assert_allclose(found, printed, rtol=0, atol=3e-6)
