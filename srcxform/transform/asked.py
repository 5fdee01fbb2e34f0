"""The derivatives of functions kept apart that a derivative asks for: functions of their own.

At the top of a module they stand beside the derivative. A derivative taken inside a function leaves
them to the specialiser, to which they are functions like the user's own: they come in where they
are called, and are kept apart again, now for the kinds that they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from srcxform.analysis.webs import split_webs
from srcxform.errors import Diagnostic, UnsupportedError
from srcxform.frontend.read import Read
from srcxform.specialise.apart import Callee, Generated
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import stores
from srcxform.transform.context import Context, context
from srcxform.transform.functions import split, tangent_function
from srcxform.transform.requests import Mask, Requests, program_of, wrt_of
from srcxform.transform.stepwise import Turn


def asked_for(ctx: Context) -> Iterator[tuple[Context, list[Node]]]:
    """Write all functions that calls ask for, those that these ask for included."""
    for callee, mode, mask in ctx.requests.waiting:  # grows while it is worked through
        inner = context(program_of(callee, ctx.program), wrt_of(callee, mask), ctx.requests)
        name = ctx.requests.ask(callee, mode, mask)
        if mode == "jvp":
            yield inner, [tangent_function(inner, name)]
        else:
            back = ctx.requests.backward_name(callee, mask)
            yield inner, split(inner, name, back, isinstance(callee, Turn))


class Inside(Requests):
    """What derivatives taken inside ask for; what one has asked for is there for the next."""

    def ask(self, callee: Callee, mode: str, mask: Mask) -> str:
        if not callee.settled:
            raise within_itself(callee)
        return super().ask(callee, mode, mask)


def within_itself(callee: Callee) -> UnsupportedError:
    name = callee.read.name
    return UnsupportedError(Diagnostic(
        f"a derivative of `{name}` is taken within a recursion that `{name}` is part of", None,
        "what the recursion returns is not known before its derivative is",
        f"write `{name}` as a loop, or take the derivative outside of the recursion",
    ))  # fmt: skip


def leave_to_specialiser(ctx: Context, in_core: Callable[[Context, Block], Block]) -> None:
    """Make the functions that a derivative taken inside has asked for known by their names."""
    objects = ctx.program.externals.objects
    for inner, nodes in asked_for(ctx):
        for node in nodes:
            parameters = tuple(arg.id for arg in node.args.args)
            body = split_webs(parameters, in_core(inner, node.body), ctx.names)
            objects[node.name] = Generated(as_read(node.name, parameters, body))
    ctx.requests.waiting.clear()


def as_read(name: str, parameters: tuple[str, ...], body: Block) -> Read:
    """Give a generated function as one that was read."""
    local = frozenset({*parameters, *(stored for line in body for stored in stores(line))})
    named = frozenset(parameters)
    return Read(name, parameters, body, local, named, frozenset(), None, "", "", 0)
