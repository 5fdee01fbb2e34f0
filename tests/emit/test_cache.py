"""The cache: whole files or none, ours or none, and no exception whatever the disk does."""

import errno
import multiprocessing
import os
import re
import stat
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from srcxform.emit import cache

KEY = cache.digest("a key")
TEXT = "def f(x):\n    return x\n"
MANIFEST = {"name": "f_grad", "reads": [["model.py", 3]], "ü": None}
ROOT = Path(cache.__file__).parents[2]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    path = tmp_path / "parent" / "cache"
    monkeypatch.setenv("SRCXFORM_CACHE_DIR", str(path))
    monkeypatch.setattr(cache, "_warned", set())
    monkeypatch.setattr(cache, "_temporary_folders", {})
    monkeypatch.setattr(cache, "counters", cache.Counters())
    return path


def stored():
    return cache.store(KEY, MANIFEST, TEXT)


def test_the_folder_is_private_to_its_owner(place):
    assert cache.folder() == place
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_the_folder_is_the_users_without_the_variable(monkeypatch, tmp_path):
    monkeypatch.delenv("SRCXFORM_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.folder() == tmp_path / "xdg" / "srcxform"


def test_what_is_stored_comes_back():
    path = stored()
    assert list(cache.entries(KEY)) == [cache.Entry(path, TEXT, MANIFEST)]
    assert cache.counters == cache.Counters(written=1, read=1)
    assert path.read_text(encoding="utf-8").startswith(TEXT)
    assert re.fullmatch(rf"f_grad_{KEY[:16]}_[0-9a-f]{{8}}\.py", path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    compile(path.read_bytes(), path, "exec")


def test_a_text_without_a_last_line_break_gets_one():
    cache.store(KEY, MANIFEST, "x = 1")
    assert [entry.text for entry in cache.entries(KEY)] == ["x = 1\n"]


def test_storing_again_writes_nothing():
    path = stored()
    before = path.stat()
    assert stored() == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert cache.counters.written == 1


def test_one_key_may_have_several_modules():
    other = {**MANIFEST, "reads": []}
    paths = {stored(), cache.store(KEY, other, TEXT), cache.store(KEY, MANIFEST, "x = 1\n")}
    found = list(cache.entries(KEY))
    assert len(paths) == 3 and {entry.path for entry in found} == paths
    assert [entry.path.name for entry in found] == sorted(path.name for path in paths)
    assert {(entry.text, len(entry.manifest["reads"])) for entry in found} == {
        (TEXT, 1),
        (TEXT, 0),
        ("x = 1\n", 1),
    }


def test_a_key_that_only_starts_alike_is_another(place):
    other = KEY[:16] + "0" * (len(KEY) - 16)
    stored()
    assert list(cache.entries(other)) == []
    assert len(list(cache.entries(KEY))) == 1


@pytest.mark.parametrize(
    "name, readable",
    [("<lambda>", "lambda"), ("Layer.forward", "Layer_forward"), ("2d", "module_2d"),
     ("../../etc/x", "etc_x"), ("", "module"), ("größe", "gr_e"), ("x" * 300, "x" * 60)],
)  # fmt: skip
def test_file_names_are_readable_and_safe(place, name, readable):
    path = cache.store(KEY, {"name": name}, TEXT)
    assert path.parent == place
    assert path.name.startswith(f"{readable}_{KEY[:16]}_")
    assert [entry.path for entry in cache.entries(KEY)] == [path]


def test_a_key_must_be_a_digest():
    with pytest.raises(ValueError, match="hex"):
        cache.store("../../../etc/passwd", MANIFEST, TEXT)


def test_every_truncation_is_noticed(place):
    data = stored().read_bytes()
    for length in range(len(data)):
        path = stored()
        path.write_bytes(data[:length])
        assert list(cache.entries(KEY)) == [], length
        assert not path.exists()


def test_every_changed_byte_is_noticed():
    data = stored().read_bytes()
    for index in range(len(data)):
        path = stored()
        path.write_bytes(data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        assert list(cache.entries(KEY)) == [], data[:index]


def test_a_damaged_file_is_written_anew():
    path = stored()
    path.write_text("garbage")
    assert stored() == path
    assert [entry.text for entry in cache.entries(KEY)] == [TEXT]


def test_another_format_is_left_alone(monkeypatch):
    monkeypatch.setattr(cache, "FORMAT", 999)
    path = stored()
    monkeypatch.undo()
    os.environ["SRCXFORM_CACHE_DIR"] = str(path.parent)
    try:
        assert list(cache.entries(KEY)) == []
        assert path.exists()
    finally:
        del os.environ["SRCXFORM_CACHE_DIR"]


def test_a_symbolic_link_is_not_followed(place, tmp_path):
    path = stored()
    target = tmp_path / "elsewhere.py"
    path.rename(target)
    path.symlink_to(target)
    assert list(cache.entries(KEY)) == []
    assert target.exists()


def test_what_is_no_regular_file_is_skipped(place):
    path = stored()
    path.unlink()
    os.mkfifo(path)
    assert list(cache.entries(KEY)) == []
    path.unlink()
    path.mkdir()
    assert list(cache.entries(KEY)) == []
    assert path.is_dir()


def test_a_file_of_another_user_is_skipped_and_kept(monkeypatch):
    path = stored()
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        ours = cache._is_ours
        monkeypatch.setattr(cache, "_is_ours", lambda s: stat.S_ISDIR(s.st_mode) and ours(s))
    assert list(cache.entries(KEY)) == []
    assert cache.clear() == 0
    assert path.exists()


def with_one_warning(match):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        path = stored()
        again = cache.folder()
        found = list(cache.entries(KEY))
    assert len(caught) == 1 and re.search(match, str(caught[0].message))
    assert path.parent == again != Path(os.environ["SRCXFORM_CACHE_DIR"])
    assert stat.S_IMODE(again.stat().st_mode) == 0o700
    assert [entry.path for entry in found] == [path]
    return path


def test_a_folder_of_another_user_is_refused(place, monkeypatch):
    place.mkdir(parents=True)
    if os.geteuid() == 0:
        os.chown(place, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: place.stat().st_uid + 1)
    with_one_warning("belongs to another user")
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_can_write_is_refused(place, mode):
    place.mkdir(parents=True)
    place.chmod(mode)
    with_one_warning("other users")
    assert list(place.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_replaced(place):
    place.parent.mkdir()
    place.write_text("a file is in the way")
    with_one_warning("cannot be used")
    assert place.read_text() == "a file is in the way"


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EDQUOT])
def test_a_folder_that_cannot_be_written_costs_nothing(place, monkeypatch, code):
    cache.folder()
    real = os.open

    def refusing(path, flags, *args, **kwargs):
        if flags & os.O_CREAT and str(place) in os.fspath(path):
            raise OSError(code, os.strerror(code))
        return real(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", refusing)
    path = stored()
    assert place not in path.parents
    assert [entry.text for entry in cache.entries(KEY)] == [TEXT]
    assert stored() == path


def test_a_disk_that_fills_up_while_writing_leaves_nothing_behind(place, monkeypatch):
    cache.folder()
    real = os.replace

    def refusing(source, target):
        if str(place) in os.fspath(target):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", refusing)
    path = stored()
    assert place not in path.parents and path.exists()
    assert list(place.iterdir()) == []


def test_the_temporary_folder_goes_with_the_process(place):
    place.parent.mkdir()
    place.write_text("")
    code = f"from srcxform.emit import cache\nprint(cache.store({KEY!r}, {{'name': 'f'}}, 'x = 1'))"
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    assert out.endswith(".py")
    assert not Path(out).parent.exists()


def race(start, results):
    start.wait()
    for round_ in range(20):
        key = cache.digest("race", str(round_))
        cache.store(key, MANIFEST, TEXT * 500)
        results.put([len(entry.text) for entry in cache.entries(key)])


def test_sixteen_processes_may_race(place):
    context = multiprocessing.get_context("fork")
    start, results = context.Event(), context.Queue()
    processes = [context.Process(target=race, args=(start, results)) for _ in range(16)]
    for process in processes:
        process.start()
    start.set()
    seen = [results.get(timeout=60) for _ in range(16 * 20)]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 16
    assert seen == [[len(TEXT) * 500]] * (16 * 20)
    assert len(list(place.iterdir())) == 20  # and no temporary file


def test_a_second_process_reads_and_does_not_write():
    stored()
    code = (
        "from srcxform.emit import cache\n"
        f"assert len(list(cache.entries({KEY!r}))) == 1\n"
        "print(cache.counters)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "Counters(written=0, read=1)"


def test_nothing_from_disk_is_executed(tmp_path):
    marker = tmp_path / "executed"
    path = cache.store(KEY, MANIFEST, f"open({str(marker)!r}, 'w')\n")
    path.with_name(f"f_{KEY[:16]}_00000000.py").write_text(f"open({str(marker)!r}, 'w')\n")
    assert len(list(cache.entries(KEY))) == 1
    cache.listing()
    assert not marker.exists()


def test_listing_shows_damage(place):
    path = stored()
    broken = place / f"g_{KEY[:16]}_00000000.py"
    broken.write_text("x")
    listed = {item.path: item for item in cache.listing()}
    assert listed.keys() == {path, broken}
    assert listed[path].manifest == MANIFEST
    assert listed[path].size == path.stat().st_size
    assert listed[broken].manifest is None


def test_clear_removes_our_modules_only(place):
    stored()
    cache.store(cache.digest("other"), MANIFEST, TEXT)
    mine = place / "thesis.py"
    mine.write_text("precious")
    assert cache.clear() == 2
    assert list(place.iterdir()) == [mine]
    assert cache.clear() == 0


def aged(name, days):
    path = cache.store(cache.digest(name), {"name": name}, TEXT)
    then = time.time() - days * 86400
    os.utime(path, (then, then))
    return path


def test_prune_by_age():
    old, new = aged("old", 40), aged("new", 10)
    # Reading counts as use.
    read = aged("read", 50)
    assert len(list(cache.entries(cache.digest("read")))) == 1
    assert cache.prune(max_age_days=30) == 1
    assert not old.exists() and new.exists() and read.exists()


def test_prune_by_size_keeps_the_newest():
    paths = [aged(name, days) for name, days in [("a", 0.9), ("b", 0.1), ("c", 0.5)]]
    size = paths[0].stat().st_size
    assert cache.prune(max_bytes=2 * size) == 1
    assert [path.exists() for path in paths] == [False, True, True]
    assert cache.prune() == 0
    assert cache.prune(max_bytes=0) == 2


def test_what_killed_writers_left_is_removed(place):
    cache.folder()
    left, busy = place / ".srcxform-abc", place / ".srcxform-def"
    left.write_text("")
    busy.write_text("")
    os.utime(left, (0, 0))
    cache.clear()
    assert not left.exists() and busy.exists()


def test_digests_know_where_parts_end():
    assert cache.digest("ab", "c") != cache.digest("a", "bc") != cache.digest("abc")
    assert cache.digest("é") == cache.digest("é".encode())
    # Of "1:x": the length, a colon, the part.
    assert cache.digest("x") == __import__("hashlib").sha256(b"1:x").hexdigest()
