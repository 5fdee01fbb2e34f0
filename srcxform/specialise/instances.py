"""Objects that are written to: their attributes are variables of the residual program.

An object that nobody writes to, once its `__init__` is done, is a value like a dict. An object that
is written to has no value of its own (a placeholder stands for it): `self.h = v` is `self_h = v`,
and every name of the object leads to the same variables. Which objects are written to turns out on
the way: then `Restart`. What the caller can see is written to the caller's objects, too.
"""

from __future__ import annotations

import builtins
import dataclasses
import types
from collections.abc import Sequence
from typing import Any

import gast

from srcxform import runtime
from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.kinds.lattice import (
    NEVER,
    Array,
    Cell,
    Const,
    Instance,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    Maybe,
    Mixed,
    Nested,
    Number,
    OrNone,
    Record,
    Stream,
    Torn,
    holds_instance,
    holds_kept,
    present,
)
from srcxform.rules.registry import rule_of
from srcxform.runtime.collected import STAND_INS
from srcxform.specialise.attribute_flags import begin_flags, is_flag, is_unsure, note_there
from srcxform.specialise.cells import Restart
from srcxform.specialise.objects import (
    calling,
    class_of,
    class_reference,
    is_data_descriptor,
    looked_up,
    own_attribute,
    own_attributes,
)
from srcxform.specialise.resolve import Outside
from srcxform.specialise.scope import Env, Evaluated, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node

VARS = "<vars>"  # the site of dicts that stand for the attributes of an object

# -- attributes


def slot(state: State, site: str, name: str) -> str:
    """Give the variable that stands for an attribute."""
    key = (site, name)
    if key not in state.slots:
        label = state.labels.get(site, site)
        own = name.lstrip("_").replace(" ", "_")
        state.slots[key] = fresh_name = state.names.like(f"{label}_{own}")
        state.shifting.add(fresh_name)
    return state.slots[key]


def attributes_of(state: State, kind: Instance) -> dict[str, Evaluated]:
    """Give the attributes that an object has at this point."""
    env = state.env or {}
    found: dict[str, Evaluated] = {}
    for (site, name), variable in state.slots.items():
        if site == kind.site and variable in env and not is_flag(name):
            inner = env[variable]
            known = inner.kind if isinstance(inner, Maybe) else inner
            found[name] = build.load(variable), known
    return found


def sure_names(state: State, kind: Instance | Kept) -> tuple[str, ...]:
    """Name the attributes of an object that is to be one value."""
    names = own_attributes(state, kind)
    for name in names:
        if is_unsure(state, kind, name):
            refuse(state, f"whether the object has an attribute `{name}` depends on values",
                   "it is set on some of the ways to where the object is used as a whole",
                   "set it to None in `__init__`, and test for that")  # fmt: skip
            return ()
    return names


def all_attributes(state: State, kind: Instance) -> dict[str, Evaluated]:
    """Give the attributes of an object that is to be one value."""
    names = sure_names(state, kind)
    return {name: part for name, part in attributes_of(state, kind).items() if name in names}


def set_ahead(state: State, kind: Instance | Kept, name: str) -> None:
    """Begin anew where it is not sure who says what an attribute is, the object or its class.

    Then the object has it from the start, as its class does.
    """
    unsure = isinstance(kind, Kept) or is_unsure(state, kind, name)
    if unsure and (kind.type, name) not in state.cells.preset:
        state.cells.preset.add((kind.type, name))
        raise Restart


def put(state: State, owner: Evaluated, name: str, value: Evaluated) -> None:
    """Write an attribute, whatever the class says."""
    node, kind = owner
    if isinstance(kind, Instance):
        if kind.site in state.escaped:
            refuse(state, "an object is written to after it was handed to the caller",
                   "what the caller holds is another object by then",
                   "write its attributes before it is stored in an argument")  # fmt: skip
            return
        check_displayed(state, kind.site)
        variable = slot(state, kind.site, name)
        new, found = value
        if not (isinstance(new, gast.Name) and new.id == variable):
            state.emit(build.assign(variable, new))
        state.bind(variable, found)
        note_there(state, kind, name)
        if kind.site in state.real:
            through(state, kind, name, (build.load(variable), state.kind_of(variable) or found))
        return
    if isinstance(kind, Kept):
        check_displayed(state, VARS)
        state.put_at(kind.table, Const(name), value[1])
        holder, kind_of_it = named(state, name, value)
        state.emit(build.assign(build.item_store(node, build.const(name)), holder))
        return
    assert isinstance(kind, Record)
    new_ones = kind.origin - state.cells.written
    if not new_ones or state.scope.function is None:
        refuse(state, "an attribute of an object is written that is not known to be made here",
               "its other names cannot be told",
               "write it in the function that makes it")  # fmt: skip
        return
    state.cells.written |= new_ones
    raise Restart


