"""Loops over a few objects or functions, each of its own kind: the body once for each of them.

What stands for an element then is known while compiling, and its methods are found. Loops over
numbers alone, or arrays alone, stay loops, unless integers are among them.
"""

from __future__ import annotations

import builtins
from typing import Any

import gast

from srcxform.kinds.callables import is_callee, is_virtual
from srcxform.kinds.lattice import Array, Const, Items, Kind, Mapping, Record, Unknown
from srcxform.rules.predicates import class_of
from srcxform.specialise.collected import held
from srcxform.specialise.instances import named
from srcxform.specialise.scope import Evaluated, State
from srcxform.specialise.sequences import elements
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import loads, stores

MANY = 32  # elements
VIEWS = ("keys", "values", "items")
Parts = list[Any]  # what a loop's target is bound to: values, or lists of them


def known_turns(state: State, over: Node) -> bool:
    """Say whether a loop's elements are known one by one, and are few."""
    parts = each(state, over)
    return parts is not None and 0 < len(parts) <= MANY


def unrolled(state: State, node: Node, over: Node, always: bool = False) -> bool:
    """Write a loop's body once for each element, where that is called for."""
    if state.fixed or state.scope.function is None:
        return False
    place = state.place
    with state.rehearsal():
        trial = each(state, over)
        wanted = always or trial is not None and len(trial) <= MANY and any(map(needs_own, trial))
        if wanted and not any(map(holds_object, trial or [])):
            wanted = always or len({kinds_of(part) for part in trial or []}) > 1  # else a loop
        if trial is not None and len(trial) <= MANY:
            wanted = wanted or mixes(trial) or of_mixed(state, over)
    if not wanted:
        return False
    walked: list[str] = []
    parts = each(state, over, None if rebinds(node, over) else walked)
    assert parts is not None
    body, stop = left_by_flag(state, node)
    state.walked += walked
    for position, part in enumerate(parts):
        if state.env is None:
            break
        turn(state, node.target, part, body, stop if position else None)
    else:
        state.place = place
    del state.walked[len(state.walked) - len(walked) :]
    return True


def rebinds(node: Node, over: Node) -> bool:
    """Say whether a loop gives another value to a variable that its header reads."""
    bound = {name for line in [node.target, *node.body] for name in stores(line)}
    return bool(bound & loads(over))


def left_by_flag(state: State, node: Node) -> tuple[Block, str | None]:
    """Give a loop's body with a flag for what leaves it, and the name of the flag, if needed."""
    flag = state.names.like("stopped")
    stop = state.scope.alias(build.load(flag)).id
    body, leaves = without_breaks(node.body, stop)
    if not leaves:
        return body, None
    state.emit(build.assign(flag, build.const(False)))
    state.bind(flag, Const(False))
    return body, stop


def turn(state: State, target: Node, part: Any, body: Block, stop: str | None) -> None:
    from srcxform.specialise.statements import block

    with state.turning():
        if stop is None:
            bind_target(state, target, part)
            block(state, body)
        else:
            block(state, [unless(state, stop, [Bound(target=target, part=part), *body])])


def unless(state: State, stop: str, body: Block) -> Node:
    """Give the branch that a turn is once the turn before it may have left the loop."""
    line = build.branch(gast.UnaryOp(op=gast.Not(), operand=build.load(stop)), body)
    line.place = state.place
    return line


def counted_out(state: State, node: Node) -> bool:
    """Write a `while` turn by turn; say whether its test is known in each turn, and fails soon."""
    from srcxform.specialise.expressions import evaluate
    from srcxform.specialise.object_operators import tested
    from srcxform.specialise.operators import truth
    from srcxform.specialise.statements import block

    place = state.place
    body, stop = left_by_flag(state, node)
    for _ in range(MANY + 1):
        if state.env is None:
            return True
        left = Const(False) if stop is None else evaluate(state, build.load(stop))[1]
        again = truth(tested(state, evaluate(state, node.test))[1])
        if left == Const(True) or again is False:
            return True
        if again is None:
            return False
        with state.turning():
            freely = stop is None or left == Const(False)
            block(state, body if freely else [unless(state, str(stop), body)])
        state.place = place
    return False


