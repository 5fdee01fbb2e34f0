"""Expressions as Python text.

Guarantees that parsing the text gives the tree back, with no parenthesis that the grammar does not
ask for, spaced as a formatter would: `-p_bar * p / p_2`, `x**2`, `u[1:-1, 1:-1]`.

f-strings are written in the syntax of Python 3.11 wherever that can hold them, so that the text is
the same on every Python.

>>> import ast
>>> expression(ast.parse("(- x) ** 2 + (a * b)", mode="eval").body)
'(-x) ** 2 + a * b'
"""

import ast
import math
import sys
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final, final

from srcxform.emit import literals


class Level(IntEnum):
    """How tightly an expression binds; a looser one inside a tighter place needs parentheses."""

    ANY = 0
    TUPLE = 1
    YIELD = 2
    TEST = 3
    OR = 4
    AND = 5
    NOT = 6
    COMPARE = 7
    BIT_OR = 8
    BIT_XOR = 9
    BIT_AND = 10
    SHIFT = 11
    SUM = 12
    TERM = 13
    FACTOR = 14
    POWER = 15
    AWAIT = 16
    ATOM = 17


BINARY: Final[dict[type[ast.operator], tuple[str, Level]]] = {
    ast.BitOr: ("|", Level.BIT_OR),
    ast.BitXor: ("^", Level.BIT_XOR),
    ast.BitAnd: ("&", Level.BIT_AND),
    ast.LShift: ("<<", Level.SHIFT),
    ast.RShift: (">>", Level.SHIFT),
    ast.Add: ("+", Level.SUM),
    ast.Sub: ("-", Level.SUM),
    ast.Mult: ("*", Level.TERM),
    ast.MatMult: ("@", Level.TERM),
    ast.Div: ("/", Level.TERM),
    ast.FloorDiv: ("//", Level.TERM),
    ast.Mod: ("%", Level.TERM),
    ast.Pow: ("**", Level.POWER),
}
COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
UNARY: Final[dict[type[ast.unaryop], str]] = {
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Invert: "~",
    ast.Not: "not ",
}

_ALL_DELIMITERS = ('"', "'", '"""', "'''")
# Since Python 3.12 an f-string may hold any expression, whatever quotes that uses.
_FREE_F_STRINGS = sys.version_info >= (3, 12)


class _Unprintable(ValueError):
    """An f-string that the delimiters still allowed cannot hold."""


def expression(node: ast.expr, level: Level = Level.TEST) -> str:
    """Return the text of an `ast` expression, in parentheses if it binds looser than `level`."""
    return _Writer(None).text(node, level)


def condition(node: ast.expr) -> str:
    """Return the text of a condition of `if` or `while`, where `:=` needs no parentheses."""
    return _Writer(None).named(node)


def targets(node: ast.expr) -> str:
    """Return the text of an assignment's or loop's target, or of a returned value: bare tuples."""
    return _Writer(None).bare(node)


def parameters(node: ast.arguments) -> str:
    """Return the text of a function's parameters, without parentheses."""
    return _Writer(None).parameters(node)


