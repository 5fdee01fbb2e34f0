"""Slices that methods of users' classes get for `a[i:j]`."""

import numpy as np

from . import example


class Series:
    def __init__(self, values):
        self.values = list(values)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Series(self.values[k] for k in range(*index.indices(len(self.values))))
        return self.values[index]

    def __setitem__(self, index, value):
        start, stop = index.start, index.stop
        for k in range(start, stop):
            self.values[k] = value * (k + 1)

    def total(self):
        return sum(value * value for value in self.values)


class Window:
    def __init__(self, values):
        self.values = values

    def __getitem__(self, index):
        row, columns = index
        return self.values[row, columns] * columns.stop


@example(np.array([0.3, 0.7, 1.1, 0.9]))
def parts_of_a_series(x):
    series, n = Series(x), len(x) // 2
    total = series[1:].total() * series[0] + series[::-1][:n].total() * series[n]
    series[1:3] = x[0]
    return total * series[:n].total()


@example(np.array([[0.3, 0.7, 1.1], [0.9, 0.2, 0.4]]))
def columns_of_a_window(x):
    window = Window(x)
    chosen = slice(0, len(x))
    return np.sum(window[0, 1:3] * window[1, chosen])
