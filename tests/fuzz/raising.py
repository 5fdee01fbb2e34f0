"""Statements that raise: by a helper, by a division, by a key or position that is not there."""

from fuzz.blocks import arm, body, nests
from fuzz.statements import augment, bounded
from fuzz.writer import NUM, Arr, Bag, Growing, Int, Num, Writer, vector
from fuzz.writer import STATEMENTS as statement


def ways(w: Writer) -> list[tuple[str, str]]:
    """A number whose computation may raise, and what it raises."""
    found = [(f"checked({w.number(1)})", "ValueError"), (f"within({w.number(1)})", "Outside")]
    found *= 2
    found += [(f"0.5 / ({n} - 1) * {w.number(0)}", "ZeroDivisionError") for n in w.named(Int)[:1]]
    for name in w.named(Growing)[:1]:
        found.append((f'{name}["{w.choose.pick("abc")}"]', "KeyError"))
    for name in w.named(Bag)[:1]:
        found.append((f"{name}[{w.choose.pick('123')}]", "IndexError"))
    for name in w.named(Arr, fits=vector)[:1]:
        found += [(f"{name}[{n} + 1]", "IndexError") for n in w.named(Int)[:1]]
    return found


def handler(w: Writer, error: str) -> str:
    """Write which exceptions are caught."""
    wider = {"KeyError": "LookupError", "IndexError": "LookupError"}.get(error, "Exception")
    caught = w.choose.pick((error, error, error, error, wider, f"(KeyError, {error})"))
    return f"except {caught}{w.choose.pick(('', '', ' as error'))}:"


@statement(5, nests)
def attempt(w: Writer) -> None:
    """A number that is computed, or something else in its place."""
    value, error = w.choose.pick(ways(w))
    name = w.target(NUM, "a")
    w.put("try:")
    with w.block():
        if w.choose.chance(40):
            body(w, 1)
        w.put(f"{name} = {bounded(w, value)}")
        if w.choose.chance(40):
            body(w, 1)
    w.put(handler(w, error))
    with w.block():
        if w.choose.chance(40):
            body(w, 1)
        w.put(f"{name} = {w.number(1)}")
    if w.choose.chance(25):
        w.put("else:")
        arm(w)
    w.bind(name, NUM)
    if w.choose.chance(25):
        w.put("finally:")
        w.put(f"    {name} += {w.number(0)}")


@statement(3, lambda w: nests(w) and bool(w.own(Num)))
def attempt_in_place(w: Writer) -> None:
    """What has a value is changed, or the turn or the function is left.

    Writes into arrays may raise ValueError themselves, so that the error is one of ours.
    """
    value, error = w.choose.pick(ways(w)[1:])
    name = w.choose.pick(w.own(Num))
    w.put("try:")
    with w.block():
        augment(w, name, value)
        body(w, 1)
    w.put(handler(w, error))
    arm(w)
    w.bind(name, NUM)


@statement(2, lambda w: nests(w))
def raised_here(w: Writer) -> None:
    """A test raises, and the same function catches."""
    w.put("try:")
    with w.block():
        body(w, 1)
        w.put(f"if {w.condition()}:")
        w.put("    raise Outside(1.5)")
        body(w, 2)
    w.put(handler(w, "Outside"))
    arm(w)


OUTSIDE = """
class Outside(Exception):
    pass
"""

WITHIN = """
def within(a):
    if a < -0.2137:
        raise Outside(f"{a} is too small")
    return np.cos(a)
"""

CHECKED = """
def checked(a):
    if a > 0.3171:
        raise ValueError("too large")
    return 0.5 * a
"""
