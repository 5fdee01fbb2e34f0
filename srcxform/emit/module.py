"""Functions to the text of a module.

Guarantees that each import stands once, sorted, the standard library first, and that the text
depends on nothing but the arguments.
"""

import ast
import sys
from collections.abc import Iterable, Sequence

import gast

from srcxform.emit import literals
from srcxform.emit.printing import show
from srcxform.emit.wrapping import WIDTH


def module_text(functions: Sequence[gast.FunctionDef], imports: Iterable[str], header: str) -> str:
    """Return the text of a module that defines `functions`.

    Args:
        functions: the definitions (other statements may stand among them), in their order.
        imports: import statements, in any order and with repetitions.
        header: what the module's docstring says; none if empty.

    Returns:
        The text, with a line break at its end.

    Example:
        >>> import gast
        >>> print(module_text(gast.parse("def f(x): return np.sin(x)").body, ["import numpy as np"],
        ...                   "Made of `g`."), end="")
        \"\"\"Made of `g`.\"\"\"
        <BLANKLINE>
        import numpy as np
        <BLANKLINE>
        <BLANKLINE>
        def f(x):
            return np.sin(x)
    """
    blocks = [literals.docstring(header)] if header else []
    blocks += ["\n".join(lines) for lines in import_sections(imports)]
    top = "\n\n".join(blocks)
    body = show(functions)
    between = "\n\n\n" if top and body else ""
    return f"{top}{between}{body}\n"


def import_sections(imports: Iterable[str]) -> list[list[str]]:
    """Return import lines in sections (`__future__`, standard library, others), merged and sorted.

    >>> import_sections(["from b import z", "import math", "from b import a as c, z"])
    [['import math'], ['from b import a as c, z']]
    """
    plain: set[tuple[str, str]] = set()
    named: dict[str, set[tuple[str, str]]] = {}
    for line in imports:
        for statement in ast.parse(line).body:
            match statement:
                case ast.Import(names=names):
                    plain.update((name.name, name.asname or "") for name in names)
                case ast.ImportFrom(module=module, names=names, level=level):
                    found = named.setdefault("." * level + (module or ""), set())
                    found.update((name.name, name.asname or "") for name in names)
                case _:
                    raise ValueError(f"no import: {line!r}")
    sections: list[list[str]] = [[], [], []]
    for module, alias in sorted(plain):
        sections[_section(module)].append(f"import {_named(module, alias)}")
    for module, members in sorted(named.items()):
        shown = [_named(*member) for member in sorted(members)]
        sections[_section(module)] += _from_lines(module, shown)
    return [section for section in sections if section]


def _from_lines(module: str, names: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def _named(name: str, alias: str) -> str:
    return f"{name} as {alias}" if alias else name


def _section(module: str) -> int:
    top = module.partition(".")[0]
    if top == "__future__":
        return 0
    return 1 if top in sys.stdlib_module_names else 2
