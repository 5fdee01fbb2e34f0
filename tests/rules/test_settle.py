"""What a settler writes in place of a helper computes what the helper computes."""

import inspect

import numpy as np
import pytest

from srcxform import runtime as rt
from srcxform.kinds.lattice import Array, Const, Dim, Items, Number
from srcxform.kinds.values import kind_of
from srcxform.rules.registry import SETTLERS, Display, Operand, Use


def kind_of_argument(value, name):
    """Literals are known when source is written; numbers and arrays by their kind alone."""
    if isinstance(value, (bool, str, int, type(None))):
        return Const(value)
    if isinstance(value, tuple) and all(isinstance(v, int) for v in value):
        return Items("tuple", tuple(map(Const, value)))
    return kind_of(value, name)


def evaluate(settled):
    match settled:
        case Use(function=function, args=args, keywords=keywords):
            return function(*map(evaluate, args), **{k: evaluate(v) for k, v in keywords})
        case Operand(expression=expression):
            return expression
        case Const(value=value):
            return value
        case Display(type=kind, parts=parts):
            return {"list": list, "tuple": tuple}[kind](map(evaluate, parts))
    return settled


def settled(helper, *args, **keywords):
    """What the settler gives, the names of dimensions being those of broadcasting."""
    operands = [Operand(v, kind_of_argument(v, f"a{k}")) for k, v in enumerate(args)]
    named = {key: Operand(v, kind_of_argument(v, key)) for key, v in keywords.items()}
    return SETTLERS[helper](*operands, **named)


def array(*shape, dtype=float):
    return (np.arange(np.prod(shape), dtype=float).reshape(shape) + 1).astype(dtype)


