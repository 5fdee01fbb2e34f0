"""Functions of installed packages, as they are: right, or refused where the table says so.

Needs the packages of the extra `libraries`; rows of packages that are not installed are skipped.
"""

import importlib.util

import oracles
import pytest

import srcxform as sx

from .checks import check, spread, tangents, target, weight
from .tables import Row, rows

pytestmark = [
    pytest.mark.libraries,
    pytest.mark.filterwarnings("ignore"),
]

right = [row for row in rows() if row.refused is None]
refused = [row for row in rows() if row.refused is not None]


def label(row: Row) -> str:
    return row.label


def test_collection() -> None:
    packages = {row.package.split(".")[0] for row in rows()}
    assert len(packages) >= 12
    assert len(rows()) >= 100
    assert len(right) >= 0.9 * len(rows())


@pytest.mark.parametrize("row", right, ids=label)
def test_right(row: Row) -> None:
    need(row)
    check(row)


@pytest.mark.parametrize("row", refused, ids=label)
def test_refused(row: Row) -> None:
    """Reverse mode says what it cannot do; forward mode says so too, or works."""
    need(row)
    function, error = target(row), getattr(sx.errors, str(row.refused))
    with pytest.raises(error):
        out, pullback = sx.vjp(function, *row.arguments())
        pullback(oracles.tree_map(weight, out, oracles.random_like(3, out)))
    try:
        sx.jvp(function, row.arguments(), spread(row, tangents(row, 7)))
    except sx.errors.SrcxformError:
        pass


def need(row: Row) -> None:
    """Skip a row whose package is not installed."""
    package = row.package.split(".")[0]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
