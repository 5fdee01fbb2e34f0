"""Objects made inside: what their class's `__init__` does comes in.

An object that nobody writes to afterwards is made at the end of its `__init__`, as a value; all
others stay taken apart (see `instances`).
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from typing import Any

import gast

from srcxform.kinds.instances import BARE, class_attribute
from srcxform.kinds.lattice import NEVER, Const, Instance, Items, Kept, Kind, Mapping, Record
from srcxform.runtime.collected import STAND_INS
from srcxform.specialise.attribute_flags import begin_flags, begin_kept
from srcxform.specialise.instances import all_attributes, built, named, put, refuse, sealed
from srcxform.specialise.objects import calling, class_reference, constant_of, looked_up
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Node


def construct(
    state: State, node: Node, cls: type, args: Args, keywords: Keywords, func: Node | None
) -> Evaluated | None:
    """Write the making of an object; None where the class makes them in a way of its own."""
    if class_attribute(type(cls), "__call__") is not class_attribute(type, "__call__"):
        return None
    if isinstance(func, gast.Name) and func.id in state.lasting_names():
        state.classes.setdefault(cls, func)
    if issubclass(cls, tuple):
        return namedtuple(state, cls, args, keywords, func)
    if isinstance(looked_up(state, cls, "__del__"), types.FunctionType):
        refuse(state, f"an object of `{cls.__name__}`, which has a `__del__`, is made",
               "when it runs, and what it does then, is not told by the source",
               "do in an ordinary method what `__del__` does, and call it")  # fmt: skip
        return build.const(None), NEVER
    maker = looked_up(state, cls, "__new__")
    if isinstance(maker, staticmethod):
        maker = maker.__func__
    if isinstance(maker, types.FunctionType):
        owner = class_reference(state, cls)
        made = calling(state, node, maker, [owner, *args], keywords)
        if not isinstance(made[1], Instance) or made[1].type is not cls:
            return made
    else:
        made = blank(state, cls, origin_of(node, cls))
    if not begun(state, node, cls, made, args, keywords):
        return None
    assert isinstance(made[1], Instance)
    origin = origin_of(node, cls)
    if origin in state.cells.kept:
        return kept(state, made[1])
    if origin in state.cells.written or cls in STAND_INS.values():
        return made
    return sealed(state, made[1], frozenset([origin]), func)


def kept(state: State, kind: Instance) -> Evaluated:
    """Give the dict that stands for an object, now that its `__init__` is done."""
    parts = {name: named(state, name, part) for name, part in all_attributes(state, kind).items()}
    names = tuple(parts)
    begin_kept(state, kind.type, names)
    holder = state.names.like(state.labels[kind.site])
    state.cells.stored(holder)
    state.emit(build.assign(holder, build.mapping(names, [node for node, _ in parts.values()])))
    table = Mapping(names, tuple(found for _, found in parts.values()))
    state.bind(holder, Kept(kind.type, table))
    return build.load(holder), state.kind_of(holder) or NEVER


def blank(state: State, cls: type, origin: Any = None) -> Evaluated:
    """Give an object without attributes."""
    from srcxform.specialise.closures import placeholder

    hint = state.hint if not state.hint.startswith("out") else cls.__name__.lower()
    site = state.names.like(hint)
    state.labels[site] = hint
    state.escaped.discard(site)
    kind = Instance(cls, site, origin)
    state.emit(build.assign(site, placeholder(state)))
    state.bind(site, kind)
    for key in [key for key in state.slots if key[0] == site]:
        if state.env is not None:
            state.env.pop(state.slots[key], None)
    begin_flags(state, kind, ())
    for owner, name in sorted(state.cells.preset, key=lambda one: str(one[1])):
        if owner is cls:
            put(state, (build.load(site), kind), name, constant_of(state, cls, name))
    return build.load(site), kind


def origin_of(node: Node, cls: type) -> Any:
    place = getattr(node, "place", None)
    return (cls.__qualname__, None if place is None else (place.line, place.column))


def begun(
    state: State, node: Node, cls: type, made: Evaluated, args: Args, keywords: Keywords
) -> bool:
    """Write an object's `__init__`."""
    start = looked_up(state, cls, "__init__")
    if cls in BARE:
        for name, value in keywords.items():
            put(state, made, name, value)
        return not args
    if dataclasses.is_dataclass(cls) and is_generated(cls, start):
        return filled(state, node, cls, made, args, keywords)
    if isinstance(start, types.FunctionType):
        calling(state, node, start, [made, *args], keywords)
        return True
    return start is object.__init__ and not args and not keywords


