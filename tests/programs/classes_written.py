"""Objects made inside, and objects whose attributes are written."""

import dataclasses
from typing import NamedTuple

import numpy as np

from . import example, normal


class Controller:
    """A PID controller."""

    def __init__(self, kp, ki, kd):
        self.kp, self.ki, self.kd = kp, ki, kd
        self.total = 0.0
        self.last = 0.0

    def __call__(self, error, dt):
        self.total += error * dt
        slope = (error - self.last) / dt
        self.last = error
        return self.kp * error + self.ki * self.total + self.kd * slope


@example(1.3)
def controller_made_inside(gain):
    control = Controller(gain, 0.5, 0.01)
    y = 0.0
    for _ in range(8):
        y = y + 0.1 * (control(1.0 - y, 0.1) - y)
    return y + control.total


@example(Controller(1.3, 0.5, 0.01), 1.1, wrt=(0, 1))
def controller_given(control, goal):
    """The caller's controller remembers what happened."""
    y = 0.0
    for _ in range(8):
        y = y + 0.1 * (control(goal - y, 0.1) - y)
    return y


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return self + -other

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __mul__(self, scale):
        return Vector(self.x * scale, self.y * scale)

    __rmul__ = __mul__

    def __abs__(self):
        return np.sqrt(self.x**2 + self.y**2)

    def dot(self, other):
        return self.x * other.x + self.y * other.y


@example(1.3)
def vectors_in_a_loop(x):
    """A value class with operators: each step makes new vectors."""
    place, speed = Vector(x, 2.0), Vector(1.0, x * x)
    for _ in range(4):
        place = place + 0.1 * speed
        speed = speed - place * 0.3
    return abs(place) + speed.dot(place)


@example(0.7)
def vectors_in_a_branch(x):
    v = Vector(x, 1.0)
    if x > 0.0:
        v = v * x
    else:
        v = -v
    return v.x * v.y


class Particle:
    def __init__(self, place, speed):
        self.place, self.speed = place, speed


class System:
    """Particles on springs: methods write attributes of objects in a list."""

    def __init__(self, particles, stiffness):
        self.particles, self.stiffness, self.time = particles, stiffness, 0.0

    def step(self, dt):
        for one in self.particles:
            force = -self.stiffness * one.place
            for other in self.particles:
                if other is not one:
                    force = force + 0.1 * (other.place - one.place)
            one.speed = one.speed + dt * force
        for one in self.particles:
            one.place = one.place + dt * one.speed
        self.time += dt

    def energy(self):
        return sum(0.5 * p.speed**2 + 0.5 * self.stiffness * p.place**2 for p in self.particles)


@example(1.3)
def particles_made_inside(k):
    system = System([Particle(k, 0.0), Particle(-0.3, 0.5)], k)
    for _ in range(3):
        system.step(0.1)
    return system.energy() + system.time


@example(System([Particle(1.0, 0.0), Particle(-0.3, 0.5)], 2.0))
def particles_given(system):
    """Objects in a list in an object, all of them the caller's."""
    for _ in range(2):
        system.step(0.1)
    return system.energy() + system.time


class Sum:
    """A builder whose methods give the object itself."""

    def __init__(self):
        self.scale, self.terms = 1.0, []

    def scaled(self, s):
        self.scale = self.scale * s
        return self

    def plus(self, term):
        self.terms.append(term)
        return self

    def value(self):
        return self.scale * sum(self.terms)


@example(1.3)
def chained_builder(x):
    return Sum().scaled(x).plus(x * x).plus(3.0).scaled(2.0).value()


@example(1.3)
def new_object_each_turn(x):
    total = 0.0
    for k in range(3):
        part = Sum()
        part.scaled(x * k)
        part.scaled(x)
        total = total + part.scale * x
    return total + part.scale


@example(1.3)
def second_name_of_an_object(x):
    one = Sum()
    other = one
    other.scaled(x)
    one.scaled(x * x)
    return one.scale * other.scale


@dataclasses.dataclass
class State:
    time: float
    y: float
    steps: int = 0
    history: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self.rate = self.y * 0.5

    def advanced(self, dt):
        y = self.y * (1.0 - dt * self.rate)
        return dataclasses.replace(self, time=self.time + dt, y=y, steps=self.steps + 1)


