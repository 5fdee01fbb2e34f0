"""Batches: `vmap`."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from srcxform.api.apart import check_apart
from srcxform.api.axes import (
    checked_axes,
    first_lane,
    form_of,
    sizes_along,
    with_lanes,
)
from srcxform.api.keys import key_of
from srcxform.api.plans import Plan, find_plan, table_of, variant_for
from srcxform.api.targets import Layout, Lowered, Slot, Target, Values, label_of, target_of
from srcxform.api.wrapping import Derivative, NoSource, decorating
from srcxform.kinds.lanes import Axes, fitted
from srcxform.kinds.values import kind_of
from srcxform.pytrees import children

__all__ = ["Batched", "batch_plan", "vmap"]

LEAVES = (bool, int, float, complex, np.generic, np.ndarray)


def vmap(
    fun: Callable[..., Any] | None = None,
    in_axes: Any = 0,
    out_axes: Any = 0,
    *,
    axis_size: int | None = None,
) -> Any:
    """Make the function that computes `fun` for a batch of arguments at once.

    The arguments hold one value for `fun` in each lane. What `fun` computes of them is computed
    for all lanes by NumPy's own array operations. Where a branch, a number of turns or a position
    differs from lane to lane, and where a function cannot take lanes, each lane runs on its own:
    no lane sees an exception or a NaN from a branch that it does not take.

    Args:
        fun: a function of numbers, arrays and containers of these. Without it: a decorator.
        in_axes: the axis that the lanes of each positional argument stand along: an int, None for
            an argument that all lanes share, or a tuple with one entry for each argument. An entry
            may have the structure of its argument, down to where one axis serves for all in it.
            Keyword arguments have their lanes along axis 0.
        out_axes: the axis for the lanes of the result, or a structure of these. None stands for a
            result that is the same in each lane, and is returned once.
        axis_size: the number of lanes, needed only if no argument has any.

    Returns:
        A function of the arguments of `fun`, whose results have one more axis.

    Raises:
        TypeError: `in_axes` does not fit the arguments.
        ValueError: an argument lacks the axis, or the numbers of lanes differ.
        srcxform.errors.SrcxformError: `fun` uses what the compiler refuses.

    Example:
        >>> import numpy as np
        >>> vmap(lambda x, w: x @ w, in_axes=(0, None))(np.eye(2), np.array([2.0, 3.0]))
        array([2., 3.])
    """
    options = {
        "in_axes": checked_axes(in_axes, "in_axes"),
        "out_axes": checked_axes(out_axes, "out_axes"),
        "axis_size": axis_size,
    }
    return decorating(vmap, fun, options) or Batched(fun, options)  # type: ignore[arg-type]


class Batched(Derivative):
    """A function for a batch of arguments."""

    maker: ClassVar[Callable[..., Any]] = staticmethod(vmap)
    suffix: ClassVar[str] = "vmap"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute all lanes."""
        return self.at(len(args), tuple(kwargs)).call(args, kwargs)

    def at(self, nargs: int, keywords: tuple[str, ...]) -> BatchedTarget:
        """Give the target for calls with so many arguments and these keywords."""
        return BatchedTarget(self, self._target).at(nargs, keywords)

    def __srcxform_target__(self) -> Target:
        return BatchedTarget(self, self._target)

    def _documentation(self) -> str:
        own = inspect.getdoc(self.__wrapped__)
        first = f"`{self._target.name}` for a batch of arguments."
        return f"{first}\n\n{own}" if own else first

    def _signature(self) -> inspect.Signature:
        return self._target.signature().replace(return_annotation=inspect.Signature.empty)

    def _general_text(self) -> str:
        raise NoSource(
            f"the source of a batch of `{self._target.name}` depends on its arguments: "
            "use sx.source(fn, *example_args), or call it first"
        )

    def _text_for(self, args: Values, kwargs: dict[str, Any]) -> str:
        target = self.at(len(args), tuple(kwargs))
        batch = target.prepared(target.bind(args, kwargs), kwargs)
        text: str = batch.plan.variant.compiled.text
        return text


@dataclass(frozen=True)
class Batch:
    """A call: its plan, what generated code takes, and how its result is shown."""

    plan: Plan
    values: Values
    present: Callable[[Any], Any] | None


