"""Ways of being refused that have to do with what leaves a program, and may come back to it.

Importing this file adds them to `programs.REFUSED`. Functions are added at the end, since goldens
name lines.
"""

import configparser
import logging
import os
import sys
import types
from functools import partial
from tempfile import TemporaryDirectory

import numpy as np

from srcxform import errors

from .programs import refused

FOLDER = TemporaryDirectory()
PATH = os.path.join(FOLDER.name, "told.txt")
HEARD: list[str] = []


class Kept(logging.Handler):
    def emit(self, record):
        HEARD.append(record.getMessage())

    def read(self):
        return HEARD.pop()


KEPT = Kept()
LOG = logging.getLogger("golden_errors.outside")
LOG.propagate = False
LOG.setLevel("INFO")
LOG.addHandler(KEPT)


@refused(2.0, error=errors.NoDerivativeError)
def read_from_a_file(x):
    with open(PATH, "w") as file:
        file.write(str(x))
    with open(PATH) as file:
        return float(file.read())


@refused(2.0, error=errors.NoDerivativeError)
def lines_of_a_file(x):
    total = 0.0
    for k in range(2):
        with open(PATH, "a+") as file:
            file.seek(0)
            for line in file:
                total += float(line)
            print(x * k, file=file)
    return total


@refused(2.0, error=errors.NoDerivativeError)
def told_by_another_process(x):
    os.putenv("SRCXFORM_TOLD", str(x))
    return float(os.popen("echo $SRCXFORM_TOLD").read())


@refused(2.0, error=errors.NoDerivativeError)
def read_from_a_log(x, kept=KEPT):
    LOG.info("%r", x)
    return float(kept.read())


@refused(2.0, error=errors.NoDerivativeError)
def number_of_a_configuration(x):
    settings = configparser.ConfigParser()
    settings["model"] = {"x": str(x)}
    return settings.getfloat("model", "x")


def written_deep(x, n):
    if n == 0:
        with open(PATH) as file:
            return float(file.read())
    with open(PATH, "w") as file:
        file.write(str(x))
    return written_deep(x, n - 1)


@refused(2.0, error=errors.NoDerivativeError)
def read_by_recursion(x):
    return written_deep(x, 2)


@refused(2.0, error=errors.NoDerivativeError)
def hashed(x):
    return hash(x) * 1e-18


@refused(2.0)
def variables_of_a_frame(x):
    square = x * x
    return sys._getframe().f_locals["square"] if square else x


@refused(2.0)
def arguments_of_a_partial(x):
    power = partial(np.power, x)
    return power.args[0]


class Leaving:
    def __init__(self, x, out):
        self.x, self.out = x, out

    def __del__(self):
        self.out.append(self.x)


@refused(2.0)
def object_that_is_deleted(x):
    out = []
    leaving = Leaving(x, out)
    del leaving
    return out[0]


def found_anew(name):
    if name != "helper":
        raise AttributeError(name)

    def helper(x):
        return x * x

    return helper


ANEW = types.ModuleType("golden_errors.anew")
ANEW.__getattr__ = found_anew
sys.modules[ANEW.__name__] = ANEW


@refused(2.0, error=errors.UnsupportedError)
def another_object_each_time(x):
    return ANEW.helper(x) * 2.0
