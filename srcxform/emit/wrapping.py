"""Break a line that is too long at its brackets.

Guarantees that the tokens stay the same but for a trailing comma, and that a line without a
bracket to break at is left as it is.

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
_F_STRING = ("FSTRING_START", "FSTRING_END")


@dataclass(frozen=True)
class Token:
    """A token of the line, and how many brackets are open around it."""

    text: str
    start: int
    end: int
    depth: int


def wrap(line: str, width: int = WIDTH) -> list[str]:
    """Return `line`, a statement's (or a compound statement's first) line, as one or more lines."""
    if len(line) <= width:
        return [line]
    code = line.lstrip(" ")
    indent = line[: len(line) - len(code)]
    closer = code[0] if code[0] in _CLOSING else ""
    tokens = _tokens(code[len(closer) :], len(closer))
    pair = _widest_pair(tokens)
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
        lines += wrap(indent + _INDENT + part, width)
    return lines + wrap(indent + code[closing.start :], width)


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
