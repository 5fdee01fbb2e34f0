"""The derivative rules, in one table: `registry.RULES`.

Importing this package fills the table.
"""

from srcxform.rules import (
    builtins,
    complex,
    constants,
    creation,
    eigen,
    einsum,
    elementwise,
    indexing,
    interpolation,
    linalg,
    math_functions,
    methods,
    norms,
    operators,
    predicates,
    products,
    reductions,
    registry,
    settle,
    shapes,
    sorting,
    stacking,
)

__all__ = [
    "builtins",
    "complex",
    "constants",
    "creation",
    "eigen",
    "einsum",
    "elementwise",
    "indexing",
    "interpolation",
    "linalg",
    "math_functions",
    "methods",
    "norms",
    "operators",
    "predicates",
    "products",
    "reductions",
    "registry",
    "settle",
    "shapes",
    "sorting",
    "stacking",
]
