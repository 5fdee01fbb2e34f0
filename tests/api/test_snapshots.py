"""`checkpoint` with snapshots: few states, the least number of turns that run again.

The truth about numbers of turns is the recurrence that defines the optimum; about gradients it is
the same function without snapshots, which tests/test_programs.py holds against differences.
"""

import functools
import weakref

import numpy as np
import pytest

import srcxform as sx


@functools.cache
def optimum(turns, snapshots):
    """Least number of turns that run again: where the first state to keep is, everybody may say."""
    if turns <= 1:
        return 0
    if snapshots == 1:
        return turns * (turns - 1) // 2
    return min(
        k + optimum(turns - k, snapshots - 1) + optimum(k, snapshots) for k in range(1, turns)
    )


class State(np.ndarray):
    """An array that can be counted while it lives."""


def decay(x, k, n):
    y = x
    for i in range(n):
        y = y - k * np.sin(y) + 0.01 * i
    return np.sum(y * y)


def until(x, k):
    y, step = x, 1.0
    while abs(step) > 1e-3:
        step = k * np.sin(y)
        y = y - step
    return y * y


def broken_off(x, k, n):
    y = x
    for i in range(n):
        y = y - k * np.sin(y)
        if y < 0.2 + 0.001 * i:
            break
        y = 1.001 * y
    return y + k


def buffers(c, u):
    a, b = u.copy(), np.empty_like(u)
    b[0], b[-1] = 0.5 * c, 0.3
    for _ in range(9):
        b[1:-1] = a[1:-1] + c * (a[2:] - 2 * a[1:-1] + a[:-2]) * np.sin(a[1:-1])
        a, b = b, a
    return np.sum(a * a) + b[1]


def wave(c, u):
    u, v = u.copy(), np.zeros_like(u)
    for _ in range(8):
        w = np.zeros_like(u)
        w[1:-1] = 2 * u[1:-1] - v[1:-1] + c * (u[2:] - 2 * u[1:-1] + u[:-2])
        v, u = u, w
        u[0] = u[1] * c
    return np.sum(u * u)


def pendulum(p):
    s, t = {"q": p["q"], "v": p["v"]}, 0.0
    for _ in range(7):
        a = -np.sin(s["q"])
        s = {"q": s["q"] + 0.1 * s["v"], "v": s["v"] + 0.1 * a}
        t += 0.1
    return np.sum(s["q"] ** 2) * t


def tuples(x):
    s = (x, (x * 2, np.ones(2)))
    for _ in range(6):
        a, (b, c) = s
        s = (np.sin(b) + a * 0.1, (a, c * b))
    return s[0] + np.sum(s[1][1])


def first_turn(x):
    y = x
    for i in range(6):
        if i == 0:
            z = y * 2
        y = np.sin(y) * z
    return y


def behind_the_loop(x):
    for i in range(7):
        y = x * np.cos(i * x)
        x = np.sin(x) + y * 0.1
    return x + y + i


def zipped(xs, ws, k):
    y = k
    for j, (x, w) in enumerate(zip(xs, ws, strict=True)):
        y = np.tanh(y * w + x) * 0.9 + j * 0.01
    return y


def without_end(x):
    y, k = x, 0
    while True:
        y = np.sin(y) + 0.01
        k += 1
        if k > 9 or y < 0.1:
            return y * k


def filled(x):
    out, y = np.zeros(6), x
    for i in range(6):
        y = np.sin(y) + 0.1
        out[i] = y
    return np.sum(out**2)


def nested_loops(x):
    y = x
    for _ in range(7):
        for j in range(3):
            y = np.sin(y + 0.1 * j)
        y = y * 2 if y < 0.3 else y - 0.01
    return y


def complex_steps(z):
    y = z
    for _ in range(6):
        y = y * y * 0.3 + z
    return np.abs(y)


