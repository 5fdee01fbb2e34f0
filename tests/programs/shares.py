"""Which programs of the corpus a test takes, where it takes too long for all.

A program is in the same share whatever else is in the corpus. `SRCXFORM_EVERY=1` gives all to each.
"""

import os
import zlib
from collections.abc import Sequence

from . import Example

ALL = os.environ.get("SRCXFORM_EVERY") == "1"


def number_of(example: Example, count: int) -> int:
    """The share that an example is in, of so many."""
    return zlib.crc32(example.name.encode()) % count


def share(examples: Sequence[Example], number: int, count: int) -> list[Example]:
    """The examples in one of `count` shares."""
    return [e for e in examples if ALL or number_of(e, count) == number]
