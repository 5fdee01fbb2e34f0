"""Calls: a rule, a helper that the kinds settle, a method, or a function to be looked into."""

from __future__ import annotations

import builtins
import itertools
import operator
import types
from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcxform.core.dtypes import makes_no_numbers
from srcxform.core.operations import Derivation, is_add_at, is_exception
from srcxform.errors import Diagnostic, SourceNotFoundError
from srcxform.kinds.callables import (
    Choice,
    Closure,
    Derived,
    Emitted,
    Partial,
    Pullback,
    is_virtual,
)
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Cell,
    Const,
    Instance,
    Items,
    Kept,
    Kind,
    Many,
    Mapping,
    Number,
    Opaque,
    Record,
    Rest,
    Stream,
    Suspended,
    Torn,
    Unknown,
    is_differentiable,
    present,
)
from srcxform.kinds.probe import probe
from srcxform.rules.custom import Closing, Custom
from srcxform.rules.registry import (
    BATCHING,
    PREDICATES,
    SETTLERS,
    Rule,
    parameters_of,
    rule_of,
)
from srcxform.runtime import stop_gradient
from srcxform.specialise import forms
from srcxform.specialise.apart import Callee, filled
from srcxform.specialise.certainty import check_attribute, check_call
from srcxform.specialise.choices import call_choice
from srcxform.specialise.closures import call_known, handed_out, one_of_several, special, taken_out
from srcxform.specialise.collected import held_arguments
from srcxform.specialise.custom import call_custom, checked
from srcxform.specialise.expressions import evaluate, item, placed
from srcxform.specialise.folding import fold
from srcxform.specialise.forms import builtin_form, columns
from srcxform.specialise.gradients import called_again
from srcxform.specialise.hoisting import rules_given, with_rules
from srcxform.specialise.instances import shown, torn
from srcxform.specialise.methods import method
from srcxform.specialise.object_calls import builtin_of_object, call_value
from srcxform.specialise.object_iteration import iterable, iterated_arguments
from srcxform.specialise.objects import lasting, own_attribute
from srcxform.specialise.operators import elementwise_kind
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.settling import settle
from srcxform.specialise.spreading import is_uncounted, spread_call, under_name
from srcxform.specialise.streams import drawn, rest
from srcxform.specialise.suspended import called_with, is_suspended, iterator, listed, materialised
from srcxform.specialise.ufuncs import method_of_ufunc
from srcxform.specialise.writes import write_form
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone


def call(state: State, node: Node) -> Evaluated:
    """Specialise a call."""
    if getattr(node.func, "id", None) == "zip" and evaluate(state, node.func)[1] == Const(zip):
        found = columns(state, node)
        if found is not None:
            return found
    node = without_star(state, node)
    spread = spread_call(state, node)
    if isinstance(spread, gast.Name):
        return evaluate(state, spread)
    node = spread or node
    args = arguments(state, node.args)
    keywords, known = keyword_arguments(state, node.keywords)
    if isinstance(node.func, gast.Attribute):
        base, kind = evaluate(state, node.func.value)
        ruled = rules_given(state, node, kind, node.func.attr, args or [])
        if ruled is not None:
            return ruled
        check_attribute(state, kind, node.func.attr)
        if args and any(map(is_iterator, args)) and isinstance(kind, (Cell, Items, Many)):
            args = [rest(state, *arg) if is_iterator(arg) else arg for arg in args]
        if args and any(map(is_suspended, args)) and not isinstance(kind, Const):
            args = materialised(state, args, node)
        found = method(state, node, base, kind, args, keywords)
        if found is not None:
            return found
    func, callee = evaluate(state, node.func)
    callee = taken_out(state, func, present(callee))
    if isinstance(callee, Torn):
        torn(state, callee)
        return build.const(None), NEVER
    if (
        args is not None
        and known
        and isinstance(callee, (Closure, Partial, Derived, Emitted, Pullback))
    ):
        return call_known(state, node, callee, args, keywords)
    if args is not None and known and isinstance(callee, Choice):
        return call_choice(state, node, func, callee, args, keywords)
    if args is not None and known and isinstance(callee, Const):
        if isinstance(func, gast.Constant):  # written by a generator: an object, not yet a name
            func = None
        elif is_variable(state, func):
            func = state.externals.reference(callee.value) or func
        return call_object(state, node, callee.value, args, keywords, func)
    if args is not None and known and isinstance(callee, (Record, Instance, Kept)):
        found = call_value(state, node, (func, callee), args, keywords)
        if found is not None:
            return found
    return opaque(state, node, func)


