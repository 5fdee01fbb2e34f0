"""Damaged, foreign and unwritable caches cost time, never a wrong number."""

import errno
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

import srcxform as sx
from srcxform import pipeline, publish
from srcxform.emit import cache

X = 0.7
TRUTH = np.cos(X) * X + np.sin(X)


def f(x):
    return np.sin(x) * x


@pytest.fixture
def fresh(store: Path, monkeypatch) -> Path:
    """An empty cache folder, and a compiler that remembers nothing."""
    monkeypatch.setenv(cache.VARIABLE, str(store))
    monkeypatch.setattr(cache, "_temporary_folders", {})
    forget(monkeypatch)
    return store


def forget(monkeypatch) -> None:
    f.__dict__.clear()
    monkeypatch.setattr(publish, "_remembered", {})


def gradient() -> float:
    f.__dict__.clear()
    return sx.grad(f)(X)


def entry(store: Path) -> Path:
    (path,) = store.glob("*.py")
    return path


def generated(monkeypatch) -> int:
    """Differentiate anew, check the number, and say how much had to be generated."""
    forget(monkeypatch)
    before = pipeline.counters.generated
    assert np.isclose(gradient(), TRUTH, rtol=1e-14)
    return pipeline.counters.generated - before


def test_a_whole_entry_is_used(fresh: Path, monkeypatch) -> None:
    assert generated(monkeypatch) == 1
    assert generated(monkeypatch) == 0


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_truncated(fresh: Path, monkeypatch, share: float) -> None:
    generated(monkeypatch)
    path = entry(fresh)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert generated(monkeypatch) == 1
    assert entry(fresh).read_bytes() == whole
    assert generated(monkeypatch) == 0


def test_changed_text_is_not_run(fresh: Path, monkeypatch) -> None:
    generated(monkeypatch)
    path = entry(fresh)
    path.write_text(path.read_text().replace("import numpy as np", "raise SystemExit"))
    assert generated(monkeypatch) == 1


def test_an_entry_under_another_key_is_not_used(fresh: Path, monkeypatch) -> None:
    generated(monkeypatch)
    path = entry(fresh)
    content = path.read_text()
    key = re.search(r"# srcxform key: (\w+)", content)[1]
    manifest = next(cache.entries(key)).manifest
    cache.clear()
    other = key[:16] + "0" * (len(key) - 16)  # the file name tells the first digits only
    cache.store(other, manifest, "raise SystemExit\n")
    assert generated(monkeypatch) == 1


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"name": "f_grad"},
        {"reads": 1, "functions": [], "captures": [], "result": None, "parameters": []},
        {"reads": [[["nowhere:x"], "", 0, False, "read"]]},
        {"reads": [], "captures": [["a", ["global:np"]]], "result": ["number"]},
        {"reads": [], "captures": [], "result": ["unknown"], "functions": ["g"], "parameters": []},
    ],
)
def test_a_manifest_of_another_kind(fresh: Path, monkeypatch, manifest: dict) -> None:
    generated(monkeypatch)
    path = entry(fresh)
    key = re.search(r"# srcxform key: (\w+)", path.read_text())[1]
    cache.clear()
    cache.store(key, manifest, "f_grad = None\n")
    assert generated(monkeypatch) == 1


def test_modules_that_were_removed_while_in_use(fresh: Path, monkeypatch) -> None:
    gradient_function = sx.grad(f)
    assert np.isclose(gradient_function(X), TRUTH, rtol=1e-14)
    cache.clear()
    assert np.isclose(gradient_function(X), TRUTH, rtol=1e-14)
    assert generated(monkeypatch) == 1


def test_a_file_where_the_folder_should_be(fresh: Path, monkeypatch) -> None:
    fresh.write_text("")
    cache._warned.discard(fresh)
    with pytest.warns(UserWarning, match="cannot be used"):
        assert generated(monkeypatch) == 1
    assert generated(monkeypatch) == 0  # this process has a folder of its own
    assert fresh.read_text() == ""


def test_nothing_can_be_written(fresh: Path, monkeypatch) -> None:
    def refuse(*args):
        raise PermissionError(13, "no")

    monkeypatch.setattr(cache, "_write", refuse)
    assert generated(monkeypatch) == 1
    assert not list(fresh.glob("*.py"))


def g(x):
    return np.cos(x) * x


def close(folder: Path, monkeypatch) -> None:
    """Make a folder read-only, for an administrator too."""
    folder.chmod(0o500)
    make = tempfile.mkstemp

    def refusing(*args, **options):
        if Path(options["dir"]) == folder:
            raise PermissionError(errno.EACCES, "read-only", str(folder))
        return make(*args, **options)

    monkeypatch.setattr(tempfile, "mkstemp", refusing)


def test_read_only_folder(fresh: Path, monkeypatch) -> None:
    """What is there is used, what is not is written elsewhere."""
    assert generated(monkeypatch) == 1
    there = sorted(fresh.iterdir())
    close(fresh, monkeypatch)
    try:
        assert generated(monkeypatch) == 0
        g.__dict__.clear()
        assert np.isclose(sx.grad(g)(X), np.cos(X) - np.sin(X) * X, rtol=1e-14)
        assert sorted(fresh.iterdir()) == there
        assert any(cache._temporary_folder().glob("g_grad_*.py"))
    finally:
        fresh.chmod(0o700)
