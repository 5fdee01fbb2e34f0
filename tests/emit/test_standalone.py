"""Standalone modules: they run without srcxform, and compute what their originals do."""

import ast
import doctest
import re
import subprocess
import sys
import types
from collections import OrderedDict, namedtuple
from pathlib import Path

import numpy as np
import pytest

import srcxform.runtime
from srcxform.emit.constants import constant
from srcxform.emit.standalone import standalone
from srcxform.errors import UnsupportedError

PACKAGE = {
    "__init__.py": "from srcxform.runtime.alpha import top, late\nfrom .beta import other\n",
    "alpha.py": '''\
"""Alpha."""
from __future__ import annotations
import math
import numpy as np
from typing import TYPE_CHECKING, Any
from srcxform.errors import Diagnostic, MutationError, NoDerivativeError, SrcxformError
from srcxform.errors import UnsupportedError as Refused
from srcxform.runtime.beta import helper as imported_helper, TABLE

Axes = int | None
LIMIT = 3  # how many
_PAIR = _FIRST, _SECOND = (LIMIT, len("ab"))


def _helper(x: Any) -> Any:
    return max(x, LIMIT) + math.pi


# Doubles
# what is top.
def top(x: Axes, limit=LIMIT, *, f=lambda LIMIT: LIMIT + 1) -> Any:
    """Top."""
    def inner(LIMIT):
        return [LIMIT + _helper for _helper in range(LIMIT)]
    if x is None:
        raise MutationError(Diagnostic("no x", None, "it is None", instead="an x"))
    if x == "type":
        raise NoDerivativeError(Diagnostic("no type", None, "", ""))
    if x == "base":
        raise SrcxformError(Diagnostic("base", None, "", ""))
    if x == "refused":
        raise Refused(Diagnostic("refused", None, "", ""))
    return (_helper(x), imported_helper(x), inner(2), f(1), limit, _SECOND, TABLE["one"](x),
            np.pi, "é", _FIRST)


def late():
    from srcxform.pipeline import compile_function
    return compile_function


def unused(x):
    return undefined_name
''',
    "beta.py": """\
import math
import numpy
from . import alpha as whole

Axes = int | None
TABLE = {}


def helper(x: Axes):
    return _helper(x) if x != 1 else even(4)


def _helper(x):
    return x * 100


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


TABLE["one"] = lambda x: helper(x) + 1


@staticmethod
def other(x):
    return numpy.float64(math.sqrt(x))


def with_module(x):
    return whole.top(x)
""",
}


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "runtime"
    place.mkdir()
    for name, text in PACKAGE.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def run(text):
    """Run a module where srcxform cannot be imported."""
    assert not re.search(r"^\s*(from|import) srcxform", text, re.MULTILINE)
    namespace = {"__name__": "alone"}
    kept = {name: module for name, module in sys.modules.items() if name.startswith("srcxform")}
    for name in kept:
        del sys.modules[name]
    sys.modules["srcxform"] = None
    try:
        exec(compile(text, "alone.py", "exec", dont_inherit=True), namespace)
    finally:
        del sys.modules["srcxform"]
        sys.modules.update(kept)
    return namespace


WANT = (5 + np.pi, 500, [2, 3], 2, 3, 2, 501, np.pi, "é", 3)


def test_helpers_come_with_all_they_use(folder):
    text = standalone(
        "from srcxform.runtime import top, other\n\ndef f(x):\n    return top(x)\n", {}, folder
    )
    module = run(text)
    assert module["f"](5) == WANT
    assert module["top"](1)[1] is True
    assert module["other"](4) == 2.0
    assert "unused" not in text and "late" not in text
    assert "# Doubles\n# what is top.\ndef top" in text
    assert text.count("Axes = ") == 1  # alike in both files
    assert text.endswith("\n\n\ndef f(x):\n    return top(x)\n")


@pytest.mark.parametrize(
    "x, kind, said",
    [(None, ValueError, "no x\nwhy: it is None\ninstead: an x"), ("type", TypeError, "no type"),
     ("base", Exception, "base"), ("refused", NotImplementedError, "refused")],
)  # fmt: skip
def test_errors_become_built_in(folder, x, kind, said):
    module = run(standalone("from srcxform.runtime import top", {}, folder))
    with pytest.raises(kind) as caught:
        module["top"](x)
    assert caught.type is kind and str(caught.value) == said


