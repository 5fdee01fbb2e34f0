"""Tests that are decided the same way in a neighbourhood of the point."""

from fuzz.writer import CONDITIONS as conditions
from fuzz.writer import Bag, Int, has


@conditions(6)
def comparison(w):
    return f"{w.number(1)} {w.choose.pick('><')} {w.threshold()}"


@conditions(3, has(Int))
def counted(w):
    name = w.choose.pick(w.named(Int))
    return w.choose.pick(("{} == 1", "{} % 2 == 0", "{} > 0", "{} != 2")).format(name)


@conditions(1)
def both(w):
    how = w.choose.pick(("and", "or"))
    return f"({w.number(1)} > {w.threshold()} {how} {w.number(1)} < {w.threshold()})"


@conditions(1)
def negated(w):
    return f"not {w.number(1)} > {w.threshold()}"


@conditions(1)
def chained(w):
    return f"-0.6173 < {w.number(1)} < 1.1319"


@conditions(1, has(Bag))
def length(w):
    return f"len({w.choose.pick(w.named(Bag))}) > 2"
