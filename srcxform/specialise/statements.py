"""Statements, one by one: kinds flow through, decided branches fall away, callees come in."""

from __future__ import annotations

import dataclasses
import functools
import importlib
from types import ModuleType
from typing import Any

import gast

from srcxform.core.callees import known_object
from srcxform.errors import Diagnostic, SrcxformError, UnsupportedError
from srcxform.kinds.joining import narrowed
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Items,
    Kind,
    Many,
    Mapping,
    Mixed,
    Opaque,
    OrNone,
    Stream,
    Suspended,
    Told,
    Torn,
    Unknown,
    present,
)
from srcxform.runtime import iteration
from srcxform.specialise.alone import alone, is_mixed
from srcxform.specialise.apart import EndlessError
from srcxform.specialise.attribute_flags import is_flag_variable, narrow_attribute
from srcxform.specialise.augmented import augmented
from srcxform.specialise.certainty import check_store, check_unpacking, surely, thrown
from srcxform.specialise.choices import told_apart
from srcxform.specialise.closures import closure
from srcxform.specialise.containers import contents
from srcxform.specialise.exceptions import refuse_statement as refused
from srcxform.specialise.exceptions import try_statement
from srcxform.specialise.expressions import evaluate, evaluate_index
from srcxform.specialise.filling import begin, evaluated_base, filled, handed_over
from srcxform.specialise.instances import check_values, keep_dictionary, write
from srcxform.specialise.loops import for_statement, while_statement
from srcxform.specialise.managers import with_statement
from srcxform.specialise.object_iteration import draws, iterable, iterator_of
from srcxform.specialise.object_operators import (
    is_object,
    store_of_object,
    tested,
)
from srcxform.specialise.objects import calling, special
from srcxform.specialise.operators import truth
from srcxform.specialise.refusal import raising, raising_later, written_place
from srcxform.specialise.scope import Evaluated, State, Surely
from srcxform.specialise.slices import as_value
from srcxform.specialise.streams import begun, rest
from srcxform.specialise.suspended import give_out, listed
from srcxform.specialise.unrolling import Bound, bound
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import stores

Result = Evaluated | None
SHARED = Diagnostic(
    "`del` of a variable that a nested function reads cannot be differentiated", None,
    "whether the function is called after that is not followed",
    "leave out the `del`, or hand the function the value as an argument",
)  # fmt: skip


def block(state: State, statements: Block) -> Result:
    """Specialise a block into `state.lines`; give what it returns, if it does."""
    for statement in statements:
        if state.env is None:
            return None
        state.place = state.at(statement)
        handler = HANDLERS.get(type(statement), refused)
        before = state.depths()
        try:
            if isinstance(statement, gast.Return):
                return evaluate(state, statement.value)
            handler(state, statement)
        except Surely as found:
            state.back_to(before)
            state.emit(thrown(state, found.error))
            state.env = None
        except SrcxformError as error:
            if isinstance(error, EndlessError) and state.unsettled:
                raise  # the call that began the recursion is refused
            state.back_to(before)
            state.emit(raising_later(state, error))
            state.env = None
    return None


def written(state: State, name: str) -> str:
    """Give the residual name of a local variable."""
    node = state.scope.find(name)
    return node.id if isinstance(node, gast.Name) else name


