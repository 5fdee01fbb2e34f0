"""Which names of a program differ from lane to lane: a fixed point over its statements.

A name has one flag for the whole program. Storage that is written in place has one flag, too,
whatever leads to it. What is bound under a condition that differs from lane to lane differs.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from srcxform.analysis.aliasing import ANY, Storage
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.kinds.lanes import Flag, differs
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Kind,
    Many,
    Number,
    Unknown,
    present,
    scalar_class,
)
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, stores
from srcxform.transform.batching.flags import (
    joined,
    part_of,
    parts,
    settled,
)
from srcxform.transform.context import Context

ABOUT_SHAPES = (
    builtins.len, builtins.isinstance, builtins.type, builtins.callable, builtins.hasattr,
    np.shape, np.ndim, np.size, np.iscomplexobj, np.isrealobj,
)  # fmt: skip
SHAPE_ATTRIBUTES = (*op.OF_SHAPE, *op.OF_LAYOUT)
ADDS = ("append", "extend", "insert", "setdefault", "update")


@dataclass
class Variation:
    """The flags of all names, and the questions that they answer."""

    ctx: Context
    flags: dict[str, Flag]
    shared: dict[int, Flag] = field(default_factory=dict)  # of storage that is written in place
    apart: set[str] = field(default_factory=set)  # bound where only some lanes may come

    def kind(self, node: Node) -> Kind:
        """Give the kind of an operand in one lane."""
        if isinstance(node, gast.Constant):
            return Const(node.value)
        if isinstance(node, gast.Name):
            return self.ctx.program.kinds.get(node.id, UNKNOWN)
        if self.is_integer(node):
            return Number("i")
        return UNKNOWN

    def is_integer(self, node: Node) -> bool:
        """Say whether an expression is integer arithmetic, as it stands in positions."""
        match node:
            case gast.UnaryOp(op=gast.USub() | gast.UAdd(), operand=operand):
                return self.is_integer(operand)
            case gast.BinOp(op=gast.Add() | gast.Sub() | gast.Mult(), left=left, right=right):
                return self.is_integer(left) and self.is_integer(right)
            case gast.Call(func=gast.Name(id="len")):
                return True
            case gast.Constant(value=value):
                return scalar_class(value) == "i"
            case gast.Name(id=name):
                kind = self.ctx.program.kinds.get(name, UNKNOWN)
                return (
                    isinstance(kind, Number)
                    and kind.cls == "i"
                    or (isinstance(kind, Const) and scalar_class(kind.value) == "i")
                )
        return False

    def of(self, node: Node) -> Flag:
        """Give the flag of an operand."""
        return self.flags.get(node.id, False) if isinstance(node, gast.Name) else self.varies(node)

    def varies(self, node: Any) -> bool:
        """Say whether the value of an expression differs from lane to lane."""
        match node:
            case gast.Name():
                return differs(self.of(node))
            case gast.Call(func=func) if self.is_about_shapes(func):
                return False
            case gast.Attribute(value=base, attr=name) if self.is_of_shape(base, name):
                return False
            case gast.Subscript(value=gast.Name() as base, slice=gast.Constant(value=key)):
                return differs(part_of(self.of(base), self.kind(base), key))
            case list():
                return any(map(self.varies, node))
            case gast.AST():
                fields = (getattr(node, name, None) for name in node._fields)
                return any(self.varies(f) for f in fields if isinstance(f, (list, gast.AST)))
        return False

    def is_of_shape(self, base: Node, name: str) -> bool:
        """Say whether an attribute tells the shape or the layout of an array."""
        kind = present(self.kind(base))
        if isinstance(kind, (Array, Number)):
            return name in SHAPE_ATTRIBUTES
        return name in op.OF_SHAPE and isinstance(kind, (Unknown, Const))

    def is_about_shapes(self, func: Node) -> bool:
        """Say whether a function asks only for what is the same in every lane."""
        found = known_object(func, self.ctx.program.externals)
        return any(found is one for one in ABOUT_SHAPES)

    def turns_vary(self, loop: Node) -> bool:
        """Say whether how often a loop turns differs from lane to lane."""
        over = loop.iter if isinstance(loop, gast.For) else loop.test
        return self.varies(over) or self.left_apart(loop.body, False)

    def left_apart(self, block: Block, apart: bool) -> bool:
        """Say whether a `break` of the loop around stands where only some lanes may come."""
        for line in block:
            match line:
                case gast.Break():
                    if apart:
                        return True
                case gast.If(test=test):
                    inside = apart or self.varies(test)
                    if any(self.left_apart(inner, inside) for inner in blocks(line)):
                        return True
                case gast.With() | gast.Try():
                    if any(self.left_apart(inner, apart) for inner in blocks(line)):
                        return True
        return False

    def of_value(self, value: Node) -> Flag:
        """Give the flag of the right-hand side of an assignment."""
        found = self.ctx.operation(value)
        match found:
            case op.Copy(source=source):
                return self.of(source)
            case op.Item(base=base, index=index) if not self.varies(index):
                kind = self.kind(base)
                if isinstance(kind, (Array, Unknown)):
                    return differs(self.of(base))
                key = index.value if isinstance(index, gast.Constant) else None
                if key is None:
                    self.even(base)
                if isinstance(index, gast.Slice):
                    return differs(self.of(base))
                return part_of(self.of(base), kind, key)
            case op.Field(base=base, name=name):
                return part_of(self.of(base), self.kind(base), name)
            case op.Display(items=items):
                return tuple(map(self.of, items)) if items else False
            case op.Listing(source=source):
                self.even(source)
                return differs(self.of(source))
            case op.Method(base=base, args=args):
                self.even(base)
                return differs(self.of(base)) or any(map(self.varies, args))
        return self.varies(value)

    def bind(self, name: str, flag: Flag) -> None:
        """Let a name be bound to a value with this flag."""
        kind = self.ctx.program.kinds.get(name, UNKNOWN)
        whole = joined(self.flags.get(name, False), settled(flag, kind))
        self.flags[name] = settled(whole, kind)

    def even(self, node: Node) -> None:
        """Let all that a container holds be alike: which part is read is known to the run only."""
        flag, kind = self.of(node), self.kind(node)
        held = parts(kind)
        if isinstance(node, gast.Name) and isinstance(flag, tuple) and held:
            whole = part_of(flag, kind, None)
            self.bind(node.id, tuple(whole for _ in held))

    def synchronise(self) -> None:
        """Let all that leads to storage that is written in place have one flag."""
        storage = self.ctx.storage
        for name in list(storage.of_name):
            kind = self.ctx.program.kinds.get(name, UNKNOWN)
            if isinstance(kind, Const):
                continue
            self.bind(name, self.held(storage.storage(name), kind, self.flags.get(name, False)))

    def held(self, storage: Storage, kind: Kind, flag: Flag) -> Flag:
        storage = storage.root()
        known = parts(kind)
        if known is not None:
            made = []
            for key, inner in known:
                below = storage.fields.get(key) or storage.fields.get(ANY)
                part = part_of(flag, kind, key)
                made.append(part if below is None else self.held(below, inner, part))
            flag = tuple(made)
        elif isinstance(kind, Many):
            for below in list(storage.fields.values()):
                flag = joined(flag, self.held(below, kind.item or UNKNOWN, flag))
            flag = differs(flag)
        if not storage.changed:
            return flag
        known_flag = self.shared.get(id(storage), False)
        self.shared[id(storage)] = joined(known_flag, flag)
        return self.shared[id(storage)]


def variation(ctx: Context, given: dict[str, Flag]) -> Variation:
    """Find which names differ from lane to lane, from the flags of the parameters."""
    which = Variation(ctx, {})
    for name, flag in given.items():
        which.bind(name, flag)
    while True:
        before = dict(which.flags)
        visit(which, ctx.program.body, False)
        which.synchronise()
        if which.flags == before:
            return which


def visit(which: Variation, block: Block, apart: bool) -> None:
    """Note what statements bind; `apart`: whether they run differs from lane to lane."""
    for statement in block:
        if apart:
            which.apart |= stores(statement)
            for name in stores(statement):
                which.bind(name, True)
        match statement:
            case gast.If(test=test):
                inside = apart or which.varies(test)
            case gast.While():
                inside = apart or which.turns_vary(statement)
            case gast.For(target=target, iter=iterable):
                inside = apart or which.turns_vary(statement)
                if which.varies(iterable):
                    for name in stores(target):
                        which.bind(name, True)
            case gast.Try(handlers=[_, *_]):
                inside = apart or which.varies(statement.body)
                for name in stores(statement) if inside else ():
                    which.bind(name, True)
            case _:
                inside = apart
                simple(which, statement, apart)
        for inner in blocks(statement):
            visit(which, inner, inside)


def simple(which: Variation, statement: Node, apart: bool) -> None:
    match statement:
        case gast.Assign(targets=[gast.Name(id=name)], value=value):
            which.bind(name, which.of_value(value))
            effect(which, value, apart)
        case gast.Assign(targets=[gast.Tuple(elts=targets)], value=gast.Name() as source):
            kind = which.kind(source)
            for k, target in enumerate(targets):
                which.bind(target.id, part_of(which.of(source), kind, k))
        case gast.Assign(targets=[(gast.Subscript() | gast.Attribute()) as target], value=value):
            stored(which, target, value, apart)
        case gast.AugAssign(target=gast.Name(id=name), value=value):
            which.bind(name, apart or which.varies(value))
        case gast.AugAssign(target=target, value=value):
            stored(which, target, value, apart)
        case gast.Expr(value=value):
            effect(which, value, apart)


def stored(which: Variation, target: Node, value: Node, apart: bool) -> None:
    base = target.value
    kind = which.kind(base)
    index = target.slice if isinstance(target, gast.Subscript) else None
    if apart or (index is not None and which.varies(index)):
        which.bind(base.id, True)
        return
    known = parts(kind)
    key = index.value if isinstance(index, gast.Constant) else getattr(target, "attr", None)
    if known is not None and any(name == key for name, _ in known):
        flags = tuple(which.of(value) if name == key else False for name, _ in known)
        which.bind(base.id, flags if differs(flags) else False)
    elif which.varies(value):
        which.bind(base.id, True)


def effect(which: Variation, value: Node, apart: bool) -> None:
    """Note what a call does to what it is called on."""
    if not isinstance(value, gast.Call):
        return
    found = which.ctx.operation(value)
    match found:
        case op.Method(base=base, name=name, args=args):
            if apart or (name in ADDS and any(map(which.varies, args))):
                which.bind(base.id, True)
        case op.AddAt(base=base, index=index, value=added):
            if apart or which.varies(index) or which.varies(added):
                which.bind(base.id, True)
        case op.Apart() | op.Foreign():
            if apart or which.varies(value):
                written(which, value)


def written(which: Variation, value: Node) -> None:
    """Take all that may be written by a call that is not looked into as differing."""
    for part in gast.walk(value):
        if isinstance(part, gast.Name) and part.id in which.ctx.storage.of_name:
            if which.ctx.storage.is_changed(part.id):
                which.bind(part.id, True)