@dataclass(frozen=True, eq=False)
class BatchedTarget:
    """A batched function, to be called or to be transformed again."""

    batched: Batched
    inner: Target
    prefixes: tuple[tuple[Slot, Any, str], ...] = ()  # where each argument goes, its axes, its name

    @property
    def name(self) -> str:
        return self.batched.__name__

    def at(self, nargs: int, keywords: tuple[str, ...]) -> BatchedTarget:
        inner = target_of(self.batched.__wrapped__).at(nargs, keywords)
        axes = self.batched._options["in_axes"]
        if isinstance(axes, (tuple, list)) and len(axes) != nargs:
            raise TypeError(
                f"in_axes has {len(axes)} entries, but `{inner.name}` was called with {nargs} "
                f"positional argument{'' if nargs == 1 else 's'}"
            )
        found = []
        for k in range(nargs):
            slot = inner.slot(k)
            if slot is not None:  # else the call will say so
                prefix = axes[k] if isinstance(axes, (tuple, list)) else axes
                found.append((slot, prefix, label_of(inner, k, slot)))
        return BatchedTarget(self.batched, inner, tuple(found))

    def bind(self, args: Values, kwargs: dict[str, Any]) -> Values:
        return self.inner.bind(args, kwargs)

    def slot(self, position: int) -> Slot | None:
        return self.inner.slot(position)

    def parameter_name(self, slot: Slot) -> str:
        return self.inner.parameter_name(slot)

    def signature(self) -> inspect.Signature:
        return self.batched._signature()

    def lower(self, values: Values, last: bool = False) -> Lowered:
        batch = self.prepared(values, last=last)
        return Lowered(batch.plan.variant.compiled.entry, batch.values, batch.present)

    def call(self, args: Values, kwargs: dict[str, Any]) -> Any:
        """Compute all lanes of a call."""
        batch = self.prepared(self.bind(args, kwargs), kwargs, last=True)
        self.batched._last = batch.plan
        check_apart(batch.plan.variant.compiled, self.batched, batch.values)
        raw = batch.plan.variant.compiled.entry(*batch.values)
        return raw if batch.present is None else batch.present(raw)

    def prepared(self, values: Values, kwargs: Any = (), last: bool = False) -> Batch:
        """Find or make what a call with these values needs; `last`: and no derivative of it."""
        forms: list[Any] = [None] * len(values)
        sizes: list[tuple[str, int]] = []
        rows = [(slot, prefix, label, slot.get(values)) for slot, prefix, label in self.prefixes]
        for keyword in kwargs:
            slot, value = keyword_slot(self.inner, keyword, values)
            rows.append((slot, 0, f"`{keyword}{{}}` of `{self.inner.name}`", value))
        starred: dict[int, dict[Any, Any]] = {}
        for slot, prefix, label, value in rows:
            form = form_of(prefix, value, label)
            sizes += sizes_along(form, value, label)
            if slot.item is None:
                forms[slot.parameter] = form
            else:
                starred.setdefault(slot.parameter, {})[slot.item] = form
        for parameter, known in starred.items():
            held = values[parameter]
            keys = list(held) if isinstance(held, dict) else list(range(len(held)))
            forms[parameter] = tuple(known.get(key) for key in keys)
        size = self.size(sizes)
        lanes = tuple(first_lane(f, v) for f, v in zip(forms, values, strict=True))
        inner = self.inner
        batches = last and isinstance(inner, BatchedTarget)
        lowered = inner.lower(lanes, last) if batches else inner.lower(lanes)  # type: ignore
        taken = list(lowered.values)
        forms += [None] * (len(taken) - len(forms))
        for k, (form, value) in enumerate(zip(forms, values, strict=False)):
            if form is not None:
                label = f"argument {k} of `{self.inner.name}`"
                taken[k], forms[k] = with_lanes(form, value, taken[k], label)
        none_has = not sizes
        counted = size if none_has else None
        narrow = any(map(is_narrow, taken))
        axes = Axes(tuple(forms), self.batched._options["out_axes"], counted, last, narrow)
        plan, captured = batch_plan(lowered.function, tuple(taken), axes)
        present = lowered.present
        shown = None if present is None else lambda raw: presented(present, raw, size, axes.out)
        return Batch(plan, (*taken, *captured), shown)

    def size(self, sizes: list[tuple[str, int]]) -> int:
        """Give the number of lanes. Raises ValueError if there are several such numbers."""
        given = self.batched._options["axis_size"]
        if given is not None:
            sizes = [("axis_size", given), *sizes]
        if not sizes:
            raise ValueError(
                f"no argument of `{self.inner.name}` has lanes: give one an axis in in_axes, or "
                "say axis_size"
            )
        (first, size), *rest = sizes
        for label, other in rest:
            if other != size:
                raise ValueError(
                    f"the numbers of lanes differ: {first} has {size}, and {label} has {other}"
                )
        if size == 0:
            raise ValueError(f"{first} has no lanes: what the result would be is not known")
        return size