@example(1.3)
def functional_updates(x):
    """`dataclasses.replace` in a loop, with `__post_init__` and a default factory."""
    state = State(0.0, x)
    for _ in range(5):
        state = state.advanced(0.1)
    return state.y * state.rate + state.steps + state.time


@dataclasses.dataclass(frozen=True)
class Neuron:
    weights: np.ndarray
    bias: float = 0.1

    def __call__(self, x):
        return np.tanh(self.weights @ x + self.bias)


@example(Neuron(np.array([0.1, 0.2]), 0.3), np.array([1.0, 2.0]), wrt=(0, 1))
def trained_frozen_model(model, x):
    """A gradient step written by hand gives a new frozen model each turn."""
    for _ in range(3):
        y = model(x)
        slope = (1.0 - y * y) * (y - 0.5)
        weights = model.weights - 0.1 * slope * x
        model = dataclasses.replace(model, weights=weights, bias=model.bias - 0.1 * slope)
    return model(x)


class Filter:
    """A Kalman filter."""

    def __init__(self, p, q, r):
        self.x, self.p, self.q, self.r = np.zeros(2), p, q, r
        self.f = np.array([[1.0, 0.1], [0.0, 1.0]])
        self.h = np.array([[1.0, 0.0]])

    def predict(self):
        self.x = self.f @ self.x
        self.p = self.f @ self.p @ self.f.T + self.q

    def update(self, z):
        residual = z - self.h @ self.x
        spread = self.h @ self.p @ self.h.T + self.r
        gain = self.p @ self.h.T @ np.linalg.inv(spread)
        self.x = self.x + gain @ residual
        self.p = (np.eye(2) - gain @ self.h) @ self.p
        return np.log(np.linalg.det(spread)) + residual @ np.linalg.solve(spread, residual)


@example(0.3, normal(1, 3))
def kalman_filter(noise, measured):
    """Arrays in attributes, replaced at each step."""
    model = Filter(np.eye(2), noise * np.eye(2), np.array([[0.5]]))
    loss = 0.0
    for k in range(3):
        model.predict()
        loss = loss + model.update(measured[k : k + 1])
    return loss


class Dual:
    """A dual number: derivatives of derivatives."""

    def __init__(self, a, b=0.0):
        self.a, self.b = a, b

    @staticmethod
    def lift(value):
        return value if isinstance(value, Dual) else Dual(value)

    def __add__(self, other):
        other = Dual.lift(other)
        return Dual(self.a + other.a, self.b + other.b)

    __radd__ = __add__

    def __mul__(self, other):
        other = Dual.lift(other)
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)

    __rmul__ = __mul__

    def __pow__(self, n):
        result = Dual(1.0)
        for _ in range(n):
            result = result * self
        return result

    def sin(self):
        return Dual(np.sin(self.a), np.cos(self.a) * self.b)


@example(1.3)
def dual_numbers(x):
    d = Dual(x, 1.0)
    y = 3 * d**3 + d.sin() * d + 1.0
    return y.b


class Quaternion(NamedTuple):
    w: float
    x: float
    y: float = 0.0
    z: float = 0.0

    def times(self, o):
        return Quaternion(
            self.w * o.w - self.x * o.x - self.y * o.y - self.z * o.z,
            self.w * o.x + self.x * o.w + self.y * o.z - self.z * o.y,
            self.w * o.y - self.x * o.z + self.y * o.w + self.z * o.x,
            self.w * o.z + self.x * o.y - self.y * o.x + self.z * o.w,
        )


@example(0.7)
def quaternion_products(angle):
    """A namedtuple made in a loop, unpacked, indexed and replaced."""
    q = Quaternion(1.0, angle)
    for _ in range(3):
        q = q.times(Quaternion(np.cos(angle), 0.3, z=angle))
    w, x, y, z = q
    changed = q._replace(w=w * 2.0)
    return changed.w * x + changed[2] * z + y + len(q)


class Pair(NamedTuple):
    re: float
    im: float = 0.5

    def times(self, o):
        return Pair(self.re * o.re - self.im * o.im, self.re * o.im + self.im * o.re)


@example(0.7)
def pair_products(x):
    p = Pair(1.0, x)
    for _ in range(3):
        p = p.times(Pair(x))
    re, im = p
    return re * im + p._replace(im=x).im


