"""What `finally` computes with is not there where a refusal left the `try`: then it is left out.

    try:                                        refused = False
        raise refusal(...)                      try:
        a_dot = ...                                 refused = True
    finally:                                        raise refusal(...)
        counter.close()                             a_dot = ...
        a_dot = a_dot + v_dot                   finally:
                                                    counter.close()
                                                    if not refused:
                                                        a_dot = a_dot + v_dot

So the refusal comes out, and no UnboundLocalError in its place.
"""

from __future__ import annotations

import gast

from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.runtime import refusal
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, change_blocks, loads, shallow, stores


def past_refusals(block: Block, externals: Externals) -> Block:
    """Let refusals pass each `finally`."""
    return [line for statement in block for line in passed(statement, externals)]


def passed(node: Node, externals: Externals) -> Block:
    if not blocks(node):
        return [node]
    new = shallow(node)
    change_blocks(new, lambda inner: past_refusals(inner, externals))
    if not isinstance(node, gast.Try) or not node.finalbody or not refuses(node.body, externals):
        return [new]
    ending = [needs(line, stores(node.body)) for line in node.finalbody]
    if not any(ending):
        return [new]
    flag = externals.names.like("refused")
    new.body = noting(new.body, flag, externals)
    new.finalbody = guarded(new.finalbody, stores(node.body), flag)
    return [*build.at(node.place, [build.assign(flag, build.const(False))]), new]


def is_refusal(node: Node, externals: Externals) -> bool:
    match node:
        case gast.Raise(exc=gast.Call(func=func)):
            return known_object(func, externals) is refusal
    return False


def refuses(block: Block, externals: Externals) -> bool:
    return any(
        is_refusal(line, externals) or any(refuses(inner, externals) for inner in blocks(line))
        for line in block
    )


def needs(line: Node, bound: set[str]) -> bool:
    """Say whether a statement reads what the `try` may not have bound."""
    return bool(loads(line) & bound)


def noting(block: Block, flag: str, externals: Externals) -> Block:
    """Set the flag in front of each refusal."""
    new: Block = []
    for line in block:
        if is_refusal(line, externals):
            new += build.at(line.place, [build.assign(flag, build.const(True))])
        elif blocks(line):
            line = shallow(line)
            change_blocks(line, lambda inner: noting(inner, flag, externals))
        new.append(line)
    return new


def guarded(block: Block, bound: set[str], flag: str) -> Block:
    """Leave out, after a refusal, what needs what is not there, and what needs that."""
    new: Block = []
    missing, last = set(bound), None
    for line in block:
        if not needs(line, missing):
            new.append(line)
            last = None
            continue
        missing |= stores(line)
        if last is not None:
            last.body.append(line)
            continue
        last = build.branch(build.inverted(build.load(flag)), [line])
        new += build.at(line.place, [last])
    return new


__all__ = ["past_refusals"]
