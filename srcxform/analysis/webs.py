"""Split a name that stands for unrelated values into one name for each.

Definitions that reach a common use stay together; others get names of their own (`x_1`, `x_2`),
so that a straight line of assignments overwrites nothing and the backward sweep finds every value
under its own name. Names bound only as loop targets keep their name.
"""

from __future__ import annotations

from srcxform.analysis.definitions import Definition, Definitions, definitions
from srcxform.syntax.build import Block
from srcxform.syntax.names import Names
from srcxform.syntax.visit import clone


def split_webs(parameters: tuple[str, ...], body: Block, names: Names) -> Block:
    """Give the body with one name for each web."""
    body = clone(body)
    facts = definitions(parameters, body)
    roots = unite(facts)
    new = new_names(facts, roots, names)
    for definition, node in facts.bindings.items():
        if node is not None:
            node.id = new[roots[definition]]
    for key, found in facts.of_use.items():
        if found:
            facts.uses[key].id = new[roots[next(iter(sorted(found)))]]
    return body


def unite(facts: Definitions) -> dict[Definition, Definition]:
    """Give the representative of each definition's web."""
    parent = {definition: definition for definition in facts.bindings}

    def find(definition: Definition) -> Definition:
        while parent[definition] != definition:
            definition = parent[definition]
        return definition

    order = {definition: k for k, definition in enumerate(facts.bindings)}
    for found in facts.of_use.values():
        members = sorted({find(d) for d in found}, key=order.__getitem__)
        for other in members[1:]:
            parent[other] = members[0]
    return {definition: find(definition) for definition in facts.bindings}


def new_names(
    facts: Definitions, roots: dict[Definition, Definition], names: Names
) -> dict[Definition, str]:
    """Name the webs: a parameter or the only web keeps the name."""
    webs: dict[str, list[Definition]] = {}
    for definition in facts.bindings:
        root = roots[definition]
        group = webs.setdefault(root[0], [])
        if root not in group:
            group.append(root)
    new = {}
    computed = {root[0] for d, root in roots.items() if d not in facts.loop_targets}
    for name, group in webs.items():
        if len(group) == 1 or name not in computed:
            new.update(dict.fromkeys(group, name))
            continue
        has_parameter = any(root == (name, 0) for root in group)
        for position, root in enumerate(group):
            keeps = root == (name, 0) or (not has_parameter and position == len(group) - 1)
            new[root] = name if keeps else names.web(name)
    return new
