"""Objects given as arguments: their methods, properties, operators, and what their classes say."""

import abc
import dataclasses
import types
from functools import cached_property
from typing import NamedTuple

import numpy as np

from . import example, normal, positive


class Layer:
    def __init__(self, w, b, activation=np.tanh):
        self.w, self.b, self.activation = w, b, activation

    def __call__(self, x):
        return self.activation(self.w @ x + self.b)


class Network:
    def __init__(self, *layers):
        self.layers = list(layers)

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@example(
    Network(Layer(normal(1, 3, 2), normal(2, 3)), Layer(normal(3, 1, 3), normal(4, 1), np.sin)),
    normal(5, 2),
    wrt=(0, 1),
)
def layer_stack(network, x):
    """Callable objects in a list, each with an activation of its own."""
    return np.sum(network(x) ** 2)


class Reaction(abc.ABC):
    """A stepper whose right-hand side and method are for subclasses to say."""

    def __init__(self, rate):
        self.rate = rate

    @abc.abstractmethod
    def slope(self, y): ...

    def step(self, f, y, dt):
        return y + dt * f(y)

    def solve(self, y, steps, dt=0.1):
        f = self.slope
        for _ in range(steps):
            y = self.step(f, y, dt)
        return y


class Decay(Reaction):
    def slope(self, y):
        return -self.rate * y


class Logistic(Decay):
    def slope(self, y):
        return super().slope(y) + self.rate * y * y * 0.1

    def step(self, f, y, dt):
        k1 = f(y)
        k2 = f(y + dt * k1)
        return y + dt * 0.5 * (k1 + k2)


@example(Decay(0.3), 2.0, wrt=(0, 1), name="euler")
@example(Logistic(0.3), 2.0, wrt=(0, 1), name="heun")
def solver_strategies(model, y):
    """An abstract base class, overridden methods, `super()`, a method as a value."""
    return model.solve(y, 5)


class Rectangle:
    __slots__ = ("__unit", "height", "width")

    def __init__(self, width, height):
        self.width, self.height, self.__unit = width, height, 2.0

    @property
    def area(self):
        return self.width * self.height * self.__unit


@example(Rectangle(2.0, 3.0))
def slots_and_property(rectangle):
    return rectangle.area * rectangle.width


class Settings:
    """Attributes by a table."""

    def __init__(self, **values):
        self.values = values

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.values[name]


@example(Settings(x=2.0, y=3.0))
def attributes_by_getattr(settings):
    return settings.x * np.sin(settings.y)


class Fluid:
    """Options in strings, tables and constants of the class."""

    R = 8.314
    TABLE = {"water": (1.0, 2.0), "oil": (0.5, 1.5)}

    def __init__(self, name, equation="ideal"):
        self.name, self.equation, self.scale = name, equation, 1.3

    def pressure(self, temperature, volume):
        a, b = self.TABLE[self.name]
        if self.equation == "ideal":
            return self.R * temperature / volume
        elif self.equation == "vdw":
            repulsion = self.R * temperature / (volume - b * 0.01)
            return repulsion - a * self.scale / volume**2
        raise ValueError(f"no equation of state called {self.equation}")


@example(Fluid("water"), 0.3, wrt=1, name="ideal")
@example(Fluid("oil", "vdw"), 0.3, wrt=(0, 1), name="vdw")
def fluid(model, temperature):
    return model.pressure(temperature, 2.0) * model.pressure(temperature, 3.0)


class Polynomial:
    """Called, indexed, measured, compared, added."""

    __array_priority__ = 10.0

    def __init__(self, coefficients):
        self.coefficients = coefficients

    def __call__(self, x):
        y = 0.0
        for a in reversed(self.coefficients):
            y = y * x + a
        return y

    def __getitem__(self, k):
        return self.coefficients[k]

    def __len__(self):
        return len(self.coefficients)

    def __contains__(self, name):
        return name in ("constant", "linear")

    def __add__(self, other):
        if isinstance(other, Polynomial):
            return self(1.0) + other(1.0)
        return self(0.5) + other

    __radd__ = __add__

    def __mul__(self, other):
        if not isinstance(other, Polynomial):
            return NotImplemented
        return self(0.3) * other(0.3)

    def __rmul__(self, other):
        return other * self(0.7)

    def __neg__(self):
        return -self(0.2)

    def __eq__(self, other):
        return len(self) == len(other)

    def __lt__(self, other):
        return self(0.0) < other(0.0)


LINE = Polynomial([0.5, 1.0, 0.3])


@example(Polynomial([1.0, 2.0, -1.0]), 0.4, wrt=(0, 1))
def polynomial_called(p, x):
    return p(x) * p[1] + x * len(p)


@example(Polynomial([1.0, 2.0, -1.0]), 0.4, wrt=(0, 1))
def polynomial_operators(p, x):
    """Reflected operators and NotImplemented; the other operand is a global object."""
    return (x + p) * LINE(x) + p * LINE + (p + x) * x + x * p + p + LINE + -p


@example(Polynomial([1.0, 2.0, -1.0]), 0.4, wrt=(0, 1))
def polynomial_compared(p, x):
    y = x * p[0]
    if LINE < p:
        y = y * 1.3
    if "linear" in p and "cubic" not in p:
        y = y * 0.7
    if p == LINE:
        y = y + p[2]
    if p:
        y = y - x
    y += p
    return y


