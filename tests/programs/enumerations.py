"""Members of enumerations: settings, states, positions and the owners of methods."""

import math
from enum import Enum, Flag, IntEnum, auto

import numpy as np

from . import example


class Place(IntEnum):
    X = 0
    Y = 1
    VX = 2
    VY = 3


class Law(Enum):
    SINE = 1
    COSINE = 2

    def of(self, x):
        if self is Law.SINE:
            return math.sin(x)
        return math.cos(x) * self.value

    @property
    def sign(self):
        return 1.0 if self is Law.SINE else -1.0


class Metal(Enum):
    STEEL = (7.8, 2.0)
    TIN = (0.7, 1.1)

    def __init__(self, density, stiffness):
        self.density = density
        self.stiffness = stiffness


class State(Enum):
    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"


class Force(Flag):
    DRAG = auto()
    PULL = auto()


@example(np.array([0.3, 0.7, 1.1, 0.9]))
def members_as_positions(y):
    rate = np.zeros(len(Place))
    rate[Place.X] = y[Place.VX]
    rate[Place.Y] = y[Place.VY]
    rate[Place.VX] = -(y[Place.X] ** 3)
    rate[Place.VY] = -y[Place.Y] * y[Place.X]
    y = y + 0.1 * rate
    kept = [0.0] * 2
    kept[Place.Y] = y[Place.X] * y[Place.VY]
    return np.sum(y[Place.X : Place.VX] ** 2) + kept[Place.Y] * Place.VY


@example(0.7, Law.COSINE)
@example(0.7, Law.SINE, name="other")
def member_given(x, law):
    return law.of(x) * law.sign + x**law.value * (x if law is Law.SINE else 2.0)


@example(0.7, Place.VX)
def whole_number_given(x, place):
    if place is Place.VX and place > Place.Y:
        return x**place * place.value + place * x
    return x


@example(0.7)
def members_in_turn(x):
    total = Metal.STEEL.density * x**2 + Metal.TIN.value[1] * x
    for law in Law:
        total += law.of(x * law.value) * law.sign
    for place in Place:
        total += x ** (place + 1)
    return total * max(Place).value


@example(0.7)
def machine_of_states(x):
    state, energy, turns = State.IDLE, x, 0
    while state is not State.DONE:
        match state:
            case State.IDLE:
                energy = energy * 1.5
                state = State.RUNNING
            case State.RUNNING:
                energy = energy + 0.1 * energy * energy
                turns += 1
                if turns > 3:
                    state = State("done")
    return energy * len(state.value)


@example(0.7, Force.DRAG | Force.PULL)
def flags_given(x, forces):
    y = x
    if Force.DRAG in forces:
        y -= 0.1 * x * x
    if forces & Force.PULL:
        y -= 9.8 * x**3
    return y


@example(0.7, 2)
def members_as_keys(x, n):
    found = {Law.SINE: x, Law.COSINE: x * x}
    found[Law(n)] *= x
    return found[Law.SINE] * found[Law["COSINE"]]


class Weight(Enum):
    """Members that are called."""

    SMOOTH = "smooth"
    SHARP = "sharp"

    def __call__(self, r, width):
        power = 2 if self is Weight.SMOOTH else 4
        return math.exp(-((r / width) ** power))


@example([0.2, 0.9, 0.5], 0.7, "smooth", wrt=(0, 1), name="smooth")
@example([0.2, 0.9, 0.5], 0.7, "sharp", wrt=(0, 1))
def members_called(xs, width, name):
    weight = Weight(name)
    return sum(weight(a - 0.3 * b, width) * a for a in xs for b in xs)
