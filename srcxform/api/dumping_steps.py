"""One transformation after the other, of functions of whose arguments the kinds alone are known.

>>> from srcxform.kinds.values import kind_of
>>> def area(r): return 3.0 * r * r
>>> step = Step(area, {"r": kind_of(1.0)}).then("grad", ["r"], ())
>>> step.function.__name__, step.scalar
('area_grad', True)
"""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from srcxform.api.checkpointing import checkpoint
from srcxform.api.glue import identifier, written
from srcxform.api.jacobians import hessian, jacfwd, jacobian, jacrev
from srcxform.api.plans import variant_for
from srcxform.api.results import is_known, is_one_real_number
from srcxform.api.targets import Layout
from srcxform.api.vmap import vmap
from srcxform.kinds.lanes import batched_kind
from srcxform.kinds.lattice import NEVER, UNKNOWN, Dim, Kind, Number, is_differentiable
from srcxform.pipeline import Compiled
from srcxform.runtime.refusals import refusal
from srcxform.syntax.names import Names

__all__ = ["JACOBIANS", "Step", "refuse_result"]

JACOBIANS = {"jacfwd": jacfwd, "jacrev": jacrev, "jacobian": jacobian, "hessian": hessian}


@dataclass(frozen=True)
class Step:
    """A function, the kinds of its parameters by name, and what was written of it."""

    function: types.FunctionType
    kinds: dict[str, Kind]
    text: str = ""
    values: dict[str, Any] = field(default_factory=dict)  # what is captured, by parameter
    scalar: bool = True  # whether it may give one real number

    def then(self, transform: str, names: list[str], lanes: Sequence[str]) -> Step:
        """Transform the function once. Raises TypeError if it does not fit."""
        if transform == "jit":
            return self.made(transform, (), self.function, self.kinds)
        if transform == "vmap":
            size = Dim("batch_size")
            kinds = {
                name: batched_kind(kind, name in lanes, size) for name, kind in self.kinds.items()
            }
            return self.made("itself", (), self.batched(lanes), kinds)
        if transform == "checkpoint":  # to be looked into by what comes after it
            return replace(self, function=self.calling("checkpoint", checkpoint))
        kinds = self.differentiated(names)
        if transform in JACOBIANS:
            return self.made("itself", (), self.jacobian(transform, names), kinds)
        positions = tuple(list(self.kinds).index(name) for name in names)
        made = self.made(transform, positions, self.function, kinds)
        if transform in ("grad", "value_and_grad"):
            check_scalar(made.result, self.function.__name__, transform)
        return made

    def made(
        self, transform: str, wrt: tuple[int, ...], function: Any, kinds: dict[str, Kind]
    ) -> Made:
        """Compile a transformation; tell of what comes out what was known of what went in."""
        variant, _ = variant_for(function, transform, wrt, tuple(kinds.values()))
        compiled: Compiled = variant.compiled
        if compiled.result_kind == NEVER:
            check_refused(compiled.text)
        known = {**kinds, **{capture.name: capture.kind for capture in compiled.captures}}
        values = {capture.name: capture.fetch() for capture in compiled.captures}
        tangents = iter([kinds[list(kinds)[position]] for position in wrt])
        parameters = {
            name: known[name] if name in known else next(tangents, UNKNOWN)
            for name in Layout.of(compiled.entry.__code__).names
        }
        many = transform in ("value_and_grad", "jvp", "vjp") or transform == "grad" and len(wrt) > 1
        options = {"has_aux": False, "holomorphic": False}
        one = not is_known(compiled.result_kind) or is_one_real_number(
            compiled.result_kind, options
        )
        if transform == "grad":
            one = is_number(kinds[list(kinds)[wrt[0]]])
        entry: Any = compiled.entry
        return Made(
            entry, parameters, compiled.text, {**self.values, **values},
            one and not many, compiled.result_kind,
        )  # fmt: skip

    def differentiated(self, names: list[str]) -> dict[str, Kind]:
        """Give the kinds where integers that are differentiated in count as real numbers."""
        if not names:
            raise TypeError(f"`{self.function.__name__}` has no parameter to differentiate in")
        known = dict(self.kinds)
        for name in names:
            kind = known[name]
            if isinstance(kind, Number) and kind.cls == "i":
                known[name] = Number("f")
            if not is_differentiable(known[name]):
                raise TypeError(
                    f"`{name}` of `{self.function.__name__}` is no real or complex number, so "
                    "there is no derivative in it"
                )
        return known

    # Transformations that are written as calls inside of a function.

    def jacobian(self, transform: str, names: list[str]) -> types.FunctionType:
        for name in names:
            self.check_known(name, transform)
        positions = [list(self.kinds).index(name) for name in names]
        argnums = positions[0] if len(positions) == 1 else tuple(positions)
        return self.calling(transform, JACOBIANS[transform], f"argnums={argnums}")

    def batched(self, lanes: Sequence[str]) -> types.FunctionType:
        for name in lanes:
            self.check_known(name, "vmap")
        axes = ", ".join("0" if name in lanes else "None" for name in self.kinds)
        return self.calling("vmap", vmap, f"in_axes=({axes},)")

    def check_known(self, name: str, transform: str) -> None:
        if self.kinds[name] == UNKNOWN:
            raise TypeError(
                f"{transform} has to know of what kind `{name}` of `{self.function.__name__}` is: "
                f"annotate it, or give an example with --arg {name}=VALUE"
            )

    def calling(self, transform: str, maker: Any, *given: str) -> types.FunctionType:
        """Write a function that calls the transformed function with its own arguments."""
        name = f"{identifier(self.function.__name__)}_{transform}"
        names = ", ".join(self.kinds)
        taken = Names({*self.kinds, name})
        made_by, called = taken.like(transform), taken.like(identifier(self.function.__name__))
        function = positional(self.function, list(self.kinds))
        made: types.FunctionType = written(
            name,
            [
                f"def {name}({names}):",
                f'    """`{transform}` of `{self.function.__name__}`."""',
                f"    return {made_by}({', '.join([called, *given])})({names})",
            ],
            {made_by: maker, called: function},
        )
        return made


