"""The one operation that stands on the right of a core assignment.

>>> import gast
>>> from srcxform.frontend.externals import Externals
>>> from srcxform.syntax.names import Names
>>> operation(gast.parse("x * y").body[0].value, Externals(Names())).rule.primal
<ufunc 'multiply'>
"""

from __future__ import annotations

import ast
import builtins
import logging
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from srcxform import rules, runtime  # noqa: F401  (fills the table)
from srcxform.core.callees import (
    QUIET,
    TEXTS,
    custom_object,
    is_add_at,
    is_exception,
    is_method_of_text,
    is_one_of,
    is_talking,
    known_object,
)
from srcxform.core.dtypes import is_of_no_numbers
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import (
    UNKNOWN,
    Array,
    Const,
    Kind,
    Mapping,
    Number,
    Opaque,
    Unknown,
    present,
    scalar_class,
)
from srcxform.rules.custom import Custom as Custom_
from srcxform.rules.registry import Rule, parameters_of, rule_of
from srcxform.syntax.build import Node

UFUNCS = {
    gast.Add: np.add, gast.Sub: np.subtract, gast.Mult: np.multiply, gast.Div: np.divide,
    gast.Pow: np.power, gast.FloorDiv: np.floor_divide, gast.Mod: np.remainder,
    gast.MatMult: np.matmul, gast.USub: np.negative, gast.UAdd: np.positive,
}  # fmt: skip
OF_SHAPE = ("shape", "ndim", "size", "dtype")
OF_LAYOUT = ("itemsize", "nbytes", "strides", "flags", "device")
OF_ARRAYS_ALONE = ("itemsize", "nbytes", "strides")  # what is hardly the name of a part
# What makes an array, or an index, of what stands in the brackets: np.r_[x, y].
BY_INDEX = tuple(map(type, (np.r_, np.c_, np.mgrid, np.ogrid, np.s_)))


@dataclass(frozen=True)
class Operation:
    """Base of all operations."""


@dataclass(frozen=True)
class Copy(Operation):
    """A second name for the same value."""

    source: Node


@dataclass(frozen=True)
class Item(Operation):
    """`base[index]`."""

    base: Node
    index: Node


def takes_all(index: Node) -> bool:
    """Say whether an index is `()`, which takes the number out of an array of rank 0."""
    return isinstance(index, gast.Tuple) and not index.elts


@dataclass(frozen=True)
class Field(Operation):
    """`base.name`."""

    base: Node
    name: str


@dataclass(frozen=True)
class Display(Operation):
    """A tuple, list or dict written out; `keys` are positions or the dict's key nodes.

    An object is made like a dict, and has an `owner`: its class (or the object itself).
    """

    type: str
    keys: tuple[Any, ...]
    items: tuple[Node, ...]
    owner: Node | None = None


@dataclass(frozen=True)
class RuleCall(Operation):
    """A function with a rule, and what is given for its parameters."""

    rule: Rule
    given: dict[str, Node]
    node: Node

    @property
    def view(self) -> str:
        """How the result may share memory with the first operand: "view", "maybe", or "" if not."""
        if self.rule.view_if is None:
            return self.rule.view
        told = {
            name: value.value if isinstance(value, gast.Constant) else ...
            for name, value in self.given.items()
        }
        return self.rule.view if self.rule.view_if(told) else ""


@dataclass(frozen=True)
class Method(Operation):
    """A method of a list or dict (or of something unknown)."""

    base: Node
    name: str
    args: tuple[Node, ...]
    node: Node


@dataclass(frozen=True)
class Listing(Operation):
    """`list(source)` or `tuple(source)`: a container of its own with the same elements."""

    function: str
    source: Node


@dataclass(frozen=True)
class AddAt(Operation):
    """`np.add.at(base, index, value)`: repeated positions add up."""

    base: Node
    index: Node
    value: Node
    function: Any


@dataclass(frozen=True)
class Apart(Operation):
    """A user's function that is differentiated on its own."""

    callee: Any
    args: tuple[Node, ...]
    node: Node


@dataclass(frozen=True)
class Custom(Operation):
    """A function with a derivative rule of the user's own."""

    function: Any
    args: tuple[Node, ...]
    node: Node

    @property
    def passing(self) -> tuple[Node, ...]:
        """The arguments that a derivative may pass."""
        return tuple(a for k, a in enumerate(self.args) if k not in self.function.nondiff)

    @property
    def fixed(self) -> tuple[Node, ...]:
        """The arguments that are no numbers, and go first in the rules."""
        return tuple(a for k, a in enumerate(self.args) if k in self.function.nondiff)