def test_names_of_the_module_win(folder):
    """Whatever the module calls like something a helper uses stays the module's own."""
    source = (
        "import cmath as math\n"
        "from srcxform.runtime import top as np, top as again\n"
        "def _helper(LIMIT):\n    return 'mine', LIMIT\n"
        "def max(*args):\n    return 'my max'\n"
        "def f(x):\n    _FIRST = Any = TABLE = 1\n"
        "    return np(x), again(x), _helper(x), max(x), math.sqrt(-1), Diagnostic, ValueError\n"
    )
    text = standalone(source, {"Diagnostic": "mine", "ValueError": 0, "odd": None}, folder)
    module = run(text)
    assert module["f"](5) == (WANT, WANT, ("mine", 5), "my max", 1j, "mine", 0)
    assert module["again"] is module["np"]
    assert module["np"](1)[1] is True
    with pytest.raises(ValueError):
        module["np"](None)


def test_imports_are_shared(folder):
    source = "import math\nimport numpy as np\nfrom srcxform.runtime import top\n"
    text = standalone(source, {}, folder)
    assert text.count("import math") == text.count("import numpy as np") == 1
    assert run(text)["top"](5) == WANT


def test_layout_is_kept(folder):
    source = (
        '"""Gradient of `f`."""\n\n'
        "import numpy as np\n"
        "from scipy.special import (\n    erf,\n    gamma,\n)\n"
        "from srcxform.runtime import other\n\n\n"
        "# made by hand\n"
        "def f(x):\n    # a comment\n\n    return   erf(other(x))  # odd   spacing\n"
    )
    text = standalone(source, {}, folder)
    assert text.startswith('"""Gradient of `f`."""\n\nfrom __future__ import annotations\n\nimport')
    assert text.endswith(source[source.index("\n\n# made") :])
    assert "from scipy.special import erf, gamma\n" in text


def test_nothing_to_do_changes_nothing(folder):
    source = "# by hand\nimport numpy as np\n\n\ndef f(x):\n    return np.sin(x)\n"
    assert standalone(source, {}, folder).split() == source.split()


@pytest.mark.parametrize(
    "source, named",
    [("from srcxform.runtime import late", "late"),
     ("from srcxform.runtime.beta import with_module", "with_module"),
     ("import srcxform", "import srcxform"),
     ("from srcxform import grad", "from srcxform import grad"),
     ("from srcxform.runtime import missing", "missing"),
     ("def f():\n    from srcxform.runtime import top", "from srcxform.runtime import top")],
)  # fmt: skip
def test_what_needs_the_compiler_is_refused(folder, source, named):
    with pytest.raises(UnsupportedError, match="standalone") as caught:
        standalone(source, {}, folder)
    assert named in str(caught.value)


# The real run-time package


def all_helpers():
    listed = ", ".join(srcxform.runtime.__all__)
    return f"import numpy as np\nfrom srcxform.runtime import {listed}\n"


def copyable():
    """The helpers that need no compiler at run time."""
    for name in srcxform.runtime.__all__:
        try:
            standalone(f"from srcxform.runtime import {name}\n", {})
        except UnsupportedError:
            continue
        yield name


def test_the_doctests_of_the_real_helpers_hold_in_the_copy():
    names = list(copyable())
    assert len(names) > 20
    text = standalone(f"import numpy as np\nfrom srcxform.runtime import {', '.join(names)}\n", {})
    module = types.ModuleType("alone")
    module.__dict__.update(run(text))
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for name in names:
        for test in finder.find(getattr(module, name), name, module=False, globs=module.__dict__):
            assert runner.run(test).failed == 0, name
    assert runner.summarize(verbose=False).attempted > 15


def test_each_real_helper_can_be_copied_alone():
    for name in copyable():
        assert callable(run(standalone(f"from srcxform.runtime import {name}\n", {}))[name])


def test_the_file_runs_as_a_program(tmp_path):
    path = tmp_path / "alone.py"
    source = (
        "from srcxform.runtime import unbroadcast\n\n\n"
        "def f(x):\n    return unbroadcast(x, like=np.float64(0.0)) + BIAS[0]\n\n\n"
        "print(f(np.ones(3)))\n"
    )
    path.write_text(standalone("import numpy as np\n" + source, {"BIAS": np.array([0.5])}))
    code = "import sys, runpy; sys.modules['srcxform'] = None; runpy.run_path(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, path], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) == 3.5


# Constants

