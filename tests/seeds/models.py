"""Layers and models as a user of the library would write them, after those of Lux.

A layer has no numbers of its own: it makes its parameters and its state, and computes from them.
`Stateful` holds a model, its parameters and its state together, and is called with the input alone;
what a layer writes into the state while it trains is the state of the next call. The last axis of
an input is the batch, as in Lux.
"""

import dataclasses

import numpy as np


class Dense:
    """`activation(W x + b)`."""

    def __init__(self, inputs, outputs, activation=None):
        self.inputs, self.outputs, self.activation = inputs, outputs, activation

    def parameters(self, rng, dtype):
        bound = np.sqrt(6.0 / (self.inputs + self.outputs))
        weight = rng.uniform(-bound, bound, (self.outputs, self.inputs)).astype(dtype)
        return {"weight": weight, "bias": rng.uniform(-0.5, 0.5, self.outputs).astype(dtype)}

    def state(self, dtype):
        return {}

    def __call__(self, x, ps, st):
        y = ps["weight"] @ x + ps["bias"][:, None]
        return y if self.activation is None else self.activation(y), st


class BatchNorm:
    """Each feature brought to mean 0 and variance 1 over the batch, then scaled and moved.

    In test mode the running statistics take the place of those of the batch.
    """

    def __init__(self, features, epsilon=1e-5, momentum=0.1):
        self.features, self.epsilon, self.momentum = features, epsilon, momentum

    def parameters(self, rng, dtype):
        scale = rng.uniform(0.5, 1.5, self.features).astype(dtype)
        return {"scale": scale, "bias": rng.uniform(-0.5, 0.5, self.features).astype(dtype)}

    def state(self, dtype):
        return {
            "mean": np.zeros(self.features, dtype),
            "var": np.ones(self.features, dtype),
            "training": True,
        }

    def __call__(self, x, ps, st):
        if st["training"]:
            mean, var = np.mean(x, axis=1), np.var(x, axis=1)
            count = x.shape[1]
            m = self.momentum
            st = {
                "mean": (1 - m) * st["mean"] + m * mean,
                "var": (1 - m) * st["var"] + m * count / (count - 1) * var,
                "training": True,
            }
        else:
            mean, var = st["mean"], st["var"]
        centred = (x - mean[:, None]) / np.sqrt(var + self.epsilon)[:, None]
        return ps["scale"][:, None] * centred + ps["bias"][:, None], st


class Chain:
    """Layers one after the other; parameters and state are dicts by the layer's name."""

    def __init__(self, *layers):
        self.layers = layers

    def names(self):
        return [f"layer_{k + 1}" for k in range(len(self.layers))]

    def parameters(self, rng, dtype):
        pairs = zip(self.names(), self.layers)
        return {name: layer.parameters(rng, dtype) for name, layer in pairs}

    def state(self, dtype):
        return {name: layer.state(dtype) for name, layer in zip(self.names(), self.layers)}

    def __call__(self, x, ps, st):
        new = {}
        for k, layer in enumerate(self.layers):
            name = f"layer_{k + 1}"
            x, new[name] = layer(x, ps[name], st[name])
        return x, new


class Stateful:
    """A model with its parameters and its state, a function of the input."""

    def __init__(self, model, ps, st):
        self.model, self.ps, self.st = model, ps, st

    def __call__(self, x, ps=None):
        y, self.st = self.model(x, self.ps if ps is None else ps, self.st)
        return y


@dataclasses.dataclass
class Affine:
    """A model that is a dataclass: a setting, two arrays and a `__call__`."""

    weight: np.ndarray
    bias: np.ndarray
    name: str = "affine"

    def __call__(self, x):
        return np.tanh(self.weight @ x + self.bias)


def setup(rng, model, dtype=np.float32):
    """Give a model's parameters and state."""
    return model.parameters(rng, dtype), model.state(dtype)


def testmode(st):
    """Give the state in which running statistics are used and kept."""
    return {
        name: {**layer, "training": False} if "training" in layer else layer
        for name, layer in st.items()
    }


testmode.__test__ = False  # no test, whatever its name begins with
