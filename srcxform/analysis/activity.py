"""Which names carry a derivative: they depend on the inputs that are differentiated.

Storage written in place counts as one: if anything active is written into it, every name that
leads to it is active, directly or through what holds it.
"""

from __future__ import annotations

from typing import Any

import gast

from srcxform.analysis.aliasing import ANY, Aliasing, holds_storage, is_dict, parts_of
from srcxform.analysis.outside import overheard
from srcxform.core import operations as op
from srcxform.kinds.lattice import (
    Array,
    Items,
    Number,
    Record,
    Unknown,
    is_differentiable,
)
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, load_list, stores, walk


def activity(body: Block, independent: set[str], facts: Aliasing) -> set[str]:
    """Give the active names."""
    active = {n for n in independent if is_differentiable(facts.kinds.get(n, Unknown()))}
    for name in active:
        mark(facts, name)
    while True:
        before = len(active), len(facts.texts), count_marks(facts)
        visit(body, active, facts)
        overheard(body, active, facts)
        if (len(active), len(facts.texts), count_marks(facts)) == before:
            return active


def mark(facts: Aliasing, name: str) -> None:
    """Note that the storage of a name holds something active."""
    if holds_storage(facts.kinds.get(name, Unknown())) and facts.storage(name).changed:
        facts.storage(name).varied = True


def count_marks(facts: Aliasing) -> int:
    return sum(facts.storage(name).varied for name in list(facts.of_name))


def visit(block: Block, active: set[str], facts: Aliasing) -> None:
    for statement in block:
        match statement:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                if writes_text(value, active, facts):
                    show(name, facts)
                if passes(value, active, facts):
                    add(name, active, facts)
                if isinstance(value, gast.Dict) and any(
                    is_key(k, active, facts) for k in value.keys
                ):
                    facts.storage(name).keyed = True
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=gast.Name(id=source)):
                if source in active:
                    for target in targets:
                        add(target.id, active, facts)
            case gast.Assign(
                targets=[gast.Subscript(value=base) | gast.Attribute(value=base)], value=value
            ):
                if is_active(value, facts.texts):
                    show(base.id, facts)
                if is_key(getattr(statement.targets[0], "slice", None), active, facts):
                    facts.storage(base.id).keyed = True
                kept = isinstance(facts.kinds.get(base.id), Record)  # its attributes are variables
                if is_active(value, active) and not (kept and is_attribute(statement)):
                    reach(base.id, active, facts)
            case gast.AugAssign(target=target, value=value):
                base = target if isinstance(target, gast.Name) else target.value
                if is_active(value, active):
                    reach(base.id, active, facts)
            case gast.Expr(value=gast.Call(func=gast.Attribute(attr="at"), args=[base, _, value])):
                if is_active(value, active) and isinstance(base, gast.Name):
                    reach(base.id, active, facts)
            case gast.Expr(
                value=gast.Call(func=gast.Attribute(value=gast.Name(id=base)), args=args)
            ):
                if base not in facts.externals.objects and any(
                    is_active(arg, active) for arg in args
                ):
                    reach(base, active, facts)
                if any(is_active(arg, facts.texts) for arg in args):
                    show(base, facts)
            case gast.Expr(value=gast.Call(func=gast.Name(id="print")) as call):
                if any(is_active(arg, active | facts.texts) for arg in call.args):
                    for name in (n for keyword in call.keywords for n in load_list(keyword.value)):
                        show(name, facts)
            case gast.For(target=target, iter=iterable):
                if is_active(iterable, facts.texts):
                    for name in stores(target):
                        show(name, facts)
                if not is_dict(iterable, facts) and any(
                    n.id in active for n in gast.walk(iterable) if isinstance(n, gast.Name)
                ):
                    for inner in gast.walk(target):
                        if isinstance(inner, gast.Name):
                            add(inner.id, active, facts)
            case gast.Try(handlers=[_, *_]):
                visit_probe(statement, active, facts)
        for inner in blocks(statement):
            visit(inner, active, facts)
    for name in list(facts.of_name):
        kind = facts.kinds.get(name)
        if kind is None or not holds_storage(kind):
            continue  # a number stays what it is, whatever may be written elsewhere
        if any(part.varied for part in parts_of(facts.storage(name))):
            add(name, active, facts)


def visit_probe(node: Node, active: set[str], facts: Aliasing) -> None:
    """What an exception holds may show what the body computed with."""
    visit(node.body, active, facts)
    for handler in node.handlers:
        if handler.name is not None and any(tells(s, active, facts) for s in walk(node.body)):
            show(handler.name.id, facts)
        visit(handler.body, active, facts)


