"""What is said where a differentiated value reaches something that has no derivative rule."""

from __future__ import annotations

import functools
import types
from typing import TYPE_CHECKING, Any

import numpy as np

from srcxform.analysis.activity import unruled
from srcxform.core import operations as op
from srcxform.errors import Diagnostic, SourceNotFoundError
from srcxform.rules.registry import rule_of
from srcxform.specialise.containers import is_dict
from srcxform.syntax.source import find

if TYPE_CHECKING:
    from srcxform.transform.context import Context

CONSTRUCTS = {  # how users know what the syntax tree calls by class names
    "Lambda": "a function written with `lambda`", "Set": "a set", "SetComp": "a set comprehension",
    "List": "a list with `*` inside", "Tuple": "a tuple with `*` inside",
    "Dict": "a dict with `**` inside",
    "GeneratorExp": "a generator", "IfExp": "`if` inside an expression", "NamedExpr": "`:=`",
    "Await": "`await`", "Yield": "`yield`", "YieldFrom": "`yield from`", "Starred": "`*`",
    "Spread": "a call in which `*` stands before values of an unknown number",
    "Add": "`+` of lists or tuples", "Mult": "`*` of a list or tuple",
    "BitAnd": "`&`", "BitOr": "`|`", "BitXor": "`^`", "LShift": "`<<`", "RShift": "`>>`",
}  # fmt: skip


ROWS = "np.concatenate, np.stack or np.linspace make the same array"


INSTEAD = {
    "np.r_": ROWS,
    "np.c_": ROWS,
    "Spread": "pass the values one by one, as in `f(p[0], p[1])`, or what holds them as a whole",
    "Set": "use a list, or a dict with the values under names of their own",
    "SetComp": "use a list, or a dict with the values under names of their own",
}


def active_unruled(ctx: Context, found: op.RuleCall) -> str | None:
    """Give the name of an active argument of which the rule says nothing; None if there is none."""
    unsaid = unruled(found.rule, found.given).items()
    return next((name for name, node in unsaid if ctx.is_active(node)), None)


def unknown_argument(rule: Any, name: str, place: Any) -> Diagnostic:
    """Say that the rule of a function does not know an argument."""
    function = getattr(rule.primal, "__name__", str(rule.primal))
    return Diagnostic(
        f"`{function}` has no derivative rule for the argument `{name}`", place,
        "the rule was written for calls without it", f"leave `{name}` out, or apply it separately",
    )  # fmt: skip


def asks_for_items(ctx: Context, found: op.Operation) -> bool:
    """Say whether the items are asked for of a value that may be no dict."""
    if not isinstance(found, op.Method) or found.name != "items":
        return False
    return not is_dict(ctx.kind_of_node(found.base))


def no_rule(ctx: Context, found: op.Operation, place: Any) -> Diagnostic:
    """Say that an active value reaches something without a derivative."""
    if isinstance(found, op.RuleCall):
        return unknown_argument(found.rule, active_unruled(ctx, found) or "", place)
    function: Any = getattr(found, "function", None)
    if function is functools.partial:
        return Diagnostic(
            "a function that captures a differentiated value is handed to one with its own rule",
            place, "the rule says nothing of what the function captures",
            "let the value be an argument of the function with the rule, and hand it on",
        )  # fmt: skip
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        name = f"np.{function.__self__.__name__}.{function.__name__}"
        return Diagnostic(
            f"`{name}` has no derivative rule", place,
            "a value that is differentiated reaches it, and what becomes of it is not followed",
            "write a loop over the positions: `for k in positions: x[k] = x[k] * y`",
        )  # fmt: skip
    if isinstance(function, np.ufunc) and rule_of(function) is not None:
        return Diagnostic(
            f"this form of `{function.__name__}` has no derivative rule", place,
            "without `out`, what `where` leaves out holds anything; other options are not followed",
            "give `out` beside `where`, as in `np.log(x, where=x > 0, out=np.zeros_like(x))`",
        )  # fmt: skip
    if asks_for_items(ctx, found):
        return Diagnostic(
            "`items()` is asked of a value of which it is not known that it is a dict", place,
            "a key has no derivative, and which of the values are keys could not be told ahead",
            "let it be a dict on every way, or never",
        )  # fmt: skip
    if isinstance(found, op.Method) and found.name in ("values", "items"):
        return Diagnostic(
            f"what `{found.name}()` gives of a dict is kept while the dict changes", place,
            "it shows what is put into the dict later on, which is not followed",
            f"make a list of it, `list(d.{found.name}())`, or call it where it is used",
        )  # fmt: skip
    if isinstance(function, str):
        return Diagnostic(
            f"{CONSTRUCTS.get(function, f'`{function}`')} has no derivative rule", place,
            "a value that is differentiated reaches it, and what becomes of it is not followed",
            INSTEAD.get(function, "write it with assignments, loops, branches and calls"),
        )  # fmt: skip
    elif function is None and not hasattr(found, "name"):
        what = (
            "a call of something that is known only while the program runs has no derivative rule"
        )
    else:
        name = getattr(function, "__name__", None) or str(getattr(found, "name", function))
        what = f"`{name}` has no derivative rule"
        missing = source_missing(function)
        if missing is not None:
            return Diagnostic(
                what, place, f"{missing.what}: {missing.why}",
                missing.instead or "register a rule for it with sx.tangent and sx.adjoint",
            )  # fmt: skip
    return Diagnostic(
        what, place, "a value that is differentiated reaches it, and its source is not followed",
        "use functions that have rules, or register one with sx.tangent and sx.adjoint",
    )  # fmt: skip


def unsure_change(place: Any) -> Diagnostic:
    """Say that `x += y` changes a number or an array, nobody knows which."""
    return Diagnostic(
        "a value is updated in place, and whether it is a number or an array could not be told "
        "ahead", place,
        "a number is replaced, an array is changed where other names may see it",
        "write `x = x + y` for `x += y`, which makes a new value of either",
    )  # fmt: skip


def source_missing(function: Any) -> Diagnostic | None:
    """Say why the source of a user's function is not there; None where it is."""
    if not isinstance(function, types.FunctionType):
        return None
    try:
        find(function)
    except SourceNotFoundError as error:
        return error.diagnostic
    return None