def keep_dictionary(state: State, kind: Kind) -> None:
    """Note that a dict of attributes got a name: it does not show what is written from here on."""
    if isinstance(kind, (Items, Mapping)):
        for item in kind.items:
            keep_dictionary(state, item)
    for site in getattr(kind, "sites", None) or ():
        owner = state.owners.get(site, (None, None))[1]
        if isinstance(owner, (Instance, Kept)):
            state.displayed.add(getattr(owner, "site", VARS))


def check_displayed(state: State, site: str) -> None:
    """Begin anew, and refuse the dict, where one shows what the attributes of an object were."""
    if site in state.displayed:
        state.cells.levels[VARS] = 1
        raise Restart


HANDED = (
    "an object that comes together with others is handed to the caller",
    "a dict stands for each of them",
    "hand out what they hold",
)


def through(state: State, kind: Instance, name: str, value: Evaluated) -> None:
    """Write an attribute of the caller's object, too."""
    node = value[0]
    if holds_kept(value[1]) or holds_kept(state.element(value[1]) or NEVER):
        refuse(state, *HANDED)
        return
    if holds_instance(value[1]):
        holder = state.names.like(name)
        made = whole(state, value)
        state.emit(build.assign(holder, made[0]))
        state.bind(holder, made[1])
        node = build.load(holder)
        state.escaped |= sites_in(value[1]) - state.real.keys()
    target = gast.Attribute(value=build.load(state.real[kind.site]), attr=name, ctx=gast.Store())
    state.emit(build.assign(target, node))


def sites_in(kind: Kind) -> set[str]:
    match kind:
        case Instance(site=site):
            return {site}
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return {site for item in items for site in sites_in(item)}
    return set()


REASONS: dict[type[Kind], tuple[str, str, str]] = {
    Torn: (
        "which object this is, is known only while the program runs",
        "several objects that are written to come together in one variable or list",
        "work with each of them where it is made, or keep what changes in arrays",
    ),
    Mixed: (
        "whether this is an object, and of which class, is known only while the program runs",
        "an object and something else come together in one variable or list",
        "let it be an object of one class on every way, or None where there is none",
    ),
    Instance: (
        "an object that is written to is used in a way that its class does not define",
        "no value of the program stands for such an object: its attributes are variables",
        "use its attributes, or let the class define the operator",
    ),
}


def torn(state: State, kind: Torn) -> None:
    """Let dicts stand for objects of which the run only tells which one it is.

    Those that are not made inside are refused.
    """
    if kind.origins and None not in kind.origins and not kind.origins <= state.cells.kept:
        state.cells.kept |= kind.origins
        raise Restart
    state.lost += 1
    what, why, instead = REASONS[type(kind)]
    refuse(state, what, why, instead)


def check_values(state: State, node: Node, *kinds: Kind) -> None:
    """Refuse an operation on what is no value of the program."""
    if state.fixed:  # all is written by now, and only the kinds are asked for
        return
    for kind in kinds:
        if isinstance(kind, Torn):
            torn(state, kind)
        if isinstance(present(kind), (Instance, Torn, Kept)):
            raise unvalued(node, state, kind)


def leads_to_object(state: State, kind: Kind, depth: int = 0) -> bool:
    """Say whether a value is, or holds, an object that is no value of the program."""
    kind = kind.item if isinstance(kind, OrNone) else kind
    if isinstance(kind, (Instance, Torn, Kept)):
        return True
    match kind:
        case Items(items=items) | Mapping(items=items) | Record(items=items) | Nested(items=items):
            return any(leads_to_object(state, item, depth + 1) for item in items)
        case Many() | Cell() if depth < DEEP:
            inside = state.element(kind)
            return inside is not None and leads_to_object(state, inside, depth + 1)
        case Stream(item=item):
            return leads_to_object(state, item, depth + 1)
    return False


