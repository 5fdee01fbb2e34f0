"""A program to be compiled: itself, over the leaves of its arguments and its result.

A machine knows numbers, arrays, and lists of these. So the leaves of a container that is passed
in are parameters of their own, and of a container that is returned the leaves are; what is read out
of containers that never change are these leaves:

    def f(p, x): return p["w"] * x   ->   def f_jit(p_w, x): return p_w * x
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import gast

from srcxform.analysis.aliasing import ANY, Storage
from srcxform.core.callees import known_object
from srcxform.emit.lines import origin, shown_place
from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds.flattening import held, is_leaf
from srcxform.kinds.lattice import Const, Items, Kind, Mapping, Nested, Record, holds
from srcxform.runtime import first_sweep, instance, refusal, way_back, way_back_from
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, clone, loads, shallow, statements_in, stores, walk
from srcxform.transform.context import Context

SCHEDULES = (first_sweep, way_back, way_back_from)
Parts = dict[Any, Node]  # what stands at each key, position or (as a string) attribute


def over_leaves(ctx: Context, given: dict[str, Kind]) -> tuple[list[str], Block]:
    """Give the parameters and the body of a program that takes and returns leaves.

    `given` are the kinds of what it is given: of its arguments, and of what it captured.
    """
    check_refusals(ctx, ctx.program.body)
    check_schedules(ctx, ctx.program.body)
    check_types(ctx)
    check_depth(ctx.program.body)
    check_nested(ctx)
    opening = Opening(ctx)
    for name, kind in given.items():
        opening.parameter(name, kind)
    body = [*opening.lines, *ctx.program.body]
    if isinstance(body[-1], gast.Return):
        *body, last = body
        body += returned(ctx, last)
    return opening.parameters, resolved(body, {}, ctx)


def check_refusals(ctx: Context, block: Block) -> None:
    """Raise what a program would raise where it reaches something that is refused.

    Compiled code cannot make such an error.
    """
    for line in statements_of(block):
        match line:
            case gast.Raise(exc=gast.Call(func=function, args=args)):
                if known_object(function, ctx.program.externals) is refusal:
                    error: Any = refusal(*map(literal, args))
                    if error.place is None:
                        error = type(error)(replace(error.diagnostic, place=users_place(line)))
                    raise error


def check_schedules(ctx: Context, block: Block) -> None:
    """Raise UnsupportedError where a loop goes back by a schedule that is made meanwhile."""
    for line in statements_of(block):
        match line:
            case gast.For(iter=gast.Call(func=function)):
                if known_object(function, ctx.program.externals) in SCHEDULES:
                    raise UnsupportedError(Diagnostic(
                        "this cannot be compiled to native code", place_inside(line),
                        "a `checkpoint` with `snapshots` runs by a schedule of Python's",
                        "leave `snapshots` out, or call the function without jit",
                    ))  # fmt: skip


def check_types(ctx: Context) -> None:
    """Raise UnsupportedError where the program asks for a type: what is known is no question here.

    A machine gives `1 if x > 0.5 else 2.5` one type, whichever of the two it is.
    """
    bodies = [ctx.program.body, *(callee.body for callee in ctx.program.functions.values())]
    for line in (line for body in bodies for line in statements_of(body)):
        calls = [part.func for part in walk([line]) if isinstance(part, gast.Call)]
        asked = [known_object(function, ctx.program.externals) for function in calls]
        if any(one is isinstance or one is type for one in asked):
            raise UnsupportedError(Diagnostic(
                "this cannot be compiled to native code", users_place(line),
                "which type a value has is asked while the program runs, and compiled code has "
                "one type for it", "ask for the value instead, or call the function without jit",
            ))  # fmt: skip


def check_depth(block: Block) -> None:
    """Raise UnsupportedError where turns of a loop put a container into the next, and so on.

    Numba would look for a type that holds itself until the memory is full.
    """
    lines = [inner for top in block for inner in statements_in(top)]
    displays = (gast.Tuple, gast.List, gast.Dict)
    into: dict[str, set[str]] = {}
    for line in lines:
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if isinstance(
                value, (gast.Name, *displays)
            ):
                into.setdefault(name, set()).update(loads(value))
    loops = [line for line in lines if isinstance(line, (gast.For, gast.While))]
    for line in (inner for loop in loops for inner in statements_in(loop)):
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value) if isinstance(
                value, displays
            ):
                if name in reached(loads(value), into):
                    raise UnsupportedError(Diagnostic(
                        "this cannot be compiled to native code", users_place(line),
                        "it holds one like itself, to a depth that is not known ahead",
                        "keep the values in a list, and positions in place of what leads on",
                    ))  # fmt: skip


def check_nested(ctx: Context) -> None:
    """Raise UnsupportedError where each call of a recursion puts what it made into the next."""
    for callee in ctx.program.functions.values():
        kinds = callee.result, *callee.arguments, *callee.kinds.values()
        if any(holds(kind, Nested) for kind in kinds):
            place = next(filter(None, map(users_place, callee.body)), None)
            raise UnsupportedError(Diagnostic(
                "this cannot be compiled to native code", place,
                "each call of a recursion returns what holds the result of the one below",
                "call the function without jit, or let a loop do what the recursion does",
            ))  # fmt: skip


def place_inside(loop: Node) -> Any:
    """Give the user's line that the first of a loop's lines comes from that has one."""
    places = filter(None, map(place_of, statements_in(loop)))
    found = (origin(place.file, place.line) for place in places)
    return next(filter(None, found), None)


def users_place(line: Node) -> Any:
    """Give the user's line that a line comes from, also by way of a generated module."""
    place = place_of(line)
    return None if place is None else shown_place(place)


