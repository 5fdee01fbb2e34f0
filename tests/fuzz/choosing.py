"""Items taken apart with stars, put in order or chosen by a key, named in a test, matched."""

from fuzz.blocks import arm, body, loop, loops, nests
from fuzz.scalars import walked
from fuzz.statements import bounded
from fuzz.writer import BAG, NUM, NUMBERS, Arr, Cell, Int, Num, Obj, Seq, Writer, has
from fuzz.writer import CONDITIONS as condition
from fuzz.writer import STATEMENTS as statement


def long(w: Writer, *_) -> list[str]:
    """Names of what holds two numbers or more, and nothing else."""
    found = w.named(Seq, fits=lambda s: len(s.items) >= 2 and all(i == NUM for i in s.items))
    return found + w.named(Arr, fits=lambda s: len(s.shape) == 1 and s.shape[0] >= 2)


def length(w: Writer, name: str) -> int:
    shape = w.shape(name)
    return len(shape.items) if isinstance(shape, Seq) else int(shape.shape[0])


@statement(3, lambda w: bool(long(w)))
def starred(w: Writer) -> None:
    over = w.choose.pick(long(w))
    one, rest = w.fresh("a"), w.fresh("q")
    size = length(w, over) - 1
    form = w.choose.pick(("{0}, *{1} = {2}", "*{1}, {0} = {2}", "[{0}, *{1}] = {2}"))
    w.put(form.format(one, rest, over))
    w.bind(one, NUM)
    w.bind(rest, Seq((NUM,) * size))


@statement(2, lambda w: bool(long(w)))
def spliced(w: Writer) -> None:
    one, two = w.choose.pick(long(w)), w.choose.pick(long(w))
    size = length(w, one) + length(w, two)
    new = w.fresh("q")
    w.put(f"{new} = [*{one}, {w.number(1)}, *{two}]")
    w.bind(new, Seq((NUM,) * (size + 1)))


KEYS = ("lambda t: -t", "lambda t: t * t", "lambda t: abs(t - 0.3171)", "np.sin")


@statement(2, lambda w: bool(walked(w)))
def in_order(w: Writer) -> None:
    over = w.choose.pick(walked(w))
    forms = (
        f"sorted({over})",
        f"sorted({over}, key={w.choose.pick(KEYS)})",
        f"sorted({over}, reverse=True)",
        f"[t for i, t in sorted(enumerate({over}), key=lambda p: p[1])]",
        f"list(reversed({over}))",
        f"[t for t in {over} for _ in range(2)]",
        f"list(map(lambda t: 0.5 * t, {over}))",
        f"[s - t for s, t in zip({over}, [*{over}][::-1])]",
    )
    new = w.fresh("b")
    w.put(f"{new} = {w.choose.pick(forms)}")
    w.bind(new, BAG)


@NUMBERS(3, lambda w, *_: bool(walked(w)))
def extreme(w, depth):
    over = w.choose.pick(walked(w))
    forms = (
        f"max({over}, key={w.choose.pick(KEYS)})",
        f"min({over}, key={w.choose.pick(KEYS)})",
        f"max({over})",
        f"sorted({over})[0]",
        f"max(enumerate({over}), key=lambda p: p[1])[1]",
        f"min((t * t, t) for t in {over})[1]",
        f"next((t for t in {over} if t > {w.threshold()}), {w.number(0)})",
        f"sum(map(lambda s, t: s * t, {over}, {over}))",
        f"sum(filter(lambda t: t > {w.threshold()}, {over}), {w.number(0)})",
        f"({w.number(0)} if any(t > {w.threshold()} for t in {over}) else {w.number(0)})",
    )
    whole = [n for n in long(w) if isinstance(w.shape(n), Seq)]
    if whole:
        forms += (f"max(*{w.choose.pick(whole)}, {w.number(0)} - 3.0)",)
    return w.choose.pick(forms)


# --- names in tests


