"""Test set-up: `programs` and `oracles` importable, and a compiler cache that is ours alone.

Generated modules go to a fresh folder, so that a run neither reads what an older compiler left in
the user's cache nor leaves anything there. Set SRCXFORM_CACHE_DIR to keep a warm cache instead.
"""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

_OWN_CACHE: str | None = None
if "SRCXFORM_CACHE_DIR" not in os.environ:
    _OWN_CACHE = tempfile.mkdtemp(prefix="srcxform-tests-")
    os.environ["SRCXFORM_CACHE_DIR"] = _OWN_CACHE


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--update-golden` record the goldens anew."""
    parser.addoption(
        "--update-golden", action="store_true", help="write what tests/golden* compare with"
    )


def pytest_collection_finish() -> None:
    """Let the collector of cycles pass over what lives as long as the run, and look seldom.

    A compiler makes many small objects and few cycles: a sixth of the time went into looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_unconfigure() -> None:
    """Remove the cache folder of this run."""
    if _OWN_CACHE is not None:
        shutil.rmtree(_OWN_CACHE, ignore_errors=True)
