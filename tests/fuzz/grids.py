"""Lists of lists of numbers: rows are read, replaced, swapped, and written to by second names."""

from fuzz.blocks import loop, loops
from fuzz.scalars import walked
from fuzz.statements import augment, bounded, write
from fuzz.writer import ARRAYS, LEAVES, NUM, NUMBERS, Arr, Cell, Grid, Seq, Writer, has, matrix
from fuzz.writer import STATEMENTS as statement


def row(w: Writer, columns: int) -> str:
    return f"[{', '.join(w.number(1) for _ in range(columns))}]"


@statement(3)
def start_grid(w: Writer) -> None:
    columns = w.choose.pick((2, 2, 3))
    name = w.fresh("z")
    with w.item() as inside:
        part = w.number(1)
    forms = [
        f"[{row(w, columns)}, {row(w, columns)}]",
        f"[{row(w, columns)} for _ in range(2)]",
        f"[[{w.number(1)}] * {columns} for _ in range(2)]",
        f"[[{part} for {inside} in {row(w, columns)}], {row(w, columns)}]",
        f"[[{w.number(0)} * (i + 0.5) + {w.number(0)} * j for j in range({columns})] "
        "for i in range(2)]",
        f"[[0.0] * {columns}, [{w.number(0)}] * {columns}]",
        f"[{row(w, columns)}] * 2",  # one row, twice
    ]
    forms += [f"{n}.tolist()" for n in w.named(Arr, fits=lambda s: s.shape == (2, columns))]
    forms += [
        f"[list(r) for r in {n}]" for n in w.named(Arr, fits=lambda s: s.shape == (2, columns))
    ]
    w.put(f"{name} = {w.choose.pick(forms)}")
    w.bind(name, Grid(columns))


@statement(6, has(Grid))
def change_grid(w: Writer) -> None:
    name = w.choose.pick(w.named(Grid))
    columns = w.shape(name).columns
    place = f"{name}[{w.index(2)}]"
    how = w.choose.integer(0, 5)
    if how <= 1:
        write(w, f"{place}[{w.index(columns)}]", w.number(1))
    elif how == 2:
        w.put(f"{place} = {row(w, columns)}")
    elif how == 3:
        w.put(f"{name}[0], {name}[1] = {name}[1], {name}[0]")
    elif how == 4:
        one, two = w.index(columns), w.index(columns)
        w.put(f"{name}[0][{one}], {name}[1][{two}] = {name}[1][{two}], {bounded(w, w.number(1))}")
    else:
        with w.item() as inside:
            w.put(f"{place} = [{bounded(w, w.number(1))} for {inside} in {name}[{w.index(2)}]]")


@statement(3, has(Grid))
def take_row(w: Writer) -> None:
    """A name for a row, which may be written to."""
    name = w.choose.pick(w.named(Grid))
    new = w.fresh("q")
    w.put(f"{new} = {name}[{w.index(2)}]")
    w.cells[new] = Cell(Seq((NUM,) * w.shape(name).columns), w.level, sized=False)


@statement(3, lambda w: loops(w) and bool(w.named(Grid)))
def for_grid(w: Writer) -> None:
    over = w.choose.pick(w.named(Grid))
    name, columns = w.fresh("q"), w.shape(over).columns

    def change() -> None:
        w.cells[name].sized = False
        augment(w, f"{name}[{w.index(columns)}]", w.number(1))

    loop(w, f"for {name} in {over}:", {name: Seq((NUM,) * columns)}, over, first=change)


@statement(2, lambda w: len(w.named(Grid)) >= 1)
def made_of_grid(w: Writer) -> None:
    name = w.choose.pick(w.named(Grid))
    columns = w.shape(name).columns
    new = w.fresh("z")
    with w.item() as inside:
        part = w.number(1)
    forms = [
        (f"[[{part} for {inside} in r] for r in {name}]", columns),
        (f"[r[:] for r in {name}]", columns),
        (f"{name}[::-1]", columns),
        (f"list({name})", columns),
        (f"{name}", columns),
        (f"sorted({name}, key=lambda r: r[0])", columns),
    ]
    if columns == 2:
        forms += [(f"[list(c) for c in zip(*{name})]", 2)]
        forms += [(f"[[{name}[j][i] for j in range(2)] for i in range(2)]", 2)]
    text, size = w.choose.pick(forms)
    w.put(f"{new} = {text}")
    w.bind(new, Grid(size))


@LEAVES(4, has(Grid))
def grid_entry(w, depth):
    name = w.choose.pick(w.named(Grid))
    place = f"{name}[{w.index(2)}][{w.index(w.shape(name).columns)}]"
    return w.choose.pick((place, place, f"sum({name}[{w.index(2)}])"))


@NUMBERS(3, has(Grid))
def over_grid(w, depth):
    name = w.choose.pick(w.named(Grid))
    with w.item() as inside:
        part = w.number(depth - 1)
    test = f" if {inside} > {w.threshold()}" if w.choose.chance(40) else ""
    forms = (
        f"sum({part} for r in {name} for {inside} in r{test})",
        f"sum([{part} for r in {name} if r[0] > {w.threshold()} for {inside} in r{test}])",
        f"sum(sum(r) * 0.5 for r in {name})",
        f"max(max(r) for r in {name})",
        f"sum(s * t for s, t in zip(*{name}[:2]))",
        f"sum({name}[i][j] * (i - j) for i in range(2) for j in range(2))",
    )
    return w.choose.pick(forms)


@ARRAYS(2, lambda w, s, d: len(s) == 2 and bool(fitting(w, s)))
def grid_array(w, shape, depth):
    return f"np.array({w.choose.pick(fitting(w, shape))})"


def fitting(w: Writer, shape: tuple[int, ...]) -> list[str]:
    return w.named(Grid, fits=lambda s: shape == (2, s.columns))


@NUMBERS(2, lambda w, *_: bool(walked(w)))
def pairs(w, depth):
    """A comprehension with two loops and a test."""
    one, two = w.choose.pick(walked(w)), w.choose.pick(walked(w))
    with w.item() as s, w.item() as t:
        part = w.number(depth - 1)
    test = w.choose.pick(("", f" if {s} > {w.threshold()}", f" if {s} < {t} + {w.threshold()}"))
    return f"sum({part} for {s} in {one} for {t} in {two}{test})"


@NUMBERS(1, has(Arr))
def by_positions(w, depth):
    name = w.choose.pick(w.named(Arr))
    if matrix(w.shape(name)):
        rows, columns = w.shape(name).shape
        return (
            f"sum({name}[i, j] * {name}[i - 1, j] for i in range({rows}) "
            f"for j in range({columns}) if i != j)"
        )
    size = w.shape(name).shape[0]
    return f"sum({name}[i] * np.sin({name}[j]) for i in range({size}) for j in range(i))"
