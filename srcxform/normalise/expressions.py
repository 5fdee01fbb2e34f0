"""Expressions flattened: each gives a node whose operands are atoms."""

from __future__ import annotations

import builtins
from abc import abstractmethod
from collections.abc import Container

import gast

from srcxform.normalise.generators import as_list, is_lazy, is_one_loop, uses_up
from srcxform.normalise.lines import PLAIN_INDEX, Lines, is_number, is_pure, is_truth
from srcxform.normalise.loop_else import keep
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone, shallow, stores, walk


class Expressions(Lines):
    """Knows of statements only that an expression may bind a name or choose between blocks."""

    @abstractmethod
    def bind(self, name: str, value: Node) -> None: ...

    @abstractmethod
    def on_If(self, node: Node) -> None: ...

    def atom(self, node: Node) -> Node:
        operation = self.operation(node)
        if isinstance(operation, (gast.Name, gast.Constant)) or self.is_global(operation):
            return operation
        return self.temporary(operation)

    def lasting(self, node: Node, returned: bool = False) -> Node:
        """Give the atom of what goes on to where it may be read more than once."""
        return self.handed_on([self.atom(node)], returned)[0]

    def operation(self, node: Node) -> Node:
        """Give a node whose operands are atoms, after emitting what they need."""
        handler = getattr(self, f"of_{type(node).__name__}", None)
        return node if handler is None else handler(node)

    def atoms(self, nodes: list[Node], mappings: Container[int] = ()) -> list[Node]:
        """Flatten operands in order; a name that a later operand rebinds is kept as it was.

        `mappings` are the positions of those that stand behind `**`.
        """
        rebound = [self.rebinds(node) for node in nodes]
        result = []
        for position, node in enumerate(nodes):
            later = nodes[position + 1 :]
            if isinstance(node, gast.Starred):
                atom = gast.Starred(value=self.atom(as_list(node.value)), ctx=gast.Load())
                atom.value = self.by_now(atom.value, build.sequence([atom], "list"), later)
                result.append(atom)
                continue
            atom = self.atom(node)
            if position in mappings:
                atom = self.by_now(atom, gast.Dict(keys=[None], values=[atom]), later)
            if isinstance(atom, gast.Name) and any(atom.id in r for r in rebound[position + 1 :]):
                atom = self.temporary(atom)
            result.append(atom)
        return result

    def by_now(self, atom: Node, copy: Node, later: list[Node]) -> Node:
        """Hold what `*` or `**` gives by now, where a later operand may change that."""
        if all(map(self.leaves_alone, later)):
            return atom
        name = self.fresh(self.hint)
        self.emit(build.assign(name, clone(copy)))
        return build.load(name)

    def leaves_alone(self, node: Node) -> bool:
        """Say whether evaluating this surely changes nothing: a property may, or `heappop(h)`."""
        for inner in walk(node):
            if isinstance(inner, gast.Attribute) and not self.is_global(inner):
                return False
            if isinstance(inner, gast.Call) and not is_pure(self.callee(inner.func), inner):
                return False
        return self.is_quiet(node)

    def rebinds(self, node: Node) -> set[str] | frozenset[str]:
        """Give the names that evaluating an expression may rebind."""
        shifting = self.around.shifting
        return stores(node) if not shifting or self.is_quiet(node) else stores(node) | shifting

    def of_Lambda(self, node: Node) -> Node:
        """Evaluate the defaults now; the body is read when it is called."""
        return keep(node, self.nested(node, gast.Lambda(args=node.args, body=node.body)))

    def nested(self, node: Node, new: Node) -> Node:
        """Give a nested function what it needs to be read later on."""
        args = shallow(node.args)
        count = len(args.defaults)
        given = [d for d in args.kw_defaults if d is not None]
        values = self.atoms([*args.defaults, *given])
        later = iter(values[count:])
        args.defaults = values[:count]
        args.kw_defaults = [None if d is None else next(later) for d in node.args.kw_defaults]
        new.args = args
        new.around = self.around
        new.fleeting = getattr(node, "fleeting", False)
        return new

    def of_BinOp(self, node: Node) -> Node:
        left, right = self.atoms([node.left, node.right])
        return keep(node, gast.BinOp(left=left, op=node.op, right=right))

    def of_UnaryOp(self, node: Node) -> Node:
        operand = self.atom(node.operand)
        if isinstance(node.op, gast.USub) and is_number(operand):
            return build.const(-operand.value)
        return keep(node, gast.UnaryOp(op=node.op, operand=operand))

    def of_Compare(self, node: Node) -> Node:
        if self.is_quiet(node):
            return node
        left, *others = self.atoms([node.left, *node.comparators])
        return keep(node, gast.Compare(left=left, ops=node.ops, comparators=others))

    def of_Call(self, node: Node) -> Node:
        return self.call(node)

    def used_up(self, node: Node, at_once: bool = True) -> Node:
        """Give a list for a generator, or for `map(...)`, that is used up where it stands."""
        if isinstance(node, gast.Call) and self.callee(node.func) in (map, filter) and at_once:
            node = shallow(node)
            node.at_once = True
            return keep(node, build.call(build.const(list), node))
        return as_list(node, at_once)

    def call(self, node: Node) -> Node:
        func = node.func
        if isinstance(func, gast.Attribute) and not self.is_global(func):
            func = keep(
                func, gast.Attribute(value=self.atom(func.value), attr=func.attr, ctx=func.ctx)
            )
        elif not self.is_global(func):
            func = self.atom(func)
        args = node.args
        callee = self.callee(node.func)
        if any(callee is one for one in (builtins.any, builtins.all)) and is_one_loop(args):
            return self.first_found(node, callee is builtins.all)
        if uses_up(node.func, callee):
            args = [self.used_up(arg, not is_lazy(callee)) for arg in args]
        spread = [k for k, word in enumerate(node.keywords, len(args)) if word.arg is None]
        values = self.atoms([*args, *[k.value for k in node.keywords]], spread)
        if not uses_up(node.func, callee):
            self.handed_on(values)
        count = len(node.args)
        keywords = [
            gast.keyword(arg=old.arg, value=value)
            for old, value in zip(node.keywords, values[count:], strict=True)
        ]
        new = keep(node, gast.Call(func=func, args=values[:count], keywords=keywords))
        new.at_once = getattr(node, "at_once", False)
        return new

    @abstractmethod
    def first_found(self, node: Node, every: bool) -> Node: ...

    def of_Attribute(self, node: Node) -> Node:
        if self.is_global(node):
            return node
        return keep(node, gast.Attribute(value=self.atom(node.value), attr=node.attr, ctx=node.ctx))

    def of_Subscript(self, node: Node) -> Node:
        base = self.atom(node.value)
        return keep(node, gast.Subscript(value=base, slice=self.index(node.slice), ctx=gast.Load()))

    def index(self, node: Node) -> Node:
        """Keep an index whole where it only computes; name the rest of it."""
        if isinstance(node, gast.Tuple):
            return gast.Tuple(elts=[self.index(e) for e in node.elts], ctx=gast.Load())
        if isinstance(node, gast.Slice):
            parts = [part and self.index(part) for part in (node.lower, node.upper, node.step)]
            return gast.Slice(lower=parts[0], upper=parts[1], step=parts[2])
        if all(isinstance(inner, PLAIN_INDEX) for inner in walk(node)) or self.is_quiet_length(
            node
        ):
            return node
        return self.atom(node)

    def of_Tuple(self, node: Node) -> Node:
        items = self.handed_on(self.atoms(node.elts))
        return keep(node, type(node)(elts=items, ctx=gast.Load()))

    of_List = of_Tuple

    def of_Set(self, node: Node) -> Node:
        return keep(node, gast.Set(elts=self.atoms(node.elts)))

    def of_Dict(self, node: Node) -> Node:
        keys = [key and self.atom(key) for key in node.keys]
        spread = [k for k, key in enumerate(node.keys) if key is None]
        values = self.handed_on(self.atoms(node.values, spread))
        return keep(node, gast.Dict(keys=keys, values=values))

    def of_NamedExpr(self, node: Node) -> Node:
        self.bind(node.target.id, node.value)
        return build.load(node.target.id)

    def of_IfExp(self, node: Node) -> Node:
        name = self.fresh(self.hint)
        bodies = [keep(node, build.assign(name, value)) for value in (node.body, node.orelse)]
        hint = self.hint
        self.on_If(keep(node, gast.If(test=node.test, body=[bodies[0]], orelse=[bodies[1]])))
        self.hint = hint
        return build.load(name)

    def of_BoolOp(self, node: Node) -> Node:
        """`a and b` is b if a is true, else a."""
        if self.is_quiet(node) and all(is_truth(value) for value in node.values):
            node.is_value = True
            return node
        name = self.fresh(self.hint)
        hint = self.hint
        self.emit(build.assign(name, self.operation(node.values[0])))
        self.short_circuit(node, node.values[1:], name)
        self.hint = hint
        return build.load(name)

    def short_circuit(self, node: Node, values: list[Node], name: str) -> None:
        if not values:
            return
        test = build.load(name)
        if isinstance(node.op, gast.Or):
            test = build.inverted(test)
        outer, self.lines = self.lines, []
        self.emit(build.assign(name, self.operation(values[0])))
        self.short_circuit(node, values[1:], name)
        inner, self.lines = self.lines, outer
        self.emit(build.branch(test, inner))

    def test(self, node: Node) -> Node:
        if self.is_quiet(node):
            return node
        if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not):
            return build.inverted(self.atom(node.operand))
        return self.atom(node)