LINE = np.linspace(0.0, 1.0, 6) ** 2
PROGRAMS = [
    (decay, (np.array([0.5, 1.0]), 0.3, 11)),
    (decay, (np.array([0.5, 1.0], dtype=np.float32), np.float32(0.3), 5)),
    (decay, (0.7, 0.3, 0)),
    (decay, (0.7, 0.3, 1)),
    (until, (1.0, 0.2)),
    (broken_off, (1.0, 0.1, 100)),
    (broken_off, (1.0, 0.1, 5)),
    (buffers, (0.2, LINE)),
    (wave, (0.3, LINE)),
    (pendulum, ({"q": np.array([0.3, 0.2]), "v": np.array([1.0, 0.5])},)),
    (tuples, (0.3,)),
    (first_turn, (0.4,)),
    (behind_the_loop, (0.4,)),
    (zipped, (LINE, LINE + 1.0, 0.7)),
    (without_end, (0.5,)),
    (filled, (0.3,)),
    (nested_loops, (0.4,)),
    (complex_steps, (0.3 + 0.4j,)),
]


def floats(args):
    return tuple(k for k, a in enumerate(args) if not isinstance(a, int))


def close(found, expected):
    assert type(found) is type(expected)
    if isinstance(found, dict):
        found, expected = list(found.values()), list(expected.values())
    if isinstance(found, (tuple, list)):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            close(one, other)
        return
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    assert np.asarray(found).dtype == np.asarray(expected).dtype


@pytest.mark.parametrize("snapshots", [1, 3])
@pytest.mark.parametrize("function, args", PROGRAMS)
def test_same_gradients(function, args, snapshots):
    wrt = floats(args)
    few = sx.checkpoint(function, snapshots=snapshots)
    assert few(*args) == function(*args)
    close(sx.value_and_grad(few, wrt)(*args), sx.value_and_grad(function, wrt)(*args))


def with_integers(function, args):
    """Give a function of the other arguments."""
    numbers = tuple(a for a in args if not isinstance(a, int))
    counts = tuple(a for a in args if isinstance(a, int))
    return (lambda *a: function(*a, *counts)), numbers


@pytest.mark.parametrize(
    "function, args",
    [(decay, (0.7, 0.3, 7)), (broken_off, (1.0, 0.1, 100)), (wave, (0.3, LINE)),
     (filled, (0.3,)), (tuples, (0.3,))],
)  # fmt: skip
def test_second_order_and_every_mode(function, args):
    few, _ = with_integers(sx.checkpoint(function, snapshots=3), args)
    plain, args = with_integers(function, args)
    wrt = tuple(range(len(args)))
    close(sx.jvp(few, args, args), sx.jvp(plain, args, args))
    close(sx.jvp(sx.grad(few, wrt), args, args), sx.jvp(sx.grad(plain, wrt), args, args))
    seed = sx.grad(plain, wrt)(*args)
    close(sx.vjp(sx.grad(few, wrt), *args)[1](seed), sx.vjp(sx.grad(plain, wrt), *args)[1](seed))


def counted(turns, snapshots, gradient):
    """Run a gradient of a loop; give how many turns ran, and how many states lived at most."""
    ran, alive, most = [0], weakref.WeakSet(), [0]

    def tell(y):
        ran[0] += 1
        most[0] = max(most[0], len({id(one) for one in alive}))

    return ran, alive, most, tell


SIZES = [(1, 1), (5, 1), (6, 2), (10, 3), (17, 3), (9, 20), (40, 4), (60, 5)]


class Counter:
    """Counts turns; nothing that a derivative passes."""

    def __init__(self):
        self.turns = 0


TURNS = Counter()


def tick():
    TURNS.turns += 1


@pytest.mark.parametrize("turns, snapshots", SIZES)
def test_binomial_number_of_turns(turns, snapshots, capsys):
    @sx.checkpoint(snapshots=snapshots)
    def loop(y):
        for _ in range(turns):
            print("turn")
            y = np.sin(y) * 1.1
        return y

    sx.grad(loop)(0.3)
    ran = capsys.readouterr().out.count("turn")
    assert ran - turns == optimum(turns, snapshots)


@pytest.mark.parametrize("turns, snapshots", SIZES)
def test_twice_the_optimum_where_the_number_is_not_known(turns, snapshots, capsys):
    @sx.checkpoint(snapshots=snapshots)
    def loop(y):
        k = 0
        while k < turns:
            print("turn")
            y = np.sin(y) * 1.1
            k += 1
        return y

    sx.grad(loop)(0.3)
    ran = capsys.readouterr().out.count("turn")
    assert optimum(turns, snapshots) <= ran - turns <= 2 * optimum(turns, snapshots)
