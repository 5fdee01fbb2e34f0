"""Einstein sums and np.tensordot as loops: one for each label, or a view where nothing is added.

    einsum("ij,jk->ik", x, y)      for i in range(n_i):
                                       for k in range(n_k):
                                           total = 0.0
                                           for j in range(n_j):
                                               total += x[i, j] * y[j, k]
                                           out[i, k] = total

Products of two matrices, or of a matrix and a vector, go to np.dot.
"""

from __future__ import annotations

import string
from typing import Any

import numpy as np
from numba.core import types as nb
from numpy.lib.stride_tricks import as_strided

from srcxform.native.tools import constant, overloading
from srcxform.native.versions import Made
from srcxform.runtime import einsum_filling, stretched
from srcxform.runtime.einsum import parsed, rest_of
from srcxform.syntax.written import written

__all__ = ["einsum", "tensordot"]

KINDS = {nb.float64: "0.0", nb.complex128: "0j", nb.int64: "0"}  # what a sum begins with


def einsum(subscripts: Any, x: Any, y: Any = None, z: Any = None, optimize: Any = False) -> Any:
    """Stand for np.einsum of up to three operands."""
    return np.einsum(subscripts, *(part for part in (x, y, z) if part is not None))


@overloading(einsum)
def _einsum(subscripts: Any, x: Any, y: Any = None, z: Any = None, optimize: Any = False) -> Made:
    text, given = constant(subscripts), [part for part in (x, y, z) if not is_missing(part)]
    labels = labelled(text, [getattr(part, "ndim", 0) for part in given])
    dtypes = [getattr(part, "dtype", part) for part in map(nb.unliteral, given)]
    if labels is None or any(dtype not in KINDS for dtype in dtypes):
        return None
    operands, out = labels
    if len(given) == 1 and isinstance(x, nb.Array) and set(out) == set(operands[0]):
        return view(operands[0], out)
    dotted = product(operands, out, given)
    begin = max((KINDS[dtype] for dtype in dtypes), key=["0", "0.0", "0j"].index)
    return sums(operands, out, begin, dotted)


def is_missing(part: Any) -> bool:
    return part is None or isinstance(part, (nb.NoneType, nb.Omitted))


def labelled(text: Any, ranks: list[int]) -> tuple[list[str], str] | None:
    """Give the labels of the operands and of the result, those for an ellipsis written out."""
    if not isinstance(text, str):
        return None
    operands, out = parsed(text)
    if len(operands) != len(ranks):
        return None
    free = [c for c in string.ascii_letters if c not in text]
    counts = [rank - len(own) + 1 for own, rank in zip(operands, ranks, strict=True) if "." in own]
    most = "".join(free[: max(counts, default=0)])
    full = []
    for own, rank in zip(operands, ranks, strict=True):
        missing = rank - len(own) + 1
        full.append(own.replace(".", most[len(most) - missing :] if missing else ""))
    if any(len(own) != rank for own, rank in zip(full, ranks, strict=True)):
        return None
    return full, out.replace(".", most)


NAMES = "x", "y", "z"
HEAD = "def summed(subscripts, x, y=None, z=None, optimize=False):"


