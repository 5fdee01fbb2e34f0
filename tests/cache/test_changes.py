"""What a derivative depends on changes: inside a process, and from one process to the next.

Every gradient is held against the complex step of the function as it is at that moment.
"""

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcxform as sx
from srcxform import pipeline

STEP = 1e-30
SCALE = 2.0
MODE = "square"


def truth(f: Callable[..., Any], x: float, *rest: Any) -> float:
    return f(complex(x, STEP), *rest).imag / STEP


def check(f: Callable[..., Any], x: float = 0.7) -> None:
    assert np.isclose(sx.grad(f)(x), truth(f, x), rtol=1e-13, atol=0.0)


# From one process to the next: each pair is a module before and after. `f` is differentiated.

PAIRS = {
    "callee": (
        "def helper(x):\n    return x * x\n\ndef f(x):\n    return helper(x) + x\n",
        "def helper(x):\n    return x * x * x\n\ndef f(x):\n    return helper(x) + x\n",
    ),
    "callee of a callee": (
        "def deep(x): return x * 2.0\ndef helper(x): return deep(x)\n"
        "def f(x): return helper(x) * x\n",
        "def deep(x): return x * 3.0\ndef helper(x): return deep(x)\n"
        "def f(x): return helper(x) * x\n",
    ),
    "default": (
        "def helper(x, p=2.0): return x ** p\ndef f(x): return helper(x)\n",
        "def helper(x, p=3.0): return x ** p\ndef f(x): return helper(x)\n",
    ),
    "default set later": (
        "def helper(x, p=2.0): return x ** p\ndef f(x): return helper(x)\n",
        "def helper(x, p=2.0): return x ** p\ndef f(x): return helper(x)\n"
        "helper.__defaults__ = (3.0,)\n",
    ),
    "default in a tuple": (
        "def helper(x, p=(2.0, 1.0)): return p[0] * x * x + p[1]\ndef f(x): return helper(x)\n"
        "helper.__defaults__ = ((2.0, 1.0),)\n",
        "def helper(x, p=(2.0, 1.0)): return p[0] * x * x + p[1]\ndef f(x): return helper(x)\n"
        "helper.__defaults__ = ((5.0, 1.0),)\n",
    ),
    "keyword default": (
        "def helper(x, *, p=2): return x ** p\ndef f(x): return helper(x)\n",
        "def helper(x, *, p=2): return x ** p\ndef f(x): return helper(x)\n"
        "helper.__kwdefaults__['p'] = 3\n",
    ),
    "closure value": (
        "def make(rate):\n    def f(x):\n        return rate * x * x\n    return f\n"
        "f = make(2.0)\n",
        "def make(rate):\n    def f(x):\n        return rate * x * x\n    return f\n"
        "f = make(3.0)\n",
    ),
    "closure function": (
        "def make(g):\n    def f(x):\n        return g(x) * x\n    return f\n"
        "f = make(lambda x: x * x)\n",
        "def make(g):\n    def f(x):\n        return g(x) * x\n    return f\n"
        "f = make(lambda x: x + 1.0)\n",
    ),
    "closure setting": (
        "def make(mode):\n    def f(x):\n        return x * x if mode == 'a' else x * x * x\n"
        "    return f\nf = make('a')\n",
        "def make(mode):\n    def f(x):\n        return x * x if mode == 'a' else x * x * x\n"
        "    return f\nf = make('b')\n",
    ),
    "global value": (
        "RATE = 2.0\n\ndef f(x): return RATE * x * x\n",
        "RATE = 3.0\n\ndef f(x): return RATE * x * x\n",
    ),
    "kind of a global value": (
        "import numpy as np\nRATE = 2.0\n\ndef f(x): return np.sum(RATE * x * x)\n",
        "import numpy as np\nRATE = np.ones(3)\n\ndef f(x): return np.sum(RATE * x * x)\n",
    ),
    "global setting": (
        "DEEP = False\n\ndef f(x): return x * x * x if DEEP else x * x\n",
        "DEEP = True\n\ndef f(x): return x * x * x if DEEP else x * x\n",
    ),
    "function in a table": (
        "T = {'a': lambda x: x * x}\n\ndef f(x): return T['a'](x)\n",
        "T = {'a': lambda x: x * 4.0}\n\ndef f(x): return T['a'](x)\n",
    ),
    "attribute of a module": (
        "import types\nconfig = types.SimpleNamespace(mode='a')\n"
        "import sys\nhome = sys.modules[__name__]\nmode = 'a'\n"
        "def f(x): return x * x if home.mode == 'a' else x * x * x\n",
        "import types\nconfig = types.SimpleNamespace(mode='a')\n"
        "import sys\nhome = sys.modules[__name__]\nmode = 'b'\n"
        "def f(x): return x * x if home.mode == 'a' else x * x * x\n",
    ),
    "two names for one variable": (
        "def make(k):\n    def g(x): return k * x\n    return g\n"
        "g = h = make(2.0)\ndef f(x): return g(x) * h(x)\n",
        "def make(k):\n    def g(x): return k * x\n    return g\n"
        "g = make(2.0)\nh = make(5.0)\ndef f(x): return g(x) * h(x)\n",
    ),
    "a builtin shadowed": (
        "def f(x): return abs(x * x).real if False else pow(x, 2)\n",
        "def f(x): return abs(x * x).real if False else pow(x, 2)\n"
        "def pow(x, n): return x * x * x\n",
    ),
    "an argument that is a function": (
        "def g(x): return x * x\ndef f(x, g=g): return g(x) * x\nextra = (g,)\n",
        "def g(x): return x + 2.0\ndef f(x, g=g): return g(x) * x\nextra = (g,)\n",
    ),
    "an option of a derivative made outside": (
        "from srcxform import grad\ndef g(x, y): return x**3 * y**2\nd = grad(g)\n"
        "def f(x): return d(x, x)\ndef truth(x): return 3.0 * x**4\n",
        "from srcxform import grad\ndef g(x, y): return x**3 * y**2\nd = grad(g, argnums=1)\n"
        "def f(x): return d(x, x)\ndef truth(x): return 2.0 * x**4\n",
    ),
    "what a derivative made outside is made of": (
        "from srcxform import grad\ndef g(x): return x**3\ndef h(x): return x**4\nd = grad(g)\n"
        "def f(x): return d(x)\ndef truth(x): return 3.0 * x**2\n",
        "from srcxform import grad\ndef g(x): return x**3\ndef h(x): return x**4\nd = grad(h)\n"
        "def f(x): return d(x)\ndef truth(x): return 4.0 * x**3\n",
    ),
    "which derivative was made outside": (
        "from srcxform import grad\ndef g(x): return x**3\nd = grad(g)\n"
        "def f(x): return d(x)\ndef truth(x): return 3.0 * x**2\n",
        "from srcxform import grad, hessian\ndef g(x): return x**3\nd = hessian(g)\n"
        "def f(x): return d(x)\ndef truth(x): return 6.0 * x\n",
    ),
}
DRIVER = """\
import importlib, json
import srcxform as sx
from srcxform import pipeline
out = {}
for name in NAMES:
    module = importlib.import_module(name)
    rest = getattr(module, "extra", ())
    before = pipeline.counters.generated
    gradient = sx.grad(module.f)(0.7, *rest)
    plain = getattr(module, "truth", module.f)
    expected = plain(complex(0.7, 1e-30), *rest).imag / 1e-30
    out[name] = [float(gradient), float(expected), pipeline.counters.generated - before]
print(json.dumps(out))
"""
VALUES_ONLY = {"closure value", "global value"}  # the source is the same, the value is passed


