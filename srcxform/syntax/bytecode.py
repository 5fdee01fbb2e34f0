"""Byte code as a witness: which function of a syntax tree is a given code object?

A text may have changed since it was imported, and one line may hold several functions. So a tree
is compiled again and its code objects are compared; equal ones do the same thing.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Hashable, Iterable, Iterator
from types import CodeType

__all__ = ["definition", "first_line"]

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def definition(code: CodeType, compiled: CodeType, tree: ast.Module) -> Definition | None:
    """The function of `tree` whose code equals `code`, or None.

    `compiled` is the code of `tree`, or of a tree that differs from it inside of functions only.
    """
    found = [
        (outer, inner)
        for outer, inner in _nested(compiled)
        if inner.co_name == code.co_name
        and inner.co_firstlineno == code.co_firstlineno
        and _fingerprint(inner) == _fingerprint(code)
    ]
    # Equal functions on one line differ in their columns only.
    positions = list(code.co_positions())
    exact = [pair for pair in found if list(pair[1].co_positions()) == positions]
    nodes: dict[Span | None, Definition] = {
        _span(node): node for node in ast.walk(tree) if isinstance(node, Definition)
    }
    for outer, inner in exact or found:
        span = _made_at(outer, inner)
        if span in nodes:
            return nodes[span]
    return _only_choice(code, nodes.values()) if found else None


def _nested(code: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """All code objects inside `code`, each with the one that creates it."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield code, constant
            yield from _nested(constant)


Span = tuple[int | None, int | None, int | None, int | None]


def _span(node: Definition) -> Span:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _made_at(outer: CodeType, inner: CodeType) -> Span | None:
    """Where `outer` creates the function of `inner`: the instruction has the node's position."""
    for instruction in dis.get_instructions(outer):
        if instruction.argval is inner and instruction.positions is not None:
            line, end_line, column, end_column = instruction.positions
            return line, end_line, column, end_column
    return None


def _only_choice(code: CodeType, nodes: Iterable[Definition]) -> Definition | None:
    """Without columns (`-X no_debug_ranges`) only a function alone on its line can be told."""
    here = [
        node
        for node in nodes
        if getattr(node, "name", "<lambda>") == code.co_name
        and first_line(node) == code.co_firstlineno
    ]
    return here[0] if len(here) == 1 else None


def first_line(node: ast.AST) -> int:
    """The line where a statement or lambda begins, decorators included."""
    decorators = getattr(node, "decorator_list", [])
    return decorators[0].lineno if decorators else node.lineno  # type: ignore[attr-defined]


def _fingerprint(code: CodeType) -> Hashable:
    """All of a code object that decides what it does; positions aside."""
    return (
        code.co_name,
        code.co_qualname,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags,
        code.co_code,
        code.co_exceptiontable,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        tuple(map(_constant, code.co_consts)),
    )


def _constant(value: object) -> Hashable:
    """A key that tells apart what `==` does not: 1, 1.0 and True; 0.0 and -0.0; and finds NaN."""
    match value:
        case CodeType():
            return _fingerprint(value)
        case tuple():
            return "tuple", tuple(map(_constant, value))
        case frozenset():
            return "frozenset", frozenset(map(_constant, value))
        case slice():  # a constant from Python 3.14 on
            return "slice", tuple(map(_constant, (value.start, value.stop, value.step)))
        case _:
            return type(value), repr(value)
