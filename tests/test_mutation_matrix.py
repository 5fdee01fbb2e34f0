"""Writes in place, by what is written, what it is written through, and where: right or refused.

Each program is put together from three templates. Its value must be NumPy's own, bit by bit; its
forward derivative that of differences; the reverse one its transpose; its second derivative that
of the gradient's differences. A refusal must be one of ours, with a line. `python
test_mutation_matrix.py` runs all combinations and counts; the tests run a sample in which each
write meets each target, and each context.
"""

from __future__ import annotations

import copy
import linecache
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import oracles
import pytest

import srcxform as sx

# What is written: `t` is a vector of at least four numbers, `x` holds four.
WRITES = {
    "item": "t[1] = x[0] * x[1]",
    "item from the end": "t[-1] = x[0] * x[1] + t[0]",
    "slice": "t[1:3] = x[:2] * t[0]",
    "slice by itself": "t[1:4] = t[0:3] * x[3]",
    "backwards": "t[:] = t[::-1] * x[0]",
    "mask": "t[t > 0.3] = x[1] * x[2]",
    "index array": "t[[0, 2]] = x[1:3]",
    "repeated index": "t[np.array([0, 2, 0])] = x[:3]",
    "add": "t += x[0]",
    "add to slice": "t[1:3] += x[:2] * x[2]",
    "subtract": "t -= x[0] * t",
    "multiply": "t *= x[1]",
    "multiply item": "t[2] *= x[1] * t[1]",
    "divide": "t /= 2.0 + x[3]",
    "divide mask": "t[t < 0.3] /= x[0] + 2.0",
    "power": "t **= 2",
    "floor": "t //= 0.37",
    "matrix": "m = t[:4].reshape(2, 2)\nm @= np.outer(x[:2], x[2:])",
    "out": "np.multiply(t, x[0], out=t)",
    "out of a slice": "np.add(t[:2], x[:2], out=t[2:4])",
    "add.at": "np.add.at(t, [0, 2, 0], x[:3])",
    "subtract.at": "np.subtract.at(t, np.array([1, 1]), x[:2] * x[2])",
    "fill_diagonal": "m = t[:4].reshape(2, 2)\nnp.fill_diagonal(m, x[0] * x[1])",
    "put": "np.put(t, [0, 3], x[:2])",
    "copyto": "np.copyto(t[:4], x)",
    "copyto where": "np.copyto(t[:4], x, where=t[:4] > 0.3)",
    "place": "np.place(t, t > 0.3, x[0] * x[1])",
    "putmask": "np.putmask(t, t > 0.3, x[2])",
    "fill": "t.fill(x[0] * x[1])",
    "sort": "t.sort()",
    "flat": "t.flat[1] = x[0] * x[1]\nt.flat[2] *= x[2]",
    "exchange": "t[0], t[2] = t[2], t[0] * x[1]",
    "transposed part": "t[:4].reshape(2, 2).T[...] += x[:2]",
    "out overlapping": "np.subtract(t[1:4], t[:3], out=t[1:4])",
    "out by position": "np.negative(t, t)",
    "out where": "np.multiply(t, x[0], out=t, where=t > 0.3)",
    "part of a split": "u, w = np.split(t[:4], 2)\nu *= x[:2]\nw[0] = u[1]",
    "row in a list": "r = list(t[:4].reshape(2, 2))\nr[0][1] = x[0] * x[1]\nr[1] += r[0]",
    "slice with a name": "s1 = slice(1, 4)\nt[s1] *= x[0]",
    "item by Ellipsis": "y = t[..., 1]\ny *= x[0]",
}

# What it is written through: `a` is the storage, `p` an argument of eight numbers.
TARGETS = {
    "argument": "a = p\nt = a",
    "local": "a = p * x[0]\nt = a",
    "view": "a = p * x[0]\nt = a[1:6]",
    "reshaped": "a = p * x[0]\nt = a.reshape(2, 4)[1]",
    "transposed": "a = p.reshape(4, 2) * x[0]\nt = a.T[1]",
    "strided": "a = p * x[0]\nt = a[::-2]",
    "second name": "a = p * x[0]\nb = a\nt = b\nb[0] = x[1]",
    "overlapping": "a = p * x[0]\nt = a[:5]\nu = a[2:]\nu[0] *= x[1]",
}

