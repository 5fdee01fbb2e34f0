"""Results that may be what a function was given: does anybody see that they are one?

    lo = [v for v in a if v < p]
    below = sort(lo)              # for a short list that is `lo` itself

A function kept apart is handed a copy of what is written in place, and what is written of its
result is a copy, too. That is the same if after the call nothing reads what was given, or nothing
writes to either.
"""

from __future__ import annotations

from collections.abc import Iterable

from srcxform.analysis.aliasing import Storage, given_back, parts_of
from srcxform.analysis.liveness import Liveness
from srcxform.analysis.views import written
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import blocks, statements_in
from srcxform.transform.context import Context


class Parting:
    """What is read, and what is written, after each statement of a program."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        body = ctx.program.body
        around = [capture.name for capture in ctx.program.externals.captures.values()]
        self.seen = {*ctx.program.parameters, *around}  # whoever gave them may read them
        self.reading = Reading()
        self.reading.block(body, set())
        self.writing: dict[int, list[Storage]] = {}
        self.note_writes(body, [])
        self.given_back = given_back(ctx.storage, body)

    def note_writes(self, block: Block, later: list[Storage]) -> list[Storage]:
        """Note what may be written after each statement; give what the block writes, and later."""
        for line in reversed(block):
            self.writing[id(line)] = later
            own = [part for one in statements_in(line) for part in written(one, self.ctx.storage)]
            later = [*later, *own]
            for inner in blocks(line):
                self.note_writes(inner, later)  # a loop comes around to its beginning
        return later

    def unseen(self, node: Node, name: str, given: Iterable[str]) -> bool:
        """Say whether nobody can tell that the result `name` is, or holds, what was given."""
        if id(node) not in self.writing or id(node) not in self.reading.after:
            return False
        of_name = self.ctx.storage.storage
        shared = [part for one in given for part in parts_of(of_name(one)) if part.changed]
        live = (self.reading.after[id(node)] | self.seen) - {name}
        if not any(self.lead_to(other, shared) for other in live):
            return True
        both = [*shared, *parts_of(of_name(name))]
        if any(is_among(part, both) for part in self.writing[id(node)]):
            return False
        return not any(is_among(of_name(one), both) for one in self.given_back)

    def lead_to(self, name: str, shared: list[Storage]) -> bool:
        return any(is_among(part, shared) for part in parts_of(self.ctx.storage.storage(name)))


class Reading(Liveness):
    """What is live after each statement, in any turn of the loops around it."""

    def __init__(self) -> None:
        super().__init__()
        self.after: dict[int, set[str]] = {}

    def statement(self, node: Node, live: set[str]) -> set[str]:
        self.after[id(node)] = self.after.get(id(node), set()) | live
        return super().statement(node, live)


def is_among(part: Storage, others: list[Storage]) -> bool:
    return any(part.root() is other.root() for other in others)
