"""Which names the result may depend on: a derivative of anything else is of no use.

The counterpart of activity, after the *useful* variables of Hascoet and Pascual, "The Tapenade
automatic differentiation tool" (2013). It does not follow the order of statements, so it errs on
the side of use: what leads to useful storage is useful, whenever it was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gast

from srcxform.analysis.aliasing import Aliasing, holds_storage, parts_of, writes_of
from srcxform.core import operations as op
from srcxform.kinds.lattice import Unknown
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import load_list, statements_in, stores

PLAIN = (
    op.Copy, op.Item, op.Field, op.Display, op.RuleCall, op.Listing, op.Seed, op.Joined, op.Still,
    op.Twins, op.Constant,
)  # fmt: skip


def usefulness(body: Block, lasting: Iterable[str], facts: Aliasing) -> set[str]:
    """Give the names that may lead to the result, or to what the names `lasting` share."""
    flows, ends = read_flows(body, facts)
    ends |= {name for name in lasting if holds_storage(facts.kinds.get(name, Unknown()))}
    return reached(ends, flows, facts)


def read_flows(body: Block, facts: Aliasing) -> tuple[list[tuple[str, list[str]]], set[str]]:
    """Give what goes into which name, and the names that count wherever they go."""
    flows: list[tuple[str, list[str]]] = []
    ends: set[str] = set()
    for statement in (s for line in body for s in statements_in(line)):
        match statement:
            case gast.If() | gast.While():
                pass  # a test is no number that a derivative passes
            case gast.Try(handlers=handlers):
                ends.update(n for h in handlers if h.type is not None for n in load_list(h.type))
            case gast.With(items=items):
                ends.update(n for item in items for n in load_list(item.context_expr))
            case gast.For(target=target, iter=iterable):
                flows += [(name, load_list(iterable)) for name in stores(target)]
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                assigned(name, value, facts, flows, ends)
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=source):
                flows += [(target.id, load_list(source)) for target in targets]
            case gast.Assign(
                targets=[gast.Subscript(value=gast.Name(id=base)) as target], value=value
            ):
                flows.append((base, [*load_list(value), *load_list(target)]))
            case gast.AugAssign(target=gast.Name(id=base), value=value):
                flows.append((base, load_list(value)))
            case gast.AugAssign(target=gast.Subscript(value=gast.Name(id=base)), value=value):
                flows.append((base, load_list(value)))
            case gast.Expr(value=value):
                effect(value, facts, flows, ends)
            case _:
                ends.update(load_list(statement))
    return flows, ends


def assigned(name: str, value: Node, facts: Aliasing, flows: list[Any], ends: set[str]) -> None:
    found = op.operation(value, facts.externals, facts.functions, facts.kinds)
    flows.append((name, load_list(value)))
    if isinstance(found, op.Method):
        effect(value, facts, flows, ends)
    elif isinstance(found, op.Apart):
        if writes_of(found.callee, facts.externals, facts.functions):
            ends.update([name, *load_list(value)])
    elif not isinstance(found, PLAIN):  # it may keep what it is given, or call the user's rules
        ends.update([name, *load_list(value)])


def effect(value: Node, facts: Aliasing, flows: list[Any], ends: set[str]) -> None:
    found = op.operation(value, facts.externals, facts.functions, facts.kinds)
    match found:
        case op.Method(base=gast.Name(id=base)):
            flows.append((base, load_list(value)))
        case op.AddAt(base=gast.Name(id=base)):
            flows.append((base, load_list(value)))
        case _:
            ends.update(load_list(value))


def reached(ends: set[str], flows: list[tuple[str, list[str]]], facts: Aliasing) -> set[str]:
    """Follow what flows where backward, through storage under any of its names."""
    into: dict[str, list[str]] = {}
    for name, sources in flows:
        into.setdefault(name, []).extend(sources)
    names = {*into, *facts.of_name, *(n for sources in into.values() for n in sources)}
    sharing: dict[int, list[str]] = {}
    for name in names:
        if holds_storage(facts.kinds.get(name, Unknown())):
            sharing.setdefault(id(facts.storage(name)), []).append(name)
    useful: set[str] = set()
    waiting = list(ends)
    while waiting:
        name = waiting.pop()
        if name in useful:
            continue
        useful.add(name)
        waiting += into.get(name, [])
        if holds_storage(facts.kinds.get(name, Unknown())):
            for part in parts_of(facts.storage(name)):
                waiting += sharing.get(id(part), [])
    return useful