def test_from_one_process_to_the_next(tmp_path: Path, run) -> None:
    script = tmp_path / "driver.py"
    names = {f"case_{k}": name for k, name in enumerate(PAIRS)}
    script.write_text(f"NAMES = {list(names)}\n{DRIVER}")
    generated = {}
    for k in (0, 1):
        for module, name in names.items():
            (tmp_path / f"{module}.py").write_text(PAIRS[name][k])
        out = run(script)
        for module, name in names.items():
            gradient, expected, count = out[module]
            assert np.isclose(gradient, expected, rtol=1e-13, atol=0.0), (name, k)
            generated[name, k] = count
    assert all(generated[name, 0] == 1 for name in PAIRS)
    assert {name for name in PAIRS if generated[name, 1] == 0} == VALUES_ONLY
    # Back to the beginning: what was written then still stands.
    for module, name in names.items():
        (tmp_path / f"{module}.py").write_text(PAIRS[name][0])
    again = run(script)
    for module, name in names.items():
        assert np.isclose(*again[module][:2], rtol=1e-13, atol=0.0), name
        assert again[module][2] == 0, name


# Inside one process


@pytest.fixture
def model() -> Any:
    """A module that functions can be put into, as an editor and `reload` would."""
    module = types.ModuleType("srcxform_test_model")
    sys.modules[module.__name__] = module
    yield module
    del sys.modules[module.__name__]


