"""Writes in place by functions and methods, through views, and of what an array holds itself."""

from fuzz.statements import augment, bounded, write
from fuzz.writer import NUM, Arr, Num, Writer, matrix, vector, writes
from fuzz.writer import STATEMENTS as statement


@statement(3, writes())
def by_function(w: Writer) -> None:
    """Functions that write into the array that they are given."""
    name = w.choose.pick(w.writable())
    shape = w.shape(name).shape
    forms = [
        f"np.copyto({name}, {w.number(1)}, where={name} > {w.threshold()})",
        f"np.putmask({name}, {name} > {w.threshold()}, {w.number(1)})",
        f"np.place({name}, {name} < {w.threshold()}, [{w.number(1)}])",
        f"np.put({name}, [0, 1], {w.array((2,), 0)})",
        f"{name}.fill({w.number(1)})",
    ]
    if len(shape) == 2:
        forms.append(f"np.fill_diagonal({name}, {w.number(1)})")
    w.put(w.choose.pick(forms))


@statement(2, writes(vector))
def by_ufunc_at(w: Writer) -> None:
    name = w.choose.pick(w.writable(vector))
    last = w.shape(name).shape[0] - 1
    how = w.choose.pick(("np.subtract.at", "np.add.at", "np.add.at"))
    value = w.array((3,), 0)
    w.put(f"{how}({name}, np.array([0, {last}, 0]), {value})")


@statement(3, writes(vector))
def out_of_part(w: Writer) -> None:
    """A function that stores into a part of the array that it may read, too."""
    name = w.choose.pick(w.writable(vector))
    size = w.shape(name).shape[0] - 1
    if size < 1:
        w.put(f"np.sin({name}, out={name})")
        return
    forms = (
        f"np.subtract({name}[1:], {name}[:-1], out={name}[1:])",
        f"np.add({name}[:-1], {w.array((size,), 0)}, out={name}[:-1])",
        f"np.multiply({name}[1:], {w.number(1)}, out={name}[:-1])",
        f"np.cos({name}, out={name})",
        f"np.negative({name}, {name})",
    )
    w.put(w.choose.pick(forms))


@statement(4, writes(vector))
def overlapping(w: Writer) -> None:
    """A vector gets what it holds itself, in another order or place."""
    name = w.choose.pick(w.writable(vector))
    one, two = w.index(w.shape(name).shape[0]), w.index(w.shape(name).shape[0])
    forms = (
        f"{name}[1:] = {name}[:-1]",
        f"{name}[:] = {name}[::-1]",
        f"{name}[:-1] += 0.5 * {name}[1:]",
        f"{name}[1:] *= np.cos({name}[:-1])",
        f"{name}[{one}], {name}[{two}] = {name}[{two}], {w.number(1)}",
        f"{name}[{one}], {name}[{two}] = {name}[{two}], {name}[{one}]",
        f"{name}[1:], {name}[0] = {name}[:-1].copy(), {w.number(1)}",
    )
    w.put(w.choose.pick(forms))


@statement(3, writes(matrix))
def through_view(w: Writer) -> None:
    """A write through an expression that is a view of a matrix."""
    name = w.choose.pick(w.writable(matrix))
    rows, columns = w.shape(name).shape
    forms = (
        (f"{name}.T[0]", (rows,)),
        (f"{name}.T[...]", (columns, rows)),
        (f"{name}.flat[{w.index(rows * columns)}]", ()),
        (f"{name}.reshape(-1)[1:]", (rows * columns - 1,)),
        (f"{name}[:, ::-1][0]", (columns,)),
        (f"{name}[{w.index(rows)}][{w.index(columns)}]", ()),
        (f"{name}[{[0, rows - 1]}, {[columns - 1, 0]}]", (2,)),
        (f"{name}[:, [0]]", (rows, 1)),
    )
    place, shape = w.choose.pick(forms)
    write(w, place, w.array(shape, 1) if shape and shape[-1] > 1 else w.number(1))


