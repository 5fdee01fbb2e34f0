"""Factorisations and eliminations written out, most of them in place."""

import numpy as np

from . import example, normal, positive, spd


@example(spd(1, 4))
def cholesky(a):
    """Row by row into a fresh lower triangle."""
    n = a.shape[0]
    low = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= low[i, k] * low[j, k]
            if i == j:
                low[i, j] = np.sqrt(s)
            else:
                low[i, j] = s / low[j, j]
    return low


@example(spd(2, 4))
def cholesky_in_place(a):
    """Right-looking, over a copy of the input, by slices."""
    low = a.copy()
    n = len(low)
    for k in range(n):
        low[k, k] = np.sqrt(low[k, k])
        low[k + 1 :, k] /= low[k, k]
        for j in range(k + 1, n):
            low[j:, j] -= low[j:, k] * low[j, k]
    total = 0.0
    for k in range(n):
        total += 2.0 * np.log(low[k, k])
    return total


@example(normal(3, 4, 4) + 4.0 * np.eye(4))
def lu_in_place(a):
    """Without pivoting; both factors in one matrix."""
    lu = a.copy()
    n = lu.shape[0]
    for k in range(n - 1):
        for i in range(k + 1, n):
            lu[i, k] = lu[i, k] / lu[k, k]
            lu[i, k + 1 :] -= lu[i, k] * lu[k, k + 1 :]
    return lu


@example(normal(4, 4, 4) + 3.0 * np.eye(4), normal(5, 4), wrt=(0, 1))
def forward_substitution(low, b):
    x = np.zeros_like(b)
    for i in range(len(b)):
        x[i] = (b[i] - low[i, :i] @ x[:i]) / low[i, i]
    return np.sum(x * x)


@example(normal(6, 3, 3) + 3.0 * np.eye(3), normal(7, 3), wrt=(0, 1))
def gaussian_elimination(a, b):
    """Overwrites its arguments, then substitutes backwards."""
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            m = a[i, k] / a[k, k]
            a[i, k:] -= m * a[k, k:]
            b[i] -= m * b[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]
    return np.sum(b**3)


@example(normal(8, 4, 3))
def gram_schmidt(a):
    """Modified Gram-Schmidt on columns, in place."""
    q = a.copy()
    for j in range(3):
        for k in range(j):
            q[:, j] -= np.dot(q[:, k], q[:, j]) * q[:, k]
        q[:, j] /= np.sqrt(np.sum(q[:, j] ** 2))
    return q


@example(normal(9, 5), positive(10, 5) + 3.0, normal(11, 5), normal(12, 5), wrt=(0, 1, 2, 3))
def thomas(lower, diag, upper, rhs):
    """Tridiagonal solve."""
    n = len(diag)
    c = np.empty(n)
    d = np.empty(n)
    c[0] = upper[0] / diag[0]
    d[0] = rhs[0] / diag[0]
    for i in range(1, n):
        denominator = diag[i] - lower[i] * c[i - 1]
        c[i] = upper[i] / denominator
        d[i] = (rhs[i] - lower[i] * d[i - 1]) / denominator
    for i in range(n - 2, -1, -1):
        d[i] -= c[i] * d[i + 1]
    return np.sum(d * d)


@example(normal(13, 4, 3))
def householder(a):
    """Triangularisation by reflections; the diagonal of R."""
    r = a.copy()
    n, m = r.shape
    diagonal = np.zeros(m)
    for k in range(m):
        v = r[k:, k].copy()
        alpha = np.sqrt(np.sum(v * v))
        if v[0] > 0.0:
            alpha = -alpha
        v[0] -= alpha
        r[k:, k:] -= np.outer(v, v @ r[k:, k:]) * (2.0 / np.sum(v * v))
        diagonal[k] = r[k, k]
    return diagonal


@example(spd(14, 3))
def ldl(a):
    """Square-root-free: unit lower triangle and a diagonal, in two arrays."""
    n = 3
    low = np.eye(n)
    d = np.zeros(n)
    for j in range(n):
        d[j] = a[j, j] - np.sum(low[j, :j] ** 2 * d[:j])
        for i in range(j + 1, n):
            low[i, j] = (a[i, j] - np.sum(low[i, :j] * low[j, :j] * d[:j])) / d[j]
    return np.prod(d), low


@example(spd(15, 3))
def newton_schulz(a):
    """The inverse by matrix iteration, each step overwriting the last."""
    eye = np.eye(3)
    x = a.T / np.sum(a * eye) ** 2
    for _ in range(5):
        x[:] = x @ (2.0 * eye - a @ x)
    return x
