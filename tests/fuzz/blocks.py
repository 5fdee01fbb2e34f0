"""Statements that hold statements: branches, loops with their exits, functions that capture."""

from collections.abc import Callable

from fuzz.scalars import walked
from fuzz.writer import (
    NUM,
    STATEMENTS,
    Arr,
    Bag,
    Cell,
    Functions,
    Grid,
    Growing,
    Int,
    Local,
    Num,
    Obj,
    Pile,
    Queue,
    Table,
    Writer,
)
from fuzz.writer import STATEMENTS as statement


def body(w: Writer, most: int = 3) -> None:
    """Write one statement or some."""
    for _ in range(w.choose.integer(1, most)):
        if w.left <= 0:
            break
        w.left -= 1
        STATEMENTS.write(w)


def nests(w: Writer) -> bool:
    return w.level < 3 and w.left > 0


def loops(w: Writer) -> bool:
    return nests(w) and w.loops < 2


# --- branches


@statement(6, nests)
def branch(w: Writer) -> None:
    w.put(f"if {w.condition()}:")
    arm(w)
    if w.choose.chance(20):
        w.put(f"elif {w.condition()}:")
        arm(w)
    if w.choose.chance(50):
        w.put("else:")
        arm(w)


def arm(w: Writer) -> None:
    with w.block():
        body(w, 2)
        if w.choose.chance(30):
            leave(w)


def leave(w: Writer) -> None:
    """Go on, break or return."""
    how = w.choose.pick(("continue", "break", "break", "return") if w.loops else ("return",))
    if how == "return":
        give(w)
        return
    w.put(how)
    if how == "break":
        w.leaves[-1] = True


@statement(2, nests)
def both_arms(w: Writer) -> None:
    """A name that each arm gives another number."""
    name = w.target(NUM, "a")
    w.put(f"if {w.condition()}:")
    for keyword in ("else:", None):
        with w.block():
            body(w, 1)
            w.put(f"{name} = {w.number()}")
        if keyword:
            w.put(keyword)
    w.bind(name, NUM)


# --- loops


def loop(w: Writer, header: str, bound: dict[str, object], over: str | None = None,
         first: Callable[[], None] | None = None) -> None:  # fmt: skip
    """Write a loop; `bound` are the names that it gives, `over` is what must not grow meanwhile."""
    w.put(header)
    cell = w.cells[over] if over else None
    was = cell.busy if cell else False
    with w.block():
        w.loops += 1
        w.leaves.append(False)
        if cell:
            cell.busy = True
        for name, shape in bound.items():
            w.cells[name] = Cell(shape, w.level)
        if first:
            first()
        body(w)
        left = w.leaves.pop()
        w.loops -= 1
    if cell:
        cell.busy = was
    if left and w.choose.chance(40):
        w.put("else:")
        with w.block():
            body(w, 1)


RANGES = (
    *(("range(3)", 0, 2), ("range(2)", 0, 1), ("range(1, 4)", 1, 3), ("range(2, -1, -1)", 0, 2)),
    *(("reversed(range(3))", 0, 2), ("range(0, 4, 2)", 0, 2), ("(0, 2, 1)", 0, 2)),
)


@statement(6, loops)
def for_range(w: Writer) -> None:
    text, low, high = w.choose.pick(RANGES)
    sizes = [n for n in w.named(Int) if w.shape(n).low >= 0 and w.shape(n).high <= 3]
    if sizes and w.choose.chance(30):
        size = w.choose.pick(sizes)
        text, low, high = f"range({size})", 0, max(w.shape(size).high - 1, 0)
    name = w.fresh("i")
    loop(w, f"for {name} in {text}:", {name: Int(low, high)})


@statement(4, lambda w: loops(w) and bool(walked(w)))
def for_items(w: Writer) -> None:
    over = w.choose.pick(walked(w))
    name = w.fresh("t")
    if w.choose.chance(30):
        number = w.fresh("i")
        length = 9 if isinstance(w.shape(over), Bag) else 4
        bound = {number: Int(0, length), name: NUM}
        loop(w, f"for {number}, {name} in enumerate({over}):", bound, over)
    else:
        loop(w, f"for {name} in {over}:", {name: NUM}, over)


