"""What programs tell and are told: files, logs, text of numbers, types of numbers."""

import io
import logging
import os

import numpy as np

from . import example, normal

LOG = logging.getLogger("programs.outside")


@example(1.3, analytic=False)
def text_of_a_number_chooses(x):
    """What text says of a number is not known while compiling."""
    text = str(x)
    if text == "0.7":
        return x
    if ".7" in text[:2] or repr(x).startswith("0"):
        return 3.0 * x
    return x * x * len(text.split("."))


@example(1.3, analytic=False)
def type_of_a_number(x):
    """A NumPy scalar is no `float`, though both are reals."""
    y = np.exp(x)
    return (x * x if type(x) is float else x) * (y if type(y) is float else y * y)


@example(normal(1, 4), analytic=False)
def tuple_as_long_as_a_number_says(v):
    n = int(abs(v[0]) * 10) + 2
    a = (v[0], 1.0) * n
    return np.sum([1.0, v[1], 2.0, 3.0] * v) * a[-2] + sum(a)


@example(1.3)
def settings_read_and_results_written(x):
    """What is read before, or by chance, shows nothing of what is written."""
    with open(os.devnull) as file:
        scale = 2.0 + len(file.read())
    draws = np.random.default_rng(0)
    total = x
    for k in range(3):
        with open(os.devnull, "a") as file:
            file.write(f"{k}: {total}\n")
        total = total * x * draws.normal()
        LOG.debug("%r", total)
    report = io.StringIO()
    report.write(f"{total}\n")
    print(report.getvalue(), end="")
    return total * scale * int(os.environ.get("SRCXFORM_NOT_SET", "2"))


@example(normal(2, 4))
def lists_beside_arrays(v):
    """NumPy makes an array of a list that meets one."""
    w = v / [2.0, 3.0 + v[1], 2.0, 3.0] + [[1.0, 2.0, v[0], 3.0]] * v
    w += (v[0], 1.0, v[1], v[1] * v[2])
    return np.sum(w * [v[:2] @ v[2:], 1.0, 2.0, 3.0])
