"""Derivatives taken inside a function that is differentiated itself.

`grad(f)` met while a program is specialised is a value known while compiling. Where it is called,
the body of f comes in as a program of its own, over the variables around it; its derivative is
written, and its statements take the call's place. An outer derivative then finds plain
statements: levels cannot be confused, whatever f captures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import gast

from srcxform.analysis.liveness import live_before
from srcxform.kinds.callables import (
    Choice,
    Closure,
    Derived,
    Partial,
    Pullback,
    has_parts,
    is_virtual,
)
from srcxform.kinds.lattice import (
    NEVER,
    UNKNOWN,
    Const,
    Instance,
    Items,
    Kind,
    Number,
    general,
    holds_instance,
)
from srcxform.specialise.closures import call_known, placeholder, refused
from srcxform.specialise.fitting import fits_not
from srcxform.specialise.gradients import (
    as_given,
    as_operation,
    checked_number,
    checked_still,
)
from srcxform.specialise.instances import given_kind, named, whole
from srcxform.specialise.made_outside import as_function, made_outside
from srcxform.specialise.moving import (
    can_move,
    described,
    holds_real,
    is_one_number,
    is_setting,
    stands_still,
)
from srcxform.specialise.options import BEHIND, OPTIONS, constant, is_constant, option
from srcxform.specialise.residual import written
from srcxform.specialise.scope import Args, Evaluated, Keywords, Scope, State
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.scopes import parameters
from srcxform.syntax.visit import clone, stores


@dataclass(frozen=True)
class Sweep:
    """A derivative as statements: `forward`, what it gives, and for `vjp` the way back."""

    forward: Block
    value: Node
    backward: Block = ()  # type: ignore[assignment]
    results: tuple[Node, ...] = ()
    seed: str = ""
    opening: Block = ()  # type: ignore[assignment]  # copies of what the way back uses up
    left: tuple[Node, ...] = ()  # what attributes of objects around it are afterwards
    counts: Callable[[str], bool] = bool  # whether an argument is used where only integers can be


@dataclass(frozen=True)
class Inner:
    """The body of a function that has come in as a program of its own."""

    program: Any
    wrt: tuple[str, ...]
    result: Kind
    attributes: tuple[str, ...] = ()  # of objects around it, which it writes to
    integers: tuple[tuple[str, Evaluated], ...] = ()  # arguments that count as reals, as they are


Generate = Callable[[Any, tuple[str, ...], bool], Sweep]
TRANSFORMS: dict[Any, str] = {}  # the functions of the interface, by identity
GENERATORS: dict[str, Generate] = {}
PREPARING: list[Callable[[Any], Any]] = []  # what a program goes through before; None: as it is


def derive(
    state: State, node: Node, function: Any, args: Args, keywords: Keywords
) -> Evaluated | None:
    """Specialise a call of a transformation, or of a derivative made outside."""
    transform = TRANSFORMS.get(id(function))
    if transform is None:
        made = made_outside(state, function)
        return None if made is None else call_known(state, node, made, args, keywords)
    if any(found == NEVER for _, found in (*args, *keywords.values())):  # it is refused already
        return build.const(None), NEVER
    if not args and "fun" in keywords:
        args = [keywords["fun"], *args]
    given = {name: value for name, value in keywords.items() if name in OPTIONS}
    given |= dict(zip(BEHIND.get(transform, ()), args[1:], strict=False))
    if transform in BEHIND:
        args = args[:1]
    found = {name: option(state, value) for name, value in given.items()}
    if not all(map(is_constant, found.values())):
        state.lost += 1  # a loop around it may know, turn by turn
        return refused(
            state, node, f"an option of `{transform}` is known only while the program runs",
            "the derivative is written before", "give its options as constants",
        )  # fmt: skip
    options = {name: constant(kind) for name, kind in found.items()}
    if not args:
        return decorator(state, transform, options)
    inner, rest = as_function(state, args[0]), args[1:]
    if isinstance(inner, Choice) and transform in OF_EACH and not rest:
        return args[0][0], Choice(tuple(of_one(transform, k, options) for k in inner.options))
    if transform == "jit":
        return args[0]  # compiled or not, it computes the same
    if transform == "jvp":
        rest += [keywords[name] for name in ("primals", "tangents") if name in keywords]
    if transform == "vmap":
        return beside(state, args[0], Derived("vmap", inner, tuple(options.items())))
    if transform == "hvp":
        return product(
            state,
            node,
            inner,
            [*rest, *(keywords[n] for n in ("primals", "tangents") if n in keywords)],
        )
    if transform == "batched_jacobian":
        from srcxform.specialise.entries import jacobian_of_entries

        rest += [keywords["x"]] if "x" in keywords else []
        return jacobian_of_entries(
            state, node, Derived(transform, inner, tuple(options.items())), rest
        )
    kind = of_one(transform, inner, options)
    if transform == "vjp":
        return call_derived(state, node, kind, rest, {})
    if rest:
        return call_derived(state, node, kind, rest, {})
    return beside(state, args[0], kind)


OF_EACH = ("grad", "value_and_grad", "jacfwd", "jacrev", "jacobian", "hessian", "vmap")


def of_one(transform: str, inner: Kind, options: dict[str, Any]) -> Derived:
    """Give the derivative of one known function."""
    own = tuple(options.items())
    if transform == "hessian":
        return Derived("jacfwd", Derived("jacrev", inner, own), own)
    return Derived(transform, inner, own)


def beside(state: State, value: Evaluated, kind: Derived) -> Evaluated:
    """Let what stands for a function stand for its derivative."""
    return (value[0] if has_parts(kind) else placeholder(state)), kind


def decorator(state: State, transform: str, options: dict[str, Any]) -> Evaluated:
    """`@grad(argnums=1)`: a transformation with its options given."""
    original = next(f for f in KEPT if TRANSFORMS[id(f)] == transform)
    named = tuple((name, build.const(v), Const(v)) for name, v in options.items())
    return placeholder(state), Partial(Const(original), (), named)


KEPT: list[Any] = []


def register(transform: str, function: Any, generate: Generate | None = None) -> None:
    """Make a function of the interface known, or the generator that it stands for."""
    if function is not None:
        TRANSFORMS[id(function)] = transform
        KEPT.append(function)
    if generate is not None:
        GENERATORS[transform] = generate


def call_derived(
    state: State, node: Node, kind: Derived | Pullback, args: Args, keywords: Keywords
) -> Evaluated:
    """Write the derivative in place of its call."""
    if isinstance(kind, Pullback):
        from srcxform.specialise.pulling import pull

        return pull(state, node, kind.sweep, args)
    if kind.transform == "vmap":
        from srcxform.specialise.batches import call_batched

        return call_batched(state, node, kind, args, keywords)
    ruled, state.externals.ruled = state.externals.ruled, True
    try:
        return derivative(state, node, kind, args, keywords)
    finally:
        state.externals.ruled = ruled


def derivative(
    state: State, node: Node, kind: Derived, args: Args, keywords: Keywords
) -> Evaluated:
    """Write a derivative: from here on rules of the user's own play a part."""
    if kind.transform == "jvp":
        return pushed(state, node, kind, args)
    if kind.transform == "vjp":
        from srcxform.specialise.pulling import pulled

        return pulled(state, node, kind, args)
    if kind.transform in ("jacfwd", "jacrev", "jacobian"):
        from srcxform.specialise.jacobians import whole_jacobian

        return whole_jacobian(state, node, kind, args, keywords)
    options = dict(kind.options)
    argnums = options.get("argnums", 0)
    several = isinstance(argnums, tuple)
    picked = positions(state, node, argnums, len(args))
    if picked is None:
        return build.const(None), NEVER
    inner = come_apart(state, node, kind, args, keywords, picked)
    if inner is None:
        return build.const(None), NEVER
    has_aux, holomorphic = bool(options.get("has_aux")), bool(options.get("holomorphic"))
    value = inner.result
    if has_aux and isinstance(value, Items) and len(value.items) == 2:
        value = value.items[0]
    if value != UNKNOWN and not is_one_number(value, holomorphic):
        return no_number(state, node, kind.transform, value, holomorphic)
    if holomorphic and any(holds_real(inner.program.kinds[name]) for name in inner.wrt):
        return refused(
            state, node, "holomorphic=True is said of a function of real numbers",
            "it is for functions of complex numbers",
            "pass complex(x), or x.astype(complex), or leave holomorphic out",
        )  # fmt: skip
    counting = bool(inner.integers) and count_with(
        state, inner, GENERATORS["grad"](inner.program, inner.wrt, has_aux)
    )
    alone = not has_aux and not inner.attributes and not counting
    if holomorphic and kind.transform == "value_and_grad":
        alone = False  # only the gradient of the real part is symmetric, whatever the function is
    whole = as_operation(state, inner, GENERATORS["grad"]) if alone else None
    left: tuple[Node, ...] = ()
    if whole is not None:
        parts = [state.names.part(name) for name in (state.hint, *(f"{n}_bar" for n in inner.wrt))]
        start = [build.assign(n, build.item(clone(whole[0]), k)) for k, n in enumerate(parts)]
        value_node, *found = map(build.load, parts)
        bars = as_given(state, inner, found, start)
    else:
        sweep = GENERATORS["grad"](inner.program, inner.wrt, has_aux)
        start, value_node = [*sweep.forward, *sweep.backward], sweep.value
        left = sweep.left
        bars = as_given(state, inner, sweep.results, start)
    if value == UNKNOWN:
        start.append(checked_number(state, node, kind.transform, value_node, has_aux, holomorphic))
    made = build.sequence(bars) if several else bars[0]
    result = made
    if kind.transform == "value_and_grad":
        result = build.sequence([value_node, made])
    elif has_aux:
        result = build.sequence([made, build.item(value_node, 1)])
    return put_back(state, inner, left, start, result)


