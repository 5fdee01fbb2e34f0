"""The kind of an expression in finished lines: that of its names told, nothing is written."""

from __future__ import annotations

from srcxform.kinds.lattice import Kind
from srcxform.optimise.facts import Facts
from srcxform.specialise.expressions import evaluate
from srcxform.specialise.scope import Scope, State
from srcxform.syntax.build import Node
from srcxform.syntax.mentions import all_names


def kind_of(node: Node, facts: Facts) -> Kind:
    near = {name: facts.kinds[name] for name in all_names(node) if name in facts.kinds}
    state = State(facts.externals, env=near, scope=Scope(None), fixed=True)
    return evaluate(state, node)[1]
