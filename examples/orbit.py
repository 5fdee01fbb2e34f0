"""Three bodies on a figure of eight: how the end depends on the start.

Plain Python: loops, tuples and `math`, no arrays. The matrix of sensitivities is made column by
column going forward and row by row going backward, and the two agree.

The orbit is that of Chenciner and Montgomery (Annals of Mathematics 152, 2000).
"""

import math

import srcxform as sx

PERIOD = 6.32591398
POSITIONS = ((0.97000436, -0.24308753), (-0.97000436, 0.24308753), (0.0, 0.0))


def accelerations(positions):
    """What three bodies of mass 1 do to one another."""
    found = []
    for i, (x, y) in enumerate(positions):
        ax, ay = 0.0, 0.0
        for j, (other_x, other_y) in enumerate(positions):
            if i != j:
                dx, dy = other_x - x, other_y - y
                cube = math.sqrt(dx * dx + dy * dy) ** 3
                ax += dx / cube
                ay += dy / cube
        found.append((ax, ay))
    return found


def pushed(state, change, dt):
    """`state` plus `dt` times its rate of change, body by body."""
    return [(a + dt * b, c + dt * d) for (a, c), (b, d) in zip(state, change, strict=True)]


def final_position(velocity, steps=400):
    """Where the first body is after one period, if the third one starts with `velocity`."""
    dt = PERIOD / steps
    vx, vy = velocity
    positions = list(POSITIONS)
    velocities = [(-vx / 2, -vy / 2), (-vx / 2, -vy / 2), (vx, vy)]
    for _ in range(steps):  # leapfrog: half a kick, a drift, half a kick
        velocities = pushed(velocities, accelerations(positions), dt / 2)
        positions = pushed(positions, velocities, dt)
        velocities = pushed(velocities, accelerations(positions), dt / 2)
    return positions[0]


def main():
    velocity = (-0.93240737, -0.86473146)
    end = final_position(velocity)
    print("after one period", end)
    assert math.dist(end, POSITIONS[0]) < 0.01

    columns = [
        sx.jvp(final_position, (velocity,), (direction,))[1]
        for direction in ((1.0, 0.0), (0.0, 1.0))
    ]
    rows = [
        sx.grad(lambda v: final_position(v)[0])(velocity),
        sx.grad(lambda v: final_position(v)[1])(velocity),
    ]
    for i in range(2):
        for j in range(2):
            forward, backward = columns[j][i], rows[i][j]
            print(f"d{'xy'[i]}/dv{'xy'[j]}  forward {forward:+.15f}  backward {backward:+.15f}")
            assert abs(forward - backward) <= 1e-12 * abs(forward)

    h = 1e-6
    ahead, behind = (final_position((velocity[0] + s * h, velocity[1])) for s in (1, -1))
    for i in range(2):
        difference = (ahead[i] - behind[i]) / (2 * h)
        assert abs(columns[0][i] - difference) < 1e-6 * abs(difference)


if __name__ == "__main__":
    main()