def assign(state: State, node: Node) -> None:
    target = node.targets[0]
    if isinstance(target, gast.Name):
        state.hint = name = written(state, target.id)
        iterator = begun(state, name, node.value)
        if iterator is not None:
            state.bind(name, iterator)
            return
        own = handed_over(state, node.value)
        value, kind = evaluate(state, node.value)
        before = getattr(node, "unpacked", None)
        if before is not None and not has_positions(state.opened(kind)):
            value, kind = all_taken(state, node, (value, kind), before)
        if isinstance(kind, Stream) and kind.site:  # a second name for it
            state.bind(name, kind)
            return
        if is_reversed_range(value, kind):  # an iterator would be used up by the forward sweep
            value = build.item(
                value.args[0], gast.Slice(lower=None, upper=None, step=build.const(-1))
            )
        if not state.is_once(node.value):
            keep_dictionary(state, kind)
        give(state, name, value, flag_told(state, value, kind))
        begin(state, target.id, name, node.value, own)
        return
    value, kind = evaluate(state, node.value)
    if isinstance(target, (gast.Tuple, gast.List)):
        value, kind = iterable(state, node, (value, kind))
        if isinstance(kind, Stream) and kind.site:
            value, kind = rest(state, value, kind)
        if isinstance(kind, Suspended):
            value, kind = listed(state, kind, node)
        unpack(state, target, value, kind)
        return
    if isinstance(target, gast.Subscript):
        base = evaluated_base(state, target.value)
        index = evaluate_index(state, target.slice, base[1])
        if is_object(base[1]) and store_of_object(state, node, base, index, (value, kind)):
            return
        if filled(state, base, index[1], (value, kind)):
            return
    if isinstance(target, gast.Attribute) and state.scope.function is not None:
        node_of, kind_of_it = evaluate(state, target.value)
        base = node_of, present(kind_of_it)
        if is_object(base[1]):
            write(state, node, base, target.attr, (value, kind))
            return
    state.emit(build.assign(stored_into(state, target, kind), value))


def all_taken(state: State, node: Node, value: Evaluated, before: int) -> Evaluated:
    """Give a list of what `a, *rest = value` takes, which has so many names before the star."""
    if special(state, present(value[1]), "__iter__") is None:
        return evaluate(state, build.call(build.const(list), node.value))
    iterator = iterator_of(state, node, value)
    if draws(state, iterator[1]):
        given = [iterator, (build.const(before), Const(before))]
        return calling(state, node, iteration.taken_apart, given)
    return calling(state, node, list, [iterator])


def has_positions(kind: Kind) -> bool:
    """Say whether the elements that a value gives one by one stand at its positions."""
    if isinstance(kind, (Items, Many)):
        return kind.type != "dict"
    if isinstance(kind, Const):
        return isinstance(kind.value, (str, bytes))
    return isinstance(kind, Array) or isinstance(kind, Opaque) and kind.type in (str, range)


def give(state: State, name: str, value: Node, kind: Kind) -> None:
    """Bind a residual name to a value."""
    if not (isinstance(value, gast.Name) and value.id == name):
        state.emit(build.assign(name, value))
    state.bind(name, kind)


def is_reversed_range(value: Node, kind: Kind) -> bool:
    """Say whether a value is `reversed(range(...))`."""
    return (
        isinstance(kind, Opaque) and kind.type is range
        and isinstance(value, gast.Call) and getattr(value.func, "id", "") == "reversed"
    )  # fmt: skip


def unpack(state: State, target: Node, value: Node, kind: Kind) -> None:
    """`a, b = t`, with the kinds of what t holds."""
    names = [written(state, t.id) for t in target.elts]
    check_unpacking(state, kind, len(names))
    if isinstance(value, gast.Call):  # a derivative of a function kept apart came in
        whole = state.names.part(state.hint)
        state.emit(build.assign(whole, value))
        state.bind(whole, kind)
        value = build.load(whole)
    parts: list[Kind]
    match state.opened(present(kind)):
        case Items(items=items) if len(items) == len(names):
            parts = list(items)
        case Array() | Cell() | Many():
            parts = contents(state, kind) * len(names)
        case _:
            parts = [NEVER if kind == NEVER else UNKNOWN] * len(names)
    state.emit(build.assign(build.sequence(map(build.store, names), ctx=gast.Store()), value))
    for name, part in zip(names, parts, strict=True):
        state.bind(name, part)


