"""Classes whose methods are written like any function, and what is done with their objects."""

from fuzz.blocks import body, give, loop, loops
from fuzz.statements import augment, bounded, write
from fuzz.writer import LEAVES as leaf
from fuzz.writer import NUM, SIMPLE_ARRAYS, Arr, Cell, Chooser, Obj, Writer, has
from fuzz.writer import STATEMENTS as statement


@statement(2, lambda w: w.objects)
def make_object(w: Writer) -> None:
    name = w.fresh("o")
    w.put(f"{name} = {w.choose.pick(('Box', 'Box', 'Crate'))}({w.number(1)}, {w.array((3,), 1)})")
    w.bind(name, Obj())


@statement(4, has(Obj))
def change_object(w: Writer) -> None:
    name = w.choose.pick(w.named(Obj))
    how = w.choose.integer(0, 5)
    if how == 0:
        write(w, f"{name}.u", w.number(1))
    elif how == 1:
        w.put(f"{name}.v = {bounded(w, w.array((3,), 1))}")
    elif how == 2:
        w.put(f"{name}.turn({w.number(1)})")
    elif how == 3:
        write(w, f"{name}[{w.index(3)}]", w.number(1))
    elif how == 4:
        w.put(f"{name} += {w.number(1)}")
    else:
        augment(w, f"{name}.v", w.number(1))


@statement(1, has(Obj))
def second_object(w: Writer) -> None:
    name, other = w.choose.pick(w.named(Obj)), w.fresh("o")
    w.put(f"{other} = {name}")
    w.cells[other] = Cell(Obj(), w.level)


@statement(2, has(Obj))
def combined(w: Writer) -> None:
    one, two = w.choose.pick(w.named(Obj)), w.choose.pick(w.named(Obj))
    form = w.choose.pick(("{0} + {1}", "{0} * {2}", "0.5 * {0}", "-{0}", "{0} if {3} else {1}"))
    text = form.format(one, two, w.number(0), w.condition())
    w.assign(Obj(), "o", text)


@statement(2, lambda w: loops(w) and bool(w.named(Obj)))
def for_object(w: Writer) -> None:
    name, item = w.choose.pick(w.named(Obj)), w.fresh("t")
    loop(w, f"for {item} in {name}:", {item: NUM})


@leaf(4, has(Obj))
def attribute(w, depth):
    name = w.choose.pick(w.named(Obj))
    forms = (
        *(f"{name}.u", f"{name}.u", f"{name}.v[{w.index(3)}]", f"{name}.size()", f"{name}.level"),
        *(f"{name}({w.literal()})", f"{name}[{w.index(3)}]", f"sum({name})"),
    )
    return w.choose.pick(forms)


@SIMPLE_ARRAYS(4, lambda w, s, d: s == (3,) and bool(w.named(Obj)))
def attribute_array(w, shape, depth):
    return f"{w.choose.pick(w.named(Obj))}.v"


METHODS = (("turn", "t", None), ("size", "", NUM), ("__call__", "t", NUM))


def classes(choose: Chooser) -> str:
    """Write the class and the class below it."""
    written = [CLASS.strip("\n"), *(method(choose, *each) for each in METHODS)]
    below = [each for each in METHODS if choose.chance(40)]
    lines = [BELOW.strip("\n"), *(method(choose, *each, above=True) for each in below)]
    return "\n\n".join(written) + "\n\n\n" + "\n\n".join(lines)


def method(choose: Chooser, name: str, param: str, result: None, above: bool = False) -> str:
    """Write a method, which may read and write the attributes and call that of the class above."""
    w = Writer(choose, (), result, objects=False, left=2, level=1)
    w.cells["self.v"] = Cell(Arr((3,)), 1, sized=False)
    w.cells["self.u"] = Cell(NUM, 1, sized=False)
    if param:
        w.cells[param] = Cell(NUM, 1)
    if above and choose.chance(60):
        call = f"super().{name}({param})"
        w.put(f"a = {call}" if result else call)
        w.cells.update({"a": Cell(NUM, 1)} if result else {})
    body(w, 2)
    if result:
        give(w)
    head = f"    def {name}({', '.join(['self', param] if param else ['self'])}):"
    return "\n".join([head, *w.lines])


CLASS = """
class Box:
    def __init__(self, u, v):
        self.u = u
        self.v = v

    @property
    def level(self):
        return self.u * self.v[0]

    def __add__(self, other):
        return type(self)(self.u + other.u, self.v + other.v)

    def __mul__(self, t):
        return Box(self.u * t, self.v * t)

    def __rmul__(self, t):
        return self * t

    def __neg__(self):
        return Box(-self.u, -self.v)

    def __iadd__(self, t):
        self.u += t
        self.v[1] *= 0.5
        return self

    def __len__(self):
        return len(self.v)

    def __getitem__(self, k):
        return self.v[k]

    def __setitem__(self, k, t):
        self.v[k] = t
        self.u = 0.5 * self.u + t

    def __iter__(self):
        for t in self.v:
            yield t * 0.5
"""

BELOW = """
class Crate(Box):
    def __init__(self, u, v, w=0.7):
        super().__init__(u * w, v)
        self.w = w
"""
