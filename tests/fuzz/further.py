"""Loops with several exits, recursion, functions as arguments, and procedures that capture."""

from fuzz.blocks import arm, body, give, loops, nests
from fuzz.scalars import walked
from fuzz.statements import assign_number, bounded
from fuzz.writer import (
    ARRAYS,
    LEAVES,
    NUM,
    NUMBERS,
    Arr,
    Cell,
    Int,
    Local,
    Num,
    Writer,
    has,
    matrix,
    vector,
)
from fuzz.writer import STATEMENTS as statement

# --- loops


@statement(4, loops)
def while_with_exits(w: Writer) -> None:
    """A loop without a test, which is left at several places."""
    name = w.fresh("i")
    w.put(f"{name} = 0")
    w.cells[name] = Cell(Int(0, 3), w.level)
    w.put("while True:")
    with w.block():
        w.loops += 1
        w.leaves.append(False)
        w.put(f"{name} += 1")
        w.cells[name] = Cell(Int(1, 3), w.level)
        w.put(f"if {name} >= 3:")
        with w.block():
            assign_number(w)  # nothing that might go on with the next turn
            if w.choose.chance(30):
                give(w)
            else:
                w.put("break")
        body(w, 2)
        w.put(f"if {w.condition()}:")
        arm(w)
        if w.choose.chance(40):
            w.put(f"if {w.condition()}:")
            w.put("    break")
            body(w, 1)
        w.leaves.pop()
        w.loops -= 1
    w.cells[name] = Cell(Int(1, 3), w.level)


# --- procedures: local functions for what they do


@statement(3, lambda w: w.closures and nests(w))
def procedure(w: Writer) -> None:
    """A nested function without result, which may write to what it captures and rebind it."""
    name, param = w.fresh("f"), w.fresh("x")
    captured = [n for n in w.own(Num) if not w.cells[n].busy and not n.startswith(("t", "x"))]
    with w.function(f"def {name}({param}):", {param: NUM}, None, 3):
        if captured and w.choose.chance(50):
            rebound = w.choose.pick(captured)
            w.put(f"nonlocal {rebound}")
            w.put(f"{rebound} = {bounded(w, f'{rebound} * {param}')}")
        body(w, 3)
    w.cells[name] = Cell(Local(1, gives=False), w.level)


def procedures(w: Writer) -> list[str]:
    """Those that can be called: not within a loop over a list, which they might make longer."""
    if any(cell.busy for cell in w.cells.values()):
        return []
    return w.named(Local, fits=lambda s: not s.gives)


@statement(5, lambda w: bool(procedures(w)))
def call_procedure(w: Writer) -> None:
    name = w.choose.pick(procedures(w))
    w.put(f"{name}({w.number(1)})")


# --- functions that take functions


def local(w: Writer, *_) -> list[str]:
    return w.named(Local, fits=lambda s: s.gives and s.arity == 1)


@NUMBERS(2)
def applied(w, depth):
    value = w.number(depth - 1)
    function = w.choose.pick((*local(w), "np.sin", "lambda x: x * x", "math.cos"))
    return f"apply({function}, {value})"


@NUMBERS(1, lambda w, *_: bool(walked(w)))
def folded(w, depth):
    over = w.choose.pick(walked(w))
    form = w.choose.pick(("0.5 * s + t", "np.sin(s) + t * s", "s * np.cos(t) + 0.1"))
    return f"functools.reduce(lambda s, t: {form}, {over}, {w.number(0)})"


@NUMBERS(2)
def recursive(w, depth):
    return f"descend({w.number(depth - 1)}, {w.choose.pick(('2', '3', '1'))})"


@NUMBERS(1, lambda w, *_: bool(w.named(Arr, fits=vector)))
def recursive_sum(w, depth):
    return f"halves({w.choose.pick(w.named(Arr, fits=vector))})"


RECURSIVE = (
    ("apply", "def apply(f, a):\n    return f(a) + 0.5 * f(0.5 * a)"),
    (
        "descend",
        "def descend(a, n):\n    if n <= 0:\n        return np.cos(a)\n"
        "    return a * descend(0.5 * a, n - 1) + n",
    ),
    (
        "halves",
        "def halves(v):\n    if len(v) == 1:\n        return np.sin(v[0])\n"
        "    k = len(v) // 2\n    return halves(v[:k]) * 0.5 + halves(v[k:])",
    ),
)


# --- arrays


@ARRAYS(3)
def spread(w, shape, depth):
    """Numbers gathered from an array and spread over it."""
    inner = w.array(shape, 0)
    return w.choose.pick(SPREADS).format(inner, w.number(0))


SPREADS = (
    *("({0} - np.mean({0}))", "({0} / (1.5 + np.sum({0} * {0})))", "({0} + {1})"),
    *("({1} - {0})", "({0} * np.sum({0}))", "np.full_like({0}, {1})", "np.maximum({0}, 0.3171)"),
    *("np.flip({0})", "np.clip({0}, -0.6173, 1.1319)", "(0.0 * {0} + {1})", "np.zeros_like({0})"),
)


@ARRAYS(2, lambda w, s, d: len(s) == 1)
def rearranged(w, shape, depth):
    inner = w.array(shape, depth - 1)
    forms = ("np.roll({}, 1)", "np.sort({})", "{}[::-1]", "np.ravel({})", "{}.astype(float)")
    return w.choose.pick(forms).format(inner)


@ARRAYS(2, lambda w, s, d: len(s) == 2)
def of_vectors(w, shape, depth):
    row, column = w.array(shape[1:], depth - 1), w.array(shape[:1], 0)
    forms = [f"({column}[:, None] * {row})", f"np.tile({row}, ({shape[0]}, 1))"]
    forms += [f"(np.broadcast_to({row}, {shape}) + {column}[:, np.newaxis])"]
    forms += [f"np.array([{', '.join([row] * shape[0])}])"]
    if shape[0] == shape[1]:
        forms.append(f"np.diag({row})")
    return w.choose.pick(forms)


@ARRAYS(2, lambda w, s, d: len(s) == 1 and bool(w.named(Arr, fits=matrix)))
def of_matrix(w, shape, depth):
    size = shape[0]
    forms = []
    for name in w.named(Arr, fits=matrix):
        rows, columns = w.shape(name).shape
        forms += [f"np.diag({name})", f"np.diagonal({name})"] if min(rows, columns) == size else []
        forms += [f"np.sum({name}, axis=1)", f"np.max({name}, axis=1)"] if rows == size else []
        forms += [f"sum(r for r in {name})"] if columns == size else []
    return w.choose.pick(forms or [w.array(shape, 0)])


@LEAVES(2, has(Arr))
def gathered(w, depth):
    name = w.choose.pick(w.named(Arr))
    forms = ("np.sum({})", "{}.max()", "np.sum({0} * {0})", "np.mean({})", "np.prod(np.cos({}))")
    return w.choose.pick(forms).format(name)