DEEP = 4  # containers in containers beyond this are not looked into
HOLDING = (  # what takes containers of objects, and asks nothing of these
    builtins.len, builtins.list, builtins.tuple, builtins.dict, builtins.zip, builtins.enumerate,
    builtins.reversed, builtins.iter, builtins.next, builtins.isinstance, builtins.type,
    builtins.bool,
)  # fmt: skip


def is_of_numbers(function: Any) -> bool:
    """Say whether a library's function has a rule: that is one for numbers and arrays."""
    rule = rule_of(function)
    ours = (getattr(function, "__module__", None) or "").startswith("srcxform")
    return rule is not None and not rule.constant and not ours


def check_handed(state: State, node: Node, function: Any, kinds: Sequence[Kind]) -> None:
    """Refuse to hand objects to what asks something of them, and does not know their class."""
    if state.scope.function is None or state.fixed:
        return
    state.lost += any(isinstance(kind, Instance) for kind in kinds)  # a name may not be known yet
    check_values(state, node, *kinds)
    if any(function is one for one in HOLDING):
        return
    of_numbers = is_of_numbers(function)
    for kind in kinds:
        cls = class_of(kind) if of_numbers else None
        if of_numbers and cls is None and isinstance(kind, (Items, Many, Cell)):
            held = state.element(kind)  # NumPy makes an array of objects of a list of these
            cls = None if held is None else class_of(held)
        inside = state.element(kind) if isinstance(kind, (Items, Mapping, Many, Cell)) else None
        if isinstance(inside, Torn):
            torn(state, inside)
        if leads_to_object(state, kind) or cls is not None and not issubclass(cls, tuple):
            raise UnsupportedError(Diagnostic(
                f"objects are handed to `{getattr(function, '__name__', 'a function')}`",
                state.at(node) or state.place,
                "what it does with them their class says, and no value of the program stands"
                " for them",
                "write the loop over the objects that it stands for",
            ))  # fmt: skip


def unvalued(node: Node, state: State, kind: Kind) -> UnsupportedError:
    """Say that there is no value of the program to do something with."""
    what, why, instead = REASONS.get(type(present(kind)), REASONS[Instance])
    place = state.at(node) or state.place
    return UnsupportedError(Diagnostic(what, place, why, instead))


UNSURE = (
    "what this does depends on whether there is an object here, or None",
    "of both it can be asked, and each answers in its own way",
    "test whether it is None first",
)


def unsure(node: Node, state: State) -> UnsupportedError:
    """Say that None would answer, too, where an object is asked that may be None."""
    what, why, instead = UNSURE
    return UnsupportedError(Diagnostic(what, state.at(node) or state.place, why, instead))


def refuse(state: State, what: str, why: str, instead: str) -> None:
    from srcxform.specialise.refusal import raise_statement

    told = Diagnostic(what, state.place, why, instead)
    state.emit(raise_statement(state.externals, told, "UnsupportedError"))
    state.env = None


def write(state: State, node: Node, owner: Evaluated, name: str, value: Evaluated) -> None:
    """Write `owner.name = value` as the class says."""
    from srcxform.specialise.certainty import thrown

    cls = class_of(owner[1])
    assert cls is not None
    setter = looked_up(state, cls, "__setattr__")
    params = getattr(cls, "__dataclass_params__", None)
    if params is not None and params.frozen:
        error = dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        state.emit(thrown(state, error))
        state.env = None
        return
    if isinstance(setter, types.FunctionType):
        calling(state, node, setter, [owner, (build.const(name), Const(name)), value])
        return
    found = looked_up(state, cls, name)
    if isinstance(found, property):
        if not isinstance(found.fset, types.FunctionType):
            state.emit(thrown(state, AttributeError(f"property {name!r} has no setter")))
            state.env = None
            return
        calling(state, node, found.fset, [owner, value])
        return
    if is_data_descriptor(found):
        described(state, name)
        return
    put(state, owner, name, value)