def without_star(state: State, node: Node) -> Node:
    """`max(*xs)` is `max(xs)`, of however many elements, and `max(a, *xs)` is `max(a, max(xs))`."""
    match node.args:
        case [*others, gast.Starred(value=value)] if isinstance(
            node.func, (gast.Name, gast.Constant)
        ):
            if evaluate(state, node.func)[1] in (Const(builtins.max), Const(builtins.min)):
                new = placed(state, node, gast.Call(node.func, [value], node.keywords))
                if not others:
                    return new
                if not node.keywords and is_uncounted(state, node.args[-1]):
                    largest = under_name(state, *call(state, new))
                    state.scope.names[largest.id] = largest
                    return placed(state, node, gast.Call(node.func, [*others, largest], []))
    return node


def is_variable(state: State, func: Node) -> bool:
    """Say whether a callee is written as a variable that holds it."""
    return isinstance(func, gast.Name) and state.kind_of(func.id) is not None


def is_iterator(arg: Evaluated) -> bool:
    """Say whether an argument is an iterator that has a name."""
    return isinstance(arg[1], Stream) and bool(arg[1].site)


def arguments(state: State, nodes: list[Node]) -> Any:
    """Evaluate positional arguments, spreading `*t` where the length of t is known."""
    result: Args = []
    for node in nodes:
        if not isinstance(node, gast.Starred):
            result.append(evaluate(state, node))
            continue
        base, kind = iterable(state, node, evaluate(state, node.value))
        if isinstance(kind, Suspended):
            base, kind = listed(state, kind, node)
        if isinstance(kind, Stream) and kind.site:
            base, kind = rest(state, base, kind)
        if getattr(node, "rest", False):
            result.append((base, Rest(kind)))
            continue
        kind = state.opened(kind)
        if isinstance(kind, Record) and issubclass(kind.type, tuple):
            own = [own_attribute(state, base, kind, name) for name in kind.keys]
            result += [lasting(state, part) for part in own if part is not None]
            continue
        if not isinstance(kind, Items):
            return None
        from srcxform.specialise.sequences import elements

        result += elements(state, (base, kind))
    return result


def keyword_arguments(state: State, nodes: list[Node]) -> tuple[Keywords, bool]:
    result: Keywords = {}
    for node in nodes:
        value, kind = evaluate(state, node.value)
        if node.arg is not None:
            result[node.arg] = (value, kind)
        elif isinstance(kind := state.opened(kind), Mapping):
            for key, item in zip(kind.keys, kind.items, strict=True):
                holder = state.names.part(state.hint)
                state.emit(build.assign(holder, build.item(clone(value), build.const(key))))
                state.bind(holder, item)
                result[key] = (build.load(holder), item)
        else:
            return result, False
    return result, True


def opaque(state: State, node: Node, func: Node) -> Evaluated:
    """Leave a call as it is: nothing is known of what it gives."""
    if isinstance(func, gast.Name) and isinstance(state.kind_of(func.id), Unknown):
        state.lost += 1
        if state.tuples and not state.fixed:
            return one_of_several(state, node)
    args = [
        gast.Starred(value=evaluate(state, a.value)[0], ctx=gast.Load())
        if isinstance(a, gast.Starred)
        else evaluate(state, a)[0]
        for a in node.args
    ]
    keywords = [gast.keyword(arg=k.arg, value=evaluate(state, k.value)[0]) for k in node.keywords]
    return placed(state, node, gast.Call(func=func, args=args, keywords=keywords)), UNKNOWN


def written_call(state: State, node: Node, func: Node, args: Args, keywords: Keywords) -> Node:
    named = [gast.keyword(arg=key, value=value) for key, (value, _) in keywords.items()]
    return placed(
        state, node, gast.Call(func=func, args=[value for value, _ in args], keywords=named)
    )


SHOWING = (builtins.print, builtins.str, builtins.repr, builtins.format, builtins.ascii)
HIDDEN = (builtins.eval, builtins.exec, builtins.locals, builtins.vars, builtins.globals)
TALKING = ("warnings", "logging", "os", "sys", "time", "io", "re", "json", "inspect", "typing",
           "traceback", "threading", "datetime", "pathlib", "random", "string", "textwrap",
           "platform", "importlib", "gc", "pickle", "csv", "tempfile", "locale", "abc",
           "numbers", "enum", "types", "weakref", "contextlib",
           "pdb", "bdb", "IPython", "ipdb")  # fmt: skip
