"""`match` as tests and unpacking.

Stands before everything else, in nested functions too: captures become ordinary names. The cases
become a chain of `if`; a pattern becomes one test, and its captures are bound behind that.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import gast

from srcxform.runtime import is_mapping, is_sequence
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.names import Names
from srcxform.syntax.visit import clone, shallow, walk

Captures = list[tuple[str, Node]]
ITSELF = (builtins.bool, builtins.bytearray, builtins.bytes, builtins.dict, builtins.float,
          builtins.frozenset, builtins.int, builtins.list, builtins.set, builtins.str,
          builtins.tuple)  # fmt: skip
BLOCKS = ("body", "orelse", "finalbody", "handlers")


class Unmatched(Exception):
    """A pattern whose meaning is not known while reading."""


def without_match(node: Node, names: Names, resolve: Callable[[Node], Any]) -> Node:
    """Copy a function with no `match` left; one that is not understood is left to be refused."""
    if not any(isinstance(inner, gast.Match) for inner in walk(node.body)):
        return node
    return Matching(names, resolve).inside(node)


class Matching:
    """Knows what the classes in patterns are."""

    def __init__(self, names: Names, resolve: Callable[[Node], Any]) -> None:
        self.names = names
        self.resolve = resolve

    def inside(self, node: Node) -> Node:
        new = shallow(node)
        for field in BLOCKS:
            held = getattr(node, field, None)
            if isinstance(held, list):
                setattr(new, field, [line for s in held for line in self.statement(s)])
        return new

    def statement(self, node: Node) -> Block:
        if not isinstance(node, gast.Match):
            return [self.inside(node)]
        try:
            lines = self.cases(node)
        except Unmatched:
            return [node]
        for inner in walk(lines):
            if isinstance(inner, (gast.expr, gast.stmt)) and not hasattr(inner, "place"):
                inner.place = node.place
        return lines

    def cases(self, node: Node) -> Block:
        lines: Block = []
        subject = node.subject
        if not isinstance(subject, gast.Name):
            name = self.names.part("subject")
            lines.append(build.assign(name, subject))
            subject = build.load(name)
        cases = [
            (pattern, case.guard, [line for s in case.body for line in self.statement(s)])
            for case in node.cases
            for pattern in alternatives(case.pattern)
        ]
        rebound = {n for pattern, _, _ in cases for n in captured(pattern)} & {subject.id}
        if rebound:
            name = self.names.part("subject")
            lines.append(build.assign(name, subject))
            subject = build.load(name)
        return [*lines, *self.chain(cases, subject)]

    def chain(self, cases: list[Any], subject: Node) -> Block:
        if not cases:
            return []
        (pattern, guard, body), *others = cases
        captures: Captures = []
        test = self.test(pattern, subject, captures)
        binding = [build.assign(name, clone(value)) for name, value in captures]
        if guard is None:
            if test is None:
                return [*binding, *clone(body)]
            return [build.branch(test, [*binding, *clone(body)], self.chain(others, subject))]
        if not captures:
            whole = guard if test is None else both([test, guard])
            return [build.branch(clone(whole), clone(body), self.chain(others, subject))]
        flag = self.names.part("matched")
        inner = [*binding, build.assign(flag, build.call("bool", clone(guard)))]
        start = build.assign(flag, build.const(False))
        found = inner if test is None else [build.branch(test, inner)]
        rest = self.chain(others, subject)
        return [start, *found, build.branch(build.load(flag), clone(body), rest)]

    # -- patterns

    def test(self, pattern: Node, subject: Node, captures: Captures) -> Node | None:
        """Give the test that a pattern stands for, None if it always matches."""
        match pattern:
            case gast.MatchValue(value=value):
                return compare(subject, gast.Eq(), value)
            case gast.MatchSingleton(value=value):
                return compare(subject, gast.Is(), build.const(value))
            case gast.MatchAs(pattern=inner, name=name):
                test = None if inner is None else self.test(inner, subject, captures)
                if name is not None:
                    captures.append((name, subject))
                return test
            case gast.MatchOr(patterns=patterns):
                tests = [self.test(part, subject, captures) for part in patterns]
                if None in tests:
                    return None
                return gast.BoolOp(op=gast.Or(), values=tests)
            case gast.MatchSequence(patterns=patterns):
                return self.sequence(patterns, subject, captures)
            case gast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                return self.mapping(keys, patterns, rest, subject, captures)
            case gast.MatchClass():
                return self.instance(pattern, subject, captures)
        raise Unmatched

    def sequence(self, patterns: list[Node], subject: Node, captures: Captures) -> Node:
        stars = [k for k, part in enumerate(patterns) if isinstance(part, gast.MatchStar)]
        count = len(patterns) - len(stars)
        length = build.call(build.const(len), clone(subject))
        enough = compare(length, gast.GtE() if stars else gast.Eq(), build.const(count))
        tests: list[Node | None] = [build.call(build.const(is_sequence), clone(subject)), enough]
        for position, part in enumerate(patterns):
            behind = len(patterns) - position
            if isinstance(part, gast.MatchStar):
                if part.name is not None:
                    stop = build.const(1 - behind) if behind > 1 else None
                    piece = gast.Slice(lower=build.const(position), upper=stop, step=None)
                    listed = build.call(build.const(list), build.item(clone(subject), piece))
                    captures.append((part.name, listed))
                continue
            place = position if not stars or position < stars[0] else -behind
            tests.append(self.test(part, build.item(clone(subject), place), captures))
        return both(tests)

    def mapping(
        self, keys: list[Node], patterns: list[Node], rest: str | None, subject: Node,
        captures: Captures,
    ) -> Node:  # fmt: skip
        tests: list[Node | None] = [build.call(build.const(is_mapping), clone(subject))]
        for key, part in zip(keys, patterns, strict=True):
            tests.append(compare(key, gast.In(), subject))
            tests.append(self.test(part, build.item(clone(subject), clone(key)), captures))
        if rest is not None:
            name, value = self.names.part("key"), self.names.part("value")
            unknown = gast.Compare(
                left=build.load(name), ops=[gast.NotIn()],
                comparators=[build.sequence([clone(key) for key in keys])],
            )  # fmt: skip
            target = build.sequence([build.store(name), build.store(value)], ctx=gast.Store())
            loop = gast.comprehension(
                target=target, iter=build.method(clone(subject), "items"), ifs=[unknown], is_async=0
            )
            copy = gast.DictComp(key=build.load(name), value=build.load(value), generators=[loop])
            captures.append((rest, copy))
        return both(tests)

    def instance(self, pattern: Node, subject: Node, captures: Captures) -> Node:
        tests: list[Node | None] = [
            build.call(build.const(isinstance), clone(subject), clone(pattern.cls))
        ]
        named = list(zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True))
        if pattern.patterns:
            cls = self.resolve(pattern.cls)
            if cls in ITSELF and len(pattern.patterns) == 1:
                tests.append(self.test(pattern.patterns[0], subject, captures))
            else:
                fields = getattr(cls, "__match_args__", None)
                if fields is None or len(fields) < len(pattern.patterns):
                    raise Unmatched
                named = [*zip(fields, pattern.patterns, strict=False), *named]
        for name, part in named:
            tests.append(build.call("hasattr", clone(subject), build.const(name)))
            tests.append(self.test(part, build.attribute(clone(subject), name), captures))
        return both(tests)


def alternatives(pattern: Node) -> list[Node]:
    """Give one pattern for each alternative that captures something: each binds in its own way."""
    match pattern:
        case gast.MatchOr(patterns=patterns) if any(map(captured, patterns)):
            return [one for part in patterns for one in alternatives(part)]
        case gast.MatchAs(pattern=gast.MatchOr() as inner, name=name) if captured(inner):
            return [gast.MatchAs(pattern=one, name=name) for one in alternatives(inner)]
    if any(isinstance(n, gast.MatchOr) and captured(n) for n in walk(pattern)):
        raise Unmatched
    return [pattern]


def captured(pattern: Node) -> list[str]:
    """Give the names that a pattern binds."""
    names = [getattr(n, "name", None) or getattr(n, "rest", None) for n in walk(pattern)
             if isinstance(n, (gast.MatchAs, gast.MatchStar, gast.MatchMapping))]  # fmt: skip
    return [name for name in names if name is not None]


def compare(left: Node, op: Node, right: Node) -> Node:
    return gast.Compare(left=clone(left), ops=[op], comparators=[clone(right)])


def both(tests: list[Node | None]) -> Node:
    values = [test for test in tests if test is not None]
    return values[0] if len(values) == 1 else gast.BoolOp(op=gast.And(), values=values)
