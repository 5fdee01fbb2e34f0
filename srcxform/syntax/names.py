"""Fresh names: `p_1`, `p_2` for the unnamed parts of `p`, never one that is taken."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

BUILTINS = set(dir(builtins)) - {"_"}  # interactive sessions and doctests bind `_` there


class Names:
    """The names taken in one generated module; gives new ones, always the same for the same text.

    >>> names = Names(["p", "p_1"])
    >>> names.part("p"), names.part("p"), names.exact("q"), names.exact("q")
    ('p_2', 'p_3', 'q', 'q_')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*taken, *keyword.kwlist}
        self.counts: dict[str, int] = {}
        self.webs: dict[str, str] = {}  # name: the user's name that it stands in for

    def take(self, names: Iterable[str]) -> None:
        """Mark names as used."""
        self.taken.update(names)

    def part(self, base: str) -> str:
        """Give `base_1`, `base_2` and so on; a numbered base counts on."""
        base = re.sub(r"_\d+$", "", base)
        count = self.counts.get(base, 0) + 1
        while f"{base}_{count}" in self.taken:
            count += 1
        self.counts[base] = count
        self.taken.add(f"{base}_{count}")
        return f"{base}_{count}"

    def web(self, name: str) -> str:
        """Give another name for what the user calls `name`, and remember whose it is."""
        new = self.part(name)
        self.webs[new] = name
        return new

    def exact(self, name: str) -> str:
        """Give this very name, or with underscores behind it if it is taken."""
        while name in self.taken or name in BUILTINS:
            name += "_"
        self.taken.add(name)
        return name

    def like(self, name: str) -> str:
        """Give this name if it is free, else a numbered one."""
        if name in self.taken or name in BUILTINS:
            return self.part(name)
        self.taken.add(name)
        return name
