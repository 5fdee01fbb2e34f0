"""Drop tapes and arrays whose values nobody reads, though something is written into them.

A tape is read by `x = x_saved.pop()` and by `while x_saved:`; where all that is left of it are
saves and `x_saved.pop()` for its effect alone, it goes. So does an array that is made of zeros and
that all other statements only write into, like a gradient of which the derivative alone is wanted.
So does a dict that is only stored into: the tangent of a state that goes along with a result.
"""

from __future__ import annotations

from collections import Counter

import gast
import numpy as np

from srcxform.optimise.facts import Facts
from srcxform.optimise.purity import is_pure
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import store_list
from srcxform.syntax.visit import blocks, change_blocks, load_list, rewrite, spine, statements_in


def unread_tapes(block: Block, facts: Facts) -> Block:
    """Give the block without the tapes and the arrays of zeros that are not read."""
    block = shapes_at_first_hand(block, facts)
    zeros = only_zeros(block, facts)
    uses = Counter(name for line in block for name in load_list(line))
    idle = Counter(
        name
        for top in block
        for line in statements_in(top)
        if (name := kept_only(line, facts, zeros)) is not None
    )
    unread = {name for name, count in idle.items() if uses[name] == count}
    return without(spine(block), unread, facts, zeros) if unread else block


def without(block: Block, unread: set[str], facts: Facts, zeros: set[str]) -> Block:
    new: Block = []
    for line in block:
        if kept_only(line, facts, zeros) in unread or empties(line) in unread:
            continue
        if blocks(line):
            change_blocks(line, lambda inner: without(inner, unread, facts, zeros))
        new.append(line)
    return new


def unread_dicts(block: Block) -> Block:
    """Give the block without dicts that begin empty, and that only known keys are stored into."""
    lines = [line for top in block for line in statements_in(top)]
    made = Counter(name for line in lines if (name := begins(line)) is not None)
    if not made:
        return block
    uses = Counter(name for line in block for name in load_list(line))
    bound = Counter(name for line in block for name in store_list(line))
    idle = Counter(name for line in lines if (name := stored_only(line)) is not None)
    unread = {n for n, count in made.items() if bound[n] == count and uses[n] == idle[n]}
    return without_dicts(block, unread) if unread else block


def without_dicts(block: Block, unread: set[str]) -> Block:
    new: Block = []
    for line in spine(block):
        if begins(line) in unread or stored_only(line) in unread:
            continue
        if blocks(line):
            change_blocks(line, lambda inner: without_dicts(inner, unread))
        new.append(line)
    return new


def begins(line: Node) -> str | None:
    """Give the dict that a statement makes."""
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Dict(keys=[])):
            return str(name)
    return None


def stored_only(line: Node) -> str | None:
    """Give the dict that a statement stores a value into."""
    match line:
        case gast.Assign(
            targets=[gast.Subscript(value=gast.Name(id=name), slice=gast.Constant())],
            value=gast.Name() | gast.Constant(),
        ):
            return str(name)
    return None


def kept_only(line: Node, facts: Facts, zeros: set[str]) -> str | None:
    """Give the tape that a statement only saves into, or only takes a value off; or the array."""
    match line:
        case (
            gast.Assign(
                targets=[gast.Subscript(value=gast.Name(id=array), slice=index)], value=value
            )
            | gast.AugAssign(
                target=gast.Subscript(value=gast.Name(id=array), slice=index), value=value
            )
        ) if array in zeros:
            parts = (index, value)
            idle = all(is_pure(part, facts.externals) for part in parts)
            return str(array) if idle and array not in map(str, load_list(value)) else None
        case gast.Expr(
            value=gast.Call(func=gast.Attribute(value=gast.Name(id=tape), attr=what), args=args)
        ) if facts.is_tape(tape):
            saves = what == "append" and is_pure(args[0], facts.externals)
            return str(tape) if saves or what == "pop" and not args else None
    return None


def empties(line: Node) -> str | None:
    """Give the list that a statement makes."""
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.List(elts=[])):
            return str(name)
    return None


def only_zeros(block: Block, facts: Facts) -> set[str]:
    """Give the names that are bound to new arrays of zeros and to nothing else."""
    bound = Counter(name for line in block for name in store_list(line))
    new = Counter(
        line.targets[0].id
        for top in block
        for line in statements_in(top)
        if source_of_zeros(line, facts) is not None
    )
    return {name for name, count in new.items() if bound[name] == count}


def source_of_zeros(line: Node, facts: Facts) -> Node | None:
    """Give what `name = np.zeros_like(...)` takes its shape from."""
    match line:
        case gast.Assign(
            targets=[gast.Name()], value=gast.Call(func=func, args=[source], keywords=[])
        ) if facts.function(func) is np.zeros_like:
            return source
    return None


def shapes_at_first_hand(block: Block, facts: Facts) -> Block:
    """Let zeros take their shape from where other zeros took it, and not from these.

    Both names, and that of the source, are bound once: they are what they were.
    """
    bound = Counter(name for line in block for name in store_list(line))
    first = {
        line.targets[0].id: source
        for line in block
        if isinstance(source := source_of_zeros(line, facts), gast.Name)
        and bound[line.targets[0].id] == 1
        and bound[source.id] == 0
    }
    if not first or not any(
        getattr(source_of_zeros(line, facts), "id", None) in first
        for top in block
        for line in statements_in(top)
    ):
        return block

    def change(node: Node) -> Node | None:
        match node:
            case gast.Call(func=func, args=[gast.Name(id=name)], keywords=[]) if name in first:
                if facts.function(func) is np.zeros_like:
                    return build.call(func, first[name])
        return None

    return rewrite(block, change)
