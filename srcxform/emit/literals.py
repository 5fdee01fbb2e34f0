"""Constants as Python text.

Guarantees that the text evaluates to an equal constant of the same type (signed zeros and
infinities included), never holds a raw line break unless it is a docstring, and does not depend
on the running Python's tables.

>>> print(quoted("it's"), number(1e300), number(-0.0))
"it's" 1e+300 -0.0
"""

import math
import unicodedata

# Integers longer than this are written in base 16: Python limits decimal conversion.
_LONG_INTEGER_BITS = 4096

_SHORT_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Unicode 3.2, since the running Python's table would print differently on another Python.
_category = unicodedata.ucd_3_2_0.category
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"})
_LATER_CONTROLS = frozenset("\u061c\u180e\u2066\u2067\u2068\u2069")


def escaped(character: str) -> str:
    """Return `character` as it stands between quotes, escaped if a reader could not see it."""
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if character == " ":
        return character
    if _category(character) not in _INVISIBLE and character not in _LATER_CONTROLS:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escape(text: str, delimiter: str) -> str:
    """Return `text` as it stands between `delimiter`s on one line."""
    quote = delimiter[0]
    return "".join("\\" + c if c == quote else escaped(c) for c in text)


def quoted(text: str) -> str:
    """Return `text` as a string literal on one line: double quotes unless they cost escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + escape(text, quote) + quote


def docstring(text: str) -> str:
    """Return `text` between triple double quotes, its line breaks kept as they are."""
    body = "".join(c if c == "\n" else escaped(c) for c in text).replace('"""', '\\"\\"\\"')
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'"""{body}"""'


def quoted_bytes(value: bytes) -> str:
    """Return `value` as a bytes literal on one line."""
    text = repr(value)[2:-1]
    if b"'" in value and b'"' not in value:  # repr chose double quotes itself
        return f'b"{text}"'
    if b'"' in value and value.count(b'"') > value.count(b"'"):
        return repr(value)
    text = text.replace("\\'", "'").replace('"', '\\"')
    return f'b"{text}"'


def number(value: float | complex) -> str:
    """Return a number as text; a negative one starts with a minus sign.

    Infinities and NaNs come out as `float("inf")`, complex numbers as `2j`, `(1 + 2j)` or, where
    only that is exact, `complex(-0.0, 2.0)`.
    """
    if isinstance(value, int):
        return hex(value) if value.bit_length() > _LONG_INTEGER_BITS else int.__repr__(value)
    if isinstance(value, float):
        return _real(value)
    return _complex(value)


def _real(value: float) -> str:
    if math.isnan(value):
        return 'float("nan")'
    if math.isinf(value):
        return 'float("inf")' if value > 0 else '-float("inf")'
    return float.__repr__(value)


def _complex(value: complex) -> str:
    real, imag = value.real, value.imag
    if not (math.isfinite(real) and math.isfinite(imag)):
        return f"complex({_real(real)}, {_real(imag)})"
    if not _negative(imag) and real == 0 and not _negative(real):
        return _part(imag) + "j"
    # `a - bj` is exact only if adding the zeros Python adds changes no sign.
    if real != 0 and (imag != 0 or not _negative(imag)):
        sign = "-" if _negative(imag) else "+"
        return f"({_part(real)} {sign} {_part(abs(imag))}j)"
    return f"complex({_real(real)}, {_real(imag)})"


def _part(value: float) -> str:
    """Return a finite part of a complex number as `repr(complex)` has it: `2`, not `2.0`."""
    text = float.__repr__(value)
    return text.removesuffix(".0")


def _negative(value: float) -> bool:
    return math.copysign(1.0, value) < 0
