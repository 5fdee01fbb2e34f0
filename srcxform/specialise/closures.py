"""Functions as values: lambdas, nested functions, partials, functions that take functions.

A function defined inside the one that is read is known while compiling: its kind holds its tree
and its scope, no value of the residual program stands for it, and its calls come in where they
stand. It reads and rebinds the variables around it under their residual names, so that it sees
what they hold when it is called, as in Python.
"""

from __future__ import annotations

import bisect
import builtins
import dataclasses
import functools
import heapq
import inspect
import operator
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.errors import Diagnostic
from srcxform.frontend.read import read_nested
from srcxform.kinds.callables import Closure, Derived, Emitted, Partial, Pullback, is_virtual
from srcxform.kinds.lattice import NEVER, Const, Items, Kind, Mapping, Stream
from srcxform.kinds.shapes import shape_of
from srcxform.runtime import bisection, heaps
from srcxform.specialise.scope import Args, Evaluated, Keywords, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.scopes import rebound_by

GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
TEMPLATES: dict[Any, Any] = {  # what is called: what is read in its place
    builtins.map: runtime.mapped,
    builtins.filter: runtime.filtered,
    functools.reduce: runtime.reduced,
    np.piecewise: runtime.pieces,
    np.apply_along_axis: runtime.along_axis,
    np.vander: runtime.vander,
    heapq.heappush: heaps.push,
    heapq.heappop: heaps.pop,
    heapq.heappushpop: heaps.push_pop,
    heapq.heapreplace: heaps.replace,
    heapq.heapify: heaps.heapify,
    heapq.nlargest: heaps.largest,
    heapq.nsmallest: heaps.smallest,
    bisect.insort_left: bisection.insort_left,
    bisect.insort_right: bisection.insort_right,
}


def closure(state: State, node: Node) -> Evaluated:
    """Evaluate `def` or `lambda`."""
    from srcxform.specialise.expressions import evaluate

    given = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
    defaults = tuple(held(state, evaluate(state, default)) for default in given)
    for name in rebound_by(node):
        outer = state.scope.find(name)
        if isinstance(outer, gast.Name):
            state.shifting.add(outer.id)
    kind = Closure(node, state.scope, defaults)
    return in_program(state, kind, [atom for atom, _ in defaults])


def taken_out(state: State, func: Node, kind: Kind) -> Kind:
    """Name the defaults of a function that are in the tuple that stands for it."""
    if isinstance(kind, Derived):
        return dataclasses.replace(kind, function=taken_out(state, func, kind.function))
    parts: list[Any] = []
    if isinstance(kind, Closure):
        parts = [(None, *pair) for pair in kind.defaults]
    elif isinstance(kind, Partial):
        parts = [(None, *pair) for pair in kind.args] + list(kind.keywords)
    if all(atom is not None for _, atom, _ in parts):
        return kind
    if not isinstance(func, gast.Name):
        holder = state.names.part(state.hint)
        state.emit(build.assign(holder, func))
        state.bind(holder, kind)
        func = build.load(holder)
    found = []
    for k, (key, atom, inside) in enumerate(parts):
        if atom is None:
            name = state.names.part(state.hint)
            state.emit(build.assign(name, build.item(func, k)))
            state.bind(name, inside)
            atom = build.load(name)
            inside = taken_out(state, atom, inside)
        found.append((key, atom, inside))
    if isinstance(kind, Closure):
        return dataclasses.replace(kind, defaults=tuple(part[1:] for part in found))
    assert isinstance(kind, Partial)
    count = len(kind.args)
    args = tuple(part[1:] for part in found[:count])
    return dataclasses.replace(kind, args=args, keywords=tuple(found[count:]))


def in_program(state: State, kind: Any, atoms: list[Node]) -> Evaluated:
    """Let a tuple of its values stand for a function that has some."""
    if not atoms:
        return placeholder(state), kind
    state.tuples = True
    name = state.names.part(state.hint)
    state.emit(build.assign(name, build.sequence(atoms)))
    state.bind(name, kind)
    return build.load(name), kind


def placeholder(state: State) -> Node:
    """Write what stands in the residual program for a function that is known."""
    function = runtime.followed
    return state.externals.root("followed", function, "from srcxform.runtime import followed")


def held(state: State, value: Evaluated) -> Evaluated:
    """Keep a value under a name that nothing else binds."""
    node, kind = value
    if isinstance(node, gast.Constant) or is_placeholder(state, node):
        return value
    name = state.names.part(state.hint)
    if not (isinstance(kind, Stream) and kind.site):  # an iterator is no value of the program
        state.emit(build.assign(name, node))
    state.bind(name, kind)
    return build.load(name), kind


def is_placeholder(state: State, node: Node) -> bool:
    """Say whether a node stands for any function that is known while compiling only."""
    name = getattr(node, "id", None)
    return name is not None and state.externals.objects.get(name) is runtime.followed


