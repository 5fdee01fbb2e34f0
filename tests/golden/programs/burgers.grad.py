"""Derivative of `burgers`, written by srcxform."""

import numpy as np


def burgers_grad(u, nu, dt, n):
    """Gradient of `burgers` (programs.py:280) with respect to `u`, `nu`."""
    u = u.copy()
    bend_saved = []
    slope_saved = []
    value_1_saved = []
    for step in range(n):
        slope = 0.5 * (u[2:] - u[:-2])
        bend = u[2:] - 2.0 * u[1:-1] + u[:-2]
        value_2 = u[1:-1]
        value_1 = value_2.copy()
        u[1:-1] += dt * (nu * bend - value_2 * slope)
        bend_saved.append(bend)
        slope_saved.append(slope)
        value_1_saved.append(value_1)

    # return np.sum(u)
    u_bar = np.ones_like(u)
    nu_bar = 0.0
    for step in reversed(range(n)):
        value_1 = value_1_saved.pop()
        slope = slope_saved.pop()
        bend = bend_saved.pop()
        # u[1:-1] += dt * (nu * bend - u[1:-1] * slope)
        value_3_bar = dt * u_bar[1:-1]
        slope_bar = value_1 * -value_3_bar
        u_bar[1:-1] -= value_3_bar * slope
        nu_bar = nu_bar + np.sum(value_3_bar * bend)
        bend_bar = nu * value_3_bar
        # bend = u[2:] - 2.0 * u[1:-1] + u[:-2]
        u_bar[:-2] += bend_bar
        u_bar[2:] += bend_bar
        u_bar[1:-1] -= 2.0 * bend_bar
        # slope = 0.5 * (u[2:] - u[:-2])
        slope_1_bar = 0.5 * slope_bar
        u_bar[2:] += slope_1_bar
        u_bar[:-2] -= slope_1_bar
    return u_bar, nu_bar
