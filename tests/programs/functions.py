"""Functions as values: lambdas, nested functions, what they capture, functions of functions."""

import functools
import inspect
import math
import operator

import numpy as np

from . import example, normal

# --- what is captured


@example(0.7)
def lambda_over_argument(x):
    scale = lambda t: t * x
    return scale(x) + scale(2.0)


@example(0.7)
def captured_later_rebound(x):
    """A closure sees what its variable holds when it is called."""

    def grown(t, shift=3.0):
        product = t * x
        return product + shift

    before = grown(x)
    x = x + 1.0
    return before * grown(x)


@example(0.7)
def captured_late(x):
    y = x
    f = lambda: y * x
    y = y * 2.0
    return f()


@example(0.7)
def nonlocal_sum(x):
    total = 0.0

    def add(value):
        nonlocal total
        total = total + value

    for k in range(3):
        add(x * k + x * x)
    return total


@example(0.7)
def nonlocal_between_operands(x):
    """Operands are read from left to right, around calls that rebind them."""
    n = 1.0

    def bump():
        nonlocal n
        n = n * x
        return n

    return n + bump() + n * bump()


@example(0.7)
def nonlocal_augmented(x):
    y = x

    def change():
        nonlocal y
        y = y * x
        return y

    y += change()
    z = [y, change(), y]
    return z[0] * z[1] * z[2]


@example(0.7)
def nonlocal_in_loops(x):
    n = x

    def increase(k=2.0):
        nonlocal n
        n += k * x
        return n

    total = 0.0
    for _ in range(3):
        total += increase() * n
    while n < 8.0:
        increase(1.0)
    return total * n


@example(0.7)
def nonlocal_two_levels(x):
    def outer():
        a = x

        def inner():
            nonlocal a
            a = a * x
            return a

        return inner

    first = outer()
    second = outer()
    return first() + first() * second()


@example(0.7)
def made_twice(x):
    def make(a):
        def times(t):
            return a * t

        return times

    g = make(x)
    y = x
    y = y + 1.0
    h = make(y)
    y = y * 5.0
    return g(y) + h(y)


@example(0.7)
def default_of_inner(x):
    def f(a, b=x, *, c=None):
        if c is None:
            c = b
        return a * b * c

    x = x * 2.0
    return f(x) + f(x, c=2.0) + f(1.0, x * x)


@example(0.7)
def closure_in_loop(x):
    total = 0.0
    for k in range(3):

        def f(t):
            return t * x + k

        total += f(x)
    return total


@example(0.7)
def listed_in_loop(x):
    """All see the last k: a closure captures the variable, not its value."""
    steps = []
    for k in range(3):
        steps.append(lambda t: t * x * k)
    return sum(step(x) for step in steps)


@example(0.7)
def comprehension_hides_variable(x):
    i = 2.0
    xs = [x * i for i in (1.0, 3.0)]
    ys = [(lambda t: t * i)(x) for i in (1.0, 3.0)]
    return xs[0] * ys[1] * i + sum(ys)


@example(0.7)
def closure_writes_array(x):
    w = np.array([x, 2.0 * x, 3.0])

    def scale(i):
        w[i] *= x

    for i in range(3):
        scale(i)
    view = w[1:]

    def bump():
        view[0] += x

    bump()
    return w.sum()


@example(0.7)
def closure_appends(x):
    found = []

    def push(value):
        found.append(value)
        return value

    push(x * x)
    push(x)
    return found[0] * found[1]


@example(0.7)
def closure_writes_dict(x):
    state = {"n": 0.0}

    def step(dt):
        state["n"] = state["n"] + dt * x

    for _ in range(3):
        step(x)
    return state["n"]


# --- functions given, kept and returned


def twice(f, x):
    return f(f(x))


@example(0.7)
def function_as_argument(x):
    return twice(lambda t: t * x, x)


@example(0.7)
def functions_in_list(x):
    y = x
    for f in [np.sin, np.cos, lambda t: t * t * x]:
        y = f(y)
    return y


@example(0.7)
def functions_in_dict(x):
    table = {"a": lambda t: t * x, "b": np.exp}
    for name, f in {"s": np.sin, "c": np.cos}.items():
        x = f(x) * len(name) * 2.0
    return table["a"](x) + table["b"](x)


@example(0.7)
def functions_zipped(x):
    for f, weight in zip([np.sin, lambda t: t * t], [x, 2.0]):
        x = x + weight * f(x)
    return x


