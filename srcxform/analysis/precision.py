"""Which values surely have the same dtype: told by where their precision comes from.

Kinds tell real from complex, not single from double precision. But in `y = x * x; y_dot = x * d`
with `d` like `x` both results have the precision of `x`, whatever that is. A source is a name, and
whether a Python number, which has no precision, counts as one of NumPy's by now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcxform.analysis.activity import operands
from srcxform.core import operations as op
from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import UNKNOWN, Array, Items, Kind, Mapping, Number, Record, general
from srcxform.runtime import zeros_like
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.mentions import store_list
from srcxform.syntax.visit import walk

Source = tuple[str, bool]
# A value's sources, or those of its parts by their keys; None where they are not known.
Found = frozenset[Source] | dict[Any, Any] | None

NOTHING: frozenset[Source] = frozenset()
LIKE = (np.zeros_like, np.ones_like, np.copy, zeros_like)


@dataclass
class Known:
    """What was found for a name, while some were taken for values of the turn before."""

    found: Found
    before: set[str]
    below: set[str]  # all names that were looked into

    def holds(self, asked: list[str]) -> bool:
        """Say whether the same is found while these are being looked into."""
        return not self.before or (self.before.issubset(asked) and self.below.isdisjoint(asked))


class Precision:
    """Gives the sources of what a block computes."""

    def __init__(
        self,
        block: Block,
        kinds: dict[str, Kind],
        externals: Externals,
        functions: dict[str, Any],
    ) -> None:
        self.kinds, self.externals, self.functions = kinds, externals, functions
        self.made: dict[str, list[Node]] = {}
        self.counts: Counter[str] = Counter()
        for line in block:
            self.counts.update(store_list(line))
            for node in walk(line):
                self.note(node)
        self.known: dict[str, Known] = {}
        self.asked: list[str] = []
        self.under: tuple[set[str], set[str]] = set(), set()  # the name that is being looked into

    def note(self, line: Node) -> None:
        match line:
            case gast.Assign(targets=[gast.Name(id=name)], value=value):
                self.made.setdefault(name, []).append(value)
            case gast.Assign(targets=[gast.Tuple(elts=targets)], value=gast.Name() as whole):
                for k, target in enumerate(targets):
                    if isinstance(target, gast.Name):
                        self.made.setdefault(target.id, []).append(build.item(whole, k))
            case gast.AugAssign(target=gast.Name(id=name)) if isinstance(
                self.kinds.get(name), Array
            ):
                self.counts[name] -= 1  # written in place: it stays what it is

    def same(self, left: Node, right: Node, kind: Kind) -> bool:
        """Say whether the arrays in two values of one kind surely have the same dtypes."""
        return agree(self.of(left), self.of(right), general(kind))

    def of(self, node: Any) -> Found:
        match node:
            case gast.Constant():
                return NOTHING
            case gast.Name(id=name):
                return self.of_name(name)
        return None

    def of_name(self, name: str) -> Found:
        before, below = self.under
        if name in self.asked:  # a value of the turn before
            before.add(name)
            return frozenset({(f"{name} before", True)})
        known = self.known.get(name)
        if known is None or not known.holds(self.asked):
            self.asked.append(name)
            self.under = set(), {name}
            found = self.of_all(name, self.made.get(name, []))
            self.asked.pop()
            known = Known(found, self.under[0] - {name}, self.under[1])
            self.known[name] = known
        self.under = before | known.before, below | known.below
        return known.found

    def of_all(self, name: str, values: list[Node]) -> Found:
        """Give what all values that a name gets have for their sources."""
        kind = general(self.kinds.get(name, UNKNOWN))
        if len(values) != self.counts[name]:
            return None
        if is_length(kind) or getattr(kind, "cls", "") == "b":
            return NOTHING
        if not values:
            return itself(name, kind)
        again = (f"{name} before", True)
        found = [self.of_value(name, kind, value) for value in values]
        if len(found) == 1 and not (isinstance(found[0], frozenset) and again in found[0]):
            return found[0]
        plain = [one for one in found if isinstance(one, frozenset)]
        first = [one for one in plain if again not in one]
        if len(plain) < len(found) or not first or any(one != first[0] for one in first):
            return None
        return first[0] if all(one - {again} <= first[0] for one in plain) else None

    def of_value(self, name: str, kind: Kind, value: Node) -> Found:
        """Give the sources of one value; what is not looked into is its own."""
        own = itself(name, kind) if self.counts[name] == 1 else None
        match op.operation(value, self.externals, self.functions, self.kinds):
            case op.Copy(source=source) | op.Still(source=source) | op.Seed(source=source):
                return self.of(source)
            case op.Joined(source=source):
                return self.of(source)
            case op.Display(keys=keys, items=items, owner=None):
                named = [getattr(key, "value", key) for key in keys]
                return dict(zip(named, map(self.of, items), strict=True))
            case op.Item(base=base, index=index):
                found = self.of(base)
                if isinstance(index, gast.Constant) and not is_array(base, self.kinds):
                    return part(found, index.value)
                return found if is_array(base, self.kinds) else own
            case op.Custom(function=function, args=args):
                known = self.externals.precision.get((id(function), sorts(args, self.kinds)))
                return filled(known, list(map(self.of, args)))
            case op.RuleCall() as call:
                return self.of_call(call, kind, own)
        match value:
            case gast.Constant():
                return NOTHING
            case gast.Call(func=func, args=[like], keywords=[]):
                if known_object(func, self.externals) in LIKE:
                    return self.of(like)
        return own

    def of_call(self, call: op.RuleCall, kind: Kind, own: Found) -> Found:
        """Give the sources of what a function of NumPy's makes of its operands."""
        primal = call.rule.primal
        if any(call.given.get(setting) is not None for setting in ("dtype", "out")):
            return own
        if getattr(primal, "__module__", "") == "math":
            return NOTHING
        by_numpy = isinstance(primal, np.ufunc) or is_of_numpy(primal)
        if not by_numpy or isinstance(primal, type):
            return own
        given = operands(call.rule, call.given)
        found = [self.of(node) for node in given]
        kinds = [general(op.kind_of_operand(node, self.kinds)) for node in given]
        if getattr(kind, "cls", "") not in ("f", "c") or not all(
            isinstance(one, frozenset) for one in found
        ):
            return own
        if all(getattr(one, "cls", "") in ("b", "i") for one in kinds):
            return own  # of integers: one of double precision, mostly
        sources = frozenset().union(*found)  # type: ignore[arg-type]
        if isinstance(call.node, (gast.BinOp, gast.UnaryOp)):
            return heaviest(sources)
        return heaviest(frozenset((name, True) for name, _ in sources)) or own