CONTEXTS = {
    "line": "{write}",
    "loop": "for k in range(2):\n    {write}\n    s = s + np.sum(t) * (k + 1)",
    "branch": "if x[0] > 0.0:\n    {write}\nelse:\n    a *= 2.0",
    "callee": "write(t, x)",
}

PROGRAM = """
def write(t, x):
{inner}

def program(x, p):
{target}
    s = np.sum(np.sin(a))
{context}
    return s + np.sum(a * a * a) + np.sum(t * x[0])
"""

# Lists, dicts and attributes: `t` is what changes, `h` holds it.
CONTAINER_WRITES = {
    "list item": ("[x[0], x[1] * 1.0, 0.5]", "t[1] = x[0] * x[2]", "t[0] * t[1] + t[2]"),
    "list *=": ("[x[0], x[1] * 1.0, 0.5]", "t[1] *= x[0]", "t[0] * t[1] + t[2]"),
    "list append": ("[x[0], x[1]]", "t.append(x[2] * t[0])", "t[-1] * t[1]"),
    "list extend": ("[x[0], x[1]]", "t += [x[2], t[0] * x[3]]", "t[-1] * t[1] + t[2]"),
    "list slice": ("[x[0], x[1], x[2]]", "t[:2] = [t[1] * x[3], x[0]]", "t[0] * t[1]"),
    "list pop": ("[x[0], x[1], x[2], x[3]]", "y = t.pop(0)\nt[0] *= y", "t[0] * t[1]"),
    "list sort": ("[x[0], x[1], x[2], x[3]]", "t.sort()", "t[0] * t[1] + t[3] ** 2"),
    "arrays in list": ("[x * 2.0, x[1]]", "t[0][1] = x[0] * t[1]", "np.sum(t[0] ** 2)"),
    "dict item": ("{'a': x[0], 'b': x[1]}", "t['a'] = t['b'] * x[2]", "t['a'] * t['b']"),
    "dict *=": ("{'a': x[0], 'b': x * 1.0}", "t['b'] *= t['a']", "np.sum(t['b'] ** 2)"),
    "dict key": ("{'a': x[0]}", "t['c'] = t['a'] * x[2]", "t['a'] * t['c']"),
    "dict update": ("{'a': x[0]}", "t.update(a=x[1] * t['a'], z=x[2])", "t['a'] * t['z']"),
    "attribute": ("Box(x[0], x[1])", "t.u = t.v * x[2]", "t.u * t.v"),
    "attribute *=": ("Box(x[0], x * 1.0)", "t.v *= t.u", "np.sum(t.v ** 2) * t.u"),
}
HOLDERS = {
    "local": "t = {made}\nh = t",
    "second name": "h = {made}\nt = h",
    "in a list": "outer = [{made}, 1.0]\nh = outer[0]\nt = outer[0]",
    "in a dict": "outer = {{'k': {made}}}\nh = outer['k']\nt = outer['k']",
    "in a tuple": "outer = ({made}, x[0])\nt, _ = outer\nh = outer[0]",
}
CONTAINER_CONTEXTS = {
    "line": "{write}",
    "loop": "for k in range(2):\n    {write}",
    "branch": "if x[0] > 0.0:\n    {write}",
    "callee": "write(t, x)",
}
CONTAINER_PROGRAM = """
def write(t, x):
{inner}

def program(x, p):
{target}
{context}
    y = {read}
    t = h
    return np.sum(p) * y + {read}
"""


class Box:
    """An object with two attributes."""

    def __init__(self, u: Any, v: Any) -> None:
        self.u = u
        self.v = v


@dataclass(frozen=True)
class Case:
    """One program of the matrix."""

    name: str
    source: str

    def function(self) -> Callable[..., Any]:
        """Compile the program, so that its source is found."""
        file = f"<{self.name}>"
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(True), file)
        scope: dict[str, Any] = {"np": np, "Box": Box, "__name__": "matrix"}
        exec(compile(self.source, file, "exec"), scope)
        return scope["program"]  # type: ignore[no-any-return]


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines()).rstrip("\n")


