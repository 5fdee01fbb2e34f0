"""Functions that stay functions of their own: the recursive ones.

A callee is specialised for the kinds of its arguments, without their values, and shared by all
calls with these kinds. What callees return is found as a fixed point over all that call each
other: nothing at first.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Given
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import gast

from srcxform.analysis.webs import split_webs
from srcxform.errors import Diagnostic, SrcxformError, UnsupportedError
from srcxform.frontend.read import Read
from srcxform.kinds.callables import Choice, Closure, Partial, is_callee, is_virtual
from srcxform.kinds.joining import join, parts_of
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    OrNone,
    Record,
    general,
    holds_instance,
    holds_kept,
    loose,
    present,
    with_parts,
)
from srcxform.kinds.nesting import finite, folded, knotted
from srcxform.specialise.closures import placeholder
from srcxform.specialise.instances import named, refuse
from srcxform.specialise.scope import Args, Env, Evaluated, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.scopes import captured_by
from srcxform.syntax.visit import load_list, stores, walk

DEEP = 6  # containers in containers beyond this are not described: they may have no end
MANY = 40  # versions of one function
GROWN = 2  # versions of one function, before lengths that grow from call to call are forgotten
TEXTS = 8  # versions before texts are
PATIENCE = 120  # times that recursive functions are looked through for one program


class EndlessError(UnsupportedError):
    """A recursion with other kinds at each step."""


@dataclass(eq=False)
class Callee:
    """A function kept apart, in core, with its kinds."""

    name: str
    function: Any
    read: Any
    scope: Scope
    calling: tuple[Any, ...] = ()
    captured: tuple[str, ...] = ()  # residual names of variables that nested functions share
    hidden: dict[str, Evaluated] = field(default_factory=dict)  # parameters that are functions
    around: dict[str, Evaluated] = field(default_factory=dict)  # functions that it shares
    parameters: tuple[str, ...] = ()
    arguments: tuple[Kind, ...] = ()
    body: Block = field(default_factory=list)
    kinds: Env = field(default_factory=dict)
    result: Kind = NEVER
    contents: tuple[Kind, ...] = ()  # the arguments' kinds, with what it puts into them
    writes: frozenset[int] | None = None  # the parameters whose storage it changes; None: not known
    written: dict[int, Any] = field(default_factory=dict)  # the places in them, as far as told
    shares: frozenset[int] | None = None  # those that its result may be, or hold; None: not known
    twins: tuple[Any, ...] = ()  # places in its result where the same storage may be, two by two
    links: dict[int, Any] = field(default_factory=dict)  # places in parameters, and in its result
    rebound: tuple[str, ...] = ()  # variables around it that it binds anew, and returns beside
    settled: bool = False  # whether its body and kinds are what they stay

    @property
    def given(self) -> tuple[str, ...]:
        """The names of the parameters as its user knows them."""
        own = [name for name in self.read.parameters if name not in self.hidden]
        return (*own, *self.captured)

    def active(self, mask: tuple[bool, ...]) -> bool:
        """Say whether the result carries a derivative when these arguments do."""
        return any(mask)


@dataclass(frozen=True, eq=False)
class Generated:
    """A function that a derivative taken inside calls: written by the generators, and in core."""

    code: Read


def call_generated(state: State, node: Node, function: Generated, args: Args) -> Evaluated:
    """Let a generated function come in like one of the user's."""
    from srcxform.specialise.inlining import come_in

    code = function.code
    scope = Scope(None, {}, (), code.local, state.place)
    bound = dict(zip(code.parameters, args, strict=True))
    return come_in(state, node, function, code, bound, scope)