@statement(2, nests)
def named_in_test(w: Writer) -> None:
    name = w.fresh("a")
    w.put(f"if ({name} := {w.number()}) > {w.threshold()}:")
    w.bind(name, NUM)
    arm(w)
    if w.choose.chance(50):
        w.put("else:")
        arm(w)


@statement(2, loops)
def while_named(w: Writer) -> None:
    """What the test names shrinks until the loop ends."""
    name, counter = w.target(NUM, "a", again=0), w.fresh("i")
    w.put(f"{name}, {counter} = {w.number(1)}, 0")
    test = f"({name} := 0.5 * {name}) > 0.1571"
    w.bind(name, NUM)
    w.cells[counter] = Cell(Int(0, 4), w.level)
    first = lambda: w.put(f"{counter} += 1")  # noqa: E731
    loop(w, f"while {counter} < 3 and {test}:", {counter: Int(1, 3)}, first=first)
    w.cells[counter] = Cell(Int(0, 3), w.level)


@statement(2)
def named_inside(w: Writer) -> None:
    """A name in the middle of an expression, which reads it further on."""
    name, value = w.fresh("y"), w.number()
    form = w.choose.pick(("({0} := {1}) * np.cos({0})", "({0} := {1}) + {0} * {2}"))
    w.assign(NUM, "a", bounded(w, form.format(name, value, w.number(0))))
    w.bind(name, NUM)


# --- match


@statement(2, lambda w: nests(w) and bool(w.named(Int)))
def matched_number(w: Writer) -> None:
    w.put(f"match {w.choose.pick(w.named(Int))}:")
    cases = w.choose.pick((("0", "1 | 2"), ("1", "_"), ("0", "1", "_"), ("2", "n if n > 0")))
    written(w, cases, [{}] * len(cases))


@statement(2, lambda w: nests(w) and bool(w.named(Seq, Num)))
def matched_parts(w: Writer) -> None:
    lists = w.named(Seq, fits=lambda s: all(i == NUM for i in s.items))
    one, two = w.fresh("a"), w.fresh("a")
    test = f" if {one} > {w.threshold()}"
    if lists and w.choose.chance(50):
        w.put(f"match {w.choose.pick(lists)}:")
        cases = (f"[{one}, {two}]{test}", f"[{one}, *_]", "_")
        written(w, cases, [{one: NUM, two: NUM}, {one: NUM}, {}])
        return
    w.put(f"match ({w.number(1)}, {w.number(1)}):")
    written(w, (f"({one}, {two}){test}", f"(_, {two})"), [{one: NUM, two: NUM}, {two: NUM}])


@statement(1, lambda w: nests(w) and bool(w.named(Obj)))
def matched_object(w: Writer) -> None:
    one = w.fresh("a")
    w.put(f"match {w.choose.pick(w.named(Obj))}:")
    written(w, (f"Crate(u={one})", f"Box(u={one}) if {one} > 0.3171", "_"), [{one: NUM}] * 2 + [{}])


def written(w: Writer, cases: tuple[str, ...], bound: list[dict[str, Num]]) -> None:
    with w.block():
        for case, names in zip(cases, bound, strict=True):
            w.put(f"case {case}:")
            with w.block():
                for name, shape in names.items():
                    w.cells[name] = Cell(shape, w.level)
                body(w, 2)


# --- tests


@condition(1)
def three_in_a_row(w):
    return f"{w.number(1)} < {w.number(1)} + {w.threshold()} < 2.3171"


@condition(1, lambda w: bool(walked(w)))
def of_all(w):
    over = w.choose.pick(walked(w))
    return f"{w.choose.pick(('any', 'all'))}(t > {w.threshold()} for t in {over})"


@condition(1, has(Arr))
def of_array(w):
    name = w.choose.pick(w.named(Arr))
    form = w.choose.pick(("np.any({} > {})", "np.all({} < {})", "({} > {}).sum() > 1"))
    return form.format(name, w.threshold())
