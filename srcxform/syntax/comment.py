"""A comment line as a statement, so that generated code can carry comments in its tree.

A `Comment` has no child nodes and no names: walkers and analyses pass over it. It is generated
only, never parsed.
"""

from __future__ import annotations

import gast

__all__ = ["Comment"]


class Comment(gast.stmt):
    """The comment line `# text`, with `text` on one line and without the `#`.

    >>> Comment("y = sin(x)").text
    'y = sin(x)'
    >>> list(gast.iter_child_nodes(Comment("y = sin(x)")))
    []
    """

    _fields = ("text",)
    _attributes = ("lineno", "col_offset", "end_lineno", "end_col_offset")

    def __init__(self, text: str, **attributes: object) -> None:
        # The base would check `attributes` against the grammar of the running Python.
        self.text = text
        self.__dict__.update(attributes)
