"""`checkpoint` with snapshots: few states, the least number of turns that run again.

The truth about numbers of turns is the recurrence that defines the optimum; about gradients it is
the same function without snapshots, which tests/test_programs.py holds against differences.
"""

import functools
import random
import tracemalloc

import numpy as np
import pytest

import srcxform as sx
from srcxform.runtime import coarser, first_sweep, way_back, way_back_from


@functools.cache
def optimum(turns, snapshots):
    """Least number of turns that run again, tried out over the second state to keep."""
    if turns <= 1:
        return 0
    if snapshots == 1:
        return turns * (turns - 1) // 2
    return min(
        k + optimum(turns - k, snapshots - 1) + optimum(k, snapshots) for k in range(1, turns)
    )


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


@pytest.mark.parametrize("function, args", PROGRAMS)
def test_same_gradients(function, args, snapshots=2):
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
    close(*(sx.grad(along(one, args), wrt)(*args) for one in (few, plain)))


def along(function, args):
    """Give the derivative of a function along its arguments, taken inside."""
    return lambda *at: sx.jvp(function, at, args)[1]


SIZES = [(0, 3), (1, 3), (2, 3), (4, 3), (5, 3), (17, 3), (40, 3)]


@sx.checkpoint(snapshots=3)
def counted_on(y, turns):
    for _ in range(turns):
        print("turn")
        y = np.sin(y) * 1.1
    return y


@sx.checkpoint(snapshots=3)
def counted_while(y, turns):
    k = 0
    while k < turns:
        print("turn")
        y = np.sin(y) * 1.1
        k += 1
    return y


@pytest.mark.parametrize("turns, snapshots", SIZES)
def test_binomial_number_of_turns(turns, snapshots, capsys):
    sx.grad(counted_on)(0.3, turns)
    assert capsys.readouterr().out.count("turn") - turns == optimum(turns, snapshots)


@pytest.mark.parametrize("turns, snapshots", SIZES)
def test_twice_the_optimum_where_the_number_is_not_known(turns, snapshots, capsys):
    sx.grad(counted_while)(0.3, turns)
    ran = capsys.readouterr().out.count("turn")
    assert optimum(turns, snapshots) <= ran - turns <= 2 * optimum(turns, snapshots)


def followed(schedule, kept, turn, taped, snapshots):
    """Run a schedule on numbers of turns in place of states; give how many turns ran."""
    ran, undone = 0, []
    for action, at in schedule:
        if action == "keep":
            assert turn == at
            kept.append(turn)
        elif action in ("advance", "tape"):
            assert turn == at
            turn, ran, taped = turn + 1, ran + 1, at if action == "tape" else taped
        elif action == "restore":
            turn = kept[-1]
            assert turn == at
        elif action == "drop":
            kept.pop()
        else:
            assert action == "undo" and taped == at
            undone.append(at)
        assert len(kept) <= snapshots
    return ran, undone, turn, taped


@pytest.mark.parametrize("snapshots", range(1, 7))
def test_every_schedule(snapshots):
    """All turns are undone, the last one first, from states that are there; none too often."""
    for turns in range(40):
        kept = []
        ran, undone, turn, taped = followed(first_sweep(turns, snapshots), kept, 0, None, snapshots)
        assert undone == [] and turn == turns == ran
        again, undone, *_ = followed(way_back(turns, snapshots), kept, turn, taped, snapshots)
        assert undone == [*reversed(range(turns))] and kept == []
        assert again == optimum(turns, snapshots)

        distance = 1
        for k in range(turns):
            if k % distance == 0 and len(kept) == snapshots:
                kept, distance = kept[::2], 2 * distance
            if k % distance == 0:
                kept.append(k)
        factor = coarser(turns, distance, snapshots)
        kept = kept[::factor]
        schedule = way_back_from(turns, distance * factor, snapshots)
        again, undone, *_ = followed(schedule, kept, turns, turns - 1, snapshots)
        assert undone == [*reversed(range(turns))] and kept == []
        assert again <= 2 * optimum(turns, snapshots)


