"""Deques of numbers, and functions that call themselves over containers."""

from fuzz.blocks import loop, loops
from fuzz.statements import augment, bounded
from fuzz.writer import ARRAYS, LEAVES, NUM, NUMBERS, Arr, Queue, Writer, has, vector
from fuzz.writer import STATEMENTS as statement


@statement(2)
def start_queue(w: Writer) -> None:
    name = w.fresh("p")
    items = ", ".join(w.number(1) for _ in range(w.choose.integer(1, 3)))
    w.put(f"{name} = deque([{items}]{w.choose.pick(('', ', maxlen=3', ', maxlen=2'))})")
    w.bind(name, Queue())


@statement(5, lambda w: any(not w.cells[n].busy for n in w.named(Queue)))
def change_queue(w: Writer) -> None:
    name = w.choose.pick([n for n in w.named(Queue) if not w.cells[n].busy])
    forms = (
        f"{name}.append({bounded(w, w.number(1))})",
        f"{name}.appendleft({bounded(w, w.number(1))})",
        f"{name}.append({name}.popleft())",
        f"{name}.appendleft({bounded(w, f'{name}.pop() * {w.number(0)}')})",
        f"{name}.rotate(1)",
        f"{name}.extend([{w.number(0)}, {w.number(0)}])",
    )
    if w.choose.chance(80):
        w.put(w.choose.pick(forms))
    else:
        augment(w, f"{name}[{w.choose.pick(('0', '-1'))}]", w.number(1))


@statement(1, lambda w: loops(w) and any(not w.cells[n].busy for n in w.named(Queue)))
def while_queue(w: Writer) -> None:
    """It is emptied from the front, and something is left of it."""
    name = w.choose.pick([n for n in w.named(Queue) if not w.cells[n].busy])
    item = w.fresh("t")
    w.put(f"while len({name}) > 1:")
    with w.block():
        w.put(f"{item} = {name}.{w.choose.pick(('popleft', 'pop'))}()")
        augment(w, f"{name}[0]", item)


@statement(2, lambda w: loops(w) and bool(w.named(Queue)))
def for_queue(w: Writer) -> None:
    over, name = w.choose.pick(w.named(Queue)), w.fresh("t")
    loop(w, f"for {name} in {over}:", {name: NUM}, over)


@LEAVES(3, has(Queue))
def queued(w, depth):
    name = w.choose.pick(w.named(Queue))
    return w.choose.pick((f"{name}[0]", f"{name}[-1]", f"sum({name})", f"max({name})"))


def vectors(w: Writer, *_) -> list[str]:
    return w.named(Arr, fits=vector)


@NUMBERS(1, lambda w, *_: w.closures and bool(vectors(w)))
def recursive(w, depth):
    name, value = w.choose.pick(vectors(w)), w.number(0)
    forms = (
        f"sum(collected({name}))",
        f"total([{value}, [{name}[0], ({value}, {name}[-1])]])",
        f"chained(list({name}), {value})",
    )
    return w.choose.pick(forms)


@ARRAYS(1, lambda w, s, d: len(s) == 1)
def gathered(w, shape, depth):
    return f"np.array(collected({w.array(shape, 0)}))"


RECURSIVE = (
    (
        "total",
        "def total(node, a=0.5):\n    if isinstance(node, (list, tuple)):\n"
        "        s = 0.0\n        for part in node:\n"
        "            s = s * 0.5 + total(part, a * 0.8)\n"
        "        return s\n    return node * a + node",
    ),
    (
        "collected",
        "def collected(v):\n    if len(v) == 0:\n        return []\n"
        "    return [v[0] * np.sum(v), *collected(v[1:])]",
    ),
    (
        "chained",
        "def chained(q, a):\n    if not q:\n        return a\n"
        "    first, *rest = q\n    return chained(rest, 0.5 * a + np.sin(first) * a)",
    ),
)
