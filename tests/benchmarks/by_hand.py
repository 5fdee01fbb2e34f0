"""Gradients of the functions that the examples differentiate, as an expert writes them by hand.

Each knows its function: nothing is kept that is not needed, and no helper is called.
"""

import math
from typing import Any

import numpy as np


def pendulum_grad(angle, length, steps, dt=0.01):
    """Of the squared speed of `quickstart.pendulum` in the angle."""
    c = dt * 9.81 / length
    speed, angles = 0.0, []
    for _ in range(steps):
        angles.append(angle)
        speed = speed - c * np.sin(angle)
        angle = angle + dt * speed
    speed_bar, angle_bar = 2.0 * speed, 0.0
    for angle in reversed(angles):
        speed_bar = speed_bar + dt * angle_bar
        angle_bar = angle_bar - c * speed_bar * np.cos(angle)
    return angle_bar


def rosen_grad(x):
    """Of `scipy.optimize.rosen`, as `rosen_der` has it, for vectors."""
    rest = x[1:] - x[:-1] ** 2
    gradient = np.zeros_like(x)
    gradient[1:] = 200.0 * rest
    gradient[:-1] -= 400.0 * rest * x[:-1] + 2.0 * (1.0 - x[:-1])
    return gradient


def digits_grad(parameters, images, digits):
    """Of the mean cross entropy and the weight decay of `digits.loss`."""
    w1, w2 = parameters["w1"], parameters["w2"]
    hidden = np.tanh(images @ w1 + parameters["b1"])
    z = hidden @ w2 + parameters["b2"]
    p = np.exp(z - np.max(z, axis=1, keepdims=True))
    p /= np.sum(p, axis=1, keepdims=True)
    p[np.arange(len(digits)), digits] -= 1.0
    p /= len(digits)
    slope = (p @ w2.T) * (1.0 - hidden * hidden)
    return {
        "w1": images.T @ slope + 2e-4 * w1,
        "b1": np.sum(slope, axis=0),
        "w2": hidden.T @ p + 2e-4 * w2,
        "b2": np.sum(p, axis=0),
    }


def heat_grad(k, initial, final, steps=200, dt=0.1):
    """Of the misfit of `heat.diffuse` in the coefficient."""
    u = initial.copy()
    bends = []
    for _ in range(steps):
        bend = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1]
        u[1:-1, 1:-1] += k * dt * bend
        bends.append(bend)
    u_bar = 2.0 * (u - final) / u.size
    k_bar = 0.0
    for bend in reversed(bends):
        inner = u_bar[1:-1, 1:-1]
        k_bar += dt * np.vdot(inner, bend)
        part = k * dt * inner
        u_bar[1:-1, 1:-1] -= 4 * part
        u_bar[2:, 1:-1] += part
        u_bar[:-2, 1:-1] += part
        u_bar[1:-1, 2:] += part
        u_bar[1:-1, :-2] += part
    return k_bar


def orbit_grad(velocity, positions, period, steps=400):
    """Of the first coordinate of `orbit.final_position`, for three bodies of mass 1."""
    dt = period / steps
    vx, vy = velocity
    x = [p[0] for p in positions]
    y = [p[1] for p in positions]
    u, v = [-vx / 2, -vx / 2, vx], [-vy / 2, -vy / 2, vy]
    seen = []
    for _ in range(steps):
        kick(x, y, u, v, dt / 2)
        seen.append((x[:], y[:]))
        for i in range(3):
            x[i] += dt * u[i]
            y[i] += dt * v[i]
        kick(x, y, u, v, dt / 2)
    seen.append((x, y))
    x_bar, y_bar = [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    u_bar, v_bar = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    for n in range(steps, 0, -1):
        kick_back(*seen[n], x_bar, y_bar, u_bar, v_bar, dt / 2)
        for i in range(3):
            u_bar[i] += dt * x_bar[i]
            v_bar[i] += dt * y_bar[i]
        kick_back(*seen[n - 1], x_bar, y_bar, u_bar, v_bar, dt / 2)
    return u_bar[2] - (u_bar[0] + u_bar[1]) / 2, v_bar[2] - (v_bar[0] + v_bar[1]) / 2


def kick(x: Any, y: Any, u: Any, v: Any, h: float) -> None:
    for i in range(3):
        for j in range(3):
            if i != j:
                dx, dy = x[j] - x[i], y[j] - y[i]
                cube = math.sqrt(dx * dx + dy * dy) ** 3
                u[i] += h * dx / cube
                v[i] += h * dy / cube


def kick_back(x: Any, y: Any, x_bar: Any, y_bar: Any, u_bar: Any, v_bar: Any, h: float) -> None:
    for i in range(3):
        for j in range(3):
            if i != j:
                dx, dy = x[j] - x[i], y[j] - y[i]
                square = dx * dx + dy * dy
                cube = math.sqrt(square) ** 3
                ax, ay = h * u_bar[i] / cube, h * v_bar[i] / cube
                along = 3.0 * (ax * dx + ay * dy) / square
                dx_bar, dy_bar = ax - along * dx, ay - along * dy
                x_bar[j] += dx_bar
                x_bar[i] -= dx_bar
                y_bar[j] += dy_bar
                y_bar[i] -= dy_bar
