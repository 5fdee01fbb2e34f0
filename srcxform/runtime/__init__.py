"""All that generated code imports besides NumPy itself.

Small functions of NumPy values, none of which writes into its arguments. Each has a derivative
rule of its own, so that generated code can be differentiated again.
"""

from srcxform.runtime.broadcasting import (
    broadcast_like,
    expand_reduced,
    fit,
    inverse_axes,
    reshape_like,
    unbroadcast,
)
from srcxform.runtime.containers import add, zeros_like
from srcxform.runtime.indexing import scatter
from srcxform.runtime.linalg import as_column, as_row, mT, restore_product
from srcxform.runtime.powers import power_by_base, power_by_exponent
from srcxform.runtime.sinc import sinc_derivative
from srcxform.runtime.ties import exceeds, exceeds_or_alone, share_of_extreme

__all__ = [
    "add",
    "as_column",
    "as_row",
    "broadcast_like",
    "exceeds",
    "exceeds_or_alone",
    "expand_reduced",
    "fit",
    "inverse_axes",
    "mT",
    "power_by_base",
    "power_by_exponent",
    "reshape_like",
    "restore_product",
    "scatter",
    "share_of_extreme",
    "sinc_derivative",
    "unbroadcast",
    "zeros_like",
]
