"""Rules of the comparisons that users' own rules end with: they hand on what they are given."""

from __future__ import annotations

from typing import Any

from srcxform.kinds.lattice import UNKNOWN, Items, Kind, general
from srcxform.rules.registry import linear, result_kind
from srcxform.runtime import checked_fwd, checked_jvp, checked_vjp, cotangent, objects_like


@linear(checked_jvp, "result, name", wrt="result")
def checked_jvp_bar(out_bar: Any) -> Any:
    return out_bar


@linear(checked_fwd, "result, name", wrt="result")
def checked_fwd_bar(out_bar: Any) -> Any:
    return out_bar


@linear(checked_vjp, "bars, name, likes", wrt="bars")
def checked_vjp_bar(out_bar: Any) -> Any:
    return out_bar


@linear(cotangent, "bar, like", wrt="bar")
def cotangent_bar(out_bar: Any) -> Any:
    return out_bar


@linear(objects_like, "bar, like", wrt="bar")
def objects_like_bar(out_bar: Any) -> Any:
    return out_bar


@result_kind(checked_jvp, checked_fwd)
def pair_kind(result: Kind, **given: Kind) -> Kind:
    return Items("tuple", result.items) if isinstance(result, Items) else UNKNOWN


@result_kind(checked_vjp)
def bars_kind(likes: Kind, **given: Kind) -> Kind:
    return Items("tuple", tuple(map(general, likes.items))) if isinstance(likes, Items) else UNKNOWN


@result_kind(cotangent, objects_like)
def like_kind(like: Kind, **given: Kind) -> Kind:
    return general(like)
