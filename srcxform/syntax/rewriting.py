"""What pytest makes of the `assert` statements of a test module.

pytest rewrites asserts before it compiles a module, so the byte code of a function with an
`assert` is not that of its text. pytest's own rewriter, applied to the same text, tells which
function it is; whatever goes wrong there only means that the source is not found.
"""

from __future__ import annotations

import ast
import sys

__all__ = ["rewrite_asserts", "rewrites_asserts"]

REWRITER = "_pytest.assertion.rewrite"


def rewrites_asserts(loader: object) -> bool:
    """Whether `loader`, the `__loader__` of a module, is pytest's."""
    return type(loader).__module__ == REWRITER


def rewrite_asserts(tree: ast.Module, text: str, file: str, loader: object) -> bool:
    """Rewrite `tree`, parsed from `text`, in place as pytest did; say whether that worked."""
    config = getattr(loader, "config", None)
    try:
        sys.modules[REWRITER].rewrite_asserts(tree, text.encode(), file, config)
    except Exception:  # not a public function: anything may have changed in it
        return False
    return True
