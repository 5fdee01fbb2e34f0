"""Functions defined by equations; truth is a closed form, or the iteration written out."""

import tracemalloc

import numpy as np
import pytest

import srcxform as sx
from srcxform import implicit


def square_root(a):
    return implicit.fixed_point(lambda x: 0.5 * (x + a / x), a)


def cube_root(a):
    return implicit.root(lambda x: x**3 - a, a)


NUMBERS = [
    (square_root, 2.0, 2.0**0.5, 0.5 * 2.0**-0.5, -0.25 * 2.0**-1.5),
    (cube_root, 8.0, 2.0, 1 / 12, -2 / 9 * 8.0 ** (-5 / 3)),
]


@pytest.mark.parametrize("f, a, value, slope, curvature", NUMBERS)
def test_numbers(f, a, value, slope, curvature):
    np.testing.assert_allclose(f(a), value, rtol=1e-12)
    np.testing.assert_allclose(sx.grad(f)(a), slope, rtol=1e-11)
    np.testing.assert_allclose(sx.jvp(f, (a,), (1.0,))[1], slope, rtol=1e-11)
    np.testing.assert_allclose(sx.grad(sx.grad(f))(a), curvature, rtol=1e-9)
    np.testing.assert_allclose(sx.jvp(sx.grad(f), (a,), (1.0,))[1], curvature, rtol=1e-9)


W, C = np.array([[0.3, -0.2], [0.1, 0.4]]), np.array([0.5, -0.3])


def by_fixed_point(w, c):
    x = implicit.fixed_point(lambda x: np.tanh(w @ x + c), np.zeros(2))
    return np.sum(x * x)


def by_root(w, c):
    x = implicit.root(lambda x: x - np.tanh(w @ x + c), np.zeros(2))
    return np.sum(x * x)


def written_out(w, c):
    x = np.zeros(2)
    for _ in range(200):
        x = np.tanh(w @ x + c)
    return np.sum(x * x)


MATRIX, RIGHT = np.array([[3.0, 1.0], [0.5, 2.0]]), np.array([1.0, 2.0])


def by_products(a, b):
    return np.sum(implicit.linear_solve(lambda x: a @ x, b) ** 2)


def solved(a, b):
    return np.sum(np.linalg.solve(a, b) ** 2)


VECTORS = [
    (by_fixed_point, written_out, (W, C)),
    (by_root, written_out, (W, C)),
    (by_products, solved, (MATRIX, RIGHT)),
]


@pytest.mark.parametrize("f, expected, args", VECTORS)
def test_vectors(f, expected, args):
    np.testing.assert_allclose(f(*args), expected(*args), rtol=1e-11)
    for k in (0, 1):
        found, truth = sx.grad(f, k)(*args), sx.grad(expected, k)(*args)
        np.testing.assert_allclose(found, truth, rtol=1e-9)
    found, truth = sx.jvp(f, args, args)[1], sx.jvp(expected, args, args)[1]
    np.testing.assert_allclose(found, truth, rtol=1e-9)
    pairs = zip(sx.hvp(f, args, args), sx.hvp(expected, args, args), strict=True)
    for found, truth in pairs:
        np.testing.assert_allclose(found, truth, rtol=1e-8)


def coupled(s, w, c):
    return {"x": np.tanh(w @ s["x"] + c), "mean": (0.5 * s["mean"][0] + np.sum(s["x"]),)}


START = {"x": np.zeros(2), "mean": (0.0,)}


def size(s):
    return np.sum(s["x"] ** 2) * s["mean"][0]


def container_by_iteration(w, c):
    return size(implicit.fixed_point(lambda s: coupled(s, w, c), START))


def container_by_root(w, c):
    def off(s):
        new = coupled(s, w, c)
        return {"x": s["x"] - new["x"], "mean": (s["mean"][0] - new["mean"][0],)}

    return size(implicit.root(off, START))


def container_written_out(w, c):
    s = START
    for _ in range(200):
        s = coupled(s, w, c)
    return size(s)


def pair_of_equations(a, b):
    found = implicit.linear_solve(lambda s: (a @ s[0] + s[1], s[1] * 3.0 + s[0][0]), (b, 1.0))
    return np.sum(found[0] ** 2) * found[1]