@dataclass(frozen=True, eq=False)
class Derivation:
    """A gradient taken inside, called like a function until its statements come in.

    `program` computes it, in the form `value, bar, ...`; what it gives may share storage with
    the arguments at the positions `shares`. `inner` is what was differentiated, if the adjoint can
    be found from that.
    """

    program: Any
    shares: tuple[int, ...] = ()
    inner: Any = None

    def __call__(self, *args: Any) -> Any:
        """Stand where functions stand; no program has such a call in the end."""
        raise TypeError("the statements of a derivative have not come in")


@dataclass(frozen=True)
class Taken(Operation):
    """A derivative taken inside that has not come in yet."""

    derivation: Derivation
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Twins(Operation):
    """Shadows made anew: nothing is in them yet, and their own shadows are made like them."""


@dataclass(frozen=True)
class Still(Operation):
    """A value without its derivative."""

    source: Node


@dataclass(frozen=True)
class Seed(Operation):
    """What stands for the tangent of a value: their cotangents are one."""

    source: Node


@dataclass(frozen=True)
class Joined(Operation):
    """A value whose derivative is that of another one."""

    source: Node
    tangent: Node


@dataclass(frozen=True)
class Constant(Operation):
    """An operation through which no derivative passes."""


@dataclass(frozen=True)
class Text(Operation):
    """A value written out as text or put into a set: to be shown, not to be computed with."""

    operands: tuple[str, ...]


@dataclass(frozen=True)
class Foreign(Operation):
    """An operation without a rule: refused if a derivative reaches it."""

    function: Any
    operands: tuple[str, ...]


def operation(
    node: Node,
    externals: Externals,
    functions: dict[str, Any] | None = None,
    kinds: dict[str, Kind] | None = None,
) -> Operation:
    """Read the right-hand side of an assignment; kinds tell where no derivative passes."""
    from srcxform.syntax.visit import load_list

    found = read_operation(node, externals, functions or {}, kinds or {})
    if kinds is None:
        return found
    if isinstance(found, Method) and is_logger(kind_of_operand(found.base, kinds)):
        return Constant()
    if isinstance(found, Method) and is_text(kind_of_operand(found.base, kinds)):
        return Text(tuple(load_list(node)))
    if isinstance(node, gast.BinOp) and is_text(kind_of_operand(node.left, kinds)):
        return Text(tuple(load_list(node)))
    if isinstance(found, Method) and found.name in ("index", "count"):
        if is_sequence(kind_of_operand(found.base, kinds)):
            return Constant()  # a position, or how often
    if isinstance(found, RuleCall) and "dtype" in found.given:
        if is_of_no_numbers(kind_of_operand(found.given["dtype"], kinds)):
            return Foreign(found.rule.primal, tuple(load_list(node)))
    if isinstance(found, RuleCall) and joins(node, kinds):
        return Foreign(type(node.op).__name__, tuple(load_list(node)))
    if isinstance(found, RuleCall) and is_flat(found, kinds):
        return Constant()
    if isinstance(found, Foreign) and isinstance(node, gast.BinOp) and is_of_bits(node, kinds):
        return Constant()
    if isinstance(found, Listing) and is_dict(found.source, kinds):
        return Constant()  # its keys
    return found


def joins(node: Node, kinds: dict[str, Kind]) -> bool:
    """Say whether `+` joins sequences, or `*` repeats one: no rule of numbers says anything."""
    return isinstance(node, gast.BinOp) and any(
        getattr(kind_of_operand(part, kinds), "type", None) in ("list", "tuple")
        for part in (node.left, node.right)
    )


def is_of_bits(node: Node, kinds: dict[str, Kind]) -> bool:
    """Say whether an operator works on the bits of integers: it has no meaning for real numbers."""
    bits = (gast.BitAnd, gast.BitOr, gast.BitXor, gast.LShift, gast.RShift)
    return isinstance(node.op, bits) and all(
        isinstance(kind, Number) or isinstance(kind, Const) and scalar_class(kind.value)
        for kind in (kind_of_operand(part, kinds) for part in (node.left, node.right))
    )


def is_text(kind: Kind) -> bool:
    """Say whether a value is text."""
    return isinstance(getattr(kind, "value", None), str) or getattr(kind, "type", None) is str


