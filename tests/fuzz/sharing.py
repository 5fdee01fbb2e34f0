"""Names of one array: through functions, swaps and views of every kind, and writes by each."""

from fuzz.statements import bounded, write
from fuzz.writer import ARRAYS, NUM, Arr, Num, Writer, matrix, vector, writes
from fuzz.writer import STATEMENTS as statement


def pair(w: Writer) -> tuple[str, str]:
    """Two names of vectors of one length, which may be the same or share memory."""
    one = w.choose.pick(w.writable(vector))
    return one, w.choose.pick(w.writable(lambda s: s == w.shape(one)))


@statement(4, writes(vector))
def view_by_function(w: Writer) -> None:
    """A function gives back a view of what it is given, or the same array, or one of two."""
    one, two = pair(w)
    size = w.shape(one).shape[0]
    forms = [(f"same({one})", size), (f"longer({one}, {two})", size), (f"scaled({one}, 0.8)", size)]
    forms += [(f"tail({one})", size - 1)] if size > 1 else []
    forms += [(f"backwards({one})", size), (f"longer({one}, {two}.copy())", size)]
    text, new = w.choose.pick(forms)
    if w.choose.chance(60):
        w.assign(Arr((new,)), "u", text)
    else:
        write(w, f"{text}[{w.index(new)}]", w.number(1))


@statement(3, writes(vector))
def mixed_by_function(w: Writer) -> None:
    """A function writes into two arrays that may be one."""
    one, two = pair(w)
    forms = [f"mix({one}, {two})", f"mix({one}[::-1], {two})", f"mix({one}, {one}.copy())"]
    forms += [f"mix({one}[1:], {two}[:-1])"] if w.shape(one).shape[0] > 2 else []
    w.put(w.choose.pick(forms))


def several(w: Writer) -> list[str]:
    return [n for n in w.own(Arr) if not w.shape(n).fixed and not w.cells[n].busy]


@statement(4, lambda w: len(several(w)) >= 1)
def swap_arrays(w: Writer) -> None:
    """Two names change places, or one becomes a new array."""
    one = w.choose.pick(several(w))
    shape = w.shape(one)
    others = [n for n in several(w) if w.shape(n) == shape and n != one]
    if not others:
        other = w.fresh("u" if vector(shape) else "m")
        w.put(f"{other} = {w.choose.pick((f'{one}.copy()', f'0.5 * {one}', one))}")
        w.bind(other, shape)
        return
    other = w.choose.pick(others)
    new = w.choose.pick((one, one, f"0.5 * {one}", bounded(w, w.array(shape.shape, 1))))
    w.put(f"{one}, {other} = {other}, {new}")
    w.bind(one, shape)
    w.bind(other, shape)


@statement(3, lambda w: len(w.writable()) >= 1)
def one_or_other(w: Writer) -> None:
    """A name for one of two arrays by a branch, then a write by it."""
    one = w.choose.pick(w.writable())
    shape = w.shape(one)
    two = w.choose.pick(w.writable(lambda s: s == shape))
    name = w.fresh("u" if vector(shape) else "m")
    second = w.choose.pick((two, two, f"{two}.copy()", f"{two}[::-1]"))
    w.put(f"{name} = {one}")
    w.put(f"if {w.condition()}:")
    w.put(f"    {name} = {second}")
    w.bind(name, shape)
    place = f"{name}[{', '.join(w.index(n) for n in shape.shape)}]"
    write(w, place, w.number(1))


