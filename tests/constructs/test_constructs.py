"""Every node of Python's grammar stands in the construct table, and the table is true."""

import copy
import linecache
import sys
from typing import Any

import oracles
import pytest
from golden_errors.programs import Refused

import srcxform as sx
from constructs.grammar import GROUPS, NEWER, OUTSIDE, all_nodes
from constructs.table import PAGE, page, rows


def derive(way: Refused) -> Exception | None:
    """The error of a recorded refusal."""
    args = copy.deepcopy(way.args)
    try:
        if way.transforms[0] == "grad":
            sx.grad(way.function)(*args)
        else:
            sx.jvp(way.function, args, tuple(map(oracles.zeros_like, args)))
    except Exception as error:
        return error
    return None


def test_every_node_has_a_place() -> None:
    """A version of Python or of gast with a new node fails here until it is classified."""
    listed = [name for names in GROUPS.values() for name in names]
    assert len(set(listed)) == len(listed)
    assert not set(listed) & OUTSIDE.keys()
    assert all_nodes() <= {*listed, *OUTSIDE}


def test_table(request: pytest.FixtureRequest) -> None:
    """The printed page says what the tests show."""
    text = page(derive)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    told: dict[str, Any] = rows(PAGE.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == text
    assert {name for names in GROUPS.values() for name in names} == told.keys()
    open_ones = sorted(name for name, (status, _) in told.items() if status == "open")
    assert not open_ones, f"neither a program nor a refusal shows {', '.join(open_ones)}"


@pytest.mark.parametrize("name", NEWER)
def test_newer(name: str) -> None:
    """What the page says of nodes that only newer versions of Python have."""
    new = NEWER[name]
    if sys.version_info < new.since:
        pytest.skip(f"Python {'.'.join(map(str, new.since))} and later")
    place = f"<{name}>"
    linecache.cache[place] = (len(new.text), None, new.text.splitlines(True), place)
    module: dict[str, Any] = {}
    exec(compile(new.text, place, "exec"), module)
    if new.status == "supported":
        assert sx.grad(module["f"])(3.0) == 6.0
        assert sx.jvp(module["f"], (3.0,), (1.0,)) == (9.0, 6.0)
        return
    with pytest.raises(sx.errors.SrcxformError):
        sx.grad(module["f"])(3.0)
