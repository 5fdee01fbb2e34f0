"""What may share memory, and what is written in place.

One class for all names that may lead to the same storage, however they got it: a second name, a
view, a place in a container. The analysis does not follow the order of statements, so it errs on
the side of sharing.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from srcxform.core import operations as op
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import (
    Array,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
    Unknown,
)
from srcxform.runtime import add, snapshot
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, load_list, shallow, statements_in, stores

ANY = "*"
Path = tuple[Any, ...]
ROUNDS = 6  # before places are no longer told apart: what is not told has no end either
DEEP, MANY = 6, 60  # containers in containers, and how many, before it is no longer told apart
GROWS = {"append": 0, "insert": 1, "setdefault": 1}


@dataclass(eq=False)
class Storage:
    """A class of storage; `fields` are the classes of what it holds, by key."""

    parent: Storage | None = None
    fields: dict[Any, Storage] = field(default_factory=dict)
    changed: bool = False
    varied: bool = False
    keyed: bool = False  # a dict with keys that are differentiated

    def root(self) -> Storage:
        node = self
        while node.parent is not None:
            node = node.parent
        return node


@dataclass
class Aliasing:
    """The storage of every name."""

    kinds: dict[str, Kind]
    externals: Externals
    functions: dict[str, Any]
    of_name: dict[str, Storage] = field(default_factory=dict)
    steady: frozenset[str] = frozenset()  # read-only views that go on showing the same
    taking_all: bool = False  # all read-only views are taken for steady
    views: dict[str, list[str]] = field(default_factory=dict)  # what read-only views look at
    writable: set[str] = field(default_factory=set)  # those that can be written through after all
    texts: set[str] = field(default_factory=set)  # names of text that shows an active value
    heard: set[str] = field(default_factory=set)  # those of them that come from outside

    def storage(self, name: str) -> Storage:
        """Give the class of what a name leads to."""
        return self.of_name.setdefault(name, Storage()).root()

    def is_changed(self, name: str) -> bool:
        """Say whether anything writes in place into the storage of a name."""
        return holds_storage(self.kinds.get(name, Unknown())) and self.storage(name).changed

    def changes_within(self, name: str) -> bool:
        """Say whether anything writes in place into what a name leads to, at any depth."""
        waiting, seen = [self.storage(name)], set()
        while waiting:
            one = waiting.pop().root()
            if id(one) in seen:
                continue
            if one.changed:
                return holds_storage(self.kinds.get(name, Unknown()))
            seen.add(id(one))
            waiting += one.fields.values()
        return False

    def item(self, holder: Storage, key: Any) -> Storage:
        """Give the class of what a container holds at `key`."""
        holder = holder.root()
        if key == ANY or ANY in holder.fields:
            everything = holder.fields.setdefault(ANY, Storage())
            for other in list(holder.fields.values()):
                unite(everything, other)
            holder.fields = {ANY: everything.root()}
            return everything.root()
        return holder.fields.setdefault(key, Storage()).root()


def unite(left: Storage, right: Storage) -> Storage:
    """Make two classes one."""
    left, right = left.root(), right.root()
    if left is right:
        return left
    right.parent = left
    left.changed |= right.changed
    left.varied |= right.varied
    left.keyed |= right.keyed
    if ANY in left.fields or ANY in right.fields:
        parts = [*left.fields.values(), *right.fields.values()]
        whole = parts[0]
        left.fields = {ANY: whole}
        for part in parts[1:]:
            unite(whole, part)
        left.root().fields = {ANY: whole.root()}
        return left.root()
    for key, part in right.fields.items():
        if key in left.fields:
            unite(left.fields[key], part)
        else:
            left.fields[key] = part
    return left.root()


def holds_storage(kind: Kind) -> bool:
    """Say whether a value of this kind is something that could be written in place."""
    return isinstance(kind, (Array, Items, Many, Mapping, Record, Unknown))


def aliasing(
    body: Block,
    kinds: dict[str, Kind],
    externals: Externals,
    functions: dict[str, Any],
    steady: frozenset[str] = frozenset(),
    taking_all: bool = False,
) -> Aliasing:
    """Find the storage classes of a residual program.

    Of the views that cannot be written through the `steady` ones (or all of them) count as copies.
    """
    facts = Aliasing(kinds, externals, functions, steady=steady, taking_all=taking_all)
    visit(facts, body)
    return facts


# Views whose shadow is no view of the shadow: some cannot be written through, and the imaginary
# part of a cotangent is minus the cotangent of the imaginary part.
WRITABLE = (np.imag, np.einsum)
UNFOLLOWED = (np.broadcast_to, np.diag, np.diagonal, *WRITABLE)


def visit(facts: Aliasing, block: Block) -> None:
    for statement in block:
        match statement:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                defines(facts, name, value)
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=gast.Name(id=source)):
                for position, target in enumerate(targets):
                    link_item(facts, target.id, source, position)
            case gast.Assign(targets=[gast.Subscript(value=base, slice=index)], value=value):
                if is_slice(facts, index) and is_list(facts, base):
                    extends(facts, base, value)
                else:
                    writes(facts, base, key_of(index), value)
            case gast.Assign(targets=[gast.Attribute(value=base, attr=attr)], value=value):
                if not isinstance(facts.kinds.get(base.id), Record):
                    writes(facts, base, attr, value)
            case gast.AugAssign(target=gast.Name(id=name)):
                facts.storage(name).changed = True
            case gast.AugAssign(target=gast.Subscript(value=base)):
                facts.storage(base.id).changed = True
            case gast.Expr(value=value):
                effect(facts, value)
            case gast.Try(handlers=[_, *_], body=body):
                visit(facts, body)
            case gast.For(target=target, iter=iterable) if not is_dict(iterable, facts):
                for name in stores(target):
                    for source in names_in(iterable):
                        link_item(facts, name, source, ANY)
        for inner in blocks(statement):
            visit(facts, inner)


def is_dict(node: Node, facts: Aliasing) -> bool:
    """Say whether a loop runs over the keys of a dict: they carry no derivative."""
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
        return bool(node.func.attr == "keys")
    kind = facts.kinds.get(node.id) if isinstance(node, gast.Name) else None
    return isinstance(kind, Mapping) or (isinstance(kind, Many) and kind.type == "dict")


def names_in(node: Node) -> list[str]:
    return [n.id for n in gast.walk(node) if isinstance(n, gast.Name)]


def key_of(index: Node) -> Any:
    if isinstance(index, gast.Constant) and isinstance(index.value, (int, str)):
        return index.value
    return ANY


def defines(facts: Aliasing, name: str, value: Node) -> None:
    if not holds_storage(facts.kinds.get(name, Unknown())):
        if isinstance(value, gast.Call):
            effect(facts, value)
        return
    found = op.operation(value, facts.externals, facts.functions)
    match found:
        case op.Copy(source=gast.Name(id=source)):
            unite(facts.storage(name), facts.storage(source))
        case op.Item(base=gast.Name(id=source), index=index) if is_slice(
            facts, index
        ) and isinstance(
            facts.kinds.get(source), (Items, Many)
        ):  # a list of its own: only what it holds is shared
            held = facts.item(facts.storage(source), ANY)
            unite(facts.item(facts.storage(name), ANY), held)
        case op.Item(base=gast.Name(id=source), index=index):
            link_item(facts, name, source, key_of(index))
        case op.Field(base=gast.Name(id=source), name=attr):
            link_item(facts, name, source, attr)
        case op.Display(type=kind_type, keys=keys, items=items):
            for key, item in zip(keys, items, strict=True):
                if isinstance(item, gast.Name):
                    place = key_of(key) if kind_type == "dict" else key
                    unite(facts.item(facts.storage(name), place), facts.storage(item.id))
        case op.RuleCall(rule=rule, given=given):
            link_call(facts, name, found, rule, given)
        case op.Method():
            link_method(facts, name, found)
        case op.Listing(source=gast.Name(id=source)):
            kind = facts.kinds.get(source)
            if not isinstance(kind, Array):
                held = facts.item(facts.storage(source), ANY)
                unite(facts.item(facts.storage(name), ANY), held)
            elif kind.rank != 1:  # the rows of an array are views
                unite(facts.item(facts.storage(name), ANY), facts.storage(source))
        case op.Twins():  # as what it was made like, it may share storage with its own parts
            unite(facts.storage(name), facts.item(facts.storage(name), ANY))
        case op.Seed(source=gast.Name(id=source)):
            unite(facts.storage(name), facts.storage(source))
        case op.Joined(source=gast.Name(id=source), tangent=gast.Name(id=tangent)):
            unite(facts.storage(name), facts.storage(source))
            unite(facts.storage(name), facts.storage(tangent))
        case op.Taken(derivation=derivation, args=args):
            held = facts.item(facts.storage(name), ANY)
            for arg in (args[k] for k in derivation.shares):
                if isinstance(arg, gast.Name):
                    unite(held, facts.storage(arg.id))
                    unite(held, facts.item(facts.storage(arg.id), ANY))
        case op.Apart(callee=callee, args=args):
            effect(facts, value)
            for position in shared_by(callee, facts.externals, facts.functions):
                shared = args[position]
                if isinstance(shared, gast.Name):
                    for path, way in callee.links.get(position, [((), ())]):
                        unite(at_path(facts, shared.id, path), at_path(facts, name, way))
            for one, other in callee.twins or ():
                unite(at_path(facts, name, one), at_path(facts, name, other))
        case op.Custom(passing=args) | op.Foreign(operands=args):
            for arg in args:
                source = arg.id if isinstance(arg, gast.Name) else arg
                if isinstance(source, str):
                    unite(facts.storage(name), facts.storage(source))


def is_slice(facts: Aliasing, index: Node) -> bool:
    """Say whether an index takes a part of a list, not an element."""
    if isinstance(index, gast.Slice):
        return True
    kind = facts.kinds.get(index.id) if isinstance(index, gast.Name) else None
    return isinstance(kind, Items) and kind.type == "slice"


def link_item(facts: Aliasing, name: str, source: str, key: Any) -> None:
    """`name = source[key]`: a view of an array, or what a container holds there."""
    if not holds_storage(facts.kinds.get(name, Unknown())):
        return
    kind = facts.kinds.get(source, Unknown())
    if isinstance(kind, Array):
        unite(facts.storage(name), facts.storage(source))
        return
    if isinstance(kind, (Items, Many, Mapping, Record)):
        unite(facts.storage(name), facts.item(facts.storage(source), normal(kind, key)))
        return
    unite(facts.storage(name), facts.storage(source))
    unite(facts.storage(name), facts.item(facts.storage(source), ANY))


def normal(kind: Kind, key: Any) -> Any:
    """Count negative positions from the front."""
    if isinstance(kind, Many):
        return ANY
    if isinstance(kind, Items) and isinstance(key, int) and key < 0:
        return key + len(kind.items)
    return key


def link_call(
    facts: Aliasing, name: str, found: op.RuleCall, rule: Any, given: dict[str, Node]
) -> None:
    """A view shares its first argument; a fresh container of arguments holds what they hold."""
    if found.view:
        first = given.get(rule.wrt[0]) if rule.wrt else None
        if isinstance(first, gast.Name):
            if rule.primal in UNFOLLOWED:
                facts.views.setdefault(name, []).append(first.id)
                if rule.primal in WRITABLE:
                    facts.writable.add(name)
                if facts.taking_all or name in facts.steady:
                    return
            mine = facts.storage(name)
            if isinstance(facts.kinds.get(name), (Items, Many)):  # a list of views
                mine = facts.item(mine, ANY)
            unite(mine, facts.storage(first.id))
        return
    if rule.primal in (builtins.sum, snapshot, add) or is_fresh(facts, rule, given):
        return
    if isinstance(facts.kinds.get(name), (Items, Many, Mapping, Unknown)):
        for parameter, value in given.items():
            if rule.linear and parameter not in rule.wrt:
                continue  # what is linear holds nothing of what it is not linear in
            if isinstance(value, gast.Name) and holds_storage(facts.kinds.get(value.id, Unknown())):
                mine = facts.item(facts.storage(name), ANY)
                kind = facts.kinds.get(value.id, Unknown())
                theirs = facts.storage(value.id)
                unite(mine, theirs if isinstance(kind, Array) else facts.item(theirs, ANY))


def is_fresh(facts: Aliasing, rule: Any, given: dict[str, Node]) -> bool:
    """Say whether a call gives an array or a number of its own, whatever its operands are.

    A sum or product of what may be lists can be a list of what these hold.
    """
    if rule.primal not in (np.add, np.multiply):
        return bool(rule.actions) or isinstance(rule.primal, np.ufunc) or rule.primal is np.array
    kinds = [
        facts.kinds.get(v.id, Unknown()) if isinstance(v, gast.Name) else Const(v.value)
        for v in given.values()
        if isinstance(v, (gast.Name, gast.Constant))
    ]
    if any(isinstance(kind, Array) for kind in kinds) or len(kinds) < 2:
        return True
    plain = [k for k in kinds if isinstance(k, (Number, Const))]
    if rule.primal is np.add:
        return bool(plain)
    return any(
        k.cls in "fc" if isinstance(k, Number) else type(k.value) in (float, complex) for k in plain
    )


def link_method(facts: Aliasing, name: str, found: op.Method) -> None:
    effect(facts, found.node)
    source = found.base.id
    held = facts.item(facts.storage(source), ANY)
    if found.name in ("pop", "get", "setdefault"):
        unite(facts.storage(name), held)
    elif found.name == "copy":
        unite(facts.item(facts.storage(name), ANY), held)
    else:
        unite(facts.item(facts.storage(name), ANY), held)
        unite(held, facts.item(facts.item(facts.storage(name), ANY), ANY))
        if isinstance(facts.kinds.get(source, Unknown()), Array):
            unite(facts.storage(name), facts.storage(source))  # it may be a view


def writes(facts: Aliasing, base: Node, key: Any, value: Node) -> None:
    facts.storage(base.id).changed = True
    kind = facts.kinds.get(base.id, Unknown())
    if isinstance(value, gast.Name) and not isinstance(kind, Array):
        if holds_storage(facts.kinds.get(value.id, Unknown())):
            held = facts.item(facts.storage(base.id), normal(kind, key))
            unite(held, facts.storage(value.id))


def is_list(facts: Aliasing, base: Node) -> bool:
    return isinstance(facts.kinds.get(base.id), (Items, Many))


def extends(facts: Aliasing, base: Node, value: Node) -> None:
    """`xs[a:b] = ys`: what ys holds is held by xs, too."""
    facts.storage(base.id).changed = True
    if isinstance(value, gast.Name) and holds_storage(facts.kinds.get(value.id, Unknown())):
        held = facts.item(facts.storage(base.id), ANY)
        unite(held, facts.item(facts.storage(value.id), ANY))


def effect(facts: Aliasing, value: Node) -> None:
    """A call for its effect: a method changes what it is called on."""
    found = op.operation(value, facts.externals, facts.functions)
    if isinstance(found, op.Method):
        name = found.base.id
        if (
            not isinstance(facts.kinds.get(name), (Const, Number, Opaque))
            and found.name not in PURE_METHODS
        ):
            facts.storage(name).changed = True
        for position, arg in enumerate(found.args):
            if isinstance(arg, gast.Name) and holds_storage(facts.kinds.get(arg.id, Unknown())):
                held = facts.item(facts.storage(name), ANY)
                if GROWS.get(found.name) == position:
                    unite(held, facts.storage(arg.id))
                else:
                    unite(held, facts.item(facts.storage(arg.id), ANY))
    elif isinstance(found, op.AddAt):
        facts.storage(found.base.id).changed = True
    elif isinstance(found, op.Foreign):
        for name in found.operands:
            facts.storage(name).changed = True
    elif isinstance(found, op.Apart):
        for position in writes_of(found.callee, facts.externals, facts.functions):
            arg = found.args[position]
            if isinstance(arg, gast.Name):
                paths = found.callee.written.get(position)
                if paths is None:
                    mark_changed(facts, facts.storage(arg.id))
                for path in paths or ():
                    at_path(facts, arg.id, path).changed = True


def mark_changed(facts: Aliasing, storage: Storage) -> None:
    """Note that storage, or anything that it holds, may be written in place."""
    for part in parts_of(storage):
        part.changed = True


def parts_of(storage: Storage) -> list[Storage]:
    """Give a class of storage and the classes of all that it holds."""
    found: list[Storage] = []
    waiting = [storage.root()]
    while waiting:
        part = waiting.pop().root()
        if not any(part is other for other in found):
            found.append(part)
            waiting += part.fields.values()
    return found


def writes_of(callee: Any, externals: Externals, functions: dict[str, Any]) -> frozenset[int]:
    """Give the positions of the parameters whose storage a function kept apart may change."""
    if callee.writes is None:
        for one in functions.values():
            one.writes, one.written = frozenset(), {}
        changes, rounds = True, 0
        while changes:
            changes, rounds = False, rounds + 1
            for one in functions.values():
                facts = aliasing(without_result(one.body), one.kinds, externals, functions)
                found = frozenset(
                    position
                    for position, name in enumerate(one.parameters)
                    if any(part.changed for part in parts_of(facts.storage(name)))
                )
                told = found if rounds <= ROUNDS else ()
                written = {k: changed_in(facts.storage(one.parameters[k])) for k in told}
                changes = changes or (found, written) != (one.writes, one.written)
                one.writes, one.written = found, written
    return frozenset(callee.writes)


def changed_in(storage: Storage) -> list[Path] | None:
    """Give the ways to what is written in place in a value; None if they are not told."""
    theirs = ways(storage)
    if theirs is None:
        return None
    changed = {id(part) for part in parts_of(storage) if part.changed}
    return [path for one, paths in theirs.items() if one in changed for path in paths]


def without_result(body: Block) -> Block:
    """Leave out what gives a result, or a part of it, its name, where that is all it is for.

    Of `if few: out = xs` and `else: out = new` the one is written to, and the other is given.
    """
    names = result_names(body)
    if not names:
        return body

    def kept(block: Block) -> Block:
        lines: Block = []
        for line in block:
            match line:
                case gast.Assign(targets=[gast.Name(id=found)], value=value) if found in names:
                    if isinstance(value, (gast.Name, gast.Tuple, gast.List, gast.Dict)):
                        continue
            if blocks(line):
                line = shallow(line)
                for field in ("body", "orelse", "finalbody"):
                    if getattr(line, field, None):
                        setattr(line, field, kept(getattr(line, field)))
            lines.append(line)
        return lines

    return kept(body)


def result_names(body: Block) -> set[str]:
    """Give the names of a result and of its parts, as far as nothing else reads them."""
    read = Counter(name for line in body for name in load_list(line))
    last = body[-1] if body else None
    found: set[str] = set()
    waiting = [last.value] if isinstance(last, gast.Return) else []
    while waiting:
        node = waiting.pop()
        if not isinstance(node, gast.Name) or read[node.id] != 1:
            continue
        found.add(node.id)
        made = [line for top in body for line in statements_in(top) if node.id in stores(line)]
        if len(made) == 1 and isinstance(getattr(made[0], "value", None), gast.Tuple):
            waiting += made[0].value.elts
    return found


def shared_by(callee: Any, externals: Externals, functions: dict[str, Any]) -> frozenset[int]:
    """Give the positions of the parameters that the result of a function kept apart may share."""
    if callee.shares is None:
        for one in functions.values():
            one.shares, one.twins, one.links = frozenset(), (), {}
        changes, rounds = True, 0
        while changes:
            changes, rounds = False, rounds + 1
            for one in functions.values():
                facts = aliasing(one.body, one.kinds, externals, functions)
                shares = shared_inside(one, facts)
                found = (
                    shares,
                    held_twice(one, facts),
                    linked(one, facts, shares) if rounds <= ROUNDS else {},
                )
                changes = changes or found != (one.shares, one.twins, one.links)
                one.shares, one.twins, one.links = found
    return frozenset(callee.shares)


def shared_inside(callee: Any, facts: Aliasing) -> frozenset[int]:
    last = callee.body[-1] if callee.body else None
    value = last.value if isinstance(last, gast.Return) else None
    if not isinstance(value, gast.Name):
        return frozenset()
    given = parts_of(facts.storage(value.id))
    return frozenset(
        position
        for position, name in enumerate(callee.parameters)
        if holds_storage(facts.kinds.get(name, Unknown()))
        and any(part is one for part in parts_of(facts.storage(name)) for one in given)
    )


def linked(
    callee: Any, facts: Aliasing, shares: frozenset[int]
) -> dict[int, list[tuple[Path, Path]]]:
    """Give for parameters which place in them may be which place in the result.

    Those of which that is not told may be it as a whole.
    """
    if not shares:
        return {}
    theirs = ways(facts.storage(callee.body[-1].value.id))
    found = {}
    for position in sorted(shares):
        ours = ways(facts.storage(callee.parameters[position]))
        if ours is not None and theirs is not None:
            found[position] = [
                (path, way) for one, paths in ours.items() if one in theirs
                for path in paths for way in theirs[one]
            ]  # fmt: skip
    return found


def ways(storage: Storage) -> dict[int, list[Path]] | None:
    """Give all ways to what a value holds, by the class there; None if they have no end."""
    found: dict[int, list[Path]] = {}
    waiting: list[tuple[Path, Storage]] = [((), storage.root())]
    for _ in range(MANY):
        if not waiting:
            return found
        path, one = waiting.pop()
        if len(path) > DEEP:
            return None
        found.setdefault(id(one), []).append(path)
        waiting += [((*path, key), part.root()) for key, part in one.fields.items()]
    return None


def held_twice(callee: Any, facts: Aliasing) -> tuple[tuple[Path, Path], ...]:
    """Give the places in what a function returns where the same storage may be: two by two."""
    last = callee.body[-1] if callee.body else None
    value = last.value if isinstance(last, gast.Return) else None
    if not isinstance(value, gast.Name):
        return ()
    first: dict[int, Path] = {}
    found = []
    kind = facts.kinds.get(value.id, Unknown())
    for path, storage in places_in(facts.storage(value.id), kind, ()):
        one = first.setdefault(id(storage), path)
        if one != path:
            found.append((one, path))
    return tuple(found)


def places_in(storage: Storage, kind: Kind, path: Path) -> Iterator[tuple[Path, Storage]]:
    """Give the storage of a value, and of all that it holds, with the way there."""
    if not holds_storage(kind):
        return
    yield path, storage.root()
    match kind:
        case Items(items=items):
            inside: list[tuple[Any, Kind]] = list(enumerate(items))
        case Mapping(keys=keys, items=items) | Record(keys=keys, items=items):
            inside = [*zip(keys, items, strict=True)]
        case Many(item=Kind() as item):
            inside = [(ANY, item)]
        case _:
            return
    fields = storage.root().fields
    for key, item in inside:
        part = fields.get(key) or fields.get(ANY)
        if part is not None:
            yield from places_in(part, item, (*path, key))


def at_path(facts: Aliasing, name: str, path: Path) -> Storage:
    """Give the class of what a value holds at the end of a path."""
    found = facts.storage(name)
    for key in path:
        found = facts.item(found, key)
    return found


def given_back(facts: Aliasing, body: Block) -> frozenset[str]:
    """Give the names that may lead to what a function returns: its caller may write into that."""
    last = body[-1] if body else None
    value = last.value if isinstance(last, gast.Return) else None
    if not isinstance(value, gast.Name):
        return frozenset()
    parts = parts_of(facts.storage(value.id))
    return frozenset(name for name in list(facts.of_name) if facts.storage(name) in parts)


PURE_METHODS = {"copy", "get", "keys", "values", "items", "index", "count"}
