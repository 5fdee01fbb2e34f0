"""Which definitions of a name reach which of its uses, over structured control flow."""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import walk

Definition = tuple[str, int]  # name, id of the binding Name node (0: a parameter)
Reaching = dict[str, frozenset[Definition]]


@dataclass
class Definitions:
    """`of_use[id(name node)]`: the definitions that may be read there."""

    of_use: dict[int, frozenset[Definition]] = field(default_factory=dict)
    uses: dict[int, Node] = field(default_factory=dict)
    bindings: dict[Definition, Node | None] = field(default_factory=dict)
    loop_targets: set[Definition] = field(default_factory=set)


def definitions(parameters: tuple[str, ...], body: Block) -> Definitions:
    """Solve for a function's body."""
    facts = Definitions()
    start: Reaching = {}
    for name in parameters:
        facts.bindings[(name, 0)] = None
        start[name] = frozenset([(name, 0)])
    Solver(facts).block(body, start)
    return facts


class Solver:
    """Walks blocks; `breaks` collects what reaches the loop's end through `break`."""

    def __init__(self, facts: Definitions) -> None:
        self.facts = facts
        self.breaks: list[list[Reaching]] = []

    def block(self, block: Block, reaching: Reaching | None) -> Reaching | None:
        """Go through a block; what reaches its end is a dict of its own."""
        reaching = reaching if reaching is None else dict(reaching)
        for statement in block:
            if reaching is None:
                return None
            reaching = self.statement(statement, reaching)
        return reaching

    def statement(self, node: Node, reaching: Reaching) -> Reaching | None:
        """Give what reaches the next statement: `reaching` itself, changed, if none has blocks."""
        match node:
            case gast.If():
                self.read(node.test, reaching)
                return union(self.block(node.body, reaching), self.block(node.orelse, reaching))
            case gast.While():
                return self.loop(node, reaching, None)
            case gast.For():
                self.read(node.iter, reaching)
                return self.loop(node, reaching, node.target)
            case gast.Break():
                self.breaks[-1].append(reaching)
                return None
            case gast.Assign(targets=[target]):
                self.read(node.value, reaching)
                return self.bind(target, reaching)
            case gast.With(items=items, body=body):
                for item in items:
                    self.read(item.context_expr, reaching)
                    if item.optional_vars is not None:
                        reaching = self.bind(item.optional_vars, reaching)
                return self.block(body, reaching)
            case gast.Try():
                return self.tried(node, reaching)
            case gast.Raise() | gast.Return():
                self.read(node, reaching)
                return None
        self.read(node, reaching)
        return reaching

    def tried(self, node: Node, reaching: Reaching) -> Reaching | None:
        """What is bound in the body may or may not be bound in the handlers and behind."""
        after = self.block(node.body, reaching)
        bound: Reaching = {}
        for inner in walk(node.body):
            if isinstance(inner, gast.Name) and isinstance(inner.ctx, gast.Store):
                if (inner.id, id(inner)) in self.facts.bindings:  # else it is not reached
                    bound[inner.id] = bound.get(inner.id, frozenset()) | {(inner.id, id(inner))}
        caught = union(reaching, bound)
        after = self.block(node.orelse, after) if after is not None else None
        for handler in node.handlers:
            if handler.type is not None:
                self.read(handler.type, reaching)
            entered = caught
            if handler.name is not None and entered is not None:
                entered = self.bind(handler.name, dict(entered))
            after = union(after, self.block(handler.body, entered))
        return self.block(node.finalbody, union(after, caught)) if node.finalbody else after

    def loop(self, node: Node, reaching: Reaching, target: Node | None) -> Reaching:
        head = reaching
        while True:
            self.breaks.append([])
            inner = head
            if target is not None:
                inner = self.bind(target, dict(head), loop=True)
            else:
                self.read(node.test, head)
            end = self.block(node.body, inner)
            leaving = self.breaks.pop()
            new = union(reaching, end) or reaching
            if new == head:
                break
            head = new
        after: Reaching | None = head
        if isinstance(node, gast.While) and is_true(node.test):
            after = None
        for out in leaving:
            after = union(after, out)
        return head if after is None else after

    def bind(self, target: Node, reaching: Reaching, loop: bool = False) -> Reaching:
        """Note what a target binds, in `reaching` too; what it reads it reads before that."""
        new: Reaching = {}
        for inner in walk(target):
            if isinstance(inner, gast.Name):
                if isinstance(inner.ctx, gast.Store):
                    definition = (inner.id, id(inner))
                    self.facts.bindings[definition] = inner
                    if loop:
                        self.facts.loop_targets.add(definition)
                    new[inner.id] = frozenset([definition])
                else:
                    self.use(inner, reaching)
        reaching.update(new)
        return reaching

    def read(self, node: Node, reaching: Reaching) -> None:
        for inner in walk(node):
            if isinstance(inner, gast.Name):
                self.use(inner, reaching)

    def use(self, node: Node, reaching: Reaching) -> None:
        found = reaching.get(node.id, frozenset())
        self.facts.uses[id(node)] = node
        self.facts.of_use[id(node)] = self.facts.of_use.get(id(node), frozenset()) | found


def union(left: Reaching | None, right: Reaching | None) -> Reaching | None:
    if left is None or right is None:
        return right if left is None else left
    merged = dict(left)
    for name, found in right.items():
        known = merged.get(name)
        if known is not found:  # mostly it is: one branch binds few names
            merged[name] = found if known is None else known | found
    return merged


def is_true(node: Node) -> bool:
    return isinstance(node, gast.Constant) and bool(node.value)
