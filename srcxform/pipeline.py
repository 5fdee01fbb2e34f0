"""The compiler on one page: from a function to the functions that compute its derivative.

read        function object -> core            frontend.read
specialise  core -> residual program, kinds    specialise.program
analyse     -> storage, activity               transform.context
generate    -> derivative                      transform.functions
optimise    -> tidy derivative                 optimise.passes
publish     -> module on disk, imported        publish, emit
"""

from __future__ import annotations

import types

from srcxform.crashes import stage
from srcxform.frontend.read import read
from srcxform.kinds.lanes import Axes, batch_length, lane_kind, lengths_along
from srcxform.kinds.lattice import Kind
from srcxform.publish import Compiled, Request, counters, publish, recall
from srcxform.rules.further import load_rules
from srcxform.specialise.program import Program, specialise
from srcxform.transform import inner
from srcxform.transform.functions import functions, itself, mapped, names_of, native
from srcxform.transform.needless import without_needless_copies
from srcxform.transform.refused import without_refused
from srcxform.transform.requests import Requests


def compile_derivative(
    function: types.FunctionType,
    transform: str,
    wrt: tuple[int, ...],
    kinds: tuple[Kind, ...],
    has_aux: bool = False,
    integers: tuple[int, ...] = (),
    axes: Axes | None = None,
) -> Compiled:
    """Give a derivative of `function` for arguments of these kinds, from disk or newly written.

    `integers` are the parameters in which integers count as reals. `axes` tell for "vmap" where
    the lanes stand.
    """
    request = Request(function, transform, wrt, kinds, has_aux, integers, axes)
    known = recall(request)
    if known is not None:
        counters.recalled += 1
        return known
    counters.generated += 1
    load_rules()
    code = read(function)
    if axes is not None:
        lengths = [n for k, a in zip(kinds, axes.given, strict=True) for n in lengths_along(k, a)]
        kinds = tuple(lane_kind(k, a) for k, a in zip(kinds, axes.given, strict=True))
    native_code = transform == "jit"
    ruled = not native_code and (axes is None or not axes.last)
    home = next((line.place for line in code.body if hasattr(line, "place")), None)
    with stage("specialise", home):
        program = specialise(code, kinds, names_of(code.name, transform), axes is not None, ruled)
        program = without_needless_copies(program)
        requests = Requests(program.externals.names)
    with stage("analyse", home):
        ctx = without_refused(program, tuple(program.parameters[k] for k in wrt), kinds, requests)
    with stage("transform", home):
        if axes is not None:
            nodes, at_once = mapped(ctx, axes, batch_length(lengths), kinds)
        elif native_code:
            nodes, at_once = native(ctx, kinds), True
        elif transform == "itself":
            nodes, at_once = itself(ctx), True
        else:
            nodes, at_once = functions(ctx, transform, has_aux), True
    with stage("print", home):
        return publish(request, ctx, code, nodes, at_once)


__all__ = ["Compiled", "Program", "compile_derivative", "counters", "inner"]
