"""Where cotangents live, and how contributions to them are written.

*Dense*: a variable for each value that nobody mutates; the first contribution is an assignment,
later ones add. A contribution to an element adds in place, into storage that the backward sweep
itself allocated.
*Static*: a tuple, list or dict that is only built and read at known places has no cotangent of
its own; its elements have.
*Shadow*: storage that is mutated has one shadow, built beside the primal in the forward sweep, so
that second names and views of the primal are second names and views of the shadow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gast

from srcxform.analysis.aliasing import ANY
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Mixed,
    Number,
    Record,
    Unknown,
    is_differentiable,
    with_parts,
)
from srcxform.runtime import accumulate, add, shadow_like, zeros_like
from srcxform.specialise.refusal import written_place
from srcxform.specialise.subscripts import subscript_kind
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.context import Context
from srcxform.transform.repeats import may_repeat

Path = tuple[Any, ...]
Key = tuple[str, Path]
FRESH = (gast.BinOp, gast.UnaryOp)
PLAIN = 4  # as many parts, or containers in containers, are added up one by one
ALIASING = (  # names of functions whose result may look at their argument
    "broadcast_to", "reshape", "transpose", "asarray", "ravel", "squeeze", "expand_dims",
    "swapaxes", "moveaxis", "real", "imag", "atleast_1d", "atleast_2d", "diagonal",
)  # fmt: skip


@dataclass
class Status:
    """Which cotangents hold something at this point of the backward sweep, and who owns them."""

    present: dict[Key, bool] = field(default_factory=dict)  # key: may be added to in place

    def copy(self) -> Status:
        """Give an independent copy."""
        return Status(dict(self.present))


class Cotangents:
    """Names cotangents and writes contributions; `status` follows the backward sweep."""

    def __init__(self, ctx: Context, dynamic: set[int]) -> None:
        self.ctx = ctx
        self.dynamic = dynamic
        self.status = Status()
        self.bars: dict[Key, str] = {}
        self.needs_own: set[Key] = set()
        self.place: Any = None  # the statement whose steps are written

    # -- which form

    def is_shadow(self, name: str) -> bool:
        """Say whether the cotangent of a name is storage built in the forward sweep."""
        kind = self.ctx.kind(name)
        if isinstance(kind, Many):
            return True
        if not isinstance(kind, (Array, Items, Mapping, Record, Unknown)):
            return False
        storage = self.ctx.storage.storage(name)
        return storage.changed or id(storage) in self.dynamic

    def is_shared(self, name: str, kind: Kind) -> bool:
        """Say whether the elements of this kind in a container have shadows of their own."""
        if isinstance(kind, Many):
            return True
        if not isinstance(kind, (Array, Items, Mapping, Record, Unknown)):
            return False
        storage = self.ctx.storage.item(self.ctx.storage.storage(name), ANY)
        return storage.changed or id(storage) in self.dynamic

    def is_static(self, name: str) -> bool:
        """Say whether only the elements of a name have cotangents."""
        kind = self.ctx.kind(name)
        return isinstance(kind, (Items, Mapping, Record)) and not self.is_shadow(name)

    def leaves(self, kind: Kind, path: Path = ()) -> list[Path]:
        """Give the paths to all parts of a container that carry derivatives."""
        match kind:
            case Items(items=items):
                keys: Any = range(len(items))
            case Mapping(keys=keys, items=items) | Record(keys=keys, items=items):
                pass
            case _:
                return [path] if is_differentiable(kind) else []
        return [
            leaf
            for key, item in zip(keys, items, strict=True)
            for leaf in self.leaves(item, (*path, key))
        ]

    def keys(self, name: str, path: Path = ()) -> list[Key]:
        """Give the keys of all dense cotangents that make up one value."""
        if not self.is_static(name):
            return [(name, path)]
        kind = self.kind_at(name, path)
        return [(name, (*path, *leaf)) for leaf in self.leaves(kind)]

    def kind_at(self, name: str, path: Path) -> Kind:
        kind = self.ctx.kind(name)
        for key in path:
            match kind:
                case Items(items=items):
                    kind = items[key]
                case Mapping(keys=keys, items=items) | Record(keys=keys, items=items):
                    kind = items[keys.index(key)]
        return kind

    def is_single(self, name: str, path: Path) -> bool:
        """Say whether one cotangent stands for all of a part, whatever is in that."""
        return isinstance(self.kind_at(name, path), Unknown)

    # -- names

    def bar(self, key: Key) -> str:
        """Give the name of a cotangent."""
        if key not in self.bars:
            name, path = key
            parts = "".join(
                f"_{part}" for part in path if str(part).isidentifier() or isinstance(part, int)
            )
            self.bars[key] = new = self.ctx.names.exact(f"{name}{parts}_bar")
            self.ctx.declare(new, of_cotangent(self.kind_at(name, path)))
        return self.bars[key]

    def shadow(self, name: str) -> Node:
        """Give the shadow of a name."""
        return build.load(self.bar((name, ())))

    def primal(self, key: Key) -> Node:
        """Write the primal value that a key stands for."""
        node: Node = build.load(key[0])
        for depth, part in enumerate(key[1]):
            if isinstance(self.kind_at(key[0], key[1][:depth]), Record):
                node = build.attribute(node, part)
            else:
                node = build.item(node, build.const(part))
        return node

    # -- reading

    def is_present(self, name: str, path: Path = ()) -> bool:
        """Say whether anything has been contributed to a value."""
        return self.is_shadow(name) or any(k in self.status.present for k in self.keys(name, path))

    def value(self, name: str, path: Path = ()) -> Node:
        """Write the cotangent of a value; absent parts are zeros."""
        if self.is_shadow(name):
            return self.shadow(name)
        kind = self.kind_at(name, path)
        match kind:
            case Items(type=kind_type, items=items) if self.is_static(name):
                parts = [self.value(name, (*path, k)) for k in range(len(items))]
                return build.sequence(parts, kind_type)
            case Mapping(keys=keys) | Record(keys=keys) if self.is_static(name):
                return build.mapping(keys, [self.value(name, (*path, k)) for k in keys])
        key = (name, path)
        if key in self.status.present:
            return build.load(self.bar(key))
        return self.zero(key)

    def zero(self, key: Key) -> Node:
        """Write zeros of a value's shape."""
        match self.kind_at(*key):
            case Number(cls=cls) if cls in "fc":
                return build.const(0.0)
            case kind if not is_differentiable(kind) and not isinstance(
                kind, (Array, Items, Mapping)
            ):
                return build.const(None) if not isinstance(kind, Number) else build.const(0)
        maker = shadow_like if isinstance(self.kind_at(*key), Mixed) else zeros_like
        return self.ctx.settled(build.call(build.const(maker), self.primal(key)))

    def consume(self, name: str) -> None:
        """The value is bound here: what came before has its own cotangent."""
        if not self.is_shadow(name):
            for key in self.keys(name):
                self.status.present.pop(key, None)

    # -- writing

    def contribute(self, name: str, value: Node, path: Path = ()) -> Block:
        """Add `value` to the cotangent of a name (or a part of it)."""
        if self.is_shadow(name):
            return self.into_shadow(name, value)
        if self.is_static(name) and isinstance(self.kind_at(name, path), (Items, Mapping, Record)):
            return self.into_parts(name, value, path)
        key = (name, path)
        kind = self.kind_at(name, path)
        if not is_differentiable(kind):
            return []
        bar = self.bar(key)
        place = None
        if key not in self.status.present:
            lines = self.ctx.expand([build.assign(bar, value)], place)
            self.ctx.kinds[bar] = sharper(self.ctx.kind(bar), kind)
            self.status.present[key] = not isinstance(kind, Array) or is_fresh(lines[-1].value)
            return lines
        if isinstance(kind, (Number, Array)):
            total = build.binary(build.load(bar), gast.Add(), build.load(part := self.part(bar)))
        else:
            total = build.call(
                build.const(add), build.load(bar), build.load(part := self.part(bar))
            )
        self.status.present[key] = True
        return self.ctx.expand([build.assign(part, value), build.assign(bar, total)], place)

    def part(self, bar: str) -> str:
        return str(self.ctx.names.part(bar))

    def into_shadow(self, name: str, value: Node) -> Block:
        if isinstance(self.ctx.kind(name), Array):
            part = self.part(self.bar((name, ())))
            added = build.augment(self.bar((name, ())), gast.Add(), build.load(part))
            return self.ctx.expand([build.assign(part, value), added], None)
        if is_plain(self.ctx.kind(name)) and not isinstance(value, gast.Constant):
            return self.into_container(self.shadow(name), value, self.ctx.kind(name))
        told = [written_place(self.place)] if self.place and unsure(self.ctx.kind(name)) else []
        call = build.call(build.const(accumulate), self.shadow(name), value, *told)
        return self.ctx.expand([build.expression(call)], None)

    def into_container(self, shadow: Node, value: Node, kind: Kind) -> Block:
        """Add to what a list or dict of known kinds holds, place by place."""
        if isinstance(kind, Const):
            return []  # whatever is added up, this number is known
        if isinstance(kind, Number):
            return self.ctx.expand([build.augment(stored(shadow), gast.Add(), value)], None)
        if isinstance(kind, Array):  # the list or dict itself stays as it is
            held, part = self.part("out_bar"), self.part("out_bar")
            self.ctx.kinds[held] = kind
            given = [build.assign(held, shadow), build.assign(part, value)]
            added = build.augment(held, gast.Add(), build.load(part))
            return self.ctx.expand([*given, added], None)
        lines: Block = []
        simple = isinstance(value, gast.Subscript) and isinstance(value.slice, gast.Constant)
        if not simple and not isinstance(value, (gast.Tuple, gast.List, gast.Name)):
            holder = self.part("out_bar")
            lines += self.ctx.expand([build.assign(holder, value)], None)
            value = build.load(holder)
        if isinstance(kind, Many):
            return [*lines, *self.into_each(shadow, value, None, kind)]
        keys: Any = range(len(kind.items)) if isinstance(kind, Items) else kind.keys  # type: ignore[attr-defined]
        for position, key in enumerate(keys):
            item = kind.items[position]  # type: ignore[attr-defined]
            if is_differentiable(item):
                written = isinstance(value, (gast.Tuple, gast.List))
                part = value.elts[key] if written else build.item(clone(value), build.const(key))
                lines += self.into_container(
                    build.item(clone(shadow), build.const(key)), part, item
                )
        return lines

    def into_all(self, name: str, g: Node) -> Block | None:
        """Add the same to every number of a list; None where it does not hold numbers alone."""
        kind = self.ctx.kind(name)
        if not self.is_shadow(name) or not isinstance(kind, Many) or kind.type == "dict":
            return None
        plain = isinstance(kind.item, Number)
        return self.into_each(self.shadow(name), self.shadow(name), g, kind) if plain else None

    def into_each(self, shadow: Node, over: Node, alike: Node | None, kind: Many) -> Block:
        """Add to all that a list or dict of unknown length holds."""
        place = self.ctx.names.like("key" if kind.type == "dict" else "k")
        self.ctx.kinds[place] = UNKNOWN if kind.type == "dict" else Number("i")
        inner = build.item(clone(shadow), build.load(place))
        given = build.item(clone(over), build.load(place)) if alike is None else clone(alike)
        if kind.type != "dict":
            over = build.call("range", build.call("len", over))
        assert kind.item is not None
        body = self.into_container(inner, given, kind.item)
        return self.ctx.expand([build.for_loop(build.store(place), over, body)], None)

    def into_parts(self, name: str, value: Node, path: Path) -> Block:
        """Spread the cotangent of a container over its elements."""
        lines: Block = []
        if not isinstance(value, (gast.Tuple, gast.List, gast.Name)):
            holder = self.part(f"{name}_bar")
            lines += self.ctx.expand([build.assign(holder, value)], None)
            value = build.load(holder)
        kind = self.kind_at(name, path)
        keys: Any = range(len(kind.items)) if isinstance(kind, Items) else kind.keys  # type: ignore[attr-defined]
        for key in keys:
            if self.leaves(self.kind_at(name, (*path, key))):
                if isinstance(value, (gast.Tuple, gast.List)):
                    part = value.elts[key]
                else:
                    part = self.as_told(value, key, self.kind_at(name, (*path, key)))
                lines += self.contribute(name, part, (*path, key))
        return lines

    def as_told(self, whole: Node, key: Any, kind: Kind) -> Node:
        """Read a part of a cotangent, and say that it is a number where the whole tells nothing."""
        part = build.item(clone(whole), build.const(key))
        told = not isinstance(self.ctx.kind_of_node(whole), Unknown)
        is_real = isinstance(kind, Number) and kind.cls == "f"
        return build.call("float", part) if is_real and not told else part

    def into_item(
        self, name: str, index: Node, index_kind: Kind, value: Node, op: Any = None
    ) -> Block:
        """Add to an element of a dense array's cotangent, in place: O(1) for one element."""
        key = (name, ())
        bar = self.bar(key)
        lines = self.own(key)
        target = build.item_store(bar, clone(index))
        if may_repeat(self.ctx, index, index_kind):
            add_at = build.attribute(build.attribute(self.numpy(), "add"), "at")
            call = build.call(add_at, build.load(bar), build.index_value(clone(index)), value)
            return [*lines, *self.ctx.expand([build.expression(call)], None)]
        added = build.augment(target, op or gast.Add(), value)
        return [*lines, *self.ctx.expand([added], None)]

    def numpy(self) -> Node:
        import numpy as np

        return self.ctx.program.externals.module(np)

    def own(self, key: Key) -> Block:
        """Make sure that a cotangent is storage of ours, to be added to in place."""
        bar = self.bar(key)
        self.needs_own.add(key)
        if key not in self.status.present:
            self.status.present[key] = True
            return self.ctx.expand([build.assign(bar, self.zero(key))], None)
        if self.status.present[key]:
            return []
        self.status.present[key] = True
        return [build.assign(bar, self.ctx.program.externals.copied(bar))]

    def item_kind(self, name: str, index_kind: Kind) -> Kind:
        """Give the kind of an element."""
        return subscript_kind(self.ctx.kind(name), index_kind)