def call_apart(
    state: State, node: Node, function: Any, code: Any, bound: Any, scope: Scope
) -> tuple[Node, Kind]:
    """Write a call of a function that is already being looked into.

    Variables that it, or a function given to it, shares with functions around become further
    arguments, under their own names.
    """
    if any(holds_instance(kind) or holds_kept(kind) for _, kind in bound.values()):
        refuse(state, "an object that is written to is handed to a function that calls itself",
               "a recursive function is differentiated on its own, with variables of its own",
               "hand on its attributes, or write the recursion as a loop")  # fmt: skip
        return build.const(None), NEVER
    shared = captured_names(state, [function, *(kind for _, kind in bound.values())])
    around: Any = {name: (build.load(name), state.kind_of(name)) for name in shared}
    hidden, around_hidden = known_functions(state, bound), known_functions(state, around)
    shared = [name for name in shared if name not in around_hidden]
    taken = {n: named(state, n, value) for n, value in bound.items() if n not in hidden}
    given = [
        (value, present(kind) if is_opened(code, name) else kind)
        for name, (value, kind) in taken.items()
    ]
    given += [around[name] for name in shared]
    arguments = tuple(widened(state.settled(kind)) for _, kind in given)
    functions = [*hidden.values(), *around_hidden.values()]
    handed = tuple(kind for _, kind in functions)
    if (function, arguments, handed) not in state.apart:
        arguments = less_told(state, function, arguments)
    key = (function, arguments, handed)
    callee = state.apart.get(key)
    if callee is None:
        check_count(state, node, function, code.name)
        name = state.names.like(code.name if code.name.isidentifier() else "function")
        callee = Callee(name, function, code, scope, tuple(state.calling), tuple(shared))
        callee.hidden, callee.around = hidden, around_hidden
        state.apart[key] = callee
        callee.arguments = arguments
        state.functions[callee.name] = callee
        state.unsettled.append(callee)
        if len(state.unsettled) == 1:
            begin(state)
    filled(state, callee, [kind for _, kind in given])
    call = build.call(callee.name, *[value for value, _ in given])
    call.place = state.at(node)
    return rebinding(state, callee, call) if callee.rebound else (call, callee.result)


def is_opened(code: Any, parameter: str) -> bool:
    """Say whether all that a function does with a parameter is to take it apart: it is not None."""
    uses = sum(load_list(line).count(parameter) for line in code.body)
    opened = 0
    for part in walk(code.body):
        match part:
            case gast.Assign(targets=[gast.Tuple()], value=gast.Name(id=name)):
                opened += name == parameter
            case gast.Subscript(value=gast.Name(id=name)):
                opened += name == parameter
    return 0 < opened == uses


def rebinding(state: State, callee: Callee, call: Node) -> Evaluated:
    """Bind the variables that a callee hands back beside its result."""
    if state.watches:
        refuse(state, "a recursive function that rebinds variables around it is called in a `try`",
               "an exception that leaves the function would take the new values with it",
               "let it return what it computes")  # fmt: skip
        return build.const(None), NEVER
    whole = state.names.part(state.hint)
    state.emit(build.assign(whole, call))
    state.bind(whole, callee.result)
    kinds = callee.result.items if isinstance(callee.result, Items) else ()
    for at, (name, kind) in enumerate(zip(callee.rebound, kinds[1:], strict=False), 1):
        state.emit(build.assign(name, build.item(whole, at)))
        state.bind(name, kind)
    return build.item(whole, 0), kinds[0] if kinds else NEVER


def known_functions(state: State, given: dict[str, Evaluated]) -> dict[str, Evaluated]:
    """Give the functions that a recursion is given: they are the same in every call."""
    found = {}
    for name, (_, kind) in given.items():
        if is_virtual(kind) and not isinstance(kind, Choice) and holds_functions_only(kind):
            found[name] = placeholder(state), kind
        elif isinstance(kind, Const) and is_callee(kind):
            written = state.externals.reference(kind.value)
            if written is not None:
                found[name] = written, kind
    return found


def holds_functions_only(kind: Kind) -> bool:
    """Say whether nothing of a value is there when the program runs."""
    match kind:
        case Items(items=items) | Mapping(items=items) | Record(items=items):
            return all(map(holds_functions_only, items))
    return is_virtual(kind) or is_callee(kind)