def whole_matrix(a, b):
    rows = np.concatenate([np.concatenate([a, np.ones((2, 1))], axis=1), np.array([[1.0, 0, 3.0]])])
    found = np.linalg.solve(rows, np.concatenate([b, np.ones(1)]))
    return np.sum(found[:2] ** 2) * found[2]


def lyapunov(a, b):
    return np.sum(implicit.linear_solve(lambda x: a @ x + x @ a.T, np.outer(b, b)) ** 2)


def lyapunov_as_vector(a, b):
    one = np.eye(2)
    found = np.linalg.solve(np.kron(a, one) + np.kron(one, a), np.ravel(np.outer(b, b)))
    return np.sum(found**2)


def inner_fixed_point(a, b):
    """The inner equation gives sqrt(a[0, 0] y)."""

    p, q = a[0, 0], b[0]

    def off(y):
        inner = implicit.fixed_point(lambda x: 0.5 * (x + p * y / x), y)
        return y - inner - q * q

    return implicit.root(off, 2.0)


def inner_closed(a, b):
    p = np.sqrt(a[0, 0])
    return ((p + np.sqrt(p * p + 4.0 * b[0] ** 2)) / 2.0) ** 2


def cost(p, q, x):
    return 0.5 * p * (x - q) ** 2 + 0.1 * x**4


def minimum(a, b):
    """A minimum of one function in another function."""
    p, q = a[0, 0], b[0]
    return implicit.root(lambda x: sx.grad(lambda y: cost(p, q, y))(x), 0.0)


def minimum_by_newton(a, b):
    x = 0.0
    for _ in range(30):
        x = x - (a[0, 0] * (x - b[0]) + 0.4 * x**3) / (a[0, 0] + 1.2 * x * x)
    return x


FURTHER = [
    (container_by_iteration, container_written_out, (W, C)),
    (container_by_root, container_written_out, (W, C)),
    (pair_of_equations, whole_matrix, (MATRIX, RIGHT)),
    (lyapunov, lyapunov_as_vector, (MATRIX, RIGHT)),
    (inner_fixed_point, inner_closed, (MATRIX, RIGHT + 1.0)),
    (minimum, minimum_by_newton, (MATRIX, RIGHT)),
]


@pytest.mark.parametrize("f, expected, args", FURTHER)
def test_containers_matrices_and_equations_in_equations(f, expected, args):
    test_vectors(f, expected, args)


def test_parameters_in_containers():
    def f(p):
        return np.sum(
            implicit.fixed_point(lambda x: np.tanh(p["w"] @ x + p["c"]), np.zeros(2)) ** 2
        )

    found, expected = sx.grad(f)({"w": W, "c": C}), sx.grad(written_out, (0, 1))(W, C)
    np.testing.assert_allclose(found["w"], expected[0], rtol=1e-9)
    np.testing.assert_allclose(found["c"], expected[1], rtol=1e-9)


def test_complex_numbers():
    z = 0.3 + 0.4j
    for f in (
        lambda z: implicit.fixed_point(lambda x: 0.5 * (x + z / x), 1.0 + 0j),
        lambda z: implicit.root(lambda x: x * x - z, 1.0 + 0j),
        lambda z: np.sqrt(z) * implicit.linear_solve(lambda x: (1.0 + z) * x, 1.0 + z),
    ):
        np.testing.assert_allclose(f(z), np.sqrt(z), rtol=1e-12)
        np.testing.assert_allclose(sx.grad(f, holomorphic=True)(z), 0.5 / np.sqrt(z), rtol=1e-10)
        np.testing.assert_allclose(sx.jvp(f, (z,), (1j,))[1], 0.5j / np.sqrt(z), rtol=1e-10)


def test_single_precision():
    w, c = W.astype(np.float32), C.astype(np.float32)
    start = np.zeros(2, np.float32)
    for f in (
        lambda c: np.sum(implicit.fixed_point(lambda x: np.tanh(w @ x + c), start) ** 2),
        lambda c: np.sum(implicit.root(lambda x: x - np.tanh(w @ x + c), start) ** 2),
    ):
        found = sx.grad(f)(c)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, sx.grad(written_out, 1)(W, C), rtol=1e-5)


def test_batched():
    numbers = np.array([2.0, 3.0])
    np.testing.assert_allclose(sx.vmap(square_root)(numbers), np.sqrt(numbers))
    np.testing.assert_allclose(sx.vmap(sx.grad(square_root))(numbers), 0.5 / np.sqrt(numbers))


