"""Mechanics and fields, in plain Python and in NumPy."""

import math

import numpy as np

from . import example, normal, positive


@example((1.0, 0.1), (0.0, 0.9), wrt=(0, 1))
def kepler_orbit(position, velocity):
    """An orbit by the symplectic Euler method, in tuples."""
    x, y = position
    vx, vy = velocity
    dt = 0.05
    for _ in range(8):
        r3 = (x * x + y * y) ** 1.5
        vx, vy = vx - dt * x / r3, vy - dt * y / r3
        x, y = x + dt * vx, y + dt * vy
    return x * vy - y * vx + 0.5 * (vx * vx + vy * vy) + x


@example(
    [[1.0, 0.0], [-0.5, 0.9], [-0.4, -0.8]],
    [[0.0, 0.3], [-0.3, -0.1], [0.2, -0.2]],
    [1.0, 0.8, 1.2],
    wrt=(0, 1, 2),
)
def three_bodies(positions, velocities, masses):
    """Three bodies in lists of lists, updated entry by entry."""
    x = [list(p) for p in positions]
    v = [list(p) for p in velocities]
    dt = 0.1
    for _ in range(4):
        for i in range(3):
            for j in range(3):
                if i == j:
                    continue
                dx = x[j][0] - x[i][0]
                dy = x[j][1] - x[i][1]
                d3 = (dx * dx + dy * dy + 0.01) ** 1.5
                v[i][0] += dt * masses[j] * dx / d3
                v[i][1] += dt * masses[j] * dy / d3
        for i in range(3):
            x[i][0] += dt * v[i][0]
            x[i][1] += dt * v[i][1]
    return x[0][0] * v[0][1] + x[1][0] * x[2][1]


@example(0.8, 0.1, 1.2, wrt=(0, 1, 2))
def pendulum(angle, speed, length):
    """A damped pendulum with math.sin, states kept in a list."""
    g = 9.81
    angles = []
    for _ in range(10):
        speed += -0.02 * (g / length * math.sin(angle) + 0.1 * speed)
        angle += 0.02 * speed
        angles.append(angle)
    return angles[-1] ** 2 + sum(angles) / len(angles)


@example(normal(1, 4, 3) * 0.3 + 1.3 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]]))
def lennard_jones(x):
    """Pair energies with an attractive tail."""
    energy = 0.0
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            s6 = 1.0 / np.sum(d * d) ** 3
            energy += 4.0 * (s6 * s6 - s6)
    return energy


@example(normal(2, 4, 2), positive(3, 4), wrt=(0, 1))
def coulomb_vectorised(x, q):
    """All pairs by broadcasting; the diagonal softened away."""
    d = x[:, None, :] - x[None, :, :]
    r = np.sqrt(np.sum(d**2, axis=-1) + np.eye(4))
    return 0.5 * np.sum(q[:, None] * q[None, :] / r * (1.0 - np.eye(4)))


@example(positive(4, 3), 0.6, wrt=(0, 1))
def discrete_adjoint(params, y):
    """A decay equation and, written by hand, the adjoint of its Euler steps."""
    a, b, c = params
    states = [y]
    for k in range(5):
        y = y + 0.1 * (-a * y + b * np.sin(c * y))
        states.append(y)
    adjoint = 2.0 * y
    for k in range(4, -1, -1):
        adjoint = adjoint * (1.0 + 0.1 * (-a + b * c * np.cos(c * states[k])))
    return adjoint


@example(normal(5, 5), 0.8, wrt=(0, 1))
def spring_chain(x, stiffness):
    """Potential energy of a chain and the forces, as two results."""
    stretch = x[1:] - x[:-1]
    energy = 0.5 * stiffness * np.sum(stretch**2) + 0.25 * np.sum(stretch**4)
    force = np.zeros(5)
    pull = stiffness * stretch + stretch**3
    force[:-1] += pull
    force[1:] -= pull
    return energy, force


@example(normal(6, 4, 4), 0.4, wrt=(0, 1))
def ising_mean_field(m, coupling):
    """Magnetisation sweeps on a torus."""
    for _ in range(2):
        up = np.concatenate([m[1:], m[:1]], axis=0)
        left = np.concatenate([m[:, -1:], m[:, :-1]], axis=1)
        m = np.tanh(coupling * (up + left) + 0.1 * m)
    return np.mean(m) + np.sum(m * m)


@example(0.5, 45.0 / 180.0 * math.pi, wrt=(0, 1))
def projectile_with_drag(drag, angle):
    """Flight until the ground is hit; the landing point is interpolated."""
    x, y = 0.0, 0.0
    vx, vy = 3.0 * math.cos(angle), 3.0 * math.sin(angle)
    dt = 0.05
    while True:
        speed = math.sqrt(vx * vx + vy * vy)
        vx, vy = vx - dt * drag * speed * vx, vy - dt * (9.81 + drag * speed * vy)
        x_new, y_new = x + dt * vx, y + dt * vy
        if y_new < 0.0:
            share = y / (y - y_new)
            return x + share * (x_new - x)
        x, y = x_new, y_new


@example(normal(51, 6), 0.05, wrt=(0, 1), analytic=False)
def spectral_steps(u, nu):
    """Burgers' equation by Fourier transforms, with the highest frequency left out."""
    k = np.fft.rfftfreq(len(u), 1.0 / len(u))
    for _ in range(3):
        u_hat = np.fft.rfft(u)
        slope = np.fft.irfft(1j * k * u_hat, n=len(u))
        decayed = np.exp(-nu * k**2) * (u_hat - 0.1 * np.fft.rfft(u * slope))
        decayed[-1] = 0.0
        u = np.fft.irfft(decayed, n=len(u))
    return np.sum(u**2)
