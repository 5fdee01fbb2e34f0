"""Batches of random programs: each has a seed, and with it always the same programs."""

import re
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from fuzz.dice import Dice, dice
from fuzz.judge import judge
from fuzz.whole import Program, programs

SIZE = 50
CURVED, LANES = 3, 5  # per cent of the programs that are differentiated twice, or get a batch


@dataclass
class Tally:
    """What became of the programs of some batches."""

    right: int = 0
    curved: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    invalid: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, Program] = field(default_factory=dict)
    bad: int = 0

    def add(self, other: "Tally") -> None:
        self.right += other.right
        self.curved += other.curved
        self.refused += other.refused
        self.invalid += other.invalid
        self.wrong = {**other.wrong, **self.wrong}
        self.bad += other.bad

    def lines(self) -> list[str]:
        """Exact figures."""
        refused = sum(self.refused.values())
        total = self.right + refused + self.bad
        found = [f"{total} programs: {self.right} right, "
                 f"{refused} refused, {self.bad} wrong; {self.curved} differentiated twice; "
                 f"{sum(self.invalid.values())} others were no programs to judge by"]  # fmt: skip
        found += [f"  refused {n:5d}  {why}" for why, n in self.refused.most_common()]
        found += [f"  wrong   {what}" for what in self.wrong]
        return found


def run(number: int, size: int = SIZE, stop_at: Callable[[str], bool] = lambda _: True) -> Tally:
    """Judge the programs of one batch; raise for the first wrong one that `stop_at` is told of.

    Hypothesis then shrinks it. The others are only counted.
    """
    tally = Tally()
    passed: set[tuple[str, bool, bool]] = set()  # shrinking tries a program again

    @settings(
        max_examples=size + 1, database=None, deadline=None, report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
        backend=dice(number),
    )  # fmt: skip
    @given(programs(), st.integers(0, 99))
    def batch(program: Program, luck: int) -> None:
        if not Dice.thrown:
            return  # Hypothesis begins with the simplest program of all
        curved, lanes = luck >= 100 - CURVED, luck < LANES
        if (program.text, curved, lanes) in passed:
            reject()
        try:
            verdict = judge(program, curved, lanes)
            passed.add((program.text, curved, lanes))
        except Exception as error:
            what = kind(error)
            tally.bad += 1
            tally.wrong.setdefault(what, program)
            if stop_at(what):
                raise
            return
        if verdict.what == "right":
            tally.right += 1
            tally.curved += curved and program.scalar
        else:
            (tally.refused if verdict.what == "refused" else tally.invalid)[verdict.why] += 1

    batch()
    return tally


def kind(error: Exception) -> str:
    """What went wrong and where, so that one mistake is told from another."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    message = re.sub(r"\d+\.\d*|\d+|'[^']*'", "#", str(error)).splitlines()
    where = re.sub(r"^(\w+?)_[0-9a-f]{16}_\w+", r"\1", Path(last.filename).name)
    return f"{type(error).__name__} in {where}: {message[0][:80] if message else ''}"
