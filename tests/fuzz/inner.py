"""Derivatives and batches of local functions, which capture what is differentiated around them.

Such a function changes nothing outside of itself, so that `numeric` may stand for the compiler.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from fuzz.blocks import nests
from fuzz.statements import bounded
from fuzz.writer import ARRAYS, NUM, NUMBERS, Arr, Cell, Int, Num, Shape, Writer
from fuzz.writer import STATEMENTS as statement


@contextmanager
def within(w: Writer, param: str, shape: Shape) -> Iterator[None]:
    """What a function may read that is run again and again: numbers, and arrays as they are."""
    cells, helpers, closures = w.cells, w.helpers, w.closures
    numbers = {n: c for n, c in cells.items() if isinstance(c.shape, Num | Int)}
    arrays = {
        n: Cell(Arr(c.shape.shape, fixed=True), c.level)
        for n, c in cells.items()
        if isinstance(c.shape, Arr)
    }
    w.cells = {**numbers, **arrays, param: Cell(shape, w.level)}
    w.helpers = tuple(h for h in helpers if all(s == NUM for _, s in h.params))
    w.closures = False
    yield
    w.cells, w.helpers, w.closures = cells, helpers, closures


def derives(w: Writer, *_) -> bool:
    """Whether a derivative may be taken here: in the program itself, not in another derivative."""
    return w.closures and w.level < 2


def once(w: Writer, *_) -> bool:
    """Whether it is the first of a program: they take long to compile."""
    return derives(w) and not any("sx." in line for line in w.lines)


OF_NUMBER = (
    *("sx.grad({0})({1})", "sx.grad({0})({1})", "sx.jvp({0}, ({1},), ({2},))[1]"),
    *("sx.value_and_grad({0})({1})[1]", "sx.vjp({0}, {1})[1]({2})[0]"),
    *("sx.grad(sx.grad({0}))({1})", "np.sum(sx.vmap({0})(np.array([{1}, {2}])))"),
    *("sx.jacfwd({0})({1})", "sx.jacrev({0})({1})", "sx.linearize({0}, {1})[1]({2})"),
)


@NUMBERS(1, once)
def of_number(w, depth):
    param = w.fresh("y")
    with within(w, param, NUM):
        function = f"lambda {param}: 0.5 + {w.number(2)}"
    return "(" + w.choose.pick(OF_NUMBER).format(function, w.number(0), w.number(0)) + ")"


def apart(w: Writer, shape: tuple[int, ...]) -> str:
    """An array whose entries are not equal: where two are the largest there is no derivative."""
    offsets = "[0.1, -0.2, 0.37, 0.45]"
    if len(shape) == 1:
        return f"({w.array(shape, 0)} + np.array({offsets})[:{shape[0]}])"
    steps = f"(np.arange({shape[0] * shape[1]}) ** 2 * 0.17).reshape{shape}"
    return f"({w.array(shape, 0)} + {steps})"


@ARRAYS(1, lambda w, s, d: len(s) == 1 and once(w))
def of_array(w, shape, depth):
    param = w.fresh("y")
    if w.choose.chance(40):
        with within(w, param, NUM):
            each = f"lambda {param}: {w.number(2)}"
        return f"sx.vmap({each})({w.array(shape, 0)})"
    with within(w, param, Arr(shape, fixed=True)):
        function = f"lambda {param}: 0.5 + {w.number(2)}"
    forms = ("sx.grad({0})({1})", "sx.jacrev({0})({1})", "(sx.hessian({0})({1}) @ {2})")
    return w.choose.pick(forms).format(function, apart(w, shape), w.array(shape, 0))


@ARRAYS(1, lambda w, s, d: len(s) == 2 and once(w))
def of_vector_function(w, shape, depth):
    param = w.fresh("y")
    rows, columns = shape
    with within(w, param, Arr((columns,), fixed=True)):
        function = f"lambda {param}: {w.array((rows,), 2)}"
        over = f"lambda {param}: {w.array((columns,), 2)}"
    whole, point = apart(w, shape), apart(w, (columns,))
    forms = (
        f"sx.jacfwd({function})({point})",
        f"sx.jacobian({function})({point})",
        f"sx.vmap({over})({whole})",
        f"sx.vmap(sx.grad(lambda {param}: np.sum(({over})({param}))))({whole})",
    )
    return w.choose.pick(forms)


@statement(2, lambda w: nests(w) and derives(w) and not w.loops)
def of_local_function(w: Writer) -> None:
    """A function with a loop or a branch of its own, and its derivative."""
    name, param, inner, counter = w.fresh("f"), w.fresh("y"), w.fresh("a"), w.fresh("i")
    size = w.choose.pick((0, 0, 3))
    shape = Arr((size,), fixed=True) if size else NUM
    w.put(f"def {name}({param}):")
    with within(w, param, shape), w.block():
        w.put(f"{inner} = {w.number(1)}")
        w.cells[inner] = Cell(NUM, w.level)
        if w.choose.chance(50):
            w.put(f"for {counter} in range(2):")
            w.cells[counter] = Cell(Int(0, 1), w.level)
            w.put(f"    {inner} = {w.choose.pick(('np.sin({})', '0.5 * ({})')).format(w.number())}")
            del w.cells[counter]
        if w.choose.chance(40):
            w.put(f"if {w.condition()}:")
            w.put(f"    {w.choose.pick((f'{inner} = {w.number(1)}', f'return {w.number(1)}'))}")
        w.put(f"return {w.number(1)} + {inner}")
    if size:
        text = f"sx.grad({name})({apart(w, (size,))})"
        w.assign(Arr((size,)), "v", bounded(w, text))
        return
    form = w.choose.pick(OF_NUMBER)
    w.assign(NUM, "a", bounded(w, form.format(name, w.number(0), w.number(0))))