def no_number(
    state: State, node: Node, transform: str, value: Kind, holomorphic: bool
) -> Evaluated:
    """Refuse a result of which there is no gradient."""
    wanted, found = ("complex", "real") if holomorphic else ("real", "complex")
    if not is_one_number(value, not holomorphic):
        found = described(value)
    instead = {
        "complex": "say holomorphic=True if the function is, or use sx.vjp",
        "real": "leave holomorphic out",
    }.get(found, "use sx.vjp, which takes a cotangent of any shape")
    return refused(
        state, node, f"what is given to `{transform}` does not return one {wanted} number",
        f"its result is {found}", instead,
    )  # fmt: skip


def positions(state: State, node: Node, argnums: Any, count: int) -> tuple[int, ...] | None:
    """Count argnums from the front; None where there are no such arguments."""
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    if all(-count <= k < count for k in numbers):
        return tuple(k % count for k in numbers)
    refused(
        state, node, "argnums picks an argument that is not given",
        f"there are {count} positional arguments, and argnums is {argnums}",
        "count from 0, or from the end with negative numbers",
    )  # fmt: skip
    return None


def product(state: State, node: Node, function: Kind, args: Args) -> Evaluated:
    """`hvp(f, primals, tangents)`: forward over reverse, in all primals."""
    primals, tangents = args
    options: tuple[Any, ...] = ()
    if isinstance(primals[1], Items) and primals[1].type == "tuple":
        options = (("argnums", tuple(range(len(primals[1].items)))),)
    else:
        primals, tangents = (
            (build.sequence([value]), Items("tuple", (kind,))) for value, kind in args
        )
    kind = Derived("jvp", Derived("grad", function, options))
    value, found = call_derived(state, node, kind, [primals, tangents], {})
    if not isinstance(found, Items):
        return value, found
    return (unpacked(state, (value, found)) or [])[1]


