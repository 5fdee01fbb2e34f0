"""Expressions that are numbers: smooth, and well conditioned, so that checks can be sharp."""

from fuzz.writer import LEAVES as leaf
from fuzz.writer import NUM, Arr, Bag, Helper, Int, Local, Num, Seq, Table, Writer, has, vector
from fuzz.writer import NUMBERS as compound


def numbers_in(shape) -> list[str]:
    """How the numbers of a list, tuple or dict are reached."""
    if isinstance(shape, Seq):
        return [f"[{k}]" for k, item in enumerate(shape.items) if item == NUM]
    return [f'["{key}"]' for key, item in shape.items if item == NUM]


def holds_numbers(shape) -> bool:
    return bool(numbers_in(shape))


# --- leaves


@leaf(6, has(Num))
def name(w, depth):
    return w.choose.pick(w.named(Num))


@leaf(2)
def literal(w, depth):
    return w.literal()


@leaf(5, has(Arr))
def entry(w, depth):
    name = w.choose.pick(w.named(Arr))
    return f"{name}[{', '.join(w.index(n) for n in w.shape(name).shape)}]"


@leaf(3, lambda w, *_: bool(w.named(Seq, Table, fits=holds_numbers)))
def item(w, depth):
    name = w.choose.pick(w.named(Seq, Table, fits=holds_numbers))
    return name + w.choose.pick(numbers_in(w.shape(name)))


@leaf(1, has(Int))
def counter(w, depth):
    return f"0.25 * {w.choose.pick(w.named(Int))}"


@leaf(2, has(Bag))
def bag_item(w, depth):
    return f"{w.choose.pick(w.named(Bag))}[{w.choose.pick(('0', '-1'))}]"


# --- compound


@compound(6)
def plain(w, depth):
    return w.number(0)


@compound(5)
def product(w, depth):
    return f"({w.number(depth - 1)} * {w.number(0)})"


@compound(5)
def added(w, depth):
    return f"({w.number(depth - 1)} {w.choose.pick('+-')} {w.number(depth - 1)})"


@compound(6)
def elementary(w, depth):
    inner = w.number(depth - 1)
    return w.choose.pick(FORMS).format(inner)


FORMS = (
    *("np.sin({})", "np.cos({})", "np.tanh({})", "-{}", "math.sin({})", "np.arctan({})"),
    *("np.exp(-({} ** 2))", "np.sqrt(1.5 + {} ** 2)", "np.log(2.5 + {} ** 2)", "math.tanh({})"),
    *("(1.5 + {} ** 2) ** 0.7", "0.5 * {}", "1.0 / (2.0 + {} ** 2)", "math.cos({})"),
)


@compound(2)
def quotient(w, depth):
    return f"({w.number(depth - 1)} / (2.0 + {w.number(0)} ** 2))"


@compound(2)
def conditional(w, depth):
    return f"({w.number(depth - 1)} if {w.condition()} else {w.number(depth - 1)})"


@compound(1)
def extremum(w, depth):
    which = w.choose.pick(("max", "min"))
    return f"{which}({w.number(depth - 1)}, {w.number(depth - 1)} - {w.threshold()})"


@compound(4, has(Arr))
def reduced(w, depth):
    inner = w.array(w.shape(w.choose.pick(w.named(Arr))).shape, depth - 1)
    return w.choose.pick(("np.sum({})", "np.mean({})", "np.sqrt(1.5 + np.sum({0} * {0}))")).format(
        inner
    )


@compound(2, has(Arr))
def method(w, depth):
    name = w.choose.pick(w.named(Arr))
    return f"{name}.{w.choose.pick(('sum()', 'mean()'))}"


@compound(3, lambda w, *_: bool(w.named(Arr, fits=vector)))
def inner_product(w, depth):
    name = w.choose.pick(w.named(Arr, fits=vector))
    other = w.array(w.shape(name).shape, depth - 1)
    return w.choose.pick(("({} @ {})", "np.dot({}, {})", "np.sum({} * {})")).format(name, other)


@compound(1, lambda w, *_: bool(w.named(Arr, fits=lambda s: len(s.shape) == 2)))
def trace(w, depth):
    return f"np.trace({w.choose.pick(w.named(Arr, fits=lambda s: len(s.shape) == 2))})"


def walked(w: Writer) -> list[str]:
    """Names of what holds nothing but numbers and can be walked over."""
    flat = w.named(Seq, fits=lambda s: bool(s.items) and all(i == NUM for i in s.items))
    return w.named(Arr, fits=vector) + w.named(Bag) + flat


@compound(2, lambda w, *_: bool(walked(w)))
def summed(w, depth):
    return f"sum({w.choose.pick(walked(w))})"


@compound(2, lambda w, *_: bool(walked(w)))
def comprehension(w, depth):
    over = w.choose.pick(walked(w))
    with w.item() as inside:
        body = w.number(depth - 1)
        test = f" if {inside} > {w.threshold()}" if w.choose.chance(25) else ""
    return w.choose.pick(("sum({})", "sum([{}])")).format(f"{body} for {inside} in {over}{test}")


def helpers(w: Writer, *_) -> list[Helper]:
    """The helpers that give a number and whose arguments can be written."""
    return [h for h in w.helpers if h.result == NUM and not h.writes]


@compound(6, lambda w, *_: bool(helpers(w)))
def call(w, depth):
    return called(w, w.choose.pick(helpers(w)), depth)


def called(w: Writer, helper: Helper, depth: int) -> str:
    """Write a call, with some of the arguments by keyword and some left to their defaults."""
    args = []
    keyword = False
    for name, shape in helper.params:
        keyword = keyword or w.choose.chance(20)
        value = w.array(shape.shape, 0) if isinstance(shape, Arr) else w.number(depth - 1)
        args.append(f"{name}={value}" if keyword else value)
    for option in helper.options:
        if w.choose.chance(40):
            value = w.choose.pick(("1", "2", "3")) if option == "k" else w.number(0)
            args.append(f"{option}={value}")
    return f"{helper.name}({', '.join(args)})"


def local(w: Writer, *_) -> list[str]:
    return w.named(Local, fits=lambda s: s.gives)


@compound(8, lambda w, *_: bool(local(w)))
def local_call(w, depth):
    name = w.choose.pick(local(w))
    return f"{name}({', '.join(w.number(depth - 1) for _ in range(w.shape(name).arity))})"
