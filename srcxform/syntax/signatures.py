"""How a function takes its arguments: what its code says, whatever it tells of itself."""

from __future__ import annotations

import inspect
import types
from typing import Any


def own_signature(function: Any) -> inspect.Signature:
    """Give the signature by which Python calls a function, not a `__signature__` that it shows.

    >>> def wrapper(*args, **kwargs): ...
    >>> wrapper.__signature__ = inspect.Signature()
    >>> str(own_signature(wrapper))
    '(*args, **kwargs)'
    """
    if not isinstance(function, types.FunctionType) or not hasattr(function, "__signature__"):
        return inspect.signature(function, follow_wrapped=False)
    plain = types.FunctionType(
        function.__code__, {}, function.__name__, function.__defaults__, function.__closure__
    )
    plain.__kwdefaults__ = function.__kwdefaults__
    return inspect.signature(plain)
