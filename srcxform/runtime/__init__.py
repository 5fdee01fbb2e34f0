"""All that generated code imports besides NumPy itself.

Small functions of NumPy values, none of which writes into its arguments. Each has a derivative
rule of its own, so that generated code can be differentiated again.
"""

from srcxform.runtime.accumulate import (
    accumulate,
)
from srcxform.runtime.broadcasting import (
    arranged,
    broadcast_like,
    expand_reduced,
    fit,
    inverse_axes,
    opposite,
    reshape_like,
    rolled_axis,
    unbroadcast,
)
from srcxform.runtime.checks import (
    check_view,
    refuse,
)
from srcxform.runtime.containers import (
    add,
    zeros_like,
)
from srcxform.runtime.einsum import (
    einsum_expansion,
    einsum_filling,
    einsum_transpose,
    is_plain,
    stretched,
)
from srcxform.runtime.functions import (
    filtered,
    followed,
    mapped,
    reduced,
    same,
)
from srcxform.runtime.gamma import (
    polygamma,
)
from srcxform.runtime.indexing import (
    diag_transpose,
    entries_that_stay,
    first_position,
    last_written,
    permuted,
    place_diagonal,
    scatter,
    scatter_along,
    scatter_take,
    sorted_order,
    unpermuted,
)
from srcxform.runtime.jacobians import jacobian_columns, jacobian_rows, unit_tangents
from srcxform.runtime.linalg import (
    as_column,
    as_row,
    as_stack,
    contraction_order,
    first_second_last,
    free_axes,
    kron_left,
    kron_merge,
    kron_right,
    last_first,
    lower_half,
    mT,
    restore_product,
    second_last_first,
    transposed,
)
from srcxform.runtime.lists import (
    column,
    emptied,
    extended,
    first_by,
    item_or,
    items_of,
    ordered,
    popped,
    put_in_order,
    removed,
    set_default,
    table_of,
    updated,
    updated_by,
)
from srcxform.runtime.patterns import (
    is_mapping,
    is_sequence,
)
from srcxform.runtime.powers import (
    falling,
    power_by_base,
    power_by_exponent,
)
from srcxform.runtime.reductions import (
    advanced,
    count_reduced,
    crop_axis,
    delayed,
    merge_axes,
    pad_axis,
    products_before,
    recurrence,
    unmerge_axes,
)
from srcxform.runtime.refusals import (
    refusal,
)
from srcxform.runtime.sequences import (
    gap_in,
    joined,
    listed,
    position_in,
    repeated,
    values_of,
)
from srcxform.runtime.shadows import fresh_shadows, restore_item, shadow_like, structured
from srcxform.runtime.sinc import (
    sinc_derivative,
)
from srcxform.runtime.snapshots import snapshot
from srcxform.runtime.stacking import (
    gather,
    join_like,
    split_like,
    spread,
    unpacked,
    unpad,
    unrepeat,
    untile,
)
from srcxform.runtime.stopping import stop_gradient
from srcxform.runtime.ties import (
    exceeds,
    exceeds_or_alone,
    share_of_extreme,
)
from srcxform.runtime.triangles import hermitian_bar, hermitian_part
from srcxform.runtime.zeros import zero_wins

__all__ = [
    "fresh_shadows",
    "filtered",
    "followed",
    "is_mapping",
    "is_sequence",
    "jacobian_columns",
    "jacobian_rows",
    "joined",
    "stop_gradient",
    "unit_tangents",
    "mapped",
    "reduced",
    "same",
    "listed",
    "gap_in",
    "column",
    "emptied",
    "extended",
    "first_by",
    "item_or",
    "items_of",
    "ordered",
    "popped",
    "put_in_order",
    "removed",
    "set_default",
    "table_of",
    "updated",
    "updated_by",
    "position_in",
    "repeated",
    "values_of",
    "shadow_like",
    "stretched",
    "structured",
    "restore_item",
    "snapshot",
    "accumulate",
    "add",
    "advanced",
    "arranged",
    "as_column",
    "as_row",
    "as_stack",
    "broadcast_like",
    "check_view",
    "contraction_order",
    "count_reduced",
    "crop_axis",
    "delayed",
    "diag_transpose",
    "einsum_expansion",
    "einsum_filling",
    "einsum_transpose",
    "entries_that_stay",
    "exceeds",
    "exceeds_or_alone",
    "expand_reduced",
    "falling",
    "first_position",
    "first_second_last",
    "fit",
    "free_axes",
    "gather",
    "hermitian_bar",
    "hermitian_part",
    "inverse_axes",
    "is_plain",
    "join_like",
    "kron_left",
    "kron_merge",
    "kron_right",
    "last_first",
    "last_written",
    "lower_half",
    "mT",
    "merge_axes",
    "opposite",
    "pad_axis",
    "permuted",
    "place_diagonal",
    "polygamma",
    "power_by_base",
    "power_by_exponent",
    "products_before",
    "recurrence",
    "refusal",
    "refuse",
    "reshape_like",
    "restore_product",
    "rolled_axis",
    "scatter",
    "scatter_along",
    "scatter_take",
    "second_last_first",
    "share_of_extreme",
    "sinc_derivative",
    "sorted_order",
    "split_like",
    "spread",
    "transposed",
    "unbroadcast",
    "unmerge_axes",
    "unpacked",
    "unpad",
    "unpermuted",
    "unrepeat",
    "untile",
    "zeros_like",
    "zero_wins",
]
