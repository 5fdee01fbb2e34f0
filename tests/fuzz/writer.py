"""What the productions share: choices, names in scope with their shapes, the text written so far.

Every program that is written is valid: a production asks for names of the shape that it needs, and
records the shape of what it assigns. What could be one thing or another afterwards (a list that
grows in one branch only) is not done, or kept as a list of unknown length.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Num:
    """A real number."""


@dataclass(frozen=True)
class Int:
    """A whole number between two bounds, such as a counter."""

    low: int
    high: int


@dataclass(frozen=True)
class Arr:
    """An array of floats with one axis or two; `fixed` if it is a view that only reads."""

    shape: tuple[int, ...]
    fixed: bool = False


@dataclass(frozen=True)
class Seq:
    """A list or tuple whose length and items are known."""

    items: tuple["Shape", ...]
    mutable: bool = True


@dataclass(frozen=True)
class Bag:
    """A list of numbers of unknown length, with one or more."""


@dataclass(frozen=True)
class Pile:
    """A list of arrays of one shape, with one or more."""

    item: Arr


@dataclass(frozen=True)
class Obj:
    """An object of the class `Box`, with a number `u` and a vector `v` of three."""


@dataclass(frozen=True)
class Table:
    """A dict with known keys."""

    items: tuple[tuple[str, "Shape"], ...]


@dataclass(frozen=True)
class Local:
    """A function of numbers that captures what is around it, for its result or what it does."""

    arity: int
    gives: bool = True


@dataclass(frozen=True)
class Growing:
    """A dict of numbers that has these keys, and may have others of `a`, `b`, `c`."""

    sure: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A list of two lists of numbers, which have two or three each."""

    columns: int


@dataclass(frozen=True)
class Queue:
    """A deque of numbers, with one or more."""


@dataclass(frozen=True)
class Stream:
    """A generator function of one number; it yields one number or more."""


@dataclass(frozen=True)
class Functions:
    """A list of functions of one number, with one or more."""


Shape = Num | Int | Arr | Seq | Bag | Pile | Obj | Table | Local
Shape |= Growing | Grid | Queue | Stream | Functions
NUM, BAG = Num(), Bag()


@dataclass
class Cell:
    """What a name stands for; names of one object share it, so that all see a list grow."""

    shape: Shape
    level: int
    sized: bool = True  # whether items may be added or taken away in the block of this level
    busy: bool = False  # whether a loop runs over it


@dataclass(frozen=True)
class Helper:
    """A function of the module that programs call."""

    name: str
    params: tuple[tuple[str, Shape], ...]
    options: tuple[str, ...]
    result: Shape | None
    writes: bool


class Chooser:
    """Choices, drawn from Hypothesis; the first is what it shrinks to."""

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        self.integer = integer

    def pick(self, options: Sequence[T]) -> T:
        return options[self.integer(0, len(options) - 1)] if len(options) > 1 else options[0]

    def chance(self, percent: int) -> bool:
        return self.integer(0, 99) >= 100 - percent


@dataclass(frozen=True)
class Production:
    """One way to write something: how often, and when it can be."""

    weight: int
    build: Callable[..., Any]
    applies: Callable[..., bool]


def always(*_: Any) -> bool:
    return True


def has(*kinds: type) -> Callable[..., bool]:
    """Whether there is a name of one of these kinds."""
    return lambda w, *_: bool(w.named(*kinds))


def vector(shape: Arr) -> bool:
    return len(shape.shape) == 1


def matrix(shape: Arr) -> bool:
    return len(shape.shape) == 2


def writes(fits: Callable[[Any], bool] = always) -> Callable[..., bool]:
    """Whether there is an array that may be written to."""
    return lambda w, *_: bool(w.writable(fits))


class Grammar:
    """The ways to write one kind of thing, the simplest first."""

    def __init__(self) -> None:
        self.productions: list[Production] = []

    def __call__(self, weight: int, applies: Callable[..., bool] = always) -> Callable[[Any], Any]:
        def record(build: Callable[..., Any]) -> Callable[..., Any]:
            self.productions.append(Production(weight, build, applies))
            return build

        return record

    def write(self, w: "Writer", *args: Any) -> Any:
        """Write it in one of the ways that apply."""
        ways = [p for p in self.productions if p.applies(w, *args)]
        place = w.choose.integer(0, sum(p.weight for p in ways) - 1)
        for way in ways:
            if place < way.weight:
                return way.build(w, *args)
            place -= way.weight
        raise AssertionError("weights are positive")


# Numbers, arrays, views, tests and statements; the other files fill them.
LEAVES, NUMBERS, SIMPLE_ARRAYS, ARRAYS = Grammar(), Grammar(), Grammar(), Grammar()
CONDITIONS, STATEMENTS = Grammar(), Grammar()


