"""Shapes, lengths and ranks: of one lane, though they are asked of a batched array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcxform.core.callees import known_object
from srcxform.kinds.lanes import differs
from srcxform.kinds.lattice import Array, Items, Many, Mapping, Number
from srcxform.syntax import build
from srcxform.syntax.build import Node
from srcxform.syntax.visit import clone, shallow
from srcxform.transform.batching.flags import Apart, rank
from srcxform.transform.batching.origins import ASKED, is_number

if TYPE_CHECKING:
    from srcxform.transform.batching.statements import Batching


def shapes(gen: Batching, node: Any) -> Any:
    """Let questions for shapes ask for those of one lane."""
    match node:
        case gast.Call(func=func, args=[arg, *rest]) if asks_for_type(gen, func, arg):
            return build.call(clone(func), of_first_lane(gen, arg), *map(clone, rest))
        case gast.Call(func=func, args=[gast.Name() as arg], keywords=[]) if differs(
            gen.which.of(arg)
        ) and gen.which.is_about_shapes(func):
            name = getattr(known_object(func, gen.ctx.program.externals), "__name__", "")
            return shape_of_lane(gen, arg, {"len": "length"}.get(name, name), node)
        case gast.Attribute(value=gast.Name() as arg, attr=attr) if differs(
            gen.which.of(arg)
        ) and gen.which.is_of_shape(arg, attr):
            return shape_of_lane(gen, arg, attr, node)
        case gast.AST():
            new = shallow(node)
            for field in node._fields:
                value = getattr(node, field, None)
                if isinstance(value, (list, gast.AST)):
                    setattr(new, field, shapes(gen, value))
            return new
        case list():
            return [shapes(gen, part) for part in node]
    return node


def asks_for_type(gen: Batching, func: Node, arg: Node) -> bool:
    """Say whether a function asks for the type of a number that differs from lane to lane."""
    asked = known_object(func, gen.ctx.program.externals)
    if not any(asked is one for one in ASKED) or not gen.which.varies(arg):
        return False
    return isinstance(arg, gast.Subscript) or is_number(gen.which.kind(arg))


def of_first_lane(gen: Batching, arg: Node) -> Node:
    """Give a number, or an item of an array, of one lane: those of all lanes are of one type."""
    if isinstance(arg, gast.Subscript):
        return build.item(of_first_lane(gen, arg.value), shapes(gen, arg.slice))
    return build.item(clone(arg), 0)


def shape_of_lane(gen: Batching, arg: Node, asked: str, node: Node) -> Node:
    kind = gen.which.kind(arg)
    if not isinstance(kind, (Array, Number)):
        if isinstance(kind, (Items, Mapping, Many)) and asked == "length":
            return node
        raise Apart
    if isinstance(kind, Number) and asked == "length":
        raise Apart  # it raises
    shape = build.attribute(arg.id, "shape")
    match asked:
        case "shape" if rank(kind) is not None:
            sizes = [build.item(clone(shape), k + 1) for k in range(rank(kind) or 0)]
            return build.sequence(sizes)
        case "length":
            return build.item(shape, 1)
        case "ndim" if rank(kind) is not None:
            return build.const(rank(kind))
        case "size" | "nbytes":
            return build.attribute(build.item(arg.id, 0), asked)
        case "dtype" | "itemsize" | "device" | "iscomplexobj" | "isrealobj":
            return node
    raise Apart