def captured_names(state: State, given: list[Any]) -> list[str]:
    """Give the variables around that nested functions share, of all that are reached from these."""
    found: dict[str, None] = {}
    seen: list[Closure] = []
    waiting = list(given)
    while waiting:
        match waiting.pop():
            case Closure(node=tree, scope=scope, defaults=defaults) as kind if kind not in seen:
                seen.append(kind)
                waiting += [inner for _, inner in defaults]
                found.update({name: None for name in residual_names(atom for atom, _ in defaults)})
                outer = [scope.find(name) for name in sorted(captured_by(tree))]
                found.update({name: None for name in residual_names(outer)})
                waiting += [state.kind_of(name) for name in residual_names(outer)]
            case Partial(function=function, args=args, keywords=keywords):
                atoms = [*args, *(pair for _, *pair in keywords)]
                waiting += [function, *(inner for _, inner in atoms)]
                found.update({name: None for name in residual_names(atom for atom, _ in atoms)})
            case Items(items=items) | Mapping(items=items) | Record(items=items):
                waiting += items
            case Choice(options=options):
                waiting += options
    return [name for name in found if state.kind_of(name) is not None]


def residual_names(atoms: Iterable[Any]) -> list[str]:
    """Give the variables among operands."""
    return [atom.id for atom in atoms if isinstance(atom, gast.Name)]


def filled(state: State, callee: Callee, kinds: list[Kind]) -> None:
    """Note what a callee puts into the lists and dicts that it is given."""
    for kind, content in zip(kinds, callee.contents, strict=False):
        if not state.fixed:
            with state.noting():
                state.cells.put_in(kind, content)


def check_count(state: State, node: Node, function: Any, name: str) -> None:
    """Refuse a recursion in which no two calls are alike."""
    if sum(key[0] == function for key in state.apart) >= MANY:
        raise endless(name, state.at(node))


def endless(name: str, place: Any) -> EndlessError:
    """Say that no two calls of a recursion are alike, or that too many differ."""
    return EndlessError(Diagnostic(
        f"the recursion of `{name}` cannot be differentiated", place,
        "its arguments change their structure from call to call, without an end",
        "keep what grows in an array, or write the recursion as a loop",
    ))  # fmt: skip


def widened(kind: Kind) -> Kind:
    """Forget numbers: each step of a recursion has others."""
    if isinstance(kind, Const) and isinstance(kind.value, bool):
        return Number("b")
    return bounded(folded(loose(general(kind))))


