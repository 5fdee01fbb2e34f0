"""The residual program: a function in core with its callees inlined and its kinds known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gast

from srcxform.analysis.webs import split_webs
from srcxform.errors import Diagnostic, SrcxformError, UnsupportedError
from srcxform.frontend.externals import Externals
from srcxform.frontend.read import Read
from srcxform.kinds.callables import is_virtual
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    Cell,
    Const,
    Kind,
    Many,
    Stream,
    holds_instance,
    holds_kept,
)
from srcxform.kinds.nesting import finite, finite_inside
from srcxform.specialise.ahead import without_stale
from srcxform.specialise.cells import Cells, Restart
from srcxform.specialise.instances import (
    HANDED,
    holds_record,
    named,
    opened,
    owned,
    separate,
    whole,
)
from srcxform.specialise.presence import without_none
from srcxform.specialise.probes import without_tries
from srcxform.specialise.refusal import raise_statement
from srcxform.specialise.resolve import Outside, captured
from srcxform.specialise.scope import Env, Scope, State
from srcxform.specialise.statements import block
from srcxform.specialise.streams import refuse_iterator
from srcxform.specialise.sure_checks import without_sure_checks
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import BUILTINS, Names


@dataclass(frozen=True)
class Program:
    """A specialised function: what every generator reads."""

    name: str
    parameters: tuple[str, ...]
    body: Block
    kinds: Env
    result: Kind
    externals: Externals
    functions: dict[str, Any] = field(default_factory=dict)
    read: Read | None = None
    given: Env = field(default_factory=dict)  # kinds of the arguments, as they are at first
    beside: bool = False  # an inner one, which returns attributes of objects beside its result


def specialise(
    read: Read,
    kinds: Sequence[Kind],
    reserved: Sequence[str] = (),
    batched: bool = False,
    ruled: bool = True,
) -> Program:
    """Specialise a function that was read for the kinds of its arguments.

    The body is run over twice: first callees come in and decided branches fall away; then, with
    one name for each value, every name has one kind. `batched`: it is a program for one lane.
    `ruled`: rules of the user's own will be asked for.
    """
    if read.stopped is not None:
        refuse_generator(read)
    called = beside_builtins(read.local, reserved)
    parameters = tuple(called[name] for name in read.parameters)
    names = {name: build.load(new) for name, new in called.items()}
    scope = Scope(read.function, names, (), read.local, code=read)

    hoisted: dict[Any, Any] = {}  # each run over the body finds the same functions

    def start() -> Externals:
        found = Names({*read.local, *called.values(), *reserved})
        externals = Externals(found, batched=batched, ruled=ruled, hoisted=hoisted)
        externals.reach((), Const(read.function))
        for k, kind in enumerate(kinds):
            externals.reach((f"parameter:{k}",), kind)
        return externals

    first = settle(read.name, parameters, kinds, read.body, scope, start)
    plain = without_tries(parameters, first.body, first.kinds, first.externals, first.functions)
    body = split_webs(parameters, plain, first.externals.names)
    again = settle(read.name, parameters, kinds, body, Scope(None), lambda: first.externals,
                   first.functions)  # fmt: skip
    return replace(again, read=replace(read, named=frozenset(called[n] for n in read.named)))


def beside_builtins(local: Iterable[str], reserved: Iterable[str]) -> dict[str, str]:
    """Give what variables are called in the program: a `max` of the user's must not hide ours."""
    names = Names({*local, *reserved})
    return {name: names.like(name) if name in BUILTINS else name for name in sorted(local)}


def refuse_generator(read: Read) -> None:
    raise UnsupportedError(Diagnostic(
        f"the generator `{read.name}` cannot be differentiated",
        getattr(read.body[0], "place", None),
        "its values come one by one, between statements of its caller",
        "return a list of the values",
    ))  # fmt: skip


