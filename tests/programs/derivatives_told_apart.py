"""Several derivatives in one variable: which of them is called, and what each of them captured."""

import numpy as np

from srcxform import grad, hessian, linearize, vjp, vmap

from . import example


@example(0.7, -1.0, analytic=False)
@example(0.7, 1.0, analytic=False, name="other")
def one_of_two_gradients(x, c):
    slope = grad(lambda z: z**3 * x) if c > 0 else grad(lambda z: z**2 * np.sin(z))
    return slope(x) * x


@example(0.7, -1.0, analytic=False)
def gradient_in_another_argument(x, c):
    def f(a, b):
        return a**3 * np.sin(b)

    if c > 0:
        slope = grad(f)
    else:
        slope = grad(f, argnums=1)
    return slope(x, x)


@example(np.array([0.7, 0.4]), -1.0, analytic=False)
def batch_of_one_of_two(x, c):
    f = vmap(grad(lambda z: z**4))
    if c < 0:
        f = vmap(lambda z: z**3 * np.exp(z))
    return np.sum(f(x) * x)


@example(0.7, analytic=False)
def pullback_of_the_turn_before(x):
    y, pullback = vjp(lambda z: np.sin(z) * 1.5, x)
    g = 1.0
    for _ in range(3):
        before = pullback
        y, pullback = vjp(lambda z: np.sin(z) * 1.5, y)
        g = before(g)[0]
    return g


@example(0.7, analytic=False)
def pullbacks_one_behind_the_other(x):
    def back(g):
        return g

    for _ in range(3):
        x, pullback = vjp(lambda z: np.sin(z) * 1.5, x)

        def back(g, pullback=pullback, rest=back):
            return rest(pullback(g)[0])

    return back(1.0)


@example(0.7, analytic=False)
def variables_bound_anew_before_the_pullback(x):
    w = x * x
    _, pullback = vjp(lambda z: w * z**3 * x, x)
    w, x = 5.0 * x, 3.0 * x
    return pullback(w)[0] * x


@example(0.7, analytic=False)
def pullbacks_of_one_function(x):
    def back_at(y):
        return vjp(lambda z: np.sin(z) * 1.5, y)[1]

    total = 0.0
    for k in range(3):
        one = back_at(x + k)
        other = back_at(2.0 * x)
        total = total + one(1.0)[0] * (k + 1.0) + 3.0 * other(1.0)[0]
    return total


@example(0.7, -1.0, analytic=False)
def gradient_of_one_of_two(x, c):
    """The functions capture a variable that is bound anew before they are called."""
    k = 2.0
    if c > 0:
        f = lambda z: z**2 * k  # noqa: E731
    else:
        f = lambda z: z**4 * x * k  # noqa: E731
    k = 3.0 * x
    return grad(f)(x) + hessian(f)(x)


@example(0.7, 1.0, analytic=False)
def gradient_of_a_function_or_its_gradient(x, c):
    f = np.sin
    if c > 0:
        f = grad(f)
    return grad(f)(x) * x


@example(0.7, 1.0, analytic=False)
def batch_of_what_was_chosen(x, c):
    f = vmap((lambda z: z**3 * x) if c > 0 else (lambda z: z**2))
    return np.sum(f(np.array([x, 2.0 * x])))


@example(0.7, 1.0, analytic=False)
@example(0.7, -1.0, analytic=False, name="other")
def pullbacks_chosen_turn_by_turn(x, c):
    g = 1.0
    y, pullback = vjp(np.sin, x)
    for _ in range(3):
        before = pullback
        if c > 0:
            y, pullback = vjp(lambda z: np.sin(z) * 1.5, y)
        else:
            y, pullback = vjp(lambda z: np.cos(z) * 1.5, y)
        g = before(g)[0]
    return g


@example(0.7, 1.0, analytic=False)
def pullback_chosen_in_the_last_turn(x, c):
    for k in range(3):
        if c * k > 0:
            y, pullback = vjp(lambda z: z**2 * x, x + k)
        else:
            y, pullback = vjp(lambda z: z**3 * x, x + k)
    return pullback(0.1 * y)[0]


def wave_layer(x):
    return np.sin(x) * 1.5


@example(np.array([0.3, 0.8, 1.2]), analytic=False)
def pullbacks_of_all_turns(x):
    """The way back runs over a tuple that each turn puts its pullback in front of."""
    pullbacks = ()
    for _ in range(3):
        x, pullback = vjp(wave_layer, x)
        pullbacks = (pullback, *pullbacks)
    g = x * 2.0
    for pullback in pullbacks:
        (g,) = pullback(g)
    return np.sum(g * g)


@example(np.array([0.3, 0.8, 1.2]), analytic=False)
def pullbacks_as_defaults(x):
    back = []
    for _ in range(3):
        x, pullback = vjp(wave_layer, x)
        back.append(lambda g, pullback=pullback: pullback(g)[0])
    g = x * 2.0
    for step in back[::-1]:
        g = step(g)
    return np.sum(g * g)


@example(np.array([0.3, 0.8, 1.2]), analytic=False)
def tangent_maps_of_all_turns(x):
    pushes = {}
    for k in range(3):
        x, pushes[k] = linearize(wave_layer, x)
    dot = x * 2.0
    for k in range(3):
        dot = pushes[k](dot)
    return np.sum(dot * dot)