def agree(left: Found, right: Found, kind: Kind) -> bool:
    match kind:
        case Number():
            return True
        case Items(items=items):
            keys: Sequence[Any] = range(len(items))
        case Mapping(keys=keys, items=items) | Record(keys=keys, items=items):
            pass
        case _:
            return left is not None and left == right
    parts = zip(keys, map(general, items), strict=True)
    return all(agree(part(left, key), part(right, key), one) for key, one in parts)


def part(found: Found, key: Any) -> Found:
    """Give the sources of one part: of a whole that comes from one place, it is from there, too."""
    if isinstance(found, dict):
        return found.get(key)
    return None if found is None else frozenset((f"{name}[{key!r}]", True) for name, _ in found)


def itself(name: str, kind: Kind) -> Found:
    return frozenset({(name, not isinstance(kind, Number))})


def heaviest(sources: frozenset[Source]) -> frozenset[Source]:
    """Leave out Python numbers beside what NumPy made of them."""
    return frozenset(s for s in sources if s[1] or (s[0], True) not in sources)


def is_length(kind: Kind) -> bool:
    return isinstance(kind, Number) and kind.cls == "i" and kind.size is not None


def is_array(node: Node, kinds: dict[str, Kind]) -> bool:
    return isinstance(general(kinds.get(getattr(node, "id", ""), UNKNOWN)), Array)


def is_of_numpy(primal: Any) -> bool:
    home = getattr(primal, "__module__", None) or ""
    return home.split(".")[0] == "numpy" and getattr(primal, "__name__", "") != "astype"


def sorts(args: Sequence[Node], kinds: dict[str, Kind]) -> tuple[str, ...]:
    """Say what arguments a call is given: what is known of one sort holds for no other."""
    found = []
    for arg in args:
        kind = general(kinds.get(getattr(arg, "id", ""), UNKNOWN))
        constant = isinstance(arg, gast.Constant)
        found.append("constant" if constant else type(kind).__name__ + getattr(kind, "cls", ""))
    return tuple(found)


def by_position(found: Found, names: Sequence[str]) -> Found:
    """Give a result's sources by the positions of arguments; None if it has others."""
    if isinstance(found, dict):
        return {key: by_position(part, names) for key, part in found.items()}
    if found is None or any(name not in names for name, _ in found):
        return None
    return frozenset((str(names.index(name)), strong) for name, strong in found)


def filled(found: Found, args: Sequence[Found]) -> Found:
    """Give the sources of a result with those of the arguments in place of their positions."""
    if isinstance(found, dict):
        return {key: filled(part, args) for key, part in found.items()}
    if found is None:
        return None
    new: set[Source] = set()
    for position, strong in found:
        given = args[int(position)]
        if not isinstance(given, frozenset):
            return None
        new |= {(name, True) for name, _ in given} if strong else given
    return heaviest(frozenset(new))