def settle(
    name: str,
    parameters: Sequence[str],
    kinds: Sequence[Kind],
    body: Block,
    scope: Scope,
    make: Callable[[], Externals],
    functions: dict[str, Any] | None = None,
) -> Program:
    """Run over a body until its kinds settle; give the program that is left."""
    cells = Cells()
    if scope.function is None:  # a body in residual names
        cells.expect(body)
    before: tuple[Externals, set[str], dict[str, int]] | None = None
    last: Externals | None = None
    while True:
        externals, earlier = make(), last
        last = externals
        state = State(externals, cells=cells.again(), functions=dict(functions or {}))
        names = externals.names
        if before is not None and before[0] is externals:  # each run gives the same names
            names.taken, names.counts = before[1] | state.lasting_names(), dict(before[2])
        else:
            before = externals, set(names.taken), dict(names.counts)
        state.scope = replace(scope)
        if scope.function is not None:
            state.calling.append(scope.function)
        for parameter, kind in zip(parameters, kinds, strict=True):
            state.bind(parameter, owned(kind, parameter))
        if earlier is not None and earlier is not externals:
            capture_written(state, earlier)
        for capture in externals.captures.values():
            state.bind(capture.name, capture.kind)
        try:
            for opening in [*parameters, *(c.name for c in externals.captures.values())]:
                open_argument(state, opening)
            start, begun = len(state.lines), dict(state.env or {})
            result = block(state, body)
            place = getattr(body[0], "place", None) if body else None
            state.lines[start:start] = separate(state, begun, parameters, place)
        except (Restart, SrcxformError) as error:
            if isinstance(error, SrcxformError) and not state.cells.raises:
                raise
            cells = cells.emptied()
            continue
        if state.cells.raises:
            cells = cells.emptied()
            continue
        if state.cells.holds_what(cells):
            break
        cells = state.cells
    check_kept(state, parameters, body)
    result_kind = close(state, body, result)
    settled = {name: state.settled(kind) for name, kind in state.known.items()}
    told = without_none(state.lines, settled, externals)
    known = {name: finite_inside(kind) for name, kind in told.items()}
    lines = without_stale(state, state.lines, known)
    lines = without_sure_checks(lines, known, externals, state.functions)
    return Program(
        name, tuple(parameters), lines, known, finite(result_kind), externals, state.functions,
        given=dict(zip(parameters, kinds, strict=True)),
    )  # fmt: skip


def check_kept(state: State, parameters: Sequence[str], body: Block) -> None:
    """Refuse a container of the caller's into which an object went for which a dict stands."""
    for name in parameters:
        inside = state.element(state.kind_of(name) or NEVER)
        if inside is not None and holds_kept(inside):
            told = Diagnostic(HANDED[0], getattr(body[-1], "place", None), *HANDED[1:])
            state.emit(raise_statement(state.externals, told, "UnsupportedError"))
            return


def capture_written(state: State, earlier: Externals) -> None:
    """Capture objects from outside that are written to: they are read when the function begins."""
    for key, capture in earlier.captures.items():
        if Outside(key) in state.cells.written:
            captured(state, capture.fetch(), capture.name, key, capture.fetch, capture.path)


def open_argument(state: State, name: str) -> None:
    """Take an argument apart, if an object in it is written to."""
    kind = state.kind_of(name)
    if kind is not None and holds_record(kind):
        state.bind(name, opened(state, name, kind))


def close(state: State, body: Block, result: Any) -> Kind:
    """Write the final return."""
    if result is None and state.env is None:
        return NEVER
    node, kind = result or (build.const(None), NONE)
    if isinstance(kind, Stream) and kind.site:
        refuse_iterator(state, node)
        return NEVER
    if not isinstance(node, (gast.Name, gast.Constant)):
        name = state.names.like("out")
        state.emit(build.assign(name, node))
        state.bind(name, kind)
        node = build.load(name)
    if holds_instance(kind) or holds_kept(kind) or isinstance(kind, (Cell, Many)):
        node, kind = named(state, "out", whole(state, (node, kind)))
    if is_virtual(state.settled(kind)):
        node, kind = handed_back(state, body)
    last = build.returning(node)
    last.place = getattr(body[-1], "place", None)
    state.lines.append(last)
    return state.settled(kind)


def handed_back(state: State, body: Block) -> tuple[Node, Kind]:
    """Refuse a result that is known while compiling only."""
    told = Diagnostic(
        "a function is returned by the function that is differentiated",
        getattr(body[-1], "place", None),
        "a derivative is a number, an array, or a container of these",
        "return what the inner function gives, or differentiate the inner function",
    )
    state.emit(raise_statement(state.externals, told, "UnsupportedError"))
    return build.const(None), NEVER
