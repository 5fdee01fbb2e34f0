"""Machine code by Numba: what computes as Python would, or a refusal that names the user's line."""

from __future__ import annotations

import re
import types
import warnings
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import numba
from numba.core import errors

from srcxform.emit.lines import origin, shown_place
from srcxform.errors import Diagnostic, Place, UnsupportedError
from srcxform.native.helpers import namespace_of
from srcxform.native.tools import compiling

__all__ = ["Native", "native"]

INSTEAD = "call the function without jit, or keep this part out of what is compiled"


class Native:
    """A function as machine code, for each of the types that it is called with."""

    def __init__(self, functions: Mapping[str, types.FunctionType]) -> None:
        first = next(iter(functions.values()))
        namespace = namespace_of(first.__globals__)
        for name, function in functions.items():
            again = types.FunctionType(function.__code__, namespace, name)
            namespace[name] = compiling(again)
        self.entry: Any = namespace[first.__name__]
        self.place = first.__code__.co_filename, first.__code__.co_firstlineno
        self.known: set[Any] = set()

    def __call__(self, *leaves: Any) -> Any:
        """Run it. Raises UnsupportedError if it cannot be compiled for these arguments."""
        found = tuple(map(self.type_of, leaves))
        if found not in self.known:
            self.compile(found)
            self.known.add(found)
        try:
            return self.entry(*leaves)
        except NotImplementedError as error:
            if LAYOUT in str(error):
                raise self.told("the shape of a view cannot be changed without a copy") from None
            raise
        except TypeError as error:
            if LOST_NONE.match(str(error)):
                raise self.told("what may be None is used as a number") from None
            raise

    def type_of(self, leaf: Any) -> Any:
        try:
            return numba.typeof(leaf)
        except (errors.NumbaError, ValueError, OverflowError) as error:
            raise self.told(str(error)) from None

    def compile(self, signature: tuple[Any, ...]) -> None:
        """Make the machine code for arguments of certain types."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", errors.NumbaWarning)  # of lists that are written back
            try:
                self.entry.compile(signature)
            except UnsupportedError:
                raise
            except errors.NumbaError as error:
                raise self.told(str(error), getattr(error, "loc", None)) from None
            except Exception:  # whatever stops Numba, it has not compiled the function
                raise self.told("it cannot go on, and not why") from None

    def told(self, said: str, loc: Any = None) -> UnsupportedError:
        """Tell what Numba said, and of which line of the user's."""
        return UnsupportedError(Diagnostic(
            "this cannot be compiled to native code", self.user_place(said, loc),
            reason(said), INSTEAD,
        ))  # fmt: skip

    def user_place(self, said: str, loc: Any) -> Place | None:
        """Find the user's line that an error of Numba is about."""
        lines = [(file, int(number)) for file, number in LOCATION.findall(said)]
        if loc is not None:
            lines.insert(0, (loc.filename, loc.line))
        for file, number in [*reversed(lines), self.place]:
            found = origin(file, number)
            if found is not None:
                return shown_place(found)
        return None


LOCATION = re.compile(r'File "([^"]+)", line (\d+)')
UNKNOWN_FUNCTION = re.compile(
    r"(?:Unknown attribute '(?P<name>\w+)' of type Module\(<module '(?P<home>[\w.]+)'"
    r"|Use of unsupported NumPy function '(?P<whole>[\w.]+)')"
)
OBJECT = re.compile(r"<(?:built-in )?(?:function|method) (\w[\w.<>]*?)(?: at 0x[0-9a-f]+)?>")
LAYOUT = "incompatible shape for array"
LOST_NONE = re.compile(r"expected \S+, got None$")
NOISE = re.compile(
    r"Failed in \w+ mode pipeline|File \"|There are \d+ candidate|During: |\s*$|[-\^>. ]*$|def |"
    r"This error may have been caused|Enable logging|<source|To see Python|https?:"
)


def reason(said: str) -> str:
    """Tell what Numba said, by the line of it that says most."""
    said = re.sub(r"\x1b\[[0-9;]*m", "", said)  # colours
    said = OBJECT.sub(r"\1", said)
    lines = [line.strip() for line in said.splitlines()]
    found = [line for line in lines if not NOISE.match(line)]
    text = found[0] if found else "no more than that"
    unknown = UNKNOWN_FUNCTION.match(text)
    if unknown:
        name = unknown["whole"] or f"{unknown['home']}.{unknown['name']}"
        return f"Numba does not compile {name}"
    if len(found) > 1 and text.endswith(":"):
        text = f"{text} {found[1].removeprefix('>>> ')}"
    return f"Numba says: {text.rstrip('.')}"


_known: weakref.WeakKeyDictionary[Any, Native] = weakref.WeakKeyDictionary()


def native(functions: Mapping[str, Callable[..., Any]]) -> Native:
    """Give the machine code of generated functions, of which the first is called."""
    first: Any = next(iter(functions.values()))
    found = _known.get(first)
    if found is None:
        found = _known[first] = Native(functions)  # type: ignore[arg-type]
    return found
