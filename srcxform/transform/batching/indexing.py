"""Positions in batched arrays: the lanes are one more axis in front.

| base | position | becomes |
| --- | --- | --- |
| batched | same in every lane | `x[:, i]` |
| batched | batched | `x[np.arange(batch_size), i]` |
| same | batched | `x[i]` |

NumPy puts the axes of advanced indices first where they are separated by a slice, and in their
place where they are not: what is written here has the lanes first in either case, or else is left
to the lanes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast
import numpy as np

from srcxform.kinds.lanes import differs
from srcxform.kinds.lattice import Array, Const, Items, Kind, Number, scalar_class
from srcxform.syntax import build
from srcxform.syntax.build import Block, Node
from srcxform.syntax.visit import clone
from srcxform.transform.batching.flags import (
    Apart,
    rank,
)
from srcxform.transform.batching.sizes import shapes
from srcxform.transform.batching.spreading import aligned

if TYPE_CHECKING:
    from srcxform.transform.batching.statements import Batching


def elements(index: Node) -> list[Node]:
    return list(index.elts) if isinstance(index, gast.Tuple) else [index]


def lanes_index(gen: Batching, base: Node, index: Node, lines: Block) -> Node:
    """Give the index into a batched array (or of batched positions) for all lanes."""
    places = elements(index)
    if not all(is_known(gen, place) for place in places):
        raise Apart
    advanced = [k for k, place in enumerate(places) if is_advanced(gen, place)]
    arrays = [k for k in advanced if not is_integer(gen.which.kind(places[k]))]
    together = advanced == list(range(advanced[0], advanced[-1] + 1)) if advanced else True
    if not gen.which.varies(index):
        if arrays and not together:
            raise Apart
        return indices(
            [
                gast.Slice(lower=None, upper=None, step=None),
                *(shapes(gen, place) for place in places),
            ]
        )
    batched = [k for k in advanced if differs(gen.which.of(places[k]))]
    named = [k for k, place in enumerate(places) if gen.which.varies(place)]
    plain = all(is_plain(place) for place in places)
    if (
        named != batched
        or not plain
        or any(not is_count(gen.which.kind(places[k])) for k in advanced)
    ):
        raise Apart
    axes = max(rank(gen.which.kind(places[k])) or 0 for k in advanced)
    if axes and (advanced[0] != 0 or not together):
        raise Apart
    found = [
        aligned(gen, p, axes, lines) if k in batched else shapes(gen, p)
        for k, p in enumerate(places)
    ]
    if not differs(gen.which.of(base)):
        if advanced[0] != 0:
            raise Apart
        return indices(found)
    lane = gen.names.part("lanes")
    gen.ctx.kinds[lane] = Array("i", (gen.length,))
    lines += gen.expand([build.assign(lane, build.call(build.const(np.arange), clone(gen.size)))])
    if axes:
        gaps = [build.const(None) for _ in range(axes)]
        column = gen.names.part("lanes")
        every = gast.Slice(lower=None, upper=None, step=None)
        lines += gen.expand(
            [build.assign(column, build.item(lane, build.sequence([every, *gaps])))]
        )
        lane = column
    return indices([build.load(lane), *found])


def indices(places: list[Node]) -> Node:
    return places[0] if len(places) == 1 else build.sequence(places)


def is_advanced(gen: Batching, place: Node) -> bool:
    """Say whether a position counts as an advanced index beside one."""
    if isinstance(place, gast.Slice):
        return False
    kind = gen.which.kind(place)
    return not (isinstance(kind, Const) and (kind.value is None or kind.value is Ellipsis))


def is_known(gen: Batching, place: Node) -> bool:
    """Say whether it is known what a position does to the axes."""
    if isinstance(place, gast.Slice):
        return True
    match gen.which.kind(place):
        case Array(dims=dims):
            return dims is not None
        case Items(type="list", items=items):
            return all(map(is_integer, items))
        case Number(cls="i"):
            return True
        case Const(value=value):
            return value is None or value is Ellipsis or scalar_class(value) == "i"
    return False


def is_plain(place: Node) -> bool:
    """Say whether a position is a slice or stands for one axis."""
    return isinstance(place, gast.Slice) or not (
        isinstance(place, gast.Constant) and (place.value is None or place.value is Ellipsis)
    )


def is_integer(kind: Kind) -> bool:
    match kind:
        case Number(cls="i"):
            return True
        case Const(value=value):
            return scalar_class(value) == "i"
    return False


def is_count(kind: Kind) -> bool:
    """Say whether a position is an integer or an array of integers."""
    return is_integer(kind) or (
        isinstance(kind, Array) and kind.cls == "i" and kind.dims is not None
    )


def stored_rank(gen: Batching, kind: Kind, index: Node) -> int | None:
    """Give the rank of what stands at an index of one lane's array; None if it is not known."""
    left = rank(kind)
    if left is None:
        return None
    added: int | None = None
    for place in elements(index):
        found = gen.which.kind(place)
        if isinstance(place, gast.Slice):
            continue
        match found:
            case Const(value=None):
                left += 1
            case Const(value=value) if value is Ellipsis:
                pass
            case Array(cls="b", dims=dims) if dims is not None:
                left -= len(dims)
                added = max(added or 0, 1)
            case Array(cls="i", dims=dims) if dims is not None:
                left -= 1
                added = max(added or 0, len(dims))
            case Items(type="list", items=items) if all(map(is_integer, items)):
                left -= 1
                added = max(added or 0, 1)
            case _ if is_integer(found):
                left -= 1
            case _:
                return None
    return left + (added or 0)
