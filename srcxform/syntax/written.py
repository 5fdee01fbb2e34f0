"""Functions written as text, whose source can be read like that of any other."""

from __future__ import annotations

import hashlib
import linecache
import types
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["written"]


def written(name: str, lines: Sequence[str], bindings: Mapping[str, Any]) -> types.FunctionType:
    """Define the function `name` by its text; `bindings` are the global names that it uses.

    >>> import math
    >>> written("double", ["def double(x):", "    return fsum([x, x])"], {"fsum": math.fsum})(2.0)
    4.0
    """
    text = "\n".join(lines) + "\n"
    file = f"<srcxform {name} {hashlib.sha256(text.encode()).hexdigest()[:12]}>"
    # Without a time of modification linecache never looks for the file.
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": "srcxform_glue", **bindings}
    exec(compile(text, file, "exec", dont_inherit=True), namespace)
    function: types.FunctionType = namespace[name]
    return function
