"""Calls: a rule, a helper that the kinds settle, a method, or a function to be looked into."""

from __future__ import annotations

import builtins
import operator
import types
from collections.abc import Hashable
from typing import Any

import gast
import numpy as np

from srcxform import runtime
from srcxform.core.callees import is_add_at, is_exception
from srcxform.core.operations import Derivation
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
    Mixed,
    Number,
    Opaque,
    OrNone,
    Record,
    Torn,
    Unknown,
    is_differentiable,
    present,
)
from srcxform.rules.custom import Closing, Custom
from srcxform.rules.predicates import is_stood_for
from srcxform.rules.registry import (
    BATCHING,
    PREDICATES,
    SETTLERS,
    rule_of,
)
from srcxform.runtime import iteration, stop_gradient
from srcxform.specialise.ahead import is_lazy, note_ahead
from srcxform.specialise.apart import Callee, Generated, call_generated, filled
from srcxform.specialise.arguments import arguments, is_iterator, keyword_arguments, without_star
from srcxform.specialise.builtin_forms import builtin_form, columns
from srcxform.specialise.certainty import check_attribute, check_call, check_callable
from srcxform.specialise.choices import call_choice
from srcxform.specialise.closures import call_known, handed_out, one_of_several, special, taken_out
from srcxform.specialise.collected import held_arguments
from srcxform.specialise.custom import call_custom, checked
from srcxform.specialise.displays import display
from srcxform.specialise.einsum_calls import einsum_call
from srcxform.specialise.enums import called_member
from srcxform.specialise.expressions import again, evaluate, item, placed
from srcxform.specialise.filling import method_base
from srcxform.specialise.folding import fold
from srcxform.specialise.forms import is_key
from srcxform.specialise.gradients import called_again
from srcxform.specialise.hoisting import rules_given, with_rules
from srcxform.specialise.instances import check_handed, shown, torn
from srcxform.specialise.methods import method
from srcxform.specialise.mixed import by_option, is_told
from srcxform.specialise.object_calls import builtin_of_object, call_value
from srcxform.specialise.object_iteration import in_turns, iterated_arguments
from srcxform.specialise.operator_functions import as_operator
from srcxform.specialise.outputs import into_out, takes_out, with_out
from srcxform.specialise.ruled import fits, other_form, rule_kind, takes_containers
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.specialise.settling import settle
from srcxform.specialise.spreading import spread_call
from srcxform.specialise.streams import drawn, keeps, rest
from srcxform.specialise.suspended import (
    OF_LENGTH,
    called_with,
    is_suspended,
    iterator,
    materialised,
)
from srcxform.specialise.ufunc_options import without_options
from srcxform.specialise.ufuncs import method_of_ufunc
from srcxform.specialise.writes import write_form
from srcxform.syntax import build
from srcxform.syntax.build import Node

WRITTEN = (Callee, Derivation, Generated)  # what stands for functions that the compiler writes


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
    private = dict(state.private)
    args = arguments(state, node.args)
    keywords, known = keyword_arguments(state, node.keywords)
    if isinstance(node.func, gast.Attribute):
        base, kind = method_base(state, node.func)
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
    if isinstance(callee, Torn) and not state.fixed:
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
    if not (isinstance(callee, Const) and isinstance(callee.value, WRITTEN)):
        check_callable(state, callee)
    if args is not None and known and isinstance(callee, Const):
        if isinstance(func, gast.Constant):  # written by a generator: an object, not yet a name
            func = None
        elif is_variable(state, func):
            func = state.externals.reference(callee.value) or func
        if callee.value is len:
            state.private = private  # who asks for the length does not keep the list
        start = len(state.lines)
        found = call_object(state, node, callee.value, args, keywords, func)
        if is_lazy(callee.value) and not getattr(node, "at_once", False):
            note_ahead(state, found, start, args)
        return found
    if args is not None and known and isinstance(callee, (Record, Instance, Kept)):
        found = call_value(state, node, (func, callee), args, keywords)
        if found is not None:
            return found
    if args is not None and known and isinstance(callee, Opaque):
        found = called_member(state, node, (func, callee), args, keywords)
        if found is not None:
            return found
    return opaque(state, node, func)


def is_variable(state: State, func: Node) -> bool:
    """Say whether a callee is written as a variable that holds it."""
    return isinstance(func, gast.Name) and state.kind_of(func.id) is not None


