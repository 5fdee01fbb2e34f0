"""The list of faults stays true: each piece of source stands once in the package."""

import ast

import pytest

from mutation.faults import FAULTS, Fault

faults = pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.what)


def test_collection() -> None:
    assert len({fault.what for fault in FAULTS}) == len(FAULTS) >= 60


@faults
def test_found_once(fault: Fault) -> None:
    found = fault.files()
    assert len(found) == 1, f"{fault.what}: in {[path.name for path in found]}\n{fault.old}"


@faults
def test_still_python(fault: Fault) -> None:
    """What a fault leaves is a program: it is to be found by what it computes."""
    (path,) = fault.files()
    ast.parse(path.read_text(encoding="utf-8").replace(fault.old, fault.new))