def pushed(state: State, node: Node, kind: Derived, args: Args) -> Evaluated:
    """`jvp(f, primals, tangents)`."""
    primals, tangents = (unpacked(state, arg) for arg in args)
    if primals is None or tangents is None or len(primals) != len(tangents):
        return refused(
            state, node, "`jvp` takes a tuple of primals and a tuple of as many tangents",
            "their number is not known here", "write jvp(f, (x, y), (x_dot, y_dot))",
        )  # fmt: skip
    moving = [k for k, (_, found) in enumerate(primals) if not is_setting(state, found)]
    for k in [k for k in moving if stands_still(state, primals[k][1])]:
        moving.remove(k)
        state.emit(*checked_still(node, tangents[k]))
    for k in moving:
        if fits_not(state.settled(tangents[k][1]), state.settled(primals[k][1])):
            return refused(
                state, node, "a tangent that is given to `jvp` does not fit its primal",
                "it has another structure or shape, and stands for a change of each of its numbers",
                "give a tangent like the primal: np.full_like(x, 1.0)",
            )  # fmt: skip
    inner = come_apart(state, node, kind, primals, {}, moving)
    if inner is None:
        return build.const(None), NEVER
    has_aux = bool(dict(kind.options).get("has_aux"))
    sweep = GENERATORS["jvp"](inner.program, inner.wrt, has_aux)
    count_with(state, inner, sweep)
    given = [
        build.assign(dot.id, tangents[k][0]) for dot, k in zip(sweep.results, moving, strict=True)
    ]
    out = sweep.value
    if has_aux:
        value, dot = out.elts
        out = build.sequence([build.item(value, 0), build.item(dot, 0), build.item(value, 1)])
    return put_back(state, inner, sweep.left, [*given, *sweep.forward], out)


