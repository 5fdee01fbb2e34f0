"""The command line: print derivatives, look after the folder of generated modules.

    python -m srcxform dump model.py:loss --wrt w
    python -m srcxform dump package.model:loss --transform jvp --order 2 --standalone -o loss_jvp.py
    python -m srcxform dump model.py:residuals --transform jacfwd --arg "x=np.ones(3)"
    python -m srcxform cache list

Ends with status 0; with 1 and a message if what was asked for is refused; with 2 if it was not
understood, or what it names is not there.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import inspect
import sys
import time
import traceback
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from srcxform.api.dumping import TRANSFORMS, dump
from srcxform.emit import cache
from srcxform.errors import SrcxformError

__all__ = ["main"]


class CommandError(Exception):
    """What was asked for names something that is not there, or that does not fit."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status."""
    parsed = parser().parse_args(arguments)
    try:
        parsed.run(parsed)
    except SrcxformError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except (CommandError, OSError) as error:
        print(f"srcxform: {error}", file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(
        prog="python -m srcxform", description="Derivatives of NumPy code, as Python source."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    add_dump(commands.add_parser("dump", help="print the source of a derivative"))
    add_cache(commands.add_parser("cache", help="look after the folder of generated modules"))
    return top


def add_dump(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Print the source of a derivative. Annotations, defaults and examples say of what kind "
        "the arguments are; what they leave open stays general, where that can be."
    )
    command.add_argument(
        "target", metavar="FILE.py:FUNCTION|MODULE:FUNCTION",
        help="also a method: MODULE:Class.method, or MODULE:object.method of an object made there",
    )  # fmt: skip
    command.add_argument(
        "--transform", action="append", choices=TRANSFORMS, default=[],
        help="may be repeated: the first one is applied first (default: grad)",
    )  # fmt: skip
    command.add_argument(
        "--wrt", action="append", default=[], metavar="NAME[,NAME]",
        help="parameters to differentiate in (default: the first one for gradients and "
        "Jacobians, else all)",
    )  # fmt: skip
    command.add_argument(
        "--arg", action="append", default=[], metavar="NAME=VALUE",
        help="an argument of the function as an example, such as x=np.ones(3): only its kind "
        "counts; of what vmap goes along, one lane",
    )  # fmt: skip
    command.add_argument(
        "--lanes", action="append", default=[], metavar="NAME[,NAME]",
        help="parameters whose first axis vmap goes along (default: all)",
    )  # fmt: skip
    command.add_argument(
        "--order", type=positive, default=1, metavar="N", help="apply this many times (default: 1)"
    )
    command.add_argument(
        "--standalone", action="store_true", help="a module that runs without srcxform"
    )
    command.add_argument("-o", dest="output", type=Path, metavar="FILE", help="write to a file")
    command.set_defaults(run=run_dump)


def add_cache(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(required=True, metavar="dir|list|clear|prune")
    actions.add_parser("dir", help="print the folder").set_defaults(run=cache_dir)
    actions.add_parser("list", help="list the modules").set_defaults(run=cache_list)
    actions.add_parser("clear", help="remove all modules").set_defaults(run=cache_clear)
    prune = actions.add_parser("prune", help="remove modules that are not used, or too many")
    prune.add_argument("--days", type=float, default=None, help="unused for longer than this")
    prune.add_argument(
        "--size", type=megabytes, default=None, metavar="MB", help="keep the newest, this many MB"
    )
    prune.set_defaults(run=cache_prune)


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"a positive number, not {text}")
    return number


def megabytes(text: str) -> int:
    return int(float(text) * 1e6)


# dump


def run_dump(parsed: argparse.Namespace) -> None:
    """Print a derivative, or write it to a file."""
    function, held = find_function(parsed.target)
    examples = dict(example(given, function) for given in parsed.arg)
    try:
        text = dump(
            function, parsed.transform, split(parsed.wrt), parsed.order, parsed.standalone, held,
            examples, split(parsed.lanes),
        )  # fmt: skip
    except SrcxformError:
        raise
    except TypeError as error:
        raise CommandError(str(error)) from None
    if parsed.output is None:
        print(text, end="")
    else:
        parsed.output.write_text(text, encoding="utf-8")


def split(given: Sequence[str]) -> list[str]:
    return [name.strip() for names in given for name in names.split(",") if name.strip()]


def example(given: str, function: Any) -> tuple[str, Any]:
    """Evaluate `NAME=VALUE` where the function is written. Raises CommandError."""
    name, equals, value = given.partition("=")
    if not equals or not name.strip().isidentifier():
        raise CommandError(f"expected NAME=VALUE behind --arg, got {given!r}")
    home = sys.modules.get(getattr(function, "__module__", None) or "")
    try:
        return name.strip(), eval(value.strip(), {"np": np, **vars(home or types)})
    except Exception as error:  # whatever an expression may raise
        said = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        raise CommandError(f"cannot evaluate {value.strip()!r}: {said}") from None


def find_function(target: str) -> tuple[Callable[..., Any], int]:
    """Import what `FILE.py:FUNCTION` or `MODULE:FUNCTION` names. Raises CommandError.

    With it comes how many of its first parameters stand for an object that it is a method of.
    """
    home, colon, name = target.rpartition(":")
    if not colon or not home or not name:
        raise CommandError(f"expected FILE.py:FUNCTION or MODULE:FUNCTION, got {target!r}")
    found: Any = imported(home)
    held = 0
    for part in name.split("."):
        if not hasattr(found, part):
            raise CommandError(f"{home} has no function `{name}`")
        written = inspect.getattr_static(found, part, None)
        held = int(isinstance(found, type) and isinstance(written, types.FunctionType))
        found = getattr(found, part)
    if not callable(found):
        raise CommandError(f"`{name}` in {home} is no function")
    return found, held


def imported(home: str) -> types.ModuleType:
    """Import a file or module; what its own code raises is told in one line."""
    try:
        return module_of_file(Path(home)) if home.endswith(".py") else module_of_name(home)
    except (CommandError, SrcxformError):
        raise
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise CommandError(f"cannot read {error.filename or home}{line}: {error.msg}") from None
    except Exception as error:  # whatever the code of a module may raise
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = "".join(traceback.format_exception_only(error)).strip().splitlines()[0]
        raise CommandError(
            f"cannot import {home}: {said} ({where.filename}, line {where.lineno})"
        ) from None


def module_of_name(name: str) -> types.ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # something that the module itself imports
        raise CommandError(f"there is no module {name}") from None


def module_of_file(path: Path) -> types.ModuleType:
    """Import a file as `python FILE.py` would find its neighbours; in a package, as its module."""
    if not path.is_file():
        raise CommandError(f"{path} is no file" if path.exists() else f"there is no file {path}")
    path = path.resolve()
    root, parts = path.parent, [path.stem]
    while (root / "__init__.py").is_file():
        root, parts = root.parent, [root.name, *parts]
    sys.path.insert(0, str(root))
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    known = sys.modules.get(name)
    if len(parts) > 1 or known is not None and is_file_of(known, path):
        return importlib.import_module(name)
    if known is not None:  # a file called like a module that is in use, such as copy.py
        name = f"{name}_"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def is_file_of(module: types.ModuleType, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).resolve() == path


# cache


def cache_dir(parsed: argparse.Namespace) -> None:
    """Print the folder of generated modules."""
    print(cache.folder())


def cache_list(parsed: argparse.Namespace) -> None:
    """List the generated modules: when each was last used, its size, its file."""
    listed = cache.listing()
    for entry in listed:
        used = time.strftime("%Y-%m-%d", time.localtime(entry.modified))
        damaged = "  (damaged)" if entry.manifest is None else ""
        print(f"{used}  {entry.size:>8}  {entry.path.name}{damaged}")
    total = sum(entry.size for entry in listed)
    print(f"{counted(len(listed))}, {total / 1e6:.1f} MB")


def cache_clear(parsed: argparse.Namespace) -> None:
    """Remove all generated modules."""
    print(f"removed {counted(cache.clear())}")


def cache_prune(parsed: argparse.Namespace) -> None:
    """Remove generated modules that have not been used for a month, or as the options say."""
    days = 30.0 if parsed.days is None and parsed.size is None else parsed.days
    print(f"removed {counted(cache.prune(days, parsed.size))}")


def counted(number: int) -> str:
    return f"{number} module{'' if number == 1 else 's'}"