@example(0.7)
@example(0.7, "cube", name="cube")
def chosen_by_name(x, kind="square"):
    table = {"square": lambda t: t * t, "cube": lambda t: t**3}
    return table[kind](x)


@example(0.7)
def callback_or_none(x):
    def apply(value, callback=None):
        if callback is None:
            return value
        return callback(value)

    return apply(x) + apply(x, lambda t: t**3)


def compose(*functions):
    def composed(x):
        for f in functions:
            x = f(x)
        return x

    return composed


@example(0.7)
def composed_functions(x):
    return compose(np.sin, lambda t: t * x, np.exp)(x)


@example(0.7)
def curried(x):
    def g(y):
        def h(z):
            return z * x * y

        return h

    return g(x)(x + 1.0)


@example(0.7)
def registered(x):
    table = {}

    def register(name):
        def keep(f):
            table[name] = f
            return f

        return keep

    @register("product")
    def product(t):
        return t * x

    return product(x) * 2.0


@example(0.7)
def all_kinds_of_parameters(x):
    def f(a, /, b, *rest, k=2.0, **others):
        return a * b * sum(rest) * k * others["z"]

    return f(x, x, x, 2.0, z=x)


@example(0.7)
def chosen_while_running(x):
    if x > 0.8:
        f = np.sin
    elif x > 0.5:
        f = lambda t: t * x
    else:
        f = np.cos
    return f(x) + f(2.0 * x)


@example(0.7)
def chosen_in_loop(x):
    y = x
    for _ in range(4):
        change = (lambda a: a * x) if y > 0.4 else (lambda a: a + x)
        y = change(y)
    return y


@example(0.7)
def chosen_and_given(x):
    f = np.tanh if x > 0.1 else np.exp
    return twice(f, x) * sum(map(f, [x, 2.0]))


# --- decorators, partial, functions of functions


