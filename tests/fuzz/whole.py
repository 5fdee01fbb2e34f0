"""Whole programs: a module with helpers and a function `program`, and arguments for it."""

import linecache
import sys
import types
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from fuzz import (
    arrays,
    blocks,
    choosing,
    classes,
    conditions,
    dicts,
    further,
    grids,
    held,
    inner,
    lambdas,
    queues,
    raising,
    scalars,
    sharing,
    statements,
    writes,
    yielding,
)
from fuzz.writer import NUM, Arr, Cell, Chooser, Helper, Int, Num, Seq, Shape, Table, Writer

# Importing the productions fills the grammars.
PRODUCTIONS = (
    *(arrays, blocks, choosing, classes, conditions, dicts, further, grids, held, inner, lambdas),
    *(queues, raising, scalars, sharing, statements, writes, yielding),
)

HEAD = "import functools\nimport math\n\nimport numpy as np\n"
DEQUE = "import functools\nimport math\nfrom collections import deque\n\nimport numpy as np\n"


@dataclass(frozen=True)
class Program:
    """Source text, arguments, and which of them are differentiated."""

    text: str
    template: tuple[Any, ...]
    wrt: tuple[int, ...]
    scalar: bool

    def arguments(self) -> tuple[Any, ...]:
        """Fresh arguments: programs may write to theirs."""
        return tuple(_copied(value) for value in self.template)

    def function(self, sx: Any = None) -> Callable[..., Any]:
        """The function, made of its text as if the text were a file; with another `sx`, if any."""
        place = f"<random program {zlib.crc32(self.text.encode()):08x}>"
        linecache.cache[place] = (len(self.text), None, self.text.splitlines(True), place)
        module = types.ModuleType(f"random_program_{place[16:24]}")
        module.__file__ = place
        sys.modules[module.__name__] = module
        exec(compile(self.text, place, "exec"), module.__dict__)
        if sx is not None:
            module.__dict__["sx"] = sx
        return module.program

    def __repr__(self) -> str:
        return f"{self.text}\n\nprogram{self.template!r}, differentiated in {self.wrt}\n"


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copied(part) for part in value)
    return value.copy() if isinstance(value, np.ndarray) else value


@st.composite
def programs(draw: Callable[..., Any], closures: bool = True) -> Program:
    """Draw a program; it shrinks to fewer statements of simpler kinds."""
    return write(Chooser(lambda low, high: int(draw(st.integers(low, high)))), closures)


ARGUMENTS: tuple[Shape, ...] = (
    *(NUM, NUM, Arr((3,)), Arr((3,)), Arr((4,)), Arr((2,)), Arr((2, 2)), Arr((2, 3)), Arr((3, 3))),
    *(Seq((NUM, NUM)), Seq((NUM, Arr((2,)), NUM)), Table((("x", NUM), ("y", Arr((3,)))))),
    *(Seq((NUM, Arr((3,))), mutable=False), Table((("x", NUM), ("y", NUM)))),
)
RESULTS: tuple[Shape, ...] = (
    *(NUM,) * 9,
    *(Arr((3,)), Arr((2, 2)), Seq((NUM, Arr((2,))), mutable=False), Table((("x", NUM),))),
)


def write(choose: Chooser, closures: bool) -> Program:
    """Write helpers and the program itself, with arguments drawn from a seed."""
    helpers = tuple(plan(choose, k) for k in range(choose.integer(0, 2)))
    texts = [helper_text(choose, helper) for helper in helpers]
    shapes = [choose.pick(ARGUMENTS) for _ in range(choose.integer(1, 3))]
    result = choose.pick(RESULTS)
    w = Writer(choose, helpers, result, closures, left=choose.integer(1, 4))
    params = []
    for shape in shapes:
        params.append(w.fresh(STEMS[type(shape)]))
        w.cells[params[-1]] = Cell(shape, 0, sized=False)
    if choose.chance(15):
        params.append("n")
        w.cells["n"] = Cell(Int(1, 3), 0)
    text = function_text(w, "program", params)
    numbers = np.random.default_rng(choose.integer(0, 99))
    args = [value(shape, numbers) for shape in shapes]
    if "n" in params:
        args.append(int(numbers.integers(1, 4)))
    everything = "\n".join((*texts, text))
    if "Box(" in everything or "Crate(" in everything:
        texts = [classes.classes(choose), *texts]
        everything += texts[0]
    shared = [part for word, part in SHARED if f"{word}(" in everything]
    if "Outside" in everything or "within(" in everything:
        shared.insert(0, raising.OUTSIDE.strip())
    head = DEQUE if "deque(" in everything else HEAD
    head += "\nimport srcxform as sx\n" if "sx." in everything else ""
    module = "\n\n\n".join([head, *shared, *texts, text]) + "\n"
    return Program(module, tuple(args), tuple(range(len(shapes))), result == NUM)


SHARED = (
    *(("checked", raising.CHECKED.strip()), ("within", raising.WITHIN.strip())),
    ("halved", yielding.HALVED.strip()),
    *(*further.RECURSIVE, *queues.RECURSIVE, *sharing.SHARED),
)
STEMS = {Num: "a", Arr: "v", Seq: "q", Table: "d"}


def function_text(w: Writer, name: str, params: list[str]) -> str:
    """Write statements until there are enough, and the return."""
    while w.left > 0:
        w.left -= 1
        blocks.STATEMENTS.write(w)
    if w.result is not None:
        blocks.give(w)
    return "\n".join([f"def {name}({', '.join(params)}):", *w.lines])


def plan(choose: Chooser, number: int) -> Helper:
    """Choose what a helper takes and gives."""
    name = f"helper{number}"
    if choose.chance(25):
        return Helper(
            name, (("v0", choose.pick((Arr((3,)), Arr((2, 2))))), ("a0", NUM)), (), None, True
        )
    shapes = [choose.pick((NUM, NUM, Arr((3,)), Arr((2,)))) for _ in range(choose.integer(1, 2))]
    params = tuple((f"{STEMS[type(shape)]}{k}", shape) for k, shape in enumerate(shapes))
    options = tuple(o for o in ("w", "k") if choose.chance(35))
    return Helper(name, params, options, choose.pick((NUM, NUM, Arr((3,)))), False)


def helper_text(choose: Chooser, helper: Helper) -> str:
    """Write a helper, whose options have defaults, the last of them by keyword only."""
    w = Writer(choose, (), helper.result, left=choose.integer(1, 3))
    params = []
    for name, shape in helper.params:
        w.taken.add(name)
        w.cells[name] = Cell(shape, 0, sized=False)
        params.append(name)
    if "w" in helper.options:
        w.cells["w"] = Cell(NUM, 0)
        params.append("w=0.7")
    if "k" in helper.options:
        w.cells["k"] = Cell(Int(1, 3), 0)
        params += ["*", "k=2"]
    if helper.writes:
        index = "0" if len(helper.params[0][1].shape) == 1 else "0, 1"
        w.put(f"v0[{index}] = {w.number(1)}")
    return function_text(w, helper.name, params)


def value(shape: Shape, numbers: np.random.Generator) -> Any:
    """Numbers of either sign between 0.3 and 1.5."""
    if isinstance(shape, Seq):
        parts = [value(item, numbers) for item in shape.items]
        return parts if shape.mutable else tuple(parts)
    if isinstance(shape, Table):
        return {key: value(item, numbers) for key, item in shape.items}
    size = shape.shape if isinstance(shape, Arr) else ()
    drawn = numbers.choice([-1.0, 1.0], size) * numbers.uniform(0.3, 1.5, size)
    return drawn if isinstance(shape, Arr) else float(drawn)