@dataclass
class Writer:
    """The text of one function while it is written."""

    choose: Chooser
    helpers: tuple[Helper, ...] = ()
    result: Shape | None = NUM
    closures: bool = False
    objects: bool = True  # whether objects may be made: not in the methods of their class
    lines: list[str] = field(default_factory=list)
    cells: dict[str, Cell] = field(default_factory=dict)
    level: int = 0
    loops: int = 0  # how many loops are around
    leaves: list[bool] = field(default_factory=list)  # for each loop, whether it was left by break
    left: int = 8  # how many statements may still be written
    taken: set[str] = field(default_factory=set)
    floor: int = 0  # names of levels below are those of the function around

    # --- text

    def put(self, line: str) -> None:
        self.lines.append("    " * (self.level + 1) + line)

    @contextmanager
    def block(self) -> Iterator[None]:
        """Write a block; names made in it are gone afterwards, what it rebound is less known."""
        before = dict(self.cells)
        self.level += 1
        start = len(self.lines)
        yield
        if len(self.lines) == start:
            self.put("pass")
        self.level -= 1
        for name, cell in before.items():
            if self.cells[name] is not cell:
                cell.sized = False
                before[name] = Cell(cell.shape, self.level, sized=False)
        self.cells = before

    @contextmanager
    def function(self, header: str, params: dict[str, Shape], result: Shape | None,
                 most: int) -> Iterator[None]:  # fmt: skip
        """Write a nested function of `most` statements at most; what it is called is not bound."""
        before = dict(self.cells)
        self.put(header)
        around = self.result, self.loops, self.leaves, self.left, self.floor
        self.result, self.loops, self.leaves, self.left = result, 0, [], min(self.left, most)
        with self.block():
            self.floor = self.level
            for name, shape in params.items():
                self.cells[name] = Cell(shape, self.level)
            yield
        self.result, self.loops, self.leaves, self.left, self.floor = around
        self.cells = before

    # --- names

    def fresh(self, stem: str) -> str:
        number = next(k for k in range(100) if f"{stem}{k}" not in self.taken)
        self.taken.add(f"{stem}{number}")
        return f"{stem}{number}"

    def named(self, *kinds: type, fits: Callable[[Any], bool] = always) -> list[str]:
        """Names of a kind, the latest first."""
        found = [n for n, c in self.cells.items() if isinstance(c.shape, kinds) and fits(c.shape)]
        return found[::-1]

    def shape(self, name: str) -> Any:
        return self.cells[name].shape

    def own(self, *kinds: type) -> list[str]:
        """Names that may be given another value here: not those that a local function captures."""
        return [n for n in self.named(*kinds) if self.cells[n].level >= self.floor]

    def writable(self, fits: Callable[[Any], bool] = always) -> list[str]:
        """Names of arrays that may be written to."""
        return self.named(Arr, fits=lambda s: not s.fixed and fits(s))

    def bind(self, name: str, shape: Shape) -> None:
        """Say what a name stands for from now on."""
        outer = name in self.cells and self.cells[name].level < self.level
        self.cells[name] = Cell(shape, self.level, sized=not outer)

    def target(self, shape: Shape, stem: str, again: int = 50) -> str:
        """A name to assign to: one that has this shape, or a new one."""
        old = [n for n in self.own(type(shape)) if self.shape(n) == shape]
        old = [n for n in old if not self.cells[n].busy]
        name = self.choose.pick(old) if old and self.choose.chance(again) else self.fresh(stem)
        return name

    def assign(self, shape: Shape, stem: str, value: str) -> str:
        name = self.target(shape, stem)
        self.put(f"{name} = {value}")
        self.bind(name, shape)
        return name

    @contextmanager
    def item(self, stem: str = "t") -> Iterator[str]:
        """A name for a number that holds inside one expression only."""
        name = self.fresh(stem)
        self.cells[name] = Cell(NUM, self.level)
        yield name
        del self.cells[name]

    # --- parts of expressions

    def number(self, depth: int = 2) -> str:
        """Write a number."""
        return str((LEAVES if depth <= 0 else NUMBERS).write(self, depth))

    def array(self, shape: tuple[int, ...], depth: int = 2) -> str:
        """Write an array of this shape."""
        return str((SIMPLE_ARRAYS if depth <= 0 else ARRAYS).write(self, shape, depth))

    def value(self, shape: Shape | None, depth: int = 2) -> str:
        """Write a number, an array, or a list, tuple or dict of these."""
        if isinstance(shape, Seq):
            parts = [self.value(item, depth) for item in shape.items]
            comma = "," if len(parts) == 1 and not shape.mutable else ""
            return ("[{}]" if shape.mutable else "({})").format(", ".join(parts) + comma)
        if isinstance(shape, Table):
            parts = [f'"{key}": {self.value(item, depth)}' for key, item in shape.items]
            return "{" + ", ".join(parts) + "}"
        return self.array(shape.shape, depth) if isinstance(shape, Arr) else self.number(depth)

    def condition(self) -> str:
        """Write a test that is decided the same way in a neighbourhood of the point."""
        return str(CONDITIONS.write(self))

    def literal(self) -> str:
        return self.choose.pick(("1.0", "0.5", "2.0", "0.3", "1.7", "0.8", "1.25"))

    def threshold(self) -> str:
        """A number that nothing else is equal to."""
        return self.choose.pick(("0.3171", "-0.2137", "0.7713", "1.1319", "-0.6173"))

    def index(self, length: int) -> str:
        """An index into an axis of this length."""
        counters = [
            n
            for n in self.named(Int)
            if -length <= self.shape(n).low <= self.shape(n).high < length
        ]
        others = [n for n in self.named(Int) if n not in counters and self.shape(n).low >= 0]
        options = [str(k) for k in range(length)] + [str(-k - 1) for k in range(min(length, 2))]
        options += [*counters, *counters, *(f"{n} % {length}" for n in others)]
        options += [f"{n} - 1" for n in counters if self.shape(n).low >= 0]
        return self.choose.pick(options)
