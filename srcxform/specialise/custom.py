"""Calls of functions that have derivative rules of the user's own.

Such a call stays a call, with its arguments in the order of the signature: which rule takes its
place is for the generators to say. What it gives is found by a rehearsal of the function itself.
Its rules are written down where the call is, so that the generators find names for them.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import gast

from srcxform import runtime
from srcxform.analysis.aliasing import aliasing, holds_storage, parts_of
from srcxform.analysis.precision import Precision, by_position, sorts
from srcxform.analysis.webs import split_webs
from srcxform.core import operations as op
from srcxform.errors import Diagnostic, NoDerivativeError, SrcxformError
from srcxform.kinds.callables import Partial, is_virtual
from srcxform.kinds.lattice import (
    NEVER,
    NONE,
    UNKNOWN,
    Array,
    Const,
    Items,
    Kind,
    Mapping,
    Number,
    Opaque,
    Record,
    general,
)
from srcxform.kinds.values import kind_of
from srcxform.rules.custom import Custom
from srcxform.specialise.apart import widened
from srcxform.specialise.closures import handed_out, held, taken_out
from srcxform.specialise.custom_results import compare
from srcxform.specialise.handing import holds_functions, with_functions
from srcxform.specialise.inlining import default, match_arguments
from srcxform.specialise.instances import owned, whole
from srcxform.specialise.lifting import as_value, opened
from srcxform.specialise.resolve import looked_up
from srcxform.specialise.scope import Args, Evaluated, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.signatures import own_signature
from srcxform.syntax.visit import walk

ROUNDS = 8  # results of recursive functions settle long before


def call_custom(
    state: State, node: Node, custom: Custom, args: Args, keywords: Keywords
) -> Evaluated:
    """Specialise a call of a function with a rule of its own."""
    from srcxform.specialise.calls import written_call

    given = [own_parts(state, value) for value in positional(state, node, custom, args, keywords)]
    note_rules(state, custom)
    if custom.closing:
        closed = with_captures(state, given)
        if closed is None:
            return handed_out(state, node, custom.name)
        given = closed
    first, rest = given[: custom.closing], given[custom.closing :]  # that one is a value by now
    values = [*first, *(as_value(state, one) if is_virtual(one[1]) else one for one in rest)]
    if None in values:
        return handed_out(state, node, custom.name)
    result = result_of(state, node, custom, given)
    compare(state, node, custom, given, result)
    if custom in state.writing:
        refuse(
            state, node, f"`{custom.name}` writes into its arguments",
            "its rule tells the derivative of what it returns, and of nothing else",
            "let it work on a copy, and return what it computes",
        )  # fmt: skip
        return build.const(None), NEVER
    return written_call(state, node, reference(state, custom), values, {}), result  # type: ignore[arg-type]


def with_captures(state: State, given: list[Evaluated]) -> list[Evaluated] | None:
    """Let what a function captures be part of what it is given; and what is in functions there."""
    from srcxform.specialise.sequences import elements

    function, (before, kind), *rest = given
    found = opened(state, function)
    if found is None or not isinstance(kind, Items):
        return None
    function, captured = found
    if not captured and not holds_functions(kind):
        return [function, *given[1:]]
    atoms = [named(state, one) for one in [*captured, *elements(state, (before, kind))]]
    if holds_functions(kind):
        all_found = with_functions(state, function, atoms, bool(rest))
        if all_found is None:
            return None
        function, atoms = all_found
    whole = build.sequence([atom for atom, _ in atoms])
    return [function, held(state, (whole, Items("tuple", tuple(k for _, k in atoms)))), *rest]


def positional(
    state: State, node: Node, custom: Custom, args: Args, keywords: Keywords
) -> list[Evaluated]:
    """Bring arguments into the order of the signature, with the defaults of what is left out."""
    function = custom.fun
    if not keywords and not hasattr(function, "__defaults__"):  # of a library, as it is called
        return args
    try:
        signature = own_signature(function)
    except (TypeError, ValueError):
        return args

    def missing(name: str) -> Evaluated:
        return default(state, function, name, signature.parameters[name].default)

    bound = match_arguments(node, custom.name, signature, args, keywords, missing)
    found: list[Evaluated] = []
    for name, parameter in signature.parameters.items():
        value = bound[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            assert isinstance(value[1], Items)
            found += zip(value[0].elts, value[1].items, strict=True)
        elif parameter.kind is parameter.KEYWORD_ONLY or (
            parameter.kind is parameter.VAR_KEYWORD and value[1] != Mapping((), ())
        ):
            return without_positions(state, node, custom, name)
        elif parameter.kind is not parameter.VAR_KEYWORD:
            found.append(value)
    return found


def without_positions(state: State, node: Node, custom: Custom, name: str) -> list[Evaluated]:
    refuse(
        state, node, f"`{custom.name}` takes `{name}` by name only",
        f"a rule of {custom.decorator} is given all arguments by position",
        "let it be an argument that can be given by position",
    )  # fmt: skip
    return []


def named(state: State, value: Evaluated) -> Evaluated:
    """Give an argument as a name or constant."""
    node, _ = value
    if isinstance(node, (gast.Name, gast.Constant)):
        return value
    return held(state, value)


def own_parts(state: State, value: Evaluated) -> Evaluated:
    """Give an argument as a name, and what is bound to a function out of the tuple for it."""
    node, kind = named(state, value)
    return node, taken_out(state, node, kind) if is_virtual(kind) else kind


def reference(state: State, custom: Custom) -> Node:
    """Write a function with a rule, wherever it was found."""
    written = state.externals.reference(custom)
    if written is not None:
        return written
    for capture in state.externals.captures.values():
        if isinstance(capture.kind, Const) and capture.kind.value is custom:
            return build.load(capture.name)
    path = state.externals.path_to(custom)
    name = custom.name if custom.name.isidentifier() else "function"
    value, _ = looked_up(state, custom, name, (id(custom), "itself"), lambda: custom, path)
    return value


def note_rules(state: State, custom: Custom) -> None:
    """Write down names for the rules, and that the text holds while they stay the same."""
    state.externals.saw(state.externals.path_to(custom, "attr:fun"), custom.fun)
    found: list[Node | None] = []
    for part, rule in zip(custom.parts, custom.rules, strict=True):
        key, fetch = (id(custom), part), functools.partial(getattr, custom, part)
        path = state.externals.path_to(custom, f"attr:{part}")
        if rule is None:
            state.externals.guard(key, fetch, rule, path)
            found.append(None)
            continue
        name = getattr(rule, "__name__", part)
        if not name.isidentifier():
            name = f"{custom.name}_{part}" if custom.name.isidentifier() else part
        value, _ = looked_up(state, rule, name, key, fetch, path)
        found.append(value)
    state.externals.rules[id(custom)] = tuple(found)


def result_of(state: State, node: Node, custom: Custom, given: list[Evaluated]) -> Kind:
    """Give the kind of what the function returns; nothing yet where it is being asked already."""
    if state.fixed:
        return UNKNOWN  # nothing is looked into any more
    if any(asked is custom for asked, _ in state.asking):  # recursive: each step has other numbers
        given = [(value, widened(state.settled(kind))) for value, kind in given]
    kinds = [state.settled(kind) for _, kind in given]
    lasting = lasting_key(custom, given, kinds)
    noted = state.externals.results.get(lasting)
    if noted is not None:
        found, writes = noted
        state.writing |= {custom} if writes else set()
        return found
    key = (custom, tuple(kinds))
    for _ in range(ROUNDS):
        before = state.results.get(key)
        if before is not None and key in state.asking:
            state.consulted.add(key)
            return before
        state.results[key] = before or NEVER
        state.asking.add(key)
        state.consulted.discard(key)
        try:
            found = rehearsed(state, node, custom, given)
        finally:
            state.asking.discard(key)
        state.results[key] = found
        if found == before or key not in state.consulted:
            break
    found = state.results[key]
    if lasting is not None and not state.asking and is_plain(found):
        state.externals.results[lasting] = found, custom in state.writing
    return found if state.asking or found != NEVER else UNKNOWN  # it may raise whatever it is given


def lasting_key(custom: Custom, given: list[Evaluated], kinds: list[Kind]) -> Any:
    """Give what the result of a call depends on, if that is the same wherever it stands."""
    first, rest = kinds[: custom.closing], kinds[custom.closing :]
    if not all(map(is_plain, rest)):
        return None
    nodes = [node for node, _ in given]
    known = {node.id: kind for node, kind in zip(nodes, kinds, strict=True) if hasattr(node, "id")}
    return custom, tuple(map(nameless, first)), tuple(rest), sorts(nodes, known)


def nameless(kind: Kind) -> Any:
    """Give a function and what it was given, by whatever names."""
    if not isinstance(kind, Partial):
        return kind
    named = tuple((name, nameless(found)) for name, _, found in kind.keywords)
    return nameless(kind.function), tuple(nameless(found) for _, found in kind.args), named


def is_plain(kind: Kind) -> bool:
    """Say whether all is known of a value: numbers, arrays and tuples of these."""
    match kind:
        case Items(type="tuple", items=items):
            return all(map(is_plain, items))
        case Const(value=value):
            return isinstance(value, (int, float, complex, str, type(None)))
    return isinstance(kind, (Number, Array))


def rehearsed(state: State, node: Node, custom: Custom, given: list[Evaluated]) -> Kind:
    from srcxform.specialise.closures import call_known

    depths = state.depths()
    kind: Kind = UNKNOWN
    try:
        with state.rehearsal():
            env = dict(state.env or {})
            calling, state.calling = state.calling, []
            known, state.known = state.known, dict(env)  # other runs give these names other kinds
            try:
                args = [renamed(state, one) for one in given]
                with state.block() as lines:
                    value, found = whole(
                        state, call_known(state, node, kind_of(custom.fun), args, {})
                    )
                    result = state.names.part(state.hint)
                    state.emit(build.assign(result, value))
                    state.bind(result, found)
                kind = owned(general(state.settled(found)))  # made in a call of its own
                if writes_into(state, lines, args):
                    state.writing.add(custom)
                if shares_with(state, lines, args, result):
                    state.externals.sharing.add(id(custom))
                note_precision(state, custom, lines, args, result)
            finally:
                state.calling, state.env, state.known = calling, env, known
    except SrcxformError:
        state.back_to(depths)
    return UNKNOWN if is_virtual(kind) else kind


def writes_into(state: State, lines: Block, args: list[Evaluated]) -> bool:
    """Say whether statements write into what is given; of unknown functions nobody can tell."""
    kinds = {name: state.settled(kind) for name, kind in state.known.items()}

    def without_unknown(line: Node) -> Node:
        match line:
            case gast.Assign(value=value) | gast.Expr(value=value):
                found = op.operation(value, state.externals, state.functions, kinds)
                if isinstance(found, (op.Foreign, op.Custom)):
                    return gast.Pass()
        return line

    given = tuple(node.id for node, _ in args if isinstance(node, gast.Name))
    plain = split_webs(given, lines, state.names)
    for old, new in zip(walk(lines), walk(plain), strict=True):
        if isinstance(old, gast.Name) and old.id in kinds:
            kinds[new.id] = kinds[old.id]
    plain = [without_unknown(line) for line in plain]
    facts = aliasing(plain, kinds, state.externals, state.functions)
    return any(
        part.changed
        for node, _ in args
        if isinstance(node, gast.Name)
        for part in parts_of(facts.storage(node.id))
    )


def shares_with(state: State, lines: Block, args: list[Evaluated], result: str) -> bool:
    """Say whether a result may share storage with what was given."""
    kinds = {name: state.settled(kind) for name, kind in state.known.items()}
    facts = aliasing(lines, kinds, state.externals, state.functions)
    if not holds_storage(kinds.get(result, UNKNOWN)):
        return False
    own = {id(part) for part in parts_of(facts.storage(result))}
    return any(
        id(part) in own
        for node, _ in args
        if isinstance(node, gast.Name)
        for part in parts_of(facts.storage(node.id))
    )


def note_precision(state: State, custom: Custom, lines: Block, args: Args, result: str) -> None:
    """Note which arguments the dtype of a result comes from; None if calls differ in that."""
    kinds = {name: state.settled(kind) for name, kind in state.known.items()}
    sources = Precision(lines, kinds, state.externals, state.functions)
    nodes = [node for node, _ in args]
    found = by_position(sources.of_name(result), [getattr(node, "id", "") for node in nodes])
    noted, key = state.externals.precision, (id(custom), sorts(nodes, kinds))
    noted[key] = found if noted.get(key, found) == found else None


def renamed(state: State, value: Evaluated) -> Evaluated:
    """Give an argument a name of its own, so that it has this kind and no other."""
    node, kind = value
    if isinstance(node, gast.Constant) and kind == Const(node.value):
        return value
    if isinstance(kind, Partial):  # what stands for it as a value does not tell what it is
        kind = replace(kind, args=tuple(renamed(state, arg) for arg in kind.args))
    if is_virtual(kind) and state.kind_of(getattr(node, "id", "")) != Opaque(functools.partial):
        return node, kind
    if not isinstance(node, (gast.Name, gast.Constant)):
        return value
    name = state.names.part(state.hint)
    state.bind(name, kind)
    return build.load(name), kind


# What rules give


def checked(state: State, node: Node, function: Any, args: Args) -> Evaluated | None:
    """Specialise a comparison of what a rule gave with what it stands for."""
    if function is runtime.checked_jvp or function is runtime.checked_fwd:
        return checked_pair(state, node, function, *args)
    if function is runtime.checked_vjp:
        return checked_bars(state, node, *args)
    if (
        function is runtime.still
        or function is runtime.tangent_of
        or function is runtime.with_tangent
    ):
        call = build.call(build.const(None), *[value for value, _ in args])
        call.func = state.externals.reference(function)
        call.place = state.at(node)
        return call, args[0][1]
    if function is runtime.objects_like and not has_record(args[1][1]) and args[1][1] != UNKNOWN:
        return args[0]
    return None


def checked_pair(
    state: State, node: Node, function: Any, result: Evaluated, name: Evaluated
) -> Evaluated | None:
    from srcxform.specialise.sequences import elements

    kind = state.opened(result[1])
    if not isinstance(kind, Items) or len(kind.items) != 2:
        return None
    parts = elements(state, (result[0], kind))
    (out, out_kind), (dot, dot_kind) = (as_made(state, part) for part in parts)
    if function is runtime.checked_jvp:
        check = state.externals.reference(runtime.check_tangent)
        out, out_kind = named(state, (out, out_kind))
        dot, dot_kind = named(state, (dot, dot_kind))
        state.emit(build.expression(build.call(check, out, dot, name[0])))
        if is_otherwise(dot_kind, out_kind):  # that raises: what follows is never run
            zeros = build.call(state.externals.reference(runtime.zeros_like), out)
            dot, dot_kind = held(state, (zeros, out_kind))
    return build.sequence([out, dot]), Items("tuple", (out_kind, dot_kind))


def as_made(state: State, value: Evaluated) -> Evaluated:
    """Give what a rule returns with the objects in it that the rule made and wrote to."""
    made = whole(state, value)
    return value if made is value else named(state, made)


def checked_bars(
    state: State, node: Node, bars: Evaluated, name: Evaluated, likes: Evaluated
) -> Evaluated | None:
    """Look at each cotangent by its kind."""
    from srcxform.specialise.sequences import elements

    kind, like = state.opened(bars[1]), likes[1]
    if not isinstance(kind, Items) or not isinstance(like, Items):
        return None
    if len(kind.items) != len(like.items):
        return None
    found = []
    pairs = zip(elements(state, (bars[0], kind)), elements(state, likes), strict=True)
    for given, (own, own_kind) in pairs:
        bar, bar_kind = as_made(state, given)
        bar, bar_kind = named(state, (bar, bar_kind))
        if bar_kind != NONE:
            check = state.externals.reference(runtime.check_cotangent)
            state.emit(build.expression(build.call(check, bar, own, name[0])))
        if is_like(bar_kind, own_kind) and not has_record(own_kind):
            found.append((bar, bar_kind))
        elif bar_kind == NONE and isinstance(general(own_kind), Number):
            found.append((build.const(0.0), Const(0.0)))
        else:
            call = build.call(state.externals.reference(runtime.cotangent), bar, own)
            found.append(held(state, (call, own_kind)))
    return build.sequence([b for b, _ in found]), Items("tuple", tuple(k for _, k in found))


def has_record(kind: Kind) -> bool:
    match kind:
        case Record():
            return True
        case Items(items=items) | Mapping(items=items):
            return any(map(has_record, items))
    return False


def is_like(tangent: Kind, kind: Kind) -> bool:
    """Say whether a tangent surely has the structure and the shape of a value."""
    tangent, kind = general(tangent), general(kind)
    match tangent, kind:
        case Number(cls=a), Number(cls=b):
            return a in "if" or b == "c"
        case Array(cls=a, dims=p), Array(cls=b, dims=q):
            return p is not None and p == q and None not in p and a == b
        case Items(type=t, items=p), Items(type=u, items=q):
            return t == u and len(p) == len(q) and all(map(is_like, p, q))
        case Mapping(keys=k, items=p), Mapping(keys=m, items=q):
            return k == m and all(map(is_like, p, q))
        case Record(type=t, items=p), Record(type=u, items=q):
            return t is u and len(p) == len(q) and all(map(is_like, p, q))
    return False


def is_otherwise(tangent: Kind, kind: Kind) -> bool:
    """Say whether a tangent surely has other parts than a value."""
    tangent, kind = general(tangent), general(kind)
    match tangent, kind:
        case Items(items=p), Items(items=q):
            wrong = tangent.type != kind.type or len(p) != len(q)
        case Mapping(keys=k, items=p), Mapping(keys=m, items=q):
            wrong = k != m
        case Record(type=t, items=p), Record(type=u, items=q):
            wrong = t is not u
        case _:
            inside = (Items, Mapping, Record)
            return UNKNOWN not in (tangent, kind) and isinstance(kind, inside)
    return wrong or any(map(is_otherwise, p, q))


def refuse(state: State, node: Node, what: str, why: str, instead: str) -> None:
    from srcxform.specialise.refusal import raise_statement

    place = state.at(node)
    told = Diagnostic(what, place, why, instead)
    state.emit(raise_statement(state.externals, told, NoDerivativeError.__name__))
