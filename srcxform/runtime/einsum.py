"""The transpose of np.einsum in one of its operands is an einsum again.

Its subscripts are found here, when the source is written or, where they are not known then, at run
time. Axes of the operand that only it has, or has twice, are filled in by ones and identities.
"""

from __future__ import annotations

import string
from typing import Any

import numpy as np


def parsed(subscripts: str) -> tuple[list[str], str]:
    """Give the labels of the operands and of the result, the ellipsis written as a dot.

    >>> parsed("ij, jk")
    (['ij', 'jk'], 'ik')
    """
    text = subscripts.replace(" ", "").replace("...", ".")
    inputs, arrow, output = text.partition("->")
    if not arrow:
        labels = inputs.replace(",", "")
        output = "".join(sorted(c for c in set(labels) - {"."} if labels.count(c) == 1))
        output = ("." if "." in labels else "") + output
    return inputs.split(","), output


def written(operands: list[str], output: str) -> str:
    return (",".join(operands) + "->" + output).replace(".", "...")


def is_plain(subscripts: str, position: int) -> bool:
    """Say whether the transpose in the operand at `position` needs no filling in."""
    mine, _, rest = rest_of(subscripts, position)
    return len(set(mine)) == len(mine) and all(label in rest for label in mine)


def rest_of(subscripts: str, position: int) -> tuple[str, list[str], str]:
    """Give the labels of an operand, of the others one by one, and of all but the operand."""
    operands, output = parsed(subscripts)
    others = operands[:position] + operands[position + 1 :]
    return operands[position], others, output + "".join(others)


def einsum_transpose(subscripts: str, position: int) -> str:
    """Give the subscripts of the einsum that takes a cotangent to that of one operand.

    Its operands are the cotangent of the result and the other operands in their order. Axes that
    only this operand has, or has twice, are left to `einsum_expansion`. NumPy does not add over an
    ellipsis: its axes come first, for `unbroadcast` to add over.

    >>> einsum_transpose("ij,jk->ik", 0), einsum_transpose("ii->i", 0)
    ('ik,jk->ij', 'i->i')
    >>> einsum_transpose("...ij,kj->...ik", 1)
    '...ik,...ij->...kj'
    """
    mine, others, rest = rest_of(subscripts, position)
    _, output = parsed(subscripts)
    return written([output, *others], added_later(mine, rest) + shared_labels(mine, rest))


def ellipsis_first(subscripts: str, position: int) -> str:
    """Give the subscripts for an operand whose ellipsis was moved to the front.

    >>> ellipsis_first("ij...,jk...->ik...", 0)
    '...ij,jk...->ik...'
    """
    operands, output = parsed(subscripts)
    operands[position] = "." + operands[position].replace(".", "")
    return written(operands, output)


def ellipsis_moved(subscripts: str, position: int, back: bool) -> str:
    """Give the subscripts that move the ellipsis of an operand to the front, or back.

    >>> ellipsis_moved("ij...,jk...->ik...", 0, False)
    'ij...->...ij'
    """
    mine = parsed(subscripts)[0][position]
    letters = (c for c in string.ascii_letters if c not in mine)
    mine = "".join(c if c == "." or mine.count(c) == 1 else next(letters) for c in mine)
    front = "." + mine.replace(".", "")
    return written([front], mine) if back else written([mine], front)


def einsum_of_number(subscripts: str, position: int) -> str:
    """Give `einsum_transpose` where the result is a number, which is multiplied outside.

    >>> einsum_of_number("ij,jk,ki->", 0)
    'jk,ki->ij'
    """
    return einsum_transpose(subscripts, position).removeprefix(",")


def added_later(mine: str, rest: str) -> str:
    return "." if "." in rest and "." not in mine else ""


def shared_labels(mine: str, rest: str) -> str:
    return "".join(c for k, c in enumerate(mine) if c in rest and c not in mine[:k])


def einsum_expansion(subscripts: str, position: int) -> str:
    """Give the subscripts that bring in the missing axes, with `einsum_filling` as second operand.

    >>> einsum_expansion("ii->i", 0), einsum_expansion("ij->i", 0)
    ('i,ia->ia', 'i,j->ij')
    """
    mine, _, rest = rest_of(subscripts, position)
    unused = (c for c in string.ascii_letters if c not in subscripts)
    target, filled = "", ""
    for k, label in enumerate(mine):
        name = next(unused) if label in mine[:k] else label
        target += name
        if name != label:
            filled += label + name
        elif label not in rest:
            filled += label
    first = added_later(mine, rest)
    return written([first + shared_labels(mine, rest), filled], first + target)


def einsum_filling(subscripts: str, position: int, like: Any) -> Any:
    """Give the array of ones and identities for the axes that the other operands do not have.

    >>> einsum_filling("ii->i", 0, np.zeros((2, 2)))
    array([[1., 0.],
           [0., 1.]])
    """
    mine, _, rest = rest_of(subscripts, position)
    result: Any = np.ones((), np.asarray(like).real.dtype)
    for k, label in enumerate(mine):
        length = np.shape(like)[k if "." not in mine[:k] else k - len(mine)]
        if label in mine[:k]:
            result = np.multiply.outer(result, np.eye(length, dtype=result.dtype))
        elif label not in rest:
            result = np.multiply.outer(result, np.ones(length, result.dtype))
    return result


def stretched(g: Any, like: Any) -> Any:
    """Repeat `g` along the axes in which it has length one and `like` has not.

    NumPy lets an index have length one in one operand and another length in others.

    >>> stretched(np.ones((1, 3)), like=np.zeros((2, 1))).shape
    (2, 3)
    """
    return np.broadcast_to(g, np.broadcast_shapes(np.shape(g), np.shape(like)))
