"""Generated modules on disk.

Guarantees that what `entries` yields was written whole, by this user, under exactly that key, and
that nothing read from disk is ever executed here. A file is a readable module that ends in a
comment with its manifest, its key and a digest of all that stands before. Files appear by rename,
so any number of processes may write the same one; a folder that cannot be written costs a
temporary folder, never an exception.
"""

import atexit
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import platformdirs

FORMAT: Final = 1
VARIABLE: Final = "SRCXFORM_CACHE_DIR"

_MODULE_FILE: Final = re.compile(r"[A-Za-z_]\w*_[0-9a-f]{16}_[0-9a-f]{8}\.py", re.ASCII)
_TEMPORARY_PREFIX: Final = ".srcxform-"
_TRAILER: Final = re.compile(
    rb"\n# srcxform manifest: (?P<manifest>[^\n]*)"
    rb"\n# srcxform key: (?P<key>[0-9a-f]+)"
    rb"\n# srcxform format: (?P<format>[0-9]+)"
    rb"\n# srcxform sha256: (?P<digest>[0-9a-f]{64})\n\Z"
)
_ABANDONED_SECONDS: Final = 3600.0
_DAY_SECONDS: Final = 86400.0


@dataclass(frozen=True)
class Entry:
    """An undamaged module: where it is, the text that was stored, what was stored with it."""

    path: Path
    text: str
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Listed:
    """A file in the cache; `manifest` is None if it is damaged."""

    path: Path
    size: int
    modified: float
    manifest: dict[str, Any] | None


@dataclass
class Counters:
    """How many modules this process has written to disk, and how many it has read."""

    written: int = 0
    read: int = 0


counters: Final = Counters()

_temporary_folders: dict[int, Path] = {}
_warned: set[Path] = set()


def digest(*parts: str | bytes) -> str:
    """Return the SHA-256 of the parts as hex digits; each part counts with its length.

    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(b"%d:" % len(data))
        state.update(data)
    return state.hexdigest()


def folder() -> Path:
    """Return the folder of generated modules, which exists and which only this user can write.

    It is `SRCXFORM_CACHE_DIR`, or else the user's cache folder. One that belongs to someone else,
    that others may write to or that cannot be made is not used: then the answer is a folder of
    this process, removed at exit, and a warning says so once.
    """
    chosen = os.environ.get(VARIABLE)
    path = Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("srcxform"))
    try:
        path = path.absolute()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        problem = _exposure(path.stat())
    except OSError as error:
        problem = f"cannot be used ({error.strerror or error})"
    if problem is None:
        return path
    if path not in _warned:
        _warned.add(path)
        warnings.warn(
            f"the cache folder {path} {problem}; generated modules of this process go to a "
            f"temporary folder. Set {VARIABLE} to a folder of your own.",
            stacklevel=2,
        )
    return _temporary_folder()


def store(key: str, manifest: dict[str, Any], text: str) -> Path:
    """Write a module and return its path.

    Args:
        key: a hex digest of all that the module was made from.
        manifest: what to remember about it, of JSON types; `manifest["name"]` names the file.
        text: the module's text.

    Returns:
        The path, in `folder()` or, if that cannot be written, in a folder of this process.
    """
    data = _file_content(key, manifest, text)
    name = _file_name(key, manifest, data)
    try:
        return _write(folder() / name, data)
    except OSError:
        return _write(_temporary_folder() / name, data)


def entries(key: str) -> Iterator[Entry]:
    """Yield the undamaged modules stored under `key`, in the order of their names.

    What is damaged is skipped and, if it is ours, removed. Files of others and symbolic links are
    skipped.
    """
    for path in _module_files(f"_{key[:16]}_"):
        found = _read(path)
        if isinstance(found, _Damaged):
            _remove(path)
        elif found is not None and found.key == key and found.format == FORMAT:
            counters.read += 1
            yield Entry(path, found.text, found.manifest)


def listing() -> list[Listed]:
    """Return what the cache holds, in the order of the names."""
    listed = []
    for path in _module_files():
        try:
            status = path.lstat()
        except OSError:
            continue
        found = _read(path, counts=False)
        manifest = found.manifest if isinstance(found, _Content) else None
        listed.append(Listed(path, status.st_size, status.st_mtime, manifest))
    return listed


def clear() -> int:
    """Remove every module, and nothing that is not one; return how many were removed."""
    _remove_abandoned()
    return sum(_remove(path) for path in _module_files())


def prune(max_age_days: float | None = None, max_bytes: int | None = None) -> int:
    """Remove modules unused for `max_age_days`, then the oldest beyond `max_bytes`.

    Returns how many were removed.
    A module counts as used on the day it was last read.
    """
    _remove_abandoned()
    newest_first = sorted(listing(), key=lambda listed: (-listed.modified, listed.path))
    oldest = -float("inf") if max_age_days is None else time.time() - max_age_days * _DAY_SECONDS
    removed = total = 0
    for listed in newest_first:
        total += listed.size
        if listed.modified < oldest or (max_bytes is not None and total > max_bytes):
            removed += _remove(listed.path)
            total -= listed.size
    return removed


# The folder


def _exposure(status: os.stat_result) -> str | None:
    """Return what is wrong with a folder's owner or permissions."""
    if not stat.S_ISDIR(status.st_mode):
        return "is not a folder"
    if not _is_ours(status):
        return "belongs to another user"
    if os.name == "posix" and status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by other users"
    return None


