"""Rules for libraries that are not always there: read once the library is."""

from __future__ import annotations

import importlib
import sys

LIBRARIES = {  # library: its rules
    "scipy._lib._array_api": "srcxform.rules.scipy_arrays",
    "scipy.special": "srcxform.rules.scipy_special",
}


def load_rules() -> None:
    """Register the rules of every such library that has been imported by now."""
    for library, rules in LIBRARIES.items():
        if library in sys.modules and rules not in sys.modules:
            importlib.import_module(rules)