def stored_into(state: State, target: Node, kind: Kind) -> Node:
    """Give the target of a write into a container or array, and note what goes in."""
    base, base_kind = evaluate(state, target.value)
    base_kind = present(base_kind)
    check_values(state, target, *(kind for kind in [base_kind] if isinstance(kind, Torn)))
    if isinstance(base, (gast.Constant, gast.Subscript)):  # of None, Python says what is wrong
        holder = state.names.part(state.hint)
        state.emit(build.assign(holder, base))
        state.bind(holder, base_kind)
        base = build.load(holder)
    if isinstance(base, gast.Name) and is_mixed(state, base.id, base_kind):
        base = build.load(alone(state, base.id, base_kind))
    if isinstance(target, gast.Attribute):
        check_local(state, target, base_kind)
        return gast.Attribute(value=base, attr=target.attr, ctx=gast.Store())
    index, index_kind = evaluate_index(state, target.slice, base_kind)
    check_store(base_kind)
    check_values(state, target, base_kind, index_kind)
    note_store(state, base_kind, index_kind, kind)
    return gast.Subscript(value=base, slice=index, ctx=gast.Store())


def check_local(state: State, target: Node, kind: Kind) -> None:
    """Refuse to write an attribute of a class, function or module: it is looked up as a setting."""
    if isinstance(kind, Const) and (callable(kind.value) or isinstance(kind.value, ModuleType)):
        raise UnsupportedError(Diagnostic(
            f"an attribute of {described(kind.value)} is written",
            getattr(target, "place", None) or state.place,
            "what it held before is known while compiling, and is built into the derivative",
            "hold the value in an argument, or in an object that the function makes",
        ))  # fmt: skip


def described(value: Any) -> str:
    sort = "class" if isinstance(value, type) else "module"
    if not isinstance(value, (type, ModuleType)):
        sort = "function"
    return f"the {sort} `{getattr(value, '__name__', sort)}`"


def note_store(state: State, base: Kind, index: Kind, item: Kind) -> None:
    """Note what `base[index] = item` puts into a list or dict."""
    if not isinstance(base, (Cell, Items, Mapping, Many)):
        return
    if isinstance(index, Items) and index.type == "slice":
        for one in (NEVER, *contents(state, item)):  # there may be fewer elements than before
            state.put(base, one)
    else:
        state.lost += loses_kinds(state, base, index, item)
        state.put_at(base, index, item)


def loses_kinds(state: State, base: Kind, index: Kind, item: Kind) -> bool:
    """Say whether a container of one kind of values gets one of another kind, somewhere.

    Nothing is told of what it holds from then on; turn by turn the places may be known.
    """
    before = state.element(base)
    if isinstance(index, Const) or before is None or NEVER in (before, item):
        return False
    known = not isinstance(before, Unknown) and not isinstance(item, Unknown)
    return known and isinstance(state.join(before, item), Unknown)


def evaluate_residual(state: State, node: Node) -> Evaluated:
    """Evaluate an expression whose names are residual ones already."""
    outer, state.scope = state.scope, type(state.scope)(None)
    try:
        return evaluate(state, node)
    finally:
        state.scope = outer


def deleted(state: State, node: Node) -> None:
    """`del xs[i]`, `del d[k]`, `del xs[a:b]`."""
    from srcxform.specialise.forms import delete

    target = node.targets[0]
    if isinstance(target, gast.Subscript):
        base = evaluate(state, target.value)
        index = evaluate_index(state, target.slice, base[1])
        method = special(state, base[1], "__delitem__")
        if method is not None:
            calling(state, node, method, [base, as_value(index)])
            return
        if delete(state, base, index):
            return
    if isinstance(target, gast.Name):
        state.emit(
            raising(state, dataclasses.replace(SHARED, place=node.place), "UnsupportedError")
        )
        state.env = None
        return
    refused(state, node)


def define(state: State, node: Node) -> None:
    """`def` inside a function: nothing is written, its calls come in."""
    name = written(state, node.name)
    value, kind = closure(state, node)
    state.emit(build.assign(name, value))
    state.bind(name, kind)