ARRAYS = [
    np.arange(6.0).reshape(2, 3) / 3,
    np.array([[1, 2]], dtype=np.int8),
    np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    np.array([0.1], dtype=np.float32),
    np.array([65504.0, 0.1], dtype=np.float16),
    np.array([1 + 2j, complex(-0.0, -0.0), complex(np.inf, -0.0)]),
    np.array([1 + 0.1j], dtype=np.complex64),
    np.array([True, False]),
    np.array(3.5),
    np.zeros((0, 3), dtype=np.float32),
    np.array(["a", "b'\"\n"]),
    np.array([1.5, 2.5], dtype=">f8"),
    np.array([2**63], dtype=np.uint64),
    np.asfortranarray(np.ones((2, 3))),
    np.random.default_rng(0).normal(size=(20, 7)),
]
NESTED = [
    None, True, -3, 10**30, 0.1, -0.0, float("inf"), 2 + 3j, "it's\n", b"\x00'", ...,
    [1, (2.0,), {"k": [None, ()]}], {1, 2}, set(), {}, np.float32(0.1), np.int64(3), np.bool_(True),
    np.complex128(1j), np.float64("nan"), [np.arange(2)],
]  # fmt: skip


def assert_same(got, want):
    assert type(got) is type(want)
    if isinstance(want, np.ndarray | np.generic):
        assert got.dtype == want.dtype and got.shape == want.shape
        # The bytes, since a NaN and a negative zero compare wrongly.
        assert got.tobytes() == want.tobytes()
    elif isinstance(want, list | tuple):
        assert len(got) == len(want)
        for one, other in zip(got, want):
            assert_same(one, other)
    elif isinstance(want, dict):
        assert list(got) == list(want)
        assert_same(list(got.values()), list(want.values()))
    else:
        assert repr(got) == repr(want)


@pytest.mark.parametrize("value", ARRAYS + NESTED, ids=lambda value: f"{value!r:.30}")
def test_constants_come_back_bit_by_bit(value):
    text = standalone("def f():\n    return DATA\n", {"DATA": value})
    assert all(len(line) <= 100 for line in text.splitlines())
    got = run(text)["f"]()
    assert_same(got, value)
    if isinstance(value, np.ndarray):
        assert got.flags.f_contiguous == value.flags.f_contiguous


def test_a_shared_array_stays_shared():
    data = np.ones(3)
    module = run(standalone("x = a is b", {"a": data, "b": data, "c": np.ones(3)}))
    assert module["x"] and module["c"] is not module["a"]


def test_numpy_is_imported_under_a_free_name():
    module = run(standalone("def f(np):\n    return DATA + np\n", {"DATA": np.ones(2)}))
    assert module["f"](1).tolist() == [2.0, 2.0]
    text = standalone("import numpy as xp\nx = DATA\n", {"DATA": np.ones(2)})
    assert "xp.array(" in text and text.count("import numpy") == 1


Point = namedtuple("Point", "x y")
LOOP = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    "value",
    [object(), len, np, Point(1, 2), OrderedDict(a=1), [object()], {"a": {"b": lambda: 0}}, LOOP,
     np.array([object()]), np.ma.array([1.0]), np.array([1.0], dtype=[("a", float)]),
     np.array(["2020"], dtype="datetime64[Y]"), np.longdouble("0.1"), type("F", (float,), {})(1)],
    ids=lambda value: f"{type(value).__name__}",
)  # fmt: skip
def test_other_constants_are_refused_by_name(value):
    with pytest.raises(UnsupportedError, match="`SETTING`") as caught:
        standalone("x = SETTING", {"SETTING": value})
    assert isinstance(caught.value, NotImplementedError)


def test_one_literal_for_equal_sets():
    assert constant({"b", "a", "c"}, "s", "np") == '{"a", "b", "c"}'


def test_the_result_is_the_same_every_time(folder):
    source = "from srcxform.runtime import top, other\n"
    assert len({standalone(source, {"x": {3, 1}}, folder) for _ in range(3)}) == 1
    code = (
        "from pathlib import Path\nfrom srcxform.emit.standalone import standalone\n"
        f"print(standalone({all_helpers()!r}, {{}}), end='')"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(srcxform.runtime.__file__).parents[2],
            env={"PYTHONHASHSEED": seed},
            capture_output=True, text=True,
        ).stdout
        for seed in "123"
    }  # fmt: skip
    assert len(runs) == 1
    ast.parse(runs.pop())