def less_told(state: State, function: Any, arguments: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """Forget texts, and lengths that grow, once a recursion has had several of them."""
    earlier = [given for other, given, _ in state.apart if other == function]
    if len(earlier) < GROWN or any(len(given) != len(arguments) for given in earlier):
        return arguments
    return tuple(map(one_of_several, arguments, zip(*earlier, strict=True)))


def one_of_several(kind: Kind, earlier: tuple[Kind, ...]) -> Kind:
    match kind:
        case Const(value=str()) if kind not in earlier and len(earlier) >= TEXTS:
            return Opaque(str)
        case Items(type=name, items=items):
            shorter = [known for known in earlier if is_shorter(known, kind)]
            parts = [*items, *(item for known in shorter for item in parts_of(known))]
            item: Kind = NEVER
            for part in parts:
                item = join(item, part)
            if len(shorter) == len(earlier) and item not in (NEVER, UNKNOWN):
                return Many(name, loose(item))
    return kind


def is_shorter(known: Kind, kind: Items) -> bool:
    """Say whether a list or tuple of an earlier call had less in it, or had any length already."""
    match known:
        case Items(type=name, items=items):
            return name == kind.type and len(items) < len(kind.items)
    return isinstance(known, Many) and known.type == kind.type


def bounded(kind: Kind, depth: int = 0) -> Kind:
    """Forget what is nested too deeply."""
    if depth >= DEEP:
        return UNKNOWN if isinstance(kind, (Items, Many, Mapping, Record)) else kind
    match kind:
        case Many(item=Kind() as item):
            return replace(kind, item=bounded(item, depth + 1), keys=(), items=())
        case Items() | Mapping() | Record():
            return with_parts(kind, lambda item: bounded(item, depth + 1))
        case OrNone():
            return with_parts(kind, lambda item: bounded(item, depth))
    return kind


def begin(state: State) -> None:
    """Settle a recursion from the call that began it; forget all of it if that fails."""
    group = state.unsettled
    try:
        settle_callees(state)
    except SrcxformError:
        for callee in group:
            state.functions.pop(callee.name, None)
        for key in [key for key, callee in state.apart.items() if callee in group]:
            del state.apart[key]
        raise
    finally:
        group.clear()


def settle_callees(state: State) -> None:
    """Specialise callees, and those that they call, until what each returns settles."""
    group = state.unsettled
    names = state.names
    place, runs = state.place, state.cells.runs
    while True:
        settled = True
        for callee in group:  # grows
            runs.append(callee.name)
            if len(runs) > PATIENCE:
                raise endless(group[0].read.name, place)
            saved = set(names.taken), dict(names.counts)
            found = state.join(callee.result, traced(state, callee))
            found = bounded(knotted(callee.result, found))
            names.taken = saved[0] | state.lasting_names()
            names.counts = saved[1]
            settled = settled and found == callee.result
            callee.result = found
        known = len(group)
        if settled:
            for callee in group[:known]:
                traced(state, callee)
            if len(group) == known:
                break
    from srcxform.specialise.probes import without_tries

    for callee in list(group):
        body = without_tries(
            callee.parameters, callee.body, callee.kinds, state.externals, state.functions
        )
        callee.body = split_webs(callee.parameters, body, state.names)
    for callee in list(group):
        specialised(state, callee)
        callee.settled = True
    for callee in state.functions.values():  # what was asked of bodies before they settled
        callee.writes = callee.shares = None


def traced(state: State, callee: Callee) -> Kind:
    """Run over a callee's body once; give the kind of what it returns."""
    code = callee.read
    names = {n: build.load(state.names.like(n)) for n in sorted(code.local)}
    own = [names[p].id for p in code.parameters if p not in callee.hidden]
    callee.parameters = (*own, *callee.captured)
    scope = replace(callee.scope, names=names, frame=object())
    functions = {names[p].id: value for p, value in callee.hidden.items()}
    found = run(state, callee, scope, code.body, {**functions, **callee.around})
    rebound = tuple(name for name in callee.captured if name in stores(callee.body))
    if rebound == callee.rebound:
        return found
    callee.rebound, callee.result = rebound, NEVER
    return traced(state, callee)


def with_rebound(state: State, callee: Callee, result: Evaluated) -> Evaluated:
    """Return the variables that were bound anew beside the result."""
    nodes = [result[0], *(build.load(name) for name in callee.rebound)]
    kinds = [result[1], *(state.kind_of(name) or UNKNOWN for name in callee.rebound)]
    return build.sequence(nodes), Items("tuple", tuple(kinds))


def specialised(state: State, callee: Callee) -> Kind:
    """Run over a body whose names are residual ones already."""
    return run(state, callee, Scope(None), callee.body)


def run(
    state: State,
    callee: Callee,
    scope: Scope,
    body: Block,
    functions: Given[str, Evaluated] = MappingProxyType({}),
) -> Kind:
    from srcxform.specialise.program import close
    from srcxform.specialise.statements import block

    inner = replace(
        state,
        env={},
        lines=[],
        watches=[],
        consumers=[],
        raised=[],
        scope=scope,
        known={},
        breaks=[],
        calling=list(callee.calling),
    )
    for name, kind in zip(callee.parameters, callee.arguments, strict=True):
        inner.bind(name, kind)
    for capture in state.externals.captures.values():
        inner.bind(capture.name, capture.kind)
    for name, (value, kind) in functions.items():
        inner.emit(build.assign(name, value))
        inner.bind(name, kind)
    env = inner.env or {}
    given = [env[name] for name in callee.parameters]
    result = block(inner, body)
    if callee.rebound and scope.function is not None and inner.env is not None:
        result = with_rebound(inner, callee, result or (build.const(None), NONE))
    found = close(inner, body, result)
    callee.contents = tuple(inner.cells.changes(kind) for kind in given)
    callee.body = inner.lines
    for one in state.functions.values():  # what they write into may be more by now
        one.writes = one.shares = None
    callee.kinds = {name: finite(inner.settled(kind)) for name, kind in inner.known.items()}
    return found
