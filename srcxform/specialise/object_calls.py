"""Calls of objects and of their methods, and the builtins that look into objects."""

from __future__ import annotations

import builtins
import copy
import dataclasses
import math
import operator
import types
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.kinds.callables import Closure, Partial, Super
from srcxform.kinds.instances import MISSING, is_followed
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    Const,
    Instance,
    Items,
    Kept,
    Kind,
    Mapping,
    Number,
    OrNone,
    Record,
    is_differentiable,
    present,
)
from srcxform.runtime import iteration
from srcxform.specialise.attribute_flags import is_there, is_unsure, narrow_attribute
from srcxform.specialise.collected import REAL, real_class, stand_in
from srcxform.specialise.fields import fields_of
from srcxform.specialise.folding import is_instance as is_instance_kind
from srcxform.specialise.folding import types_of
from srcxform.specialise.instances import VARS, built, put, refuse, sure_names, write
from srcxform.specialise.making import blank, construct, origin_of
from srcxform.specialise.mixed import by_option, is_told
from srcxform.specialise.object_iteration import SUMMING
from srcxform.specialise.objects import (
    attribute_of_object,
    calling,
    class_of,
    class_reference,
    lasting,
    looked_up,
    named,
    own_attribute,
    own_attributes,
    special,
    super_attribute,
)
from srcxform.specialise.resolve import kind_of_atom
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.sequences import elements
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone

Found = Evaluated | None


def method_of_object(
    state: State, node: Node, base: Node, kind: Kind, args: Any, keywords: Keywords
) -> Found:
    """Specialise `x.name(...)` of an object; None where the attribute is to be called as it is."""
    name = node.func.attr
    if args is None:
        return None
    if isinstance(kind, Record) and name == "_replace" and issubclass(kind.type, tuple):
        own = {key: own_attribute(state, base, kind, key) for key in kind.keys}
        rest = {key: lasting(state, part) for key, part in own.items() if part is not None}
        func, _ = class_reference(state, kind.type, base)
        return construct(state, node, kind.type, [], {**rest, **keywords}, func)
    if isinstance(kind, Record) and name == "_asdict" and issubclass(kind.type, tuple):
        return dictionary_of(state, base, kind)
    if isinstance(kind, Super):
        found = super_attribute(state, kind, name)
    elif class_of(kind) is not None:
        cls = class_of(kind)
        assert cls is not None
        raw = looked_up(state, cls, name)
        if isinstance(raw, types.FunctionType) and own_attribute(state, base, kind, name) is None:
            return calling(state, node, raw, [(base, kind), *args], keywords)
        found = attribute_of_object(state, base, kind, name)
    else:
        return None
    if found is None:
        return None
    return call_value(state, node, found, args, keywords)


def call_value(
    state: State, node: Node, callee: Evaluated, args: Args, keywords: Keywords
) -> Found:
    """Call a value that is known while compiling: a function, a method, an object."""
    from srcxform.specialise.calls import call_object
    from srcxform.specialise.closures import call_known, taken_out

    func, kind = callee
    match kind:
        case Const(value=value):
            written = state.externals.reference(value)
            return call_object(state, node, value, args, keywords, written or func)
        case Partial() | Closure():
            kind = taken_out(state, func, kind)
            return call_known(state, node, kind, args, keywords)
        case Record(type=types.MethodType, items=(Const(value=function), owner_kind)):
            held, _ = lasting(state, callee)
            owner_node = gast.Attribute(value=held, attr="__self__", ctx=gast.Load())
            first = lasting(state, (owner_node, owner_kind))
            return calling(state, node, function, [first, *args], keywords)
    call = special(state, kind, "__call__")
    if call is None:
        return None
    return calling(state, node, call, [(func, kind), *args], keywords)