def place_of(line: Node) -> Any:
    return getattr(line, "place", None)


def reached(names: set[str], into: dict[str, set[str]]) -> set[str]:
    """Give the names from which values come to these, under other names or in containers."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= into.get(name, set()) - found
    return found


def literal(node: Node) -> Any:
    """Give the value of a display of constants."""
    return tuple(map(literal, node.elts)) if isinstance(node, gast.Tuple) else node.value


@dataclass
class Opening:
    """The parameters, one for each leaf, and the containers that they make up."""

    ctx: Context
    parameters: list[str] = field(default_factory=list)
    lines: Block = field(default_factory=list)

    def parameter(self, name: str, kind: Kind) -> None:
        """Take an argument apart."""
        check_unchanged(self.ctx, name, kind, self.ctx.storage.storage(name))
        if is_leaf(kind):
            self.parameters.append(name)
        else:
            self.lines.append(build.assign(name, self.whole(name, kind)))

    def whole(self, name: str, kind: Kind) -> Node:
        """Write a constant, or a container of its parts."""
        if isinstance(kind, Const):
            return self.ctx.program.externals.reference(kind.value) or build.const(kind.value)
        parts = [self.part(f"{name}_{suffix(key)}", item) for key, item in held(kind)]
        return display(self.ctx, kind, parts)

    def part(self, name: str, kind: Kind) -> Node:
        """Give an operand for one part of an argument."""
        if isinstance(kind, Const):
            return self.whole(name, kind)
        own = self.ctx.names.like(name)
        self.ctx.kinds[own] = kind
        if is_leaf(kind):
            self.parameters.append(own)
        else:
            self.lines.append(build.assign(own, self.whole(own, kind)))
        return build.load(own)


def suffix(key: Any) -> str:
    """Name what stands at a key."""
    return re.sub(r"\W", "_", str(key + 1 if type(key) is int else key)).strip("_") or "part"


def display(ctx: Context, kind: Kind, parts: list[Node]) -> Node:
    """Write a container of the given parts."""
    match kind:
        case Items(type=name):
            return build.sequence(parts, name)
        case Mapping(keys=keys):
            return build.mapping(keys, parts)
    assert isinstance(kind, Record)
    make = ctx.program.externals.reference(instance)
    cls = ctx.program.externals.reference(kind.type) or build.const(None)
    named = zip(kind.keys, parts, strict=True)
    keywords = [gast.keyword(arg=key, value=part) for key, part in named]
    return gast.Call(func=make, args=[cls], keywords=keywords)


def check_unchanged(ctx: Context, name: str, kind: Kind, storage: Storage | None) -> None:
    """Raise UnsupportedError if a container that comes in as its leaves is written to."""
    if is_leaf(kind) or storage is None:
        return
    writes = [line for line in statements_of(ctx.program.body) if is_attribute_of(line, name)]
    if storage.root().changed or writes:
        reads = [line for line in statements_of(ctx.program.body) if name in loads(line)]
        places = [users_place(line) for line in (*writes, *reads)]
        raise UnsupportedError(Diagnostic(
            f"`{name}` cannot be written to in compiled code", places[0] if places else None,
            "compiled code is given what is in a list, dict or object, and not the thing itself",
            "return the new values, or call the function without jit",
        ))  # fmt: skip
    fields = storage.root().fields
    for key, item in held(kind):
        check_unchanged(ctx, name, item, fields.get(key, fields.get(ANY)))


def is_attribute_of(line: Node, name: str) -> bool:
    """Say whether a statement stores an attribute of an object."""
    match line:
        case gast.Assign(targets=[gast.Attribute(value=gast.Name(id=owner))]):
            return bool(owner == name)
    return False


def statements_of(block: Block) -> Iterator[Node]:
    for line in block:
        yield from statements_in(line)


def returned(ctx: Context, last: Node) -> Block:
    """Return the leaves of a result, if it is a container."""
    kind = ctx.program.result
    if is_leaf(kind) or isinstance(kind, Const):
        return [last]
    lines: Block = []
    found = leaves_of(ctx, last.value, kind, lines)
    lines.append(build.returning(build.sequence(found)))
    return build.at(getattr(last, "place", None), lines)


def leaves_of(ctx: Context, node: Node, kind: Kind, lines: Block) -> list[Node]:
    """Write what gives the leaves of a container."""
    if isinstance(kind, Const):
        return []
    if is_leaf(kind):
        return [node]
    found = []
    for key, item in held(kind):
        if isinstance(kind, Record):
            value = build.attribute(clone(node), key)
        else:
            value = build.item(clone(node), key)
        name = ctx.names.like(f"out_{suffix(key)}")
        ctx.kinds[name] = item
        lines.append(build.assign(name, value))
        found += leaves_of(ctx, build.load(name), item, lines)
    return found


def resolved(block: Block, known: dict[str, Parts], ctx: Context) -> Block:
    """Read the parts of containers that never change where they came from."""
    new: Block = []
    for statement in block:
        line = read(statement, known)
        if blocks(line):
            inside = {n for part in blocks(line) for s in part for n in stores(s)}
            forget(known, inside | stores(getattr(line, "target", gast.Pass())))
            line = shallow(line)
            for name in ("body", "orelse", "finalbody"):
                if getattr(line, name, None):
                    setattr(line, name, resolved(getattr(line, name), dict(known), ctx))
        new.append(line)
        forget(known, stores(line))
        note(line, known, ctx)
    return new


def read(line: Node, known: dict[str, Parts]) -> Node:
    match line:
        case gast.Assign(
            targets=[gast.Name(id=target)],
            value=gast.Subscript(value=gast.Name(id=name), slice=gast.Constant(value=key)),
        ):
            pass
        case gast.Assign(
            targets=[gast.Name(id=target)],
            value=gast.Attribute(value=gast.Name(id=name), attr=key),
        ):
            pass
        case _:
            return line
    parts = known.get(name, {})
    if isinstance(key, int) and key < 0:
        key += len(parts)
    if key not in parts:
        return line
    return build.at(getattr(line, "place", None), [build.assign(target, clone(parts[key]))])[0]


def note(line: Node, known: dict[str, Parts], ctx: Context) -> None:
    match line:
        case gast.Assign(targets=[gast.Name(id=name)], value=gast.Name(id=source)):
            if source in known:
                known[name] = known[source]
            return  # of one storage: neither is written to
        case gast.Assign(targets=[gast.Name(id=name)], value=value):
            pass
        case _:
            return
    if ctx.storage.is_changed(name):
        return
    kind = ctx.kind(name)
    parts: Parts = {}
    match value, kind:
        case gast.Tuple(elts=items) | gast.List(elts=items), Items():
            parts = dict(enumerate(items))
        case gast.Dict(keys=keys, values=items), Mapping():
            if all(isinstance(key, gast.Constant) for key in keys):
                parts = {key.value: item for key, item in zip(keys, items, strict=True)}
        case gast.Call(func=function, keywords=named), Record():
            if known_object(function, ctx.program.externals) is instance:
                parts = {part.arg: part.value for part in named}
    if parts and all(isinstance(part, (gast.Name, gast.Constant)) for part in parts.values()):
        known[name] = parts


def forget(known: dict[str, Parts], bound: set[str]) -> None:
    for name in list(known):
        read = {part.id for part in known[name].values() if isinstance(part, gast.Name)}
        if name in bound or read & bound:
            del known[name]
