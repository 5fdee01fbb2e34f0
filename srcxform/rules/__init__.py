"""The derivative rules, in one table: `registry.RULES`.

Importing this package fills the table.
"""

from srcxform.rules import (
    elementwise,
    indexing,
    methods,
    operators,
    predicates,
    reductions,
    registry,
    settle,
    shapes,
)

__all__ = [
    "elementwise",
    "indexing",
    "methods",
    "operators",
    "predicates",
    "reductions",
    "registry",
    "settle",
    "shapes",
]