class Bound(gast.Pass):
    """Stands for the binding of a loop's target to an element that is known already."""

    _fields = ()

    def __init__(self, target: Node, part: Any) -> None:
        super().__init__()
        self.target, self.part, self.place = target, part, None


def bound(state: State, node: Any) -> None:
    bind_target(state, node.target, node.part)


def needs_own(part: Any) -> bool:
    """Say whether the body has to be written for this very element."""
    if isinstance(part, list):
        return any(map(needs_own, part))
    return is_known(part[1])


def holds_object(part: Any) -> bool:
    if isinstance(part, list):
        return any(map(holds_object, part))
    return isinstance(part[1], Record) or isinstance(part[1], Items) and is_known(part[1])


def mixes(parts: Parts) -> bool:
    """Say whether elements that carry derivatives are of kinds that no common one covers.

    Integers have no cotangents, and those of numbers are not added to in place as arrays' are:
    what is computed of each has a kind of its own.
    """
    if all(isinstance(part, list) for part in parts):
        return any(mixes(list(column)) for column in zip(*parts, strict=False))
    kinds = [part[1] for part in parts if not isinstance(part, list)]
    real = [k for k in kinds if class_of(k) in ("f", "c") and not isinstance(k, Const)]
    if not real:
        return False
    whole = any(class_of(k) in ("i", "b") or isinstance(k, Unknown) for k in kinds)
    return whole or len({isinstance(k, Array) for k in real}) > 1


def of_mixed(state: State, over: Node) -> bool:
    """Say whether a loop runs over the keys of a dict whose values are of different kinds."""
    from srcxform.specialise.expressions import evaluate

    if isinstance(over, gast.Call) and getattr(over.func, "attr", "") == "keys":
        over = over.func.value
    if not isinstance(over, gast.Name):
        return False
    value, kind = evaluate(state, over)
    kind = state.opened(kind)
    return isinstance(kind, Mapping) and mixes([(value, item) for item in kind.items])


def kinds_of(part: Any) -> Any:
    return tuple(map(kinds_of, part)) if isinstance(part, list) else part[1]


def is_known(kind: Kind) -> bool:
    if isinstance(kind, Items) and kind.type in ("tuple", "list"):
        return any(map(is_known, kind.items))
    return isinstance(kind, Record) or is_callee(kind) or is_virtual(kind)


def each(state: State, node: Node, walked: list[str] | None = None) -> Parts | None:
    """Give the elements that a loop runs over, None where they are not known one by one.

    What only one name has may be written while the loop runs over it: its elements are read when
    their turns come, and its name is noted in `walked`.
    """
    from srcxform.specialise.expressions import evaluate

    if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute):
        found = view(state, node, walked)
        if found is not None:
            return found
    elif isinstance(node, gast.Call) and not any(isinstance(a, gast.Starred) for a in node.args):
        _, callee = evaluate(state, node.func)
        function = callee.value if isinstance(callee, Const) else None
        if function in (builtins.enumerate, builtins.zip, builtins.reversed) and node.args:
            return combined(state, node, function, walked)
        if function is builtins.range and node.args and not node.keywords:
            return numbers(state, node)
    (value, kind), own = left_alone(state, node, walked)
    if isinstance(kind, Items) and kind.type in ("tuple", "list") and len(kind.items) <= MANY:
        if own:
            return [(build.item(value, k), item) for k, item in enumerate(kind.items)]
        return list(elements(state, (value, kind)))
    return keys_of(state, kind)


def keys_of(state: State, kind: Kind) -> Parts | None:
    """Give the keys of a dict that gets no other ones, if these are few."""
    kind = state.opened(kind)
    if isinstance(kind, Mapping) and len(kind.keys) <= MANY:
        return [(build.const(key), Const(key)) for key in kind.keys]
    return None


def left_alone(state: State, node: Node, walked: list[str] | None) -> tuple[Evaluated, bool]:
    """Evaluate what a loop runs over; say whether its name is, and stays, the only one."""
    from srcxform.specialise.expressions import evaluate

    private = dict(state.private)
    value, kind = held(state, evaluate(state, node))
    own = walked is not None and private.get(getattr(value, "id", "")) is state.lines
    if own and isinstance(kind, (Items, Mapping)):
        state.private = private
        walked.append(value.id)  # type: ignore[union-attr]
    return (value, kind), own


