"""Derivative of `exceed`, written by srcxform."""

import numpy as np


def exceed_grad(table, limit):
    """Gradient of `exceed` (programs.py:360) with respect to `table`."""
    trips_1_saved = []
    for k in range(len(table)):
        row = table[k]
        trips_1 = 0
        for k_1 in range(len(row)):
            entry = row[k_1]
            if entry > limit:
                break
            trips_1 = trips_1 + 1
        trips_1_saved.append(trips_1)

    # return total
    table_bar = np.zeros_like(table)
    for k in reversed(range(len(table))):
        trips_1 = trips_1_saved.pop()
        row = table[k]
        row_bar = np.zeros_like(row)
        for k_1 in reversed(range(trips_1)):
            # total = total + entry * entry
            entry = row[k_1]
            entry_bar = 2.0 * entry
            # for entry in row:
            row_bar[k_1] += entry_bar
        # for row in table:
        table_bar[k] += row_bar
    return table_bar