def square(x, power=2, *, by=1.0):
    return by * x**power


def cube(x, power=3, *, by=1.0):
    return by * x**power


def calls(x):
    return square(x) * SCALE


def test_callee_redefined(monkeypatch) -> None:
    check(calls)
    monkeypatch.setitem(globals(), "square", cube)
    check(calls)
    monkeypatch.undo()
    check(calls)


def test_code_of_a_callee_exchanged(monkeypatch) -> None:
    check(calls)
    monkeypatch.setattr(square, "__code__", (lambda x, power=2, *, by: by * x + power * x).__code__)
    check(calls)


def test_defaults_changed(monkeypatch) -> None:
    check(calls)
    monkeypatch.setattr(square, "__defaults__", (5,))
    check(calls)
    monkeypatch.setitem(square.__kwdefaults__, "by", 4.0)
    check(calls)


def test_global_value_changed(monkeypatch) -> None:
    check(calls)
    before = pipeline.counters.generated
    monkeypatch.setitem(globals(), "SCALE", 7.0)
    check(calls)
    assert pipeline.counters.generated == before
    monkeypatch.setitem(globals(), "SCALE", 7.0 + 1.0j)
    assert np.isclose(sx.jvp(calls, (0.7,), (1.0,))[1], 2 * 0.7 * SCALE)


def test_global_value_becomes_an_array(monkeypatch) -> None:
    def f(x):
        return np.sum(calls(x))

    check(f)
    monkeypatch.setitem(globals(), "SCALE", np.array([1.0, 2.0, 4.0]))
    check(f)


def test_setting_changed(monkeypatch) -> None:
    def f(x):
        return x * x if MODE == "square" else x * x * x

    check(f)
    monkeypatch.setitem(globals(), "MODE", "cube")
    check(f)


def test_closure_value_changed() -> None:
    rate, shape = 2.0, square

    def f(x):
        return rate * shape(x)

    check(f)
    rate = 3.0
    check(f)
    shape = cube
    check(f)
    rate = np.array([1.0, 2.0])

    def total(x):
        return np.sum(f(x))

    check(total)


def test_options_captured_by_functions_of_one_source() -> None:
    def product(x, y):
        return x * x * y

    def make(number):
        return lambda x, y: sx.grad(product, number)(x, y)

    assert [sx.grad(make(number))(2.0, 3.0) for number in (0, 1)] == [6.0, 4.0]


def test_functions_of_one_source_are_generated_once() -> None:
    def make(rate):
        return lambda x: rate * x * x * x

    check(make(2.0))
    before = pipeline.counters.generated
    for rate in (3.0, 4.0):
        check(make(rate))
    assert pipeline.counters.generated == before


def test_attribute_of_a_module_changed(model) -> None:
    model.rate, model.mode, model.helper = 2.0, "a", square

    def f(x):
        return model.rate * model.helper(x) * (x if model.mode == "a" else 1.0)

    check(f)
    model.rate = 3.0
    check(f)
    model.mode = "b"
    check(f)
    model.helper = cube
    check(f)


def test_a_name_that_the_text_uses_comes_to_mean_something_else(model) -> None:
    """The function is imported from a module whose own name for it is replaced afterwards."""

    def helper(x):
        if x > 0.0:
            print(end="")
        return np.floor(x) + 1.0

    helper.__module__, helper.__qualname__ = model.__name__, "helper"
    model.helper = helper

    def f(x):
        return x * x * helper(2.0) + x

    check(f)
    model.helper = lambda x: 1e9
    check(f)
