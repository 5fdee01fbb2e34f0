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


def refusal(error: str, what: str, place: Any, why: str, instead: str) -> Exception:
    """Give the error to raise; `place` holds the fields of an `errors.Place`, or is None.

    >>> error = refusal("UnsupportedError", "`try` is refused", None, "why", "instead")
    >>> isinstance(error, NotImplementedError)
    True
    """
    found: Exception = ERRORS[error](Diagnostic(what, placed(place), why, instead))
    return found


def placed(fields: Any) -> Any:
    """Give the place that generated code tells of; its last field, if it has eight, is a caller."""
    if fields is None:
        return None
    file, line, column, end_line, end_column, function, text = fields[:7]
    caller = placed(fields[7]) if len(fields) > 7 else None
    return Place(file, line, column, end_line, end_column, function, text, caller)