def put_in(context: str, write: str) -> str:
    """Put a write, which may have several lines, into its context."""
    lines = []
    for line in context.splitlines():
        if "{write}" in line:
            lead = line[: line.index("{")]
            lines += [lead + part for part in write.splitlines()]
        else:
            lines.append(line)
    return indented("\n".join(lines))


def array_cases() -> Iterator[tuple[tuple[str, str, str], Case]]:
    for write, what in WRITES.items():
        for target, setup in TARGETS.items():
            for context, frame in CONTEXTS.items():
                source = PROGRAM.format(
                    inner=indented(what), target=indented(setup), context=put_in(frame, what)
                )
                yield (write, target, context), Case(f"{write}, {target}, {context}", source)


def container_cases() -> Iterator[tuple[tuple[str, str, str], Case]]:
    for write, (made, what, read) in CONTAINER_WRITES.items():
        for target, setup in HOLDERS.items():
            for context, frame in CONTAINER_CONTEXTS.items():
                source = CONTAINER_PROGRAM.format(
                    inner=indented(what), target=indented(setup.format(made=made)),
                    context=put_in(frame, what), read=read,
                )  # fmt: skip
                yield (write, target, context), Case(f"{write}, {target}, {context}", source)


def arguments() -> tuple[Any, Any]:
    return np.array([0.7, 0.4, 0.9, 0.2]), np.array([0.5, 0.1, 0.8, 0.35, 0.6, 0.25, 0.9, 0.45])


def verdict(case: Case) -> str:
    """Say "right" or "refused"; anything else is a fault."""
    function = case.function()
    directions = tuple(oracles.random_like(k, part) for k, part in enumerate(arguments(), 5))
    try:
        out, out_dot = sx.jvp(function, arguments(), directions)
        value, pullback = sx.vjp(function, *arguments())
        bars = pullback(1.0)
        again = pullback(1.0)
        gradient = sx.grad(function, argnums=(0, 1))
        _, curved = sx.jvp(gradient, arguments(), directions)
    except sx.errors.SrcxformError as error:
        return "refused" if case.name in str(error) else f"refused without its line: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    expected = function(*arguments())
    if not (out == expected and value == expected):
        return f"value {out}, {value} for {expected}"
    truth = oracles.richardson_jvp(function, arguments(), (0, 1), directions)
    if not oracles.close(out_dot, truth, 1e-8):
        return f"forward {out_dot} for {truth}"
    product = sum(float(np.sum(bar * dot)) for bar, dot in zip(bars, directions, strict=True))
    if not oracles.close(product, out_dot, 1e-11):
        return f"reverse {product} for {out_dot}"
    if not all(np.array_equal(a, b) for a, b in zip(bars, again, strict=True)):
        return "a second pullback differs"
    change = oracles.richardson_jvp(gradient, copy.deepcopy(arguments()), (0, 1), directions)
    if not oracles.close(curved, change, 1e-7):
        return f"second {curved} for {change}"
    return "right"


def sample() -> list[Case]:
    """Each write with each target once, in contexts by turns: a few of them."""
    chosen = []
    for cases in (array_cases(), container_cases()):
        table = {}
        for key, case in cases:
            table[key] = case
        writes, targets, contexts = (list(dict.fromkeys(k[i] for k in table)) for i in range(3))
        for i, write in enumerate(writes):
            for step in range(2):
                target = targets[(i + step * 3) % len(targets)]
                context = contexts[(i // 2 + step) % len(contexts)]
                chosen.append(table[write, target, context])
    return chosen


@pytest.mark.parametrize("case", sample(), ids=lambda case: case.name)
def test_right_or_refused(case: Case) -> None:
    found = verdict(case)
    assert found in ("right", "refused"), f"{found}\n{case.source}"


def main() -> None:
    chosen = sys.argv[1:]
    counts: dict[str, int] = {}
    for _, case in [*array_cases(), *container_cases()]:
        if all(part in case.name for part in chosen):
            found = verdict(case)
            kind = found if found in ("right", "refused") else "wrong"
            counts[kind] = counts.get(kind, 0) + 1
            if found != "right":
                print(f"{case.name}: {found}", flush=True)
    print(counts)


if __name__ == "__main__":
    main()
