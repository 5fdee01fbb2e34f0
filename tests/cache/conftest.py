"""Processes of their own, with a cache folder that a test hands from one to the next."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import srcxform


@pytest.fixture(scope="session")
def package_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package: its own sources count for the cache, and nobody edits these."""
    home = tmp_path_factory.mktemp("package")
    source = Path(srcxform.__file__).parent
    shutil.copytree(source, home / "srcxform", ignore=shutil.ignore_patterns("__pycache__"))
    return home


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A cache folder for the processes of one test."""
    return tmp_path / "store"


@pytest.fixture
def run(package_home: Path, store: Path) -> Callable[..., Any]:
    """Run a script in a folder and give the JSON that it prints last."""

    def run(script: Path, *, home: Path | None = None, **environment: str) -> Any:
        variables = {
            **os.environ,
            "PYTHONPATH": str(package_home),
            "SRCXFORM_CACHE_DIR": str(home or store),
            **environment,
        }
        done = subprocess.run(
            [sys.executable, script.name],
            cwd=script.parent,
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
