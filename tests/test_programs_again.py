"""Every program once more: from a warm cache, and without any optimisation.

For each example of the corpus the derivatives in both modes are computed by a copy of the function
for which nothing has been compiled yet:

- once more from the cache on disk, where nothing may be written anew, and the text and every bit of
  the numbers must be what they were;
- with all passes switched off: the text is another, no bit of a number is.

`test_programs` compares the numbers themselves with the truth; `test_switches` switches the passes
off one at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import oracles
import pytest
from programs import Example, corpus
from programs.shares import share
from test_switches import SWITCHES, derivatives, unchanged

from srcxform import publish
from srcxform.optimise import passes
from srcxform.publish import counters

# Both take as long as all else: some of the programs are tried in one of two ways.
warm = pytest.mark.parametrize("example", share(corpus(), 0, 12), ids=lambda e: e.name)
bare = pytest.mark.parametrize("example", share(corpus(), 1, 16), ids=lambda e: e.name)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    with without_passes(monkeypatch, tmp_path) as patch:
        yield patch


@contextmanager
def without_passes(around: pytest.MonkeyPatch, folder: Path) -> Iterator[pytest.MonkeyPatch]:
    """Switch every pass off, and keep what is written meanwhile away from what is written else."""
    identity = publish.writer()
    with around.context() as patch:
        for name in SWITCHES:
            patch.setattr(passes, name, unchanged)
        patch.setenv("SRCXFORM_CACHE_DIR", str(folder))
        patch.setattr(publish, "writer", lambda: (*identity, "without optimisation"))
        yield patch


@warm
def test_from_a_warm_cache(example: Example) -> None:
    first, texts = derivatives(example)
    generated, recalled = counters.generated, counters.recalled
    second, again = derivatives(example)
    assert counters.generated == generated, "a derivative was written twice"
    assert counters.recalled > recalled
    assert again == texts
    assert oracles.identical(first, second)


@bare
def test_unoptimised(example: Example, plain: pytest.MonkeyPatch) -> None:
    found, texts = derivatives(example)
    plain.undo()
    expected, tidy = derivatives(example)
    assert texts != tidy
    assert oracles.identical(found, expected)
