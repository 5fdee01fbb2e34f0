"""Where each step stands, and what runs after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast

from srcxform.syntax.build import Node
from srcxform.syntax.visit import stores
from srcxform.transform.steps import Branch, Loop, Region, Simple, Step

Chain = tuple[tuple[Any, int], ...]  # the steps around a step, outermost first, and in which block


@dataclass(frozen=True)
class Order:
    """All steps in the order of the program; `chains[id(step)]` is what stands around a step."""

    steps: list[Step]
    chains: dict[int, Chain]
    position: dict[int, int]

    def loops(self, step: Step) -> list[Loop]:
        """Give the loops around a step, the outermost first."""
        return [outer for outer, _ in self.chains[id(step)] if isinstance(outer, Loop)]

    def may_follow(self, step: Step, other: Step) -> bool:
        """Say whether `other` may run after `step` has begun."""
        if any(loop in self.loops(other) for loop in self.loops(step)) or step is other:
            return True
        here, there = self.chains[id(step)], self.chains[id(other)]
        for (left, arm), (right, other_arm) in zip(here, there, strict=False):
            if left is right and isinstance(left, Branch) and arm != other_arm:
                return False
        return self.position[id(other)] > self.position[id(step)]


def order_of(steps: list[Step]) -> Order:
    """Lay out the steps of a program."""
    found = list(chained(steps, ()))
    return Order(
        [step for _, step in found],
        {id(step): chain for chain, step in found},
        {id(step): k for k, (_, step) in enumerate(found)},
    )


def chained(steps: list[Step], chain: Chain) -> Any:
    for step in steps:
        yield chain, step
        if isinstance(step, Branch):
            yield from chained(step.body, (*chain, (step, 0)))
            yield from chained(step.orelse, (*chain, (step, 1)))
        elif isinstance(step, Loop):
            yield from chained(step.body, (*chain, (step, 0)))
        elif isinstance(step, Region):
            yield from chained(step.body, (*chain, (step, 0)))
            yield from chained(step.ending, (*chain, (step, 1)))


def defines(step: Step) -> set[str]:
    """Give the names that a step itself binds in the forward sweep."""
    match step:
        case Simple(forward=forward):
            return {
                n for line in forward if not isinstance(line, gast.AugAssign) for n in stores(line)
            }
        case Loop(node=gast.For(), target=target):
            return stores(target)
        case Region(node=node):
            return region_names(node)
    return set()


def region_names(node: Node) -> set[str]:
    """Give the names that a `with` binds itself."""
    return {n for item in getattr(node, "items", []) for n in stores(item)}
