"""Schedules that undo the turns of a loop while few of its states are kept.

A schedule is a sequence of pairs (action, turn):

    keep     keep the state before this turn        restore  go back to the state kept last
    advance  run the turn                           drop     forget the state kept last
    tape     run the turn, and keep its tape        undo     undo the turn by its tape

Where the number of turns is known, the number of turns that run again is the least possible:
Griewank and Walther, Algorithm 799: revolve, ACM Transactions on Mathematical Software 26 (2000).
Where it is known at the end only, the first sweep keeps states at a distance that doubles when
there is no room left, and the way back begins from those of them that cost the fewest turns.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from math import comb
from typing import Any

Action = tuple[str, int]


def stepwise(fun: Callable[..., Any], snapshots: int, *args: Any, **settings: Any) -> Any:
    """Call a function; going back, its loop is undone from that many kept states."""
    return fun(*args, **settings)


class Schedule:
    """A sequence of actions that are made one by one whenever somebody asks."""

    def __init__(self, actions: Callable[[], Iterator[Action]]) -> None:
        self.actions = actions

    def __iter__(self) -> Iterator[Action]:
        return self.actions()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __reversed__(self) -> Iterator[Action]:
        return reversed(list(self))


def first_sweep(turns: int, snapshots: int) -> Schedule:
    """Give the actions from the beginning of a loop to its end, whose last turn is taped.

    >>> list(first_sweep(3, 2))
    [('keep', 0), ('advance', 0), ('keep', 1), ('advance', 1), ('tape', 2)]
    """

    def actions() -> Iterator[Action]:
        for action in undoing(turns, snapshots):
            yield action
            if action[0] == "tape":
                return

    return Schedule(actions)


def way_back(turns: int, snapshots: int) -> Schedule:
    """Give the actions that follow `first_sweep`.

    >>> " ".join(action for action, _ in way_back(3, 2))
    'undo restore tape undo drop restore tape undo drop'
    """

    def actions() -> Iterator[Action]:
        all_of_it = undoing(turns, snapshots)
        sweep = itertools.dropwhile(lambda action: action[0] != "tape", all_of_it)
        return itertools.islice(sweep, 1, None)

    return Schedule(actions)


def way_back_from(turns: int, distance: int, snapshots: int) -> Schedule:
    """Give the actions that undo a loop of which each state at a `distance` is kept.

    The last turn is taped.

    >>> " ".join(action for action, _ in way_back_from(3, 2, 2))
    'undo drop restore advance keep tape undo drop restore tape undo drop'
    """

    def actions() -> Iterator[Action]:
        if turns == 0:
            return
        yield "undo", turns - 1
        yield from undone(segments(turns, distance), snapshots)

    return Schedule(actions)


def coarser(turns: int, distance: int, snapshots: int) -> int:
    """Give the factor by which kept states should stand farther apart before the way back.

    >>> coarser(100, 16, 12), coarser(1000, 256, 4)
    (1, 2)
    """
    factors = [1]
    while distance * factors[-1] < turns:
        factors.append(2 * factors[-1])

    def cost(factor: int) -> int:
        parts = segments(turns, distance * factor)
        return sum(
            turns_again(hi - lo, snapshots - k) for k, (lo, hi) in enumerate(parts) if hi > lo
        )

    return min(factors, key=cost)


def check_ran(turns: int, name: str) -> None:
    """Raise as Python does if a loop that binds a variable did not run."""
    if turns == 0:
        raise UnboundLocalError(
            f"cannot access local variable '{name}' where it is not associated with a value"
        )


def segments(turns: int, distance: int) -> list[tuple[int, int]]:
    """Give what is between kept states; the last turn, which is taped, is left out."""
    starts = range(0, turns, distance)
    return [(lo, min(lo + distance, turns - 1)) for lo in starts]


def turns_again(turns: int, snapshots: int) -> int:
    """Give the least number of turns that run again: r n - C(s + r, r - 1), the binomial optimum.

    >>> turns_again(10, 3)
    15
    """
    times = repetitions(turns, snapshots)
    return times * turns - comb(snapshots + times, times - 1) if times else 0


def repetitions(turns: int, snapshots: int) -> int:
    """Give how often a turn runs again at most: the least r for which C(s + r, s) >= n."""
    times = 0
    while comb(snapshots + times, snapshots) < turns:
        times += 1
    return times


def undoing(turns: int, snapshots: int) -> Iterator[Action]:
    """Give all actions for a loop from its beginning."""
    if turns:
        yield "keep", 0
        yield from undone([(0, turns)], snapshots, 0)


def undone(parts: list[tuple[int, int]], snapshots: int, here: int = -1) -> Iterator[Action]:
    """Give the actions that undo parts of a loop, the last one first, beginning in state `here`.

    The state before each part is kept; so is the one at which a part is split, while there is room.
    """
    while parts:
        lo, hi = parts[-1]
        room = snapshots - len(parts)
        if hi > lo and here != lo:
            yield "restore", lo
        if hi - lo > 1 and room:
            middle = lo + split(hi - lo, room + 1)
            yield from (("advance", turn) for turn in range(lo, middle))
            yield "keep", middle
            parts[-1:] = [(lo, middle), (middle, hi)]
            here = middle
            continue
        if hi > lo:
            yield from (("advance", turn) for turn in range(lo, hi - 1))
            yield "tape", hi - 1
            yield "undo", hi - 1
        here = -1
        parts[-1] = lo, hi - 1
        if hi - lo <= 1:
            yield "drop", lo
            parts.pop()


def split(turns: int, snapshots: int) -> int:
    """Give the turn before which the next state is kept."""
    times = repetitions(turns, snapshots)
    return min(
        comb(snapshots + times - 1, snapshots), turns - comb(snapshots + times - 2, snapshots - 1)
    )
