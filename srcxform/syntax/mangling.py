"""Private names of classes, written out: `self.__w` inside `class Model` is `self._Model__w`.

A method taken out of its class must name what it named inside. Keywords of calls and of class
patterns are no private names to Python.
"""

from __future__ import annotations

import gast

__all__ = ["mangle", "mangled"]


def mangled(name: str, owner: str) -> str:
    """The name that `name` stands for inside the class `owner`.

    >>> mangled("__w", "_Model"), mangled("__init__", "Model"), mangled("__w", "__")
    ('_Model__w', '__init__', '__w')
    """
    stem = owner.lstrip("_")
    if not stem or not name.startswith("__") or name.endswith("__") or "." in name:
        return name
    return f"_{stem}{name}"


def mangle(function: gast.AST, owner: str) -> gast.AST:
    """Write out the private names in a function of the class `owner`; changes and returns it.

    The function's own name stays as it is.
    """
    name = function.name
    _Mangler(owner).visit(function)
    function.name = name
    return function


class _Mangler(gast.NodeVisitor):
    """Carries the name of the innermost class."""

    def __init__(self, owner: str) -> None:
        self.owner = owner

    def visit(self, node: gast.AST) -> None:
        if isinstance(node, gast.ClassDef):
            self.visit_class(node)
            return
        self.rename(node)
        self.generic_visit(node)

    def visit_class(self, node: gast.ClassDef) -> None:
        inner = _Mangler(node.name)
        for field in ("decorator_list", "bases", "keywords", "type_params"):
            for child in getattr(node, field, None) or []:
                self.visit(child)
        for child in node.body:
            inner.visit(child)
        node.name = mangled(node.name, self.owner)

    def rename(self, node: gast.AST) -> None:
        match node:
            case gast.Name():
                node.id = mangled(node.id, self.owner)
            case gast.Attribute():
                node.attr = mangled(node.attr, self.owner)
            case gast.FunctionDef() | gast.AsyncFunctionDef():
                node.name = mangled(node.name, self.owner)
            case gast.MatchAs() | gast.MatchStar() if node.name is not None:
                node.name = mangled(node.name, self.owner)
            case gast.MatchMapping() if node.rest is not None:
                node.rest = mangled(node.rest, self.owner)
            case gast.Global() | gast.Nonlocal():
                node.names = [mangled(name, self.owner) for name in node.names]
            case gast.Import() | gast.ImportFrom():
                for alias in node.names:
                    # Python looks up the mangled name in the module as well.
                    alias.name = mangled(alias.name, self.owner)
                    alias.asname = alias.asname and mangled(alias.asname, self.owner)
