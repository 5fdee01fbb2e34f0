"""Derivatives of functions kept apart: asked for by calls, written once each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from srcxform.kinds.nesting import finite
from srcxform.specialise.apart import Callee
from srcxform.specialise.program import Program
from srcxform.syntax.names import Names

Mask = tuple[bool, ...]


@dataclass
class Requests:
    """What calls have asked for: (callee, mode, which arguments are active) and the names given."""

    names: Names
    given: dict[tuple[Any, ...], str] = field(default_factory=dict)
    waiting: list[tuple[Callee, str, Mask]] = field(default_factory=list)

    def ask(self, callee: Callee, mode: str, mask: Mask) -> str:
        """Give the base name of a derivative's functions; it will be written."""
        key = (callee, mode, mask)
        if key not in self.given:
            suffix = {"jvp": "jvp", "vjp": "fwd"}[mode]
            self.given[key] = self.names.like(f"{callee.name}_{suffix}")
            if mode == "vjp":
                self.given[(*key, "bwd")] = self.names.like(f"{callee.name}_bwd")
            self.waiting.append((callee, mode, mask))
        return self.given[key]

    def backward_name(self, callee: Callee, mask: Mask) -> str:
        """Give the name of a backward function that has been asked for."""
        return self.given[(callee, "vjp", mask, "bwd")]


def program_of(callee: Callee, program: Program) -> Program:
    """Give a callee as a program, beside the one that calls it."""
    return Program(
        callee.name, callee.parameters, callee.body, callee.kinds, finite(callee.result),
        program.externals, program.functions, callee.read,
        dict(zip(callee.parameters, callee.arguments, strict=False)),
    )  # fmt: skip


def wrt_of(callee: Callee, mask: Mask) -> tuple[str, ...]:
    """Give the parameters that are active."""
    return tuple(p for p, active in zip(callee.parameters, mask, strict=True) if active)
