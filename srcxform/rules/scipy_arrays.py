"""SciPy's own array converters, through which every function of its goes at the entry.

Imported only where SciPy is. They are private to SciPy, so each is looked up with care.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy._lib import _array_api

from srcxform.rules.linalg import count_is
from srcxform.rules.registry import composite, constant
from srcxform.runtime import refuse

PROMOTE = "*args, broadcast=False, force_floating=False, xp=None"


def promoted(
    *args: Any, broadcast: Any = False, force_floating: Any = False, xp: Any = None
) -> Any:
    if count_is(args, 1):
        return np.asanyarray(args[0])
    return refuse(
        "SciPy's promotion of several arrays to one type is not followed",
        "write this SciPy function out with NumPy, or give it a rule with sx.custom_jvp",
    )


if hasattr(_array_api, "xp_promote"):
    composite(_array_api.xp_promote, PROMOTE)(promoted)
if hasattr(_array_api, "xp_result_type"):
    constant(_array_api.xp_result_type)
