"""Straight lines between knots: the slope is that of the piece that a point is in, 0 outside.

At a knot it is the slope to the right of it, at the last knot that to the left.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcxform.rules.predicates import is_none, is_number
from srcxform.rules.registry import adjoint, otherwise, tangent
from srcxform.runtime import fit, scatter


@tangent(np.interp, "x, xp, fp, left=None, right=None, period=None", wrt="x xp fp")
def interp_dot(
    x: Any, xp: Any, fp: Any, x_dot: Any = None, xp_dot: Any = None, fp_dot: Any = None
) -> Any:
    if is_none(xp_dot):
        return moved_dot(x, xp, fp, x_dot, fp_dot)
    if is_none(x_dot):
        return moved_dot(x, xp, fp, -np.interp(x, xp, xp_dot), fp_dot)
    return moved_dot(x, xp, fp, x_dot - np.interp(x, xp, xp_dot), fp_dot)


def moved_dot(x: Any, xp: Any, fp: Any, x_dot: Any, fp_dot: Any) -> Any:
    if is_none(fp_dot):
        return slope(x, xp, fp) * x_dot
    if is_none(x_dot):
        return np.interp(x, xp, fp_dot)
    return slope(x, xp, fp) * x_dot + np.interp(x, xp, fp_dot)


@adjoint(np.interp)
def interp_bar(x: Any, xp: Any, fp: Any, out_bar: Any) -> Any:
    x_bar = slope(x, xp, fp) * out_bar
    return fit(x_bar, like=x), on_knots(x, xp, -x_bar, xp), on_knots(x, xp, out_bar, fp)


@otherwise(np.interp)
def interp_with_ends(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    if not is_none(period):
        return around(x, np.asarray(xp), np.asarray(fp), np.abs(period))
    found = np.interp(x, xp, fp)
    if not is_none(left):
        found = where_beyond(x < xp[0], left, found)
    if not is_none(right):
        found = where_beyond(x > xp[-1], right, found)
    return found


def where_beyond(outside: Any, value: Any, found: Any) -> Any:
    if is_number(outside):
        return np.where(outside, value, found)[()]
    return np.where(outside, value, found)


def around(x: Any, xp: Any, fp: Any, period: Any) -> Any:
    """The knots in order within one period, and one more on either side."""
    within = xp % period
    order = np.argsort(within)
    xp, fp = within[order], fp[order]
    knots = np.concatenate((xp[-1:] - period, xp, xp[:1] + period))
    return np.interp(x % period, knots, np.concatenate((fp[-1:], fp, fp[:1])))


def slope(x: Any, xp: Any, fp: Any) -> Any:
    right = right_knot(x, xp)
    rise = (fp[right] - fp[right - 1]) / (xp[right] - xp[right - 1])
    return np.where((x >= xp[0]) & (x <= xp[-1]), rise, 0.0)


def on_knots(x: Any, xp: Any, g: Any, like: Any) -> Any:
    """Share `g`, one for each point, out to the knots beside it."""
    right = right_knot(x, xp)
    part = np.clip((x - xp[right - 1]) / (xp[right] - xp[right - 1]), 0.0, 1.0)
    return scatter(g * (1.0 - part), right - 1, like) + scatter(g * part, right, like)


def right_knot(x: Any, xp: Any) -> Any:
    return np.clip(np.searchsorted(xp, x, side="right"), 1, len(xp) - 1)