INLINED = ("srcxform.rules", "srcxform.runtime", "srcxform.api.products",
           "srcxform.api.inside", "srcxform.api.checkpointing", "srcxform.api.implicit",
           "srcxform.api.preaccumulation")  # fmt: skip


def call_object(
    state: State,
    node: Node,
    function: Any,
    args: Args,
    keywords: Keywords,
    func: Node | None = None,
) -> Evaluated:
    """Specialise the call of a known object."""
    if isinstance(function, Callee):
        assert func is not None
        filled(state, function, [kind for _, kind in args])
        return written_call(state, node, func, args, keywords), function.result
    if isinstance(function, Derivation):
        return called_again(state, node, function, args)
    if isinstance(function, Custom):
        stays = state.externals.batched and isinstance(function, Closing)
        if not (state.externals.ruled or stays):
            state.externals.saw(state.externals.path_to(function, "attr:fun"), function.fun)
            return call_object(state, node, function.fun, args, keywords)
        return call_custom(state, node, function, args, keywords)
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        along = method_of_ufunc(state, owner, function.__name__, args, keywords)
        if along is not None:
            return call_object(state, node, *along)
    ruled = with_rules(state, node, function, args, keywords)
    if isinstance(owner, Custom):
        ruled = rules_given(state, node, Const(owner), function.__name__, args)
    if ruled is not None:
        return ruled
    args = iterated_arguments(state, node, function, args)
    if any(map(is_iterator, args)) and not looks_into(function, state.fixed):
        found = drawn(state, function, args, keywords)
        if isinstance(found, tuple):
            return found
        args = found
    if not looks_into(function, state.fixed):
        args = held_arguments(state, function, args)
    if any(function is one for one in SHOWING):
        args = [shown(state, arg) for arg in args]
    kinds = [kind for _, kind in args]
    named = {key: kind for key, (_, kind) in keywords.items()}
    template = iterator(state, function, args, keywords)
    if template is not None and not state.fixed:
        return call_iterator(state, node, function, template, args, keywords)
    if any(map(is_suspended, args)) and not looks_into(function, state.fixed):
        args, found = called_with(state, node, function, args, keywords)
        if found is not None:
            return found
        kinds = [kind for _, kind in args]
    check_call(state, function, kinds)
    if is_exception(function):
        return written_call(
            state, node, func or reference(state, function), args, keywords
        ), UNKNOWN
    if is_key(PREDICATES, function):
        answer = bool(PREDICATES[function](*kinds, **named))
        return build.const(answer), Const(answer)
    if function is operator.getitem and len(args) == 2 and not keywords:
        return item(state, node, *args)
    looking = builtin_of_object(state, node, function, args, keywords, func)
    if looking is not None:
        return looking
    if is_key(SETTLERS, function):
        settled = settle(state, node, function, args, keywords)
        if settled is not None:
            return settled
    if function in (builtins.max, builtins.min) and len(args) > 2 and not keywords:
        return nested(state, node, function, args, func)
    found = special(state, node, function, args, keywords)
    if found is None:
        found = checked(state, node, function, args)
    if found is None:
        found = builtin_form(state, node, function, args, keywords)
    if found is None:
        found = write_form(state, node, function, args, keywords)
    if found is not None:
        return found
    if any(function is hidden for hidden in HIDDEN) and not state.fixed:
        return hidden_scope(state, node, function)
    args, keywords = with_out(state, function, args, keywords)
    if "out" in keywords and isinstance(keywords["out"][1], Array):
        return into_out(state, node, function, args, keywords, func)
    if function in (builtins.list, builtins.tuple) and len(args) == 1 and not keywords:
        from srcxform.specialise.sequences import copied_sequence

        found = copied_sequence(state, node, function, args[0])
        if found is not None:
            return found
    if is_add_at(function) and len(args) == 3 and not keywords:
        callee = func or reference(state, function)
        state.emit(build.expression(written_call(state, node, callee, args, {})))
        return build.const(None), NONE
    if not state.externals.ruled and function is stop_gradient and len(args) == 1:
        if isinstance(kinds[0], Number):
            return args[0]
        if isinstance(kinds[0], Array):
            return call_object(state, node, np.copy, args, {})
    folded = fold(state, function, kinds, named)
    rule = rule_of(function)
    if rule is not None:
        args = [(value, present(kind)) for value, kind in args]
        kinds = [kind for _, kind in args]
    whole = rule is not None and state.externals.batched and rule.primal in BATCHING
    if (
        rule is not None
        and rule.parts is not None
        and any(map(is_differentiable, kinds))
        and not whole
        and fits(rule, args, keywords)
    ):
        return call_function(state, node, rule.parts, args, keywords, func)
    if rule is not None and not takes_containers(rule):
        args = [as_array(state, arg) for arg in args]
        kinds = [kind for _, kind in args]
    if folded is not None or rule is not None or not looks_into(function, state.fixed):
        written = reference(state, function) if func is None else func
        new = written_call(state, node, written, args, keywords)
        if folded is not None:
            return new, folded
        if any(map(holds_never, kinds)):
            return new, NEVER
        if folded is None and any(map(is_virtual, [*kinds, *named.values()])):
            return handed_out(state, node, getattr(function, "__name__", "this function"))
        kinds = [state.settled(kind) for kind in kinds]
        if rule is None:
            return new, UNKNOWN
        opened = [state.settled(kind) for kind in kinds]
        return new, rule_kind(rule, opened, {k: state.settled(v) for k, v in named.items()})
    return call_function(state, node, function, args, keywords, func)


