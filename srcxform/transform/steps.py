"""The program with its derivative laid beside it: what each statement does forward and backward.

The forward sweep runs the steps in order; the backward sweep runs their backward lines from the
last step to the first. `saving` then decides how the backward lines come by the values they read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from srcxform.syntax.build import Block, Node


@dataclass(eq=False)
class Simple:
    """Lines of the forward sweep and the lines that undo them in the backward sweep."""

    forward: Block
    backward: Block = field(default_factory=list)
    place: Any = None
    zeros: bool = False  # backward only sets to zero what this branch does not contribute to


@dataclass(eq=False)
class Branch:
    """An `if`; backward takes the branch that was taken.

    Where one branch leaves the loop in a turn that is not undone, `taken` is the other one (0: the
    body, 1: the else branch).
    """

    test: Node
    body: list[Step]
    orelse: list[Step]
    place: Any = None
    taken: int | None = None


@dataclass(eq=False)
class Loop:
    """A loop; `backward` is what the backward loop runs over, `target` its variable.

    `trips` counts its turns, if that is needed; `carried` are the names whose cotangents live on
    from turn to turn.
    """

    node: Node
    body: list[Step]
    backward: Node
    target: Node
    place: Any = None
    trips: str | None = None
    carried: frozenset[str] = frozenset()


@dataclass(eq=False)
class Region:
    """A `with`, or a `try` with `finally` alone: its blocks run once, in order.

    `again` is the `with` that the backward lines of the body stand in, if they need it, too.
    """

    node: Node
    body: list[Step]
    ending: list[Step]
    again: Node | None = None
    place: Any = None


Step = Simple | Branch | Loop | Region


def flat(steps: list[Step]) -> Iterator[Step]:
    """Give all steps, those inside blocks included, in order."""
    for step in steps:
        yield step
        if isinstance(step, Branch):
            yield from flat(step.body)
            yield from flat(step.orelse)
        elif isinstance(step, Loop):
            yield from flat(step.body)
        elif isinstance(step, Region):
            yield from flat(step.body)
            yield from flat(step.ending)