def _is_ours(status: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or status.st_uid == os.geteuid()


def _temporary_folder() -> Path:
    """Return a folder that only this process uses and that goes away with it."""
    process = os.getpid()  # a forked child needs its own: the parent removes its one
    known = _temporary_folders.get(process)
    if known is not None and known.is_dir():
        return known
    made = Path(tempfile.mkdtemp(prefix="srcxform-"))
    _temporary_folders[process] = made
    atexit.register(_remove_folder, made, process)
    return made


def _remove_folder(path: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(path, ignore_errors=True)


def _module_files(part: str = "") -> list[Path]:
    """Return the paths that are named like our modules and contain `part`."""
    folders = {folder(): None}
    if os.getpid() in _temporary_folders:
        folders[_temporary_folders[os.getpid()]] = None
    found: list[Path] = []
    for place in folders:
        try:
            names = os.listdir(place)
        except OSError:
            continue
        ours = sorted(n for n in names if part in n and _MODULE_FILE.fullmatch(n))
        found += [place / n for n in ours]
    return found


def _remove(path: Path) -> bool:
    """Remove a file if it is ours; whether it is gone because of us."""
    try:
        if not _is_ours(path.lstat()):
            return False
        path.unlink()
    except OSError:
        return False
    return True


def _remove_abandoned() -> None:
    """Remove what writers that were killed have left."""
    place = folder()
    for path in place.glob(f"{_TEMPORARY_PREFIX}*"):
        try:
            if path.lstat().st_mtime < time.time() - _ABANDONED_SECONDS:
                _remove(path)
        except OSError:
            continue


# Writing


def _file_content(key: str, manifest: dict[str, Any], text: str) -> bytes:
    if not re.fullmatch("[0-9a-f]{16,}", key):
        raise ValueError(f"a key is at least 16 lower-case hex digits, not {key!r}")
    described = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    whole = text if text.endswith("\n") else text + "\n"
    whole += f"\n# srcxform manifest: {described}\n# srcxform key: {key}\n"
    before = f"{whole}# srcxform format: {FORMAT}\n".encode()
    return before + f"# srcxform sha256: {hashlib.sha256(before).hexdigest()}\n".encode()


def _file_name(key: str, manifest: dict[str, Any], data: bytes) -> str:
    readable = re.sub(r"\W+", "_", str(manifest.get("name", "")), flags=re.ASCII)[:60].strip("_")
    if not readable or readable[0].isdigit():
        readable = f"module_{readable}".rstrip("_")
    return f"{readable}_{key[:16]}_{hashlib.sha256(data).hexdigest()[:8]}.py"


def _write(path: Path, data: bytes) -> Path:
    if _holds(path, data):
        return path
    descriptor, name = tempfile.mkstemp(prefix=_TEMPORARY_PREFIX, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        if _holds(path, data):  # another process was faster and has it open
            return path
        raise
    counters.written += 1
    return path


def _holds(path: Path, data: bytes) -> bool:
    try:
        return _read_bytes(path) == data
    except OSError:
        return False


# Reading


@dataclass(frozen=True)
class _Content:
    key: str
    format: int
    text: str
    manifest: dict[str, Any]


@dataclass(frozen=True)
class _Damaged:
    why: str


def _read(path: Path, counts: bool = True) -> _Content | _Damaged | None:
    """Return what the file holds; None if it is not for us to read.

    `counts` says whether it counts as used now.
    """
    try:
        data = _read_bytes(path, counts)
    except OSError:
        return None
    return None if data is None else _parsed(data)


def _read_bytes(path: Path, counts: bool = True) -> bytes | None:
    """Return a file's content; None if it is a link, no regular file, or not ours."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not (stat.S_ISREG(status.st_mode) and _is_ours(status)) or path.is_symlink():
            return None
        old = status.st_mtime < time.time() - _DAY_SECONDS
        if counts and old and os.utime in os.supports_fd:
            _touch(descriptor)
        return file.read()


def _touch(descriptor: int) -> None:
    """Note that a file is in use, for `prune`."""
    try:
        os.utime(descriptor)
    except OSError:
        return


def _parsed(data: bytes) -> _Content | _Damaged:
    found = _TRAILER.search(data)
    if found is None:
        return _Damaged("no manifest at the end")
    before = data[: data.rindex(b"# srcxform sha256: ")]
    if hashlib.sha256(before).hexdigest().encode() != found["digest"]:
        return _Damaged("not what was written")
    try:
        manifest = json.loads(found["manifest"])
        text = data[: found.start()].decode()
    except ValueError:
        return _Damaged("not what was written")
    if not isinstance(manifest, dict):
        return _Damaged("no manifest at the end")
    return _Content(found["key"].decode(), int(found["format"]), text, manifest)
