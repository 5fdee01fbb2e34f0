"""What the passes know of the names in a block."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.kinds.lattice import Array, Const, Kind, Number
from srcxform.syntax.build import Node

SUFFIX = re.compile(r"(_dot|_bar|_saved)+_*$")
TAPE = re.compile(r"_saved(_|dot|\d)*$")


@dataclass(frozen=True)
class Facts:
    """Kinds of names, what the module's references stand for, and which names the user gave."""

    kinds: dict[str, Kind]
    externals: Externals
    user_names: frozenset[str]
    # Of nodes that passes leave alone. With the node, so that its id stays its own.
    found: dict[tuple[Any, int], tuple[Node, Any]] = field(default_factory=dict)

    def once(self, find: Callable[[Node, Facts], Any], node: Node) -> Any:
        """Give `find(node, facts)` of an expression or simple statement, found once."""
        key = find, id(node)
        known = self.found.get(key)
        if known is None:
            known = self.found[key] = node, find(node, self)
        return known[1]

    def is_temporary(self, name: str) -> bool:
        """Say whether the compiler made a name up for a part of an expression."""
        base, webs = SUFFIX.sub("", name), self.externals.names.webs
        while base in webs:
            base = webs[base]
        return base not in self.user_names

    def is_tape(self, name: str) -> bool:
        """Say whether a list holds saved values: such a list has no second name."""
        return TAPE.search(name) is not None and name not in self.user_names

    def function(self, node: Node) -> Any:
        """Give the function that a callee stands for, None if it is known only at run time."""
        return known_object(node, self.externals)

    def is_number(self, name: str) -> bool:
        """Say whether a name holds a number, so that nothing shares its storage."""
        return isinstance(self.kinds.get(name), (Number, Const))

    def is_numeric(self, name: str) -> bool:
        """Say whether a name holds a number or an array: sums of these commute."""
        return isinstance(self.kinds.get(name), (Number, Array))