def is_narrow(value: Any) -> bool:
    """Say whether a value has numbers that a Python float is narrowed for."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "fc" and value.real.dtype.itemsize < 8
    structure = None if isinstance(value, (int, float, complex, str)) else children(value)
    return structure is not None and any(map(is_narrow, structure.parts))


def batch_plan(function: types.FunctionType, values: Values, axes: Axes) -> tuple[Plan, Values]:
    """Find or make what computes all lanes of a Python function; give what it captures, too."""

    def plan() -> Plan:
        names = Layout.of(function.__code__).names
        kinds = tuple(kind_of(value, name) for value, name in zip(values, names, strict=True))
        fitting = replace(axes, given=tuple(map(fitted, axes.given, kinds)))
        variant, key = variant_for(function, "vmap", (), kinds, axes=fitting)
        return Plan(variant, None, None, key)

    plans = table_of(function).plans_for(("vmap",))
    return find_plan(plans, (key_of(values), repr(axes)), plan)


def keyword_slot(target: Any, name: str, values: Values) -> tuple[Slot, Any]:
    """Say where a keyword argument went, and give it."""
    while not hasattr(target, "layout"):
        if isinstance(getattr(target, "at", None), types.MethodType) and hasattr(target, "inner"):
            target = target.inner
            continue
        raise TypeError(f"`{target.name}` is batched over positional arguments only")
    layout: Layout = target.layout
    if name in layout.names:
        slot = Slot(layout.names.index(name))
        return slot, slot.get(values)
    assert layout.double_star is not None
    return Slot(layout.double_star, name), values[layout.double_star][name]  # type: ignore[arg-type]


def presented(present: Callable[[Any], Any], raw: Any, size: int, out: Any) -> Any:
    """Give a batched result as the function behind gives that of each lane."""
    first = lane_of(raw, 0, out)
    shown = present(first)
    if is_like(shown, first):
        return raw
    if is_like(shown, (first,)):
        return (raw,)
    rest = [present(lane_of(raw, k, out)) for k in range(1, size)]
    return stacked([shown, *rest], out)


def lane_of(raw: Any, k: int, out: Any) -> Any:
    """Give one lane of a batched result, whose lanes stand along `out`."""
    structure = children(raw)
    if structure is not None:
        axes = parts_of(out, len(structure.parts))
        pairs = zip(structure.parts, axes, strict=True)
        return structure.build([lane_of(part, k, axis) for part, axis in pairs])
    if out is None or not isinstance(raw, np.ndarray):
        return raw
    return np.moveaxis(raw, out, 0)[k]


def is_like(shown: Any, raw: Any) -> bool:
    """Say whether two values have one structure, and leaves of the same shapes and dtypes."""
    ours, theirs = children(shown), children(raw)
    if ours is None or theirs is None:
        if not (isinstance(shown, LEAVES) and isinstance(raw, LEAVES)):
            return shown is raw
        same = np.shape(shown) == np.shape(raw)
        return same and np.asarray(shown).dtype == np.asarray(raw).dtype
    return (
        type(shown) is type(raw)
        and ours.keys == theirs.keys
        and all(map(is_like, ours.parts, theirs.parts))
    )


def stacked(lanes: list[Any], out: Any) -> Any:
    """Put the results of all lanes together."""
    structure = children(lanes[0])
    if structure is not None:
        columns = zip(*(children(lane).parts for lane in lanes), strict=True)  # type: ignore[union-attr]
        axes = parts_of(out, len(structure.parts))
        return structure.build([stacked(list(c), a) for c, a in zip(columns, axes, strict=True)])
    if out is None or not isinstance(lanes[0], LEAVES):
        return lanes[0]
    return np.moveaxis(np.stack(lanes), 0, out)


def parts_of(out: Any, count: int) -> tuple[Any, ...]:
    """Give the axes of the parts of a result."""
    structure = children(out)
    return (out,) * count if structure is None else structure.parts
