"""The constructors of syntax nodes: every node that is not the user's is made here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import gast

Node = Any  # gast classes carry no types
Block = list[Any]


def load(name: str) -> Node:
    return gast.Name(id=name, ctx=gast.Load(), annotation=None, type_comment=None)


def store(name: str) -> Node:
    return gast.Name(id=name, ctx=gast.Store(), annotation=None, type_comment=None)


def const(value: object) -> Node:
    return gast.Constant(value=value, kind=None)


def assign(target: str | Node, value: Node) -> Node:
    """Write `target = value`; a string is a name."""
    node = store(target) if isinstance(target, str) else target
    return gast.Assign(targets=[node], value=value, type_comment=None)


def augment(target: Node | str, op: Node, value: Node) -> Node:
    node = store(target) if isinstance(target, str) else target
    return gast.AugAssign(target=node, op=op, value=value)


def call(function: Node | str, *args: Node, **keywords: Node) -> Node:
    func = load(function) if isinstance(function, str) else function
    named = [gast.keyword(arg=key, value=value) for key, value in keywords.items()]
    return gast.Call(func=func, args=list(args), keywords=named)


def attribute(value: Node | str, name: str) -> Node:
    base = load(value) if isinstance(value, str) else value
    return gast.Attribute(value=base, attr=name, ctx=gast.Load())


def method(value: Node | str, name: str, *args: Node) -> Node:
    return call(attribute(value, name), *args)


def item(value: Node | str, index: Node | int | str, ctx: Node | None = None) -> Node:
    base = load(value) if isinstance(value, str) else value
    node = index if isinstance(index, gast.AST) else const(index)
    return gast.Subscript(value=base, slice=node, ctx=ctx or gast.Load())


def item_store(value: Node | str, index: Node | int | str) -> Node:
    return item(value, index, gast.Store())


def binary(left: Node, op: Node, right: Node) -> Node:
    return gast.BinOp(left=left, op=op, right=right)


def negate(value: Node) -> Node:
    return gast.UnaryOp(op=gast.USub(), operand=value)


def inverted(test: Node) -> Node:
    return gast.UnaryOp(op=gast.Not(), operand=test)


def index_value(index: Node) -> Node:
    """Write an index as an expression: `1:` becomes `slice(1, None)`."""
    if isinstance(index, gast.Slice):
        parts = [part or const(None) for part in (index.lower, index.upper, index.step)]
        return call("slice", *(parts if index.step is not None else parts[:2]))
    if isinstance(index, gast.Tuple):
        return sequence([index_value(part) for part in index.elts])
    return index


def sequence(items: Iterable[Node], kind_type: str = "tuple", ctx: Node | None = None) -> Node:
    make = gast.Tuple if kind_type == "tuple" else gast.List
    return make(elts=list(items), ctx=ctx or gast.Load())


def mapping(keys: Sequence[object], values: Sequence[Node]) -> Node:
    return gast.Dict(keys=[const(key) for key in keys], values=list(values))


def expression(value: Node) -> Node:
    return gast.Expr(value=value)


def branch(test: Node, body: Block, orelse: Block | None = None) -> Node:
    """Write an `if`; an empty body is turned round or filled with `pass`."""
    if not body and orelse:
        return gast.If(test=inverted(test), body=orelse, orelse=[])
    return gast.If(test=test, body=body or [gast.Pass()], orelse=orelse or [])


def for_loop(target: Node | str, iterable: Node, body: Block) -> Node:
    node = store(target) if isinstance(target, str) else target
    return gast.For(
        target=node, iter=iterable, body=body or [gast.Pass()], orelse=[], type_comment=None
    )


def while_loop(test: Node, body: Block) -> Node:
    return gast.While(test=test, body=body or [gast.Pass()], orelse=[])


def marked(loop: Node, new: Node) -> Node:
    """Let a loop keep as few states as the one in whose place it stands."""
    new.snapshots = getattr(loop, "snapshots", None)
    return new


def returning(value: Node) -> Node:
    return gast.Return(value=value)


def function(
    name: str, parameters: Sequence[str], body: Block, defaults: Sequence[Node] = ()
) -> Node:
    args = gast.arguments(
        args=[
            gast.Name(id=p, ctx=gast.Param(), annotation=None, type_comment=None)
            for p in parameters
        ],
        posonlyargs=[],
        vararg=None,
        kwonlyargs=[],
        kw_defaults=[],
        kwarg=None,
        defaults=list(defaults),
    )
    return gast.FunctionDef(
        name=name,
        args=args,
        body=body or [gast.Pass()],
        decorator_list=[],
        returns=None,
        type_comment=None,
        type_params=[],
    )


def at(place: Any, nodes: Block) -> Block:
    """Let statements that have no place of their own stand at `place`."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, gast.stmt) and getattr(node, "place", None) is None:
            node.place = place
        for field in ("body", "orelse", "finalbody", "handlers"):
            inner = getattr(node, field, None)
            if type(inner) is list:
                stack += inner
    return nodes