class Circle:
    def __init__(self, radius):
        self._radius = radius

    @property
    def radius(self):
        return self._radius

    @radius.setter
    def radius(self, value):
        if value < 0:
            raise ValueError("a radius is not negative")
        self._radius = value


@example(1.3)
def property_with_setter(x):
    circle = Circle(x)
    circle.radius = circle.radius * x
    circle.radius *= 2.0
    return circle.radius**2


class Grid:
    """An array behind `__getitem__` and `__setitem__`."""

    def __init__(self, n):
        self.values, self.n = np.zeros(n), n

    def fill(self, x):
        for k in range(self.n):
            self.values[k] = x * k + self.values[k - 1]

    def __getitem__(self, k):
        return self.values[k]

    def __setitem__(self, k, value):
        self.values[k] = value

    def __len__(self):
        return self.n


@example(1.3)
def grid_items(x):
    grid = Grid(4)
    grid.fill(x)
    grid[0] = x * x
    grid[1] += x
    return grid[0] * grid[1] + grid[3] * len(grid)


class Base:
    def __init__(self, k):
        self.k = k
        self.prepare()

    def prepare(self):
        self.doubled = self.k * 2


class Derived(Base):
    def __init__(self, k, m):
        super().__init__(k)
        self.m = m

    def prepare(self):
        super().prepare()
        self.doubled = self.doubled + 1

    def value(self):
        return self.doubled * self.m


@example(1.3)
def overridden_hook(x):
    """`__init__` of the base calls a method of the subclass."""
    return Derived(x, x * x).value()


class Cached:
    def __init__(self, k):
        self.k, self._value = k, None

    @property
    def value(self):
        if self._value is None:
            self._value = np.exp(self.k)
        return self._value


@example(0.7)
def cached_value(x):
    model = Cached(x)
    return model.value + model.value * x


class Frozen:
    """Attributes set by `object.__setattr__`, since the class forbids any other way."""

    __slots__ = ("a", "b")

    def __init__(self, a, b):
        object.__setattr__(self, "a", a)
        super().__setattr__("b", b)

    def __setattr__(self, name, value):
        raise AttributeError(name)


@example(0.7)
def slots_set_by_object(x):
    f = Frozen(x, x * x)
    return f.a * f.b


@example(0.7, 1.1, wrt=(0, 1))
def object_returned(x, y):
    """The result is an object; its cotangent is one, too."""
    return Vector(x * y, np.sin(x))


@example(Vector(0.7, 1.1), 1.3, wrt=(0, 1))
def argument_returned(v, k):
    """The caller's object, changed and given back."""
    v.x = v.x * k
    return v


class Settings:
    def __init__(self, *values, **settings):
        self.__dict__.update(settings)
        for name, value in zip(("p", "q"), values, strict=True):
            setattr(self, name, value)
        for name in ("p", "q"):
            setattr(self, name + "_squared", getattr(self, name) ** 2)
        vars(self).update({"steps": 0}, scale=2.0)

    def step(self, x):
        self.steps += 1
        self.h = np.tanh(self.w * x + self.p) * self.steps
        return self.h * self.scale


@example(0.7, 0.3, wrt=(0, 1))
def attributes_by_names(x, y):
    made = Settings(x, y, w=x * y)
    total = 0.0
    for k in range(3):
        total += made.step(k * x)
    other = Settings(y, x, w=1.0)
    other.__dict__.update(made.__dict__)
    other.w = other.w * 2.0
    return total * made.p_squared * other.q_squared + other.w * made.w + sum(vars(made).values())


class Tally:
    """Its counters are the class's until they are written to."""

    total = 0.0
    count = 0
    seen = None

    def add(self, v):
        if self.seen is None:
            self.seen = []
        self.total += v * v
        self.count += 1
        self.seen.append(self.total)
        return self


@example(normal(110, 4))
def defaults_of_a_class(x):
    """Whether an object has an attribute of its own depends on the turn, and on the branch."""
    tally = Tally()
    for v in x:
        tally.add(v)
    other = Tally()
    if x[0].real > 5.0:
        other.total = x[1]
    return tally.total / tally.count + other.total * x[2] + tally.seen[1]


@example(normal(111, 4))
def defaults_of_several_objects(x):
    tallies = [Tally() for _ in range(3)]
    for k, v in enumerate(x):
        tallies[k % 2].add(v)
    return sum(one.total * (one.count + 1) for one in tallies)
