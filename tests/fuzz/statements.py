"""Statements that stand on one line: assignments, writes in place, containers, second names."""

from fuzz.arrays import parts
from fuzz.scalars import numbers_in
from fuzz.writer import (
    BAG,
    NUM,
    Arr,
    Bag,
    Cell,
    Num,
    Seq,
    Shape,
    Table,
    Writer,
    has,
    vector,
    writes,
)
from fuzz.writer import STATEMENTS as statement


def bounded(w: Writer, value: str) -> str:
    """Keep what a loop carries from growing."""
    return (
        w.choose.pick(("np.sin({})", "0.5 * ({})", "np.tanh({})")).format(value)
        if w.loops
        else value
    )


# --- numbers and arrays


@statement(8)
def assign_number(w: Writer) -> None:
    w.assign(NUM, "a", bounded(w, w.number()))


@statement(4, lambda w: bool(w.own(Num)))
def augment_number(w: Writer) -> None:
    name = w.choose.pick(w.own(Num))
    augment(w, name, w.number(1))
    w.bind(name, NUM)


def augment(w: Writer, place: str, value: str) -> None:
    form = w.choose.pick(("{} += {}", "{} -= {}", "{} *= np.cos({})", "{} /= 2.0 + {} ** 2"))
    if w.loops:
        form = w.choose.pick(("{} += 0.5 * {}", "{} *= np.cos({})", "{} -= np.sin({})"))
    w.put(form.format(place, value))


@statement(5, lambda w: bool(w.loops and w.own(Num) and w.named(Arr)))
def discount(w: Writer) -> None:
    """What is carried shrinks, and an array is added up: each turn spreads another cotangent."""
    name = w.choose.pick(w.own(Num))
    array = w.array(w.shape(w.choose.pick(w.named(Arr))).shape, 1)
    w.put(w.choose.pick(DISCOUNTS).format(name, array))
    w.bind(name, NUM)


DISCOUNTS = (
    *("{0} = 0.5 * {0} + np.sum({1})", "{0} = 0.3 * {0} - np.mean({1})"),
    *("{0} = np.cos({0}) * 0.5 + 0.1 * np.sum({1})", "{0} = 0.5 * ({0} + {1}.sum())"),
)


@statement(6)
def assign_array(w: Writer) -> None:
    known = [w.shape(n).shape for n in w.named(Arr)]
    shape = w.choose.pick([*known, *known, (3,), (2, 2), (2,), (2, 3)])
    w.assign(Arr(shape), "v" if len(shape) == 1 else "m", bounded(w, w.array(shape)))


def own_arrays(w: Writer) -> list[str]:
    return [n for n in w.own(Arr) if not w.shape(n).fixed]


@statement(3, lambda w: bool(own_arrays(w)))
def augment_array(w: Writer) -> None:
    name = w.choose.pick(own_arrays(w))
    shape = w.shape(name).shape
    augment(w, name, w.number(1) if w.choose.chance(30) else w.array(shape, 1))


@statement(6, writes())
def set_entry(w: Writer) -> None:
    name = w.choose.pick(w.writable())
    place = f"{name}[{', '.join(w.index(n) for n in w.shape(name).shape)}]"
    write(w, place, w.number())


def write(w: Writer, place: str, value: str) -> None:
    if w.choose.chance(30):
        augment(w, place, value)
    else:
        w.put(f"{place} = {bounded(w, value)}")