def is_generated(cls: Any, start: Any) -> bool:
    """Say whether `__init__` was written by `dataclasses`, which leaves one of the user's alone."""
    code = getattr(start, "__code__", None)
    return code is not None and code.co_filename == "<string>"


def filled(
    state: State, node: Node, cls: Any, made: Evaluated, args: Args, keywords: Keywords
) -> bool:
    """Do what a dataclass's `__init__` does."""
    from srcxform.specialise.inlining import match_arguments

    fields = {field.name: field for field in cls.__dataclass_fields__.values()}
    missing: Any = dataclasses.MISSING

    def default(name: str) -> Evaluated:
        field = fields[name]
        if field.default_factory is not missing:
            return fresh(state, node, cls, field)
        return constant(state, cls, name, field.default)

    signature = inspect.signature(cls.__init__)
    first, *rest = signature.parameters.values()
    bound = match_arguments(node, cls.__name__, signature.replace(parameters=rest), args,
                            keywords, default)  # fmt: skip
    later: Args = []
    for name, field in fields.items():
        kind = getattr(field, "_field_type", None)
        if getattr(kind, "name", "") == "_FIELD_CLASSVAR":
            continue
        if getattr(kind, "name", "") == "_FIELD_INITVAR":
            later.append(bound[name])
        elif field.init:
            put(state, made, name, bound[name])
        elif field.default_factory is not missing or field.default is not missing:
            put(state, made, name, default(name))
    after = looked_up(state, cls, "__post_init__")
    if isinstance(after, types.FunctionType):
        calling(state, node, after, [made, *later])
    return True


def fresh(state: State, node: Node, cls: type, field: Any) -> Evaluated:
    """Call a field's `default_factory`."""
    from srcxform.specialise.calls import call_object

    path = state.externals.path_to(
        cls, "attr:__dataclass_fields__", f"item:{field.name!r}", "attr:default_factory"
    )
    state.externals.saw(path, field.default_factory)
    factory = field.default_factory
    if factory in (list, dict):
        empty: Kind = Items("list", ()) if factory is list else Mapping((), ())
        return (build.sequence([], "list") if factory is list else build.mapping((), [])), empty
    made = call_object(state, node, factory, [], {})
    holder = state.names.like(field.name)
    state.emit(build.assign(holder, made[0]))
    state.bind(holder, made[1])
    return build.load(holder), made[1]


def constant(state: State, cls: type, name: str, value: Any) -> Evaluated:
    """Read a field's default."""
    if value is None or type(value) in (bool, int, float, complex, str):
        path = state.externals.path_to(
            cls, "attr:__dataclass_fields__", f"item:{name!r}", "attr:default"
        )
        state.externals.saw(path, value)
        return build.const(value), Const(value)
    return constant_of(state, cls, name)


def namedtuple(
    state: State, cls: Any, args: Args, keywords: Keywords, func: Node | None
) -> Evaluated | None:
    """Make a namedtuple: a value that nobody writes to."""
    names = getattr(cls, "_fields", None)
    if names is None or len(args) > len(names) or set(keywords) - set(names[len(args) :]):
        return None
    found = dict(zip(names, args, strict=False)) | keywords
    for name in names:
        if name not in found:
            if name not in cls._field_defaults:
                return None
            value = cls._field_defaults[name]
            if value is not None and type(value) not in (bool, int, float, complex, str):
                return None
            found[name] = build.const(value), Const(value)
    parts = {name: found[name] for name in names}
    items = tuple(kind for _, kind in parts.values())
    return built(state, cls, parts, func), Record(cls, tuple(names), items)