def call_known(state: State, node: Node, kind: Kind, args: Args, keywords: Keywords) -> Evaluated:
    """Specialise a call of a function whose kind tells which one it is."""
    from srcxform.specialise.calls import call_object

    match kind:
        case Partial(function=function, args=first, keywords=named):
            given = {name: (value, found) for name, value, found in named}
            return call_known(state, node, function, [*first, *args], {**given, **keywords})
        case Closure():
            return call_closure(state, node, kind, args, keywords)
        case Emitted(emit=emit):
            found: Evaluated = emit(state, args)
            return found
        case Derived() | Pullback():
            from srcxform.specialise.deriving import call_derived

            return call_derived(state, node, kind, args, keywords)
    if not isinstance(kind, Const):
        return one_of_several(state, node)
    return call_object(state, node, kind.value, args, keywords)


def call_closure(
    state: State, node: Node, kind: Closure, args: Args, keywords: Keywords
) -> Evaluated:
    from srcxform.specialise.inlining import come_in, match_arguments

    owner: Scope = kind.scope
    assert owner.function is not None
    code = read_nested(kind.node, owner.function)
    signature = signature_of(kind)
    bound = match_arguments(
        node, code.name, signature, args, keywords, lambda name: signature.parameters[name].default
    )
    scope = Scope(owner.function, {}, (), code.local, owner.place, owner)
    return come_in(state, node, kind, code, bound, scope)


def signature_of(kind: Closure) -> inspect.Signature:
    """Give a nested function's signature; its defaults are evaluated operands."""
    args = kind.node.args
    defaults = list(kind.defaults)
    first = len(args.posonlyargs) + len(args.args) - len(args.defaults)
    found = []
    for k, arg in enumerate([*args.posonlyargs, *args.args]):
        how = (
            inspect.Parameter.POSITIONAL_ONLY
            if k < len(args.posonlyargs)
            else inspect.Parameter.POSITIONAL_OR_KEYWORD
        )
        found.append(parameter(arg, how, defaults[k - first] if k >= first else None))
    if args.vararg:
        found.append(parameter(args.vararg, inspect.Parameter.VAR_POSITIONAL, None))
    rest = iter(defaults[len(args.defaults) :])
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        given = None if default is None else next(rest)
        found.append(parameter(arg, inspect.Parameter.KEYWORD_ONLY, given))
    if args.kwarg:
        found.append(parameter(args.kwarg, inspect.Parameter.VAR_KEYWORD, None))
    return inspect.Signature(found)


def parameter(arg: Node, how: Any, default: Evaluated | None) -> inspect.Parameter:
    given = inspect.Parameter.empty if default is None else default
    return inspect.Parameter(arg.id, how, default=given)


