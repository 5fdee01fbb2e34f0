"""Recursive functions that write into an argument, and give it back."""

import numpy as np

from . import example

POINT = np.array([0.7, 0.9, 1.2])


def sorted_in_place(a, low, high):
    if low < high:
        pivot, k = a[high], low
        for j in range(low, high):
            if a[j] < pivot:
                kept = a[k]
                a[k] = a[j]
                a[j] = kept
                k += 1
        kept = a[k]
        a[k] = a[high]
        a[high] = kept
        sorted_in_place(a, low, k - 1)
        sorted_in_place(a, k + 1, high)
    return a


@example(POINT, analytic=False)
def quicksort_in_place(v):
    a = v[::-1] * v
    b = sorted_in_place(a, 0, 2)
    return np.sum(b * np.array([1.0, 2.0, 3.0])) + a[0] * b[1]


def collected(x, k, out):
    if k == 0:
        return out
    out.append(x**k)
    return collected(x * x, k - 1, out)


@example(POINT)
def appended_and_given_back(v):
    out = collected(v[0], 2, [v[1]])
    first = out[0]
    out[1] *= v[2]
    return first * out[1] + out[2] ** 2


def smoothed(u, n):
    if n > 0:
        u[1:-1] = 0.5 * (u[2:] + u[:-2])
        u = smoothed(u, n - 1)
    return u


@example(POINT)
def rebound_to_its_own_result(v):
    u = np.concatenate([v, v**2])
    w = smoothed(u, 3)
    w *= 2
    return np.sum(u**2)


def copied_at_last(u, n):
    if n == 0:
        return u.copy()
    u[0] *= u[1]
    return copied_at_last(u, n - 1)


@example(POINT)
def a_copy_given_back(v):
    u = v * 1.0
    w = copied_at_last(u, 2)
    w[1] = 3 * w[0]
    return np.sum(u * w)


def second_of_two(a, b, n):
    if n == 0:
        return b
    a[0] += b[1] * b[0]
    b[1] *= a[0]
    return second_of_two(a, b, n - 1)


@example(POINT * 0.5)
def one_of_two_given_back(v):
    a, b = v * 1.0, v * 2.0
    c = second_of_two(a, b, 2)
    c[0] = a[1]
    return np.sum(a * b * c)


def filled_from_behind(d, v, k):
    if k < 0:
        return d
    d[k] = v[k] * (d[k + 1] if k + 1 in d else 1.0)
    return filled_from_behind(d, v, k - 1)


@example(POINT)
def a_dict_given_back(v):
    d = filled_from_behind({}, v, 2)
    return d[0] * d[1] + d[2]


class Run:
    def __init__(self, rate):
        self.rate = rate

    def go(self, u, k):
        if k == 0:
            return u
        u[k] = u[k] * self.rate[0] + u[k - 1]
        return self.go(u, k - 1)


@example(POINT)
def given_back_by_a_method(v):
    return np.sum(Run(v).go(v * v, 2) ** 2)
