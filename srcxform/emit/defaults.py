"""Captured values as default values of the parameters that take them.

Guarantees that only signatures change: a short value is written there, a long one above, under the
parameter's own name. Functions that others of the module call are handed their values already.

>>> text, above = with_defaults("def f(x, rate, w):\\n    return rate * x * w\\n",
...                             {"rate": 0.5, "w": [1.0, 2.0]})
>>> print(text, above)
def f(x, rate=0.5, w=w):
    return rate * x * w
 {'w': [1.0, 2.0]}
"""

import ast
from collections.abc import Mapping
from typing import TypeGuard

from srcxform.emit.constants import constant
from srcxform.emit.wrapping import wrap

__all__ = ["with_defaults"]

SHORT = (int, float, complex, bool, str, bytes, type(None))


def with_defaults(text: str, values: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Give parameters their values as defaults, and move them behind the others.

    Args:
        text: a generated module, whose functions have plain positional parameters.
        values: the values, by parameter name.

    Returns:
        The text, and the values that it expects under their names at the module's level.

    Raises:
        UnsupportedError: a value has no literal.
    """
    lines = text.split("\n")
    above: dict[str, object] = {}
    tree = ast.parse(text)
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and is_name(n.func)}
    for function in reversed(tree.body):
        if not isinstance(function, ast.FunctionDef) or function.name in called:
            continue
        parameters = [argument.arg for argument in function.args.args]
        kept = [name for name in parameters if name not in values]
        if kept == parameters:
            continue
        for name in parameters:
            if name in values and type(values[name]) in SHORT:
                kept.append(f"{name}={constant(values[name], name, 'np')}")
            elif name in values:
                above[name] = values[name]
                kept.append(f"{name}={name}")
        header = wrap(f"def {function.name}({', '.join(kept)}):")
        lines[function.lineno - 1 : end_of_header(lines, function)] = header
    return "\n".join(lines), {name: above[name] for name in values if name in above}


def is_name(node: ast.expr) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def end_of_header(lines: list[str], function: ast.FunctionDef) -> int:
    """Give the number of the line with the colon of `def`."""
    number = max(argument.end_lineno or 0 for argument in function.args.args)
    while not lines[number - 1].rstrip().endswith("):"):
        number += 1
    return number
