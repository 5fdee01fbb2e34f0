"""Time steppers: partial and ordinary differential equations."""

import numpy as np

from . import example, normal, positive

LINE = np.linspace(0.0, 1.0, 12)


@example(np.sin(np.pi * LINE), 0.3, 6, wrt=(0, 1))
def heat(u0, kappa, steps):
    """Explicit heat equation, updated in place through slices."""
    u = u0.copy()
    for _ in range(steps):
        u[1:-1] += kappa * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


@example(np.exp(-10.0 * (LINE - 0.5) ** 2), 0.6, wrt=(0, 1))
def wave(u0, c):
    """Second order in time: three buffers in rotation."""
    u_prev = u0.copy()
    u = u0.copy()
    u_next = np.zeros_like(u0)
    for _ in range(5):
        u_next[1:-1] = 2.0 * u[1:-1] - u_prev[1:-1] + c**2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        u_prev, u, u_next = u, u_next, u_prev
    return np.sum((u - u_prev) ** 2) + u[3]


@example(1.5 + 0.5 * np.sin(2.0 * np.pi * LINE), 0.2, wrt=(0, 1))
def burgers_upwind(u0, ratio):
    """Upwind differences; the direction is chosen per cell."""
    u = u0
    for _ in range(4):
        flux = 0.5 * u * u
        new = np.empty_like(u)
        for i in range(len(u)):
            if u[i] > 0.0:
                new[i] = u[i] - ratio * (flux[i] - flux[i - 1])
            else:
                new[i] = u[i] - ratio * (flux[(i + 1) % len(u)] - flux[i])
        u = new
    return u


@example(0.8, 0.1, 1.3, wrt=(0, 1, 2))
def leapfrog(x, v, omega):
    """A harmonic oscillator; energy at the end."""
    dt = 0.1
    a = -(omega**2) * x
    for _ in range(8):
        v = v + 0.5 * dt * a
        x = x + dt * v
        a = -(omega**2) * x
        v = v + 0.5 * dt * a
    return 0.5 * v * v + 0.5 * omega**2 * x * x + x


def growth(t, y, rate):
    return rate * y * (1.0 - y) + 0.1 * np.sin(t)


@example(0.2, 1.7, wrt=(0, 1))
def rk4_scalar(y, rate):
    """The classical method for one equation."""
    t, h = 0.0, 0.2
    for _ in range(5):
        k1 = growth(t, y, rate)
        k2 = growth(t + 0.5 * h, y + 0.5 * h * k1, rate)
        k3 = growth(t + 0.5 * h, y + 0.5 * h * k2, rate)
        k4 = growth(t + h, y + h * k3, rate)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        t += h
    return y


def lorenz(y, p):
    return np.array([p[0] * (y[1] - y[0]), y[0] * (p[1] - y[2]) - y[1], y[0] * y[1] - p[2] * y[2]])


@example(np.array([1.0, 0.5, 1.2]), np.array([10.0, 28.0, 8.0 / 3.0]), wrt=(0, 1))
def rk4_lorenz(y, p):
    """The classical method for a system."""
    h = 0.01
    for _ in range(4):
        k1 = lorenz(y, p)
        k2 = lorenz(y + 0.5 * h * k1, p)
        k3 = lorenz(y + 0.5 * h * k2, p)
        k4 = lorenz(y + h * k3, p)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y


@example((1.2, 0.8), {"alpha": 1.1, "beta": 0.4, "delta": 0.1, "gamma": 0.4}, wrt=(0, 1))
def lotka_volterra(populations, params):
    """Predator and prey by Heun's method, with a dict of rates."""
    prey, predator = populations
    dt = 0.1
    for _ in range(6):
        f = params["alpha"] * prey - params["beta"] * prey * predator
        g = params["delta"] * prey * predator - params["gamma"] * predator
        x, y = prey + dt * f, predator + dt * g
        f2 = params["alpha"] * x - params["beta"] * x * y
        g2 = params["delta"] * x * y - params["gamma"] * y
        prey = prey + 0.5 * dt * (f + f2)
        predator = predator + 0.5 * dt * (g + g2)
    return prey, predator


@example(normal(1, 3), positive(2, 3), wrt=(0, 1))
def euler_trajectory(y0, rates):
    """All states kept in one preallocated table."""
    n = 6
    states = np.zeros((n + 1, 3))
    states[0] = y0
    for k in range(n):
        states[k + 1] = states[k] + 0.1 * (np.cos(states[k]) - rates * states[k])
    return np.sum(states[n] * states[n // 2])


@example(normal(3, 4, 4), positive(4), wrt=(0, 1))
def jacobi_sweeps(grid, source):
    """Relaxation on a square, old and new grids apart."""
    u = grid
    for _ in range(3):
        new = u.copy()
        new[1:-1, 1:-1] = 0.25 * (
            u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] + source * u[1:-1, 1:-1] ** 2
        )
        u = new
    return np.sum(u[1:-1, 1:-1] ** 2)


@example(normal(5, 4, 4))
def gauss_seidel(grid):
    """Relaxation in place: each entry reads neighbours already renewed."""
    u = grid.copy()
    for i in range(1, 3):
        for j in range(1, 3):
            u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] * u[i, j + 1]) + u[i, j]
    return np.sum(u**3)


@example(normal(6, 8), 0.35, wrt=(0, 1))
def lax_wendroff(u, courant):
    """Periodic advection, neighbours by np.concatenate."""
    for _ in range(3):
        left = np.concatenate([u[-1:], u[:-1]])
        right = np.concatenate((u[1:], u[:1]))
        u = u - 0.5 * courant * (right - left) + 0.5 * courant**2 * (right - 2.0 * u + left)
    return u


@example(positive(7, 3), 0.4, wrt=(0, 1))
def sir_epidemic(state, contact):
    """Compartments as one vector, rates from its entries; the peak by maximum."""
    peak = state[1]
    for _ in range(8):
        infection = contact * state[0] * state[1]
        recovery = 0.5 * state[1]
        state = state + 0.2 * np.array([-infection, infection - recovery, recovery])
        peak = np.maximum(peak, state[1])
    return peak * state[2]
