"""The diffusion coefficient of a plate, found from its final temperatures.

Two hundred time steps are written in place, as a numerical programmer writes them; the gradient
goes backwards through all of them.
"""

import numpy as np
from scipy.optimize import minimize

import srcxform as sx


def diffuse(k, initial, steps=200, dt=0.1):
    """The temperatures after some steps; the edges stay as they are."""
    u = initial.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] += (
            k * dt * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1])
        )
    return u


def misfit(k, initial, final):
    return np.mean((diffuse(k, initial) - final) ** 2)


def hot_plate(size):
    """A cold plate with one hot edge and a hot spot."""
    u = np.zeros((size, size))
    u[0] = 1.0
    u[size // 2 : size // 2 + 4, size // 3 : size // 3 + 4] = 5.0
    return u


def main(true_k=0.7, guess=1.5):
    initial = hot_plate(48)
    measured = diffuse(true_k, initial)
    misfit_and_gradient = sx.value_and_grad(misfit)

    _, slope = misfit_and_gradient(guess, initial, measured)
    h = 1e-5
    difference = (misfit(guess + h, initial, measured) - misfit(guess - h, initial, measured)) / (
        2 * h
    )
    assert abs(slope - difference) < 1e-7 * abs(slope), (slope, difference)

    def target(k):
        value, gradient = misfit_and_gradient(k[0], initial, measured)
        print(f"k = {k[0]:.6f}  misfit {value:.3e}")
        return 1e4 * value, 1e4 * np.array([gradient])

    found = minimize(target, [guess], jac=True, method="L-BFGS-B", bounds=[(0.01, 2.4)])
    print(f"found {found.x[0]:.8f}, true {true_k}")
    assert abs(found.x[0] - true_k) < 1e-5


if __name__ == "__main__":
    main()
