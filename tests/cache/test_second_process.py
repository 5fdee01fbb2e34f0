"""A second process that differentiates the same functions writes and generates nothing."""

import shutil
from pathlib import Path

import numpy as np

SCRIPT = '''\
"""A program of everyday forms; prints gradients, their truths and what the compiler did."""
import functools, json, linecache, math
import numpy as np
import srcxform as sx
from srcxform import pipeline
from srcxform.emit import cache
import model
from model import scaled

RATE = 0.25
TABLE = {"fall": lambda x: math.exp(-x), "rise": np.exp}

def helper(x, power=3, *, scale=2.0):
    return scale * x**power

def plain(x):
    return helper(x) * RATE + model.logistic(x)

def nested(x):
    moved = scaled(x, model.settings.rate)
    return TABLE["fall"](moved) * np.sin(x)

def loops(x, n):
    total = 0.0
    for k in range(n):
        if k % 2 == 0:
            total = total + np.cos(x * k)
        else:
            total = total - x / (k + 1.0)
    return total

def countdown(x, n):
    return x if n == 0 else np.sin(countdown(x, n - 1)) * x

def make(rate):
    def inner(x):
        return rate * x * x + np.tanh(x)
    return inner

def applied(f, x):
    return f(x) + f(2.0 * x)

cell = "def typed(x):\\n    return np.log(x) * x\\n"
file = "<ipython-input-1-abc>"
linecache.cache[file] = (len(cell), None, cell.splitlines(True), file)
notebook = {"np": np, "__name__": "__main__"}
exec(compile(cell, file, "exec"), notebook)

def truth(f, x):
    return f(complex(x, 1e-30)).imag / 1e-30

out = {}
def record(name, value, expected):
    out[name] = [float(value), float(expected)]

x = 0.7
for name, f in {
    "plain": plain,
    "closure": make(0.5),
    "other closure": make(1.5),
    "partial": functools.partial(helper, power=2),
    "notebook": notebook["typed"],
    "module": model.logistic,
}.items():
    record(name, sx.grad(f)(x), truth(f, x))
record("nested", sx.grad(nested)(x), (nested(x + 1e-6) - nested(x - 1e-6)) / 2e-6)
record("loops", sx.grad(loops)(x, 5), truth(lambda x: loops(x, 5), x))
record("recursion", sx.grad(countdown)(x, 3), truth(lambda x: countdown(x, 3), x))
inner = make(0.25)
record("argument", sx.grad(applied, argnums=1)(inner, x), truth(lambda x: applied(inner, x), x))
record("jvp", sx.jvp(plain, (x,), (2.0,))[1], 2.0 * truth(plain, x))
record("vjp", sx.vjp(plain, x)[1](3.0)[0], 3.0 * truth(plain, x))
record("value", sx.value_and_grad(plain)(x)[1], truth(plain, x))
second = sx.grad(sx.grad(plain))
record("second", second(x), (sx.grad(plain)(x + 1e-6) - sx.grad(plain)(x - 1e-6)) / 2e-6)
a = np.array([0.3, 0.4])
record("array", sx.grad(lambda a: np.sum(a * a * RATE))(a)[1], 2 * 0.4 * RATE)
out["counters"] = [pipeline.counters.generated, pipeline.counters.recalled, cache.counters.written]
out["texts"] = [sx.source(sx.grad(f), x) for f in (plain, make(0.5))]
print(json.dumps(out))
'''
MODEL = """\
import numpy as np


class settings:
    rate = 0.3


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def scaled(x, by):
    return x * by + 1.0
"""


def written(folder: Path) -> Path:
    folder.mkdir()
    (folder / "model.py").write_text(MODEL)
    script = folder / "program.py"
    script.write_text(SCRIPT)
    return script


def check(out: dict) -> None:
    for name, pair in out.items():
        if name not in ("counters", "texts"):
            # Differences of differences are good to eight digits.
            assert np.isclose(*pair, rtol=1e-8, atol=0.0), name


def test_nothing_is_generated_twice(tmp_path: Path, store: Path, run) -> None:
    script = written(tmp_path / "here")
    first = run(script, PYTHONHASHSEED="1")
    check(first)
    generated, _, modules = first["counters"]
    assert generated == modules == len(list(store.glob("*.py"))) > 10
    second = run(script, PYTHONHASHSEED="2")
    assert second["counters"][0] == second["counters"][2] == 0
    assert second["counters"][1] > 10
    numbers = [name for name in first if name != "counters"]
    assert [second[name] for name in numbers] == [first[name] for name in numbers]
    assert len(list(store.glob("*.py"))) == modules


def test_the_text_does_not_depend_on_folder_or_hash_seed(tmp_path: Path, run) -> None:
    texts = []
    for seed in ("1", "2"):
        script = written(tmp_path / f"at_{seed}")
        home = tmp_path / f"store_{seed}"
        out = run(script, home=home, PYTHONHASHSEED=seed)
        # All but the trailer, which counts the version of Python and the like.
        modules = [p.read_text().partition("\n# srcxform manifest")[0] for p in home.glob("*.py")]
        texts.append((out["texts"], sorted(modules)))
        shutil.rmtree(script.parent)
    assert texts[0] == texts[1]
    assert not any(str(tmp_path) in text for text in texts[0][1])