def is_real(kind: Kind) -> bool:
    """Say whether a value may be a number that is no integer."""
    return kind is UNKNOWN or getattr(kind, "cls", "") in ("f", "c")


def is_sequence(kind: Kind) -> bool:
    """Say whether a value is a list or tuple."""
    return getattr(kind, "type", None) in ("list", "tuple")


def is_dict(node: Node, kinds: dict[str, Kind]) -> bool:
    """Say whether an operand is a dict."""
    kind = kinds.get(getattr(node, "id", ""), UNKNOWN)
    return isinstance(kind, Mapping) or getattr(kind, "type", None) == "dict"


def is_flat(found: RuleCall, kinds: dict[str, Kind]) -> bool:
    """Say whether no derivative passes a function for the kinds of its arguments."""
    if found.rule.flat is None:
        return False
    given = {name: kind_of_operand(value, kinds) for name, value in found.given.items()}
    bound = found.rule.signature.bind_partial()
    bound.arguments.update(given)
    bound.apply_defaults()
    asked = parameters_of(found.rule.flat)
    takes_all = any(p.kind is p.VAR_KEYWORD for p in asked.values())
    filled = {
        name: value if isinstance(value, Kind) else Const(value)
        for name, value in bound.arguments.items()
        if takes_all or name in asked
    }
    return bool(found.rule.flat(**filled))


def kind_of_operand(node: Any, kinds: dict[str, Kind]) -> Kind:
    """Give the kind of an operand as far as it is a name or a constant."""
    match node:
        case gast.Constant(value=value):
            return Const(value)
        case gast.Name(id=name):
            if name in kinds:
                return kinds[name]
            found = getattr(builtins, name, None)
            return UNKNOWN if found is None else Const(found)
        case gast.Attribute(attr=name):
            found = getattr(np, name, None)
            return UNKNOWN if found is None else Const(found)
    return UNKNOWN


def read_operation(
    node: Node, externals: Externals, functions: dict[str, Any], kinds: dict[str, Kind]
) -> Operation:
    from srcxform.syntax.visit import load_list

    match node:
        case gast.Name():
            return Copy(node)
        case gast.JoinedStr():
            return Text(tuple(load_list(node)))
        case gast.Constant() | gast.Compare() | gast.BoolOp():
            return Constant()
        case gast.UnaryOp(op=gast.Not() | gast.Invert()):
            return Constant()
        case gast.Subscript(value=base, slice=index):
            made_by = known_object(base, externals)
            if isinstance(made_by, BY_INDEX):
                return Foreign(ast.unparse(gast.gast_to_ast(base)), tuple(load_list(index)))
            return Item(base, index)
        case gast.Attribute(value=base, attr=name):
            if known_object(node, externals) is not None:
                return Constant()
            return attribute_operation(base, name, present(kind_of_operand(base, kinds)))
        case gast.Tuple(elts=items) | gast.List(elts=items):
            kind = "tuple" if isinstance(node, gast.Tuple) else "list"
            return Display(kind, tuple(range(len(items))), tuple(items))
        case gast.Dict(keys=keys, values=values) if None not in keys:
            return Display("dict", tuple(keys), tuple(values))
        case gast.BinOp(left=left, op=op, right=right):
            rule = rule_of(UFUNCS.get(type(op)))
            if rule is not None and not rule.constant:
                first, second = list(rule.signature.parameters)[:2]
                return RuleCall(rule, {first: left, second: right}, node)
            return (
                Constant()
                if rule is not None
                else Foreign(type(op).__name__, tuple(load_list(node)))
            )
        case gast.UnaryOp(op=op, operand=operand):
            rule = rule_of(UFUNCS[type(op)])
            assert rule is not None
            return RuleCall(rule, {next(iter(rule.signature.parameters)): operand}, node)
        case gast.Call(func=func, args=args):
            return call_operation(node, func, args, externals, functions, kinds)
    return Foreign(type(node).__name__, tuple(load_list(node)))


def attribute_operation(base: Node, name: str, kind: Kind) -> Operation:
    """Say what an attribute is: of an array it tells its shape or layout, or leads to its memory.

    Of an object or a named tuple it is a part, whatever its name.
    """
    numeric = isinstance(kind, (Array, Number))
    if name in OF_SHAPE and (numeric or isinstance(kind, (Unknown, Const))):
        return Constant()
    if numeric and name in OF_LAYOUT:
        return Constant()
    if numeric or (kind == UNKNOWN and name in OF_ARRAYS_ALONE):
        from srcxform.syntax.visit import load_list

        return Foreign(name, tuple(load_list(base)))
    return Field(base, name)