def described(state: State, name: str) -> None:
    """Refuse an attribute that an object of another class reads and writes."""
    refuse(state, f"the attribute `{name}` is read and written by a descriptor",
           "of those only properties are followed",
           "write it as a property, or as methods")  # fmt: skip


def given_kind(state: State, name: str, kind: Kind) -> Kind:
    """Give the kind of a name; of the caller's object that of what the caller gave."""
    if not isinstance(kind, Instance) or state.real.get(kind.site) != name:
        return kind
    parts = attributes_of(state, kind)
    items = tuple(given_kind(state, node.id, part) for node, part in parts.values())
    return Record(kind.type, tuple(parts), items)


# -- values


def sealed(
    state: State, kind: Instance, origin: frozenset[Any], func: Node | None = None
) -> Evaluated:
    """Give an object as a value, now that its `__init__` is done."""
    parts = attributes_of(state, kind)
    if any(is_unsure(state, kind, name) for name in parts):
        state.cells.written |= origin
        raise Restart
    items = tuple(found for _, found in parts.values())
    node = built(state, kind.type, parts, func)
    return node, Record(kind.type, tuple(parts), items, origin)


def built(state: State, cls: type, parts: dict[str, Evaluated], base: Any = None) -> Node:
    """Write the making of an object without its `__init__`; `base` is the class, or the object."""
    line = "from srcxform.runtime import instance"
    function = state.externals.root("instance", runtime.instance, line)
    if not isinstance(base, str):
        base = state.externals.reference(cls) or base or state.classes.get(cls)
    if base is None:
        base = class_reference(state, cls)[0]
    base = build.load(base) if isinstance(base, str) else base
    given = [gast.keyword(arg=name, value=node) for name, (node, _) in parts.items()]
    return gast.Call(func=function, args=[base], keywords=given)


def whole(state: State, value: Evaluated) -> Evaluated:
    """Give a value in which all objects are values."""
    node, kind = value
    match kind:
        case Instance(type=cls) if cls in STAND_INS.values():
            name = next(known.__name__ for known, one in STAND_INS.items() if one is cls)
            plain = "list" if name == "deque" else "dict"
            refuse(state, f"a `{name}` is handed out whole",
                   "it is followed as a list or dict: no other object is there to be given",
                   f"hand out `{plain}(...)` of it")  # fmt: skip
            return build.const(None), NEVER
        case Instance():
            found = all_attributes(state, kind)
            parts = {name: named(state, name, whole(state, part)) for name, part in found.items()}
            items = tuple(inner for _, inner in parts.values())
            made = built(state, kind.type, parts, state.real.get(kind.site))
            return made, Record(kind.type, tuple(parts), items)
        case Kept():
            names = sure_names(state, kind)
            own = {name: own_attribute(state, node, kind, name) for name in names}
            parts = {
                name: named(state, name, whole(state, part)) for name, part in own.items() if part
            }
            made = built(state, kind.type, parts)
            return made, Record(kind.type, tuple(parts), tuple(k for _, k in parts.values()))
        case Items(type="tuple" | "list", items=items) if holds_instance(kind) or holds_kept(kind):
            inside = [
                named(state, "item", whole(state, (build.item(node, build.const(k)), item)))
                for k, item in enumerate(items)
            ]
            new = build.sequence([part for part, _ in inside], kind.type)
            return new, Items(kind.type, tuple(item for _, item in inside))
        case Mapping(keys=keys, items=items) if holds_instance(kind) or holds_kept(kind):
            inside = [
                named(state, "item", whole(state, (build.item(node, build.const(key)), item)))
                for key, item in zip(keys, items, strict=True)
            ]
            new = build.mapping(keys, [part for part, _ in inside])
            return new, Mapping(keys, tuple(item for _, item in inside))
    if holds_kept(state.element(kind) or NEVER):
        refuse(state, "a list or dict of objects that are written to is handed out",
               "of how many there are, and which, nothing is known while compiling",
               "hand out what they hold")  # fmt: skip
        return build.const(None), NEVER
    return value


def shown(state: State, value: Evaluated) -> Evaluated:
    """Give what is to be made text of: the object itself, if it is written to."""
    if holds_instance(value[1]) or holds_kept(value[1]):
        return named(state, "shown", whole(state, value))
    return value