@statement(3, writes(vector))
def masked(w: Writer) -> None:
    one, two = pair(w)
    size = w.shape(one).shape[0]
    first, last = w.index(size), w.index(size)
    t = w.threshold()
    forms = (
        f"{one}[{one} > {t}] = {two}[{one} > {t}]",
        f"{one}[{two} > {t}] *= {w.number(0)}",
        f"{one}[({one} > {t}) & ({two} < 1.1319)] += {w.number(1)}",
        f"{one}[~({two} > {t})] = {w.number(1)}",
        f"np.add({one}, {w.number(1)}, out={one}, where={two} > {t})",
        f"np.multiply({two}, {w.number(0)}, out={one}, where={one} > {t})",
        f"np.sin({two}, out={one}, where={one} > {t})",
        f"{one}[[0, {size - 1}, 0]] = {w.array((3,), 0)}",
        f"{one}[[0, {size - 1}, 0]] += {w.number(1)}",
        f"{one}[np.array([{first}, {last}])] *= {w.number(0)}",
        f"np.add.at({one}, [{first}, {last}, {first}], {two}[[0, 0, -1]])",
        f"{one}[np.argmax({two})] = {w.number(1)}",
        f"{one}[:] = np.where({one} > {t}, {two}, {w.number(1)})",
    )
    w.put(w.choose.pick(forms))


@statement(3, writes(matrix))
def masked_matrix(w: Writer) -> None:
    name = w.choose.pick(w.writable(matrix))
    rows, columns = w.shape(name).shape
    t = w.threshold()
    forms = (
        f"{name}[{name}[:, 0] > {t}] = {w.number(1)}",
        f"{name}[:, {name}[0] > {t}] *= 0.5",
        f"np.add.at({name}, ([0, {rows - 1}, 0], [1, 0, 1]), {w.number(1)})",
        f"np.add.at({name}, [0, 0], {w.array((columns,), 0)})",
        f"np.transpose({name})[0] += {w.number(1)}",
        f"np.ravel({name})[{w.index(rows * columns)}] = {w.number(1)}",
        f"np.swapaxes({name}, 0, 1)[-1] *= {w.number(0)}",
        f"{name}.reshape({columns}, {rows})[0, 1] = {w.number(1)}",
        f"np.maximum({name}, {t}, out={name})",
        f"{name}[[0, 1]] = {name}[[1, 0]]",
        f"{name}[np.diag_indices(2)] += {w.number(1)}",
        f"{name}[np.triu_indices(2, 1)] = {w.number(1)}",
        f"for r, c in zip({name}, {name}[::-1]):\n        {'    ' * w.level}r += 0.5 * c",
    )
    w.put(w.choose.pick(forms))


@statement(2, lambda w: bool(w.own(Num) and w.writable(vector)))
def number_of_array(w: Writer) -> None:
    """A number that was read before a write, and is used after it."""
    name, number = w.choose.pick(w.writable(vector)), w.choose.pick(w.own(Num))
    k = w.index(w.shape(name).shape[0])
    w.put(f"{number} = {name}[{k}]")
    w.put(f"{name}[{k}] = {bounded(w, w.number(1))}")
    w.bind(number, NUM)


@ARRAYS(2, lambda w, s, d: len(s) == 1 and bool(w.named(Arr, fits=vector)))
def chosen_entries(w, shape, depth):
    name = w.choose.pick(w.named(Arr, fits=vector))
    if w.shape(name).shape != shape:
        return w.array(shape, 0)
    other = w.array(shape, 0)
    forms = (
        f"{name}[np.argsort({other})]",
        f"np.where({name} > {other}, {name}, {other})",
        f"np.concatenate([{name}[{name} > {w.threshold()}], {name}[~({name} > {w.threshold()})]])"
        f"[:{shape[0]}]",
        f"np.take({name}, [{', '.join(w.index(shape[0]) for _ in range(shape[0]))}])",
        f"np.select([{name} > {w.threshold()}, {other} > {w.threshold()}], [{other}, {name}], 0.5)",
        f"np.array([max(s, t) for s, t in zip({name}, {other})])",
    )
    return w.choose.pick(forms)


SHARED = (
    ("same", "def same(v):\n    return v"),
    ("tail", "def tail(v):\n    return v[1:]"),
    ("backwards", "def backwards(v):\n    w = v[::-1]\n    w[0] *= 0.5\n    return w"),
    ("longer", "def longer(v, w):\n    if v[0] > w[-1]:\n        return v\n    return w"),
    ("scaled", "def scaled(v, a):\n    v *= a\n    return v"),
    ("mix", "def mix(v, w):\n    v[0] += 0.5 * w[-1]\n    w[0] *= np.cos(v[-1])\n    v -= 0.3 * w"),
)