def expression(state: State, node: Node) -> None:
    state.hint = "value"
    if isinstance(node.value, gast.Yield):
        give_out(state, node.value)
        return
    value, _ = evaluate(state, node.value)
    if isinstance(value, gast.Call):
        state.emit(gast.Expr(value=value))


def branch(state: State, node: Node) -> None:
    test, kind = tested(state, evaluate(state, node.test))
    known = truth(kind)
    if known is not None:
        block(state, node.body if known else node.orelse)
        return
    if state.streams and state.refuses(test):
        return
    place = state.place
    before = dict(state.env or {})
    with state.block() as body:
        narrow(state, test, True)
        block(state, node.body)
    after, state.env = state.env, before
    with state.block() as orelse:
        narrow(state, test, False)
        block(state, node.orelse)
    told_apart(state, body, after, orelse)
    state.env = state.join_env(after, state.env)
    state.place = place
    if body or orelse:
        line = build.branch(test, body, orelse)
        line.place = state.at(node)
        state.lines.append(line)


def narrow(state: State, test: Node, holds: bool) -> None:
    """Note in a branch what its test says of variables that may be None."""
    match test:
        case gast.UnaryOp(op=gast.Not(), operand=inner):
            narrow(state, inner, not holds)
        case gast.BoolOp(op=op, values=values) if isinstance(op, gast.And) is holds:
            for value in values:
                narrow(state, value, holds)
        case gast.Call(args=[gast.Name(id=name), cls]) if isinstance(state.kind_of(name), Mixed):
            narrow_mixed(state, test.func, name, cls, holds)
        case gast.Name(id=flag) if isinstance(told := state.kind_of(flag), Told):
            kind = state.kind_of(told.name)
            if isinstance(kind, Mixed) and state.env is not None:
                state.env[told.name] = narrowed(kind, (told.asked,), holds)
        case gast.Name(id=name) if is_flag_variable(state, name):
            narrow_attribute(state, name, holds)
        case gast.Name(id=name) if holds:
            kind = state.kind_of(name)
            if isinstance(kind, OrNone) and state.env is not None:
                state.env[name] = kind.item
        case gast.Compare(
            left=gast.Name(id=name), ops=[op], comparators=[gast.Constant(value=None)]
        ) if isinstance(op, (gast.Is, gast.IsNot)):
            kind = state.kind_of(name)
            if isinstance(kind, OrNone) and state.env is not None:
                state.env[name] = NONE if isinstance(op, gast.Is) is holds else present(kind)
            if isinstance(kind, Mixed) and state.env is not None:
                state.env[name] = narrowed(kind, (type(None),), isinstance(op, gast.Is) is holds)
        case gast.Compare(
            left=gast.Name(id=name), ops=[gast.Is()], comparators=[gast.Name(id="NotImplemented")]
        ) if isinstance(kind := state.kind_of(name), Mixed) and state.env is not None:
            state.env[name] = narrowed(kind, (type(NotImplemented),), holds)


def narrow_mixed(state: State, func: Node, name: str, cls: Node, holds: bool) -> None:
    """Note what `isinstance` says of a variable that may hold an object or something else."""
    asked, kind = class_asked(state, func, cls), state.kind_of(name)
    if asked is not None and isinstance(kind, Mixed) and state.env is not None:
        state.env[name] = narrowed(kind, (asked,), holds)


def class_asked(state: State, func: Node, cls: Node) -> type | None:
    """Give the class of which `isinstance` asks, if it is that, and of one class."""
    asked = known_object(cls, state.externals)
    held = state.kind_of(getattr(cls, "id", ""))
    if asked is None and isinstance(held, Const):
        asked = held.value
    is_test = known_object(func, state.externals) is isinstance
    return asked if is_test and isinstance(asked, type) else None