@dataclasses.dataclass(frozen=True)
class Parameters:
    gain: float
    weights: np.ndarray
    options: dict = dataclasses.field(default_factory=dict)
    name: str = "tanh"

    def response(self, x):
        squash = np.tanh if self.name == "tanh" else np.sin
        bias = self.options.get("bias", 0.0)
        return self.gain * np.sum(self.weights * squash(x)) + bias * x


@example(Parameters(2.0, positive(6, 3), {"bias": 1.5}), 0.7, wrt=(0, 1))
def frozen_dataclass(parameters, x):
    return parameters.response(x) * x


class Pose(NamedTuple):
    x: float
    y: float

    @property
    def radius(self):
        return np.sqrt(self.x**2 + self.y**2)

    def turned(self, angle):
        c, s = np.cos(angle), np.sin(angle)
        return c * self.x - s * self.y, s * self.x + c * self.y


@example(Pose(0.6, 0.8), 0.3, wrt=(0, 1))
def namedtuple_methods(pose, angle):
    x, y = pose.turned(angle)
    return x * y + pose.radius * pose[1]


class Scaled:
    """An attribute that is a function."""

    def __init__(self, function, gain):
        self.function, self.gain = function, gain

    def run(self, x):
        return self.function(x) * self.gain


def squared(x):
    return x * x


@example(Scaled(np.sin, 2.0), 0.7, wrt=(0, 1), name="ufunc")
@example(Scaled(squared, 2.0), 0.7, wrt=(0, 1), name="function")
@example(Scaled(Decay(3.0).slope, 2.0), 0.7, wrt=(0, 1), name="method")
def callback_attribute(model, x):
    return model.run(x)


class Strategy:
    """A method chosen when the object was made."""

    def __init__(self, rate, name):
        self.rate = rate
        self.slope = self.linear if name == "linear" else self.quadratic

    def linear(self, y):
        return -self.rate * y

    def quadratic(self, y):
        return -self.rate * y * y


@example(0.8, wrt=0)
def own_method_kept(y):
    for _ in range(3):
        y = y + 0.1 * STRATEGY.slope(y)
    return y


STRATEGY = Strategy(0.4, "quadratic")


class Lazy:
    def __init__(self, k):
        self.k = k

    @cached_property
    def square(self):
        return self.k**2


@example(Lazy(1.5))
def lazy_property(model):
    return model.square * model.square + model.k


@example(types.SimpleNamespace(a=2.0, b=positive(7, 2)))
def bare_namespace(p):
    return p.a * np.sum(p.b**3)


class Areas:
    """A mixin."""

    def area(self):
        return self.side() ** 2

    def about(self):
        return hasattr(self, "length"), hasattr(self, "radius"), type(self).__name__


class Square(Areas):
    def __init__(self, length):
        self.length = length

    def side(self):
        return self.length * 2

    @classmethod
    def unit(cls):
        return cls.__name__ == "Square"

    @staticmethod
    def doubled(x):
        return 2.0 * x


@example(Square(1.3))
def mixin_and_reflection(shape):
    """`hasattr`, `type`, `isinstance`, static and class methods decide branches."""
    has_length, has_radius, name = shape.about()
    if has_length and not has_radius and name == "Square" and isinstance(shape, Areas):
        if shape.unit() and Square.unit():
            return shape.area() * Square.doubled(shape.length) + shape.doubled(1.0)
    return shape.length


class Table:
    """A singleton of constants."""

    gravity = 9.81
    ratios = np.array([0.2, 0.3, 0.5])

    @classmethod
    def weight(cls, mass):
        return cls.gravity * mass * np.sum(cls.ratios**2)


TABLE = Table()


@example(0.4)
def constant_table(mass):
    return TABLE.weight(mass) * Table.gravity + TABLE.ratios[1] * mass


@example(Logistic(0.7), 1.1, wrt=(0, 1))
def method_by_class(model, x):
    """Functions taken from the class, and methods called with the object."""
    slope = model.__class__.slope
    return slope(model, x) + Reaction.solve(model, x, 2) + type(model).slope(model, x)


@example(Logistic(0.7))
def attributes_as_dict(model):
    table = vars(model)
    return table["rate"] ** 2 + getattr(model, "rate") + getattr(model, "delay", 1.0)  # noqa: B009


@example([Square(1.2), Rectangle(0.7, 1.1)])
def objects_in_a_list(shapes):
    """Of different classes, in a list; the loop is left early."""
    total = 0.0
    for k, shape in enumerate(shapes):
        if k > 5:
            break
        area = shape.area() if isinstance(shape, Square) else shape.area
        total = total + area * (k + 1)
    return total


@example({"small": Square(1.2), "large": Square(2.1)})
def objects_in_a_dict(shapes):
    return sum(shape.area() for shape in shapes.values()) * shapes["small"].length


@dataclasses.dataclass
class Ellipse:
    """Fields for the sake of comparison and printing; the start is written out."""

    major: float
    minor: float
    flattening: float

    def __init__(self, major, minor):
        self.major = major
        self.minor = minor
        self.flattening = (major - minor) / major


@example(1.3, 0.9, wrt=(0, 1))
def dataclass_with_a_start_of_its_own(a, b):
    shape = Ellipse(a, b)
    return shape.flattening * shape.major + shape.minor**2
