"""`try` while specialising: what surely raises, or surely does not, is decided here.

What is left undecided stays a `try` in the residual program; `probes` then gives it a form that
no generator needs to know about.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import gast

from srcxform.errors import Diagnostic
from srcxform.kinds.lattice import UNKNOWN
from srcxform.normalise.parts import parts
from srcxform.normalise.unbound import asks_what_is_bound
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.risks import Risks, meets
from srcxform.specialise.scope import Env, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import shallow


@dataclass
class Watch:
    """A `try` whose body is being specialised: what it handles, and what its body binds."""

    handled: tuple[type, ...]
    bound: Env = field(default_factory=dict)


def try_statement(state: State, node: Node) -> None:
    """Specialise a `try`; of one that the kinds decide no more is left than what runs."""
    if node.finalbody:
        with_final(state, node)
        return
    node = shallow(node)
    node.handlers = [with_classes(state, handler) for handler in node.handlers]
    risks = risks_of(state)
    handled = [risks.classes(handler.type) for handler in node.handlers]
    if None in handled:
        refuse_statement(state, node)
        return
    attempt(state, node, [classes or () for classes in handled])


def with_classes(state: State, handler: Node) -> Node:
    new = shallow(handler)
    new.type = handler.type and evaluate(state, handler.type)[0]
    return new


def risks_of(state: State) -> Risks:
    """Ask with the kinds of all values that each name has had."""
    known = {**(state.env or {}), **state.known}
    return Risks({name: state.settled(kind) for name, kind in known.items()}, state.externals)


def attempt(state: State, node: Node, handled: list[tuple[type, ...]]) -> None:
    from srcxform.specialise.statements import block

    named = any(issubclass(c, NameError) for classes in handled for c in classes)
    if named and asks_what_is_bound(node):
        refuse_unbound(state, node)
        return
    place = state.place
    start = dict(state.env or {})
    watch = Watch(tuple(c for classes in handled for c in classes))
    state.watches.append(watch)
    with state.block() as body:
        block(state, node.body)
    state.watches.pop()
    after = state.env
    caught = joined(state, start, watch.bound)
    risks = risks_of(state)
    sure = surely_caught(risks, body, handled) if after is None else None
    if sure is not None:
        state.lines += body[:-1]
        state.env = caught
        enter(state, node.handlers[sure], body[-1].exc)
        return
    found = risks.block(body)
    reached = [k for k, classes in enumerate(handled) if meets(found, classes)]
    if not reached:
        state.lines += body
        if after is not None:
            block(state, node.orelse)
        return
    with state.block() as orelse:
        if after is not None:
            block(state, node.orelse)
    end = state.env
    handlers = []
    for k in reached:
        old = node.handlers[k]
        state.env = dict(caught)
        name = bound_name(state, old)
        with state.block() as lines:
            block(state, old.body)
        handlers.append(gast.ExceptHandler(type=old.type, name=name, body=lines))
        end = state.join_env(end, state.env)
    state.env = end
    state.place = place
    line = gast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=[])
    line.place = place
    state.lines.append(line)


def bound_name(state: State, handler: Node) -> Node | None:
    """Bind the name of `except E as name`."""
    from srcxform.specialise.statements import written

    if handler.name is None:
        return None
    name = written(state, handler.name.id)
    state.bind(name, UNKNOWN)
    return build.store(name)


def enter(state: State, handler: Node, exc: Node) -> None:
    """Go on in a handler: it is known while compiling that this exception comes."""
    from srcxform.specialise.statements import block

    name = bound_name(state, handler)
    if name is None and any(is_reraise(s) for s in all_statements(handler.body)):
        name = build.store(state.names.like("error"))
        state.bind(name.id, UNKNOWN)
    if name is not None:
        state.emit(build.assign(name, exc))
    state.raised.append(name)
    block(state, handler.body)
    state.raised.pop()


def surely_caught(risks: Risks, body: Block, handled: list[tuple[type, ...]]) -> int | None:
    """Give the handler that a body surely leads to, straight on; None where it is not sure."""
    if not body or not isinstance(body[-1], gast.Raise) or body[-1].exc is None:
        return None
    found = risks.raised_class(body[-1].exc)
    if found is None or risks.is_refusal(body[-1].exc):
        return None
    if any(meets(risks.block(body[:-1]), classes) for classes in handled):
        return None
    if body[-1].cause is not None:
        return None  # `from` is Python's to note
    return next((k for k, classes in enumerate(handled) if issubclass(found, classes)), None)


def joined(state: State, start: Env, bound: Env) -> Env:
    """Give what is known where an exception may have come at any point."""
    result = dict(start)
    for name, kind in bound.items():
        result[name] = state.join(start[name], kind) if name in start else kind
    return result


def with_final(state: State, node: Node) -> None:
    """`finally` runs behind all ways: as a handler that raises again, and after the rest.

    Where nobody in this program handles what is raised, it stays what it is.
    """
    from srcxform.specialise.statements import block

    for statement in leaving(node.finalbody):
        if isinstance(statement, (gast.Return, gast.Break)):
            refuse_leaving(state, statement)
            return
    inner: Block = node.body
    if node.handlers:
        inner = [gast.Try(body=node.body, handlers=node.handlers, orelse=node.orelse, finalbody=[])]
    build.at(node.place, inner)
    if any(watch.handled for watch in state.watches):
        again = gast.Raise(exc=None, cause=None)
        handler = gast.ExceptHandler(type=None, name=None, body=[*node.finalbody, again])
        whole = gast.Try(body=inner, handlers=[handler], orelse=node.finalbody, finalbody=[])
        build.at(node.place, [whole])
        attempt(state, whole, [(BaseException,)])
        return
    place = state.place
    start, watch = dict(state.env or {}), Watch(())
    state.watches.append(watch)
    with state.block() as body:
        block(state, inner)
    state.watches.pop()
    state.place = place
    ended = state.env is None  # it surely raises
    if ended:
        state.env = joined(state, start, watch.bound)
    with state.block() as final:
        block(state, node.finalbody)
    if ended:
        state.env = None
    risks = risks_of(state)
    if not final or not ended and not meets(risks.block(body), (BaseException,)):
        state.lines += [*body, *final]
        return
    line = gast.Try(body=body, handlers=[], orelse=[], finalbody=final)
    line.place = place
    state.lines.append(line)


def leaving(block: Block) -> Block:
    """Give the statements of a block and its branches, loops left out."""
    return [s for top in block for s in [top, *(t for b in parts(top) for t in leaving(b))]]


def all_statements(block: Block) -> Block:
    return [s for top in block for s in gast.walk(top) if isinstance(s, gast.stmt)]


def is_reraise(node: Node) -> bool:
    return isinstance(node, gast.Raise) and node.exc is None


def refuse_leaving(state: State, node: Node) -> None:
    from srcxform.specialise.refusal import raising

    word = "return" if isinstance(node, gast.Return) else "break"
    told = Diagnostic(
        f"`{word}` inside `finally` cannot be differentiated", getattr(node, "place", None),
        "it would swallow every exception, refusals included",
        f"put the `{word}` behind the `finally`",
    )  # fmt: skip
    state.emit(raising(state, told, "UnsupportedError"))
    state.env = None


def refuse_unbound(state: State, node: Node) -> None:
    """Who handles a NameError here asks what is bound; each name is taken to be."""
    from srcxform.specialise.refusal import raising

    told = Diagnostic(
        "a `try` that handles `NameError` cannot be differentiated", node.place,
        "whether a name is bound is not followed",
        "assign None to the name first, and test it with `is None`",
    )  # fmt: skip
    state.emit(raising(state, told, "UnsupportedError"))
    state.env = None


def refuse_statement(state: State, node: Node) -> None:
    from srcxform.specialise.refusal import refusal

    state.emit(*refusal(state, node))
    state.env = None