def builtin_of_object(
    state: State,
    node: Node,
    function: Any,
    args: Args,
    keywords: Keywords,
    func: Node | None = None,
) -> Found:
    """Specialise a builtin that looks into an object; None for all other calls."""
    if function is builtins.super:
        return super_of(state, node, args)
    if function is runtime.instance:
        return instance_kind(state, node, args, keywords)
    collected = stand_in(state, function)
    if collected is not None:
        return construct(state, node, collected, args, keywords, None)
    if isinstance(function, type) and is_made_here(function) and state.scope.function is not None:
        return construct(state, node, function, args, keywords, func)
    if function is dataclasses.replace and args and class_of(present(args[0][1])) is not None:
        return replaced(state, node, (args[0][0], present(args[0][1])), keywords)
    if not args or keywords:
        return None
    if function in (dataclasses.asdict, dataclasses.astuple) and len(args) == 1:
        return fields_of(state, node, function, (args[0][0], present(args[0][1])))
    made: Any = getattr(function, "__self__", None)
    if getattr(function, "__name__", "") == "_make" and hasattr(made, "_fields"):
        parts = state.opened(args[0][1])
        if not isinstance(parts, Items):
            return None
        given = elements(state, (args[0][0], parts))
        return construct(state, node, made, given, {}, class_reference(state, made)[0])
    if function is runtime.object_zeros and isinstance(args[0][1], Record):
        return zeros_of(state, node, args[0])
    if function in (copy.copy, copy.deepcopy) and class_of(args[0][1]) is not None:
        return copied(state, node, args[0], function is copy.deepcopy)
    if function is runtime.check_separate:
        return build.call(node.func, *[value for value, _ in args]), NONE
    if function is object.__new__ and isinstance(args[0][1], Const):
        return blank(state, args[0][1].value)
    numbers = converted(state, node, function, args)
    if numbers is not None:
        return calling(state, node, function, numbers)
    if function is builtins.getattr and isinstance(args[0][1], Const):
        return attribute_by_name(state, node, args)
    (base, kind), *rest = args
    cls = class_of(kind)
    if cls is None:
        return builtin_of_unsure(state, node, function, args, keywords)
    values = [k.value if isinstance(k, Const) else None for _, k in rest]
    if function is object.__setattr__ and isinstance(values[0], str):
        put(state, (base, kind), values[0], rest[1])
        return build.const(None), NONE
    if function is object.__init__ and not rest:
        return build.const(None), NONE
    if function is builtins.isinstance and isinstance(kind, (Instance, Kept)):
        return is_instance(real_class(cls), rest)
    match function, values:
        case builtins.type, []:
            cls = real_class(cls)
            if isinstance(kind, Record) and state.scope.function is None:
                return build.call("type", base), Const(cls)
            return class_reference(state, cls, base if isinstance(kind, Record) else None)
        case builtins.callable, []:
            answer = looked_up(state, cls, "__call__") is not MISSING
            return build.const(answer), Const(answer)
        case builtins.getattr, [str(name)]:
            return attribute_of_object(state, base, kind, name)
        case builtins.getattr, [str(name), _] if is_unsure_of(state, kind, name):
            return attribute_or(state, (base, kind), name, rest[1])
        case builtins.hasattr, [str(name)] if is_unsure_of(state, kind, name):
            return is_there(state, base, kind, name), Number("b")
        case builtins.getattr, [str(name), _]:
            if has_attribute(state, base, kind, name):
                return attribute_of_object(state, base, kind, name)
            return rest[1]
        case builtins.hasattr, [str(name)]:
            answer = has_attribute(state, base, kind, name)
            return build.const(answer), Const(answer)
        case builtins.setattr, [str(name), _]:
            write(state, node, (base, kind), name, rest[1])
            return build.const(None), NONE
        case builtins.vars, []:
            return dictionary_of(state, base, kind)
    asked = METHODS_OF.get(function)
    if asked is not None:
        method = special(state, kind, asked)
        if method is not None and function is builtins.next and rest:
            return calling(state, node, iteration.next_or, args)
        if method is not None:
            return calling(state, node, method, args)
    return None


def attribute_by_name(state: State, node: Node, args: Args) -> Found:
    """Read an attribute of a module or class whose name is known text: `getattr(np, "tanh")`."""
    from srcxform.specialise.expressions import attribute_of

    (base, owner), (_, name), *default = args
    assert isinstance(owner, Const)
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return None
    if not isinstance(owner.value, (types.ModuleType, type)):
        return None
    if not hasattr(owner.value, name.value):
        return default[0] if default else None
    found = gast.Attribute(value=base, attr=name.value, ctx=gast.Load())
    found.place = getattr(node, "place", None) or state.place
    return attribute_of(state, found, owner)


