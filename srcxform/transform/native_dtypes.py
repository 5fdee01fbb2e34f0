"""Python's types given to NumPy as dtypes, as NumPy's own: a machine knows `float` as a function.

y = np.asarray(x, dtype=float)   ->   y = np.asarray(x, dtype=np.float64)
"""

from __future__ import annotations

import gast
import numpy as np

from srcxform.core.callees import known_object
from srcxform.frontend.externals import Externals
from srcxform.syntax.build import Node
from srcxform.syntax.visit import rewrite, shallow, stores

DTYPES = {float: np.float64, complex: np.complex128, int: np.int64, bool: np.bool_}


def with_dtypes(function: Node, externals: Externals) -> Node:
    """Write all dtypes of a function as NumPy names them."""
    own = stores(function)

    def change(node: Node) -> Node | None:
        if not isinstance(node, gast.Call) or not takes_dtypes(node.func, externals):
            return None
        new = shallow(node)
        new.args = [dtype_of(part) for part in node.args]
        new.keywords = [gast.keyword(arg=k.arg, value=dtype_of(k.value)) for k in node.keywords]
        return new

    def dtype_of(node: Node) -> Node:
        if not isinstance(node, gast.Name) or node.id in own:
            return node
        made = DTYPES.get(known_object(node, externals))
        return node if made is None else externals.reference(made)

    return rewrite(function, change)


def takes_dtypes(function: Node, externals: Externals) -> bool:
    """Say whether types among the arguments of a function are dtypes."""
    if isinstance(function, gast.Attribute) and function.attr == "astype":
        return True
    home = getattr(known_object(function, externals), "__module__", None) or ""
    return home.split(".")[0] == "numpy" or home.startswith("srcxform.runtime")
