"""The model of the tutorial's chapters on Jacobians: a sigmoid layer, and what is printed of it.

Its weights were drawn by another library, and are not printed. But the derivative of the sigmoid
is, for each input, `s = p (1 - p)` as the Jacobian in `b`; and the sign of the Hessians tells
whether `p` is above a half. So four inputs give four logits, which `W` and `b` follow from. All
else that is printed is checked against them: 15 numbers of two Jacobians, and 36 of Hessians.
"""

import numpy as np

inputs = np.array(
    [[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]]
)

PRINTED_W = [
    [0.05981758, 0.12883787, 0.08857603],
    [0.04015916, -0.04928625, 0.00684531],
    [0.12188288, 0.01406341, -0.3047072],
    [0.00140431, -0.00472531, 0.00263782],
]
PRINTED_B = [0.11503381, 0.04563541, 0.23439017, 0.00189771]
PRINTED_HESSIAN = [
    [
        [0.02285465, 0.04922541, 0.03384247],
        [0.04922541, 0.10602397, 0.07289147],
        [0.03384247, 0.07289147, 0.05011288],
    ],
    [
        [-0.03195215, 0.03921401, -0.00544639],
        [0.03921401, -0.04812629, 0.00668421],
        [-0.00544639, 0.00668421, -0.00092836],
    ],
    [
        [-0.01583708, -0.00182736, 0.03959271],
        [-0.00182736, -0.00021085, 0.00456839],
        [0.03959271, 0.00456839, -0.09898177],
    ],
    [
        [-0.00103524, 0.00348343, -0.00194457],
        [0.00348343, -0.01172127, 0.0065432],
        [-0.00194457, 0.0065432, -0.00365263],
    ],
]


def weights():
    """The tutorial's `W` and `b`: from the printed Jacobian in `b`, and signs of the Hessians."""
    above = np.sign(np.array(PRINTED_HESSIAN)[:, 0, 0])  # of `1 - 2 p`
    p = (1.0 - above * np.sqrt(1.0 - 4.0 * np.array(PRINTED_B))) / 2.0
    logits = np.log(p / (1.0 - p))
    *w, b = np.linalg.solve(np.c_[inputs, np.ones(4)], logits)
    return np.array(w), b


W, b = weights()


def sigmoid(x):
    return 0.5 * (np.tanh(x / 2) + 1)


def predict(W, b, inputs):
    """Outputs probability of a label being true."""
    return sigmoid(np.dot(inputs, W) + b)


def jacobian_of_predict():
    """The Jacobian in `W` in closed form."""
    p = 1.0 / (1.0 + np.exp(-(inputs @ W + b)))
    return (p * (1.0 - p))[:, None] * inputs


def close_to_printed(value, printed):
    """Eight digits behind the point, computed in single precision from numbers like these."""
    np.testing.assert_allclose(value, printed, rtol=0, atol=5e-8)