def unpacked(state: State, given: Evaluated) -> Args | None:
    """Give the elements of a tuple or list whose length is known."""
    from srcxform.specialise.sequences import elements

    return elements(state, given) if isinstance(given[1], Items) else None


def come_apart(
    state: State, node: Node, kind: Derived, args: Args, keywords: Keywords, wrt: Iterable[int]
) -> Inner | None:
    """Let the body of a function come in as a program of its own; None where it refuses."""
    picked = set(wrt)
    names = parameter_names(kind.function, len(args))
    given: Args = []
    integers: list[tuple[str, Evaluated]] = []
    for k, (value, found) in enumerate(args):
        if k not in picked:
            given.append((value, found))
            continue
        name = state.names.like(names[k])
        real, kind_of_real = as_real(state, value, found)
        if real is not value:
            integers.append((name, (value, found)))
        value, found = real, kind_of_real
        state.emit(build.assign(name, value))
        state.bind(name, found)
        given.append((build.load(name), state.kind_of(name) or UNKNOWN))
    if not all(can_move(state, given[k][1]) for k in picked):
        refused(
            state, node, f"`{kind.transform}` is given integers or something that is no number",
            "only real and complex numbers, and containers of these, have derivatives",
            "pass floats: float(n), or x.astype(float)",
        )  # fmt: skip
        return None
    names = [given[k][0].id for k in sorted(picked)]
    inner = program_of(state, node, kind, given, keywords, tuple(names))
    return None if inner is None else replace(inner, integers=tuple(integers))


def count_with(state: State, inner: Inner, sweep: Sweep) -> bool:
    """Let integers that count as reals be integers again where the function counts with them."""
    counted = [(name, *value) for name, value in inner.integers if sweep.counts(name)]
    for name, integer, kind in counted:
        state.emit(build.assign(name, integer))
        state.bind(name, kind)
    return bool(counted)


