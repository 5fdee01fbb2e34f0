"""Refusals that only the values at run time can decide."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from srcxform.errors import Diagnostic, MutationError, NoDerivativeError
from srcxform.runtime.indexing import is_basic, is_mask


def refuse(what: str, instead: str = "") -> NoReturn:
    """Raise a NoDerivativeError: a rule met arguments for which it has no derivative."""
    raise NoDerivativeError(
        Diagnostic(what, None, "the rule of this function does not cover these arguments", instead)
    )


def check_distinct(index: Any, like: Any) -> None:
    """Raise a MutationError if `like[index] = ...` would write one position twice.

    Only the last of such writes counts, and NumPy does not promise which one is last.

    >>> check_distinct(np.array([0, 2]), like=np.zeros(3))
    """
    if is_basic(index) or is_mask(index) or not isinstance(like, np.ndarray):
        return
    positions = np.arange(like.size).reshape(like.shape)[index]
    if np.unique(positions).size != positions.size:
        raise MutationError(
            Diagnostic(
                "an assignment writes the same position twice",
                None,
                "only one of the values written stays, so the derivative of the others is unclear",
                "use an index without repeated positions, or np.add.at to add up",
            )
        )


def check_view(view: Any, base: Any) -> None:
    """Raise a MutationError if what should be a view of `base` is a copy.

    >>> a = np.zeros((2, 3))
    >>> check_view(a.reshape(6), a)
    """
    if isinstance(view, (list, tuple)):
        for part in view:
            check_view(part, base)
        return
    if not isinstance(base, np.ndarray):
        return
    if not isinstance(view, np.ndarray) or view.size and not np.may_share_memory(view, base):
        raise MutationError(
            Diagnostic(
                "an array that is written in place was copied where a view was expected",
                None,
                "its memory is not in the order that a view needs, so NumPy made a copy",
                "use np.ascontiguousarray before, or write np.copy where a copy is meant",
            )
        )