def test_number_of_states_in_memory():
    """Three times as many turns take no more memory; three states more take three states."""

    def loop(y, turns):
        for _ in range(turns):
            y = np.sin(y) * 1.1
        return np.sum(y)

    def until(y, turns):
        k = 0
        while k < turns:
            y = np.sin(y) * 1.1
            k += 1
        return np.sum(y)

    y = np.linspace(0.5, 1.5, 20_000)

    def peak(function, snapshots, turns):
        derivative = sx.grad(sx.checkpoint(function, snapshots=snapshots))
        derivative(y, turns)
        tracemalloc.start()
        derivative(y, turns)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most / y.nbytes

    for function in (loop, until):
        assert abs(peak(function, 2, 60) - peak(function, 2, 20)) < 0.5
        assert abs(peak(function, 5, 60) - peak(function, 2, 60) - 3.0) < 0.5
        assert peak(function, 2, 60) < 2 + 8


def test_number_of_states_at_second_order():
    """Three times as many turns take no more memory."""

    def loop(y, turns):
        for _ in range(turns):
            y = np.sin(y) * 1.1
        return np.sum(y)

    def reverse_over_forward(function):
        return sx.grad(lambda y, turns: sx.jvp(lambda z: function(z, turns), (y,), (y,))[1])

    def forward_over_reverse(function):
        return lambda y, turns: sx.jvp(sx.grad(function), (y, turns), (y, 0.0))

    y = np.linspace(0.5, 1.5, 20_000)
    for transform in (reverse_over_forward, forward_over_reverse):
        derivative = transform(sx.checkpoint(loop, snapshots=2))
        derivative(y, 2)
        most = []
        for turns in (20, 60):
            tracemalloc.start()
            derivative(y, turns)
            most.append(tracemalloc.get_traced_memory()[1] / y.nbytes)
            tracemalloc.stop()
        assert abs(most[1] - most[0]) < 0.5


def noisy(x, rng):
    y = x
    for _ in range(9):
        y = y * (1 + 0.1 * rng.normal()) + np.sin(y) * rng.uniform(0.0, 0.5)
    return y


OWN = np.random.default_rng(5)


def noisy_outside(x, rng):
    y = x
    for _ in range(9):
        y = y * (1 + 0.1 * OWN.normal()) + np.random.normal() + random.random() * np.sin(y)
    return y


class Walker:
    def __init__(self, rng):
        self.rng = rng

    def walk(self, x, rng):
        while x < 3.0:
            x = x * (1.2 + 0.1 * self.rng.random()) + 0.01
        return x


WAYS = {
    "grad": lambda f, rng: sx.grad(f)(0.3, rng),
    "hvp": lambda f, rng: sx.jvp(lambda x: sx.grad(f)(x, rng), (0.3,), (1.0,)),
    "twice": lambda f, rng: list(map(sx.vjp(lambda x: f(x, rng), 0.3)[1], (1.0, 2.0))),
}  # fmt: skip


@pytest.mark.parametrize(
    "function, way",
    [*((f, way) for f in (noisy, noisy_outside) for way in WAYS), ("method", "grad"),
     ("method", "twice")],
)  # fmt: skip
def test_random_numbers_are_drawn_again(function, way):
    """Nothing else is drawn, and generators are left as the plain function leaves them."""

    def outcome(change):
        rng = np.random.default_rng(3)
        OWN.bit_generator.state = np.random.default_rng(5).bit_generator.state
        np.random.seed(2)
        random.seed(7)
        own = Walker(rng).walk if function == "method" else function
        found = WAYS[way](change(own), rng)
        return found, [rng.random(), OWN.random(), np.random.random(), random.random()]

    found, left = outcome(sx.checkpoint(snapshots=2))
    expected, left_by_plain = outcome(lambda f: f)
    np.testing.assert_allclose(np.ravel(found), np.ravel(expected), rtol=1e-12)
    assert left == left_by_plain


W, X = np.array([[0.5, 0.2], [-0.3, 0.9]]), np.array([0.3, 0.4])


def inside(change):
    """A loop that captures what is differentiated, in a loop, behind its own decorator."""

    def outer(x, w):
        @change
        def loop(y):
            for _ in range(5):
                y = np.sin(w @ y)
            return y

        for _ in range(3):
            x = loop(x) * w[0]
        return np.sum(x)

    return outer


def test_inside_other_functions():
    few, plain = inside(sx.checkpoint(snapshots=2)), inside(lambda f: f)
    close(sx.grad(few, (0, 1))(X, W), sx.grad(plain, (0, 1))(X, W))
    close(sx.hvp(few, (X, W), (X, W)), sx.hvp(plain, (X, W), (X, W)))
    (_, pull), (_, expected) = sx.vjp(few, X, W), sx.vjp(plain, X, W)
    for seed in (1.0, 2.0):
        close(pull(seed), expected(seed))