def call_arguments(args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> str:
    """Return the text of a call's or a class's arguments, without parentheses."""
    return _Writer(None).call_arguments(args, keywords)


@final
class _Writer:
    """Writes expressions; `delimiters` are the string delimiters allowed, None for any."""

    def __init__(self, delimiters: tuple[str, ...] | None) -> None:
        self.delimiters = delimiters

    # Places in which something is written

    def text(self, node: ast.expr, level: Level = Level.TEST) -> str:
        own, text = getattr(self, "write_" + type(node).__name__)(node)
        return f"({text})" if own < level else text

    def named(self, node: ast.expr) -> str:
        if isinstance(node, ast.NamedExpr):
            return str(self.write_NamedExpr(node)[1])
        return self.text(node)

    def bare(self, node: ast.expr) -> str:
        if isinstance(node, ast.Tuple) and len(node.elts) > 1:
            return self.series(node.elts)
        return self.text(node)

    def series(self, nodes: Iterable[ast.expr]) -> str:
        return ", ".join(self.text(node) for node in nodes)

    # Names, attributes, calls, subscripts

    def write_Name(self, node: ast.Name) -> tuple[Level, str]:
        return Level.ATOM, node.id

    def write_Attribute(self, node: ast.Attribute) -> tuple[Level, str]:
        value = self.text(node.value, Level.ATOM)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, int | float):
            value = value if value[0] == "(" or value[0].isalpha() else f"({value})"
        return Level.ATOM, f"{value}.{node.attr}"

    def write_Call(self, node: ast.Call) -> tuple[Level, str]:
        function = self.text(node.func, Level.ATOM)
        if len(node.args) == 1 and not node.keywords:
            argument = node.args[0]
            if isinstance(argument, ast.GeneratorExp):
                return Level.ATOM, function + self.text(argument)
            return Level.ATOM, f"{function}({self.named(argument)})"
        return Level.ATOM, f"{function}({self.call_arguments(node.args, node.keywords)})"

    def call_arguments(self, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> str:
        return ", ".join([*map(self.text, args), *map(self.keyword, keywords)])

    def keyword(self, node: ast.keyword) -> str:
        if node.arg is None:
            return f"**{self.text(node.value, Level.BIT_OR)}"
        return f"{node.arg}={self.text(node.value)}"

    def write_Starred(self, node: ast.Starred) -> tuple[Level, str]:
        return Level.ATOM, f"*{self.text(node.value, Level.BIT_OR)}"

    def write_Subscript(self, node: ast.Subscript) -> tuple[Level, str]:
        value, index = self.text(node.value, Level.ATOM), node.slice
        if isinstance(index, ast.Tuple):
            comma = "," if len(index.elts) == 1 else ""
            inside = self.series(index.elts) + comma if index.elts else "()"
        else:
            inside = self.text(index)
        return Level.ATOM, f"{value}[{inside}]"

    def write_Slice(self, node: ast.Slice) -> tuple[Level, str]:
        parts = [node.lower, node.upper, *([node.step] if node.step else [])]
        texts = [self.text(part) if part is not None else "" for part in parts]
        if all(part is None or _is_short_bound(part) for part in parts):
            return Level.ATOM, ":".join(texts)
        text = texts[0]
        for part in texts[1:]:
            text += f"{' ' if text and text[-1] != ' ' else ''}:{' ' if part else ''}{part}"
        return Level.ATOM, text

    # Operators

    def write_BinOp(self, node: ast.BinOp) -> tuple[Level, str]:
        symbol, level = BINARY[type(node.op)]
        if isinstance(node.op, ast.Pow):
            left, right = self.text(node.left, Level.AWAIT), self.text(node.right, Level.FACTOR)
            return level, f"{left}**{right}" if _is_short_power(node) else f"{left} ** {right}"
        left, right = self.text(node.left, level), self.text(node.right, Level(level + 1))
        return level, f"{left} {symbol} {right}"

    def write_UnaryOp(self, node: ast.UnaryOp) -> tuple[Level, str]:
        level = Level.NOT if isinstance(node.op, ast.Not) else Level.FACTOR
        operand, symbol = self.text(node.operand, level), UNARY[type(node.op)]
        return level, f"{symbol}({operand})" if operand[0] == symbol else symbol + operand

    def write_BoolOp(self, node: ast.BoolOp) -> tuple[Level, str]:
        is_or = isinstance(node.op, ast.Or)
        level = Level.OR if is_or else Level.AND
        texts = [self.text(value, Level(level + 1)) for value in node.values]
        return level, (" or " if is_or else " and ").join(texts)

    def write_Compare(self, node: ast.Compare) -> tuple[Level, str]:
        text = self.text(node.left, Level.BIT_OR)
        for op, right in zip(node.ops, node.comparators, strict=True):
            text += f" {COMPARISONS[type(op)]} {self.text(right, Level.BIT_OR)}"
        return Level.COMPARE, text

    def write_IfExp(self, node: ast.IfExp) -> tuple[Level, str]:
        body, test = self.text(node.body, Level.OR), self.text(node.test, Level.OR)
        return Level.TEST, f"{body} if {test} else {self.text(node.orelse)}"

    def write_NamedExpr(self, node: ast.NamedExpr) -> tuple[Level, str]:
        return Level.ANY, f"{self.text(node.target, Level.ATOM)} := {self.text(node.value)}"

    def write_Await(self, node: ast.Await) -> tuple[Level, str]:
        return Level.AWAIT, f"await {self.text(node.value, Level.ATOM)}"

    def write_Yield(self, node: ast.Yield) -> tuple[Level, str]:
        return Level.YIELD, f"yield {self.bare(node.value)}" if node.value else "yield"

    def write_YieldFrom(self, node: ast.YieldFrom) -> tuple[Level, str]:
        return Level.YIELD, f"yield from {self.text(node.value)}"

    # Functions

    def write_Lambda(self, node: ast.Lambda) -> tuple[Level, str]:
        inside = self.parameters(node.args)
        return Level.TEST, f"lambda{' ' if inside else ''}{inside}: {self.text(node.body)}"

    def parameters(self, node: ast.arguments) -> str:
        positional = [*node.posonlyargs, *node.args]
        defaults = [None] * (len(positional) - len(node.defaults)) + list(node.defaults)
        texts = [self.parameter(a, d) for a, d in zip(positional, defaults, strict=True)]
        if node.posonlyargs:
            texts.insert(len(node.posonlyargs), "/")
        if node.vararg:
            texts.append("*" + self.parameter(node.vararg, None))
        elif node.kwonlyargs:
            texts.append("*")
        named = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        texts += [self.parameter(a, d) for a, d in named]
        if node.kwarg:
            texts.append("**" + self.parameter(node.kwarg, None))
        return ", ".join(texts)

    def parameter(self, node: ast.arg, default: ast.expr | None) -> str:
        text = node.arg if node.annotation is None else f"{node.arg}: {self.text(node.annotation)}"
        if default is None:
            return text
        equals = "=" if node.annotation is None else " = "
        return f"{text}{equals}{self.text(default)}"

    # Containers and comprehensions

    def write_Tuple(self, node: ast.Tuple) -> tuple[Level, str]:
        comma = "," if len(node.elts) == 1 else ""
        return Level.ATOM, f"({self.series(node.elts)}{comma})"

    def write_List(self, node: ast.List) -> tuple[Level, str]:
        return Level.ATOM, f"[{self.series(node.elts)}]"

    def write_Set(self, node: ast.Set) -> tuple[Level, str]:
        return Level.ATOM, f"{{{self.series(node.elts) if node.elts else '*()'}}}"

    def write_Dict(self, node: ast.Dict) -> tuple[Level, str]:
        pairs = zip(node.keys, node.values, strict=True)
        items = [
            f"{self.text(k)}: {self.text(v)}" if k else f"**{self.text(v, Level.BIT_OR)}"
            for k, v in pairs
        ]
        return Level.ATOM, f"{{{', '.join(items)}}}"

    def write_ListComp(self, node: ast.ListComp) -> tuple[Level, str]:
        return Level.ATOM, f"[{self.text(node.elt)}{self.loops(node.generators)}]"

    def write_SetComp(self, node: ast.SetComp) -> tuple[Level, str]:
        return Level.ATOM, f"{{{self.text(node.elt)}{self.loops(node.generators)}}}"

    def write_GeneratorExp(self, node: ast.GeneratorExp) -> tuple[Level, str]:
        return Level.ATOM, f"({self.text(node.elt)}{self.loops(node.generators)})"

    def write_DictComp(self, node: ast.DictComp) -> tuple[Level, str]:
        item = f"{self.text(node.key)}: {self.text(node.value)}"
        return Level.ATOM, f"{{{item}{self.loops(node.generators)}}}"

    def loops(self, generators: Iterable[ast.comprehension]) -> str:
        return "".join(map(self.loop, generators))

    def loop(self, node: ast.comprehension) -> str:
        word = "async for" if node.is_async else "for"
        text = f" {word} {self.bare(node.target)} in {self.text(node.iter, Level.OR)}"
        return text + "".join(f" if {self.text(test, Level.OR)}" for test in node.ifs)

    # Constants and f-strings

    def write_Constant(self, node: ast.Constant) -> tuple[Level, str]:
        if isinstance(node.value, str) and getattr(node, "kind", None):
            return Level.ATOM, f"{node.kind}{self.string(node.value)}"
        return self.constant(node.value)

    def constant(self, value: object) -> tuple[Level, str]:
        if value is None or isinstance(value, bool):
            return Level.ATOM, repr(value)
        if value is Ellipsis:
            return Level.ATOM, "..."
        if isinstance(value, int | float | complex):
            return self.number(value)
        if isinstance(value, str):
            return Level.ATOM, self.string(value)
        if isinstance(value, bytes):
            return Level.ATOM, self.checked(literals.quoted_bytes(value))
        if isinstance(value, tuple):
            inside = ", ".join(self.constant(element)[1] for element in value)
            return Level.ATOM, f"({inside}{',' if len(value) == 1 else ''})"
        if isinstance(value, frozenset):
            inside = ", ".join(sorted(self.constant(element)[1] for element in value))
            return Level.ATOM, f"frozenset({{{inside}}})" if value else "frozenset()"
        raise TypeError(f"a constant of type {type(value).__name__} has no literal: {value!r}")

    def number(self, value: float | complex) -> tuple[Level, str]:
        text = literals.number(value)
        if self.delimiters is not None and '"' not in self.delimiters:
            text = text.replace('"', "'")
        return Level.FACTOR if text[0] == "-" else Level.ATOM, text

    def string(self, value: str) -> str:
        if self.delimiters is None:
            return literals.quoted(value)
        if literals.escape(value, "\n") == value:
            for quote in self.delimiters:
                if quote[0] not in value:
                    return f"{quote}{value}{quote}"
        raise _Unprintable

    def checked(self, text: str) -> str:
        """Return a literal's text, or its variant in the other quotes, if it may stand here."""
        if self.delimiters is None:
            return text
        for quote in self.delimiters:
            variant = f"b{quote}{text[2:-1]}{quote}"
            if "\\" not in text and quote[0] not in text[2:-1]:
                return variant
        raise _Unprintable

    def write_JoinedStr(self, node: ast.JoinedStr) -> tuple[Level, str]:
        allowed = _ALL_DELIMITERS if self.delimiters is None else self.delimiters
        plain = "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
        for delimiter in sorted(allowed, key=lambda d: (len(d), plain.count(d))):
            rest = tuple(d for d in allowed if not (d in delimiter or delimiter in d))
            if len(delimiter) == 3 and delimiter[0] not in rest and delimiter[0] in allowed:
                rest = (*rest, delimiter[0])
            try:
                inside = self.pieces(node.values, delimiter, _Writer(rest))
            except _Unprintable:
                continue
            if self.delimiters is None or "\\" not in inside:
                return Level.ATOM, f"f{delimiter}{inside}{delimiter}"
        if self.delimiters is not None:
            raise _Unprintable
        if not _FREE_F_STRINGS:
            raise ValueError("this f-string can only be written since Python 3.12")
        return Level.ATOM, f'f"{self.pieces(node.values, chr(34), self)}"'

    def pieces(self, values: Iterable[ast.expr], delimiter: str, inner: "_Writer") -> str:
        return "".join(self.piece(value, delimiter, inner) for value in values)

    def piece(self, node: ast.expr, delimiter: str, inner: "_Writer") -> str:
        if isinstance(node, ast.Constant):
            return literals.escape(str(node.value), delimiter).replace("{", "{{").replace("}", "}}")
        assert isinstance(node, ast.FormattedValue)
        # A lambda's colon would start the format.
        level = Level.OR if isinstance(node.value, ast.Lambda) else Level.TEST
        text = inner.text(node.value, level)
        if inner.delimiters is not None and delimiter in text:
            raise _Unprintable
        if text[0] == "{":
            text = f" {text}" if node.conversion != -1 or node.format_spec else f" {text} "
        if node.conversion != -1:
            text += f"!{chr(node.conversion)}"
        if node.format_spec is not None:
            assert isinstance(node.format_spec, ast.JoinedStr)
            text += ":" + self.pieces(node.format_spec.values, delimiter, inner)
        return f"{{{text}}}"


def _is_short_bound(node: ast.expr) -> bool:
    """Whether a formatter leaves out the spaces around the colon beside this bound."""
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
        return _is_short_bound(node.operand)
    return isinstance(node, ast.Name | ast.Constant)


def _is_short_power(node: ast.BinOp) -> bool:
    """Whether a formatter leaves out the spaces around `**`."""
    left, right = node.left, node.right
    if isinstance(left, ast.UnaryOp) or not _is_short_operand(left):
        return False
    if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Pow):
        return _is_short_power(right)
    return _is_short_operand(right)


def _is_short_operand(node: ast.expr) -> bool:
    match node:
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert(), operand=operand):
            return _is_short_operand(operand)
        case ast.Attribute(value=value):
            return _is_short_operand(value)
        case ast.Constant(value=int() | float() as value):
            return math.isfinite(value) and math.copysign(1, value) > 0
    return isinstance(node, ast.Name)
