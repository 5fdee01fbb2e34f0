"""Dicts of numbers that get keys and lose them, and what is gathered in dicts of lists."""

from fuzz.blocks import loop, loops
from fuzz.scalars import walked
from fuzz.statements import augment, bounded
from fuzz.writer import LEAVES as leaf
from fuzz.writer import NUM, NUMBERS, Growing, Int, Writer, has
from fuzz.writer import STATEMENTS as statement


@statement(3)
def start_dict(w: Writer) -> None:
    name = w.fresh("d")
    sure = w.choose.pick((("a",), ("a", "b"), ()))
    with w.item() as inside:
        part = w.number(1)
    walks = walked(w)
    if walks and w.choose.chance(25):
        over = w.choose.pick(walks)
        test = f" if {inside} > {w.threshold()}" if w.choose.chance(40) else ""
        value = f"{{k: {part} for k, {inside} in zip('abc', {over}){test}}}"
        sure = () if test else ("a",)
    else:
        value = "{" + ", ".join(f'"{key}": {w.number(1)}' for key in sure) + "}"
    w.put(f"{name} = {value}")
    w.bind(name, Growing(sure))


def free(w: Writer, *_) -> list[str]:
    return [n for n in w.named(Growing) if not w.cells[n].busy]


def key(w: Writer) -> str:
    """A key, written out or chosen by a counter or a test."""
    options = ['"a"', '"b"', '"c"']
    options += [f'"abc"[{n} % 3]' for n in w.named(Int) if w.shape(n).low >= 0][:2]
    if w.choose.chance(20):
        return f'("a" if {w.condition()} else "b")'
    return w.choose.pick(options)


@statement(7, lambda w: bool(free(w)))
def change_dict(w: Writer) -> None:
    name, k = w.choose.pick(free(w)), key(w)
    other = w.fresh("a")
    forms = (
        f"{name}[{k}] = {name}.get({k}, 0.0) + {bounded(w, w.number(1))}",
        f"{name}[{k}] = {bounded(w, w.number(1))}",
        f"{name}.setdefault({k}, {w.number(1)})",
        f"{other} = {name}.setdefault({k}, {w.number(1)})",
        f"{other} = {name}.pop({k}, {w.number(1)})",
        f"{name}.update(b={w.number(0)})",
        f'{name}.update({{"c": {w.number(0)}, "a": {w.number(0)}}})',
        f"{name} |= {{{k}: {w.number(0)}}}",
    )
    how = w.choose.integer(0, len(forms) - 1)
    w.put(forms[how])
    if how in (3, 4):
        w.bind(other, NUM)
    if how == 4:
        for cell in w.cells.values():
            if isinstance(cell.shape, Growing):
                cell.shape = Growing(())


@statement(2, lambda w: bool(free(w)))
def counted(w: Writer) -> None:
    """Keys that come again in a loop."""
    name, k = w.choose.pick(free(w)), w.fresh("k")
    keys = w.choose.pick(('"aba"', '["a", "c", "a"]', '("b", "a")'))
    w.put(f"for {k} in {keys}:")
    with w.block():
        how = w.choose.integer(0, 2)
        if how == 0:
            w.put(f"{name}[{k}] = 0.5 * {name}.get({k}, 0.3) + {w.number(1)}")
        elif how == 1:
            w.put(f"if {k} not in {name}:")
            w.put(f"    {name}[{k}] = {w.number(1)}")
            augment(w, f"{name}[{k}]", w.number(0))
        else:
            w.put(f"{name}.setdefault({k}, {w.number(0)})")
            w.put(f"{name}[{k}] *= 0.5")


@statement(3, lambda w: loops(w) and bool(w.named(Growing)))
def for_dict(w: Writer) -> None:
    over = w.choose.pick(w.named(Growing))
    k, t = w.fresh("k"), w.fresh("t")

    def change() -> None:
        if w.choose.chance(50):
            augment(w, f"{over}[{k}]", w.number(0))

    if w.choose.chance(30):
        loop(w, f"for {t} in {over}.values():", {t: NUM}, over)
    elif w.choose.chance(30):
        loop(w, f"for {k} in {over}:", {}, over, first=change)
    else:
        loop(w, f"for {k}, {t} in {over}.items():", {t: NUM}, over, first=change)


@statement(2, has(Growing))
def made_of_dict(w: Writer) -> None:
    over, k = w.choose.pick(w.named(Growing)), w.fresh("k")
    with w.item() as inside:
        part = w.number(1)
    test = f" if {inside} > {w.threshold()}" if w.choose.chance(30) else ""
    forms = (
        f"{{{k}: {part} for {k}, {inside} in {over}.items(){test}}}",
        f"dict({over})",
        f"{over}.copy()",
        f'{{**{over}, "b": {w.number(0)}}}',
        f"{{{k}: {over}[{k}] * 0.5 for {k} in {over}}}",
    )
    new = w.fresh("d")
    w.put(f"{new} = {w.choose.pick(forms)}")
    w.bind(new, Growing(()))


@statement(1, has(Growing))
def second_dict(w: Writer) -> None:
    name, other = w.choose.pick(w.named(Growing)), w.fresh("d")
    w.put(f"{other} = {name}")
    w.cells[other] = w.cells[name]


@statement(2, lambda w: bool(walked(w)))
def grouped(w: Writer) -> None:
    """Numbers in lists by what they are."""
    over, groups, t, new = w.choose.pick(walked(w)), w.fresh("g"), w.fresh("t"), w.fresh("a")
    w.put(f"{groups} = {{}}")
    w.put(f"for {t} in {over}:")
    k = f'"high" if {t} > {w.threshold()} else "low"'
    with w.item() as inside:
        w.put(f"    {groups}.setdefault({k}, []).append({w.number(1).replace(inside, t)})")
    form = w.choose.pick(("sum(q)", "q[-1]", "q[0] * 0.5", "max(q)", "len(q) * q[0]"))
    w.put(f"{new} = sum({form} for q in {groups}.values())")
    w.bind(new, NUM)


@leaf(4, has(Growing))
def looked_up(w, depth):
    name = w.choose.pick(w.named(Growing))
    forms = [f"{name}.get({key(w)}, {w.literal()})", f"sum({name}.values())"]
    forms += [f'{name}["{k}"]' for k in w.shape(name).sure]
    forms += [f'({name}["b"] if "b" in {name} else {w.literal()})', f"0.25 * len({name})"]
    return w.choose.pick(forms)


@NUMBERS(1, has(Growing))
def over_values(w, depth):
    name = w.choose.pick(w.named(Growing))
    with w.item() as inside:
        part = w.number(depth - 1)
    forms = ("sum({1} for {0} in {2}.values())", 'sum({1} for k, {0} in {2}.items() if k != "a")')
    return w.choose.pick(forms).format(inside, part, name)