def named(state: State, name: str, value: Evaluated) -> Evaluated:
    node, kind = value
    if isinstance(node, (gast.Name, gast.Constant)):
        return value
    holder = state.names.like(name.strip("_") or "item")
    state.emit(build.assign(holder, node))
    state.bind(holder, kind)
    return build.load(holder), kind


# -- arguments


def opened(state: State, name: str, kind: Kind) -> Kind:
    """Read the attributes of an object given as an argument, since it is written to later."""
    match kind:
        case Record(keys=keys, items=items, origin=origin) if origin & state.cells.written and (
            not issubclass(kind.type, tuple) and kind.type is not types.MethodType
        ):
            state.real[name] = name
            made = Instance(kind.type, name)
            state.bind(name, made)
            for key, item in zip(keys, items, strict=True):
                read = gast.Attribute(value=build.load(name), attr=key, ctx=gast.Load())
                variable = slot(state, name, key)
                state.emit(build.assign(variable, read))
                state.bind(variable, item)
                state.bind(variable, opened(state, variable, item))
            begin_flags(state, made, keys)
            return made
        case Items(type="tuple" | "list", items=items) if any(map(holds_record, items)):
            inside = tuple(
                opened_item(state, name, build.const(k), item) for k, item in enumerate(items)
            )
            return dataclasses.replace(kind, items=inside)
        case Mapping(keys=keys, items=items) if any(map(holds_record, items)):
            inside = tuple(
                opened_item(state, name, build.const(key), item)
                for key, item in zip(keys, items, strict=True)
            )
            return dataclasses.replace(kind, items=inside)
    return kind


def opened_item(state: State, name: str, key: Node, item: Kind) -> Kind:
    if not holds_record(item):
        return item
    variable = state.names.like(f"{name}_{key.value}")
    state.emit(build.assign(variable, build.item(name, key)))
    state.bind(variable, item)
    return opened(state, variable, item)


def separate(state: State, begun: Env, parameters: Sequence[str], place: Any) -> Block:
    """Write checks that the caller's objects that are written to are nothing else that is given.

    `begun` has the kinds with which the function begins.
    """
    where = build.const(None)
    if place is not None:
        where = build.sequence([build.const(part) for part in dataclasses.astuple(place)])
    line = "from srcxform.runtime import check_separate"
    taken = state.cells.written  # whose objects are variables, each with checks of its own
    outside = [(c.name, c.kind, Outside(k)) for k, c in state.externals.captures.items()]
    given = [*outside, *((name, begun[name], name) for name in parameters)]
    others = {name: kind for name, kind, origin in given if origin not in taken}
    found: Block = []
    for k, one in enumerate(state.real):
        cls = class_of(begun[one])
        same = [name for name in [*state.real][k + 1 :] if class_of(begun[name]) is cls]
        same += [name for name, kind in others.items() if may_hold(state, kind, cls)]
        for other in same:
            function = state.externals.root("check_separate", runtime.check_separate, line)
            call = build.call(function, build.load(one), build.load(other), where)
            found.append(build.expression(call))
            found[-1].place = place
    return found


def may_hold(state: State, kind: Kind, cls: type | None) -> bool:
    """Say whether a value may be, or lead to, an object of a class."""
    match kind:
        case Record(type=own, items=items):
            return own is cls or any(may_hold(state, item, cls) for item in items)
        case Items(items=items) | Mapping(items=items):
            return any(may_hold(state, item, cls) for item in items)
        case Instance() | Number() | Array() | Const():
            return False
    inside = state.element(kind)
    return inside is None or inside is kind or may_hold(state, inside, cls)


def holds_record(kind: Kind) -> bool:
    match kind:
        case Record():
            return True
        case Items(items=items) | Mapping(items=items):
            return any(map(holds_record, items))
    return False


def owned(kind: Kind, *origin: Any) -> Kind:
    """Note in a kind where its objects came from, or that nobody knows."""
    match kind:
        case Record(items=items):
            inside = tuple(owned(item, *origin) for item in items)
            return dataclasses.replace(kind, items=inside, origin=frozenset(origin))
        case Items(items=items) | Mapping(items=items):
            return dataclasses.replace(kind, items=tuple(owned(item, *origin) for item in items))
    return kind