def special(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Specialise a call of a known object that gives, takes or stands for a function."""
    from srcxform.specialise.calls import call_object
    from srcxform.specialise.deriving import derive
    from srcxform.specialise.stepwise import call_stepwise

    derived = derive(state, node, function, args, keywords)
    if derived is not None:
        return derived
    if function is runtime.stepwise:
        return call_stepwise(state, node, args, keywords)
    if function is runtime.followed:
        return one_of_several(state, node)
    if isinstance(function, functools.partial):
        return call_partial(state, node, function, args, keywords)
    if isinstance(function, np.vectorize) and is_plain_vectorize(function) and not keywords:
        return call_vectorized(state, node, function, args)
    step = wrapped_at(function, args)
    if step is not None:
        fetch = operator.attrgetter(step)
        path = state.externals.path_to(function, *(f"attr:{name}" for name in step.split(".")))
        inner = fetch(function)
        guarded = functools.partial(fetch, function)
        state.externals.guard((id(function), step), guarded, inner, path)
        return call_object(state, node, inner, args, keywords)
    if isinstance(function, GETTERS) and len(args) == 1 and not keywords:
        maker, given = tuple(function.__reduce__())[:2]
        inner = getter(maker, [(build.const(one), Const(one)) for one in given], {})
        if inner is not None:
            template = inner[0][1].value  # type: ignore[attr-defined]
            return call_object(state, node, template, [*inner[1:], *args], {})
    made = getter(function, args, keywords)
    if made is not None:
        function, args, keywords = functools.partial, made, {}
    if function is functools.partial and args:
        (func, inner), *rest = args
        inner = taken_out(state, func, inner)
        named = tuple((name, *held(state, value)) for name, value in keywords.items())
        kind = Partial(inner, tuple(held(state, value) for value in rest), named)
        atoms = [atom for atom, _ in kind.args] + [atom for _, atom, _ in kind.keywords]
        return in_program(state, kind, atoms)
    if function in (functools.wraps, functools.lru_cache) and not (
        args and function is functools.lru_cache and is_virtual(args[0][1])
    ):
        reference = state.externals.root("same", runtime.same, "from srcxform.runtime import same")
        return reference, Const(runtime.same)
    if function in (functools.cache, functools.lru_cache) and args:
        return args[0]
    template = TEMPLATES.get(function)
    if template is not None:
        return call_object(state, node, template, args, keywords)
    return None


def getter(function: Any, args: Args, keywords: Keywords) -> Args | None:
    """Give what `operator.itemgetter(0)`, `np.vectorize(f)` and their kin are partials of."""
    if not args or function is not operator.methodcaller and keywords:
        return None
    first, *others = args
    if function is np.vectorize and not others and not keywords:
        return [placed_constant(runtime.vectorized), first]
    if function is operator.itemgetter and not others:
        return [placed_constant(runtime.item_at), first]
    if function is operator.itemgetter:
        return [placed_constant(runtime.items_at), listed(args)]
    if function is operator.attrgetter and not others and isinstance(first[1], Const):
        if "." not in first[1].value:
            return [placed_constant(runtime.attribute_at), first]
    if function is operator.methodcaller:
        named = build.mapping(tuple(keywords), [value for value, _ in keywords.values()])
        kinds = Mapping(tuple(keywords), tuple(kind for _, kind in keywords.values()))
        return [placed_constant(runtime.method_at), first, listed(others), (named, kinds)]
    return None


def placed_constant(function: Any) -> Evaluated:
    return build.const(function), Const(function)


def listed(args: Args) -> Evaluated:
    kinds = Items("tuple", tuple(kind for _, kind in args))
    return build.sequence([value for value, _ in args]), kinds


def wrapped_at(function: Any, args: Args) -> str | None:
    """Say where the Python function inside a cached or compiled one is found, if it is followed.

    Numba's `vectorize` takes numbers as its function does, arrays element by element.
    """
    if isinstance(function, functools._lru_cache_wrapper):
        return "__wrapped__"
    if type(function).__module__.startswith("numba."):
        if hasattr(function, "py_func"):
            return "py_func"
        numbers = all(shape_of(kind) == () for _, kind in args)
        if numbers and hasattr(getattr(function, "_dispatcher", None), "py_func"):
            return "_dispatcher.py_func"
    return None


def call_partial(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated:
    """Call a `functools.partial` made outside: what it holds is looked up anew at each call."""
    from srcxform.specialise.calls import call_object
    from srcxform.specialise.resolve import looked_up

    externals = state.externals
    fetch = functools.partial(getattr, function, "func")
    path = externals.path_to(function, "attr:func")
    externals.guard((id(function), "func"), fetch, function.func, path)

    def given(part: str, key: Any, value: Any) -> Evaluated:
        inside = functools.partial(operator.getitem, getattr(function, part), key)
        path = externals.path_to(function, f"attr:{part}", f"item:{key!r}")
        name = key if isinstance(key, str) else "value"
        return looked_up(state, value, name, (id(function), part, key), inside, path)

    first = [given("args", k, value) for k, value in enumerate(function.args)]
    named = {name: given("keywords", name, value) for name, value in function.keywords.items()}
    return call_object(state, node, function.func, [*first, *args], {**named, **keywords})


def is_plain_vectorize(function: Any) -> bool:
    """Say whether a `np.vectorize` made outside has no options."""
    return function.otypes is None and function.signature is None and not function.excluded


def call_vectorized(state: State, node: Node, function: Any, args: Args) -> Evaluated:
    """Call a `np.vectorize` made outside: the function inside is looked up anew at each call."""
    from srcxform.specialise.calls import call_object
    from srcxform.specialise.resolve import looked_up

    fetch = functools.partial(getattr, function, "pyfunc")
    path = state.externals.path_to(function, "attr:pyfunc")
    key = (id(function), "pyfunc")
    inner = looked_up(state, function.pyfunc, "function", key, fetch, path)
    return call_object(state, node, runtime.vectorized, [inner, *args], {})


def handed_out(state: State, node: Node, name: str) -> Evaluated:
    """Refuse a function defined inside that is handed to code that is not followed."""
    state.lost += 1
    return refused(
        state, node, f"a function defined inside is handed to `{name}`",
        "there is no derivative rule that says what is done with it",
        "write the loop that calls it, or call it where it is defined",
    )  # fmt: skip


def one_of_several(state: State, node: Node) -> Evaluated:
    """Refuse a call of one of several functions defined inside: which one is not known."""
    state.lost += 1
    return refused(
        state, node, "which function is called here is known only while the program runs",
        "several functions defined inside come together in one variable or list",
        "call each of them where it is defined, or choose with `if` between calls",
    )  # fmt: skip


def refused(state: State, node: Node, what: str, why: str, instead: str) -> Evaluated:
    from srcxform.specialise.refusal import raise_statement

    told = Diagnostic(what, state.at(node), why, instead)
    state.emit(raise_statement(state.externals, told, "UnsupportedError"))
    return build.const(None), NEVER
