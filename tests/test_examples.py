"""What a newcomer meets first is true: the examples, the README, the docstrings.

The README's example is run as a file of its own, and must print what stands below it. Its table of
what is refused has a program here for every row.
"""

import doctest
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcxform
import srcxform as sx

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
PAGES = sorted((ROOT / "docs").glob("*.md"))
PACKAGE = Path(srcxform.__file__).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MINUTE = 60


def run(script: Path, folder: Path) -> str:
    """Run a script as a user does, away from the source tree; give what it printed."""
    paths = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "PYTHONIOENCODING": "utf-8",
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=MINUTE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def blocks(language: str) -> list[str]:
    """Give the README's code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.name)
def test_example(script: Path, tmp_path: Path) -> None:
    assert run(script, tmp_path).strip()


def test_the_index_lists_every_example() -> None:
    index = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(\w+\.py)\]\((\w+\.py)\)", index, re.MULTILINE)
    assert all(shown == target for shown, target in listed)
    assert sorted(shown for shown, _ in listed) == [path.name for path in EXAMPLES]


def test_readme_example(tmp_path: Path) -> None:
    program, shown = blocks("python")
    assert len([line for line in program.splitlines() if line]) == 10
    script = tmp_path / "decay.py"
    script.write_text(program, encoding="utf-8")
    assert run(script, tmp_path).strip() == shown.strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page(page: Path) -> None:
    """What a page shows at a prompt is what comes of it, from its first line to its last."""
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    found = doctest.testfile(str(page), False, optionflags=flags, encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    assert found.attempted == len(re.findall(r"^>>> ", text, re.MULTILINE)) > 0
    assert found.failed == 0


def test_the_readme_lists_every_page() -> None:
    listed = re.findall(r"^\| \[[^]]+\]\((docs/[\w.]+)\)", README, re.MULTILINE)
    assert sorted(listed) == [f"docs/{path.name}" for path in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page_links(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_readme_commands() -> None:
    """The very first thing is one command for each job, from nothing."""
    title, _, *rest = README.splitlines()
    commands = "\n".join(rest).split("```")[1].splitlines()[1:]
    assert title == "# srcxform"
    assert len(commands) == 2
    for command in commands:
        assert command.startswith("python -m venv .venv && .venv/bin/pip install -e ")
    assert commands[0].endswith("&& .venv/bin/python examples/quickstart.py")
    assert commands[1].endswith("&& .venv/bin/python -m pytest -n 2")


def test_readme_links() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


# --- what the README says is followed, and what is refused


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


def generated(x):
    yield x
    yield x * x


def followed(x):
    def scaled(y):
        return y * x

    with np.errstate(all="ignore"):
        try:
            found = {}["missing"]
        except KeyError:
            found = x
    match found:
        case float():
            found = 2.0 * found
    return scaled(found) + sum(generated(x)) + Square(x).area()


def test_what_the_readme_says_is_followed() -> None:
    """The function is `2 x² + x + x² + x²`."""
    assert sx.grad(followed)(0.5) == 8 * 0.5 + 1
    assert sx.jvp(followed, (0.5,), (1.0,)) == (1.5, 5.0)


scale = 1.0


def global_statement(x):
    global scale
    scale = x
    return scale * x


def summing(start):
    total = start

    def add(x):
        nonlocal total
        total = total + x
        return total

    return add


running = summing(1.0)


def nonlocal_of_the_returned(x):
    return running(x) * x


def inner_class(x):
    class Holder:
        value = x

    return Holder.value


async def coroutine(x):
    return x * x


def fill(values, n, x):
    if n > 0:
        values[n - 1] = x * n
        fill(values, n - 1, x)
    return [values]


def recursive_writer(x):
    values = [0.0, 0.0, 0.0]
    fill(values, 3, x)
    return values[0] + values[2]


def number_or_array(x):
    y = x
    if x > 0.0:
        y = np.array([x, x])
    y *= x
    return np.sum(y)


def no_rule(x):
    return math.nextafter(x, 1.0)


def evaluated(x):
    return eval("x * x")


def from_exec() -> Callable[..., Any]:
    namespace: dict[str, Any] = {}
    exec("def square(x):\n    return x * x", namespace)
    return namespace["square"]


class Held:
    """An object with one attribute."""

    def __init__(self, value: float) -> None:
        self.value = value


def one_of_the_callers(x: float, held: tuple[Held, Held] = (Held(1.0), Held(2.0))) -> float:
    one = max(held, key=lambda h: h.value * x)
    one.value = one.value * x
    return one.value


def text_in_a_computation(x: float) -> float:
    return float(f"{x:.3f}") * x


def scaled_beside(values: np.ndarray, other: np.ndarray) -> float:
    values *= 2.0
    return float(np.sum(values * other))


ONE_ARRAY = np.array([0.5, 1.5])
GIVEN = {scaled_beside: (ONE_ARRAY, ONE_ARRAY)}  # to other functions a number is given
UNSUPPORTED = (sx.errors.UnsupportedError, NotImplementedError)
MUTATION = (sx.errors.MutationError, ValueError)
NO_DERIVATIVE = (sx.errors.NoDerivativeError, TypeError)
NO_SOURCE = (sx.errors.SourceNotFoundError, OSError)

REFUSED: dict[str, tuple[Callable[..., Any], tuple[type[Exception], type[Exception]]]] = {
    "writing a `global` variable, or an attribute of a class, function or module": (
        global_statement,
        UNSUPPORTED,
    ),
    "`nonlocal`, when the function around it has returned": (
        nonlocal_of_the_returned,
        UNSUPPORTED,
    ),
    "`class` inside the function": (inner_class, UNSUPPORTED),
    "objects of the caller, of which it is known only while the program runs which one is written "
    "to": (one_of_the_callers, UNSUPPORTED),
    "text, a set, or the keys of a dict, made of differentiated values, in a computation": (
        text_in_a_computation,
        NO_DERIVATIVE,
    ),
    "`async def`": (coroutine, UNSUPPORTED),
    "a recursive function that writes into its arguments and returns views of them, or containers "
    "with them": (
        recursive_writer,
        NO_DERIVATIVE,
    ),
    "arguments that share memory (`f(x, x)`, views of one array), where `f` writes into one of "
    "them": (scaled_beside, MUTATION),
    "`y *= x` where `y` is a number in one run and an array in another, and has a second name": (
        number_or_array,
        NO_DERIVATIVE,
    ),
    "a library function that has neither a rule nor Python source": (no_rule, NO_DERIVATIVE),
    "`exec` and `eval`": (evaluated, UNSUPPORTED),
    "a function from `exec`, `eval` or `python -c`": (from_exec(), NO_SOURCE),
}


def test_readme_table_of_refusals() -> None:
    table = README.split("| refused | write instead |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.*?) \| .*? \|$", table, re.MULTILINE)
    assert [row for row in rows if row != "---"] == list(REFUSED)


@pytest.mark.parametrize("row", REFUSED)
def test_refused(row: str) -> None:
    function, (error, builtin) = REFUSED[row]
    assert issubclass(error, sx.errors.SrcxformError) and issubclass(error, builtin)
    with pytest.raises(error):
        sx.grad(function)(*GIVEN.get(function, (0.5,)))


def test_readme_error(tmp_path: Path) -> None:
    (shown,) = blocks("text")
    script = tmp_path / "model.py"
    script.write_text(
        "import numpy as np\n"
        "import srcxform as sx\n\n\n"
        "def weighted(x):\n"
        "    global scale\n"
        "    scale = np.sqrt(x)\n"
        "    return scale * x\n\n\n"
        "try:\n"
        "    sx.grad(weighted)(2.0)\n"
        "except sx.errors.SrcxformError as error:\n"
        "    print(f'{type(error).__name__}: {error}')\n",
        encoding="utf-8",
    )
    printed = run(script, tmp_path).replace(f"{tmp_path}{os.sep}", "")
    assert printed.strip() == shown.strip()


# --- docstrings


RUN_DOCTESTS = """
import doctest, importlib, pkgutil
import srcxform
from srcxform.rules.registry import RULES

flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
tried = 0
for found in pkgutil.walk_packages(srcxform.__path__, "srcxform."):
    if not found.name.endswith("__main__"):
        rules = dict(RULES)  # an example may show how to register a rule
        tried += doctest.testmod(importlib.import_module(found.name), optionflags=flags).attempted
        RULES.clear()
        RULES.update(rules)
print("tried", tried)
"""


def test_docstrings(tmp_path: Path) -> None:
    """Every example in the docstrings; in a process of its own, for one may register a rule."""
    script = tmp_path / "doctests.py"
    script.write_text(RUN_DOCTESTS, encoding="utf-8")
    printed = run(script, tmp_path)
    assert re.fullmatch(r"tried [1-9]\d+", printed.strip()), printed
