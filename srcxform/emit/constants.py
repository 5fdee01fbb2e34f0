"""Live values as literals.

Guarantees that evaluating the text gives a value of the same type, with the same bits, and that
whatever has no such text is refused by name.

>>> constant({"rate": (0.1, -0.0), "name": "relu"}, "settings", "np")
'{"rate": (0.1, -0.0), "name": "relu"}'
"""

import math
from typing import Any, Final

import numpy as np

from srcxform.emit import literals
from srcxform.errors import Diagnostic, UnsupportedError

_BRACKETS: Final[dict[type, tuple[str, str]]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
}


def constant(value: object, name: str, numpy: str) -> str:
    """Return an expression for `value`.

    Args:
        value: a number, string, None, NumPy scalar or array, or a container of such.
        name: what an error calls it.
        numpy: the name that NumPy is imported under.

    Raises:
        UnsupportedError: for anything else.
    """
    return _Writer(name, numpy).text(value)


class _Writer:
    def __init__(self, name: str, numpy: str) -> None:
        self.name = name
        self.numpy = numpy
        self.inside: list[int] = []

    def text(self, value: Any) -> str:
        kind = type(value)
        if value is None or value is Ellipsis or kind is bool:
            return "..." if value is Ellipsis else repr(value)
        if kind in (int, float, complex):
            return literals.number(value)
        if kind is str:
            return literals.quoted(value)
        if kind is bytes:
            return literals.quoted_bytes(value)
        if isinstance(value, np.generic):
            return self.scalar(value)
        if id(value) not in self.inside:
            self.inside.append(id(value))
            try:
                if kind is np.ndarray:
                    return self.array(value)
                if kind is dict:
                    items = [f"{self.text(k)}: {self.text(v)}" for k, v in value.items()]
                    return f"{{{', '.join(items)}}}"
                if kind in _BRACKETS:
                    return self.container(value)
            finally:
                self.inside.pop()
        raise self.refusal(value)

    def container(self, value: Any) -> str:
        elements = [self.text(element) for element in value]
        if isinstance(value, set):
            elements.sort()  # its own order differs between runs
            if not elements:
                return "set()"
        comma = "," if isinstance(value, tuple) and len(elements) == 1 else ""
        opening, closing = _BRACKETS[type(value)]
        return f"{opening}{', '.join(elements)}{comma}{closing}"

    def scalar(self, value: np.generic) -> str:
        self.check_dtype(value.dtype, value)
        return f"{self.numpy}.{value.dtype.type.__name__}({self.element(value.item())})"

    def array(self, value: np.ndarray) -> str:
        self.check_dtype(value.dtype, value)
        native = value.dtype.isnative and value.dtype.kind != "U"
        dtype = f"{self.numpy}.{value.dtype.type.__name__}" if native else f'"{value.dtype.str}"'
        if value.size == 0:
            return f"{self.numpy}.empty({self.text(value.shape)}, dtype={dtype})"
        order = ""
        if value.flags.f_contiguous and not value.flags.c_contiguous:
            order = ', order="F"'
        return f"{self.numpy}.array({self.elements(value.tolist())}, dtype={dtype}{order})"

    def elements(self, value: Any) -> str:
        if isinstance(value, list):
            return f"[{', '.join(map(self.elements, value))}]"
        return self.element(value)

    def element(self, value: Any) -> str:
        if isinstance(value, float) and not math.isfinite(value):
            return ("-" if value < 0 else "") + f"{self.numpy}.{'nan' if value != value else 'inf'}"
        return self.text(value)

    def check_dtype(self, dtype: np.dtype[Any], value: object) -> None:
        # Long doubles have no exact literal; the others are objects or records.
        if dtype.kind not in "biufcU" or dtype.char in "gG":
            raise self.refusal(value)

    def refusal(self, value: object) -> UnsupportedError:
        shown = type(value).__name__
        if isinstance(value, np.ndarray | np.generic) and type(value).__module__ == "numpy":
            shown = f"{shown} of dtype {value.dtype}"
        return UnsupportedError(
            Diagnostic(
                f"`{self.name}` cannot be written into a standalone module",
                None,
                f"it holds a value of type {shown}, which has no literal",
                f"pass `{self.name}` as an argument, or use the derivative with srcxform installed",
            )
        )