def of_cotangent(kind: Kind) -> Kind:
    """Give the kind of what belongs to a value: what belongs to an object is a dict."""
    match kind:
        case Record(keys=keys, items=items):
            return Mapping(keys, tuple(map(of_cotangent, items)))
        case Items() | Mapping() | Many():
            return with_parts(kind, of_cotangent)
    return kind


def sharper(kind: Kind, primal: Kind) -> Kind:
    """Add what is known of a value to what is known of its cotangent."""
    if isinstance(kind, Unknown) and isinstance(primal, Number):
        return primal
    if isinstance(kind, Array) and isinstance(primal, Array) and kind.dims and primal.dims:
        if len(kind.dims) == len(primal.dims):
            pairs = zip(kind.dims, primal.dims, strict=True)
            return Array(kind.cls, tuple(b if a is None else a for a, b in pairs))
    return kind


def is_fresh(value: Node) -> bool:
    """Say whether an expression allocates what it gives."""
    if isinstance(value, (*FRESH, gast.Constant)):
        return True
    if isinstance(value, gast.Call):
        func = value.func
        name = func.attr if isinstance(func, gast.Attribute) else getattr(func, "id", "")
        return name in (
            "zeros_like",
            "scatter",
            "outer",
            "dot",
            "matmul",
            "copy",
            "einsum",
            "tensordot",
            "sum",
            "exp",
            "cos",
            "sin",
        )
    return False


def is_plain(kind: Kind | None, depth: int = 0) -> bool:
    """Say whether the kinds of all that a container holds are known, and are not many."""
    match kind:
        case Number() | Array() | Const():
            return True
        case Many(type="list" | "dict", item=item):
            return item is not None and depth < PLAIN and is_plain(item, depth + 1)
        case Items(items=items) | Mapping(items=items):
            several = len(items) <= PLAIN and depth < PLAIN
            return several and all(is_plain(item, depth + 1) for item in items)
    return False


def stored(place: Node) -> Node:
    """Write a place that was read as one to be written to."""
    return gast.Subscript(value=clone(place.value), slice=clone(place.slice), ctx=gast.Store())


def unsure(kind: Kind) -> bool:
    """Say whether a value may turn out to be a number."""
    return isinstance(kind, Unknown)