def numbers(state: State, node: Node) -> Parts | None:
    """The numbers of `range(n)`, where n is known."""
    from srcxform.specialise.expressions import evaluate

    bounds = [evaluate(state, arg)[1] for arg in node.args]
    if not all(isinstance(bound, Const) and isinstance(bound.value, int) for bound in bounds):
        return None
    found = range(*(bound.value for bound in bounds))  # type: ignore[attr-defined]
    return [(build.const(k), Const(k)) for k in found] if len(found) <= MANY else None


def combined(
    state: State, node: Node, function: Any, walked: list[str] | None = None
) -> Parts | None:
    from srcxform.specialise.expressions import evaluate

    first = each(state, node.args[0], walked)
    if function is builtins.enumerate:
        given = [*node.args[1:], *(k.value for k in node.keywords)]
        start = evaluate(state, given[0])[1] if given else Const(0)
        if first is None or not isinstance(start, Const):
            return None
        numbers = range(start.value, start.value + len(first))
        return [[(build.const(k), Const(k)), part] for k, part in zip(numbers, first, strict=True)]
    if function is builtins.reversed:
        return None if first is None else first[::-1]
    parts = [first, *(each(state, arg, walked) for arg in node.args[1:])]
    if any(part is None for part in parts):
        return None
    return [list(row) for row in zip(*[part for part in parts if part is not None], strict=False)]


def view(state: State, node: Node, walked: list[str] | None) -> Parts | None:
    """The elements of `d.items()` and the like, in the order of the keys."""
    if node.func.attr not in VIEWS or node.args:
        return None
    (base, kind), own = left_alone(state, node.func.value, walked)
    keys = keys_of(state, kind)
    if keys is None or node.func.attr == "keys":
        return keys
    if not isinstance(kind, Mapping):
        return None
    found: Parts = []
    for key, item in zip(keys, kind.items, strict=True):
        value = build.item(base, key[0]), item
        value = value if own else named(state, state.hint or "item", value)
        found.append(value if node.func.attr == "values" else [key, value])
    return found


def bind_target(state: State, target: Node, part: Any) -> None:
    """Bind a loop's target to an element."""
    from srcxform.specialise.statements import evaluate_residual, give, unpack, written

    if isinstance(part, tuple) and isinstance(part[0], gast.Subscript):
        part = evaluate_residual(state, part[0])  # what is there by now
    if isinstance(target, gast.Name):
        give(state, written(state, target.id), *whole(state, part))
        return
    if isinstance(part, tuple) and isinstance(part[1], Items):
        part = list(elements(state, part))
    if isinstance(part, list) and len(part) == len(target.elts):
        for inner, value in zip(target.elts, part, strict=True):
            bind_target(state, inner, value)
        return
    part = whole(state, part)  # where the lengths differ, Python says so
    holder = state.names.part("item")
    state.emit(build.assign(holder, part[0]))
    state.bind(holder, part[1])
    unpack(state, target, build.load(holder), part[1])


def whole(state: State, part: Any) -> Evaluated:
    """Give an element that may be known part by part; tuples in it get names of their own."""
    if not isinstance(part, list):
        value: Evaluated = part
        return value
    return display([named(state, "item", whole(state, one)) for one in part])


def display(values: list[Evaluated]) -> Evaluated:
    node = build.sequence([value for value, _ in values])
    return node, Items("tuple", tuple(kind for _, kind in values))


def without_breaks(body: Block, stop: str) -> tuple[Block, bool]:
    """Give a loop's body with a flag set where it leaves the loop; say whether it does."""
    found = False
    result = []
    for statement in body:
        if isinstance(statement, gast.Break):
            found = True
            line = build.assign(stop, build.const(True))
            line.place = getattr(statement, "place", None)
            result.append(line)
            continue
        if isinstance(statement, gast.If):
            first, one = without_breaks(statement.body, stop)
            second, other = without_breaks(statement.orelse, stop)
            if one or other:
                found = True
                place = statement.place
                statement = build.branch(statement.test, first, second)
                statement.place = place
        result.append(statement)
    return result, found
