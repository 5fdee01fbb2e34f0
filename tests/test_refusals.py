"""Every refusal is recorded, and what it asks for works.

The source of the package is searched for the texts that refusals begin with; each must be the
beginning of a text of `golden_errors/*.txt`. For each of these the suggested replacement is
differentiated and compared with differences.
"""

import copy
from typing import Any

import oracles
import pytest
from golden_errors import (
    called,  # noqa: F401  (adds to both)
    copied,  # noqa: F401  (adds to REFUSED)
    either,  # noqa: F401  (adds to both)
    outside,  # noqa: F401  (adds to REFUSED)
    own_rules,  # noqa: F401  (adds to both)
    rare,  # noqa: F401  (adds to REFUSED)
    repaired_objects,  # noqa: F401  (adds to REPAIRED)
    repaired_outside,  # noqa: F401  (adds to REPAIRED)
    repaired_together,  # noqa: F401  (adds to REPAIRED)
    snapshots,  # noqa: F401  (adds to both)
    stored,  # noqa: F401  (adds to REFUSED)
    together,  # noqa: F401  (adds to REFUSED)
    unknown,  # noqa: F401  (adds to both)
)
from golden_errors.programs import REFUSED
from golden_errors.repaired import REPAIRED, Repaired
from golden_errors.sites import PACKAGE, sites

import srcxform as sx

FOLDER = PACKAGE.parent / "tests" / "golden_errors"

ELSEWHERE = {  # refusals of other things than derivatives, by the test that shows them
    r"this\ derivative\ cannot\ be\ written\ as\ a\ standalone\ module": "emit/test_standalone.py",
    r"`.*`\ cannot\ be\ written\ into\ a\ standalone\ module": "emit/test_standalone.py",
    r"`.*`\ has\ no\ Python\ source": "syntax/test_source.py",
    r"`.*`\ cannot\ be\ written\ to\ in\ compiled\ code": "api/test_jit.py",
    r"this\ cannot\ be\ compiled\ to\ native\ code": "api/test_jit.py",
    r"SciPy's\ promotion\ of\ several\ arrays\ to\ one\ type\ is\ not\ followed": "test_frames.py",
    r"the\ compiler\ fails\ on\ this,\ which\ is\ a\ bug\ of\ srcxform": "test_crashes.py",
    r"random\ numbers\ are\ drawn\ in\ a\ `checkpoint`\ whose\ derivative\ is\ "
    r"differentiated\ again": "api/test_checkpoint.py",
}
HELD_BACK = {  # what stands behind other refusals, so that no program reaches it
    # Targets are names, items, attributes, and tuples and lists of these, which are all taken
    # apart: another one would be new grammar.
    r"this\ assignment\ target\ cannot\ be\ differentiated",
    # A loop over what is differentiated counts or draws from a walk by then; this holds if one of
    # another make comes up.
    r"this\ loop\ runs\ over\ differentiated\ values\ in\ a\ way\ that\ is\ not\ followed",
}


def test_every_refusal_is_recorded() -> None:
    goldens = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt"))]
    missing = [
        f"{site.where}: {site.pattern}"
        for site in sites()
        if site.pattern not in ELSEWHERE
        and site.pattern not in HELD_BACK
        and not any(site.begins(golden) for golden in goldens)
    ]
    assert not missing, "\n".join(missing)


def test_lists_are_true() -> None:
    known = {site.pattern for site in sites()}
    assert known >= ELSEWHERE.keys() | HELD_BACK
    for file in ELSEWHERE.values():
        assert "Error" in (FOLDER.parent / file).read_text(encoding="utf-8")


def test_every_refusal_has_a_replacement() -> None:
    assert {one.name for one in REPAIRED} == {way.name for way in REFUSED}


@pytest.mark.parametrize("one", REPAIRED, ids=lambda one: one.name)
def test_replacement(one: Repaired) -> None:
    args = copy.deepcopy(one.args)
    value, gradient = sx.value_and_grad(one.function)(*args)
    assert oracles.identical(value, one.function(*copy.deepcopy(one.args)))
    tangents: tuple[Any, ...] = (oracles.random_like(5, one.args[0]),)
    truth = oracles.richardson_jvp(one.function, copy.deepcopy(one.args), (0,), tangents)
    slope = oracles.to_vector(gradient) @ oracles.to_vector(tangents)
    assert oracles.close(slope, truth, 1e-8)
    directions = oracles.directions(one.args, (0,), tangents)
    _, tangent = sx.jvp(one.function, copy.deepcopy(one.args), directions)
    assert oracles.close(tangent, truth, 1e-8)