def opaque(state: State, node: Node, func: Node) -> Evaluated:
    """Leave a call as it is: nothing is known of what it gives."""
    if isinstance(func, gast.Name) and isinstance(state.kind_of(func.id), Unknown):
        state.lost += 1
        if state.tuples and not state.fixed:
            return one_of_several(state, node)
    given = [evaluate(state, a.value if isinstance(a, gast.Starred) else a) for a in node.args]
    named = [(k.arg, evaluate(state, k.value)) for k in node.keywords]
    check_handed(state, node, None, [kind for _, kind in (*given, *(value for _, value in named))])
    args = [
        gast.Starred(value=value, ctx=gast.Load()) if isinstance(a, gast.Starred) else value
        for a, (value, _) in zip(node.args, given, strict=True)
    ]
    keywords = [gast.keyword(arg=name, value=value) for name, (value, _) in named]
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
HANDED_ON = ("cast", "assert_type")  # of `typing`: they give back what they get
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
    found = call_compiled(state, node, function, args, keywords, func)
    if found is not None:
        return found
    turns = in_turns(state, node, function, args)
    if turns is not None:
        return call_iterator(state, node, function, *turns, keywords)
    args = iterated_arguments(state, node, function, args)
    into = looks_into(function, state.fixed)
    kept = into or keeps(function)
    if any(map(is_iterator, args)) and (function is builtins.any or function is builtins.all):
        args = [call_iterator(state, node, function, iteration.elements, args, {})]
    if not isinstance(function, Hashable):  # no table tells of it: `np.poly1d`
        return written_call(
            state, node, func or reference(state, function), args, keywords
        ), UNKNOWN
    template = None if into or state.fixed else iterator(state, function, args, keywords)
    if any(map(is_iterator, args)) and not kept and template is None:
        taken = drawn(state, function, args, keywords)
        if isinstance(taken, tuple):
            return taken
        args = taken
    if not into and template is None:
        args = held_arguments(state, function, args)
    if any(function is one for one in SHOWING):
        args = [shown(state, arg) for arg in args]
    if template is not None:
        return call_iterator(state, node, function, template, args, keywords)
    if any(map(is_suspended, args)) and not kept:
        args, found = called_with(state, node, function, args, keywords)
        if found is not None:
            return found
    check_call(state, function, args)
    found = call_by_form(state, node, function, args, keywords, func)
    if found is not None:
        return found
    if function is np.einsum:
        args, keywords = einsum_call(state, node, args, keywords)
    args, keywords = with_out(state, function, args, keywords)
    args, keywords = without_options(state, node, function, args, keywords)
    if takes_out(function) and isinstance(keywords.get("out", (None, None))[1], Array):
        return into_out(state, node, function, args, keywords, func)
    return call_by_rule(state, node, function, args, keywords, func)


def call_compiled(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords, func: Node | None
) -> Evaluated | None:
    """Call what the compiler made itself, or what has or takes a rule of the user's."""
    if isinstance(function, Generated):
        return call_generated(state, node, function, args)
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
    if isinstance(owner, Custom):
        return rules_given(state, node, Const(owner), function.__name__, args)
    return with_rules(state, node, function, args, keywords)


def call_by_form(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords, func: Node | None
) -> Evaluated | None:
    """Write a call in another way, where the function has one: what the kinds say comes first."""
    kinds = [kind for _, kind in args]
    named = {key: kind for key, (_, kind) in keywords.items()}
    if is_exception(function):
        return written_call(
            state, node, func or reference(state, function), args, keywords
        ), UNKNOWN
    if function is is_stood_for:
        stands = state.externals.ruled or state.externals.batched
        return build.const(stands), Const(stands)
    if is_key(PREDICATES, function):
        answer = bool(PREDICATES[function](*kinds, **named))
        return build.const(answer), Const(answer)
    if function is operator.getitem and len(args) == 2 and not keywords:
        return item(state, node, *args)
    written = None if keywords else as_operator(state, node, function, args)
    if written is not None:
        return written
    looking = builtin_of_object(state, node, function, args, keywords, func)
    if looking is not None:
        return looking
    if is_key(SETTLERS, function):
        settled = settle(state, node, function, args, keywords)
        if settled is not None:
            return settled
    if function in (builtins.max, builtins.min) and len(args) > 2 and not keywords:
        return nested(state, node, function, args, func)
    if any(function is one for one in EACH) and len(args) > 1 and not keywords:
        return each(state, node, function, args)
    found = special(state, node, function, args, keywords)
    if found is None:
        found = checked(state, node, function, args)
    if found is None:
        found = builtin_form(state, node, function, args, keywords)
    if found is None:
        found = write_form(state, node, function, args, keywords)
    if found is None and any(function is hidden for hidden in HIDDEN) and not state.fixed:
        return hidden_scope(state, node, function)
    if found is None and function in (builtins.list, builtins.tuple):
        if len(args) == 1 and not keywords:
            from srcxform.specialise.sequences import copied_sequence

            return copied_sequence(state, node, function, args[0])
    if found is None and is_add_at(function) and len(args) == 3 and not keywords:
        callee = func or reference(state, function)
        state.emit(build.expression(written_call(state, node, callee, args, {})))
        return build.const(None), NONE
    return found


NONE_FOR_NONE = dict.fromkeys((runtime.zeros_like, runtime.shadow_like, runtime.add))


