"""Powers, norms, absolute values and products at zero."""

import numpy as np

from . import exhibit


@exhibit("pytorch/pytorch#8945", at=(np.array([0.0, 2.0]),), gradient=lambda x: np.zeros(2))
def to_the_power_of_nought(x):
    """x**0 is one everywhere, with slope zero at zero too."""
    return np.sum(x**0)


@exhibit(
    "RobotLocomotion/drake#23862",
    at=(0.0, np.array([3.0, -1.0, 2.0])),
    gradient=lambda x, c: (c[1] + 2 * c[2] * x, np.array([1.0, x, x**2])),
)
def polynomial_by_powers(x, c):
    """A constant and a linear term are x**0 and x**1, at zero."""
    out = 0.0
    for k in range(3):
        out = out + c[k] * x**k
    return out


@exhibit("jax-ml/jax#12409", at=(np.array([1.0]),), gradient=lambda v: np.zeros(1), curved=False)
def fraction_to_the_power_of_nought(v):
    """The exponent is an array that holds a zero."""
    return np.sum(np.power(v - np.floor(v), np.array([0])))


@exhibit(
    "pytorch/pytorch#27134",
    at=(np.array([0.0, 2.0]), np.ones(2)),
    gradient=lambda a, b: (np.ones(2), np.array([0.0, 2.0 * np.log(2.0)])),
    curved=False,
)
def base_zero_active_exponent(a, b):
    """The slope of 0**b in b is zero, not zero times log(0)."""
    return np.sum(a**b)


@exhibit(
    "tensorflow/tfjs#346",
    at=(0.0, 2.0),
    gradient=lambda a, b: (0.0, 0.0),
    curved=False,
)
def number_zero_active_exponent(a, b):
    """The same for two numbers."""
    return np.power(a, b)


@exhibit(
    "stan-dev/math#3031",
    at=(np.array([0.0, 0.25]),),
    gradient=lambda s: 1.5 * np.sqrt(s),
    curved=False,
)
def power_above_one_at_zero(s):
    """For exponents above one the slope at zero is zero."""
    return np.sum(s**1.5)


@exhibit("jax-ml/jax#29111", at=(np.array([1.0, 0.3]),))
def fourth_power_of_a_sum_of_sizes(x):
    """Second derivatives beside the kink of abs."""
    return np.sum(np.abs(x)) ** 4 + np.exp(x[1])


@exhibit(
    "jax-ml/jax#2377", "jax-ml/jax#26248",
    at=(1.3, np.array([0.6, -0.8])),
    gradient=lambda a, x: (
        np.sign(a) * np.sqrt(np.sum(x**2)), np.abs(a) * x / np.sqrt(np.sum(x**2)),
    ),
)  # fmt: skip
def length_scaled(a, x):
    """The norm is homogeneous; with the second derivatives, away from zero."""
    return np.linalg.norm(a * x)


@exhibit(
    "jax-ml/jax#4177",
    at=(np.array([0.6, -0.8, 0.1]),),
    gradient=lambda x: 2 * x,
)
def squared_length(x):
    """The square of a norm is a sum of squares."""
    return np.linalg.norm(x) ** 2


@exhibit("jax-ml/jax#4177", at=(np.zeros(2),), gradient=lambda x: 2 * x)
def sum_of_squares_at_zero(x):
    """Written as a dot product there is no kink at zero."""
    return np.dot(x, x)


@exhibit(
    "pytorch/pytorch#773",
    at=(np.array([2.0, 0.0, 3.0]),),
    gradient=lambda x: np.array([x[1] * x[2], x[0] * x[2], x[0] * x[1]]),
)
def product_with_a_zero(x):
    """The slope is the product of the others, which must not be had by dividing."""
    return np.prod(x)


@exhibit(
    "apache/mxnet#17864",
    at=(np.array([[4.0, 0.0], [0.0, 0.0], [2.0, 5.0]]),),
    gradient=lambda x: x[:, ::-1],
)
def products_of_rows(x):
    """Along an axis, with one, two and no zeros."""
    return np.sum(np.prod(x, axis=1))


@exhibit("tensorflow/tensorflow#3862", at=(np.zeros(1),), gradient=lambda x: np.ones(1))
def running_product_of_zero(x):
    """One entry, and that is zero."""
    return np.sum(np.cumprod(x))


@exhibit(
    "Theano/Theano#5197",
    at=(np.array([1.0, 0.0]),),
    gradient=lambda x: np.array([2 * x[0] + 2 * x[0] * x[1] ** 2, 2 * x[0] ** 2 * x[1]]),
)
def squares_of_running_products(x):
    """A zero at the end."""
    y = np.cumprod(x)
    return np.sum(y * y)


@exhibit(
    "tensorflow/tensorflow#119430",
    at=(np.array([2.0, 0.0, 0.0, 3.0]),),
    gradient=lambda x: np.array([
        1 + x[1] + x[1] * x[2] + x[1] * x[2] * x[3],
        x[0] * (1 + x[2] + x[2] * x[3]), x[0] * x[1] * (1 + x[3]), x[0] * x[1] * x[2],
    ]),
)  # fmt: skip
def running_products_with_two_zeros(x):
    """Two zeros in the middle."""
    return np.sum(np.cumprod(x))


@exhibit(
    "shader-slang/slang#10071",
    at=(5.5, 2.0),
    gradient=lambda x, y: (1.0, -np.floor(x / y)),
)
def remainder(x, y):
    """The remainder depends on the divisor as often as it goes in."""
    return np.fmod(x, y)


@exhibit(
    "shader-slang/slang#10071",
    at=(-5.5, 2.0),
    gradient=lambda x, y: (1.0, -np.floor(x / y)),
)
def remainder_of_floor(x, y):
    """With the sign of the divisor, as % has it."""
    return x % y
