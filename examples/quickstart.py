"""A function, the source of its gradient, and what both give.

Run it: python examples/quickstart.py
"""

import inspect

import numpy as np

import srcxform as sx


def pendulum(angle, length, steps, dt=0.01):
    """The squared speed of a pendulum that was let go at `angle`, some time later."""
    speed = 0.0
    for _ in range(steps):
        speed = speed - dt * 9.81 / length * np.sin(angle)
        angle = angle + dt * speed
    return speed * speed


def main():
    print("A function:\n")
    print(inspect.getsource(pendulum))

    gradient = sx.grad(pendulum, argnums=(0, 1))
    arguments = (0.5, 1.2, 150)
    print("Its gradient, as srcxform writes it:\n")
    print(sx.source(gradient, *arguments).strip())

    value = pendulum(*arguments)
    by_angle, by_length = gradient(*arguments)
    print(f"\npendulum(0.5, 1.2, 150)    {value:.12f}")
    print(f"gradient in the angle      {by_angle:.12f}")
    print(f"gradient in the length     {by_length:.12f}")

    h = 1e-6
    difference = (pendulum(0.5 + h, 1.2, 150) - pendulum(0.5 - h, 1.2, 150)) / (2 * h)
    assert abs(by_angle - difference) < 1e-7, (by_angle, difference)
    difference = (pendulum(0.5, 1.2 + h, 150) - pendulum(0.5, 1.2 - h, 150)) / (2 * h)
    assert abs(by_length - difference) < 1e-7, (by_length, difference)
    print("central differences agree")


if __name__ == "__main__":
    main()
