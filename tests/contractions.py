"""Results contracted to one number, so that every program has a gradient."""

from dataclasses import replace
from typing import Any

import numpy as np
import oracles
from programs import Example

from srcxform.syntax.written import written


def contraction(node: str, like: Any, weights: dict[str, Any], seed: str, held: Any) -> list[str]:
    """The terms of the inner product of the value written as `node` with fixed numbers."""
    if not oracles.is_differentiable(like):
        if isinstance(like, dict):
            places = [(f"{node}[{key!r}]", key) for key in like]
            return [t for p, k in places for t in contraction(p, like[k], weights, seed, held[k])]
        if isinstance(like, list | tuple):
            places = [(f"{node}[{k}]", k) for k in range(len(like))]
            return [t for p, k in places for t in contraction(p, like[k], weights, seed, held[k])]
        if oracles.attributes(like) is not None:
            return [
                t
                for key, part in (oracles.attributes(like) or {}).items()
                for t in contraction(f"{node}.{key}", part, weights, seed, getattr(held, key))
            ]
        return []
    name = f"{seed}_{len(weights)}"
    weights[name] = held
    if np.iscomplexobj(like):
        return [f"np.real(np.sum({name} * {node}))"]
    return [f"np.sum({name} * {node})" if np.ndim(like) else f"{name} * {node}"]


def contracted(example: Example) -> Example | None:
    """The program with its result contracted to a real number; None if nothing is in it."""
    names = [f"a{k}" for k in range(len(example.template))]
    out = example.function(*example.arguments())
    weights: dict[str, Any] = {}
    terms = contraction("out", out, weights, "c", oracles.random_like(37, out))
    if not terms:
        return None
    name = example.function.__name__
    lines = [
        f"def {name}({', '.join(names)}):",
        f"    out = program({', '.join(names)})",
        f"    return {' + '.join(terms)}",
    ]
    function = written(name, lines, {"np": np, "program": example.function, **weights})
    function.__module__ = example.function.__module__
    analytic = example.analytic and not any(map(np.iscomplexobj, oracles.leaves(out)))
    return replace(example, function=function, analytic=analytic)
