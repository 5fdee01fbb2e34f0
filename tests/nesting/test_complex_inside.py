"""Derivatives in complex numbers taken inside: holomorphic ones, and of what is not."""

from typing import Any

import numpy as np
import pytest

import srcxform as sx
from srcxform import grad, jvp

Z = 0.4 + 0.9j


def test_holomorphic_gradient_of_a_real_argument() -> None:
    """|3 z**2| at z = a + 0.9i is 3 (a**2 + 0.81), and its derivative 6 a."""

    def size(a: Any) -> Any:
        return np.abs(grad(lambda z: z**3, holomorphic=True)(a + 0.9j))

    assert grad(size)(0.4) == pytest.approx(2.4, rel=1e-14)
    assert jvp(size, (0.4,), (1.0,))[1] == pytest.approx(2.4, rel=1e-14)
    assert grad(grad(size))(0.4) == pytest.approx(6.0, rel=1e-13)
    np.testing.assert_allclose(sx.vmap(size)(np.array([0.4, 1.0])), 3 * np.array([0.97, 1.81]))


@pytest.mark.parametrize("switching", [True, False])
def test_holomorphic_derivatives_of_one_another(switching: bool) -> None:
    def f(z: Any) -> Any:
        return z * np.exp(2 * z)

    def first(z: Any) -> Any:
        return grad(f, holomorphic=True)(z)

    def both(z: Any) -> Any:
        value, slope = sx.value_and_grad(f, holomorphic=True)(z)
        return value * slope

    with sx.mode_switching(switching):
        second = grad(first, holomorphic=True)(Z)
        assert second == pytest.approx((4 + 4 * Z) * np.exp(2 * Z), rel=1e-14)
        assert grad(lambda z: grad(first, holomorphic=True)(z), holomorphic=True)(
            Z
        ) == pytest.approx((12 + 8 * Z) * np.exp(2 * Z), rel=1e-13)
        # of z (1 + 2 z) exp(4 z)
        expected = (1 + 8 * Z + 8 * Z**2) * np.exp(4 * Z)
        assert grad(both, holomorphic=True)(Z) == pytest.approx(expected, rel=1e-13)


def test_promised_of_what_is_not_holomorphic() -> None:
    """conj(z) z c has the real part |z|**2 Re c, whose gradient is 2 conj(z) Re c."""

    def slope(c: Any) -> Any:
        return np.imag(grad(lambda z: np.conj(z) * z * c, holomorphic=True)(Z))

    assert grad(slope)(Z) == pytest.approx(-2 * Z.imag, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.complex128, np.complex64])
def test_gradients_of_complex_numbers_are_complex(dtype: Any) -> None:
    """Also where all that reaches them is real: they can be written to like others."""
    z = np.array([1 + 2j, 3.0], dtype)

    def slope(z: Any) -> Any:
        return grad(lambda w: np.sum(np.real(w)))(z)

    def turned(z: Any) -> Any:
        p = grad(lambda p: np.sum(np.real(p["z"])) + p["b"])({"z": z, "b": 2.0})
        p["z"][0] = 1j * p["z"][1]
        return np.sum(p["z"] * np.array([1j, 2], dtype) * z)

    value, tangent = jvp(slope, (z,), (z,))
    assert value.dtype == tangent.dtype == slope(z).dtype == dtype
    value, tangent = jvp(turned, (z,), (z,))
    assert value == turned(z) == -z[0] + 2 * z[1]
    assert tangent == value
    pulled = lambda w: sx.vjp(np.real, w)[1](1.0)[0]  # noqa: E731
    assert type(jvp(pulled, (Z,), (1.0 + 0j,))[0]) is type(pulled(Z)) is complex


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda x: grad(lambda y: y * y, holomorphic=True)(x), "one complex number"),
        (lambda x: grad(lambda y: y * y * 1j, holomorphic=True)(x), "of a function of real"),
        (lambda x: np.real(grad(lambda z: z * z)(x + 0j)), "one real number"),
    ],
)
def test_what_is_promised_wrongly_is_refused(wrong: Any, why: str) -> None:
    for call in (lambda: grad(wrong)(0.3), lambda: jvp(wrong, (0.3,), (1.0,))):
        with pytest.raises(sx.errors.UnsupportedError, match=why):
            call()
