"""While the passes run, unrelated values of one temporary have names of their own.

`t = a; f(t); t = b; g(t)` tells of t less than `t = a; f(t); t_1 = b; g(t_1)`: each of these is
bound once and read once. `rejoin` gives the old names back where nothing stands between.
"""

from __future__ import annotations

import keyword

import gast

from srcxform.analysis.definitions import Definition, definitions
from srcxform.analysis.liveness import live_before
from srcxform.analysis.webs import unite
from srcxform.optimise.facts import SUFFIX, Facts
from srcxform.optimise.interference import interference
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import CHANGING, mentioned, pieces
from srcxform.syntax.names import BUILTINS
from srcxform.syntax.visit import all_names, change_blocks, clone, rename, stores, walk

RESERVED = {*BUILTINS, *keyword.kwlist}
Origins = dict[str, str]  # new name: the name it was split off


def split(block: Block, facts: Facts) -> tuple[Block, Origins]:
    """Give each web of a temporary its own name; the first one keeps the old name."""
    given, bound_inside = live_before(block, set()), scoped(block)
    block = clone(block)  # its names are changed below, before anybody asks for them
    found = definitions(tuple(sorted(given)), block)
    roots = unite(found)
    new: dict[Definition, str] = {}
    seen: set[str] = set()
    origins: Origins = {}
    for definition in found.bindings:
        root, name = roots[definition], definition[0]
        if root in new:
            continue
        new[root] = name
        if name in seen and facts.is_temporary(name) and name not in bound_inside:
            new[root] = fresh = facts.externals.names.like(name)
            origins[fresh] = name
            if name in facts.kinds:
                facts.kinds[fresh] = facts.kinds[name]
        seen.add(name)
    for definition, node in found.bindings.items():
        if node is not None:
            node.id = new[roots[definition]]
    for key, reaching in found.of_use.items():
        if reaching:
            found.uses[key].id = new[roots[min(reaching, key=str)]]
    return block, origins


class Joining:
    """Makes names of a block one, where their values are never needed at the same time."""

    def __init__(self, block: Block) -> None:
        self.lines = block
        self.present = {name for statement in block for name in all_names(statement)}
        self.edges = interference(block)
        self.scoped = scoped(block)
        self.names: dict[str, str | Node] = {}

    def may_join(self, new: str, old: str) -> bool:
        if new not in self.present:
            return True
        return old not in self.edges.get(new, set()) and not {new, old} & self.scoped

    def join(self, new: str, old: str) -> None:
        if new in self.present:
            self.names[new] = old
            for other in self.edges.get(new, set()):
                self.edges.setdefault(old, set()).add(other)
                self.edges[other].add(old)

    def block(self) -> Block:
        if not self.names:
            return self.lines
        return without_copies([rename(statement, self.names) for statement in self.lines])


def without_copies(block: Block) -> Block:
    """Drop `x = x`."""
    new = []
    for statement in block:
        change_blocks(statement, lambda inner: without_copies(inner) or [gast.Pass()])
        match statement:
            case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)) if (
                name == source
            ):
                continue
        new.append(statement)
    return new


def rejoin(block: Block, origins: Origins) -> Block:
    """Give names back what they were split off, unless both values are needed at one time."""
    if not origins:
        return block
    joining = Joining(block)
    for new, old in origins.items():
        if joining.may_join(new, old):
            joining.join(new, old)
    return joining.block()


def own_names(parts: list[Block], webs: Origins, fixed: frozenset[str]) -> list[Block]:
    """Give values the names that the user gave them, in all functions or in none.

    `webs` says for whose name another one stands in; cotangents and lists follow their values. A
    `_` behind a name goes where nothing has the name without it.
    """
    joining = [Joining(part) for part in parts]
    bound = {name for part in parts for statement in part for name in stores(statement)} - fixed
    present = fixed.union(*(one.present for one in joining))
    groups: dict[str, Origins] = {}
    for name in sorted(bound):
        suffix = SUFFIX.search(name)
        base = name[: suffix.start()] if suffix else name
        plain = name.rstrip("_")
        if base in webs:
            own = webs[base] + (suffix[0] if suffix else "")
            groups.setdefault(base, {})[name] = own
        elif plain not in ("", name) and plain not in present and plain not in RESERVED:
            groups[name] = {name: plain}
            present |= {plain}
    for group in groups.values():
        if all(one.may_join(new, old) for one in joining for new, old in group.items()):
            for one in joining:
                for new, old in group.items():
                    one.join(new, old)
    return [one.block() for one in joining]


def scoped(block: Block) -> set[str]:
    """Give the names bound by comprehensions, lambdas and probes, whose bindings are not walked."""
    special = (gast.comprehension, gast.Lambda, gast.ExceptHandler)
    found: set[str] = set()
    for piece in pieces(block):
        if type(piece) in CHANGING:
            if isinstance(piece, special) or (isinstance(piece, gast.Try) and piece.handlers):
                found |= stores(piece)
        elif mentioned(piece).has_scopes:
            for inner in walk(piece):
                if isinstance(inner, special):
                    found |= stores(inner)
    return found
