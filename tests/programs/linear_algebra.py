"""Products and solves in all the forms NumPy has for them."""

import numpy as np

from . import example, normal, positive, spd


@example(normal(1, 3, 4), normal(2, 4, 2), wrt=(0, 1))
def matrix_products(a, b):
    """Operator, function and method agree; their sum does not vanish."""
    return a @ b + np.matmul(a, b) * np.dot(a, b) - a.dot(b) ** 3


@example(normal(3, 3, 3), normal(4, 3), wrt=(0, 1))
def quadratic_form(a, v):
    """Vector with matrix, matrix with vector, vector with vector."""
    return v @ a @ v + np.dot(v, v) * (v @ (a @ a))[1]


@example(normal(5, 2, 3, 2), normal(6, 2, 4), wrt=(0, 1))
def batched_matmul(a, b):
    """A stack of matrices with one matrix."""
    c = a @ b
    return c * c


@example(normal(7, 2, 1, 2, 3), normal(8, 4, 3, 2), normal(9, 3), wrt=(0, 1, 2))
def broadcast_matmul(a, b, v):
    """Stacks that broadcast, and a stack with a vector."""
    return np.sum(np.matmul(a, b) ** 2) + np.sum((a @ v) ** 3)


@example(normal(10, 3), normal(11, 4), wrt=(0, 1))
def outer_and_inner(u, v):
    m = np.outer(u, v)
    return np.inner(m, v) * np.inner(u, u) + np.outer(u, u) @ u


@example(normal(12, 2, 3), normal(13, 4, 3), wrt=(0, 1))
def inner_of_matrices(a, b):
    """np.inner contracts last axes."""
    return np.sum(np.inner(a, b) ** 2)


@example(normal(14, 2, 3, 4), normal(15, 4, 3, 2), wrt=(0, 1))
def tensordot_forms(a, b):
    """Axes as pairs of lists, and as a count."""
    c = np.tensordot(a, b, axes=([1, 2], [1, 0]))
    d = np.tensordot(a, b, axes=1)
    return np.sum(c**2) + np.sum(np.sin(d))


@example(normal(16, 3, 4), normal(17, 4, 2), normal(18, 3), wrt=(0, 1, 2))
def einsum_forms(a, b, v):
    """Product, bilinear form, trace, transposition and implicit output."""
    product = np.einsum("ij,jk->ik", a, b)
    form = np.einsum("i,ij,jk->k", v, a, b)
    gram = np.einsum("ij,kj->ik", a, a)
    trace = np.einsum("ii->", gram)
    return np.sum(product**2) + np.sum(form) * trace + np.einsum("ij,i->j", product, v)[1]


@example(normal(19, 2, 3, 3), normal(20, 2, 3), wrt=(0, 1))
def einsum_batched(a, x):
    """Batched forms with an ellipsis."""
    y = np.einsum("bij,bj->bi", a, x)
    z = np.einsum("...i,...i->...", x, y)
    return y * z[:, None]


@example(normal(21, 3, 3) + 3.0 * np.eye(3), normal(22, 3), wrt=(0, 1))
def solve_vector(a, b):
    x = np.linalg.solve(a, b)
    return x * np.sum(x)


@example(normal(23, 3, 3) + 3.0 * np.eye(3), normal(24, 3, 2), wrt=(0, 1))
def solve_matrix(a, b):
    x = np.linalg.solve(a, b)
    return np.sum(x**2) + np.linalg.solve(a.T, x)[0, 1]


@example(normal(25, 2, 3, 3) + 3.0 * np.eye(3), normal(26, 2, 3, 1), wrt=(0, 1))
def solve_batched(a, b):
    return np.linalg.solve(a, b) ** 2


@example(normal(27, 3, 3) + 3.0 * np.eye(3))
def inverse(a):
    b = np.linalg.inv(a)
    return b @ b.T


@example(normal(28, 3, 3), normal(29, 2, 2, 2), wrt=(0, 1))
def determinants(a, stack):
    """One matrix, and a stack of them."""
    return np.linalg.det(a) ** 2 * np.sum(a) + np.prod(np.linalg.det(stack))


@example(spd(30, 4), normal(31, 4), wrt=(0, 1), analytic=False)
def gaussian_log_density(covariance, x):
    """slogdet's second result, and a solve."""
    sign, logdet = np.linalg.slogdet(covariance)
    return -0.5 * (x @ np.linalg.solve(covariance, x) + logdet) * sign


@example(normal(32, 3), normal(33, 2, 3), wrt=(0, 1), analytic=False)
def norms(v, a):
    """Euclidean and Frobenius norms, norms of rows, other orders."""
    rows = np.linalg.norm(a, axis=1)
    kept = np.linalg.norm(a, axis=0, keepdims=True)
    return (
        np.linalg.norm(v) * np.linalg.norm(a)
        + np.sum(rows * rows[0])
        + np.sum(a / kept)
        + np.linalg.norm(v, 1) * np.linalg.norm(v, ord=3)
    )


@example(normal(34, 5, 2), normal(35, 5), wrt=(0, 1))
def least_squares(x, y):
    """Normal equations; residual sum."""
    beta = np.linalg.inv(x.T @ x + 0.1 * np.eye(2)) @ (x.T @ y)
    r = y - x @ beta
    return r @ r


