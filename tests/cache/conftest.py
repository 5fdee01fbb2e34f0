"""Processes of their own, with a cache folder that a test hands from one to the next."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import srcxform

PACKAGE_HOME = Path(srcxform.__file__).parent.parent


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A cache folder for the processes of one test."""
    return tmp_path / "store"


@pytest.fixture
def run(tmp_path: Path, store: Path) -> Callable[..., Any]:
    """Run a script in a folder and give the JSON that it prints last."""

    def run(script: Path, *, home: Path | None = None, **environment: str) -> Any:
        variables = {
            **os.environ,
            "PYTHONPATH": str(PACKAGE_HOME),
            "PYTHONDONTWRITEBYTECODE": "1",
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
