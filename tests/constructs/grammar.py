"""The nodes of Python's grammar, in groups, and why some of them never reach the compiler."""

import ast
from dataclasses import dataclass
from typing import Any

import gast

GROUPS = {
    "Statements": (
        *("Assign", "AugAssign", "AnnAssign", "Delete", "Expr", "Pass", "Return", "If", "For"),
        *("While", "Break", "Continue", "Assert", "Raise", "Try", "TryStar", "ExceptHandler"),
        *("With", "withitem", "Match", "match_case", "FunctionDef", "ClassDef", "Global"),
        *("Nonlocal", "Import", "ImportFrom", "alias", "TypeAlias", "AsyncFunctionDef"),
        *("AsyncFor", "AsyncWith"),
    ),
    "Expressions": (
        *("Name", "Constant", "BinOp", "UnaryOp", "BoolOp", "Compare", "IfExp", "NamedExpr"),
        *("Call", "keyword", "Starred", "Attribute", "Subscript", "Slice", "Tuple", "List"),
        *("Dict", "Set", "ListComp", "DictComp", "SetComp", "GeneratorExp", "comprehension"),
        *("Lambda", "arguments", "arg", "JoinedStr", "FormattedValue", "TemplateStr"),
        *("Interpolation", "Yield", "YieldFrom", "Await"),
    ),
    "Operators": (
        *("Add", "Sub", "Mult", "Div", "FloorDiv", "Mod", "Pow", "MatMult", "BitAnd", "BitOr"),
        *("BitXor", "LShift", "RShift", "UAdd", "USub", "Invert", "Not", "And", "Or", "Eq"),
        *("NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"),
    ),
    "Patterns": (
        *("MatchValue", "MatchSingleton", "MatchSequence", "MatchMapping", "MatchClass"),
        *("MatchStar", "MatchAs", "MatchOr"),
    ),
    "Contexts and type parameters": (
        *("Load", "Store", "Del", "TypeVar", "ParamSpec", "TypeVarTuple"),
    ),
}
OUTSIDE = {  # nodes that no function holds
    "Module": "a whole file",
    "Interactive": "a line at the prompt",
    "Expression": "what `eval` reads",
    "FunctionType": "a type comment",
    "TypeIgnore": "a type comment",
    **dict.fromkeys(("Num", "Str", "Bytes", "NameConstant", "Ellipsis"), "now `Constant`"),
    **dict.fromkeys(("Index", "ExtSlice"), "now the expression itself"),
    **dict.fromkeys(("Suite", "AugLoad", "AugStore", "Param"), "no parser makes it"),
    **dict.fromkeys(("Print", "Exec", "Repr"), "Python 2"),
}
PARTS = {  # what stands only inside another node is refused with it
    "ExceptHandler": "Try",
    "withitem": "With",
    **dict.fromkeys(("match_case", *GROUPS["Patterns"]), "Match"),
    **dict.fromkeys(("AsyncFor", "AsyncWith", "Await"), "AsyncFunctionDef"),
    "YieldFrom": "Yield",
}


@dataclass(frozen=True)
class Newer:
    """A node that not every version of Python knows: source text in place of a program."""

    since: tuple[int, int]
    status: str
    text: str


NEWER = {
    "TypeAlias": Newer(
        (3, 12), "refused", "def f(x):\n    type Number = float\n    return x * x\n"
    ),
    "TypeVar": Newer((3, 12), "supported", "def f[T](x: T) -> T:\n    return x * x\n"),
    "ParamSpec": Newer((3, 12), "supported", "def f[**P](x):\n    return x * x\n"),
    "TypeVarTuple": Newer((3, 12), "supported", "def f[*Ts](x):\n    return x * x\n"),
    "TemplateStr": Newer((3, 14), "refused", 'def f(x):\n    return t"{x}"\n'),
    "Interpolation": Newer((3, 14), "refused", 'def f(x):\n    return t"{x}"\n'),
}


def nodes(module: Any) -> set[str]:
    """The names of all node types of `ast` or `gast` that are not families of such."""
    found = {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, ast.AST) and value is not ast.AST
    }
    families = {"mod", "stmt", "expr", "expr_context", "boolop", "operator", "unaryop", "cmpop",
                "excepthandler", "pattern", "type_ignore", "type_param", "slice"}  # fmt: skip
    return found - families


def all_nodes() -> set[str]:
    """Those of the running Python and of gast."""
    return {name for name in nodes(ast) | nodes(gast) if not name.startswith("_")}
