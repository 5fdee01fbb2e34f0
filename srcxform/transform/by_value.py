"""Recursive functions that write into their arguments, as functions that give back what they wrote.

A function kept apart is differentiated on its own, and no derivative follows a write out of it. So
it works on a copy, and returns that beside its result; the caller hands a copy, too, and stores
what comes back.

    fill(out, x, k - 1)          out_1 = list(out)
                                 parts = fill(out_1, x, k - 1)
                                 value = parts[0]
                                 new = parts[1]
                                 out[:] = new

Where the result is what was written, and nothing else (`return out`), the caller has that already.
That is the same as long as nothing else leads to what is written: not another argument, and no
part of the result; and as long as no exception that is handled ends the function before its time.
Where that is not certain, the program stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import gast

from srcxform.analysis.aliasing import Aliasing, aliasing, holds_storage, parts_of, writes_of
from srcxform.kinds.lattice import NONE, UNKNOWN, Array, Items, Kind, Many, Mapping
from srcxform.specialise.apart import Callee, specialised
from srcxform.specialise.cells import Cells, Restart
from srcxform.specialise.program import Program
from srcxform.specialise.scope import State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import (
    all_names,
    blocks,
    change_blocks,
    clone,
    rename,
    statements_in,
    stores,
    walk,
)

SHRINKING = ("pop", "clear", "popitem", "remove")


class Shared(Exception):
    """Something else may lead to what a function writes into."""


def by_value(program: Program) -> Program | None:
    """Give a program in which functions kept apart write into nothing but their own copies.

    None where there is nothing to change, or where it cannot be done.
    """
    functions: dict[str, Callee] = program.functions
    writers = {
        name: writes_of(callee, program.externals, functions)
        for name, callee in functions.items()
    }  # fmt: skip
    writers = {name: found for name, found in writers.items() if found}
    if not writers:
        return None
    changing = Changing(program, writers)
    try:
        body = changing.called(program.body, program.kinds)
        bodies = {name: changing.inside(callee) for name, callee in functions.items()}
    except Shared:
        return None
    for name, callee in functions.items():
        callee.body, callee.contents = bodies[name], ()
        callee.writes = callee.shares = None
        if name in writers:
            changing.returning(callee, writers[name])
    described(program, functions)
    return replace(program, body=body, functions=functions)


def by_value_inside(program: Program) -> Program | None:
    """Do so in a program that is differentiated inside of another.

    Its functions are copied: the program around goes on calling those that write.
    """
    functions: dict[str, Callee] = program.functions
    used = reachable(program)
    if not any(writes_of(functions[name], program.externals, functions) for name in used):
        return None
    names = {name: program.externals.names.like(name) for name in used}
    own = {
        names[name]: replace(
            functions[name], name=names[name], body=rename(functions[name].body, names),
            writes=None, written={}, shares=None,
        )
        for name in used
    }  # fmt: skip
    return by_value(replace(program, body=rename(program.body, names), functions=own))


def reachable(program: Program) -> list[str]:
    """Name the functions kept apart that a program calls, or that these call."""
    found: list[str] = []
    left = [program.body]
    while left:
        called = all_names(left.pop())
        new = [name for name in program.functions if name in called and name not in found]
        found += new
        left += [program.functions[name].body for name in new]
    return found


class Changing:
    """Writes the copies, the returns and the stores; `writers` says who writes into what."""

    def __init__(self, program: Program, writers: dict[str, frozenset[int]]) -> None:
        self.program = program
        self.writers = writers
        self.names = program.externals.names
        self.itself = {
            name: position
            for name, written in writers.items()
            for position in sorted(written)
            if gives_back(program.functions[name], position)
        }

    def facts(self, body: Block, kinds: dict[str, Kind]) -> Aliasing:
        return aliasing(body, kinds, self.program.externals, self.program.functions)

    def inside(self, callee: Callee) -> Block:
        """Change the calls in a function, after a look at what it writes into."""
        if callee.name in self.writers:
            facts, own = self.facts(callee.body, callee.kinds), self.itself.get(callee.name)
            check_writer(callee, self.writers[callee.name], facts, own)
        return self.called(callee.body, callee.kinds)

    def called(self, body: Block, kinds: dict[str, Kind]) -> Block:
        """Change the calls in a body."""
        facts = self.facts(body, kinds)
        return [line for statement in clone(body) for line in self.statement(statement, facts)]

    def statement(self, node: Node, facts: Aliasing) -> Block:
        if isinstance(node, gast.Try) and node.handlers and self.writes(node.body):
            raise Shared  # an exception leaves what was written until then in the copy
        if blocks(node):
            change_blocks(
                node, lambda block: [one for line in block for one in self.statement(line, facts)]
            )
        match node:
            case gast.Assign(targets=[gast.Name(id=target)], value=gast.Call() as call):
                pass
            case gast.Expr(value=gast.Call() as call):
                target = ""
            case _:
                if any(self.is_writer(part) for part in own_parts(node)):
                    raise Shared
                return [node]
        if not self.is_writer(call):
            return [node]
        return build.at(getattr(node, "place", None), self.call(call, target, facts))

    def writes(self, block: Block) -> bool:
        return any(self.is_writer(part) for part in walk(block))

    def is_writer(self, node: Node) -> bool:
        return isinstance(node, gast.Call) and getattr(node.func, "id", "") in self.writers

    def call(self, call: Node, target: str, facts: Aliasing) -> Block:
        """Write a call that hands copies, and store what comes back."""
        positions = sorted(self.writers[call.func.id])
        check_separate(call.args, positions, facts)
        lines: Block = []
        back: Block = []
        given = list(call.args)
        parts = self.names.part("parts")
        for place, k in enumerate(positions, 1):
            arg = call.args[k]
            kind = facts.kinds.get(arg.id, UNKNOWN)
            copy, new = self.names.part(arg.id), self.names.part("new")
            lines.append(build.assign(copy, self.copied(arg.id, kind)))
            given[k] = build.load(copy)
            back.append(build.assign(new, build.item(parts, place)))
            back += self.stored(arg.id, new, kind)
        made = gast.Call(func=call.func, args=given, keywords=[])
        made.place = getattr(call, "place", None)
        lines.append(build.assign(parts, made))
        itself = self.itself.get(call.func.id)
        if target and itself is not None:
            back.append(build.assign(target, build.load(call.args[itself].id)))
        elif target:
            lines.append(build.assign(target, build.item(parts, 0)))
        return [*lines, *back]

    def copied(self, name: str, kind: Kind) -> Node:
        if isinstance(kind, Array):
            return self.program.externals.copied(name)
        if is_dict(kind):
            return build.method(name, "copy")
        return build.call("list", build.load(name))

    def stored(self, name: str, new: str, kind: Kind) -> Block:
        """Write `name[...] = new` for an array, a list or a dict."""
        if isinstance(kind, Array):
            return [build.assign(build.item_store(name, build.const(...)), build.load(new))]
        if is_dict(kind):
            key, value = self.names.like("key"), self.names.part("value")
            store = build.item_store(name, build.load(key))
            body = [
                build.assign(value, build.item(new, build.load(key))),
                build.assign(store, build.load(value)),
            ]
            return [build.for_loop(build.store(key), build.load(new), body)]
        whole = gast.Slice(lower=None, upper=None, step=None)
        return [build.assign(build.item_store(name, whole), build.load(new))]

    def returning(self, callee: Callee, written: frozenset[int]) -> None:
        """Let a function work on copies, and return them."""
        *body, last = callee.body
        parameters, copies = list(callee.parameters), []
        place = getattr(body[0] if body else last, "place", None)
        for k in sorted(written):
            own = parameters[k]
            parameters[k] = self.names.like(own)
            copies.append(build.assign(own, self.copied(parameters[k], callee.arguments[k])))
        own_names = [callee.parameters[k] for k in sorted(written)]
        if isinstance(last, gast.Return):
            parts = self.names.like("out")
            itself = callee.name in self.itself
            result = build.const(None) if itself else last.value
            value = build.sequence([result, *map(build.load, own_names)])
            end = [build.assign(parts, value), build.returning(build.load(parts))]
            body += build.at(getattr(last, "place", None), end)
        else:
            body.append(last)
        inside = [callee.kinds.get(name, UNKNOWN) for name in own_names]
        result = NONE if callee.name in self.itself else callee.result
        callee.result = Items("tuple", (result, *inside))
        callee.parameters = tuple(parameters)
        callee.body = [*build.at(place, copies), *body]


def own_parts(node: Node) -> list[Node]:
    """Give the parts of a statement that are in none of its blocks."""
    inner = {id(part) for block in blocks(node) for line in block for part in walk([line])}
    return [part for part in walk([node]) if id(part) not in inner]


def is_dict(kind: Kind) -> bool:
    return isinstance(kind, Mapping) or isinstance(kind, Many) and kind.type == "dict"


def gives_back(callee: Callee, position: int) -> bool:
    """Say whether a function returns an argument, and nothing but that, by whatever way it ends.

    What it returns where it calls itself is the same: taken for granted here, it holds for the
    innermost call, and so for all.
    """
    last = callee.body[-1]
    if not isinstance(getattr(last, "value", None), gast.Name):
        return False
    bound: dict[str, list[Node]] = {}
    for line in (inner for statement in callee.body for inner in statements_in(statement)):
        for name in stores(line) if not blocks(line) else target_names(line):
            bound.setdefault(name, []).append(line)
    parameter = callee.parameters[position]
    same = {parameter, *bound}

    def holds(line: Node) -> bool:
        match line:
            case gast.Assign(targets=[gast.Name()], value=gast.Name(id=source)):
                return source in same
            case gast.Assign(targets=[gast.Name()], value=gast.Call(func=function, args=args)):
                given = args[position] if len(args) > position else None
                own = getattr(function, "id", "") == callee.name
                return own and isinstance(given, gast.Name) and given.id in same
        return False

    while lost := {name for name in same if not all(map(holds, bound.get(name, ())))}:
        same -= lost
    return last.value.id in same


def target_names(line: Node) -> set[str]:
    """Give the names that a statement with blocks binds itself, or in a handler."""
    match line:
        case gast.For(target=target):
            return set(stores(target))
        case gast.With(items=items):
            return {name for item in items for name in stores(item)}
        case gast.Try(handlers=[_, *_]):
            return set(stores(line))
    return set()


def check_writer(
    callee: Callee, written: frozenset[int], facts: Aliasing, itself: int | None
) -> None:
    """Make sure that what a function writes into is in no other of its values.

    `itself`: the argument that is its result.
    """
    last = callee.body[-1]
    result = last.value.id if isinstance(getattr(last, "value", None), gast.Name) else ""
    for k in written:
        name = callee.parameters[k]
        check_kind(callee.kinds.get(name, UNKNOWN))
        storage = facts.storage(name)
        if any(part.changed for part in parts_of(storage) if part is not storage):
            raise Shared  # containers in containers
        others = [*callee.parameters[:k], *callee.parameters[k + 1 :]]
        if result and k != itself and holds_storage(callee.kinds.get(result, UNKNOWN)):
            others.append(result)
        if any(meet(facts, name, other) for other in others):
            raise Shared
        if is_dict(callee.kinds.get(name, UNKNOWN)) and shrinks(callee.body):
            raise Shared


def shrinks(body: Block) -> bool:
    """Say whether keys may be taken out of a dict."""
    return any(
        isinstance(part, gast.Delete) or isinstance(part, gast.Attribute) and part.attr in SHRINKING
        for statement in body
        for part in walk([statement])
    )


def check_separate(args: Sequence[Node], positions: Sequence[int], facts: Aliasing) -> None:
    """Make sure that no argument of a call leads to what the function writes into."""
    for k in positions:
        if not isinstance(args[k], gast.Name):
            raise Shared
        check_kind(facts.kinds.get(args[k].id, UNKNOWN))
        others = [a.id for j, a in enumerate(args) if j != k and isinstance(a, gast.Name)]
        if any(meet(facts, args[k].id, other) for other in others):
            raise Shared


def check_kind(kind: Kind) -> None:
    match kind:
        case Array() | Mapping() | Many(type="list" | "dict") | Items(type="list"):
            return
    raise Shared


def meet(facts: Aliasing, name: str, other: str) -> bool:
    """Say whether another name may lead to the storage of a name.

    What a list holds may be an argument, too: a copy of the list holds the same.
    """
    if not holds_storage(facts.kinds.get(other, UNKNOWN)):
        return False
    own = facts.storage(name)
    return any(part is own for part in parts_of(facts.storage(other)))


def described(program: Program, functions: dict[str, Callee]) -> None:
    """Find the kinds in bodies that were changed."""
    cells = Cells()
    while True:
        state = State(program.externals, cells=cells.again(), functions=dict(functions))
        try:
            for callee in functions.values():
                specialised(state, callee)
        except Restart:
            cells = cells.emptied()
            continue
        if state.cells.raises:
            cells = cells.emptied()
            continue
        if state.cells.holds_what(cells):
            return
        cells = state.cells
