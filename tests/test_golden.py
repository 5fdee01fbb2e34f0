"""What the compiler writes, recorded as files: the text, and that each file is right by itself.

For each golden of `golden/programs.py`:

- the compiler writes this very text, in every process (`--update-golden` records it anew);
- the file, imported by itself, computes the right derivative, by truth from outside;
- the compiler reads the file again: its derivatives, in both modes, are those of the file.
"""

import copy
import doctest
import importlib.util
import inspect
import os
import re
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pytest
from golden.programs import GOLDENS, Golden
from golden.recording import FOLDER, directions, text_of

import srcxform
import srcxform as sx

TRUTH, AGAIN, DUALITY = 1e-9, 1e-8, 1e-12
LINES = 60  # of a file: one idea
MINUTE = 60
PAGE = Path(srcxform.__file__).parent / "README.md"
ROOT = PAGE.parent.parent

goldens = pytest.mark.parametrize("golden", GOLDENS, ids=lambda g: g.path.removesuffix(".py"))


def recorded(golden: Golden) -> types.ModuleType:
    """Import a golden's file, and nothing of what it was made from."""
    path = FOLDER / golden.path
    name = "golden_" + golden.path.removesuffix(".py").replace("/", "_").replace(".", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # so that the compiler finds its source, as for any module
    spec.loader.exec_module(module)
    return module


def functions(golden: Golden) -> list[Callable[..., Any]]:
    """Give the functions of a golden in the order of the file."""
    module = recorded(golden)
    return [f for f in vars(module).values() if getattr(f, "__module__", "") == module.__name__]


def arguments(golden: Golden) -> tuple[Any, ...]:
    """Give fresh arguments for the recorded function."""
    return copy.deepcopy((*golden.args, *golden.captured))


@goldens
def test_text(golden: Golden, request: pytest.FixtureRequest) -> None:
    text, path = text_of(golden), FOLDER / golden.path
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert text.count("\n") <= LINES


def test_collection() -> None:
    """Every file is compared with something, and every idea has its own."""
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.py")}
    assert files == {golden.path for golden in GOLDENS}
    assert len(files) == len(GOLDENS) >= 24


@goldens
def test_derivative(golden: Golden) -> None:
    """The file alone computes what the truth from outside says."""
    u = directions(golden)
    if golden.transforms[-1] == "jvp":
        inner = golden.transforms[:-1]
        value, dot = forward_call(golden, u)
        truth = directional(golden, u) if not inner else curvature(golden, u)
        assert oracles.close(dot, truth, TRUTH)
        expected = golden.function(*golden.args) if not inner else directional(golden, (1.0,))
        assert oracles.close(value, expected, TRUTH)
        return
    if golden.transforms == ("vjp",):
        forward, backward, *_ = functions(golden)
        out, residuals = forward(*arguments(golden))
        assert oracles.identical(out, golden.function(*arguments(golden)))
        out_bar = oracles.random_like(37, out)
        bars = backward(residuals, out_bar)
        again = backward(residuals, out_bar)
        assert oracles.identical(bars, again), "a pullback can be called twice"
        moved = [k for k, arg in enumerate(golden.args) if oracles.is_differentiable(arg)
                 and not isinstance(arg, int)]  # fmt: skip
        bars = bars if len(moved) > 1 else (bars,)
        chosen = tuple(bars[moved.index(k)] for k in golden.wrt)
        assert close_to(oracles.dot(chosen, u), oracles.dot(out_bar, directional(golden, u)))
        return
    bars = functions(golden)[0](*arguments(golden))
    if golden.transforms == ("value_and_grad",):
        value, bars = bars
        assert oracles.identical(value, golden.function(*arguments(golden)))
    bars = bars if len(golden.wrt) > 1 else (bars,)
    truth = directional(golden, u) if len(golden.transforms) == 1 else curvature(golden, u)
    assert close_to(oracles.dot(bars, u), float(truth.sum()))


@goldens
def test_again(golden: Golden) -> None:
    """Each recorded function is source like any other: it can be differentiated once more."""
    function, *rest = functions(golden)
    args = arguments(golden)
    if golden.transforms == ("vjp",):
        function, args = both_sweeps(function, rest[0]), (function(*args)[0], *args)
    elif golden.transforms[-1] == "jvp":
        args = with_tangents(golden, function, directions(golden))
    wrt = tuple(k for k, arg in enumerate(args) if movable(arg))
    u = tuple(oracles.random_like(5 + k, args[k]) for k in wrt)
    tangents = oracles.directions(args, wrt, u)
    out, out_dot = sx.jvp(function, copy.deepcopy(args), tangents)
    assert oracles.close(out, function(*copy.deepcopy(args)), DUALITY)
    assert oracles.close(out_dot, oracles.richardson_jvp(function, args, wrt, u), AGAIN)
    out, pullback = sx.vjp(function, *copy.deepcopy(args))
    out_bar = oracles.random_like(41, out)
    bars = pullback(out_bar)
    reverse = oracles.dot(tuple(bars[k] for k in wrt), u)
    assert close_to(reverse, oracles.dot(out_bar, out_dot), DUALITY)


def test_same_in_every_process(tmp_path: Path) -> None:
    """Nothing in a text depends on the order of sets, or on what was compiled before."""
    listings = []
    for seed in ("1", "2"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "SRCXFORM_CACHE_DIR": str(tmp_path / seed),
            "PYTHONPATH": os.pathsep.join([str(FOLDER.parent), str(ROOT)]),
        }
        done = subprocess.run(
            [sys.executable, "-m", "golden.recording"], cwd=tmp_path, env=environment,
            capture_output=True, text=True, encoding="utf-8", timeout=MINUTE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        listings.append(done.stdout.splitlines())
    assert listings[0] == listings[1]
    assert len(listings[0]) == len(GOLDENS)


def test_how_the_compiler_works() -> None:
    """The page that follows one function through every stage shows what the stages print."""
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted > 10
    assert found.failed == 0


def test_the_page_lists_every_folder() -> None:
    listed = re.findall(r"^\| `([\w.]+)/?` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    there = {
        path.name
        for path in PAGE.parent.iterdir()
        if (path.is_dir() or path.suffix == ".py") and not path.name.startswith("__")
    }
    assert len(listed) == len(set(listed))
    assert set(listed) == there


def test_links_of_the_page() -> None:
    targets = re.findall(r"\]\((?!https:)([^)#]+)\)", PAGE.read_text(encoding="utf-8"))
    assert targets
    for target in targets:
        assert (PAGE.parent / target).exists(), target


# --- truth


def directional(golden: Golden, u: tuple[Any, ...]) -> oracles.Vector:
    """The derivative of the program itself in the direction `u`."""
    oracle = oracles.complex_step_jvp if golden.analytic else oracles.richardson_jvp
    return oracle(golden.function, copy.deepcopy(golden.args), golden.wrt, u)


def curvature(golden: Golden, u: tuple[Any, ...]) -> oracles.Vector:
    """The derivative in the direction `u` of the derivative of a function of one number."""
    return oracles.second_directional(golden.function, golden.args, golden.wrt, (1.0,), u)


def forward_call(golden: Golden, u: tuple[Any, ...]) -> Any:
    function = functions(golden)[0]
    return function(*with_tangents(golden, function, u))


def with_tangents(
    golden: Golden, function: Callable[..., Any], u: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Give the arguments of a recorded tangent function: primals, then the tangents it names."""
    tangents = oracles.directions(golden.args, golden.wrt, u)
    names = list(inspect.signature(function).parameters)
    primals = names[: len(golden.args)]
    moved = names[len(golden.args) :]
    assert all(name.endswith("_dot") for name in moved)
    dots = [tangents[primals.index(name.removesuffix("_dot"))] for name in moved]
    return (*arguments(golden), *dots)


def both_sweeps(forward: Callable[..., Any], backward: Callable[..., Any]) -> Callable[..., Any]:
    """Give the function from a cotangent and the arguments to the cotangents of the arguments."""

    def sweeps(out_bar: Any, *args: Any) -> Any:
        _, residuals = forward(*args)
        return backward(residuals, out_bar)

    return sweeps


def movable(value: Any) -> bool:
    """Say whether a value holds a number with a tangent; an int is a setting here."""
    return any(
        oracles.is_differentiable(leaf) and not isinstance(leaf, int)
        for leaf in oracles.leaves(value)
    )


def close_to(a: float, b: float, rtol: float = TRUTH) -> bool:
    return abs(a - b) <= rtol * max(1.0, abs(a), abs(b), float(np.finfo(float).tiny))