def holds_never(kind: Kind) -> bool:
    """Say whether a value is not there yet, or is made of one that is not."""
    return kind == NEVER or isinstance(kind, Items) and any(map(holds_never, kind.items))


def call_iterator(
    state: State, node: Node, function: Any, template: Any, args: Args, keywords: Keywords
) -> Evaluated:
    """Look into the generator function that stands for an iterator of Python's."""
    if function is itertools.combinations:
        args = args[:1]
    if "initial" in keywords:
        args, keywords = [*args, keywords["initial"]], {}
    return call_function(state, node, template, args, keywords, None)


def reference(state: State, function: Any) -> Node:
    """Write the name of a function that a rule or a settler brought in."""
    written = state.externals.reference(function)
    assert written is not None, function
    return written


def hidden_scope(state: State, node: Node, function: Any) -> Evaluated:
    """Refuse what reads variables behind the compiler's back."""
    from srcxform.specialise.refusal import raise_statement

    name = function.__name__
    told = Diagnostic(
        f"`{name}` cannot be differentiated", getattr(node, "place", None),
        "it reads variables by name while the program runs, where no derivative can follow",
        "write the expression itself",
    )  # fmt: skip
    state.emit(raise_statement(state.externals, told, "UnsupportedError"))
    return build.const(None), NEVER


def with_out(state: State, function: Any, args: Args, keywords: Keywords) -> tuple[Args, Keywords]:
    """`np.sin(x, z)` and `np.sin(x, out=(z,))` are `np.sin(x, out=z)`."""
    if not isinstance(function, np.ufunc) or function.nout != 1:
        return args, keywords
    if len(args) == function.nin + 1 and "out" not in keywords:
        return args[:-1], {**keywords, "out": args[-1]}
    match keywords.get("out"):
        case (given, Items(type="tuple", items=(_,))) as held:
            place = build.item(given, build.const(0))
            first = item(state, place, held, (build.const(0), Const(0)))
            return args, {**keywords, "out": forms.named(state, first)}
    return args, keywords


def into_out(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords, func: Node | None
) -> Evaluated:
    """`f(x, out=z)` as `z[...] = f(x)`; with `where=m` it is `z[...] = np.where(m, f(x), z)`."""
    target, kind = keywords["out"]
    chosen = "where" in keywords and isinstance(function, np.ufunc)
    taken = ("out", "where") if chosen else ("out",)
    rest = {key: value for key, value in keywords.items() if key not in taken}
    value, found = call_object(state, node, function, args, rest, func)
    name = state.names.part(state.hint)
    state.emit(build.assign(name, value))
    state.bind(name, found)
    if chosen:
        choice = [keywords["where"], (build.load(name), found), keywords["out"]]
        value, found = call_object(state, node, np.where, choice, {})
        name = state.names.part(state.hint)
        state.emit(build.assign(name, value))
        state.bind(name, found)
    state.emit(build.assign(build.item_store(target, build.const(...)), build.load(name)))
    return target, kind


