"""Arguments that share memory, where one is written to: refused by every transformation."""

from typing import Any

import numpy as np
import pytest

import srcxform as sx

GLOBAL = np.array([1.0, 2.0])


def scaled(a: Any, b: Any) -> Any:
    a *= 2.0
    return np.sum(a * b)


def by_global(a: Any) -> Any:
    a *= GLOBAL
    return np.sum(a)


def grown(values: Any, others: Any) -> Any:
    values.append(others[0] * 2.0)
    return sum(values) * sum(others)


def shifted(table: Any) -> Any:
    table["a"][1:] *= table["b"][:-1]
    return np.sum(table["a"] * table["b"])


def one_memory() -> tuple[Any, Any]:
    whole = np.array([1.0, 2.0, 3.0])
    return whole[:2], whole[1:]


CALLS = {
    "grad": lambda: sx.grad(scaled, (0, 1))(*one_memory()),
    "value_and_grad": lambda: sx.value_and_grad(scaled)(*one_memory()),
    "jvp": lambda: sx.jvp(scaled, one_memory(), (np.ones(2), np.ones(2))),
    "vjp": lambda: sx.vjp(scaled, *one_memory()),
    "linearize": lambda: sx.linearize(scaled, *one_memory()),
    "jacfwd": lambda: sx.jacfwd(scaled)(*one_memory()),
    "jacrev": lambda: sx.jacrev(scaled)(*one_memory()),
    "hessian": lambda: sx.hessian(scaled)(*one_memory()),
    "vmap": lambda: sx.vmap(scaled)(*[np.ones((2, 3))] * 2),
    "grad of grad": lambda: sx.grad(lambda a, b: np.sum(sx.grad(scaled)(a, b)))(*one_memory()),
    "a global": lambda: sx.grad(by_global)(GLOBAL),
    "one list twice": lambda: (lambda one: sx.grad(grown, (0, 1))(one, one))([1.0, 2.0]),
    "in one dict": lambda: sx.grad(shifted)(dict(zip("ab", one_memory(), strict=True))),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_shared_memory_is_refused(call: Any) -> None:
    with pytest.raises(sx.errors.MutationError, match="share memory"):
        call()


def test_interleaved_parts_are_apart() -> None:
    whole = np.array([1.0, 2.0, 3.0, 4.0])
    a_bar, b_bar = sx.grad(scaled, (0, 1))(whole[::2], whole[1::2])
    assert a_bar.tolist() == [4.0, 8.0] and b_bar.tolist() == [2.0, 6.0]


def test_what_is_not_written_may_share() -> None:
    a, b = one_memory()
    a_bar, b_bar = sx.grad(lambda a, b: np.sum(a * b), (0, 1))(a, b)
    assert a_bar.tolist() == [2.0, 3.0] and b_bar.tolist() == [1.0, 2.0]
