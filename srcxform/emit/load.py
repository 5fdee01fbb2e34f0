"""Generated text to a module that runs.

Guarantees that `inspect.getsource`, `pdb`, tracebacks and pickling by reference find what the
module defines, also when its file is gone, and that one text with one set of live objects is
loaded once.
"""

import importlib.abc
import importlib.machinery
import linecache
import sys
import threading
import types
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

PACKAGE: Final = "srcxform_generated"


@dataclass(frozen=True)
class _Loaded:
    text: str
    bindings: dict[str, object]
    module: types.ModuleType

    def is_made_of(self, text: str, bindings: Mapping[str, object]) -> bool:
        return (
            self.text == text
            and self.bindings.keys() == bindings.keys()
            and all(self.bindings[name] is value for name, value in bindings.items())
        )


_loaded: dict[Path, list[_Loaded]] = {}
_lock = threading.RLock()


def load(text: str, path: Path, bindings: Mapping[str, object]) -> types.ModuleType:
    """Run a module's text and return the module.

    Args:
        text: the module's text; the file at `path`, if there is one, starts with it.
        path: the file name that tracebacks and debuggers show.
        bindings: live objects that the text uses but cannot import, by name.

    Returns:
        The module, `srcxform_generated.<stem of path>`; the one returned before if path and text
        are equal and the bindings are the same objects. Otherwise a further module of that path
        has a number after its name.

    Example:
        >>> load("def double(x):\\n    return FACTOR * x", Path("/no/file.py"), {"FACTOR": 2}).double(4)
        8
    """  # noqa: E501
    with _lock:
        known = _loaded.setdefault(path, [])
        for loaded in known:
            if loaded.is_made_of(text, bindings):
                return loaded.module
        module = _new_module(_free_name(path.stem), text, path)
        sys.modules[module.__name__] = module
        try:
            # What the module itself defines about itself wins over the user's names.
            about = dict(module.__dict__)
            module.__dict__.update(bindings)
            module.__dict__.update(about)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the user's file has given them already
                code = compile(text, str(path), "exec", dont_inherit=True)
            exec(code, module.__dict__)
        except BaseException:
            del sys.modules[module.__name__]
            raise
        known.append(_Loaded(text, dict(bindings), module))
        return module


def _free_name(stem: str) -> str:
    _package()
    name, number = f"{PACKAGE}.{stem}", 1
    while name in sys.modules:
        number += 1
        name = f"{PACKAGE}.{stem}_{number}"
    return name


def _package() -> types.ModuleType:
    """Return the package that pickle imports before it looks for a module in it."""
    if PACKAGE not in sys.modules:
        package = types.ModuleType(PACKAGE, "Modules that srcxform has generated.")
        package.__path__ = []
        sys.modules[PACKAGE] = package
    return sys.modules[PACKAGE]


def _new_module(name: str, text: str, path: Path) -> types.ModuleType:
    loader = _Loader(text)
    module = types.ModuleType(name)
    module.__file__ = str(path)
    module.__package__ = PACKAGE
    module.__loader__ = loader
    module.__spec__ = importlib.machinery.ModuleSpec(name, loader, origin=str(path))
    if not path.is_file():
        lines = text.splitlines(keepends=True)
        # Without a time of modification linecache never looks for the file.
        linecache.cache[str(path)] = (len(text), None, lines, str(path))
    return module


@final
class _Loader(importlib.abc.InspectLoader):
    """Hands out the text, so that linecache has it even when the file has been removed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, fullname: str) -> str:
        return self.text
