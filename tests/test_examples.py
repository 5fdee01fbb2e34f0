"""What a newcomer meets first is true: the examples, the README, the docstrings.

The README's example is run as a file of its own, and must print what stands below it. Its table of
what is refused has a program here for every row.
"""

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


# --- what the README says is refused


def smooth(x):
    try:
        return np.sqrt(x)
    except FloatingPointError:
        return 0.0


def with_statement(x):
    with np.errstate(all="ignore"):
        return x * x


scale = 1.0


def global_statement(x):
    global scale
    scale = x
    return scale * x


def inner_class(x):
    class Holder:
        value = x

    return Holder.value


def match_statement(x):
    match x:
        case float():
            return x * x
    return x


def generated(x):
    yield x


def generator_function(x):
    return sum(generated(x))


def no_rule(x):
    return np.interp(x, [0.0, 2.0], [1.0, 3.0])


def repeated_position(x):
    y = np.zeros(3)
    y[np.array([0, 0])] = x
    return y[0]


def from_exec(x):
    namespace: dict[str, Any] = {}
    exec("def square(x):\n    return x * x", namespace)
    return namespace["square"]


REFUSED: dict[str, tuple[Callable[..., Any], type[Exception], type[Exception]]] = {
    "`try`": (smooth, sx.errors.UnsupportedError, NotImplementedError),
    "`with`": (with_statement, sx.errors.UnsupportedError, NotImplementedError),
    "`global`, `nonlocal`": (global_statement, sx.errors.UnsupportedError, NotImplementedError),
    "`def` and `class` inside the function": (
        inner_class,
        sx.errors.UnsupportedError,
        NotImplementedError,
    ),
    "`match`": (match_statement, sx.errors.UnsupportedError, NotImplementedError),
    "a generator function (`yield`)": (
        generator_function,
        sx.errors.UnsupportedError,
        NotImplementedError,
    ),
    "a library function that has neither a rule nor Python source": (
        no_rule,
        sx.errors.NoDerivativeError,
        TypeError,
    ),
    "`x[i] = v` where the array `i` repeats a position, in reverse mode": (
        repeated_position,
        sx.errors.MutationError,
        ValueError,
    ),
    "a function from `exec`, `eval` or `python -c`": (
        from_exec(0.0),
        sx.errors.SourceNotFoundError,
        OSError,
    ),
}


def test_readme_table_of_refusals() -> None:
    table = README.split("| refused | write instead |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.*?) \| .*? \|$", table, re.MULTILINE)
    assert [row for row in rows if row != "---"] == list(REFUSED)


@pytest.mark.parametrize("row", REFUSED)
def test_refused(row: str) -> None:
    function, error, builtin = REFUSED[row]
    assert issubclass(error, sx.errors.SrcxformError) and issubclass(error, builtin)
    with pytest.raises(error):
        sx.grad(function)(0.5)


def test_readme_error(tmp_path: Path) -> None:
    (shown,) = blocks("text")
    script = tmp_path / "model.py"
    script.write_text(
        "import numpy as np\n"
        "import srcxform as sx\n\n\n"
        "def smooth(x):\n"
        "    try:\n"
        "        return np.sqrt(x)\n"
        "    except FloatingPointError:\n"
        "        return 0.0\n\n\n"
        "try:\n"
        "    sx.grad(smooth)(2.0)\n"
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
