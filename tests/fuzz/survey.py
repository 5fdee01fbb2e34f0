"""Count what becomes of many random programs: `python -m fuzz.survey FIRST LAST`, in tests.

Batches FIRST to LAST - 1 of 50 programs are judged, and exact figures printed: right, refused for
which reasons, wrong. `python -m fuzz.survey --shrink BATCH` prints the first wrong program of a
batch in its shortest form.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from fuzz.batch import Tally, run  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("batches", type=int, nargs="+")
    given = parser.parse_args()
    if given.shrink:
        for number in given.batches:
            run(number)
        return
    total = Tally()
    first, last = given.batches
    for number in range(first, last):
        tally = run(number, stop_at=lambda _: False)
        for what, program in tally.wrong.items():
            print(f"--- batch {number}: {what}\n{program!r}", flush=True)
        total.add(tally)
        print(f"batch {number}: {total.lines()[0]}", flush=True)
    print("\n".join(total.lines()))


if __name__ == "__main__":
    main()