def tells(node: Node, active: set[str], facts: Aliasing) -> bool:
    """Say whether an exception raised here may hold an active value, or text that shows one."""
    if isinstance(node, gast.Raise):
        return any(name in active or name in facts.texts for name in load_list(node))
    if not isinstance(node, gast.Call):
        return False
    found = op.operation(node, facts.externals, facts.functions, facts.kinds)
    return isinstance(found, (op.Apart, op.Custom, op.Foreign)) and not active.isdisjoint(
        load_list(node)
    )


def is_attribute(statement: Node) -> bool:
    return isinstance(statement.targets[0], gast.Attribute)


def writes_text(value: Node, active: set[str], facts: Aliasing) -> bool:
    """Say whether a value is text made of something active, directly or by way of other text."""
    found = op.operation(value, facts.externals, facts.functions, facts.kinds)
    if isinstance(found, op.Text):
        return any(name in active or name in facts.texts for name in found.operands)
    if isinstance(found, (op.Copy, op.Display, op.Listing)) or isinstance(value, gast.BinOp):
        return not facts.texts.isdisjoint(load_list(value))
    if isinstance(found, (op.Method, op.Item, op.Field)):
        return is_active(found.base, facts.texts)
    # refused where it stands, unless that is in a `try`
    return isinstance(found, op.Foreign) and not facts.texts.isdisjoint(found.operands)


def show(name: str, facts: Aliasing) -> None:
    """Note that a name leads to text that shows something active; a number is none."""
    if not isinstance(facts.kinds.get(name), (Number, Array)):
        facts.texts.add(name)


def is_key(node: Node, active: set[str], facts: Aliasing) -> bool:
    """Say whether a key is a number that carries a derivative, or a tuple with one in it."""
    kind = facts.kinds.get(getattr(node, "id", ""))
    known = isinstance(kind, (Number, Items)) and is_differentiable(kind)
    return known and is_active(node, active)


def reach(name: str, active: set[str], facts: Aliasing) -> None:
    """Something active was written into the storage of `name`."""
    add(name, active, facts)
    facts.storage(name).varied = True


def add(name: str, active: set[str], facts: Aliasing) -> None:
    if name not in active and is_differentiable(facts.kinds.get(name, Unknown())):
        active.add(name)
        mark(facts, name)


def is_active(node: Node, active: set[str]) -> bool:
    """Say whether an operand is an active name, or has one in it."""
    if isinstance(node, gast.Name):
        return node.id in active
    return isinstance(node, gast.AST) and not active.isdisjoint(load_list(node))


def passes(value: Node, active: set[str], facts: Aliasing) -> bool:
    """Say whether a derivative passes from the operands of an operation to its result."""
    match op.operation(value, facts.externals, facts.functions, facts.kinds):
        case op.Copy(source=source) | op.Seed(source=source):
            return is_active(source, active)
        case op.Item(base=base) | op.Field(base=base):
            return is_active(base, active)
        case op.Display(items=items):
            return any(is_active(item, active) for item in items)
        case op.RuleCall(rule=rule, given=given):
            through = [*operands(rule, given), *unruled(rule, given).values()]
            return any(is_active(node, active) for node in through)
        case op.Method(base=base, args=args, name=name):
            if name in ("index", "count", "keys"):
                return False
            return is_active(base, active) or any(is_active(a, active) for a in args)
        case op.Listing(source=source):
            return is_active(source, active)
        case op.Apart(callee=callee, args=args):
            return bool(callee.active(tuple(is_active(a, active) for a in args)))
        case op.Custom(args=args) | op.Taken(args=args):
            return any(is_active(a, active) for a in args)
        case op.Joined(tangent=tangent):
            return is_active(tangent, active)
        case op.Foreign(operands=names):
            return any(name in active for name in names)
    return False


def operands(rule: Any, given: dict[str, Node]) -> list[Node]:
    """Give the nodes at the parameters that a derivative passes (a *parameter holds several)."""
    found: list[Node] = []
    for name in rule.wrt:
        value = given.get(name)
        if isinstance(value, tuple):
            found += value
        elif value is not None:
            found.append(value)
    return found


def unruled(rule: Any, given: dict[str, Node]) -> dict[str, Node]:
    """Give the arguments of which the rule says nothing, by name: `initial` of a sum.

    What is active there is refused. Actions say of each operand whether anything passes, and our
    own helpers ask such arguments for their shapes alone.
    """
    if is_ours(rule.primal) or not (rule.wrt or rule.parts):
        return {}
    said = {*given} - rule.fixed if rule.actions else {*rule.wrt, *rule.ignored}
    return {n: node for n, node in given.items() if n not in said and isinstance(node, gast.AST)}


def is_ours(primal: Any) -> bool:
    return (getattr(primal, "__module__", None) or "").startswith("srcxform.")


__all__ = ["activity", "is_active", "operands", "ANY"]
