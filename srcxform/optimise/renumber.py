"""Number the parts of names afresh: `p_2`, `p_5` become `p_1`, `p_2`, in order of appearance.

Stands at the very end: passes have removed names, and the gaps would tell of it.
"""

from __future__ import annotations

import re

import gast

from srcxform.syntax.build import Block
from srcxform.syntax.visit import all_names, rename, stores, walk

NUMBERED = re.compile(r"^(.*?)_(\d+)((?:_bar|_dot|_saved)*_*)$")

DERIVED = re.compile(r"_(bar|dot|saved)_")
DOUBLED = re.compile(r"(?<=[a-z0-9])__+(?=[a-z0-9])")


def renumber(block: Block, keep: frozenset[str]) -> Block:
    """Rename the names that a block binds; those in `keep` stay as they are.

    >>> from srcxform.emit.printing import show
    >>> print(show(renumber(gast.parse("p_3 = x\\np_7 = p_3").body, frozenset(["x"]))))
    p_1 = x
    p_2 = p_1
    """
    block = single_underscores(block, keep)
    bound = {name for statement in block for name in stores(statement)}
    taken = {name for statement in block for name in all_names(statement)} | keep
    stems: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = {}
    new: dict[str, str] = {}
    free = taken - (bound - keep)
    for name in in_order(block):
        found = NUMBERED.match(name)
        if name in keep or name not in bound or found is None or found[1] in ("", "_"):
            continue
        base, number, suffix = found.groups()
        if (base, number) not in stems:
            count = counts.get(base, 0) + 1
            while f"{base}_{count}" in free or f"{base}_{count}" in keep:
                count += 1
            counts[base] = count
            stems[(base, number)] = f"{base}_{count}"
        new[name] = stems[(base, number)] + suffix
    if len(set(new.values())) < len(new) or set(new.values()) & (taken - set(new)):
        return block  # a name of the user's stands in the way
    return [rename(statement, new) for statement in block]


def single_underscores(block: Block, keep: frozenset[str]) -> Block:
    """Leave out underscores that told a tangent or cotangent from another one, which is gone."""
    bound = {name for statement in block for name in stores(statement)}
    taken = {name for statement in block for name in all_names(statement)} | keep
    new: dict[str, str] = {}
    for name in in_order(block):
        short = DOUBLED.sub("_", name)
        if short != name and name in bound - keep and DERIVED.search(name) and short not in taken:
            new[name] = short
            taken.add(short)
    return [rename(statement, new) for statement in block] if new else block


def in_order(block: Block) -> list[str]:
    names: dict[str, None] = {}
    for statement in block:
        for node in walk(statement):
            if isinstance(node, gast.Name):
                names.setdefault(node.id)
    return list(names)
