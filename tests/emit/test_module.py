"""The text of a module: its parts in their places."""

import ast
import subprocess
import sys
import sysconfig
from pathlib import Path

import gast
import pytest

from srcxform.emit.module import import_sections, module_text

IMPORTS = [
    "from srcxform.runtime import unbroadcast",
    "import numpy as np",
    "from srcxform.runtime import scatter, unbroadcast",
    "import math",
    "import numpy as np",
    "from __future__ import annotations",
    "from scipy import special as sp",
    "import collections.abc",
]


def test_the_whole():
    functions = gast.parse("def f(x): return np.sin(x)\ndef g(): return math.pi").body
    assert module_text(functions, IMPORTS, "What it is.") == (
        '"""What it is."""\n'
        "\n"
        "from __future__ import annotations\n"
        "\n"
        "import collections.abc\n"
        "import math\n"
        "\n"
        "import numpy as np\n"
        "from scipy import special as sp\n"
        "from srcxform.runtime import scatter, unbroadcast\n"
        "\n"
        "\n"
        "def f(x):\n"
        "    return np.sin(x)\n"
        "\n"
        "\n"
        "def g():\n"
        "    return math.pi\n"
    )


@pytest.mark.parametrize("header", ["", "One line.", 'Ends in "quotes"', "Two\n\nlines \\ here"])
@pytest.mark.parametrize("imports", [[], IMPORTS])
def test_it_is_a_module_that_ruff_leaves_alone(header, imports):
    text = module_text(gast.parse("def f(x): return x").body, imports, header)
    assert ast.get_docstring(ast.parse(text), clean=False) == (header or None)
    run = subprocess.run(
        [Path(sysconfig.get_path("scripts")) / "ruff", "format", "--isolated", "-"],
        input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    if not header.endswith('"'):  # where ruff puts a space
        assert run.stdout == text


def test_order_of_the_imports_does_not_matter():
    assert import_sections(IMPORTS) == import_sections(IMPORTS[::-1])


def test_a_long_import_is_broken():
    names = [f"a_rather_long_name_{number}" for number in range(6)]
    [section] = import_sections([f"from somewhere import {name}" for name in names])
    assert all(len(line) <= 100 for line in section)
    assert len(ast.parse("\n".join(section)).body[0].names) == 6


def test_what_is_no_import_is_refused():
    with pytest.raises(ValueError, match="no import"):
        import_sections(["x = 1"])


def test_the_interpreter_makes_no_difference():
    code = (
        "import gast\n"
        "from srcxform.emit.module import module_text\n"
        f"print(module_text(gast.parse('def f(x): return x').body, {IMPORTS}, 'H'), end='')"
    )
    root = Path(__file__).parents[2]
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "12345"
    }
    assert len(runs) == 1
