"""Complex numbers. The gradient of a real function at x + iy is du/dx - i du/dy."""

import numpy as np

from . import exhibit

Z = np.array([1.0 + 0.5j, 2.0 - 1.0j])


@exhibit("jax-ml/jax#979", at=(1.0 + 0.5j,), gradient=lambda z: np.conj(z) / np.abs(z))
def size(z):
    """The absolute value."""
    return np.abs(z)


@exhibit("jax-ml/jax#979", at=(1.0 + 0.5j,), gradient=lambda z: np.conj(z) / np.abs(z))
def size_from_parts(z):
    """The same from the real and the imaginary part: one convention for both."""
    return np.sqrt(np.real(z) ** 2 + np.imag(z) ** 2)


@exhibit(
    "jax-ml/jax#603",
    at=(Z,),
    gradient=lambda z: -np.sin(length(2 * z)) * 2 * np.conj(2 * z) / length(2 * z),
)
def cosine_of_a_length(z):
    """The imaginary parts of the gradient must not vanish."""
    return np.cos(np.linalg.norm(z * 2))


def length(z):
    return np.sqrt(np.sum(np.abs(z) ** 2))


@exhibit("jax-ml/jax#9110", at=(3.0 + 4.0j,), gradient=lambda z: 2 * np.conj(z))
def sum_of_squares_of_parts(z):
    """x**2 + y**2."""
    x, y = np.real(z), np.imag(z)
    return x**2 + y**2


@exhibit("jax-ml/jax#3293", at=(Z,), gradient=lambda z: np.array([2.0j, 2.0j]))
def imaginary_part_of_the_conjugate(z):
    """Conjugation turns the sign of one part only."""
    return 2.0 * np.sum(np.imag(np.conj(z)))


@exhibit("HIPS/autograd#179", at=(Z,), gradient=lambda z: -1j / z)
def angles(z):
    """The angle is the imaginary part of the logarithm."""
    return np.sum(np.angle(z))


@exhibit("HIPS/autograd#361", at=(1.0j,), gradient=lambda z: 1.0 + 1.0j)
def difference_of_parts(z):
    """x - y."""
    return np.real(z) - np.imag(z)
