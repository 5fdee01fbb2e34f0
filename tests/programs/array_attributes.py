"""What an array says of its shape, layout and memory; parts of objects that have the same names."""

import collections
import dataclasses

import numpy as np

from . import example, normal, positive


@example(normal(1, 3, 4), analytic=False)
def layout_constants(a):
    """Sizes in bytes and strides are numbers that no derivative depends on."""
    scale = a.itemsize / a.nbytes + a[1:].strides[0] / 100.0
    if a.flags.c_contiguous and a.device == "cpu":
        scale = scale + np.sum(a).nbytes / 10.0
    return scale * a**2


@example(normal(2, 2, 3, 4))
def transposed_stacks(a):
    return a.mT @ a + np.sum(a[0].mT ** 3)


@dataclasses.dataclass
class Box:
    """A part of a model, with names that arrays use for other things."""

    size: float
    flags: float


Grid = collections.namedtuple("Grid", "shape ndim")


@example(Box(0.7, 1.3), analytic=False)
def object_with_a_size(box):
    return np.sin(box.size) * box.flags**2


@example(Grid(0.4, 0.9))
def tuple_with_a_shape(grid):
    return grid.shape**2 * np.exp(grid.ndim)


@example([Box(0.7, 1.3), Box(1.1, 0.2)], analytic=False)
def sizes_in_a_list(boxes):
    total = 0.0
    for box in boxes:
        total = total + box.size**2 / (1.0 + box.flags)
    return total


@example(positive(3, 4))
def boxes_for_lanes(v):
    made = [Box(x, x**2) for x in v]
    return made[1].size * made[2].flags + sum(box.size for box in made) ** 2