def builtin_of_unsure(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Found:
    """Specialise a builtin that looks into an object that may be None."""
    (base, kind), *rest = args
    if is_told(state, kind) and function is builtins.isinstance and len(rest) == 1:
        test = build.call("isinstance", base, rest[0][0])
        known = is_instance_kind(kind, rest[0][1])
        if isinstance(known, Const):
            return build.const(known.value), known
        return test, Number("b")
    if is_told(state, kind) and (function in METHODS_OF or conversion(function) is not None):

        def called(found: Evaluated) -> Evaluated:
            return calling(state, node, function, [found, *rest])

        return by_option(state, (base, kind), called)
    inner = present(kind)
    cls = class_of(inner)
    if cls is None or not isinstance(kind, OrNone):
        return None
    values = [k.value if isinstance(k, Const) else None for _, k in rest]
    answers: list[bool] = []
    match function, values:
        case builtins.isinstance, _:
            asked = types_of(rest[0][1]) if len(rest) == 1 else None
            if asked is not None:
                answers = [issubclass(real_class(cls), asked), isinstance(None, asked)]
        case builtins.hasattr, [str(name)]:
            answers = [has_attribute(state, base, inner, name), hasattr(None, name)]
        case builtins.callable, []:
            answers = [looked_up(state, cls, "__call__") is not MISSING, False]
        case (builtins.getattr, [str()]) | (builtins.setattr | builtins.vars, _):
            return builtin_of_object(state, node, function, [(base, inner), *rest], keywords)
    if answers:
        return told_by_presence(base, *answers)
    if function in METHODS_OF or conversion(function) is not None:
        return builtin_of_object(state, node, function, [(base, inner), *rest], keywords)
    return None


def told_by_presence(base: Node, there: bool, absent: bool) -> Evaluated:
    """Answer what an object answers in one way, and None in another."""
    if there is absent:
        return build.const(there), Const(there)
    op = gast.IsNot() if there else gast.Is()
    return gast.Compare(left=base, ops=[op], comparators=[build.const(None)]), Number("b")


def converted(state: State, node: Node, function: Any, args: Args) -> Args | None:
    """Make numbers or arrays of the objects that a library's function is given; None if none is."""
    asked = conversion(function)
    own = METHODS_OF.get(function)  # `math.floor` asks for `__floor__` first
    if asked is None or own is not None and special(state, present(args[0][1]), own) is not None:
        return None
    methods = [special(state, present(kind), asked) for _, kind in args]
    if not any(methods):
        return None
    return [
        (value, kind)
        if method is None
        else named(state, "number", calling(state, node, method, [(value, present(kind))]))
        for (value, kind), method in zip(args, methods, strict=True)
    ]


def conversion(function: Any) -> str | None:
    """Give the method by which a library's function makes a number or an array of an object."""
    if getattr(function, "__module__", None) == "math":
        return None if function is math.trunc or function in SUMMING else "__float__"
    if isinstance(function, type) and issubclass(function, np.floating):
        return "__float__"
    if isinstance(function, np.ufunc) or function in (np.asarray, np.array, np.asanyarray):
        return "__array__"
    return None


METHODS_OF: dict[Any, str] = {
    builtins.len: "__len__", builtins.abs: "__abs__", builtins.float: "__float__",
    builtins.int: "__int__", builtins.complex: "__complex__", builtins.round: "__round__",
    builtins.iter: "__iter__", builtins.reversed: "__reversed__", builtins.divmod: "__divmod__",
    builtins.next: "__next__", math.floor: "__floor__", math.ceil: "__ceil__",
    math.trunc: "__trunc__", operator.abs: "__abs__", operator.length_hint: "__len__",
}  # fmt: skip


def is_made_here(cls: type) -> bool:
    """Say whether objects of a class can be made by the residual program."""
    if issubclass(cls, tuple):
        return hasattr(cls, "_fields") and cls.__module__.split(".")[0] not in ("numpy", "scipy")
    return is_followed(cls)


def instance_kind(state: State, node: Node, args: Args, keywords: Keywords) -> Found:
    """Give the kind of an object that the residual program makes."""
    (base, kind), names = args[0], tuple(keywords)
    cls = kind.value if isinstance(kind, Const) else getattr(kind, "type", object)
    if isinstance(kind, Const) and isinstance(base, gast.Name):  # nothing binds that name again
        state.classes.setdefault(cls, base)
    named = [gast.keyword(arg=name, value=value) for name, (value, _) in keywords.items()]
    new = gast.Call(func=node.func, args=[base], keywords=named)
    new.place = getattr(node, "place", None)
    return new, Record(cls, names, tuple(kind for _, kind in keywords.values()))


def replaced(state: State, node: Node, value: Evaluated, changes: Keywords) -> Found:
    """`dataclasses.replace(value, **changes)`: made anew, with `__post_init__`."""
    cls: Any = class_of(value[1])
    given: Keywords = {}
    for name, field in getattr(cls, "__dataclass_fields__", {}).items():
        if not field.init:
            continue
        if name in changes:
            given[name] = changes[name]
            continue
        own = own_attribute(state, *value, name)
        if own is None:
            return None
        given[name] = lasting(state, own)
    return construct(state, node, cls, [], given, class_reference(state, cls, value[0])[0])


def copied(
    state: State, node: Node, value: Evaluated, deep: bool, above: frozenset[str] = frozenset()
) -> Found:
    """`copy.copy(x)`, `copy.deepcopy(x)`: another object with the same attributes, or copies.

    `above` are the sites of the objects that hold this one: none that leads back is followed.
    """
    kind = value[1]
    cls = class_of(kind)
    assert cls is not None
    if isinstance(kind, Instance):
        if kind.site in above:
            return None
        above |= {kind.site}
    own_copy = special(state, kind, "__deepcopy__" if deep else "__copy__")
    if own_copy is not None and cls in REAL:
        return calling(state, node, own_copy, [value])
    asked = ("__reduce__", "__getstate__")
    if own_copy is not None or any(special(state, kind, name) for name in asked):
        return None
    names = kind.keys if isinstance(kind, Record) else own_attributes(state, kind)
    if isinstance(kind, (Instance, Kept)):
        names = sure_names(state, kind)
    own = {name: own_attribute(state, *value, name) for name in names}
    parts = {name: lasting(state, part) for name, part in own.items() if part is not None}
    if deep:
        from srcxform.specialise.copying import copies_apart

        made = None if cls in REAL else copies_apart(state, node, list(parts.values()), above)
        if made is None:
            return None
        parts = dict(zip(parts, made, strict=True))
    if not isinstance(kind, Kept) and not issubclass(cls, tuple) and is_made_here(cls):
        new = blank(state, cls, origin_of(node, cls))
        for name, part in parts.items():
            put(state, new, name, part)
        return new
    if isinstance(kind, Kept):
        table = build.mapping(names, [node for node, _ in parts.values()])
        return table, Kept(cls, Mapping(names, tuple(found for _, found in parts.values())))
    owner = class_reference(state, cls, value[0])[0]
    items = tuple(found for _, found in parts.values())
    return built(state, cls, parts, owner), Record(cls, tuple(parts), items) if deep else kind


def is_instance(cls: type, of: Args) -> Found:
    """Answer `isinstance` of an object that is written to."""
    asked = types_of(of[0][1]) if len(of) == 1 else None
    if asked is None:
        return None
    return build.const(issubclass(cls, asked)), Const(issubclass(cls, asked))


def zeros_of(state: State, node: Node, value: Evaluated) -> Found:
    """An object of zeros: the tangent of one that is not differentiated."""
    from srcxform.specialise.calls import call_object

    base, kind = value
    assert isinstance(kind, Record)
    parts: dict[str, Evaluated] = {}
    for key, item in zip(kind.keys, kind.items, strict=True):
        part: Evaluated = gast.Attribute(value=base, attr=key, ctx=gast.Load()), item
        if not is_differentiable(item):
            parts[key] = build.const(None), NONE
        elif isinstance(item, Record):
            made = zeros_of(state, node, lasting(state, part))
            assert made is not None
            parts[key] = named(state, key, made)
        else:
            zero = call_object(state, node, runtime.zeros_like, [lasting(state, part)], {})
            parts[key] = named(state, key, zero)
    items = tuple(found for _, found in parts.values())
    owner = class_reference(state, kind.type, base)[0]
    return built(state, kind.type, parts, owner), Record(kind.type, kind.keys, items)


def is_unsure_of(state: State, kind: Kind, name: str) -> bool:
    """Say whether only the run tells whether an object has an attribute."""
    return (
        isinstance(kind, (Instance, Kept))
        and is_unsure(state, kind, name)
        and looked_up(state, kind.type, name) is MISSING
    )


def attribute_or(state: State, owner: Evaluated, name: str, other: Evaluated) -> Evaluated:
    """Read an attribute if it is there, and take something else if not."""
    test, out = is_there(state, *owner, name), state.names.part(name)
    flag = getattr(test, "id", "")
    before = dict(state.env or {})
    with state.block() as body:
        narrow_attribute(state, flag, True)
        found = attribute_of_object(state, *owner, name)
        assert found is not None
        state.emit(build.assign(out, found[0]))
        state.bind(out, found[1])
    after, state.env = state.env, before
    with state.block() as orelse:
        narrow_attribute(state, flag, False)
        state.emit(build.assign(out, other[0]))
        state.bind(out, other[1])
    state.env = state.join_env(after, state.env)
    state.emit(build.branch(test, body, orelse))
    return build.load(out), state.kind_of(out) or NEVER


def has_attribute(state: State, base: Node, kind: Kind, name: str) -> bool:
    """Say whether an object has an attribute, of its own or by its class."""
    cls = class_of(kind)
    assert cls is not None
    if cls in REAL:  # what the user knows it as
        return hasattr(real_class(cls), name)
    if name in own_attributes(state, kind):
        return True
    found = looked_up(state, cls, name)
    if isinstance(found, (types.MemberDescriptorType, types.GetSetDescriptorType)):
        return name in ("__class__", "__dict__")
    return found is not MISSING


def dictionary_of(state: State, base: Node, kind: Kind) -> Found:
    """`vars(x)`, to be read: what is written there would be written to the object."""
    if VARS in state.cells.levels:
        refuse(state, "the attributes of an object are changed through `vars` or `__dict__`",
               "what is read there is followed, what is written is not",
               "write and read the attributes themselves, or use setattr")  # fmt: skip
        return build.const(None), NEVER
    names = own_attributes(state, kind)
    if isinstance(kind, (Instance, Kept)):
        names = sure_names(state, kind)
    parts = []
    for name in names:
        found = own_attribute(state, base, kind, name)
        assert found is not None
        holder = state.names.part(state.hint)
        state.emit(build.assign(holder, found[0]))
        state.bind(holder, found[1])
        parts.append((build.load(holder), found[1]))
    node = build.mapping(names, [part for part, _ in parts])
    sites = {VARS}
    if isinstance(base, gast.Name):
        state.owners[f"{VARS} {base.id}"] = base, kind
        sites.add(f"{VARS} {base.id}")
    return node, Mapping(names, tuple(kind for _, kind in parts), frozenset(sites))


def updated_attributes(
    state: State, node: Node, kind: Kind, args: Args, keywords: Keywords
) -> Evaluated | None:
    """`vars(x).update(...)` with names that are known: as many attributes are written.

    Not of a dict that has a name of the user's, under which it may be read again.
    """
    code = state.scope.code
    if code is None or getattr(node.func.value, "id", None) in code.named:
        return None
    sites = kind.sites if isinstance(kind, Mapping) else frozenset()
    owners = [state.owners[site] for site in sites if site in state.owners]
    given = state.opened(args[0][1]) if args else Mapping((), ())
    if len(owners) != 1 or len(args) > 1 or not isinstance(given, Mapping):
        return None  # of several objects the run tells which one it is
    if not all(isinstance(key, str) for key in given.keys):
        return None
    pairs = zip(given.keys, given.items, strict=True)
    parts = {key: (build.item(clone(args[0][0]), build.const(key)), item) for key, item in pairs}
    for name, value in {**parts, **keywords}.items():
        put(state, owners[0], name, named(state, name, value))
    return build.const(None), NONE


def super_of(state: State, node: Node, args: Args) -> Found:
    """`super()`: the class in whose body the method stands, and the method's object."""
    from srcxform.specialise.closures import placeholder

    if len(args) == 2 and isinstance(args[0][1], Const):
        cls, owner = args[0][1].value, args[1]
    elif not args and state.scope.function is not None:
        function = state.scope.function
        closure = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        if "__class__" not in closure or not function.__code__.co_argcount:
            return None
        cls = closure["__class__"].cell_contents
        first = state.scope.names.get(function.__code__.co_varnames[0])
        if not isinstance(first, gast.Name):
            return None
        owner = (first, kind_of_atom(state, first))
    else:
        return None
    base, kind = owner
    if not (isinstance(base, gast.Name) and state.kind_of(base.id) == kind):
        base, _ = named(state, "owner", owner)
    return placeholder(state), Super(cls, base.id)


__all__ = ["NEVER", "Items", "builtin_of_object", "call_value", "method_of_object"]
