"""Derivative of `elements`, written by srcxform."""

import numpy as np


def elements_grad(table):
    """Gradient of `elements` (programs.py:425) with respect to `table`."""
    # return total
    table_k_bar = 0.0
    table_x_bar = np.zeros_like(table["x"])
    for i in reversed(range(1, len(table["x"]))):
        # total += table["x"][i] * table["k"] * table["x"][i - 1]
        total_1 = table["x"][i]
        total_2_bar = table["x"][i - 1]
        table_x_bar[i - 1] += total_1 * table["k"]
        table_k_bar = table_k_bar + total_1 * total_2_bar
        table_x_bar[i] += total_2_bar * table["k"]
    return {"x": table_x_bar, "k": table_k_bar}
