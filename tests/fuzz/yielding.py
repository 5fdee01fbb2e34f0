"""Generator functions, local and at the top, and what consumes them."""

from fuzz.blocks import body, fixed, loop, loops, nests
from fuzz.scalars import walked
from fuzz.writer import ARRAYS, BAG, NUM, NUMBERS, Cell, Int, Stream, Writer, has
from fuzz.writer import STATEMENTS as statement


@statement(2, lambda w: w.closures and nests(w))
def generator(w: Writer) -> None:
    """It yields from a loop; what it captures may change while it is consumed."""
    name, param = w.fresh("e"), w.fresh("x")
    before = w.cells
    w.cells = {n: fixed(c) for n, c in before.items()}
    with w.function(f"def {name}({param}):", {param: NUM}, None, 3):
        if w.choose.chance(40):
            body(w, 1)
        w.put(f"yield {w.number(1)}")
        if w.choose.chance(70):
            turns(w)
        if w.choose.chance(30):
            w.put(f"if {w.condition()}:")
            w.put(f"    yield {w.number(1)}")
    w.cells = before
    w.cells[name] = Cell(Stream(), w.level)


def turns(w: Writer) -> None:
    """A loop that yields, changes and may end."""
    counter = w.fresh("i")

    def yields() -> None:
        if w.choose.chance(40):
            body(w, 1)
        w.put(f"yield {w.number(1)}")
        if w.choose.chance(30):
            w.put(f"if {w.condition()}:")
            w.put(f"    {w.choose.pick(('return', 'break', 'continue'))}")

    loop(w, f"for {counter} in range(3):", {counter: Int(0, 2)}, first=yields)


def stream(w: Writer) -> str:
    """A call that gives an iterator."""
    names = w.named(Stream)
    if names and w.choose.chance(80):
        return f"{w.choose.pick(names)}({w.number(1)})"
    return f"halved({w.number(1)}, {w.choose.pick('234')})"


@statement(3, loops)
def for_stream(w: Writer) -> None:
    name, other = w.fresh("t"), w.fresh("i")
    given = stream(w)
    how = w.choose.integer(0, 3)
    if how == 2:
        header = f"for {other}, {name} in enumerate({given}):"
        loop(w, header, {other: Int(0, 9), name: NUM})
    elif how == 3 and walked(w):
        over, second = w.choose.pick(walked(w)), w.fresh("t")
        pairs = w.choose.pick((f"{given}, {over}", f"{over}, {given}"))
        loop(w, f"for {name}, {second} in zip({pairs}):", {name: NUM, second: NUM}, over)
    else:
        loop(w, f"for {name} in {given}:", {name: NUM})


@statement(2)
def listed(w: Writer) -> None:
    given = stream(w)
    w.assign(BAG, "b", w.choose.pick(("list({})", "[*{}]", "sorted({})")).format(given))


@NUMBERS(2, has(Stream))
def consumed(w, depth):
    given = f"{w.choose.pick(w.named(Stream))}({w.number(0)})"
    with w.item() as inside:
        part = w.number(depth - 1)
    forms = (
        *("sum({0})", "max({0})", "sum({2} for {1} in {0})", "min({0})"),
        *("sum([{2} for {1} in {0}])", "sum({2} * 0.5 for {3}, {1} in enumerate({0}))"),
    )
    return w.choose.pick(forms).format(given, inside, part, w.fresh("i"))


@ARRAYS(1, lambda w, s, d: len(s) == 1)
def taken(w, shape, depth):
    return f"np.array(list(halved({w.number(0)}, {shape[0]})))"


HALVED = """
def halved(a, n):
    for k in range(n):
        yield a + 0.25 * k
        a = 0.5 * np.sin(a)
"""
