"""Arrays that lists, dicts and objects hold: read, replaced, and written to where they stand."""

from fuzz.blocks import loop, loops
from fuzz.scalars import numbers_in
from fuzz.statements import augment, bounded, write
from fuzz.writer import LEAVES as leaf
from fuzz.writer import NUM, SIMPLE_ARRAYS, Arr, Obj, Pile, Seq, Table, Writer, has
from fuzz.writer import STATEMENTS as statement

# --- lists of arrays of one shape


@statement(2, has(Arr))
def start_pile(w: Writer) -> None:
    name = w.choose.pick(w.named(Arr))
    shape = Arr(w.shape(name).shape)
    items = [w.choose.pick((f"{name}.copy()", w.array(shape.shape, 1)))]
    if w.choose.chance(60):
        items.append(w.array(shape.shape, 1))
    new = w.fresh("h")
    w.put(f"{new} = [{', '.join(items)}]")
    w.bind(new, Pile(shape))


@statement(4, lambda w: any(not w.cells[n].busy for n in w.named(Pile)))
def add_to_pile(w: Writer) -> None:
    """The array itself, which may change later, or a copy."""
    name = w.choose.pick([n for n in w.named(Pile) if not w.cells[n].busy])
    array = w.array(w.shape(name).item.shape, w.choose.integer(0, 1))
    value = w.choose.pick((array, f"{array}.copy()"))
    w.put(w.choose.pick(("{}.append({})", "{}.append({})", "{}.insert(0, {})")).format(name, value))


def entry(w: Writer, shape: Arr) -> str:
    return f"[{', '.join(w.index(n) for n in shape.shape)}]"


@statement(4, has(Pile))
def change_pile(w: Writer) -> None:
    name = w.choose.pick(w.named(Pile))
    item = w.shape(name).item
    place = f"{name}[{w.choose.pick(('0', '-1'))}]"
    how = w.choose.integer(0, 3)
    if how == 0:
        write(w, place + entry(w, item), w.number(1))
    elif how == 1:
        augment(w, place, w.number(1))
    elif how == 2:
        w.put(f"{place} = {bounded(w, w.array(item.shape, 1))}")
    else:
        w.put(f"{name}[0], {name}[-1] = {name}[-1], {name}[0]")


@statement(3, lambda w: loops(w) and bool(w.named(Pile)))
def for_pile(w: Writer) -> None:
    """A loop over the arrays of a list, which it may write to."""
    over = w.choose.pick(w.named(Pile))
    name = w.fresh("r")
    loop(w, f"for {name} in {over}:", {name: w.shape(over).item}, over)


@statement(1, lambda w: any(not w.cells[n].busy for n in w.named(Pile)))
def pop_pile(w: Writer) -> None:
    name = w.choose.pick([n for n in w.named(Pile) if not w.cells[n].busy])
    w.put(f"if len({name}) > 1:")
    w.put(f"    {name}.pop({w.choose.pick(('', '0'))})")


@leaf(3, has(Pile))
def pile_entry(w, depth):
    name = w.choose.pick(w.named(Pile))
    return f"{name}[{w.choose.pick(('0', '-1'))}]{entry(w, w.shape(name).item)}"


@leaf(1, has(Pile))
def pile_sum(w, depth):
    name = w.choose.pick(w.named(Pile))
    forms = ("np.sum({}[-1])", "sum([np.mean(r) for r in {}])", "np.mean(np.array({}))")
    return w.choose.pick(forms).format(name)


def piled(w: Writer, shape: tuple[int, ...]) -> list[str]:
    return w.named(Pile, fits=lambda s: s.item.shape == shape)


@SIMPLE_ARRAYS(3, lambda w, s, d: bool(piled(w, s)))
def of_pile(w, shape, depth):
    return w.choose.pick(("{}[0]", "{}[-1]", "sum({})", "np.sum(np.array({}), axis=0)")).format(
        w.choose.pick(piled(w, shape))
    )


# --- arrays in lists, tuples and dicts whose items are known


def places(w: Writer) -> list[tuple[str, Arr]]:
    """Where arrays are held, and their shapes."""
    found = []
    for name in w.named(Seq):
        found += [(f"{name}[{k}]", s) for k, s in enumerate(w.shape(name).items) if is_array(s)]
    for name in w.named(Table):
        found += [(f'{name}["{k}"]', s) for k, s in w.shape(name).items if is_array(s)]
    found += [(f"{name}.v", Arr((3,))) for name in w.named(Obj)]
    return found


def is_array(shape: object) -> bool:
    return isinstance(shape, Arr)


@statement(4, lambda w: bool(places(w)))
def change_held(w: Writer) -> None:
    place, shape = w.choose.pick(places(w))
    if w.choose.chance(50):
        write(w, place + entry(w, shape), w.number(1))
    else:
        write(w, f"{place}[...]", w.array(shape.shape, 1))


@statement(3, lambda w: bool(places(w)))
def take_held(w: Writer) -> None:
    """A name for an array that something holds."""
    place, shape = w.choose.pick(places(w))
    w.assign(shape, "u" if len(shape.shape) == 1 else "m", place)


@leaf(2, lambda w, *_: bool(places(w)))
def held_entry(w, depth):
    place, shape = w.choose.pick(places(w))
    return w.choose.pick((place + entry(w, shape), f"np.sum({place})"))


@statement(1, lambda w: bool(w.named(Table, fits=numbers_in)))
def for_keys(w: Writer) -> None:
    """A loop over keys that are written out changes what they lead to."""
    name = w.choose.pick(w.named(Table, fits=numbers_in))
    keys = [key for key, item in w.shape(name).items if item == NUM]
    k = w.fresh("k")
    w.put(f"for {k} in ({', '.join(repr(key) for key in keys)},):")
    with w.block():
        w.put(f"{name}[{k}] = 0.5 * {name}[{k}] + {w.number(1)}")