def subscripts(w: Writer, shape: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Slices that can be assigned to, and what shape they have."""
    n = shape[0]
    if len(shape) == 1:
        found = [("[1:]", (n - 1,)), ("[:-1]", (n - 1,)), ("[:]", (n,)), ("[::2]", ((n + 1) // 2,))]
        return [(text, s) for text, s in [*found, ("[::-1]", (n,))] if s[0] > 0]
    rows = [(f"[{w.index(n)}]", shape[1:]), (f"[:, {w.index(shape[1])}]", (n,))]
    return [*rows, ("[...]", shape), ("[:, ::-1]", shape), ("[1:, 0]", (n - 1,))]


@statement(5, writes())
def set_slice(w: Writer) -> None:
    name = w.choose.pick(w.writable())
    text, shape = w.choose.pick(subscripts(w, w.shape(name).shape))
    value = w.number(1) if w.choose.chance(25) else w.array(shape, 1)
    write(w, name + text, value)


@statement(2, writes())
def set_mask(w: Writer) -> None:
    name = w.choose.pick(w.writable())
    mask = f"{name}[{name} > {w.threshold()}]"
    w.put(w.choose.pick(("{} = {}", "{} *= np.cos({})", "{} += {}")).format(mask, w.number(1)))


@statement(2, writes(vector))
def set_gathered(w: Writer) -> None:
    name = w.choose.pick(w.writable(vector))
    size = w.shape(name).shape[0]
    places = sorted({w.choose.integer(0, size - 1) for _ in range(2)}, reverse=True)
    write(w, f"{name}[{places}]", w.array((len(places),), 1))


@statement(1, writes(vector))
def add_at(w: Writer) -> None:
    name = w.choose.pick(w.writable(vector))
    last = w.shape(name).shape[0] - 1
    w.put(f"np.add.at({name}, [0, {last}, 0], {w.array((3,), 0)})")


@statement(1, writes())
def out_argument(w: Writer) -> None:
    name = w.choose.pick(w.writable())
    shape = w.shape(name).shape
    form = w.choose.pick(
        ("np.sin({1}, out={0})", "np.multiply({1}, 0.5, out={0})", "np.copyto({0}, {1})")
    )
    w.put(form.format(name, w.array(shape, 0)))


@statement(4, has(Arr))
def view(w: Writer) -> None:
    """A second name, or a view that is written to or read later."""
    name = w.choose.pick(w.named(Arr))
    old = w.shape(name).shape
    shapes = [old, old[1:] or old, (max(old[0] - 1, 1), *old[1:]), old[::-1], (2,)]
    if len(old) == 2:
        shapes.append((old[0] * old[1],))
    options = [(text, new) for new in shapes for text in parts(name, old, new)]
    text, new = w.choose.pick([(name, old), *options])
    w.assign(Arr(new, w.shape(name).fixed), "u" if len(new) == 1 else "m", text)


@statement(2, lambda w: len(w.own(Num)) >= 2)
def swap(w: Writer) -> None:
    one = w.choose.pick(w.own(Num))
    two = w.choose.pick([n for n in w.own(Num) if n != one])
    w.put(f"{one}, {two} = {two}, {bounded(w, w.number(1))}")
    w.bind(one, NUM)
    w.bind(two, NUM)


@statement(1, lambda w: bool(w.named(Arr, fits=lambda s: len(s.shape) == 1 and s.shape[0] == 2)))
def unpack_array(w: Writer) -> None:
    name = w.choose.pick(w.named(Arr, fits=lambda s: s.shape == (2,)))
    one, two = w.target(NUM, "a"), w.fresh("a")
    w.put(f"{one}, {two} = {name}")
    w.bind(one, NUM)
    w.bind(two, NUM)


# --- lists, tuples, dicts


def part(w: Writer) -> tuple[Shape, str]:
    """An item for a container, with its shape."""
    arrays = w.named(Arr)
    if arrays and w.choose.chance(30):
        shape = w.shape(w.choose.pick(arrays)).shape
        return Arr(shape), w.array(shape, 1)
    return NUM, w.number(1)


@statement(3)
def make_list(w: Writer) -> None:
    found = [part(w) for _ in range(w.choose.integer(2, 3))]
    if w.choose.chance(30):
        w.assign(Seq(tuple(s for s, _ in found), mutable=False), "p",
                 f"({', '.join(text for _, text in found)})")  # fmt: skip
    else:
        w.assign(Seq(tuple(s for s, _ in found)), "q", f"[{', '.join(text for _, text in found)}]")


@statement(1, lambda w: bool(w.named(Arr, fits=vector)))
def list_of_array(w: Writer) -> None:
    name = w.choose.pick(w.named(Arr, fits=vector))
    shape = Seq((NUM,) * w.shape(name).shape[0])
    with w.item() as inside:
        body = w.number(1)
    form = w.choose.pick(("list({2})", "[{0} for {1} in {2}]", "[{0} for {1} in {2}]"))
    w.assign(shape, "q", form.format(body, inside, name))


@statement(1)
def start_bag(w: Writer) -> None:
    w.assign(BAG, "b", f"[{w.number(1)}]")


@statement(5, lambda w: any(not w.cells[n].busy for n in w.named(Bag)))
def append_to_bag(w: Writer) -> None:
    name = w.choose.pick([n for n in w.named(Bag) if not w.cells[n].busy])
    forms = ["{}.append({})", "{}.insert(0, {})"]
    if w.cells[name].level >= w.floor:
        forms.append("{} += [{}]")
    form = w.choose.pick(forms)
    w.put(form.format(name, bounded(w, w.number(1))))


@statement(1, lambda w: any(not w.cells[n].busy for n in w.named(Bag)))
def pop_from_bag(w: Writer) -> None:
    name = w.choose.pick([n for n in w.named(Bag) if not w.cells[n].busy])
    w.put(f"if len({name}) > 1:")
    w.put(f"    {name}.pop()")


def lists(w: Writer) -> list[str]:
    return w.named(Seq, fits=lambda s: s.mutable and NUM in s.items)


@statement(4, lambda w: bool(lists(w)))
def set_item(w: Writer) -> None:
    name = w.choose.pick(lists(w))
    place = name + w.choose.pick(numbers_in(w.shape(name)))
    write(w, place, w.number(1))


def resizable(w: Writer) -> list[str]:
    """Lists that may grow here: made in this block, and in nothing else."""
    return [n for n in w.named(Seq, fits=lambda s: s.mutable) if free(w, w.cells[n])]


def free(w: Writer, cell: Cell) -> bool:
    return cell.level == w.level and cell.sized and not cell.busy


@statement(3, lambda w: bool(resizable(w)))
def grow(w: Writer) -> None:
    cell = w.cells[w.choose.pick(resizable(w))]
    name = next(n for n, c in w.cells.items() if c is cell)
    items = cell.shape.items
    shape, value = part(w)
    how = w.choose.integer(0, 3)
    if how == 3 and len(items) > 1 and items[-1] == NUM:
        target = w.fresh("a")
        w.put(f"{target} = {name}.pop()")
        w.bind(target, NUM)
        cell.shape = Seq(items[:-1])
    elif how == 2:
        w.put(f"{name}.insert(0, {value})")
        cell.shape = Seq((shape, *items))
    else:
        w.put(f"{name}.append({value})" if how else f"{name} += [{value}]")
        cell.shape = Seq((*items, shape))


@statement(2, lambda w: bool(w.named(Seq, Table, Bag)))
def second_name(w: Writer) -> None:
    """A second name for a list or dict; both see what happens to it."""
    name = w.choose.pick(w.named(Seq, Table, Bag))
    other = w.fresh(name[0])
    w.put(f"{other} = {name}")
    w.cells[other] = w.cells[name]


@statement(2, lambda w: bool(w.named(Seq)))
def unpack(w: Writer) -> None:
    name = w.choose.pick(w.named(Seq))
    items = w.shape(name).items
    names = [w.fresh("a" if item == NUM else "v") for item in items]
    if not names or not all(isinstance(item, Num | Arr) for item in items):
        w.put("pass")
        return
    w.put(f"{', '.join(names)}{',' if len(names) == 1 else ''} = {name}")
    for new, item in zip(names, items, strict=True):
        w.bind(new, item)


@statement(2)
def make_dict(w: Writer) -> None:
    found = {key: part(w) for key in ("x", "y", "z")[: w.choose.integer(1, 3)]}
    display = "{" + ", ".join(f'"{key}": {value}' for key, (_, value) in found.items()) + "}"
    if w.choose.chance(20):
        display = f"dict({', '.join(f'{key}={value}' for key, (_, value) in found.items())})"
    w.assign(Table(tuple((key, shape) for key, (shape, _) in found.items())), "d", display)


@statement(3, lambda w: bool(w.named(Table)))
def set_key(w: Writer) -> None:
    name = w.choose.pick(w.named(Table))
    items = dict(w.shape(name).items)
    old = [key for key, item in items.items() if item == NUM]
    cell = w.cells[name]
    if free(w, cell) and (not old or w.choose.chance(40)):
        key = w.choose.pick(("u", "w", "x"))
        w.put(f'{name}["{key}"] = {w.number(1)}')
        cell.shape = Table(tuple({**items, key: NUM}.items()))
    elif old:
        write(w, f'{name}["{w.choose.pick(old)}"]', w.number(1))
    else:
        w.put("pass")


@statement(3, lambda w: any(h.writes for h in w.helpers) and bool(w.named(Arr)))
def call_that_writes(w: Writer) -> None:
    """A call for what it does to an array that it is given."""
    helper = next(h for h in w.helpers if h.writes)
    fitting = [n for n in w.named(Arr) if w.shape(n) == helper.params[0][1]]
    if fitting:
        w.put(f"{helper.name}({w.choose.pick(fitting)}, {w.number(1)})")
    else:
        w.put("pass")
