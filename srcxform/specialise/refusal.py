"""A construct that has no derivative refuses where it is reached, not before.

Its place in the residual program is taken by a statement that raises, with the message that
names the user's line.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import gast

from srcxform.emit.lines import NOBODYS, shown_place
from srcxform.errors import Diagnostic, Place, SrcxformError, UnsupportedError
from srcxform.frontend.externals import Externals
from srcxform.runtime import refusals
from srcxform.specialise.scope import State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node

REASONS: dict[type, tuple[str, str, str]] = {
    gast.Try: (
        "this `try` cannot be differentiated",
        "it is not known which exceptions it handles",
        "name the classes of exceptions behind `except`",
    ),
    gast.TryStar: (
        "`except*` cannot be differentiated",
        "the backward pass would have to know which handlers ran",
        "test the conditions with `if`",
    ),
    gast.Match: (
        "this `match` cannot be differentiated",
        "it captures names in several ways inside one pattern, or its classes are not known",
        "write one `case` for each way",
    ),
    gast.With: (
        "this `with` cannot be differentiated",
        "its context manager is not known, or may swallow exceptions",
        "enter the context outside the differentiated function",
    ),
    gast.Global: (
        "`global` cannot be differentiated",
        "a derivative cannot follow a value through a global variable",
        "pass the value as an argument and return it",
    ),
    gast.Nonlocal: (
        "`nonlocal` cannot be differentiated",
        "a derivative cannot follow a value into a variable of a function that has returned",
        "pass the value as an argument and return it",
    ),
    gast.Delete: (
        "`del` of a part cannot be differentiated",
        "what it removes from a container cannot be put back by the backward pass",
        "build a container without that part",
    ),
    gast.AsyncFunctionDef: (
        "`async def` inside a differentiated function is not followed",
        "it runs when an event loop says so, and waits in between",
        "write it as an ordinary function",
    ),
    gast.GeneratorExp: (
        "this generator cannot be differentiated",
        "what its elements are made of changes before they are drawn, or making them changes what "
        "is read in between",
        "make a list of it where it stands, with `[...]`, or compute its elements where they "
        "are used",
    ),
    gast.ClassDef: (
        "a class defined inside a differentiated function is not followed",
        "its methods may capture variables that carry derivatives",
        "define it at module level",
    ),
}


def diagnostic(node: Node) -> Diagnostic:
    """Say what is refused about a statement or expression."""
    what, why, instead = REASONS.get(type(node), (
        f"`{type(node).__name__.lower()}` cannot be differentiated",
        "there is no derivative rule for this construct",
        "write it with assignments, loops, branches and calls",
    ))  # fmt: skip
    return Diagnostic(what, getattr(node, "place", None), why, instead)


def refusal(state: State, node: Node) -> Block:
    """Give the statements that refuse `node` at run time."""
    return [raising(state, diagnostic(node), "UnsupportedError")]


def raising(state: State, told: Diagnostic, error: str) -> Node:
    """Write `raise` of one of our errors with its whole message."""
    told = dataclasses.replace(told, place=state.called(told.place))
    return raise_statement(state.externals, told, error)


def raising_later(state: State, error: SrcxformError) -> Node:
    """Write `raise` of an error that came up while compiling: it may never be reached."""
    names = [known.__name__ for known in type(error).__mro__]
    told = error.diagnostic
    if told.place is None and state.place and not state.place.file.startswith(NOBODYS):
        told = dataclasses.replace(told, place=state.place)
    return raising(state, told, next(n for n in names if n in refusals.ERRORS))


def raise_statement(externals: Externals, told: Diagnostic, error: str) -> Node:
    """Write `raise refusal(...)`, standing at the user's place."""
    function = externals.root("refusal", refusals.refusal, "from srcxform.runtime import refusal")
    where = build.const(None) if told.place is None else written_place(told.place)
    parts = [build.const(error), build.const(told.what), where]
    parts += [build.const(told.why), build.const(told.instead)]
    line = gast.Raise(exc=build.call(function, *parts), cause=None)
    line.place = told.place
    return line


def written_place(place: Place) -> Node:
    """Write a place, and the calls that led there, for `runtime.refusals.placed`."""
    return fields_of(shown_place(place))


def fields_of(place: Place) -> Node:
    own = [getattr(place, field.name) for field in dataclasses.fields(place)]
    parts = [build.const(part) for part in own[:-1]]
    if place.caller is not None:
        parts.append(fields_of(place.caller))
    return build.sequence(parts)


def refuse(told: Diagnostic, error: Any = UnsupportedError) -> None:
    """Refuse now: the whole function cannot be differentiated."""
    raise error(told)