def doubled(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        return 2.0 * f(*args, **kwargs)

    return inner


@doubled
def power(x, exponent=2):
    return x**exponent


@functools.lru_cache(maxsize=None)
def cached_cube(x):
    return x**3


@example(0.7)
def decorated_helpers(x):
    @doubled
    def product(y):
        return y * x

    @functools.cache
    def squared(y):
        return y * y

    return power(x, exponent=3) + product(x) + cached_cube(x) * squared(x)


@example(0.7)
def partial_made_inside(x):
    p = functools.partial(lambda a, b, c=1.0: a * b * c, x, c=x)
    x = x * 3.0
    return p(x)


CUBE = functools.partial(power, exponent=3)


@example(0.7)
def partial_made_outside(x):
    return CUBE(x) * x


@example(0.7)
def reduce_map_filter(x):
    product = functools.reduce(lambda a, b: a * b, [x, x + 1.0, 2.0 * x])
    squares = sum(map(lambda t: t**2, [x, 2.0 * x]))
    sums = list(map(operator.add, [x, 1.0], [x, x]))
    positive = sum(list(filter(lambda t: t > 0.0, [x, -x])))
    return product + squares * positive * sums[0] * sums[1]


@example(0.7, analytic=False)
def builtin_functions_in_generator(x):
    total = sum(f(x) for f in (math.sin, math.cos, abs))
    return total * functools.reduce(operator.mul, [x, x, 2.0])


# --- recursion


@example(0.7)
def recursive_closure(x):
    def product(n):
        if n < 1:
            return x
        return product(n - 1) * x * n

    return product(4)


@example(0.7)
def mutually_recursive_closures(x):
    def even(n):
        return x if n == 0 else odd(n - 1) * x

    def odd(n):
        return x * 2.0 if n == 0 else even(n - 1) + x

    return even(4)


def adaptive(f, a, b, depth):
    middle = 0.5 * (a + b)
    if depth < 1:
        return (b - a) * f(middle)
    return adaptive(f, a, middle, depth - 1) + adaptive(f, middle, b, depth - 1)


@example(0.7)
def closure_through_recursion(x):
    a = 2.0 * x
    return adaptive(lambda t: np.sin(t * a * x), x, a, 3)


COSINE = functools.partial(adaptive, np.cos, depth=3)


@example(0.7)
def partial_through_recursion(x):
    return COSINE(0.0, x)


# --- as people write it


def newton(f, df, x):
    for _ in range(6):
        x = x - f(x) / df(x)
    return x


@example(0.7)
def newton_with_lambdas(a):
    return newton(lambda x: x * x - a, lambda x: 2.0 * x, 1.0)


def rk4(rhs, y, t, h, *args):
    k1 = rhs(t, y, *args)
    k2 = rhs(t + h / 2, y + h / 2 * k1, *args)
    k3 = rhs(t + h / 2, y + h / 2 * k2, *args)
    k4 = rhs(t + h, y + h * k3, *args)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


@example(1.3, 0.2, wrt=(0, 1))
def damped_oscillator(stiffness, damping):
    def rhs(t, y, force):
        return np.array([y[1], -stiffness * y[0] - damping * y[1] + force * np.cos(t)])

    y = np.array([1.0, 0.0])
    t = 0.0
    for _ in range(10):
        y = rk4(rhs, y, t, 0.1, 0.3)
        t += 0.1
    return y[0] * y[1]


@example(normal(3, 4))
def trapezoid_of_lambda(coefficients):
    def integrate(f, a, b, n=8):
        h = (b - a) / n
        inner = sum(f(a + k * h) for k in range(1, n))
        return h * (0.5 * (f(a) + f(b)) + inner)

    return integrate(
        lambda t: coefficients[0] + coefficients[1] * np.sin(coefficients[2] * t), 0, 1
    )


@example(0.7)
def methods_of_lists_as_values(x):
    out, others = [], []
    for k in range(4):
        add = out.append if k % 2 else others.append
        add(x**k)
    stack = [x]
    push, pop = stack.append, stack.pop
    total = 0.0
    while stack:
        v = pop()
        total += v
        if v > 0.1:
            push(v * x * 0.5)
    return total * sum(out) * sum(others)


@example(0.7)
def methods_of_dicts_as_values(x):
    table = {"a": x, "b": x * x, "c": 0.3}
    put = table.setdefault
    total = put("a", 0.1) * put("d", x**3)
    best = max(table, key=table.get)
    return total * table[best] + sum(map(table.__getitem__, ["a", "c"]))


class Recorder:
    def __init__(self):
        self.kept = []
        self.keep = self.kept.append

    def run(self, x):
        for k in range(3):
            self.keep(x**k)
        return sum(self.kept)


@example(0.7)
def method_of_a_container_in_an_object(x):
    return Recorder().run(x) ** 2


OPERATIONS = {"tanh": np.tanh, "square": lambda t: t * t, "decay": lambda t: np.exp(-t)}
WAVES = [np.sin, np.cos]


class Step:
    def __init__(self, weight, operation):
        self.weight, self.operation = weight, operation

    def __call__(self, x):
        return OPERATIONS[self.operation](x * self.weight)


class Steps:
    def __init__(self, steps):
        self.steps = list(steps)

    def __iter__(self):
        return iter(self.steps)


@example(0.7, ["tanh", "decay", "square", "tanh"])
def operations_by_name(x, names):
    total = 0.0
    for name in names:
        x = OPERATIONS[name](x) + WAVES[len(name) % 2](x)
    for k, step in enumerate(Steps([Step(x, "tanh"), Step(x * x, "decay")])):
        total += step(x) * (k + 1)
    return total * OPERATIONS["square" if x > 0.3 else "tanh"](x)


@example(0.7)
def parts_of_a_list_of_functions(x):
    total = 0.0
    for k in range(2):
        for wave in WAVES[k:]:
            total += wave(x) * (k + 1)
    for wave in WAVES[1:]:
        x = wave(x)
    return total * x


def weighed(v):
    """Give a list of unknown length."""
    found = []
    while len(v) > 0:
        found.append(v[0] * np.sum(v))
        v = v[1:]
    return found


@example(np.array([0.4, 0.7, 1.1]))
def default_behind_two_branches(v):
    """The sum of nothing is a whole number: the function is called in a branch for either."""
    return (lambda s, t=0.5: s * s * t + 1.25)(sum(weighed(v)))


def doubling(fun):
    """Shows a signature that is not the one by which it is called."""

    @functools.wraps(fun)
    def wrapper(*args, **kwargs):
        return fun(*args, scale=2.0, **kwargs)

    wrapper.__signature__ = inspect.signature(lambda x, y=1.0: None)
    return wrapper


@doubling
def scaled_product(x, y=1.0, scale=1.0):
    return x * x * y * scale


@example(0.7)
def signature_that_is_shown(x):
    return scaled_product(x) + scaled_product(x, y=np.sin(x))