@dataclass(frozen=True)
class Made(Step):
    """What a transformation gave, and of what kind its result is."""

    result: Kind = UNKNOWN


def check_refused(text: str) -> None:
    """Raise what a function raises that always refuses: nobody wants to read that."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id="refusal"), args=args)):
                error, what, place, *rest = map(ast.literal_eval, args)
                users = place is not None and not place[0].startswith("<srcxform")
                raise refusal(error, what, place if users else None, *rest)


def is_number(kind: Kind) -> bool:
    return kind == UNKNOWN or isinstance(kind, Number)


def positional(function: types.FunctionType, names: list[str]) -> types.FunctionType:
    """Give a function that takes all its arguments by position. Raises TypeError."""
    parameters = inspect.signature(function, follow_wrapped=False).parameters.values()
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        raise TypeError(f"`{function.__name__}` takes any number of arguments; name them all")
    if all(p.kind is not p.KEYWORD_ONLY for p in parameters):
        return function
    named = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
    given = ", ".join(f"{one}={one}" if one in named else one for one in names)
    name = identifier(function.__name__)
    lines = [f"def {name}({', '.join(names)}):", f"    return function({given})"]
    made: types.FunctionType = written(name, lines, {"function": function})
    return made


def check_scalar(result: Kind, name: str, transform: str) -> None:
    options = {"has_aux": False, "holomorphic": False}
    if is_known(result) and not is_one_real_number(result, options):
        refuse_result(name, transform)


def refuse_result(name: str, transform: str) -> None:
    raise TypeError(
        f"`{name}` does not return one real number, so there is no {transform} of it; use jvp, "
        "vjp, jacfwd or jacrev"
    )
