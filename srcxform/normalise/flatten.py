"""One operation per statement: operands are names or constants.

Stands last, on blocks without awkward exits. Tests of `if` and `while` stay whole where they are
quiet (their value is a truth value, so no derivative passes), and so do indices.

A statement's target never stands among its own operands (`y = y * x` becomes `y_1 = y * x` and
`y = y_1`), so that a derivative may read both the old and the new value.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.normalise.loop_else import keep
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.visit import all_names, clone, load_list, loads, rename, stores, walk

PLAIN_INDEX = (
    gast.Name, gast.Constant, gast.BinOp, gast.UnaryOp, gast.Slice, gast.Tuple,
    gast.operator, gast.unaryop, gast.expr_context,
)  # fmt: skip
Resolve = Callable[[Node], Any]


def flatten(block: Block, names: Names, resolve: Resolve, local: set[str]) -> Block:
    """Flatten a block.

    `resolve` gives the object that a global expression stands for (None if it is not known);
    `local` are the function's own names.
    """
    return Flattener(names, resolve, local).block(block)


class Flattener:
    """Carries the block being written."""

    def __init__(self, names: Names, resolve: Resolve, local: set[str]) -> None:
        self.names = names
        self.resolve = resolve
        self.local = local
        self.lines: Block = []
        self.hint = "out"

    # -- statements

    def block(self, block: Block) -> Block:
        outer, self.lines = self.lines, []
        for statement in block:
            start = len(self.lines)
            self.hint = "out"
            self.statement(statement)
            build.at(statement.place, self.lines[start:])
        inner, self.lines = self.lines, outer
        return inner

    def emit(self, line: Node) -> None:
        self.lines.append(line)

    def statement(self, node: Node) -> None:
        handler = getattr(self, f"on_{type(node).__name__}", None)
        if handler is None:
            self.emit(node)  # the next stage refuses it where it is reached
        else:
            handler(node)

    def on_Pass(self, node: Node) -> None:
        pass

    def on_Expr(self, node: Node) -> None:
        if isinstance(node.value, gast.Constant):
            return
        if isinstance(node.value, gast.Call):
            self.emit(keep(node, gast.Expr(value=self.call(node.value))))
        else:
            self.atom(node.value)

    def on_Return(self, node: Node) -> None:
        value = build.const(None) if node.value is None else node.value
        self.emit(keep(node, gast.Return(value=self.atom(value))))

    def on_Assign(self, node: Node) -> None:
        first = node.targets[0]
        if isinstance(first, gast.Name):
            self.hint = first.id
        elif isinstance(first, gast.Subscript) and isinstance(first.value, gast.Name):
            self.hint = "value"
        if len(node.targets) == 1:
            self.assign(first, node.value)
            return
        shared = self.atom(node.value)
        if isinstance(shared, gast.Name):
            shared = self.temporary(shared)
        for target in node.targets:
            self.assign(target, shared)

    def on_AnnAssign(self, node: Node) -> None:
        if node.value is not None:
            self.hint = getattr(node.target, "id", "value")
            self.assign(node.target, node.value)

    def assign(self, target: Node, value: Node) -> None:
        match target:
            case gast.Name(id=name):
                self.bind(name, value)
            case gast.Tuple(elts=targets) | gast.List(elts=targets):
                self.unpack(targets, value)
            case gast.Subscript() | gast.Attribute():
                stored = self.atom(value)
                self.emit(build.assign(self.place_of_store(target), stored))
            case _:
                refuse(target, "this assignment target cannot be differentiated")

    def bind(self, name: str, value: Node) -> None:
        operation = self.operation(value)
        if name in loads(operation) and not isinstance(operation, gast.Name):
            operation = self.temporary(operation, name)
        if not (isinstance(operation, gast.Name) and operation.id == name):
            self.emit(build.assign(name, operation))

    def unpack(self, targets: list[Node], value: Node) -> None:
        starred = [k for k, t in enumerate(targets) if isinstance(t, gast.Starred)]
        displayed = isinstance(value, (gast.Tuple, gast.List)) and not starred
        if displayed and len(value.elts) == len(targets):
            self.unpack_display(targets, value.elts)
            return
        whole = self.atom(value)
        if starred:
            self.unpack_starred(targets, starred[0], whole)
            return
        plain = [t.id if isinstance(t, gast.Name) else self.fresh(self.hint) for t in targets]
        if isinstance(whole, gast.Name) and whole.id in plain:
            whole = self.temporary(whole)
        self.emit(build.assign(build.sequence(map(build.store, plain), ctx=gast.Store()), whole))
        for target, name in zip(targets, plain, strict=True):
            if not isinstance(target, gast.Name):
                self.assign(target, build.load(name))

    def unpack_display(self, targets: list[Node], values: list[Node]) -> None:
        """`a, b = b, a + b`: all values first, then all targets."""
        bound = {t.id for t in targets if isinstance(t, gast.Name)}
        held = []
        for position, (target, value) in enumerate(zip(targets, values, strict=True)):
            self.hint = getattr(target, "id", "value")
            atom = self.atom(value)
            written_before = {t.id for t in targets[:position] if isinstance(t, gast.Name)}
            later = bound and not all(isinstance(t, gast.Name) for t in targets)
            if isinstance(atom, gast.Name) and (atom.id in written_before or later):
                atom = self.temporary(atom, atom.id)
            held.append(atom)
        for target, atom in zip(targets, held, strict=True):
            self.assign(target, atom)

    def unpack_starred(self, targets: list[Node], star: int, whole: Node) -> None:
        after = len(targets) - star - 1
        base = self.temporary(whole)
        for position, target in enumerate(targets):
            if position < star:
                self.assign(target, build.item(base, position))
            elif position > star:
                self.assign(target, build.item(base, build.const(position - len(targets))))
            else:
                upper = build.const(-after) if after else None
                middle = gast.Slice(lower=build.const(star), upper=upper, step=None)
                self.assign(target.value, build.call("list", build.item(base, middle)))

    def on_AugAssign(self, node: Node) -> None:
        target = node.target
        self.hint = getattr(target, "id", "value")
        value = self.atom(node.value)
        if not isinstance(target, gast.Name):
            target = self.place_of_store(target)
        self.emit(gast.AugAssign(target=target, op=node.op, value=value))

    def place_of_store(self, target: Node) -> Node:
        base = self.atom(target.value)
        if isinstance(target, gast.Attribute):
            return gast.Attribute(value=base, attr=target.attr, ctx=gast.Store())
        return gast.Subscript(value=base, slice=self.index(target.slice), ctx=gast.Store())

    def on_If(self, node: Node) -> None:
        test = self.test(node.test)
        self.emit(
            keep(
                node, gast.If(test=test, body=self.block(node.body), orelse=self.block(node.orelse))
            )
        )

    def on_While(self, node: Node) -> None:
        if self.is_quiet(node.test):
            self.emit(keep(node, build.while_loop(node.test, self.block(node.body))))
            return
        stop = gast.Break()
        stop.place = node.place
        body = [keep(node, gast.If(test=node.test, body=node.body, orelse=[stop]))]
        self.emit(keep(node, build.while_loop(build.const(True), self.block(body))))

    def on_For(self, node: Node) -> None:
        self.hint = getattr(node.target, "id", "value")
        iterable = self.iterable(node.iter)
        target, body = node.target, node.body
        if not isinstance(target, gast.Name):
            name = self.fresh("item")
            unpacking = keep(node, build.assign(clone(target), build.load(name)))
            if is_flat(target):
                self.emit(keep(node, build.for_loop(target, iterable, self.block(body))))
                return
            target, body = build.store(name), [unpacking, *body]
        self.emit(keep(node, build.for_loop(target, iterable, self.block(body))))

    def iterable(self, node: Node) -> Node:
        """Keep `enumerate(zip(a, b))` whole: how a loop walks is seen from the outside in."""
        name = getattr(getattr(node, "func", None), "id", "")
        if name in ("enumerate", "zip", "reversed") and name not in self.local:
            args = [
                self.iterable(arg) if isinstance(arg, gast.Call) else self.atom(arg)
                for arg in node.args
            ]
            return keep(node, gast.Call(func=node.func, args=args, keywords=node.keywords))
        return self.operation(node)

    def on_Assert(self, node: Node) -> None:
        test = self.test(node.test)
        self.emit(keep(node, gast.Assert(test=test, msg=node.msg)))

    def on_Delete(self, node: Node) -> None:
        if not all(isinstance(target, gast.Name) for target in node.targets):
            self.emit(node)

    # -- expressions

    def fresh(self, hint: str) -> str:
        name = self.names.part(hint)
        self.local.add(name)
        return name

    def temporary(self, value: Node, hint: str | None = None) -> Node:
        name = self.fresh(hint or self.hint)
        self.emit(build.assign(name, value))
        return build.load(name)

    def atom(self, node: Node) -> Node:
        operation = self.operation(node)
        if isinstance(operation, (gast.Name, gast.Constant)) or self.is_global(operation):
            return operation
        return self.temporary(operation)

    def is_global(self, node: Node) -> bool:
        """Say whether this is a dotted name that starts outside the function."""
        while isinstance(node, gast.Attribute):
            node = node.value
        return isinstance(node, gast.Name) and node.id not in self.local

    def operation(self, node: Node) -> Node:
        """Give a node whose operands are atoms, after emitting what they need."""
        handler = getattr(self, f"of_{type(node).__name__}", None)
        return node if handler is None else handler(node)

    def atoms(self, nodes: list[Node]) -> list[Node]:
        """Flatten operands in order; a name that a later operand rebinds is kept as it was."""
        rebound = [stores(node) for node in nodes]
        result = []
        for position, node in enumerate(nodes):
            if isinstance(node, gast.Starred):
                result.append(gast.Starred(value=self.atom(node.value), ctx=gast.Load()))
                continue
            atom = self.atom(node)
            if isinstance(atom, gast.Name) and any(atom.id in r for r in rebound[position + 1 :]):
                atom = self.temporary(atom)
            result.append(atom)
        return result

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

    def call(self, node: Node) -> Node:
        func = node.func
        if isinstance(func, gast.Attribute) and not self.is_global(func):
            func = keep(
                func, gast.Attribute(value=self.atom(func.value), attr=func.attr, ctx=func.ctx)
            )
        elif not self.is_global(func):
            func = self.atom(func)
        values = self.atoms([*node.args, *[k.value for k in node.keywords]])
        count = len(node.args)
        keywords = [
            gast.keyword(arg=old.arg, value=value)
            for old, value in zip(node.keywords, values[count:], strict=True)
        ]
        return keep(node, gast.Call(func=func, args=values[:count], keywords=keywords))

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

    def is_quiet_length(self, node: Node) -> bool:
        """`len(x) - 1`, `np.newaxis`: cheap and never differentiated."""
        for inner in walk(node):
            if isinstance(inner, PLAIN_INDEX) or (
                isinstance(inner, gast.Attribute) and self.is_global(inner)
            ):
                continue
            if isinstance(inner, gast.Call) and getattr(inner.func, "id", "") == "len":
                continue
            return False
        return True

    def of_Tuple(self, node: Node) -> Node:
        return keep(node, type(node)(elts=self.atoms(node.elts), ctx=gast.Load()))

    of_List = of_Tuple

    def of_Set(self, node: Node) -> Node:
        return keep(node, gast.Set(elts=self.atoms(node.elts)))

    def of_Dict(self, node: Node) -> Node:
        keys = [key and self.atom(key) for key in node.keys]
        return keep(node, gast.Dict(keys=keys, values=self.atoms(node.values)))

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

    def of_ListComp(self, node: Node) -> Node:
        return self.comprehension(node, build.sequence([], "list"), self.append)

    def of_GeneratorExp(self, node: Node) -> Node:
        return self.comprehension(node, build.sequence([], "list"), self.append)

    def of_SetComp(self, node: Node) -> Node:
        return self.comprehension(node, build.call("set"), self.add_to_set)

    def of_DictComp(self, node: Node) -> Node:
        return self.comprehension(node, gast.Dict(keys=[], values=[]), self.set_item)

    def append(self, name: str, node: Node) -> Node:
        return build.expression(build.method(name, "append", node.elt))

    def add_to_set(self, name: str, node: Node) -> Node:
        return build.expression(build.method(name, "add", node.elt))

    def set_item(self, name: str, node: Node) -> Node:
        return build.assign(build.item_store(name, node.key), node.value)

    def comprehension(self, node: Node, empty: Node, grow: Callable[[str, Node], Node]) -> Node:
        """Write the loop that a comprehension stands for; its targets get names of their own."""
        name = self.fresh(self.hint)
        self.emit(build.assign(name, empty))
        node = self.own_targets(clone(node))
        body = [grow(name, node)]
        for generator in reversed(node.generators):
            for condition in reversed(generator.ifs):
                body = [build.branch(condition, body)]
            body = [build.for_loop(generator.target, generator.iter, body)]
        build.at(node.place, body)
        hint = self.hint
        for line in body:
            self.statement(line)
        self.hint = hint
        return build.load(name)

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

    # -- tests

    def test(self, node: Node) -> Node:
        if self.is_quiet(node):
            return node
        if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.Not):
            return build.inverted(self.atom(node.operand))
        return self.atom(node)

    def is_quiet(self, node: Node) -> bool:
        """Say whether evaluating this can run no code of the user's and changes nothing."""
        for inner in walk(node):
            if isinstance(
                inner,
                (
                    gast.NamedExpr,
                    gast.Lambda,
                    gast.Await,
                    gast.Yield,
                    gast.comprehension,
                    gast.IfExp,
                ),
            ):
                return False
            if isinstance(inner, gast.Call) and not is_library(self.callee(inner.func)):
                return False
        return True

    def callee(self, func: Node) -> Any:
        return self.resolve(func) if self.is_global(func) else None


