"""Ways of being refused that have to do with what shares memory with what, told at run time.

Importing this file adds them to `programs.REFUSED`. Functions are added at the end, since goldens
name lines.
"""

import copy

import numpy as np

from srcxform import errors

from .programs import REVERSE, refused


@refused(np.ones(3), error=errors.MutationError)
def copied_with_a_part_at_two_places(x):
    row = [x[0], x[1]]
    new = copy.deepcopy([row, row])
    new[0][0] = x[2]
    return new[1][0] * row[0]


@refused(np.ones(5), error=errors.MutationError, by=REVERSE)
def part_of_an_array_of_untold_type(x):
    f = np.ones(4, dtype=np.dtype("f" + str(len(x) + 3)))
    f[1:3] = x[0:2]
    f[1:3] = x[2:4]
    return np.sum(f**2)


@refused(np.array([2.6, 1.0]), error=errors.NoDerivativeError)
def whole_part_on_one_way(x):
    kept = np.zeros(2) if x[0] < 1.0 else np.array([1, 2])
    kept[0] = x[0]
    return kept[0] * x[1]


@refused(np.array([2.6, 1.0]), error=errors.NoDerivativeError)
def whole_part_of_a_sum_on_one_way(x):
    kept = [np.zeros(2), np.array([1, 2])][int(x[0] > 1.0)]
    kept[0] += x[0]
    return kept[0] * x[1]


class Track:
    """A place, and the places before it."""

    def __init__(self, place, seen):
        self.place = place
        self.seen = seen

    def move(self, step):
        self.place = self.place + step
        self.seen.append(self.place)


@refused(np.array([0.7, 1.3, 0.4]), error=errors.UnsupportedError)
def object_copied_in_each_turn(x):
    best = Track(x[0], [x[1]])
    for step in x:
        trial = copy.deepcopy(best)
        trial.move(step * 0.5)
        if trial.place < 9.0:
            best = trial
    return best.place * best.seen[-1]


@refused(np.array([0.7, 1.3, 0.4]), error=errors.UnsupportedError)
def object_that_holds_itself_copied(x):
    track = Track(x[0], [x[1]])
    track.start = track
    other = copy.deepcopy(track)
    other.move(x[2])
    return track.place * other.place
