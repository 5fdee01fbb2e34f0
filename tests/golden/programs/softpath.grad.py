"""Derivative of `softpath`, written by srcxform."""

import numpy as np


def softpath_grad(cost):
    """Gradient of `softpath` (programs.py:301) with respect to `cost`."""
    rows, columns = cost.shape
    best = np.zeros((rows, columns))
    best[0, 0] = cost[0, 0]
    step_1_saved = []
    step_2_saved = []
    for i in range(1, rows):
        for j in range(1, columns):
            step_1 = np.exp(-best[i - 1, j])
            step_2 = np.exp(-best[i, j - 1])
            step = step_1 + step_2
            best[i, j] = cost[i, j] - np.log(step)
            step_1_saved.append(step_1)
            step_2_saved.append(step_2)

    # return best[rows - 1, columns - 1]
    best_bar = np.zeros_like(best)
    best_bar[rows - 1, columns - 1] = 1.0
    cost_bar = np.zeros_like(cost)
    for i in reversed(range(1, rows)):
        for j in reversed(range(1, columns)):
            step_2 = step_2_saved.pop()
            step_1 = step_1_saved.pop()
            # best[i, j] = cost[i, j] - np.log(step)
            value_1_bar = best_bar[i, j]
            best_bar[i, j] = 0.0
            step = step_1 + step_2
            step_bar = -value_1_bar / step
            cost_bar[i, j] += value_1_bar
            # step = np.exp(-best[i - 1, j]) + np.exp(-best[i, j - 1])
            best_bar[i, j - 1] -= step_bar * step_2
            best_bar[i - 1, j] -= step_bar * step_1
    # best[0, 0] = cost[0, 0]
    cost_bar[0, 0] += best_bar[0, 0]
    return cost_bar