ROWS = [
    (rt.complex_like, array(3), array(3)),
    (rt.complex_like, 1j * array(3), 1j * array(3)),
    (rt.fit, array(3), array(3)),
    (rt.fit, 1j * array(3), array(3)),
    (rt.fit, 1j * array(3), 1j * array(3)),
    (rt.unbroadcast, array(2, 3), array(2, 3)),
    (rt.unbroadcast, array(2, 3), array(3)),
    (rt.unbroadcast, array(2, 3), array(2, 1)),
    (rt.unbroadcast, array(4, 2, 3), array(2, 1)),
    (rt.unbroadcast, array(4, 2, 3), array(1, 1)),
    (rt.unbroadcast, 1j * array(2, 3), array(3)),
    (rt.unbroadcast, array(2, 3), 1.5),
    (rt.unbroadcast, array(2, 3), np.array(1.5)),
    (rt.unbroadcast, 2.5, 1.5),
    (rt.broadcast_like, array(2, 3), array(2, 3)),
    (rt.broadcast_like, array(3), array(2, 3)),
    (rt.broadcast_like, 1j * array(3), array(2, 3)),
    (rt.broadcast_like, 2, array(2, 3)),
    (rt.expand_reduced, 1.5, None, False),
    (rt.expand_reduced, array(2), -1, False),
    (rt.expand_reduced, array(2), (0, 2), False),
    (rt.expand_reduced, array(2, 1), 1, True),
    (rt.reshape_like, array(6), array(2, 3)),
    (rt.lined_up, array(5, 2), (5, 2)),
    (rt.unbroadcast_lanes, array(5, 2, 3), array(5, 2, 3)),
    (rt.minus, array(3)),
    (rt.minus, 1.5),
    (rt.zeros_like, array(2, 3)),
    (rt.zeros_like, array(2, 3, dtype=int)),
    (rt.zeros_like, 1.5),
    (rt.zeros_like, 1.5j),
    (rt.zeros_like, 3),
    (rt.zeros_like, None),
    (rt.zeros_like, "relu"),
    (rt.spread, 1.5, [2.5, 3]),
    (rt.spread, 1.5, (2.5, 1.0, 0.5)),
    (rt.add, array(3), array(3)),
    (rt.add, None, array(3)),
    (rt.add, array(3), None),
    (rt.mT, array(2, 3)),
    (rt.transposed, array(2)),
    (rt.transposed, array(2, 3)),
    (rt.transposed, array(2, 3, 4)),
    (rt.last_first, array(2)),
    (rt.last_first, array(2, 3)),
    (rt.last_first, array(2, 3, 4)),
    (rt.first_second_last, array(2)),
    (rt.first_second_last, array(2, 3)),
    (rt.first_second_last, array(2, 3, 4)),
    (rt.second_last_first, array(2)),
    (rt.second_last_first, array(2, 3)),
    (rt.second_last_first, array(2, 3, 4)),
    (rt.as_row, array(3)),
    (rt.as_row, array(2, 3)),
    (rt.as_column, array(3)),
    (rt.as_column, array(2, 3)),
    (rt.as_stack, array(2, 3), array(3)),
    (rt.as_stack, array(2, 3), array(2, 3)),
    (rt.restore_product, array(5), array(5, 3), array(3)),
    (rt.restore_product, array(5), array(3), array(3, 5)),
    (rt.restore_product, np.array(2.0), array(3), array(3)),
    (rt.inverse_axes, (2, 0, -2)),
    (rt.arranged, array(2, 3), (0, 1)),
    (rt.arranged, array(2, 3, 4), (2, 1, 0)),
    (rt.arranged, array(2, 3, 4), (2, 0, 1)),
    (rt.contraction_order, array(2, 3, 4), 2, 0, False),
    (rt.contraction_order, array(2, 3, 4), 1, 1, True),
    (rt.free_axes, array(2, 3, 4), 2, 0),
    (rt.einsum_transpose, "ij,jk->ik", 1),
    (rt.einsum_of_number, "ij,ji->", 1),
    (rt.einsum_expansion, "ii->i", 0),
    (rt.ellipsis_first, "ij...,jk...->ik...", 0),
    (rt.ellipsis_moved, "ij...,jk...->ik...", 0, True),
    (rt.rolled_axis, 3, 0, 3),
    (rt.opposite, 2),
    (rt.opposite, (1, -2)),
    (rt.count_reduced, array(2, 3), None),
    (rt.count_reduced, array(2, 3), -1),
    (rt.merge_axes, array(3), None),
    (rt.merge_axes, array(3), 0),
    (rt.merge_axes, array(2, 3), 1),
    (rt.merge_axes, array(2, 3), None),
    (rt.unmerge_axes, array(3), 0, array(3)),
    (rt.unmerge_axes, array(6), None, array(2, 3)),
    (rt.unpacked, array(3), array(3)),
    (rt.unpacked, 1j * array(3), array(3)),
    (rt.power_by_base, array(3), 3),
    (rt.power_by_base, array(3), -1),
    (rt.power_by_exponent, array(3), 1.5, 0),
    (rt.zero_wins, 1, array(3)),
    (getattr, array(2, 3), "T"),
    (getattr, array(2, 3), "shape", ()),
    (getattr, 1.5, "shape", ()),
    (rt.stretched, array(2, 3), array(2, 3)),
    (rt.behind_lanes, None, array(4, 3)),
    (rt.behind_lanes, None, array(4, 2, 3)),
    (rt.behind_lanes, 1),
    (rt.behind_lanes, -1),
    (rt.behind_lanes, (0, -1)),
    (rt.order_behind_lanes, None, array(4, 2, 3)),
    (rt.order_behind_lanes, (1, -2), array(4, 2, 3)),
    (rt.subscripts_with_lanes, "ij,jk->ik", True, False),
    (rt.shadow_like, (1.5, 2.0)),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].__name__}")
def test_settled_is_the_helper(row):
    helper, *args = row
    result = settled(helper, *args)
    assert result is not None
    value, expected = evaluate(result), helper(*args)
    assert np.shape(value) == np.shape(expected)
    assert np.asarray(value).dtype == np.asarray(expected).dtype
    assert np.array_equal(value, expected)


def test_every_settler_has_a_row():
    assert set(SETTLERS) == {row[0] for row in ROWS}


@pytest.mark.parametrize("helper", SETTLERS, ids=lambda helper: helper.__name__)
def test_nothing_is_settled_where_nothing_is_known(helper):
    """A settler may answer for unknown kinds only what is right for every value."""
    from srcxform.kinds.lattice import UNKNOWN

    count = len(inspect.signature(SETTLERS[helper]).parameters)
    operands = [Operand(f"argument {k}", UNKNOWN) for k in range(count)]
    result = SETTLERS[helper](*operands)
    assert result is None or helper is rt.last_first


def test_ones_of_a_seed():
    like = Operand("x", Array("f", (Dim("n"),)))
    assert SETTLERS[rt.broadcast_like](Operand("1.0", Const(1.0)), like) == Use(
        np.ones_like, (like,), ()
    )


def test_dimensions_of_unknown_length_stay_with_the_helper():
    g = Operand("g", Array("f", (None, Dim("n"))))
    like = Operand("x", Array("f", (None, Dim("n"))))
    assert SETTLERS[rt.unbroadcast](g, like) is None
    assert SETTLERS[rt.broadcast_like](Operand("s", Number("f")), like) is None
