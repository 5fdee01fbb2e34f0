"""Fields of dataclasses read as dicts and tuples."""

from dataclasses import asdict, astuple, dataclass, field

import numpy as np

from . import example


@dataclass
class Part:
    size: float
    sides: list = field(default_factory=list)


@dataclass
class Whole:
    first: Part
    others: list
    table: dict
    weights: np.ndarray
    name: str = "whole"


@example(0.7)
def fields_as_a_dict(x):
    whole = Whole(Part(x), [Part(x * x, [x, 2.0])], {"k": Part(2 * x)}, np.array([x, 1.0]))
    told = asdict(whole)
    told["others"][0]["sides"][0] *= x
    told["weights"][1] = 3.0 * x
    changed = told["first"]["size"] * told["others"][0]["sides"][0] * np.sum(told["weights"])
    return changed + whole.others[0].sides[0] * whole.weights[1] * told["table"]["k"]["size"]


@example(Whole(Part(0.3, [0.5]), [], {"u": 0.7}, np.array([0.1, 0.2])))
def fields_of_an_argument(whole):
    first, _, table, weights, name = astuple(whole)
    again = Part(**{**asdict(whole.first), "size": table["u"] * first[0]})
    return again.size * again.sides[0] + np.sum(weights) * len(name)
