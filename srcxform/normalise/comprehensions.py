"""Comprehensions as the loops that they stand for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

import gast

from srcxform.normalise.expressions import Expressions
from srcxform.normalise.generators import as_list
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.scopes import FUNCTIONS, captured_by
from srcxform.syntax.visit import clone, rename, stores, walk


class Comprehensions(Expressions):
    """Their targets get names of their own."""

    @abstractmethod
    def statement(self, node: Node) -> None: ...

    def of_ListComp(self, node: Node) -> Node:
        return self.comprehension(node, build.sequence([], "list"), self.append)

    def of_GeneratorExp(self, node: Node) -> Node:
        listed = self.of_ListComp(as_list(node, at_once=False))
        return build.call(build.const(iter), listed)

    def of_SetComp(self, node: Node) -> Node:
        return self.comprehension(node, build.call(build.const(set)), self.add_to_set)

    def of_DictComp(self, node: Node) -> Node:
        return self.comprehension(node, gast.Dict(keys=[], values=[]), self.set_item)

    def first_found(self, node: Node, every: bool) -> Node:
        """`any` and `all` of a generator: a loop that ends at the first value that decides."""
        name = self.fresh(self.hint)
        given = node.args[0]
        self.emit(build.assign(name, build.const(every)))
        given = self.own_targets(clone(given))
        loop = given.generators[0]
        test = build.inverted(given.elt) if every else given.elt
        body = [build.branch(test, [build.assign(name, build.const(not every)), gast.Break()])]
        for condition in reversed(loop.ifs):
            body = [build.branch(condition, body)]
        hint = self.hint
        for line in build.at(given.place, [build.for_loop(loop.target, loop.iter, body)]):
            self.statement(line)
        self.hint = hint
        return build.load(name)

    def append(self, name: str, node: Node) -> Node:
        return build.expression(build.method(name, "append", node.elt))

    def add_to_set(self, name: str, node: Node) -> Node:
        return build.expression(build.method(name, "add", node.elt))

    def set_item(self, name: str, node: Node) -> Node:
        return build.assign(build.item_store(name, node.key), node.value)

    def comprehension(self, node: Node, empty: Node, grow: Callable[[str, Node], Node]) -> Node:
        """Write the loop that a comprehension stands for; its targets get names of their own."""
        name, ahead = self.fresh(self.hint), getattr(node, "ahead", False)
        self.emit(build.assign(name, empty))
        node = self.own_targets(clone(node))
        own = {n for generator in node.generators for n in stores(generator.target)}
        for inner in walk(node):  # each run of a comprehension has variables of its own
            inner.fleeting = isinstance(inner, FUNCTIONS) and not own.isdisjoint(captured_by(inner))
        body = [grow(name, node)]
        for generator in reversed(node.generators):
            for condition in reversed(generator.ifs):
                body = [build.branch(condition, body)]
            body = [build.for_loop(generator.target, generator.iter, body)]
        build.at(node.place, body)
        body[0].ahead = name if ahead else None
        body[0].gathers = name if single(node) else None
        hint = self.hint
        for line in body:
            self.statement(line)
        self.hint = hint
        found = build.load(name)
        found.made = True  # nobody else reads this name
        return found

    def own_targets(self, node: Node) -> Node:
        bound = sorted({n for g in node.generators for n in stores(g.target)})
        new = {}
        for name in bound:
            new[name] = self.names.like(name) if name not in self.local else self.fresh(name)
        self.local.update(new.values())
        first = node.generators[0].iter
        node = rename(node, new)
        node.generators[0].iter = first
        return node


def single(node: Node) -> bool:
    """Say whether a comprehension has one element for each turn of one loop."""
    one = len(node.generators) == 1 and not node.generators[0].ifs
    return one and not isinstance(node, gast.SetComp)