def settling(x, k):
    for _ in range(9):
        x = x - k * np.sin(x)
    return x


def test_with_other_transformations():
    few = sx.checkpoint(settling, snapshots=2)
    xs = np.linspace(0.0, 1.0, 4)
    close(sx.vmap(few, (0, None))(xs, 0.2), settling(xs, 0.2))
    close(sx.vmap(sx.grad(few), (0, None))(xs, 0.2), sx.vmap(sx.grad(settling), (0, None))(xs, 0.2))
    close(sx.jacrev(few)(xs, 0.2), sx.jacrev(settling)(xs, 0.2))
    close(sx.jacfwd(few)(xs, 0.2), sx.jacfwd(settling)(xs, 0.2))
    nested = sx.grad(lambda x, k: sx.grad(few, 1)(x, k) * x)
    close(nested(0.3, 0.2), sx.grad(lambda x, k: sx.grad(settling, 1)(x, k) * x)(0.3, 0.2))
    close(sx.grad(sx.checkpoint(few))(0.3, 0.2), sx.grad(settling)(0.3, 0.2))
    partial = sx.checkpoint(functools.partial(settling, k=0.2), snapshots=2)
    close(sx.grad(partial)(0.3), sx.grad(settling)(0.3, 0.2))


def test_checkpoints_in_turns():
    def around(step):
        def f(x, k):
            for _ in range(6):
                x = step(x, k) + 0.1
            return x

        return f

    few = sx.checkpoint(around(sx.checkpoint(settling, snapshots=2)), snapshots=2)
    close(sx.grad(few, (0, 1))(0.3, 0.2), sx.grad(around(settling), (0, 1))(0.3, 0.2))


def test_a_loop_that_does_not_run():
    with pytest.raises(UnboundLocalError, match="y"):
        sx.grad(sx.checkpoint(over_any, snapshots=2))(0.3, 0)


def over_any(x, n):
    for i in range(n):
        y = x * i
    return y


@pytest.mark.parametrize("snapshots", [0, -1, 2.5, True, "3"])
def test_no_number_of_states(snapshots):
    with pytest.raises((TypeError, ValueError), match="snapshots="):
        sx.checkpoint(settling, snapshots=snapshots)


def noise_made_inside(x):
    rng, y = np.random.default_rng(4), x
    for i in range(9):
        y = y + np.sin(y) * rng.normal()
        if i % 3 == 1:
            rng = np.random.default_rng(i)
    return y * y + rng.random()


def noise_until(x):
    rng, y, i = np.random.RandomState(4), x, 0
    while i < 9:
        y = y + np.sin(y) * rng.normal()
        i += 1
    return y * y


class Noise:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def __call__(self, y):
        return y * self.rng.normal()


def noise_of_an_object(x):
    noise, y = Noise(3), x
    for _ in range(9):
        y = y + 0.3 * noise(np.sin(y))
    return y * y


def noise_of_two(x):
    y, pair = x, [np.random.default_rng(5), np.random.default_rng(6)]
    for i in range(9):
        y = y + 0.3 * np.sin(y) * pair[i % 2].normal()
    return y * y


MADE = (noise_made_inside, noise_until, noise_of_an_object, noise_of_two)


@pytest.mark.parametrize("snapshots", [1, 2, 4])
@pytest.mark.parametrize("function", MADE)
def test_random_numbers_of_generators_made_inside(function, snapshots):
    truth = sx.grad(function)(0.3)
    kept = sx.checkpoint(function, snapshots=snapshots)
    assert sx.grad(kept)(0.3) == pytest.approx(truth, rel=1e-13)
    _, pull = sx.vjp(kept, 0.3)
    assert pull(1.0) == pull(1.0) == (pytest.approx(truth, rel=1e-13),)


def test_captured_values_beside_generators_made_inside():
    kept = sx.checkpoint(noisy_by, snapshots=2)

    def slope(x, k):
        return sx.grad(lambda y: kept(y, k, np.random.default_rng(3)))(x)

    k = 0.3  # captured by what is differentiated, and read on the way back only
    expected = sx.grad(noisy_by)(0.4, k, np.random.default_rng(3))
    assert slope(0.4, k) == pytest.approx(expected, rel=1e-13)


def noisy_by(y, k, rng):
    for _ in range(6):
        y = y + k * np.sin(y) * rng.normal()
    return y * y