def is_truth(node: Node) -> bool:
    """Say whether the value is surely True or False, so that `and` loses no derivative."""
    match node:
        case gast.Compare() | gast.UnaryOp(op=gast.Not()):
            return True
        case gast.Constant(value=bool()):
            return True
        case gast.BoolOp(values=values):
            return all(map(is_truth, values))
        case gast.Call(func=gast.Name(id="isinstance" | "hasattr" | "callable" | "all" | "any")):
            return True
    return False


def is_library(function: Any) -> bool:
    """Say whether a callee is a builtin or NumPy function without effects on its arguments."""
    if isinstance(function, np.ufunc):
        return True
    if isinstance(function, types.BuiltinFunctionType):
        return function not in (builtins.next, builtins.setattr, builtins.delattr, builtins.print)
    if isinstance(function, type):
        return function in (float, int, bool, complex, str, tuple, list, range, type)
    return (getattr(function, "__module__", None) or "").split(".")[0] in ("numpy", "math")


def is_number(node: Node) -> bool:
    return isinstance(node, gast.Constant) and type(node.value) in (int, float, complex)


def is_flat(target: Node) -> bool:
    return isinstance(target, gast.Tuple) and all(isinstance(t, gast.Name) for t in target.elts)


def refuse(node: Node, what: str) -> None:
    raise UnsupportedError(Diagnostic(
        what, getattr(node, "place", None), "no derivative rule covers it",
        "write it with plain names, subscripts and attributes",
    ))  # fmt: skip


__all__ = ["flatten", "all_names", "load_list"]
