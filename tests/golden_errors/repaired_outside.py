"""What the messages of `outside` ask for.  Importing this file adds it to `repaired.REPAIRED`."""

import logging
import os
from functools import partial

import numpy as np

from .repaired import repaired

LOG = logging.getLogger("golden_errors.outside")


@repaired("read_from_a_file", 2.0)
@repaired("lines_of_a_file", 2.0)
@repaired("told_by_another_process", 2.0)
@repaired("read_from_a_log", 2.0)
@repaired("number_of_a_configuration", 2.0)
@repaired("read_by_recursion", 2.0)
@repaired("hashed", 2.0)
def written_and_not_read(x):
    total = x
    with open(os.devnull, "w") as file:
        for k in range(2):
            print(x * k, file=file)
            total += x * k
        file.write(str(total))
    LOG.debug("%r", x)
    return total * x


@repaired("variables_of_a_frame", 2.0)
@repaired("arguments_of_a_partial", 2.0)
def variables_by_name(x):
    square = x * x
    power = partial(np.power, square)
    return square + power(3)


class Leaving:
    def __init__(self, x, out):
        self.x, self.out = x, out

    def leave(self):
        self.out.append(self.x)


@repaired("object_that_is_deleted", 2.0)
def object_that_is_left(x):
    out = []
    leaving = Leaving(x, out)
    leaving.leave()
    return out[0] * x


def helper(x):
    return x * x


@repaired("another_object_each_time", 2.0)
def one_object(x):
    return helper(x) * 2.0
