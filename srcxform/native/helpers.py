"""What stands in compiled code for functions that Numba does not know, or knows less of.

Helpers of the run-time package are compiled from their own source. Where that asks for more than
Numba can type, and for some of NumPy's functions, there are versions by type beside.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Mapping
from typing import Any

import numpy as np

from srcxform import runtime
from srcxform.native import arrays, einsum, rule_results, shares, versions
from srcxform.native.reductions import REDUCTIONS
from srcxform.native.tools import compiling
from srcxform.native.versions import backwards

__all__ = ["namespace_of"]


def namespace_of(known: Mapping[str, Any]) -> dict[str, Any]:
    """Give the global names of a module, with what stands for them in compiled code."""
    return {"reversed": backwards, **{name: replaced(value) for name, value in known.items()}}


def replaced(value: Any) -> Any:
    """Give what stands in compiled code for a function or a module."""
    if value is np:
        return NUMPY
    if isinstance(value, types.FunctionType) and value.__module__.startswith(runtime.__name__):
        return helper(value)
    return value


@functools.cache
def helper(function: types.FunctionType) -> Any:
    """Compile a helper from its own source."""
    if any(function in home.VERSIONS for home in (versions, shares, einsum, rule_results)):
        return function
    namespace: dict[str, Any] = {}
    again = types.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__
    )
    made = compiling(again)
    PENDING[function] = made  # helpers may call themselves
    namespace.update(
        {name: PENDING[value] if is_pending(value) else replaced(value)
         for name, value in function.__globals__.items()}
    )  # fmt: skip
    return made


PENDING: dict[Any, Any] = {}


def is_pending(value: Any) -> bool:
    return isinstance(value, types.FunctionType) and value in PENDING


def numpy_here() -> types.ModuleType:
    """Give NumPy as compiled code sees it."""
    made = types.ModuleType("numpy")
    made.__dict__.update({k: v for k, v in vars(np).items() if not k.startswith("__")})
    made.__dict__.update(REDUCTIONS)
    for home in (arrays, einsum):
        made.__dict__.update({name: getattr(home, name) for name in home.__all__})
    return made


NUMPY = numpy_here()