def test_another_structure():
    with pytest.raises(ValueError, match="2 entries, not 1"):
        implicit.fixed_point(lambda s: (s[0],), (1.0, 2.0))


def test_no_derivative_passes_the_beginning():
    assert sx.grad(lambda x0: implicit.fixed_point(np.cos, x0))(1.0) == 0.0
    assert sx.grad(lambda x0: implicit.root(lambda x: x * x - 2.0, x0))(1.0) == 0.0


def test_memory_does_not_grow_with_the_iterations():
    """Fifty steps more may cost a few temporaries, as NumPy frees them, but no array each."""
    c = np.linspace(0.0, 0.1, 10_000)

    def f(c, rate):
        x = implicit.fixed_point(lambda x: rate * np.cos(x) + c, np.zeros(10_000))
        return np.sum(x)

    def steps(rate):
        count, x, new = 0, np.ones_like(c), np.zeros_like(c)
        while np.max(np.abs(new - x)) > 1e-12:
            count, x, new = count + 1, new, rate * np.cos(new) + c
        return count

    def peak(rate):
        derivative = sx.grad(f)
        derivative(c, rate)
        tracemalloc.start()
        derivative(c, rate)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    more = steps(0.9) - steps(0.1)
    assert more > 30
    assert peak(0.9) - peak(0.1) < 5 * c.nbytes


def test_no_fixed_point():
    with pytest.raises(RuntimeError, match="did not converge in 50 steps"):
        implicit.fixed_point(lambda x: 2.0 * x + 1.0, 1.0, limit=50)
    with pytest.raises(RuntimeError, match="did not converge in 20 steps"):
        implicit.root(lambda x: x * x + 1.0, 0.3, limit=20)


SOLVERS = {  # z = 0.3 a z + x[0], of which all three capture a and the whole of x
    "fixed_point": lambda a, x: implicit.fixed_point(lambda z: 0.3 * a * z + x[0], 0.0),
    "root": lambda a, x: implicit.root(lambda z: z - 0.3 * a * z - x[0], 0.1),
    "linear_solve": lambda a, x: implicit.linear_solve(lambda z: z - 0.3 * a * z, x[0]),
}


@pytest.mark.parametrize("batched", [False, True], ids=["loop", "batch"])
@pytest.mark.parametrize("solve", SOLVERS.values(), ids=SOLVERS)
def test_one_equation_for_each_entry(solve, batched):
    """The sum of x[0] / (1 - 0.3 a) over a in x: the array gone through is captured, too."""

    def total(x):
        if batched:
            return np.sum(sx.vmap(lambda a: solve(a, x))(x))
        found = 0.0
        for a in x:
            found = found + solve(a, x)
        return found

    x, first = np.array([0.4, -0.7, 1.1]), np.eye(3)[0]
    rest = 1 - 0.3 * x
    slope = 0.3 * x[0] / rest**2 + first * np.sum(1 / rest)
    mixed = np.outer(first, 0.3 / rest**2)
    curvature = np.diag(0.18 * x[0] / rest**3) + mixed + mixed.T
    np.testing.assert_allclose(sx.grad(total)(x), slope, rtol=1e-10)
    np.testing.assert_allclose(sx.jvp(sx.grad(total), (x,), (x,))[1], curvature @ x, rtol=1e-9)
    if solve is not SOLVERS["fixed_point"]:  # refused: of what type its cotangent is, is told late
        along = sx.grad(lambda x: np.vdot(sx.grad(total)(x), first))(x)
        np.testing.assert_allclose(along, curvature[0], rtol=1e-9)


def test_gradient_through_a_batch_of_gradients():
    """Of 3 / (2 + a**2): the slopes are -6 a / (2 + a**2)**2."""

    def solved(a):
        return implicit.linear_solve(lambda z: (2.0 + a * a) * z, 3.0)

    def total(a):
        return np.sum(sx.vmap(sx.grad(solved))(a))

    a = np.array([0.1, -0.2, 0.3])
    expected = -6 / (2 + a**2) ** 2 + 24 * a**2 / (2 + a**2) ** 3
    np.testing.assert_allclose(sx.grad(total)(a), expected, rtol=1e-12)
