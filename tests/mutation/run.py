"""Plant each fault in a copy of the tree and see whether the tests notice.

    python tests/mutation/run.py [WORDS] [-j JOBS] [--stages N] [--record] [--unrecorded]

Each fault (all, or those with WORDS in their description) is tried alone: first with the test that
found it last (`found.txt`, which `--record` writes), then the tests run in order, those that find
most first, until one fails (or until the first N stages have passed). `--unrecorded` leaves out the
faults that have a test in that file. Prints a line for each fault, and at the end how many were
caught; ends with status 1 if that is below 95 %. A fault that the whole suite does not notice needs
a test.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mutation.faults import FAULTS, Fault  # noqa: E402

ROOT = Path(__file__).parents[2]
FOUND = Path(__file__).with_name("found.txt")  # a fault in each line, and the test behind a tab
FEW = (
    "in_loop or several_exits or horner or forward_substitution or overwritten or swap_buffers or "
    "broadcast or nested_branches or dict_params or appended_list or unpack_nested or kepler"
)
KINDS = "jumps or loops or inplace or containers or assignments or calls or returns or random_finds"
STAGES = (  # what each runs, quickest first, and how many CPU seconds it may take
    ("a few programs", 300, ["tests/test_programs.py", "-k", f"({FEW}) and not second_order"]),
    ("programs of some kinds", 900,
     ["tests/test_programs.py", "-k", f"({KINDS}) and not second_order"]),
    ("all programs", 1800, ["tests/test_programs.py", "-k", "not second_order"]),
    ("random programs", 300, ["tests/fuzz"]),
    ("rules", 900, ["tests/rules"]),
    ("second order", 1800, ["tests/test_programs.py", "-k", "second_order"]),
    ("all else", 3600, ["tests", "--ignore=tests/test_programs.py", "--ignore=tests/fuzz",
                        "--ignore=tests/rules", "--ignore=tests/mutation",
                        "--ignore=tests/test_golden.py"]),
    ("goldens", 300, ["tests/test_golden.py"]),
)  # fmt: skip
IGNORED = shutil.ignore_patterns(".git", "__pycache__", ".*_cache", ".hypothesis", ".venv")
WANTED = 0.95


@dataclass(frozen=True)
class Outcome:
    """Which stage noticed a fault, by which test; no stage if none did."""

    fault: Fault
    stage: str | None
    test: str
    seconds: float


def found_last() -> dict[str, str]:
    lines = FOUND.read_text(encoding="utf-8").splitlines() if FOUND.exists() else []
    return dict(line.split("\t", 1) for line in lines)


def record(found: dict[str, str]) -> None:
    """Write down which test finds which fault; what was not tried keeps its line."""
    known = found_last() | found
    lines = [f"{f.what}\t{known[f.what]}\n" for f in FAULTS if f.what in known]
    FOUND.write_text("".join(lines), encoding="utf-8")


def try_fault(fault: Fault, stages: int) -> Outcome:
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="srcxform-fault-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=IGNORED)
        fault.plant(tree / "srcxform")
        known = found_last().get(fault.what)
        again = [("the test that found it last", 300, [known])] if known else []
        for stage, limit, selection in (*again, *STAGES[:stages]):
            test = first_failure(tree, limit, selection)
            if test is not None:
                return Outcome(fault, stage, test, time.monotonic() - start)
    return Outcome(fault, None, "", time.monotonic() - start)


def first_failure(tree: Path, limit: int, selection: list[str]) -> str | None:
    """The first test of a selection that fails in this tree, or that it takes too long.

    The limit is CPU time: on a busy machine a wall clock would find faults that no test does.
    """
    command = ["sh", "-c", f'ulimit -t {limit} && exec "$@"', "sh",
               sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header",
               "--tb=no", "-rfE", *selection]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(tree), "SRCXFORM_FUZZ": "150",
                   "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # fmt: skip
    environment.pop("SRCXFORM_CACHE_DIR", None)
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"no end within {limit} CPU seconds"
    if done.returncode == 0 or "ERROR: not found" in done.stderr:  # the test has another name now
        return None
    lines = [s for s in done.stdout.splitlines() if s.startswith(("FAILED", "ERROR"))]
    return lines[0] if lines else done.stdout[-200:] + done.stderr[-200:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="?", default="")
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--stages", type=int, default=len(STAGES))
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--unrecorded", action="store_true")
    given = parser.parse_args()
    done = found_last() if given.unrecorded else {}
    chosen = [f for f in FAULTS if given.words in f.what and f.what not in done]
    caught = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        for outcome in pool.map(partial(try_fault, stages=given.stages), chosen):
            caught += outcome.stage is not None
            word = f"caught by {outcome.stage}" if outcome.stage else "SURVIVED"
            print(f"{outcome.seconds:5.0f} s  {word:26}  {outcome.fault.what}", flush=True)
            if outcome.stage:
                print(f"         {outcome.test[:120]}", flush=True)
            if given.record and outcome.test.startswith("FAILED "):
                test = outcome.test.removeprefix("FAILED ").split(" - ")[0]
                record({outcome.fault.what: test})
    print(f"{caught} of {len(chosen)} faults caught ({caught / max(len(chosen), 1):.1%})")
    return 0 if caught >= WANTED * len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
