"""Derivative of `recurrent`, written by srcxform."""

import numpy as np


def recurrent_grad(cell, inputs):
    """Gradient of `recurrent` (programs.py:293) with respect to `cell`."""
    state = np.zeros(3)
    state_saved = []
    for k in range(len(inputs)):
        x = inputs[k]
        state_saved.append(state)
        state = np.tanh(cell["input"] @ x + cell["state"] @ state + cell["bias"])

    # return np.sum(state)
    state_bar = np.ones_like(state)
    cell_bias_bar = np.zeros_like(cell["bias"])
    cell_state_bar = np.zeros_like(cell["state"])
    cell_input_bar = np.zeros_like(cell["input"])
    for k in reversed(range(len(inputs))):
        # state = np.tanh(cell["input"] @ x + cell["state"] @ state + cell["bias"])
        state_1_bar = state_bar * (1.0 - state * state)
        state = state_saved.pop()
        cell_bias_bar = cell_bias_bar + state_1_bar
        state_bar = cell["state"].T @ state_1_bar
        cell_state_bar = cell_state_bar + np.outer(state_1_bar, state)
        x = inputs[k]
        cell_input_bar = cell_input_bar + np.outer(state_1_bar, x)
    return {"input": cell_input_bar, "state": cell_state_bar, "bias": cell_bias_bar}