def flag_told(state: State, value: Node, kind: Kind) -> Kind:
    """Let a flag tell what `isinstance` says of a variable."""
    match value:
        case gast.Call(func=func, args=[gast.Name(id=name), cls], keywords=[]):
            asked = class_asked(state, func, cls)
            if asked is not None and isinstance(state.kind_of(name), Mixed):
                return Told("b", None, name, asked)
    return kind


def leave(state: State, node: Node) -> None:
    state.emit(gast.Break())
    if state.breaks and state.env is not None:
        state.breaks[-1].append(dict(state.env))
    state.env = None


def raised(state: State, node: Node) -> None:
    parts = [part and evaluate(state, part)[0] for part in (node.exc, node.cause)]
    if state.scope.place is not None and parts[0] is not None:
        parts[0] = placed_refusal(parts[0], state.scope.place)
    if node.exc is None and state.raised and state.raised[-1] is not None:
        parts[0] = build.load(state.raised[-1].id)  # the handler that this stands in is known
    state.emit(gast.Raise(exc=parts[0], cause=parts[1]))
    state.env = None


def placed_refusal(error: Node, place: Any) -> Node:
    """Let a refusal of a template that came in name the user's line."""
    match error:
        case gast.Call(
            func=gast.Name(id="refusal"), args=[error_name, what, gast.Constant(value=None), *rest]
        ):
            args = [error_name, what, written_place(place), *rest]
            return gast.Call(func=error.func, args=args, keywords=error.keywords)
    return error


def asserted(state: State, node: Node) -> None:
    test, kind = tested(state, evaluate(state, node.test))
    if truth(kind) is not True:
        message = node.msg and evaluate(state, node.msg)[0]
        state.emit(gast.Assert(test=test, msg=message))


def imported(state: State, node: Node) -> None:
    """An import inside a function: what it binds is known; one that fails is left to Python."""
    try:
        import_names(state, node)
    except ImportError as error:
        surely(state, error)
        state.externals.lost = True  # it may be there the next time
        state.emit(node)
        state.env = None


def import_names(state: State, node: Node) -> None:
    for alias in node.names:
        if isinstance(node, gast.ImportFrom):
            module = importlib.import_module(
                "." * node.level + (node.module or ""),
                getattr(state.scope.function, "__globals__", {}).get("__package__"),
            )
            value = member(module, alias.name)
            path = (f"module:{module.__name__}", f"attr:{alias.name}")
            fetch = functools.partial(getattr, module, alias.name)
            state.externals.guard((id(module), alias.name), fetch, value, path)
        else:
            value = importlib.import_module(alias.name)
            if alias.asname is None:
                value = importlib.import_module(alias.name.split(".")[0])
        name = (alias.asname or alias.name).split(".")[0]
        reference = state.externals.reference(value)
        if reference is not None:
            state.scope.names[name] = reference


def member(module: Any, name: str) -> Any:
    """Give what `from module import name` binds."""
    if not hasattr(module, name):
        try:
            return importlib.import_module(f"{module.__name__}.{name}")
        except ModuleNotFoundError:
            raise ImportError(f"cannot import name '{name}' from '{module.__name__}'") from None
    return getattr(module, name)


def declared(state: State, node: Node) -> None:
    """`global` of names that are only read says nothing that the names do not say themselves."""
    code = state.scope.code
    if code is None or any(not stores(line).isdisjoint(node.names) for line in code.body):
        refused(state, node)


def nothing(state: State, node: Node) -> None:
    pass


HANDLERS: dict[Any, Any] = {
    gast.Assign: assign, gast.AugAssign: augmented, gast.Expr: expression, gast.If: branch,
    gast.For: for_statement, gast.While: while_statement, gast.Break: leave, gast.Raise: raised,
    Bound: bound,
    gast.FunctionDef: define, gast.Assert: asserted, gast.Import: imported,
    gast.ImportFrom: imported, gast.Pass: nothing, gast.Delete: deleted, gast.Global: declared,
    gast.Try: try_statement, gast.With: with_statement,
}  # fmt: skip
