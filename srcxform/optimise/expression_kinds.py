"""Kinds of the expressions in a block, each found once: passes share the trees they leave alone."""

from __future__ import annotations

from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Kind
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.scope import Scope, State
from srcxform.syntax.build import Node
from srcxform.syntax.mentions import all_names


class ExpressionKinds:
    """Gives kinds of expressions over names whose kinds (`names`) do not change meanwhile."""

    def __init__(self, names: dict[str, Kind], externals: Externals) -> None:
        self.names = names
        self.externals = externals
        self.known: dict[int, tuple[Node, Kind]] = {}  # with the node, so that its id stays its own

    def __call__(self, node: Node) -> Kind:
        found = self.known.get(id(node))
        if found is None:
            near = {name: self.names[name] for name in all_names(node) if name in self.names}
            state = State(self.externals, env=near, scope=Scope(None), fixed=True)
            found = self.known[id(node)] = node, evaluate(state, node)[1]
        return found[1]