def nested(state: State, node: Node, function: Any, args: Args, func: Node | None) -> Evaluated:
    """`max(a, b, c)` is `max(max(a, b), c)`."""
    first, second, *rest = args
    value, kind = call_object(state, node, function, [first, second], {}, func)
    name = state.names.part(state.hint)
    state.emit(build.assign(name, value))
    state.bind(name, kind)
    return call_object(state, node, function, [(build.load(name), kind), *rest], {}, func)


def takes_containers(rule: Rule) -> bool:
    """Say whether a rule knows lists and tuples of arrays as such."""
    if rule.constant:
        return True
    template = rule.adjoint or rule.tangent or rule.parts
    home = getattr(template, "__module__", "").rpartition(".")[2]
    return (
        home in ("stacking", "creation", "builtins", "sorting", "containers", "custom_results")
        or rule.primal is np.shape
    )


def as_array(state: State, arg: Evaluated) -> Evaluated:
    """Make an array of a list of numbers or arrays that is given where an array is meant."""
    value, kind = arg
    if not isinstance(kind, (Items, Cell, Many)) or getattr(kind, "type", "") == "slice":
        return arg
    inside = state.element(kind)
    while isinstance(inside, (Items, Cell, Many)) and inside.type in ("list", "tuple"):
        inside = state.element(inside)
    if inside is None or not isinstance(inside, (Number, Array)) or not is_differentiable(inside):
        return arg
    name = state.names.part(state.hint)
    written, result = call_object(state, value, np.array, [arg], {})
    state.emit(build.assign(name, written))
    state.bind(name, result)
    return build.load(name), result


def is_key(table: dict[Any, Any], function: Any) -> bool:
    try:
        return function in table
    except TypeError:
        return False


def rule_kind(rule: Rule, kinds: list[Kind], named: dict[str, Kind]) -> Kind:
    """Give the kind of what a function with a rule returns."""
    if makes_no_numbers(rule, kinds, named):
        return Opaque(np.ndarray)
    named = {k: v for k, v in named.items() if not (k == "dtype" and isinstance(v, Opaque))}
    last = [*rule.signature.parameters][len(kinds) - 1 : len(kinds)] if kinds else []
    if last == ["dtype"] and isinstance(kinds[-1], Opaque):
        kinds = kinds[:-1]
    if rule.kind is not None:
        try:
            bound = rule.signature.bind(*kinds, **named)
        except TypeError:
            return UNKNOWN
        given = set(bound.arguments)
        bound.apply_defaults()
        for key, value in bound.arguments.items():
            if key not in given and not isinstance(value, Kind):
                bound.arguments[key] = Const(value)
        asked = parameters_of(rule.kind)
        takes_all = any(p.kind is p.VAR_KEYWORD for p in asked.values())
        found = rule.kind(**{k: v for k, v in bound.arguments.items() if takes_all or k in asked})
        if found is not None and found != UNKNOWN:
            return found
    if (rule.actions or isinstance(rule.primal, np.ufunc)) and not named:
        return elementwise_kind(rule.primal, tuple(kinds))
    found = probe(rule.primal, kinds, named)
    if isinstance(found, Array) and any(isinstance(k, Array) and k.mixed for k in kinds):
        return replace(found, mixed=True)
    return found


def looks_into(function: Any, generating: bool) -> bool:
    """Say whether the compiler reads the source of a callee: of users' functions, not NumPy's."""
    if not isinstance(function, types.FunctionType):
        return False
    module = (function.__module__ or "").split(".")[0]
    if module == "srcxform" and not function.__module__.startswith(INLINED):
        return False  # a transformation met inside a function is not looked into
    if module in TALKING:
        return False
    if module == "srcxform":
        return function.__module__.startswith("srcxform.rules") or not generating
    return module != "numpy"


def fits(rule: Rule, args: Args, keywords: Keywords) -> bool:
    """Say whether a rule is written for calls with these parameters."""
    try:
        rule.signature.bind(*args, **keywords)
    except TypeError:
        return False
    return True


def call_function(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords, func: Node | None
) -> Evaluated:
    """Look into a user's function, unless nothing that goes in can carry a derivative."""
    from srcxform.specialise.inlining import inline

    try:
        return inline(state, node, function, args, keywords)
    except SourceNotFoundError:
        if func is None:
            raise
        return written_call(state, node, func, args, keywords), UNKNOWN