@statement(3, writes(matrix))
def rows_and_columns(w: Writer) -> None:
    """A matrix or vector changed by what is spread over it, or was gathered from it."""
    name = w.choose.pick(w.writable(matrix))
    rows, columns = w.shape(name).shape
    forms = [
        f"{name} *= {w.array((columns,), 0)}",
        f"{name} += {w.array((rows,), 0)}[:, None]",
        f"{name} -= {name}.mean(axis=0)",
        f"{name} /= 2.0 + np.sum({name} * {name}, axis=1)[:, None]",
        f"{name}[:] = {w.array((columns,), 1)}",
        f"{name}[{name} > {w.threshold()}] *= 0.5",
    ]
    if rows == columns:
        forms.append(f"{name} @= np.cos({w.array((rows, rows), 0)})")
    w.put(w.choose.pick(forms))


@statement(3, writes(vector))
def rescaled(w: Writer) -> None:
    """A vector changed by a number that was gathered from it, in turns of a loop too."""
    name = w.choose.pick(w.writable(vector))
    forms = (
        f"{name} -= {name}.mean()",
        f"{name} /= 2.0 + np.sum({name} * {name})",
        f"{name} *= 1.0 / (1.5 + {name}[0] ** 2)",
        f"{name} += 0.1 * np.cumsum({name})",
        f"{name}[:] = 0.5 * {name} + {w.number(1)}",
        f"{name} **= 2",
        f"{name}[np.argsort({name})] *= np.cos({w.array(w.shape(name).shape, 0)})",
        f"{name}[{name} > {w.threshold()}] -= {w.number(1)}",
    )
    w.put(w.choose.pick(forms))


@statement(2, lambda w: bool(w.loops and w.own(Num) and w.writable(vector)))
def recorded(w: Writer) -> None:
    """What a loop carries is spread over an array, and gathered from it."""
    name, number = w.choose.pick(w.writable(vector)), w.choose.pick(w.own(Num))
    w.put(f"{name} {w.choose.pick(('+=', '-='))} {number}")
    w.put(f"{number} = {bounded(w, f'{number} + np.sum({name})')}")
    w.bind(number, NUM)


@statement(2, writes(vector))
def by_entries(w: Writer) -> None:
    """A loop over the positions of a vector, each from the one before."""
    name = w.choose.pick(w.writable(vector))
    size = w.shape(name).shape[0]
    k = w.fresh("j")
    w.put(f"for {k} in range(1, {size}):")
    with w.block():
        augment(w, f"{name}[{k}]", f"{name}[{k} - 1]")
        if w.choose.chance(30):
            w.put(f"if {name}[{k}] > {w.threshold()}:")
            w.put(f"    {w.choose.pick(('break', 'continue'))}")
            w.put(f"{name}[0] += 0.5 * {name}[{k}]")


@statement(2, lambda w: len(w.writable()) >= 1)
def one_of_two(w: Writer) -> None:
    """A name for one of two arrays; which one, a test decides."""
    one = w.choose.pick(w.writable())
    shape = w.shape(one)
    two = w.choose.pick(w.writable(lambda s: s == shape))
    other = w.choose.pick((two, f"{two} * 0.5"))
    name = w.fresh("u" if vector(shape) else "m")
    w.put(f"{name} = {one} if {w.condition()} else {other}")
    w.bind(name, Arr(shape.shape))


@statement(1, lambda w: bool(w.named(Arr)))
def fixed_view(w: Writer) -> None:
    """A view that cannot be written to, and sees what is written to its array."""
    name = w.choose.pick(w.named(Arr))
    shape = w.shape(name).shape
    if len(shape) == 1:
        new = (2, shape[0])
        w.assign(Arr(new, fixed=True), "m", f"np.broadcast_to({name}, {new})")
        return
    forms = [(f"np.diag({name})", (min(shape),)), (f"{name}.diagonal()", (min(shape),))]
    text, new = w.choose.pick([*forms, (f"np.broadcast_to({name}[0], {shape})", shape)])
    w.assign(Arr(new, fixed=True), "u" if len(new) == 1 else "m", text)
