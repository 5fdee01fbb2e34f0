"""The command line: derivatives printed for files and modules, and the cache looked after."""

import ast
import inspect
import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcxform as sx
from srcxform import cli
from srcxform.api.dumping import self_contained
from srcxform.emit import cache
from srcxform.emit.defaults import with_defaults
from srcxform.errors import UnsupportedError

MODEL = '''\
"""A model."""
import math
import struct
import types

import numpy as np

RATE = 0.25
WEIGHTS = np.array([1.0, 2.0, 0.1])
LONG = {"table": [0.1, 0.2], "name": "a"}
SCALES = (2.0, 1.0)


def loss(w, x, y):
    z = x @ w
    p = 1 / (1 + np.exp(-z))
    r = p - y
    return np.sum(r * r)


def decay(x: float, k: float, n: int):
    y = x
    for i in range(n):
        y = y - RATE * k * y * y
    return y


def weighted(x):
    return np.sum(WEIGHTS * np.abs(x) ** 1.5) * RATE + LONG["table"][1] * x[0]


def power(x: float, n: int = 3):
    return x if n == 0 else power(x, n - 1) * math.sin(x) * SCALES[0]


def vector(x: float):
    return np.array([x, x * x])


def named(x: float, mode="a"):
    return x * x if mode == "a" else x


def residuals(w, x):
    return np.tanh(WEIGHTS * w) @ x * w


def spread(x: float, *, k: float = 2.0):
    return k * x**3


def unheard(x: float):
    return struct.unpack("d", struct.pack("d", x))[0]


def make(rate):
    def falling(x: float):
        return math.exp(-rate * x)

    return falling


falling = make(0.5)


def opaque(x: float):
    return x * HELPER(2.0)


HELPER = types.SimpleNamespace


async def awaited(x: float):
    return x


def called_guarded(x: float):
    return awaited(x) if x < 0.0 else x * x


def guarded(x: float):
    if x < 0.0:
        global CALLS
        CALLS = x
    return x * x


class Layer:
    @staticmethod
    def forward(x: float):
        return math.tanh(x)

    def scaled(self, x: float):
        return self.k * x * x

    def nothing(self):
        return self.k


class Cubic:
    def __init__(self, k):
        self.k = k

    def value(self, x: float):
        return self.k * x**3


cubic = Cubic(0.5)
not_a_function = 3
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Any:
    """A folder with model.py, from which the command runs."""
    (tmp_path / "model.py").write_text(MODEL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "store"))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if not name.startswith("srcxform"):
            del sys.modules[name]


def dump(capsys, *arguments: str) -> str:
    assert cli.main(["dump", *arguments]) == 0
    return capsys.readouterr().out


def functions(text: str) -> dict[str, Any]:
    """Run a module's text; give its functions."""
    module = types.ModuleType("printed")
    exec(compile(text, "<printed>", "exec"), module.__dict__)
    own = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return {name: getattr(module, name) for name in own}


def difference(f: Any, x: float, step: float = 1e-3) -> float:
    """Differentiate by Richardson's extrapolation of central differences."""
    d = [(f(x + h) - f(x - h)) / (2 * h) for h in (step, step / 2, step / 4)]
    e = [(4 * d[1] - d[0]) / 3, (4 * d[2] - d[1]) / 3]
    return (16 * e[1] - e[0]) / 15


# dump


def test_file_and_module_give_the_same(folder: Path, capsys) -> None:
    by_module = dump(capsys, "model:loss")
    del sys.modules["model"]
    assert dump(capsys, "model.py:loss") == by_module
    assert dump(capsys, f"{folder / 'model.py'}:loss") == by_module
    assert '"""Gradient of `loss` (model.py:14) with respect to `w`."""' in by_module
    assert str(folder) not in by_module


def test_nothing_known_of_the_arguments_stays_general(folder: Path, capsys) -> None:
    gradient = functions(dump(capsys, "model:loss", "--wrt", "w,y"))["loss_grad"]
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(4, 3)), generator.normal(size=4)
    for shape in ((3,), (3, 1), (3, 4)):
        w = generator.normal(size=shape)
        u, v = generator.normal(size=shape), generator.normal(size=4)
        w_bar, y_bar = gradient(w, x, y)
        import model

        expected = difference(lambda t: model.loss(w + t * u, x, y + t * v), 0.0)
        assert w_bar.shape == w.shape
        assert np.isclose(np.sum(w_bar * u) + np.sum(y_bar * v), expected, rtol=1e-8)


def test_annotations_and_defaults_give_the_kinds(folder: Path, capsys) -> None:
    text = dump(capsys, "model:decay", "--wrt", "x", "--wrt", "k")
    assert "unbroadcast" not in text and "srcxform" not in text.split('"""')[2]
    text = dump(capsys, "model:named")
    assert not any(isinstance(node, ast.If) for node in ast.walk(ast.parse(text)))


@pytest.mark.parametrize("transform", ["grad", "value_and_grad", "jvp", "vjp"])
def test_transforms(folder: Path, capsys, transform: str) -> None:
    import model

    found = functions(dump(capsys, "model:decay", "--transform", transform, "--wrt", "k"))
    x, k, n = 0.7, 0.3, 4
    expected = difference(lambda k: model.decay(x, k, n), k)
    rate = model.RATE  # captured values come last
    match transform:
        case "grad":
            got = found["decay_grad"](x, k, n, rate)
        case "value_and_grad":
            value, got = found["decay_value_and_grad"](x, k, n, rate)
            assert value == model.decay(x, k, n)
        case "jvp":
            value, got = found["decay_jvp"](x, k, n, 1.0, rate)
            assert value == model.decay(x, k, n)
        case "vjp":
            value, residuals = found["decay_fwd"](x, k, n, rate)
            assert value == model.decay(x, k, n)
            got = found["decay_bwd"](residuals, 1.0)
    assert np.isclose(got, expected, rtol=1e-10)


def test_the_first_transform_is_the_innermost(folder: Path, capsys) -> None:
    both = ["--transform", "grad", "--transform", "jvp", "--wrt", "x"]
    text = dump(capsys, "model:power", *both)
    assert list(functions(text))[0] == "power_grad_jvp"
    text = dump(capsys, "model:power", "--transform", "jvp", "--transform", "vjp", "--wrt", "x")
    assert list(functions(text))[:2] == ["power_jvp_fwd", "power_jvp_bwd"]


@pytest.mark.parametrize("transform", ["grad", "value_and_grad", "jvp"])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_order(folder: Path, capsys, transform: str, order: int) -> None:
    """Derivatives of exp(-x/2) are its multiples."""
    import model

    options = ["--transform", transform, "--order", str(order), "--wrt", "x", "--standalone"]
    function = next(iter(functions(dump(capsys, "model:falling", *options)).values()))
    x = 0.3
    expected = (-0.5) ** order * model.falling(x)
    if transform == "grad":
        assert np.isclose(function(x), expected, rtol=1e-12)
    elif transform == "value_and_grad":
        value, got = function(x)
        assert np.isclose(value, (-0.5) ** (order - 1) * model.falling(x), rtol=1e-12)
        assert np.isclose(got, expected, rtol=1e-12)
    else:
        tangents = [1.0] * order
        out = function(x, *tangents)
        while isinstance(out, tuple):
            out = out[-1]
        assert np.isclose(out, expected, rtol=1e-12)


def test_output_file(folder: Path, capsys) -> None:
    printed = dump(capsys, "model:loss")
    assert dump(capsys, "model:loss", "-o", "loss_grad.py") == ""
    assert (folder / "loss_grad.py").read_text() == printed
    assert cli.main(["dump", "model:loss", "-o", "nowhere/loss.py"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_functions_inside_classes_and_packages(folder: Path, capsys) -> None:
    assert "def forward_grad(x):" in dump(capsys, "model:Layer.forward")
    package = folder / "package" / "inner"
    package.mkdir(parents=True)
    for place in (package, package.parent):
        (place / "__init__.py").write_text("")
    (package.parent / "base.py").write_text("def square(x): return x * x\n")
    (package / "top.py").write_text(
        "from ..base import square\ndef f(x: float): return square(x) * x\n"
    )
    text = dump(capsys, "package/inner/top.py:f")
    assert np.isclose(functions(text)["f_grad"](2.0), 12.0)
    assert dump(capsys, "package.inner.top:f") == text


def test_a_file_called_like_a_module_in_use(folder: Path, capsys) -> None:
    (folder / "copy.py").write_text("def f(x: float): return x * x\n")
    assert functions(dump(capsys, "copy.py:f"))["f_grad"](3.0) == 6.0
    import copy

    assert copy.copy([1]) == [1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["model"], "FILE.py:FUNCTION"),
        (["missing.py:f"], "no file missing.py"),
        (["missing_module:f"], "no module missing_module"),
        (["model:missing"], "no function `missing`"),
        (["model:not_a_function"], "`not_a_function` in model is no function"),
        (["model:loss", "--wrt", "v"], "no parameter `v`; it has w, x, y"),
        (["model:decay", "--transform", "jvp", "--transform", "grad"], "return one real number"),
        (["model:vector"], "does not return one real number"),
        (
            ["model:decay", "--wrt", "x,k", "--order", "2", "--transform", "value_and_grad"],
            "does not return one real number",
        ),
        (
            ["model:loss", "--transform", "grad", "--transform", "grad", "--arg", "w=np.ones(3)"],
            "`loss_grad` does not return one real number",
        ),
        (["model:loss", "--transform", "jacfwd"], "an example with --arg w=VALUE"),
        (["model:loss", "--transform", "vmap", "--lanes", "x"], "an example with --arg x=VALUE"),
        (["model:loss", "--lanes", "v"], "no parameter `v`; it has w, x, y"),
        (["model:loss", "--arg", "v=1.0"], "no parameter `v`; it has w, x, y"),
        (["model:loss", "--arg", "w"], "expected NAME=VALUE behind --arg, got 'w'"),
        (["model:loss", "--arg", "w=1/0"], "cannot evaluate '1/0': ZeroDivisionError"),
        (["model:loss", "--arg", "w=1 +"], "cannot evaluate '1 +': SyntaxError"),
        (["model:loss", "--arg", "w='a'"], "`w` of `loss` is no real or complex number"),
        (["model:decay", "--transform", "checkpoint"], "--transform checkpoint --transform grad"),
        (["model:decay", "--transform", "jit", "--order", "2"], "nothing can be applied after it"),
        (["model:decay", "--transform", "vjp", "--transform", "grad"], "nothing can be applied"),
        (["model:Layer"], "is a class"),
        (["model:np.sin"], "depends on its arguments"),
    ],
)
def test_what_cannot_be_done(folder: Path, capsys, arguments: list[str], says: str) -> None:
    assert cli.main(["dump", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert says in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (b"def f(:\n", "broken.py, line 1: invalid syntax"),
        (b"\xff\xfe\x00", "cannot read broken.py"),
        (b"import a_module_that_is_missing\n", "No module named 'a_module_that_is_missing'"),
        (b"\nraise ValueError('of its own')\n", "broken.py, line 2"),
        (None, "broken.py is no file"),
    ],
)
def test_files_that_cannot_be_read(folder: Path, capsys, code: bytes | None, says: str) -> None:
    file = folder / "broken.py"
    file.mkdir() if code is None else file.write_bytes(code)
    assert cli.main(["dump", "broken.py:f"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert says in printed.err
    assert printed.err.count("\n") == 1


def test_refusals_end_with_another_status(folder: Path, capsys) -> None:
    assert cli.main(["dump", "model:awaited"]) == 1
    assert "model.py:" in capsys.readouterr().err


def test_a_method_is_differentiated_in_what_comes_after_its_object(folder: Path, capsys) -> None:
    text = dump(capsys, "model:Layer.scaled")
    assert "with respect to `x`" in text
    layer = types.SimpleNamespace(k=3.0)
    assert functions(text)["scaled_grad"](layer, 2.0) == 12.0
    text = dump(capsys, "model:Layer.scaled", "--transform", "jvp")
    assert functions(text)["scaled_jvp"](layer, 2.0, 1.0) == (12.0, 12.0)
    text = dump(capsys, "model:Layer.forward")
    assert functions(text)["forward_grad"](0.0) == 1.0
    assert cli.main(["dump", "model:Layer.nothing"]) == 2
    assert "no parameter to differentiate in" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [[], ["dump"], ["dump", "model:f", "--transform", "hesse"], ["dump", "f", "--order", "0"],
     ["cache"], ["cache", "burn"]],
)  # fmt: skip
def test_what_is_not_understood(folder: Path, capsys, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


# --standalone

RUNNER = """\
import json, sys
sys.modules["srcxform"] = None
import numpy as np
from printed import {name} as derivative
x = {x}
print(json.dumps([float(v).hex() for v in np.ravel(derivative(x))]))
"""


@pytest.mark.parametrize(
    ("function", "x"),
    [("weighted", [0.5, -0.3, 0.2]), ("power", 0.7), ("falling", 1.3), ("loss", None)],
)
def test_standalone_gives_the_same_bits_without_srcxform(
    folder: Path, capsys, function: str, x: Any
) -> None:
    import model

    given = "np.array([0.1, 0.2]), np.ones((2, 2)), np.zeros(2)"
    text = dump(capsys, f"model:{function}", "--standalone")
    imports = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import | ast.ImportFrom)]
    assert all("srcxform" not in ast.unparse(node) for node in imports)
    (folder / "printed.py").write_text(text)
    shown = f"np.array({x})" if isinstance(x, list) else repr(x)
    call = RUNNER.format(name=f"{function}_grad", x=shown)
    if x is None:
        call = call.replace("x = None\n", "").replace("derivative(x)", f"derivative({given})")
    done = subprocess.run(
        [sys.executable, "-c", call],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    arguments = eval(f"({given})" if x is None else f"({shown},)", {"np": np})
    got = [float.fromhex(v) for v in json.loads(done.stdout)]
    # The same source, as it runs with srcxform.
    own = functions(dump(capsys, f"model:{function}"))[f"{function}_grad"]
    known = {"n": 3, "rate": 0.5, **vars(model)}
    rest = [known[name] for name in list(inspect.signature(own).parameters)[len(arguments) :]]
    assert got == np.ravel(own(*arguments, *rest)).tolist()
    expected = sx.grad(getattr(model, function))(*arguments)
    assert np.allclose(got, np.ravel(expected), rtol=1e-13, atol=0.0)


SAME = """\
import json, sys
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("srcxform", "model"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Nowhere())
sys.path.insert(0, sys.argv[1])
import numpy as np
import printed
def numbers(value):
    if isinstance(value, (tuple, list)):
        return [number for part in value for number in numbers(part)]
    return [complex(v).real.hex() for v in np.ravel(value)]
print(json.dumps(numbers(eval(sys.argv[2], vars(printed) | {"np": np}))))
"""
ARRAYS = ["--arg", "w=np.ones(3)", "--arg", "x=np.ones(3)"]
W, X = np.array([0.4, -0.2, 0.3]), np.array([0.5, 0.1, -0.7])
GIVEN = "np.array([0.4, -0.2, 0.3]), np.array([0.5, 0.1, -0.7])"


@pytest.mark.parametrize(
    ("options", "call", "same"),
    [
        (["--transform", "jacfwd"], "residuals_jacfwd", lambda f: sx.jacfwd(f)(W, X)),
        (["--transform", "jacrev"], "residuals_jacrev", lambda f: sx.jacrev(f)(W, X)),
        (["--transform", "jacobian"], "residuals_jacobian", lambda f: sx.jacobian(f)(W, X)),
        (["--transform", "hessian"], "residuals_hessian", lambda f: sx.hessian(f)(W, X)),
        (["--transform", "jacrev", "--wrt", "w,x"], "residuals_jacrev",
         lambda f: sx.jacrev(f, argnums=(0, 1))(W, X)),
        (["--transform", "jacfwd", "--transform", "jacrev"], "residuals_jacfwd_jacrev",
         lambda f: sx.jacrev(sx.jacfwd(f))(W, X)),
        (["--transform", "jacfwd", "--order", "2"], "residuals_jacfwd_jacfwd",
         lambda f: sx.jacfwd(sx.jacfwd(f))(W, X)),
        (["--transform", "jit"], "residuals_jit", lambda f: f(W, X)),
    ],
)  # fmt: skip
def test_every_transformation_stands_alone(
    folder: Path, capsys, options: list[str], call: str, same: Any
) -> None:
    """What is printed runs without srcxform and without the module, and gives the same bits."""
    import model

    text = dump(capsys, "model:residuals", *options, *ARRAYS, "--standalone")
    (folder / "alone").mkdir()
    (folder / "alone" / "printed.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", "-c", SAME, str(folder / "alone"), f"{call}({GIVEN})"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    got = np.array([float.fromhex(v) for v in json.loads(done.stdout)])
    own = functions(dump(capsys, "model:residuals", *options, *ARRAYS))[call]
    assert got.tolist() == flat(own(W, X, model.WEIGHTS)).tolist()
    assert np.allclose(got, flat(same(model.residuals)), rtol=1e-13, atol=1e-15)


def flat(value: Any) -> Any:
    """Give all numbers of a nested result, in order."""
    if isinstance(value, tuple):
        return np.concatenate([flat(part) for part in value])
    return np.ravel(value)


def test_lanes(folder: Path, capsys) -> None:
    import model

    options = ["--transform", "grad", "--transform", "vmap", "--lanes", "x,y"]
    given = ["--arg", "w=np.ones(3)", "--arg", "x=np.ones(3)", "--arg", "y=1.0"]
    batched = functions(dump(capsys, "model:loss", *options, *given))["loss_grad_vmap"]
    generator = np.random.default_rng(1)
    x, y = generator.normal(size=(4, 3)), generator.normal(size=4)
    for lane, row in enumerate(batched(W, x, y)):
        for k in range(3):

            def along(t: float, k: int = k, lane: int = lane) -> Any:
                return model.loss(W + t * np.eye(3)[k], x[lane], y[lane])

            assert np.isclose(row[k], difference(along, 0.0), rtol=1e-8)


def test_orders_of_several_parameters_are_blocks(folder: Path, capsys) -> None:
    options = ["--order", "2", "--wrt", "x,k", "--standalone"]
    second = functions(dump(capsys, "model:decay", *options))["decay_grad_jacfwd"]
    import model

    (xx, xk), (kx, kk) = second(0.7, 0.3, 4)
    first = sx.grad(model.decay, argnums=(0, 1))
    for k, column in enumerate(((xx, xk), (kx, kk))):
        for j, found in enumerate(column):

            def along(t: float, k: int = k, j: int = j) -> Any:
                at = [0.7, 0.3]
                at[j] += t
                return first(*at, 4)[k]

            assert np.isclose(found, difference(along, 0.0), rtol=1e-8)


def test_orders_of_an_array_are_hessians(folder: Path, capsys) -> None:
    import model

    text = dump(capsys, "model:weighted", "--order", "2", "--arg", "x=np.ones(3)", "--standalone")
    x = np.array([0.5, -0.3, 0.2])
    factors = 0.75 * model.RATE * model.WEIGHTS / np.sqrt(np.abs(x))
    assert np.allclose(functions(text)["weighted_grad_jacfwd"](x), np.diag(factors), rtol=1e-12)


def test_whether_a_value_is_one_number_is_asked_where_nothing_tells(folder: Path, capsys) -> None:
    (folder / "open.py").write_text("def square(x):\n    return x * x\n", encoding="utf-8")
    gradient = functions(dump(capsys, "open.py:square", "--standalone"))["square_grad"]
    assert gradient(3.0) == 6.0
    with pytest.raises(NotImplementedError, match="one real number"):
        gradient(np.ones(3))


def test_parts_of_a_number_are_never_asked_for(folder: Path, capsys) -> None:
    (folder / "open.py").write_text("def first(x):\n    return x[0] * x[1]\n", encoding="utf-8")
    text = dump(capsys, "open.py:first", "--transform", "grad", "--transform", "grad")
    assert "1.0[" not in text
    with pytest.raises(UnsupportedError, match="one real number"):
        functions(text)["first_grad_grad"](np.ones(3))


def test_a_value_that_is_called_may_hold_what_is_asked_for(folder: Path, capsys) -> None:
    (folder / "open.py").write_text("def user(f, x):\n    return f(x) * x\n", encoding="utf-8")
    assert cli.main(["dump", "open.py:user", "--wrt", "f"]) == 1
    assert "has no derivative rule" in capsys.readouterr().err


def test_checkpoint_comes_before_what_it_is_for(folder: Path, capsys) -> None:
    chain = ["--transform", "checkpoint", "--transform", "grad", "--wrt", "k"]
    gradient = functions(dump(capsys, "model:decay", *chain))["decay_checkpoint_grad"]
    import model

    expected = difference(lambda k: model.decay(0.7, k, 4), 0.3)
    assert np.isclose(gradient(0.7, 0.3, 4, model.RATE), expected, rtol=1e-10)
    assert cli.main(["dump", "model:decay", *chain, "--standalone"]) == 1
    assert "standalone" in capsys.readouterr().err


@pytest.mark.parametrize("transform", ["grad", "jvp", "vjp", "jacfwd", "hessian", "jit"])
@pytest.mark.parametrize("target", ["model:cubic.value", "model:Cubic.value"])
def test_methods_of_objects_and_of_classes(
    folder: Path, capsys, transform: str, target: str
) -> None:
    import model

    given = [] if "cubic" in target else ["--arg", "self=cubic"]
    options = ["--transform", transform, *given, *([] if transform == "jit" else ["--wrt", "x"])]
    found = functions(dump(capsys, target, *options))
    x, k = 0.7, 0.5
    match transform:
        case "grad" | "jacfwd":
            assert np.isclose(found[f"value_{transform}"](model.cubic, x), 3 * k * x**2)
        case "hessian":
            assert np.isclose(found["value_hessian"](model.cubic, x), 6 * k * x)
        case "jvp":
            assert np.allclose(found["value_jvp"](model.cubic, x, 1.0), (k * x**3, 3 * k * x**2))
        case "vjp":
            value, residuals = found["value_fwd"](model.cubic, x)
            assert np.allclose(
                (value, found["value_bwd"](residuals, 1.0)), (k * x**3, 3 * k * x**2)
            )
        case "jit":
            assert np.isclose(found["value_jit"](k, x), k * x**3)


def test_arguments_that_are_given_by_name_only(folder: Path, capsys) -> None:
    text = dump(capsys, "model:spread", "--transform", "jacfwd", "--wrt", "k", "--standalone")
    assert np.isclose(functions(text)["spread_jacfwd"](0.7, 3.0), 0.7**3)


def test_what_is_refused_altogether_is_told_and_not_printed(folder: Path, capsys) -> None:
    assert cli.main(["dump", "model:unheard", "--transform", "jacfwd"]) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and "`pack` has no derivative rule" in printed.err
    assert "in unheard" in printed.err and "<srcxform" not in printed.err


def test_branches_that_are_refused_are_refused_without_srcxform(folder: Path, capsys) -> None:
    text = dump(capsys, "model:guarded", "--standalone")
    assert "import srcxform" not in text and "from srcxform" not in text
    gradient = functions(text)["guarded_grad"]
    assert gradient(3.0) == 6.0
    with pytest.raises(NotImplementedError, match="model.py:"):
        gradient(-3.0)


def test_refusals_without_srcxform_name_the_calls_that_led_there(folder: Path, capsys) -> None:
    gradient = functions(dump(capsys, "model:called_guarded", "--standalone"))[
        "called_guarded_grad"
    ]
    assert gradient(3.0) == 6.0
    with pytest.raises(NotImplementedError) as caught:
        gradient(-3.0)
    lines = str(caught.value).splitlines()
    assert [line.split(", in ")[1] for line in lines if ", in " in line] == [
        "called_guarded",
        "awaited",
    ]


def test_captured_values_become_defaults(folder: Path, capsys) -> None:
    text = dump(capsys, "model:weighted", "--standalone")
    assert "WEIGHTS = np.array([1.0, 2.0, 0.1], dtype=np.float64)\n" in text
    parameters = inspect.signature(functions(text)["weighted_grad"]).parameters
    assert parameters["x"].default is inspect.Parameter.empty
    assert parameters["RATE"].default == 0.25
    assert parameters["WEIGHTS"].default.tolist() == [1.0, 2.0, 0.1]


def test_standalone_modules_refuse_what_they_cannot_hold() -> None:
    text = "import model\n\n\ndef f(x, a):\n    return model.helper(x) * a\n"
    with pytest.raises(UnsupportedError, match="`model`"):
        self_contained(text, {"a": 1.0})
    text = "import scipy.special\n\n\ndef f(x, a):\n    return scipy.special.expit(x) * a\n"
    assert self_contained(text, {"a": 1.0}) == text.replace("x, a", "x, a=1.0")
    with pytest.raises(UnsupportedError, match="`a`"):
        self_contained(text, {"a": object()})


def test_defaults_move_behind_other_parameters() -> None:
    text = "def g(x, a):\n    return x\n\n\ndef f(x, a, w, x_dot):\n    return g(x, a) * w\n"
    changed, above = with_defaults(text, {"a": 2.0, "w": [1.0]})
    assert "def g(x, a):" in changed
    assert "def f(x, x_dot, a=2.0, w=w):" in changed
    assert above == {"w": [1.0]}


def test_long_signatures_are_broken() -> None:
    names = [f"parameter_{k}" for k in range(8)]
    text = f"def f({', '.join(names)}):\n    return 0\n"
    changed, _ = with_defaults(text, {name: 0.5 for name in names[4:]})
    assert max(map(len, changed.splitlines())) <= 100
    assert ast.unparse(ast.parse(changed).body[0].args).count("=0.5") == 4


# cache


def modules(folder: Path) -> list[Path]:
    return sorted((folder / "store").glob("*.py"))


def test_cache(folder: Path, capsys) -> None:
    assert cli.main(["cache", "dir"]) == 0
    assert capsys.readouterr().out.strip() == str(folder / "store")
    dump(capsys, "model:loss")
    dump(capsys, "model:decay")
    assert cli.main(["cache", "list"]) == 0
    listed = capsys.readouterr().out
    assert all(path.name in listed for path in modules(folder))
    assert "2 modules" in listed
    modules(folder)[0].write_text("half")
    cli.main(["cache", "list"])
    assert capsys.readouterr().out.count("damaged") == 1
    assert cli.main(["cache", "clear"]) == 0
    assert capsys.readouterr().out == "removed 2 modules\n"
    assert modules(folder) == []


def test_prune(folder: Path, capsys) -> None:
    dump(capsys, "model:loss")
    dump(capsys, "model:decay")
    old, new = modules(folder)
    day = 86400
    now = new.stat().st_mtime
    os.utime(old, (now - 40 * day, now - 40 * day))
    os.utime(new, (now - 10 * day, now - 10 * day))
    assert cli.main(["cache", "prune", "--days", "50"]) == 0
    assert capsys.readouterr().out == "removed 0 modules\n"
    assert cli.main(["cache", "prune"]) == 0
    assert capsys.readouterr().out == "removed 1 module\n"
    assert modules(folder) == [new]
    assert cli.main(["cache", "prune", "--size", "0"]) == 0
    assert modules(folder) == []


def test_python_m_srcxform(folder: Path) -> None:
    home = Path(sx.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "srcxform", "dump", "model:decay"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "def decay_grad(x, k, n, RATE):" in done.stdout
