"""The error that a refused statement of the generated code raises."""

from __future__ import annotations

from typing import Any

from srcxform.errors import (
    Diagnostic,
    MutationError,
    NoDerivativeError,
    Place,
    SourceNotFoundError,
    UnsupportedError,
)

ERRORS = {
    "MutationError": MutationError,
    "NoDerivativeError": NoDerivativeError,
    "SourceNotFoundError": SourceNotFoundError,
    "UnsupportedError": UnsupportedError,
}


def refusal(
    error: str, what: str, place: Any, why: str, instead: str, frames: Any = ()
) -> Exception:
    """Give the error to raise; `place` holds the fields of an `errors.Place`, or is None.

    `frames` are the places of the calls that led there.

    >>> error = refusal("UnsupportedError", "`try` is refused", None, "why", "instead")
    >>> isinstance(error, NotImplementedError)
    True
    """
    where = None if place is None else Place(*place)
    called = tuple(Place(*frame) for frame in frames)
    found: Exception = ERRORS[error](Diagnostic(what, where, why, instead, called))
    return found
