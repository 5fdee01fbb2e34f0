"""Calls of rule templates: with what a template reads, of what a call gives."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import gast

from srcxform.rules.registry import Rule, parameters_of
from srcxform.syntax import build
from srcxform.syntax.build import Node


def template_call(template: Any, available: dict[str, Node]) -> Node:
    """Write a call of a rule template with the arguments that it names."""
    positional, keywords = [], {}
    for name, parameter in parameters_of(template).items():
        if name not in available:
            continue
        value = available[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            positional += value
        elif parameter.kind is parameter.KEYWORD_ONLY or len(positional) < index_of(template, name):
            keywords[name] = value
        else:
            positional.append(value)
    return build.call(build.const(template), *positional, **keywords)


def with_defaults(rule: Rule, template: Any, available: dict[str, Node]) -> dict[str, Node]:
    """Fill in the defaults of parameters that a template reads and the call leaves out."""
    full = dict(available)
    for name, parameter in parameters_of(template).items():
        if name in full or parameter.default is not parameter.empty:
            continue
        known = rule.signature.parameters.get(name)
        if known is not None and known.default is not known.empty:
            full[name] = build.const(known.default)
    return full


def index_of(template: Any, name: str) -> int:
    return list(parameters_of(template)).index(name)


def reads(template: Any) -> set[str]:
    """Give the names that a template reads."""
    return set(parameters_of(template))


def missing(rule: Rule, templates: Sequence[Any], given: dict[str, Node]) -> str | None:
    """Give the name of an argument that the user gave and no template knows, if there is one."""
    known = set().union(*map(reads, templates)) | set(rule.wrt) | rule.ignored | rule.fixed
    for name, value in given.items():
        if rule.signature.parameters[name].default is inspect.Parameter.empty:
            continue  # no rule can have been written for calls without it
        if name not in known and not is_default(rule, name, value):
            return name
    return None


def is_default(rule: Rule, name: str, value: Node) -> bool:
    default = rule.signature.parameters[name].default
    return isinstance(value, gast.Constant) and (
        value.value is default
        or (value.value == default and default is not inspect.Parameter.empty)
    )