def lengths(operands: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Write how often each loop runs; a length of one goes with any other, as in NumPy."""
    found: dict[str, list[str]] = {}
    for name, own in zip(NAMES, operands, strict=False):
        for k, label in enumerate(own):
            found.setdefault(label, []).append(f"{name}.shape[{k}]")
    lines = []
    for label, sizes in found.items():
        lines.append(f"    n_{label} = {sizes[0]}")
        for size in sizes[1:]:
            lines += [
                f"    if n_{label} == 1:",
                f"        n_{label} = {size}",
                f"    if {size} != n_{label} and {size} != 1:",
                "        raise ValueError('operands could not be broadcast together')",
            ]
    return lines, found


def sums(operands: list[str], out: str, begin: str, dotted: list[str]) -> Made:
    """Write the loops; those of the result are outside."""
    lines, sizes = lengths(operands)
    inner = [label for label in sizes if label not in out]
    entries = []
    for name, own in zip(NAMES, operands, strict=False):
        places = []
        for k, label in enumerate(own):
            alone = len(sizes[label]) == 1
            places.append(f"i_{label}" if alone else f"i_{label} * step_{name}_{k}")
            if not alone:
                lines.append(f"    step_{name}_{k} = min(1, {name}.shape[{k}] - 1)")
        entries.append(f"{name}[{', '.join(places)}]" if own else name)
    if out:
        kind = {"0": "int_", "0.0": "float_", "0j": "complex_"}[begin]
        shape = ", ".join(f"n_{label}" for label in out)
        lines.append(f"    out = empty(({shape},), {kind})")
    depth = 1
    for label in out:
        lines.append(f"{'    ' * depth}for i_{label} in range(n_{label}):")
        depth += 1
    total = depth
    lines.append(f"{'    ' * total}total = {begin}")
    for label in inner:
        lines.append(f"{'    ' * depth}for i_{label} in range(n_{label}):")
        depth += 1
    lines.append(f"{'    ' * depth}total += {' * '.join(entries)}")
    if out:
        lines.append(f"{'    ' * total}out[{', '.join(f'i_{c}' for c in out)}] = total")
    lines.append("    return out" if out else "    return total")
    bindings = {
        "empty": np.empty, "dot": np.dot,
        "int_": np.int64, "float_": np.float64, "complex_": np.complex128,
    }  # fmt: skip
    return written("summed", [HEAD, *dotted, *lines], bindings)


def product(operands: list[str], out: str, given: list[Any]) -> list[str]:
    """Write two operands with one label in common that is added over as np.dot; or nothing."""
    if len(operands) != 2 or any(not isinstance(part, nb.Array) for part in given):
        return []
    left, right = operands
    common = set(left) & set(right)
    apart = [label for label in left + right if label not in common]
    whole = 1 in map(len, operands) or len(out) == 2
    if len(common) != 1 or common & set(out) or "".join(apart) != out or not whole:
        return []
    plain = all(len(own) in (1, 2) and len(set(own)) == len(own) for own in operands)
    if not plain or len({part.dtype for part in given}) > 1 or given[0].dtype == nb.int64:
        return []
    (label,) = common
    first = "x" if left[-1] == label else "x.T"
    second = "y" if right[0] == label else "y.T"
    test = f"x.shape[{left.index(label)}] == y.shape[{right.index(label)}]"
    return [f"    if {test}:", f"        return dot({first}, {second})"]


def view(axes: str, out: str) -> Made:
    """Write a single operand whose labels are all kept as NumPy has it: as a view."""
    lines = ["def summed(subscripts, x, y=None, z=None, optimize=False):"]
    strides = []
    for label in out:
        places = [k for k, one in enumerate(axes) if one == label]
        strides.append(" + ".join(f"x.strides[{k}]" for k in places))
        lines += [
            line
            for k in places[1:]
            for line in (
                f"    if x.shape[{k}] != x.shape[{places[0]}]:",
                "        raise ValueError('dimensions of one label differ')",
            )
        ]
    shape = "".join(f"x.shape[{axes.index(label)}], " for label in out)
    lines.append(f"    return as_strided(x, ({shape}), ({', '.join(strides)},))")
    return written("summed", lines, {"as_strided": as_strided})


@overloading(einsum_filling)
def _einsum_filling(subscripts: Any, position: Any, like: Any) -> Made:
    text, place = constant(subscripts), constant(position)
    mine, _, rest = rest_of(text, place)
    if "." in mine:
        return None
    shape, equal = [], []
    for k, label in enumerate(mine):
        if label in mine[:k]:
            shape += [f"like.shape[{mine.index(label)}]", f"like.shape[{k}]"]
            equal.append((len(shape) - 2, len(shape) - 1))
        elif label not in rest:
            shape.append(f"like.shape[{k}]")
    return None if not shape else ones_and_identities(shape, equal)


def ones_and_identities(shape: list[str], equal: list[tuple[int, int]]) -> Made:
    lines = ["def filling(subscripts, position, like):", f"    out = zeros(({', '.join(shape)},))"]
    for k, size in enumerate(shape):
        lines.append(f"{'    ' * (k + 1)}for i_{k} in range({size}):")
    depth = "    " * (len(shape) + 1)
    test = " and ".join(f"i_{a} == i_{b}" for a, b in equal) or "True"
    place = ", ".join(f"i_{k}" for k in range(len(shape)))
    lines += [f"{depth}if {test}:", f"{depth}    out[{place}] = 1.0", "    return out"]
    return written("filling", lines, {"zeros": np.zeros})


@overloading(stretched)
def _stretched(g: Any, like: Any) -> Made:
    if not isinstance(g, nb.Array) or not isinstance(like, nb.Array):
        return lambda g, like: g
    return lambda g, like: np.broadcast_to(g, np.broadcast_shapes(g.shape, like.shape))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Stand for np.tensordot."""
    return np.tensordot(a, b, axes)


@overloading(tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Made:
    over = constant(axes)
    ranks = [getattr(part, "ndim", 0) for part in (a, b)]
    if isinstance(over, int):
        over = tuple(range(ranks[0] - over, ranks[0])), tuple(range(over))
    first, second = ((one,) if isinstance(one, int) else tuple(one) for one in over)
    if len(first) != len(second) or any(abs(k) > max(ranks) for k in (*first, *second)):
        return None
    left = list(string.ascii_lowercase[: ranks[0]])
    right = list(string.ascii_uppercase[: ranks[1]])
    for k, n in zip(first, second, strict=True):
        right[n] = left[k]
    common = set(left) & set(right)
    out = [label for label in left + right if label not in common]
    text = f"{''.join(left)},{''.join(right)}->{''.join(out)}"
    lines = ["def product(a, b, axes=2):", *unchanged(axes)]
    for k, n in zip(first, second, strict=True):
        lines.append(f"    if a.shape[{k}] != b.shape[{n}]:")
        lines.append("        raise ValueError('shape-mismatch for sum')")
    result = f"einsum({text!r}, a, b)"
    lines.append(f"    return {result}" if out else f"    return asarray({result})")
    return written("product", lines, {"einsum": einsum, "asarray": np.asarray})


def unchanged(axes: Any) -> list[str]:
    """Write a test of lists of axes: what is known of them is what they were made with."""
    lines = []
    parts: Any = axes if isinstance(axes, nb.BaseTuple) else ()
    for k, part in enumerate(parts):
        for n, axis in enumerate(constant(part) if isinstance(part, nb.List) else ()):
            lines.append(f"    if axes[{k}][{n}] != {axis}:")
            lines.append("        raise ValueError('a list of axes was changed')")
    return lines


VERSIONS = {einsum_filling, stretched}
