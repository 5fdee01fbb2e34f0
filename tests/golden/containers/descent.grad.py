"""Derivative of `descent`, written by srcxform."""


def descent_grad(params, x):
    """Gradient of `descent` (programs.py:410) with respect to `params`."""
    slopes = {"w": x, "b": 1.0}
    lowered = {"w": params["w"] - 0.1 * slopes["w"], "b": params["b"] - 0.1 * slopes["b"]}

    # return (lowered["w"] @ x + lowered["b"]) ** 2
    out_1_bar = 2.0 * (lowered["w"] @ x + lowered["b"])
    # lowered = {key: value - 0.1 * slopes[key] for key, value in params.items()}
    return {"w": out_1_bar * x, "b": out_1_bar}
