"""Break a line that is too long at its brackets.

Guarantees that the tokens stay the same but for a trailing comma and brackets around a side of an
assignment, and that a line with nothing to break at is left as it is.

>>> print("\\n".join(wrap("total = combine(first_part, second_part)", width=30)))
total = combine(
    first_part, second_part
)
"""

import io
import tokenize
from dataclasses import dataclass

WIDTH = 100
_INDENT = "    "
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_LOOSE, _TIGHT = frozenset("+-"), frozenset(["*", "/", "@", "//", "%"])
_OPERATORS = _LOOSE | _TIGHT | {"**"}
_ASSIGNING = frozenset(["=", *(f"{operator}=" for operator in _OPERATORS)])
_F_STRING = ("FSTRING_START", "FSTRING_END")


@dataclass(frozen=True)
class Token:
    """A token of the line, and how many brackets are open around it."""

    text: str
    start: int
    end: int
    depth: int


Span = tuple[int, int]


def wrap(line: str, width: int = WIDTH, whole: bool = True) -> list[str]:
    """Return `line`, a statement's (or a compound statement's first) line, as one or more lines.

    It is `whole` unless it is a part of such a line, from between brackets.
    """
    if len(line) <= width:
        return [line]
    code = line.lstrip(" ")
    indent = line[: len(line) - len(code)]
    closer = code[0] if code[0] in _CLOSING else ""
    tokens = _tokens(code[len(closer) :], len(closer))
    pair = _widest_pair(tokens)
    if whole and not closer and (side := _side(code, tokens, pair)) is not None:
        return _in_brackets(indent, code, tokens, *side, width)
    if pair is None:
        return [line]
    opening, closing = pair
    inside = code[opening.end : closing.start]
    if len(indent) + len(_INDENT) + len(inside) <= width:
        parts = [inside]
    else:
        parts = _split(code, tokens, opening, closing)
    lines = [indent + code[: opening.end]]
    for part in parts:
        lines += wrap(indent + _INDENT + part, width, whole=False)
    return lines + wrap(indent + code[closing.start :], width, whole=False)


def _side(code: str, tokens: list[Token], pair: tuple[Token, Token] | None) -> Span | None:
    """Find the side of an assignment, or the value returned, that is better put into brackets.

    That is a tuple without brackets, and a sum or product without a wide bracket of its own.
    """
    top = [token for token in tokens if token.depth == 0]
    words = {token.text for token in top}
    if "lambda" in words or not top:
        return None
    equals = [token for token in top if token.text in _ASSIGNING]
    if top[0].text != "return" and len(equals) != 1:
        return None
    start = top[0].end if top[0].text == "return" else equals[0].end
    left = [token for token in top if equals and token.end <= equals[0].start]
    if any(token.text == "," for token in left) and 2 * start > len(code):
        return 0, equals[0].start
    right = [token for token in top if token.start >= start]
    if any(token.text == "," for token in right):
        return start, len(code)
    if any(token.text in _LOOSE | _TIGHT for token in right[1:]):
        wide = pair[1].start - pair[0].end if pair and pair[0].start >= start else 0
        called = pair is not None and pair[0].text == "(" and pair[0].start > start + 1
        if not called or 2 * wide < len(code) - start:
            return start, len(code)
    return None


def _in_brackets(
    indent: str, code: str, tokens: list[Token], start: int, end: int, width: int
) -> list[str]:
    """Put a part of a line into brackets, on one line or one element or term a line."""
    inside = code[start:end].strip()
    inner = [t for t in tokens if start <= t.start < end and t.depth == 0]
    commas = [t.end for t in inner if t.text == ","]
    parts = [inside]
    if len(indent) + len(_INDENT) + len(inside) > width or commas and start:
        cuts = commas or _terms(inner)
        ends = [start, *cuts, end]
        parts = [code[a:b].strip() for a, b in zip(ends, ends[1:], strict=False)]
        parts = [part for part in parts if part]
    if commas and len(parts) > 1:
        parts[-1] = parts[-1].removesuffix(",") + ","
    lines = [indent + code[:start] + (" (" if start else "(")]
    for part in parts:
        lines += wrap(indent + _INDENT + part, width, whole=False)
    return [*lines, indent + (") " if end < len(code) else ")") + code[end:]]


def _terms(inner: list[Token]) -> list[int]:
    """Find where a sum falls into terms, or a product into factors: before the operator."""
    for operators in (_LOOSE, _TIGHT):
        found = [t.start for k, t in enumerate(inner) if t.text in operators and k]
        signs = {inner[k].start for k in range(1, len(inner)) if inner[k - 1].text in _OPERATORS}
        found = [start for start in found if start not in signs]
        if found:
            return found
    return []


def _tokens(code: str, offset: int) -> list[Token]:
    """Return the tokens of `code`; what is inside an f-string counts as one level deeper."""
    found: list[Token] = []
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        kind = tokenize.tok_name[token.type]
        closes = kind == "FSTRING_END" or (token.type == tokenize.OP and token.string in _CLOSING)
        opens = kind == "FSTRING_START" or (token.type == tokenize.OP and token.string in _OPENING)
        depth -= closes
        start, end = token.start[1] + offset, token.end[1] + offset
        found.append(Token(token.string if kind not in _F_STRING else "", start, end, depth))
        depth += opens
    return [token for token in found if token.start < token.end]


def _widest_pair(tokens: list[Token]) -> tuple[Token, Token] | None:
    """Return the outermost pair of brackets with most text inside."""
    best: tuple[Token, Token] | None = None
    opening: Token | None = None
    for token in tokens:
        if token.depth:
            continue
        if token.text in _OPENING:
            opening = token
        elif token.text in _CLOSING and opening is not None:
            width = token.start - opening.end
            if width > (best[1].start - best[0].end if best else 0):
                best = opening, token
    return best


def _split(code: str, tokens: list[Token], opening: Token, closing: Token) -> list[str]:
    """Return what stands between the brackets, one element a part, each with its comma."""
    inner = [t for t in tokens if opening.end <= t.start < closing.start and t.depth == 1]
    words = {token.text for token in inner}
    commas: list[Token] = []
    lambdas = 0  # a lambda's own commas stand before its colon
    for token in inner:
        if token.text == "lambda":
            lambdas += 1
        elif token.text == ":" and lambdas:
            lambdas -= 1
        elif token.text == "," and not lambdas:
            commas.append(token)
    if not commas or "for" in words:
        return [code[opening.end : closing.start]]
    cuts = [opening.end, *(comma.end for comma in commas)]
    ends = [*cuts[1:], closing.start]
    parts = [code[a:b].strip() for a, b in zip(cuts, ends, strict=True)]
    parts = [part for part in parts if part]
    return [*parts[:-1], parts[-1].removesuffix(",") + ","]
