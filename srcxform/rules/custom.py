"""Functions with derivative rules of their own, given by the user.

Called, they are the functions that they were made of. Where a derivative passes, the compiler
takes their rules in place of what they do.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any, ClassVar

from srcxform.runtime import add, zeros_like
from srcxform.syntax.written import written

__all__ = ["Closing", "Custom", "CustomJvp", "CustomVjp"]

Function = Callable[..., Any]


class Custom:
    """A function whose derivative is written by hand."""

    decorator: ClassVar[str]
    parts: ClassVar[tuple[str, ...]]  # attributes that hold the rules
    closing: ClassVar[bool] = False
    fun: Function
    nondiff: tuple[int, ...]

    def __init__(self, fun: Function, nondiff_argnums: int | tuple[int, ...] = ()) -> None:
        if not callable(fun):
            raise TypeError(f"{self.decorator} takes a function, got {fun!r}")
        functools.update_wrapper(self, fun)
        self.fun = fun
        self.derived: dict[str, Any] = {}  # what the interface keeps about it
        if isinstance(nondiff_argnums, int):
            nondiff_argnums = (nondiff_argnums,)
        self.nondiff = self.positions(tuple(nondiff_argnums))
        for part in self.parts:
            setattr(self, part, None)

    def positions(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Give the positions that `nondiff_argnums` means. Raises ValueError if there are none."""
        if not numbers:
            return ()
        signature = inspect.signature(self.fun)
        count = len(signature.parameters)
        starred = any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())
        for k in numbers:
            if not (-count <= k < count or starred and k >= 0):
                raise ValueError(
                    f"nondiff_argnums={k} is no argument of `{self.name}`, which takes {count}"
                )
        return tuple(sorted(k % count if k < 0 else k for k in numbers))

    @property
    def name(self) -> str:
        """The name of the function, as errors give it."""
        return getattr(self, "__name__", type(self.fun).__name__)

    @property
    def rules(self) -> tuple[Function | None, ...]:
        """The rules that have been given."""
        return tuple(getattr(self, part) for part in self.parts)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself: no derivative is taken here."""
        return self.fun(*args, **kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> Any:
        found: Any = sys.modules.get(self.__module__)
        name = getattr(self, "__qualname__", "")
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is self:
            return name
        return object.__reduce__(self)

    def __repr__(self) -> str:
        return f"<{self.decorator} function {self.name}>"


class CustomJvp(Custom):
    """A function with a forward rule; its transpose is the reverse rule."""

    decorator = "custom_jvp"
    parts = ("jvp",)
    jvp: Function | None

    def defjvp(self, jvp: Function) -> Function:
        """Give the rule: `jvp(primals, tangents)` returns the result and its tangent.

        Arguments that are not differentiated (`nondiff_argnums`) come first. The tangent has to be
        linear in `tangents`. Returns the rule, so that this is a decorator, too.
        """
        if not callable(jvp):
            raise TypeError(f"a rule is a function, got {jvp!r}")
        self.jvp = jvp
        return jvp

    def defjvps(self, *jvps: Function | None) -> None:
        """Give a rule for each argument: `(x_dot, out, x, y)` to its part of the tangent.

        None stands for an argument on which nothing depends.
        """
        if self.nondiff:
            raise TypeError("defjvps cannot be used with nondiff_argnums: write one rule, defjvp")
        for one in jvps:
            if one is not None and not callable(one):
                raise TypeError(f"a rule is a function or None, got {one!r}")
        self.jvp = summed(self, jvps)


class CustomVjp(Custom):
    """A function with a reverse rule, and no other."""

    decorator = "custom_vjp"
    parts = ("fwd", "bwd")
    fwd: Function | None
    bwd: Function | None

    def defvjp(self, fwd: Function, bwd: Function) -> None:
        """Give both halves of the rule.

        `fwd` takes the arguments and returns the result and what `bwd` shall be given; `bwd` takes
        that and the result's cotangent, and returns a tuple of the arguments' cotangents (None for
        zero). Arguments that are not differentiated come first in `bwd`, and have no entry.
        """
        for rule in (fwd, bwd):
            if not callable(rule):
                raise TypeError(f"a rule is a function, got {rule!r}")
        self.fwd, self.bwd = fwd, bwd


class Closing(Custom):
    """A function `run(f, given, ...)` that calls `f(*given, ...)`, with rules for both modes.

    What `f` captures becomes part of `given` where such a call is compiled, so that derivatives
    reach the variables around `f`.
    """

    decorator = "Closing"
    parts = ("jvp", "fwd", "bwd")
    closing = True
    jvp: Function | None
    fwd: Function | None
    bwd: Function | None

    def __init__(self, fun: Function) -> None:
        super().__init__(fun, 0)

    def give(self, jvp: Function, fwd: Function, bwd: Function) -> None:
        """Give the rules."""
        self.jvp, self.fwd, self.bwd = jvp, fwd, bwd


def summed(custom: CustomJvp, rules: tuple[Function | None, ...]) -> Function:
    """Write the rule that adds up the parts of a tangent."""
    names = [f"x_{k + 1}" for k in range(len(rules))]
    try:
        parameters = list(inspect.signature(custom.fun).parameters.values())
        plain = [
            p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        if len(plain) == len(parameters) == len(rules):
            names = plain
    except (TypeError, ValueError):
        pass
    given = ", ".join(names)
    bindings: dict[str, Any] = {"function_": custom, "add_": add, "zeros_like_": zeros_like}
    lines = [
        f"    {given}, = primals",
        f"    {', '.join(f'{name}_dot_' for name in names)}, = tangents",
        f"    out_ = function_({given})",
    ]
    total = "zeros_like_(out_)"
    first = True
    for k, (name, rule) in enumerate(zip(names, rules, strict=True)):
        if rule is None:
            continue
        bindings[f"rule_{k}_"] = rule
        part = f"rule_{k}_({name}_dot_, out_, {given})"
        lines.append(f"    part_{k}_ = {part}")
        total = f"part_{k}_" if first else f"add_({total}, part_{k}_)"
        first = False
    name = f"{custom.name}_jvp" if custom.name.isidentifier() else "jvp"
    lines = [f"def {name}(primals, tangents):", *lines, f"    return out_, {total}"]
    return written(name, lines, bindings)
