"""Values that every derivative treats as constant."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["stop_gradient"]


def stop_gradient(x: Any) -> Any:
    """Give `x`, treated as a constant by every derivative.

    Args:
        x: a number, an array, or a list, tuple or dict of these.

    Returns:
        The same values; arrays are copies, so that writes into one are not writes into the other.

    Example:
        >>> import srcxform as sx
        >>> sx.grad(lambda x: x * sx.stop_gradient(x))(3.0)
        3.0
    """
    if isinstance(x, np.ndarray):
        return x.copy()
    if type(x) in (list, tuple):
        return type(x)([stop_gradient(part) for part in x])
    if type(x) is dict:
        return {key: stop_gradient(part) for key, part in x.items()}
    return x
