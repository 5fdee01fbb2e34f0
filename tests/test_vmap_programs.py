"""Every program of the corpus for a batch of arguments, against the loop over the lanes.

For each example, three lanes with other numbers near by (integers and settings are shared):

- `vmap(f)` gives the stacked results of f, in structure, shapes and values;
- `vmap(grad(f))` gives the stacked gradients;
- `grad` of the sum over `vmap(f)` gives them, too: the batched program is differentiated.

Arguments are written to by the batch only if the program itself writes to them.
"""

import copy
import os
from typing import Any

import numpy as np
import pytest
from oracles import is_number, tree_map
from programs import Example, corpus
from programs.shares import share
from test_programs import is_scalar

import srcxform as sx

LANES, ULPS = 3, 5000

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the programs divide by zero

# Containers whose structure is known only while the program runs cannot be taken apart inside.
WITHOUT_GRADIENT = ("container_methods.position_and_count",)
# A lane cannot ask whether a name has a value yet: it has that of the lane before.
ASKS = ("exceptions.unbound_in_the_first_turn",)
# Lists and objects that are given and written to have no lanes of their own inside.
WRITTEN = (
    "random_finds.argument_list_written",
    "classes_written.controller_given",
    "classes_written.particles_given",
    "classes.lazy_property",
)
# Compiling takes long: every fifth program is tried, and of those whose gradient can be read again
# every eighth in lanes, every sixteenth through the batch. SRCXFORM_EVERY=1 tries them all.
EVERY = int(os.environ.get("SRCXFORM_EVERY", "8"))

examples = [e for e in corpus() if e.name not in ASKS]
programs = pytest.mark.parametrize("example", share(examples, 0, 5), ids=lambda e: e.name)
scalars = [e for e in examples if is_scalar(e)]
scalar_programs = pytest.mark.parametrize("example", scalars[::EVERY], ids=lambda e: e.name)
through = [e for e in scalars if e.name not in (*WITHOUT_GRADIENT, *WRITTEN)]
through = through[:: 2 * EVERY if EVERY > 1 else 1]
programs_through = pytest.mark.parametrize("example", through, ids=lambda e: e.name)


def is_differentiable(leaf: Any) -> bool:
    """Whether a leaf gets a value of its own in each lane: integers count and choose."""
    return is_number(leaf) and np.asarray(leaf).dtype.kind in "fc"


def batch_of(example: Example) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Give arguments with three lanes, and the axes of these."""
    rng = np.random.default_rng(5)

    def spread(leaf: Any) -> Any:
        if not is_differentiable(leaf):
            return leaf
        dtype = np.asarray(leaf).dtype
        factors = 1.0 + 0.01 * rng.normal(size=(LANES, *np.shape(leaf)))
        factors[0] = 1.0
        return (np.asarray(leaf) * factors).astype(dtype)

    args = example.arguments()
    return tree_map(spread, args), tree_map(lambda n: 0 if is_differentiable(n) else None, args)


def lane(args: Any, axes: Any, k: int) -> Any:
    """Give one lane, in memory of its own."""
    picked = tree_map(lambda axis, leaf: leaf if axis is None else leaf[k], axes, args)
    return copy.deepcopy(picked)


def together(results: list[Any]) -> Any:
    return tree_map(lambda *lanes: np.stack(lanes) if is_number(lanes[0]) else lanes[0], *results)


def check(example: Example, got: Any, truth: Any) -> None:
    def compare(theirs: Any, ours: Any) -> None:
        if not isinstance(theirs, np.ndarray):
            assert callable(theirs) or ours is theirs or ours == theirs, example.name
            return
        assert isinstance(ours, np.ndarray) and ours.shape == theirs.shape, example.name
        coarsest = max((np.finfo(a.dtype).eps for a in (ours, theirs) if a.dtype.kind in "fc"),
                       default=0.0)  # fmt: skip
        size = np.max(np.abs(theirs), initial=0.0)
        np.testing.assert_allclose(
            ours, theirs, rtol=ULPS * coarsest, atol=ULPS * coarsest * (1.0 + size)
        )

    tree_map(compare, truth, got)


def as_array(leaf: Any) -> Any:
    return np.asarray(leaf) if is_number(leaf) else leaf


@programs
def test_values(example: Example) -> None:
    args, axes = batch_of(example)
    truth = together([example.function(*lane(args, axes, k)) for k in range(LANES)])
    check(example, sx.vmap(example.function, axes)(*copy.deepcopy(args)), truth)


@scalar_programs
def test_gradients_of_each_lane(example: Example) -> None:
    args, axes = batch_of(example)
    gradient = sx.grad(example.function, argnums=example.wrt)
    truth = together([gradient(*lane(args, axes, k)) for k in range(LANES)])
    check(example, sx.vmap(gradient, axes)(*copy.deepcopy(args)), truth)


@programs_through
def test_gradients_through_the_batch(example: Example) -> None:
    args, axes = batch_of(example)
    gradient = sx.grad(example.function, argnums=example.wrt)
    lanes = [gradient(*lane(args, axes, k)) for k in range(LANES)]
    batched = sx.vmap(example.function, axes)
    found = sx.grad(lambda *given: np.sum(batched(*given)), argnums=example.wrt)
    wanted = tuple(axes[k] for k in example.wrt)
    truth = tree_map(
        lambda axis, total: np.sum(total, axis=0) if axis is None and is_number(total) else total,
        wanted,
        together(lanes),
    )
    got = tree_map(as_array, found(*copy.deepcopy(args)))
    check(example, got, tree_map(as_array, truth))


@pytest.mark.parametrize("example", [e for e in corpus() if e.name in ASKS], ids=lambda e: e.name)
def test_what_a_lane_cannot_ask_is_refused(example: Example) -> None:
    args, axes = batch_of(example)
    with pytest.raises(sx.errors.UnsupportedError, match="may have no value yet"):
        sx.vmap(example.function, axes)(*args)


@pytest.mark.parametrize(
    "example", [e for e in corpus() if e.name in WRITTEN], ids=lambda e: e.name
)
def test_what_is_not_told_apart_inside_is_refused(example: Example) -> None:
    args, axes = batch_of(example)
    batched = sx.vmap(example.function, axes)
    with pytest.raises(sx.errors.SrcxformError):
        sx.grad(lambda *given: np.sum(batched(*given)), argnums=example.wrt)(*args)
