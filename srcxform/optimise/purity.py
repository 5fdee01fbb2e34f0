"""Which expressions may be dropped, moved or repeated without anyone noticing."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.rules.registry import rule_of
from srcxform.runtime import check_still
from srcxform.syntax.build import Node
from srcxform.syntax.mentions import mentioned

PURE_BUILTINS = {
    "len", "abs", "min", "max", "sum", "float", "int", "bool", "complex", "range", "list", "tuple",
    "dict", "isinstance", "hasattr", "reversed", "enumerate", "zip", "round", "pow", "divmod",
    "sorted", "callable", "getattr", "type", "any", "all",
}  # fmt: skip
PURE_METHODS = {"copy", "get", "keys", "values", "items", "index", "count"}


def is_pure(node: Node, externals: Externals) -> bool:
    """Say whether evaluating an expression changes nothing."""
    known = mentioned(node)
    return known.is_plain and all(pure_callee(call.func, externals) for call in known.calls)


def finds_zeros(call: Node, externals: Externals) -> bool:
    """Say whether a statement asks of `np.zeros(...)` whether it is zero."""
    if not isinstance(call, gast.Call) or known_object(call.func, externals) is not check_still:
        return False
    asked = call.args[0]
    return isinstance(asked, gast.Call) and known_object(asked.func, externals) is np.zeros


def pure_callee(func: Node, externals: Externals) -> bool:
    function: Any = known_object(func, externals)
    if function is None:
        return isinstance(func, gast.Attribute) and func.attr in PURE_METHODS
    if isinstance(func, gast.Name) and func.id in PURE_BUILTINS:
        return True
    if isinstance(function, np.ufunc):
        return True
    module = getattr(function, "__module__", None) or ""
    if module.startswith("srcxform.runtime"):
        return getattr(function, "__name__", "") not in (
            "accumulate",
            "accumulate_at",
            "refusal",
            "check_alike",
            "check_apart",
            "check_entry",
            "check_held",
            "check_keeps",
            "check_no_keys",
            "check_no_method",
            "check_no_positions",
            "check_positions",
            "check_no_sequence",
            "check_read_first",
            "check_one_number",
            "check_lanes",
            "check_separate",
            "check_still",
            "check_linear",
            "check_cotangent",
            "check_tangent",
            "checked_fwd",
            "checked_jvp",
            "checked_vjp",
            "check_view",
            "check_ran",
            "random_states",
            "restore_random",
            "sources_within",
            "restore_item",
        )
    return rule_of(function) is not None