def call_operation(
    node: Node,
    func: Node,
    args: list[Node],
    externals: Externals,
    functions: dict[str, Any],
    kinds: dict[str, Kind],
) -> Operation:
    from srcxform.syntax.visit import load_list

    if isinstance(func, gast.Name) and func.id in functions:
        return Apart(functions[func.id], tuple(args), node)
    function = known_object(func, externals) or custom_object(func, externals, kinds)
    if isinstance(function, Derivation):
        return Taken(function, tuple(args))
    if isinstance(function, Custom_):
        return Custom(function, tuple(args), node)
    if function in (runtime.fresh_shadows, runtime.shadows_with_lanes):
        return Twins()
    if function is runtime.still:
        return Still(args[0])
    if function is runtime.tangent_of:
        return Seed(args[0])
    if function is runtime.with_tangent:
        return Joined(args[0], args[1])
    if is_method_of_text(func):
        return Text(tuple(load_list(node)))
    if function is None and isinstance(func, gast.Attribute) and isinstance(func.value, gast.Name):
        if func.attr == "keys" and not args:
            return Constant()
        if node.keywords or any(isinstance(arg, gast.Starred) for arg in args):
            return Foreign(func.attr, tuple(load_list(node)))
        return Method(func.value, func.attr, tuple(args), node)
    if function is runtime.instance:
        named = tuple(gast.Constant(value=k.arg, kind=None) for k in node.keywords)
        return Display("dict", named, tuple(k.value for k in node.keywords), args[0])
    if function in (list, tuple) and is_one_name(args) and not node.keywords:
        return Listing(function.__name__, args[0])
    if is_add_at(function) and len(args) == 3:
        return AddAt(args[0], args[1], args[2], function)
    operands = tuple(n for part in [*args, *node.keywords] for n in load_list(part))
    if function is None and isinstance(func, gast.Name) and func.id not in externals.objects:
        operands = (func.id, *operands)  # a value that is called: it may hold what is asked for
    if function is type and len(args) != 1:
        return Foreign(function, operands)  # it makes a class, which holds them
    if function is slice and any(is_real(kind_of_operand(arg, kinds)) for arg in args):
        return Foreign(function, operands)
    if is_one_of(function, QUIET) or is_talking(function):
        return Constant()
    if is_one_of(function, (set, frozenset)) and args and is_dict(args[0], kinds):
        return Constant()  # of its keys
    if is_one_of(function, TEXTS) or is_exception(function):
        return Text(operands)
    rule = rule_of(function)
    if rule is not None and rule.constant:
        return Constant()
    if any(isinstance(arg, gast.Starred) for arg in args):
        return Foreign("Spread", operands)
    if rule is None:
        return Foreign(function, operands)
    given = bound(rule, node)
    return Foreign(function, operands) if given is None else RuleCall(rule, given, node)


def is_said(node: Node, externals: Externals, kinds: dict[str, Kind]) -> bool:
    """Say whether a call prints, logs or warns of what it is given."""
    function = known_object(node.func, externals)
    if function is builtins.print or is_talking(function):
        return True
    base = node.func.value if isinstance(node.func, gast.Attribute) else None
    return is_logger(kind_of_operand(base, kinds))


def is_logger(kind: Kind) -> bool:
    """Say whether a value is one that takes messages."""
    found = kind.value if isinstance(kind, Const) else None
    of = kind.type if isinstance(kind, Opaque) else type(found)
    return isinstance(of, type) and issubclass(of, (logging.Logger, logging.LoggerAdapter))


def is_one_name(args: list[Node]) -> bool:
    return len(args) == 1 and isinstance(args[0], gast.Name)


def bound(rule: Rule, node: Node) -> dict[str, Node] | None:
    """Match a call's arguments with the rule's parameters; None where they do not fit."""
    if any(isinstance(arg, gast.Starred) for arg in node.args):
        return None
    keywords = {k.arg: k.value for k in node.keywords}
    if None in keywords:
        return None
    try:
        matched = rule.signature.bind(*node.args, **keywords)
    except TypeError:
        return None
    return dict(matched.arguments)
