"""`with`: what is known of a context manager decides what is left of it.

`suppress` is a `try`, `nullcontext` is nothing; a manager that changes settings (`np.errstate`)
stays around the statements it was written around. One that may swallow exceptions is refused.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import types
from typing import Any

import gast
import numpy as np

from srcxform.errors import SourceNotFoundError
from srcxform.kinds.lattice import NONE, UNKNOWN, Const, Kind, Opaque, Record, Suspended, present
from srcxform.specialise.exceptions import try_statement
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.instances import refuse
from srcxform.specialise.object_operators import is_object
from srcxform.specialise.objects import class_of
from srcxform.specialise.scope import Evaluated, State
from srcxform.specialise.suspended import consume
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.scopes import parameters
from srcxform.syntax.source import find
from srcxform.syntax.visit import walk

Manager = contextlib.AbstractContextManager
PLAIN = (np.errstate, np.printoptions)
CATCHING = (contextlib.redirect_stdout, contextlib.redirect_stderr)  # text is used again
LOCKS = ("_thread", "_io", "numpy", "decimal", "threading", "tempfile", "multiprocessing")


def with_statement(state: State, node: Node) -> None:
    """Specialise a `with` of one manager."""
    from srcxform.specialise.statements import block

    place = state.place
    manager = node.items[0].context_expr
    given = node.items[0].optional_vars
    function = callee(state, manager)
    if function is contextlib.suppress:
        classes = build.sequence(manager.args)
        handler = gast.ExceptHandler(type=classes, name=None, body=[])
        line = gast.Try(body=node.body, handlers=[handler], orelse=[], finalbody=[])
        try_statement(state, build.at(node.place, [line])[0])
        return
    if function is contextlib.nullcontext:
        value = evaluate(state, manager.args[0]) if manager.args else (build.const(None), NONE)
        if given is not None:
            bind_given(state, given, value)
        block(state, node.body)
        return
    generator = generator_inside(function)
    if generator is not None and around_yield(state, node, function, generator):
        return
    written, kind = evaluate(state, manager)
    if not is_plain(function, kind) or function in CATCHING:
        refuse_manager(state, node)
        return
    if is_object(kind):
        kind = present(kind)
        if state.watches and asks_what_came(class_of(kind)):
            refuse(
                state, "`__exit__` asks which exception ended its `with`",
                "that is handled around it, and in a derivative `__exit__` runs as if none came",
                "handle the exception inside of the `with`",
            )  # fmt: skip
            return
        entered(state, node, (written, kind))
        return
    with state.block() as body:
        if given is not None:
            given = build.store(named(state, given))
            state.bind(given.id, UNKNOWN)
        block(state, node.body)
    item = gast.withitem(context_expr=written, optional_vars=given)
    line = gast.With(items=[item], body=body, type_comment=None)
    line.place = place
    state.lines.append(line)
    state.place = place


def generator_inside(function: Any) -> Any:
    """Give the generator function that `contextlib.contextmanager` decorated."""
    if function in PLAIN:
        return None
    inner = getattr(function, "__wrapped__", None)
    decorated = isinstance(function, types.FunctionType) and (
        function.__code__.co_filename == contextlib.__file__
    )
    return inner if decorated and inspect.isgeneratorfunction(inner) else None


def around_yield(state: State, node: Node, function: Any, generator: Any) -> bool:
    """Let the body come in at the `yield` of a generator; say whether that could be done."""
    from srcxform.specialise.arguments import arguments, keyword_arguments
    from srcxform.specialise.calls import call_function
    from srcxform.specialise.loops import assign_residual
    from srcxform.specialise.statements import block

    path = state.externals.path_to(function, "attr:__wrapped__")
    fetch = functools.partial(getattr, function, "__wrapped__")
    state.externals.guard((id(function), "__wrapped__"), fetch, generator, path)
    call, given = node.items[0].context_expr, node.items[0].optional_vars
    args = arguments(state, call.args)
    keywords, known = keyword_arguments(state, call.keywords)
    if args is None or not known:
        return False
    source = call_function(state, call, generator, args, keywords, None)[1]
    if not isinstance(source, Suspended):
        return False

    def each(value: Evaluated, flag: str) -> None:
        if given is not None:
            assign_residual(state, given, value[0])
        block(state, node.body)

    consume(state, source, each, node)
    return True


def entered(state: State, node: Node, manager: Evaluated) -> None:
    """`__enter__` before the body of a `with`, `__exit__` behind it on all ways."""
    from srcxform.specialise.statements import block

    name = state.names.part("manager")
    state.emit(build.assign(name, manager[0]))
    state.bind(name, manager[1])
    name = state.scope.alias(build.load(name)).id
    given = node.items[0].optional_vars
    enter: Node = build.method(name, "__enter__")
    start = build.expression(enter) if given is None else build.assign(given, enter)
    nothing = [build.const(None)] * 3
    leave = build.expression(build.method(name, "__exit__", *nothing))
    whole = gast.Try(body=node.body, handlers=[], orelse=[], finalbody=[leave])
    for inner in walk([start, whole]):
        if isinstance(inner, (gast.expr, gast.stmt)) and not hasattr(inner, "place"):
            inner.place = node.place
    block(state, [start, whole])


def callee(state: State, manager: Node) -> Any:
    """Give the function or class whose call makes a manager."""
    if not isinstance(manager, gast.Call):
        return None
    with state.rehearsal():
        kind = evaluate(state, manager.func)[1]
    return kind.value if isinstance(kind, Const) else None


def named(state: State, target: Node) -> str:
    from srcxform.specialise.statements import written

    return written(state, target.id)


def bind_given(state: State, target: Node, value: Evaluated) -> None:
    name = named(state, target)
    state.emit(build.assign(name, value[0]))
    state.bind(name, value[1])


def is_plain(function: Any, kind: Kind) -> bool:
    """Say whether a manager lets every exception through."""
    found: Any = class_of(present(kind)) or function
    if function in PLAIN:
        return True
    if not isinstance(found, type):
        match kind:
            case Opaque(type=found) | Record(type=found):
                pass
            case Const(value=value):
                found = type(value)
            case _:
                return function is open
    leave = getattr(found, "__exit__", None)
    if isinstance(leave, types.FunctionType):
        return returns_nothing(leave) or leave.__module__.split(".")[0] in (*LOCKS, "warnings")
    return leave is not None and (found.__module__ or "").split(".")[0] in LOCKS


def returns_nothing(function: types.FunctionType) -> bool:
    """Say whether a function gives None or False, whatever happens."""
    try:
        tree = find(function).node
    except SourceNotFoundError:
        return False
    values = [n.value for n in gast.walk(tree) if isinstance(n, gast.Return)]
    return all(v is None or isinstance(v, gast.Constant) and not v.value for v in values)


def asks_what_came(cls: Any) -> bool:
    """Say whether the `__exit__` of a class reads what it is told of an exception."""
    tree = find(cls.__exit__).node
    told = parameters(tree)[1:]
    return any(isinstance(part, gast.Name) and part.id in told for part in walk(tree.body))


def refuse_manager(state: State, node: Node) -> None:
    from srcxform.specialise.refusal import refusal

    state.emit(*refusal(state, node))
    state.env = None