@example(normal(36, 3, 3))
def matrix_power_series(a):
    """The matrix exponential's partial sum."""
    term = np.eye(3)
    total = np.eye(3)
    for k in range(1, 6):
        term = term @ a * (0.5 / k)
        total = total + term
    return total


@example(normal(37, 4, 4), positive(38, 4), wrt=(0, 1))
def conjugate_gradient(m, b):
    """Three steps on a symmetric system."""
    a = m @ m.T + 4.0 * np.eye(4)
    x = np.zeros(4)
    r = b.copy()
    p = r.copy()
    rho = r @ r
    for _ in range(3):
        q = a @ p
        alpha = rho / (p @ q)
        x += alpha * p
        r -= alpha * q
        rho_new = r @ r
        p = r + (rho_new / rho) * p
        rho = rho_new
    return x


@example(normal(39, 4, 2), normal(40, 3), normal(41, 2), wrt=(0, 1, 2))
def products_of_vectors_in_the_plane(a, b, c):
    """Of two such vectors a number, of one of them and another one a vector in space."""
    return np.cross(a, c) ** 2 @ np.cross(a, b)[:, 2] + np.cross(b, c) @ b * np.cross(c, a[0])


@example(normal(42, 3, 4), normal(43, 4, 2), normal(44, 4), wrt=(0, 1, 2))
def einstein_sums_of_lists(a, b, v):
    """Labels as numbers, more than three operands, an ellipsis."""
    c = np.einsum(a, [0, 1], b, [1, 2])
    d = np.einsum(a, [7, 3], b, [3, 5], v, [3], v, [3], [5, 7])
    e = np.einsum(b, [..., 1], [1, ...])
    return c * d.T * np.einsum("...j,j,jk,j->...k", a, v, b, v, optimize=True) + np.sum(e**2)


@example(normal(45, 5, 3), normal(46, 5), wrt=(0, 1), analytic=False)
def solved_by_orthogonal_factors(a, b):
    """QR, its named parts, and R alone."""
    q, r = np.linalg.qr(a)
    parts = np.linalg.qr(a.T)
    x = np.linalg.solve(r, q.T @ b)
    return x * np.linalg.qr(a, mode="r")[0] + parts.Q @ parts.R @ b


@example(normal(47, 5, 3), analytic=False)
def principal_components(x):
    """The first directions of a cloud of points, and how far it goes along them."""
    centred = x - np.mean(x, axis=0)
    u, s, vh = np.linalg.svd(centred, full_matrices=False)
    return centred @ vh[:2].T @ vh[:2] + u[:, :1] * s[1] ** 2


@example(normal(48, 3, 3), analytic=False)
def function_of_singular_values(a):
    """Vectors of a square matrix, values alone, the ratio of the extremes."""
    u, s, vh = np.linalg.svd(a)
    return (u * np.tanh(s)) @ vh + np.linalg.svdvals(a) ** 2 + 0.1 * np.linalg.cond(a)


@example(normal(49, 6, 3), normal(50, 6), wrt=(0, 1), analytic=False)
def fitted_by_least_squares(a, b):
    """A tall matrix, and its transpose."""
    x, _, rank, _ = np.linalg.lstsq(a, b, rcond=None)
    return x * rank + np.linalg.lstsq(a.T, x, rcond=None)[0][:3] ** 2


@example(normal(51, 6), positive(52, 6), wrt=(0, 1), analytic=False)
def fitted_polynomial(x, y):
    """A parabola through points, and a weighted line."""
    curve = np.polyfit(x, y, 2)
    return np.polyval(curve, 0.3) + np.polyfit(x, y, 1, w=y)[0] * curve


def products_of_matrices(a, b):
    return np.einsum("ij...,jk...->ik...", a, b)


@example(normal(951, 3), normal(952, 3, 2), wrt=(0, 1))
def products_with_an_ellipsis_behind(x, y):
    """The ellipsis stands for no axes in the first factor, and for one or two in the others."""
    turned = products_of_matrices(np.outer(x, np.sin(x)).T, y[:, None])
    return np.sum(products_of_matrices(np.outer(x, x), turned[:, :, None]) ** 2)


@example(normal(953, 3), normal(954, 2, 3, 3), wrt=(0, 1))
def vectors_and_stacks_of_matrices(x, a):
    """`np.matmul` is a ufunc, but none that works entry by entry."""
    left = np.matmul(x, a)
    right = np.matmul(a, left[0])
    return np.sum(np.matmul(a, a) * right[:, None]) + np.sum(left * right)


@example(normal(955, 3, 2), normal(956, 3, 3), wrt=(0, 1))
def turned_unit_vectors(x, rotation):
    """Of a product with a display, only the rank is known; it is scaled in place."""
    normals = np.cross(np.dot(rotation.T, [[1.0], [0.5], [2.0]]), x, axis=0)
    normals /= np.sqrt(np.sum(normals**2, axis=0)) + 0.1
    return np.sum(normals * np.arange(6.0).reshape(3, 2))