@statement(2, lambda w: loops(w) and len(walked(w)) >= 1)
def for_zip(w: Writer) -> None:
    one, two = w.choose.pick(walked(w)), w.choose.pick(walked(w))
    if isinstance(w.shape(two), Bag):
        two = one
    first, second = w.fresh("t"), w.fresh("t")
    bound = {first: NUM, second: NUM}
    loop(w, f"for {first}, {second} in zip({one}, {two}):", bound, one)


@statement(2, lambda w: loops(w) and bool(w.named(Arr, fits=lambda s: len(s.shape) == 2)))
def for_rows(w: Writer) -> None:
    over = w.choose.pick(w.named(Arr, fits=lambda s: len(s.shape) == 2))
    name = w.fresh("r")
    loop(
        w, f"for {name} in {over}:", {name: Arr(w.shape(over).shape[1:], w.shape(over).fixed)}, over
    )


def numeric(shape: Table) -> bool:
    return all(item == NUM for _, item in shape.items)


@statement(2, lambda w: loops(w) and bool(w.named(Table, fits=numeric)))
def for_items_of_dict(w: Writer) -> None:
    over = w.choose.pick(w.named(Table, fits=numeric))
    name, key = w.fresh("t"), w.fresh("k")
    if w.choose.chance(40):
        loop(w, f"for {name} in {over}.values():", {name: NUM}, over)
    else:
        loop(w, f"for {key}, {name} in {over}.items():", {name: NUM}, over)


@statement(3, loops)
def while_counted(w: Writer) -> None:
    """A loop that ends by a test of a value, and at the latest after a few turns."""
    name = w.fresh("i")
    w.put(f"{name} = 0")
    test = f" and {w.condition()}" if w.choose.chance(50) else ""
    w.cells[name] = Cell(Int(0, 3), w.level)
    loop(w, f"while {name} < 3{test}:", {name: Int(1, 3)}, first=lambda: w.put(f"{name} += 1"))
    w.cells[name] = Cell(Int(0, 3), w.level)


# --- functions that capture


@statement(5, lambda w: w.closures and nests(w))
def local_function(w: Writer) -> None:
    """A lambda or nested function; what it captures may be assigned again before it is called."""
    arity = w.choose.integer(1, 2)
    name = w.fresh("g")
    params = [w.fresh("x") for _ in range(arity)]
    before = dict(w.cells)
    w.cells = {n: fixed(c) for n, c in before.items()}
    w.cells.update((p, Cell(NUM, w.level)) for p in params)
    if w.choose.chance(50):
        value = w.number(2)
        w.put(f"{name} = lambda {', '.join(params)}: {value}")
    else:
        with w.function(f"def {name}({', '.join(params)}):", {}, NUM, 2):
            body(w, 2)
            give(w)
    w.cells = before
    w.cells[name] = Cell(Local(arity), w.level)


def fixed(cell: Cell) -> Cell:
    """A list that must not grow: a call may stand in a loop over it."""
    if isinstance(cell.shape, Bag | Pile | Queue | Growing | Functions):
        return Cell(cell.shape, cell.level, sized=False, busy=True)
    return cell


def give(w: Writer) -> None:
    """Write a return of what the function is to give; of a number, often with much of the rest."""
    if w.result is None:
        w.put("return")
        return
    value = w.value(w.result)
    if w.result == NUM and w.choose.chance(50):
        value = " + ".join([value, *gathered(w)])
    w.put(f"return {value}")


def gathered(w: Writer) -> list[str]:
    """Some of what has a name, as numbers: what was written is to be read."""
    arrays = [w.choose.pick((f"np.sum({n})", f"np.sum({n} * {n})")) for n in w.named(Arr)[:3]]
    objects = [f"{n}.size()" for n in w.named(Obj)[:1]]
    lists = [f"sum({n})" for n in w.named(Bag)[:1]]
    piles = [f"np.sum(sum({n}))" for n in w.named(Pile)[:1]]
    dicts = [f"sum({n}.values())" for n in w.named(Growing)[:1]]
    grids = [f"np.sum(np.array({n}))" for n in w.named(Grid)[:1]]
    queues = [f"sum({n})" for n in w.named(Queue)[:1]]
    return [*w.named(Num)[:2], *arrays, *objects, *lists, *piles, *dicts, *grids, *queues]
