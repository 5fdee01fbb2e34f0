"""Loaded modules behave like imported ones."""

import dis
import importlib
import inspect
import io
import linecache
import pdb
import pickle
import sys
import threading
import traceback

import pytest

from srcxform.emit.load import load

TEXT = '''\
"""Generated."""


def scale(x):
    """Scale `x`."""
    y = FACTOR * x
    return y / (x - 1)


class Box:
    def get(self):
        return 3
'''


@pytest.fixture
def path(tmp_path, request):
    found = tmp_path / f"scale_{abs(hash(request.node.name)) % 10**8}.py"
    found.write_text(TEXT + "\n# trailer\n", encoding="utf-8")
    return found


def test_bindings_are_used(path):
    assert load(TEXT, path, {"FACTOR": 2}).scale(3) == 3.0


def test_the_module_knows_itself(path):
    module = load(TEXT, path, {"FACTOR": 2, "__name__": "not me", "__file__": "nor here"})
    assert module.__name__ == f"srcxform_generated.{path.stem}"
    assert module.__file__ == str(path)
    assert module.__doc__ == "Generated."
    assert sys.modules[module.__name__] is module
    assert importlib.import_module(module.__name__) is module
    assert module.scale.__module__ == module.__name__
    assert inspect.getmodule(module.scale) is module


@pytest.mark.parametrize("kept", ["on disk", "removed before", "removed after"])
def test_source_is_found(path, kept):
    if kept == "removed before":
        path.unlink()
    module = load(TEXT, path, {"FACTOR": 2})
    if kept == "removed after":
        path.unlink()
    linecache.checkcache()
    want = "".join(TEXT.splitlines(keepends=True)[3:7])
    assert inspect.getsource(module.scale) == want
    assert inspect.getsourcefile(module.scale) == str(path)
    assert inspect.getsource(module.Box).startswith("class Box:")


@pytest.mark.parametrize("kept", [True, False])
def test_tracebacks_show_the_line(path, kept):
    if not kept:
        path.unlink()
    module = load(TEXT, path, {"FACTOR": 2})
    with pytest.raises(ZeroDivisionError) as caught:
        module.scale(1)
    text = "".join(traceback.format_exception(caught.value))
    assert f'File "{path}", line 7, in scale' in text
    assert "return y / (x - 1)" in text


def test_pdb_steps_through(path):
    module = load(TEXT, path, {"FACTOR": 2})
    out = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO("step\nnext\nnext\np y\nc\n"), stdout=out, nosigint=True)
    debugger.use_rawinput = False
    assert debugger.runcall(module.scale, 3) == 3.0
    assert "y = FACTOR * x" in out.getvalue()
    assert "return y / (x - 1)" in out.getvalue()


def test_pickle_by_reference(path):
    module = load(TEXT, path, {"FACTOR": 2})
    assert pickle.loads(pickle.dumps(module.scale)) is module.scale
    assert pickle.loads(pickle.dumps(module.Box())).get() == 3


def test_the_same_is_loaded_once(path):
    factor = [2]
    first = load(TEXT, path, {"FACTOR": factor})
    assert load(TEXT, path, {"FACTOR": factor}) is first


def test_other_text_is_another_module(path):
    first = load(TEXT, path, {"FACTOR": 2})
    second = load("x = 1", path, {"FACTOR": 2})
    assert second is not first
    assert second.x == 1 and not hasattr(second, "scale")
    assert load(TEXT, path, {"FACTOR": 2}) is first


def test_other_objects_are_another_module(path):
    """Two closures may share one text; neither may see the other's objects."""
    ones, twos = [1], [1]
    text = "def f():\n    return DATA"
    first, second = load(text, path, {"DATA": ones}), load(text, path, {"DATA": twos})
    assert first.f() is ones and second.f() is twos
    assert pickle.loads(pickle.dumps(first.f)) is first.f
    assert pickle.loads(pickle.dumps(second.f)) is second.f


def test_a_module_that_fails_leaves_no_trace(path):
    before = set(sys.modules)
    with pytest.raises(ZeroDivisionError):
        load("1 / 0", path, {})
    assert set(sys.modules) - before <= {"srcxform_generated"}
    assert load("x = 1", path, {}).x == 1


def test_no_future_is_inherited(path):
    module = load("def f(x: int): pass", path, {})
    assert module.f.__annotations__ == {"x": int}
    assert not any(i.opname == "SETUP_ANNOTATIONS" for i in dis.get_instructions(module.f))


def test_threads_get_one_module(path):
    barrier, found = threading.Barrier(8), []

    def work():
        barrier.wait()
        found.append(load(TEXT, path, {"FACTOR": 2}))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(map(id, found))) == 1


def test_warnings_about_the_text_are_not_given_again(tmp_path, recwarn) -> None:
    module = load("def f(x):\n    return x is 1\n", tmp_path / "warning.py", {})
    assert module.f(2) is False
    assert not list(recwarn)
