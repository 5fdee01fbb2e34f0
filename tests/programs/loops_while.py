"""`while`: iterations, bisection, counters, endless loops with a way out."""

import numpy as np

from . import example, normal, positive


@example(2.3, smooth=False)
def newton_sqrt(a):
    """Newton's method to full precision; the derivative is that of the square root."""
    x = a
    while np.abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


@example(0.4, 0.7, wrt=(0, 1), smooth=False)
def kepler(eccentricity, mean_anomaly):
    """Kepler's equation by Newton's method."""
    e = mean_anomaly
    delta = 1.0
    while abs(delta) > 1e-11:
        delta = (e - eccentricity * np.sin(e) - mean_anomaly) / (1.0 - eccentricity * np.cos(e))
        e = e - delta
    return e


@example(0.3, 1.9, wrt=(0, 1))
def bisection_bracket(lo, hi):
    """Bisection: the bracket's ends are all that the derivative sees."""
    n = 0
    while n < 6:
        mid = 0.5 * (lo + hi)
        if mid**3 - 2.0 > 0.0:
            hi = mid
        else:
            lo = mid
        n += 1
    return lo * hi


@example(0.6)
def counted(x):
    """A counter that runs down."""
    n = 5
    y = 1.0
    while n > 0:
        y = y * x + n
        n -= 1
    return y


@example(1.7, 0.3, wrt=(0, 1))
def decay_until(x, rate):
    """Runs while the value itself is large: the test reads what the body writes."""
    steps = 0
    while x > 0.5:
        x = x * (1.0 - rate) + 0.01 * rate * x * x
        steps = steps + 1
    return x + rate * steps


@example(0.8, 0, name="never")
@example(0.8, 3, name="thrice")
def maybe_never(x, n):
    """The body may not run at all."""
    y = x * x
    while n:
        y = np.sin(y) + x
        n = n - 1
    return y


@example(positive(1, 5), 2.0, wrt=(0, 1))
def while_true_break(steps, goal):
    """Leave an endless loop in its middle."""
    total = 0.0
    i = 0
    while True:
        total = total + steps[i]
        if total > goal:
            break
        total = total * 1.05
        i += 1
    return total * total * goal


@example(normal(2, 3, 3))
def power_iteration(a):
    """The dominant eigenvalue of a + a.T + 6 I after a fixed number of steps."""
    m = a + a.T + 6.0 * np.eye(3)
    v = np.ones(3)
    k = 0
    while k < 5:
        w = m @ v
        v = w / np.sqrt(np.sum(w * w))
        k += 1
    return v @ m @ v


@example(0.9, 1.4, wrt=(0, 1), smooth=False)
def arithmetic_geometric_mean(a, b):
    """Gauss's mean, until both values agree."""
    while np.abs(a - b) > 1e-13:
        a, b = 0.5 * (a + b), np.sqrt(a * b)
    return a


@example(0.37, 1.2, wrt=(0, 1))
def nested_whiles(x, y):
    """An inner loop whose trips depend on the outer counter."""
    i = 0
    total = x
    while i < 3:
        j = 0
        while j <= i:
            total = total + np.sin(total * y) / (j + 1.0)
            j += 1
        y = y * 0.9
        i += 1
    return total * y


@example(3.1)
def collatz_like(x):
    """Two kinds of steps, chosen by the integer part of a counter."""
    n = 6
    while n != 1:
        if n % 2 == 0:
            n = n // 2
            x = np.sqrt(x * x + n)
        else:
            n = 3 * n + 1
            x = x * 1.1
    return x


@example(normal(3, 4), smooth=False)
def gradient_descent(start):
    """Descent on a quadratic until the gradient is small; the end depends on the start."""
    curvature = np.array([1.0, 0.8, 0.9, 1.1])
    x = start
    g = curvature * x
    while np.sum(g * g) > 1e-2:
        x = x - 0.3 * g
        g = curvature * x + 0.05 * x**3
    return np.sum(np.sin(3.0 * x))


@example(0.2, 2.0, wrt=(0, 1))
def adaptive_step(y, t_end):
    """Euler with steps that grow; the last is cut to fit."""
    t = 0.0
    h = 0.1
    while t < t_end:
        if t + h > t_end:
            h = t_end - t
        y = y + h * (np.cos(t) - y)
        t = t + h
        h = h * 1.5
        if t > t_end - 1e-9:
            break
    return y


@example(0.5)
def while_with_conjunction(x):
    """Both a counter and a value may end the loop."""
    n = 0
    y = x
    while n < 10 and abs(y) < 3.0:
        y = y * y + x
        n += 1
    return y * n


@example(0.7, 9)
def powers_from_inner_loops(x, limit):
    """Whole numbers that are used as factors go through loops without a backward part."""
    p = 1
    y = x
    while p < limit:
        y = np.sin(y) * p
        q = p
        while q * q > p:
            q -= 1
        y = y * q
        for j in range(3):
            p = p + j + q
    return y * p