def program_of(
    state: State, node: Node, kind: Derived, given: Args, keywords: Keywords, wrt: tuple[str, ...]
) -> Inner | None:
    from srcxform.analysis.webs import split_webs
    from srcxform.specialise.probes import without_tries
    from srcxform.specialise.program import settle

    before, known = dict(state.env or {}), dict(state.known)
    with state.block() as lines, state.deriving():
        value, found = given_back(
            state, node, call_known(state, node, kind.function, given, keywords)
        )
        attributes = written_to(state, before, lines)
        if attributes:
            value = with_attributes(state, (value, found), attributes)
        last = build.returning(value)
        last.place = state.at(node)
    reached = state.env is not None
    state.env, state.known = before, known  # what comes in instead may know less of these names
    for capture in state.externals.captures.values():  # some were met only now
        if capture.name not in before:
            state.bind(capture.name, capture.kind)
    if not reached:
        state.lines += lines
        state.env = None
        return None
    rebound = stores(lines) & state.shifting & state.scope.variables()
    if rebound:
        refused(
            state, node, f"a function that is differentiated inside rebinds `{min(rebound)}`",
            "what a derivative leaves behind in variables around it is not defined",
            "return the value instead",
        )  # fmt: skip
        return None
    body = [*lines, last]
    free = [name for name in sorted(live_before(body, set())) if name in before]
    parameters = (*wrt, *(name for name in free if name not in wrt))
    kinds = [state.settled(given_kind(state, name, before[name])) for name in parameters]

    def settled(body: Block) -> Any:
        body = split_webs(parameters, body, state.names)
        return settle("inner", parameters, kinds, body, Scope(None), lambda: state.externals,
                      state.functions)  # fmt: skip

    program = settled(body)
    plain = without_tries(parameters, program.body, program.kinds, state.externals, state.functions)
    if plain is not program.body:
        program = settled(plain)
    if not isinstance(program.body[-1], gast.Return):  # it raises, as is only told now
        state.lines += program.body
        state.env = None
        return None
    program = replace(program, functions=state.functions)
    for prepared in filter(None, (prepare(program) for prepare in PREPARING)):
        state.functions.update(prepared.functions)
        program = replace(settled(prepared.body), functions=state.functions)
    if not attributes or not isinstance(program.result, Items):
        return Inner(program, wrt, program.result)
    return Inner(replace(program, beside=True), wrt, program.result.items[0], attributes)


def written_to(state: State, before: dict[str, Kind], lines: Block) -> tuple[str, ...]:
    """Name the attributes of objects around a function that it writes to."""
    around = {kind.site for kind in before.values() if isinstance(kind, Instance)}
    new = stores(lines)
    return tuple(sorted(v for (site, _), v in state.slots.items() if site in around and v in new))


def with_attributes(state: State, value: Evaluated, attributes: tuple[str, ...]) -> Node:
    """Give a result together with attributes, so that these outlast what settles a program."""
    result, _ = named(state, "out", value)
    after, whole = state.names.part("after"), state.names.part("out")
    state.emit(build.assign(after, build.sequence(list(map(build.load, attributes)))))
    state.emit(build.assign(whole, build.sequence([result, build.load(after)])))
    return build.load(whole)


def put_back(
    state: State, inner: Inner, left: tuple[Node, ...], lines: Block, result: Node
) -> Evaluated:
    """Write a derivative; attributes that its function changes are changed as by a call."""
    made = written(state, lines, result)
    if state.env is None:  # it refuses
        return made
    for name, value in zip(inner.attributes, left, strict=True):
        node, kind = written(state, [], value)
        if not (isinstance(node, gast.Name) and node.id == name):
            state.emit(build.assign(name, node))
        state.bind(name, kind)
    return made


def given_back(state: State, node: Node, result: Evaluated) -> Evaluated:
    """Give the result of a function that is differentiated inside as a value."""
    if holds_instance(result[1]):
        result = named(state, "out", whole(state, result))
    if is_virtual(state.settled(result[1])):
        result = refused(
            state, node, "a function is returned by the function that is differentiated",
            "a derivative is a number, an array, or a container of these",
            "return what the inner function gives, or differentiate the inner function",
        )  # fmt: skip
        state.env = None
    return result


def parameter_names(function: Kind, count: int) -> list[str]:
    """Give names for arguments: those of the parameters where they are known."""
    names: list[str] = []
    match function:
        case Closure(node=tree):
            names = parameters(tree)
        case Const(value=value) if hasattr(value, "__code__"):
            names = list(value.__code__.co_varnames[: value.__code__.co_argcount])
    return [names[k] if k < len(names) else "x" for k in range(count)]


def as_real(state: State, value: Node, kind: Kind) -> Evaluated:
    """A Python int that is differentiated counts as a real number."""
    kind = general(state.settled(kind))
    if isinstance(kind, Number) and kind.cls in "bi":
        return build.call("float", value), Number("f")
    return value, kind
