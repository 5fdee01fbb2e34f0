"""One operation per statement: operands are names or constants.

Stands last, on blocks without awkward exits. Tests of `if` and `while` stay whole where they are
quiet (their value is a truth value, so no derivative passes), and so do indices.

A statement's target never stands among its own operands (`y = y * x` becomes `y_1 = y * x` and
`y = y_1`), so that a derivative may read both the old and the new value.
"""

from __future__ import annotations

import gast

from srcxform.normalise.assignments import Assignments
from srcxform.normalise.generators import as_list
from srcxform.normalise.lines import Around, Resolve
from srcxform.normalise.loop_else import keep
from srcxform.normalise.parts import mapped
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.visit import clone, loads


def flatten(
    block: Block, names: Names, resolve: Resolve, local: set[str], shifting: frozenset[str]
) -> Block:
    """Flatten a block.

    `resolve` gives the object that a global expression stands for (None if it is not known);
    `local` are the function's own names, to which those of temporaries are added, and those of the
    functions around it; `shifting` are those that a call of a nested function may rebind.
    """
    return Flattener(names, resolve, Around(local, shifting)).block(block)


class Flattener(Assignments):
    """Writes statements."""

    def block(self, block: Block) -> Block:
        outer, self.lines = self.lines, []
        for statement in block:
            if isinstance(statement, gast.Pass):
                continue  # what is left of a jump has no place
            start = len(self.lines)
            self.hint = "out"
            self.statement(statement)
            build.at(statement.place, self.lines[start:])
            if isinstance(statement, (gast.For, gast.While)):
                self.lines[-1].written = True  # by the user: no part of an expression
        inner, self.lines = self.lines, outer
        return inner

    def statement(self, node: Node) -> None:
        handler = getattr(self, f"on_{type(node).__name__}", None)
        if handler is None:
            self.emit(node)  # the next stage refuses it where it is reached
        else:
            handler(node)

    def on_FunctionDef(self, node: Node) -> None:
        """Define, then decorate: `@d` over `def f` is `f = d(f)`."""
        new = gast.FunctionDef(name=node.name, args=node.args, body=node.body, decorator_list=[])
        decorators = [self.atom(decorator) for decorator in node.decorator_list]
        self.emit(keep(node, self.nested(node, new)))
        for decorator in reversed(decorators):
            call = keep(node, build.call(decorator, build.load(node.name)))
            self.bind(node.name, call)

    def on_Nonlocal(self, node: Node) -> None:
        """Shared with a function around that is read too; else the next stage refuses it."""
        if not all(name in self.local for name in node.names):
            self.emit(node)

    def on_Expr(self, node: Node) -> None:
        if isinstance(node.value, gast.Constant):
            return
        if isinstance(node.value, gast.Yield):
            given = node.value.value
            value = build.const(None) if given is None else self.lasting(given)
            self.emit(keep(node, gast.Expr(value=keep(node.value, gast.Yield(value=value)))))
            return
        if isinstance(node.value, gast.Call):
            self.emit(keep(node, gast.Expr(value=self.call(node.value))))
        else:
            self.atom(node.value)

    def on_Return(self, node: Node) -> None:
        value = build.const(None) if node.value is None else node.value
        atom = self.lasting(value, returned=True)
        self.emit(keep(node, gast.Return(value=atom)))

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
        if isinstance(iterable, gast.Call) and isinstance(iterable.func, gast.Attribute):
            iterable.once = True  # no more than a temporary
        target, body = node.target, node.body
        if not isinstance(target, gast.Name) and not is_flat(target):
            name = self.fresh("item")
            unpacking = keep(node, build.assign(clone(target), build.load(name)))
            target, body = build.store(name), [unpacking, *body]
        loop = keep(node, build.for_loop(target, iterable, self.block(body)))
        loop.ahead, loop.gathers = getattr(node, "ahead", None), getattr(node, "gathers", None)
        self.emit(loop)

    def iterable(self, node: Node) -> Node:
        """Keep `enumerate(zip(a, b))` whole: how a loop walks is seen from the outside in."""
        node = self.used_up(node, at_once=False)
        name = getattr(getattr(node, "func", None), "id", "")
        if name in ("enumerate", "zip", "reversed") and name not in self.local:
            listed = [as_list(arg, at_once=False) for arg in node.args]
            args = [
                self.iterable(arg) if isinstance(arg, gast.Call) else self.atoms([arg])[0]
                for arg in listed
            ]
            return keep(node, gast.Call(func=node.func, args=args, keywords=node.keywords))
        return self.operation(node)

    def on_Try(self, node: Node) -> None:
        self.emit(mapped(node, self.block))

    def on_With(self, node: Node) -> None:
        """One context manager a `with`, under a name; what it gives is bound inside."""
        first, *others = node.items
        manager = self.operation(first.context_expr)
        body = node.body
        if others:
            body = [keep(node, gast.With(items=others, body=body, type_comment=None))]
        given = first.optional_vars
        if given is not None and not isinstance(given, gast.Name):
            name = self.fresh("item")
            body = [keep(node, build.assign(clone(given), build.load(name))), *body]
            given = build.store(name)
        item = gast.withitem(context_expr=manager, optional_vars=given)
        self.emit(keep(node, gast.With(items=[item], body=self.block(body), type_comment=None)))

    def on_Assert(self, node: Node) -> None:
        test = self.test(node.test)
        self.emit(keep(node, gast.Assert(test=test, msg=node.msg)))

    def on_Delete(self, node: Node) -> None:
        for target in node.targets:
            if not isinstance(target, gast.Name):
                target = self.place_of_store(target)
            self.emit(keep(node, gast.Delete(targets=[target])))


def reads_itself(line: Node) -> bool:
    """Say whether the target of a statement stands among its own operands."""
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=value):
            return not isinstance(value, gast.Name) and name in loads(value)
    return False


def is_flat(target: Node) -> bool:
    return isinstance(target, gast.Tuple) and all(isinstance(t, gast.Name) for t in target.elts)
