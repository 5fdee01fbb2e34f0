"""Calls of `np.einsum` in the form that its rules know: subscripts as text, up to three operands.

`np.einsum(a, [0, 1], b, [1, 2])` is `np.einsum("ij,jk", a, b)`, and four operands are two of them
multiplied first.
"""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from srcxform.kinds.lattice import Const, Items, Kind, is_differentiable
from srcxform.runtime.einsum import parsed, written
from srcxform.specialise.forms import named
from srcxform.specialise.scope import Args, Keywords, State
from srcxform.syntax import build
from srcxform.syntax.build import Node

MOST = 3  # operands that the rules know


def einsum_call(state: State, node: Node, args: Args, keywords: Keywords) -> tuple[Args, Keywords]:
    """Give the arguments of `np.einsum` as its rules know them, or as they are."""
    text, operands = as_text(args)
    if text is None:
        return args, keywords
    if keywords.keys() <= {"optimize"} and any(is_differentiable(kind) for _, kind in operands):
        while len(operands) > MOST and len(parsed(text)[0]) == len(operands):
            text, operands = first_two_together(state, node, text, operands)
            keywords = {}
    return [(build.const(text), Const(text)), *operands], keywords


def as_text(args: Args) -> tuple[str | None, Args]:
    """Give the subscripts as text, and the operands; None where they are not known."""
    match args:
        case [(_, Const(value=str(text))), *operands]:
            return text, operands
        case [_, _, *_]:
            operands, lists = args[: len(args) // 2 * 2 : 2], args[1::2]
            output = args[-1] if len(args) % 2 else None
            return text_of_lists([kind for _, kind in lists], output and output[1]), operands
    return None, args


def text_of_lists(lists: list[Kind], output: Kind | None) -> str | None:
    """Write lists of numbers as subscripts; letters are in the order of the numbers."""
    labels = [labels_of(kind) for kind in (*lists, *([output] if output is not None else []))]
    if any(found is None for found in labels):
        return None
    numbers = sorted({n for found in labels for n in found or () if n is not ...})
    if len(numbers) > len(string.ascii_lowercase):
        return None
    start = 8 if len(numbers) <= 18 else 0
    letters = dict(zip(numbers, string.ascii_lowercase[start:], strict=False))
    texts = ["".join("..." if n is ... else letters[n] for n in found or ()) for found in labels]
    if output is None:
        return ",".join(texts)
    return ",".join(texts[:-1]) + "->" + texts[-1]


def labels_of(kind: Kind) -> list[Any] | None:
    """Give the labels that a list holds, None where they are not known."""
    match kind:
        case Items(items=items) if all(
            isinstance(one, Const) and (type(one.value) is int or one.value is ...) for one in items
        ):
            return [one.value for one in items if isinstance(one, Const)]
    return None


def first_two_together(state: State, node: Node, text: str, operands: Args) -> tuple[str, Args]:
    """Multiply the first two operands, and keep the labels that are needed afterwards."""
    from srcxform.specialise.calls import call_object

    labels, output = parsed(text)
    needed = output + "".join(labels[2:]) + "."
    both = dict.fromkeys(labels[0] + labels[1])
    kept = "".join(sorted(label for label in both if label in needed))  # an ellipsis comes first
    pair = written(labels[:2], kept)
    args = [(build.const(pair), Const(pair)), *operands[:2]]
    product = named(state, call_object(state, node, np.einsum, args, {}))
    return written([kept, *labels[2:]], output), [product, *operands[2:]]
