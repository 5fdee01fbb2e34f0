"""Functions in lists, functions that functions make, and closures over what changes later."""

from fuzz.blocks import loop, loops
from fuzz.statements import bounded
from fuzz.writer import LEAVES, NUM, NUMBERS, Cell, Functions, Local, Num, Writer, has
from fuzz.writer import STATEMENTS as statement


def function(w: Writer, param: str) -> str:
    """A lambda, or a name of a function."""
    names = w.named(Local, fits=lambda s: s.gives and s.arity == 1)
    if w.choose.chance(25):
        return w.choose.pick((*names, "np.sin", "math.cos"))
    before = dict(w.cells)
    w.cells[param] = Cell(NUM, w.level)
    value = w.number(1)
    w.cells = before
    default = f", s={w.number(0)}" if w.choose.chance(25) else ""
    return f"lambda {param}{default}: {value}" + (" * s" if default else "")


@statement(3, lambda w: w.closures)
def start_functions(w: Writer) -> None:
    name, param = w.fresh("l"), w.fresh("x")
    w.put(f"{name} = [{', '.join(function(w, param) for _ in range(w.choose.integer(1, 3)))}]")
    w.bind(name, Functions())


@statement(1, lambda w: any(not w.cells[n].busy and not w.loops for n in w.named(Functions)))
def add_function(w: Writer) -> None:
    name = w.choose.pick([n for n in w.named(Functions) if not w.cells[n].busy])
    w.put(f"{name}.append({function(w, w.fresh('x'))})")


@statement(3, lambda w: loops(w) and bool(w.named(Functions) and w.own(Num)))
def for_functions(w: Writer) -> None:
    """Each function is applied to what the one before gave."""
    over, name = w.choose.pick(w.named(Functions)), w.fresh("l")
    value = w.choose.pick(w.own(Num))

    def apply() -> None:
        w.put(f"{value} = {name}({value})")

    loop(w, f"for {name} in {over}:", {}, over, first=apply)


@statement(2, lambda w: w.closures and bool(w.own(Num)))
def counter_made(w: Writer) -> None:
    """A function that keeps a sum of its own."""
    name, inner = w.fresh("f"), w.fresh("a")
    param = w.fresh("x")
    w.put(f"def make_{name}({inner}):")
    w.put(f"    def {name}({param}):")
    w.put(f"        nonlocal {inner}")
    before = dict(w.cells)
    w.cells.update({param: Cell(NUM, w.level), inner: Cell(NUM, w.level)})
    form = w.choose.pick(("{0} = 0.5 * {0} + {1}", "{0} += {1} * np.cos({0})"))
    w.put("        " + form.format(inner, w.number(1)))
    w.put(f"        return {w.number(1)}")
    w.cells = before
    w.put(f"    return {name}")
    w.put(f"{name} = make_{name}({w.number(0)})")
    w.cells[name] = Cell(Local(1), w.level)


@statement(2, lambda w: w.closures and bool(w.writable()))
def closure_then_write(w: Writer) -> None:
    """A closure over an array, or over a copy, and then a write."""
    array = w.choose.pick(w.writable())
    name, param = w.fresh("g"), w.fresh("x")
    entry = f"{array}[{', '.join(w.index(n) for n in w.shape(array).shape)}]"
    forms = (
        f"{name} = lambda {param}: {param} * {entry}",
        f"{name} = lambda {param}, v={array}: np.sum(v) * {param}",
        f"{name} = functools.partial(lambda v, {param}: {param} * np.sum(v * v), {array})",
        f"{name} = lambda {param}, v={array}.copy(): np.sum(v * {param})",
    )
    w.put(w.choose.pick(forms))
    w.put(f"{entry} = {bounded(w, w.number(1))}")
    w.cells[name] = Cell(Local(1), w.level)


@statement(1, lambda w: w.closures)
def made_in_loop(w: Writer) -> None:
    """Functions that a comprehension makes, early and late."""
    name, k = w.fresh("l"), w.fresh("k")
    value = w.number(0)
    forms = (
        f"[lambda x, {k}={k}: x * np.sin({k} + {value}) for {k} in range(3)]",
        f"[lambda x, t={value} + {k}: x * np.cos(t) for {k} in range(2)]",
        f"[functools.partial(lambda s, t: s * t, {value} + {k}) for {k} in (1.0, 2.0)]",
    )
    w.put(f"{name} = {w.choose.pick(forms)}")
    w.bind(name, Functions())


@LEAVES(2, has(Functions))
def one_of_functions(w, depth):
    name = w.choose.pick(w.named(Functions))
    return f"{name}[{w.choose.pick(('0', '-1'))}]({w.literal()})"


@NUMBERS(3, has(Functions))
def all_functions(w, depth):
    name = w.choose.pick(w.named(Functions))
    forms = ("sum(l({1}) for l in {0})", "sum([l({1}) * 0.5 for l in {0}])", "{0}[0]({0}[-1]({1}))")
    return w.choose.pick(forms).format(name, w.number(depth - 1))


@NUMBERS(1)
def at_once(w, depth):
    return f"(lambda s, t=0.5: s * t + {w.number(0)})({w.number(depth - 1)})"