def call_by_rule(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords, func: Node | None
) -> Evaluated:
    """Keep the call of a function with a rule, or of one that is not looked into; else look."""
    kinds = [kind for _, kind in args]
    named = {key: kind for key, (_, kind) in keywords.items()}
    if not state.externals.ruled and function is stop_gradient and len(args) == 1:
        if isinstance(kinds[0], Number):
            return args[0]
        if isinstance(kinds[0], Array):
            return call_object(state, node, np.copy, args, {})
    folded = fold(state, function, kinds, named)
    rule = rule_of(function)
    followed = rule is None and folded is None and looks_into(function, state.fixed)
    at = next((k for k, kind in enumerate(kinds) if is_told(state, kind)), None)
    if at is not None and not followed and function is not builtins.isinstance:

        def called(found: Evaluated) -> Evaluated:
            given = [again(arg) for arg in args]
            again_named = {key: again(value) for key, value in keywords.items()}
            given[at] = found
            return call_object(state, node, function, given, again_named, func)

        return by_option(state, args[at], called)
    if not followed and not isinstance(folded, Const):
        if not (function is builtins.isinstance and kinds and isinstance(kinds[0], Mixed)):
            check_handed(state, node, function, [*kinds, *named.values()])
    may_be_none = all(isinstance(kind, OrNone) for kind in kinds)
    if rule is not None:
        args = [(value, present(kind)) for value, kind in args]
        whole = state.externals.batched and not state.derivatives and rule.primal in BATCHING
        carries = any(is_differentiable(kind) for _, kind in (*args, *keywords.values()))
        if rule.parts is not None and carries and not whole and fits(rule, args, keywords):
            return call_function(state, node, rule.parts, args, keywords, func)
        form = other_form(state, rule, args, keywords) if carries else None
        if form is not None:
            return call_function(state, node, form[0], [], form[1], func)
        if not takes_containers(rule):
            args = [as_array(state, arg) for arg in args]
    elif followed:
        return call_function(state, node, function, args, keywords, func)
    kinds = [kind for _, kind in args]
    if folded in (None, NEVER) and any(map(holds_never, kinds)):  # written when more is known
        return build.const(None), NEVER
    new = written_call(state, node, func or reference(state, function), args, keywords)
    if folded is not None:
        return new, folded
    if any(map(is_virtual, [*kinds, *named.values()])):
        return handed_out(state, node, getattr(function, "__name__", "this function"))
    if rule is None:
        return new, UNKNOWN
    settled = {key: state.settled(kind) for key, kind in named.items()}
    result = rule_kind(rule, [state.settled(kind) for kind in kinds], settled)
    none_for_none = is_key(NONE_FOR_NONE, function) and may_be_none
    return new, state.join(result, NONE) if none_for_none else result


def holds_never(kind: Kind) -> bool:
    """Say whether a value is not there yet, or is made of one that is not."""
    return kind == NEVER or isinstance(kind, Items) and any(map(holds_never, kind.items))


def call_iterator(
    state: State, node: Node, function: Any, template: Any, args: Args, keywords: Keywords
) -> Evaluated:
    """Look into the generator function that stands for an iterator of Python's."""
    if any(template is one for one in OF_LENGTH.values()):
        args, keywords = args[:1], {}
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


EACH = (np.atleast_1d, np.atleast_2d, np.atleast_3d)


def each(state: State, node: Node, function: Any, args: Args) -> Evaluated:
    """`np.atleast_1d(a, b)` is `(np.atleast_1d(a), np.atleast_1d(b))`."""
    parts = []
    for arg in args:
        name = state.names.part(state.hint)
        value, kind = call_object(state, node, function, [arg], {})
        state.emit(build.assign(name, value))
        state.bind(name, kind)
        parts.append((build.load(name), kind))
    return display(type(function([], [])).__name__, parts)


def nested(state: State, node: Node, function: Any, args: Args, func: Node | None) -> Evaluated:
    """`max(a, b, c)` is `max(max(a, b), c)`."""
    first, second, *rest = args
    value, kind = call_object(state, node, function, [first, second], {}, func)
    name = state.names.part(state.hint)
    state.emit(build.assign(name, value))
    state.bind(name, kind)
    return call_object(state, node, function, [(build.load(name), kind), *rest], {}, func)


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


def looks_into(function: Any, generating: bool) -> bool:
    """Say whether the compiler reads the source of a callee: of users' functions, not NumPy's."""
    if not isinstance(function, types.FunctionType):
        return False
    module = (function.__module__ or "").split(".")[0]
    if module == "srcxform" and not function.__module__.startswith(INLINED):
        return False  # a transformation met inside a function is not looked into
    if module in TALKING:
        return module == "typing" and function.__name__ in HANDED_ON
    if module == "srcxform":
        return function.__module__.startswith("srcxform.rules") or not generating
    return module != "numpy"


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
