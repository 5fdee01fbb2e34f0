"""The package's layers: who may import whom, read from the source of every module.

A layer imports only from layers above it in `LAYERS` (earlier rows) and from itself. An import
inside a function counts like any other. Some third-party packages are known to one file alone, and
what generated code imports at run time needs nothing but NumPy.
"""

import ast
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


def package() -> Path:
    """Find the package without importing it."""
    spec = importlib.util.find_spec("srcxform")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


PACKAGE = package()

# Within a row, one name does not import another.
LAYERS = (
    ("errors",),
    ("kinds",),
    ("runtime", "syntax"),
    ("rules",),
    ("normalise",),
    ("frontend", "emit"),
    ("core",),
    ("analysis",),
    ("specialise",),
    ("optimise",),
    ("transform",),
    ("crashes",),
    ("publish",),
    ("pipeline",),
    ("pytrees", "native"),
    ("api",),
    ("__init__",),
    ("cli",),
    ("__main__",),
)
RANKS = {name: rank for rank, row in enumerate(LAYERS) for name in row}

# What may be imported from outside the standard library: by whom, if not by everyone.
OWNERS = {
    "astor": {"emit/printing.py"},
    "optree": {"pytrees.py"},
    "numba": {
        f"native/{name}.py"
        for name in (
            "arrays",
            "einsum",
            "guards",
            "machine",
            "reductions",
            "rule_results",
            "shares",
            "tools",
            "versions",
        )  # fmt: skip
    },
    "platformdirs": {"emit/cache.py"},
    # Themselves imported only where SciPy is:
    "scipy": {"rules/scipy_arrays.py", "rules/scipy_special.py"},
}
SHARED = {"numpy", "gast"}
RUNTIME_WITH_ERRORS = {"runtime/checks.py", "runtime/refusals.py"}


@dataclass(frozen=True)
class Import:
    """One imported module: where, and which."""

    file: str  # relative to the package
    line: int
    module: str  # dotted

    @property
    def importer(self) -> str:
        """The layer that imports."""
        return self.file.split("/")[0].removesuffix(".py")

    @property
    def imported(self) -> str | None:
        """The layer of the package that is imported; None for what is outside."""
        top, _, rest = self.module.partition(".")
        if top != "srcxform":
            return None
        inner = rest.split(".")[0]
        return inner if inner in RANKS else "__init__"  # a public name

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports_of(path: Path) -> Iterator[Import]:
    """Find every import of a file, at any depth."""
    file = path.relative_to(PACKAGE).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: a relative import"
            for alias in node.names:
                # `from srcxform import x` may name a module; `from srcxform.a import x` is in a.
                module = f"{node.module}.{alias.name}" if node.module == "srcxform" else node.module
                assert module is not None
                yield Import(file, node.lineno, module)


def all_imports() -> list[Import]:
    return [found for path in modules() for found in imports_of(path)]


def complaints(found: list[str]) -> None:
    assert not found, "\n" + "\n".join(found)


def test_every_module_has_a_layer() -> None:
    names = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules()}
    assert names <= set(RANKS), f"put these into LAYERS: {sorted(names - set(RANKS))}"
    assert len(names) > 10


def test_imports_point_one_way() -> None:
    complaints(
        [
            f"{found}, which is not above it"
            for found in all_imports()
            if found.imported is not None and found.imported != found.importer
            if RANKS[found.imported] >= RANKS[found.importer]
        ]
    )


def test_third_parties() -> None:
    complaints(
        [
            str(found)
            for found in all_imports()
            if (top := found.module.split(".")[0]) not in sys.stdlib_module_names
            if top not in SHARED | {"srcxform"} and found.file not in OWNERS.get(top, set())
        ]
    )


@pytest.mark.parametrize("owner", ["astor", "optree"])
def test_owners_exist(owner: str) -> None:
    users = {found.file for found in all_imports() if found.module.split(".")[0] == owner}
    assert users == OWNERS[owner]


def test_runtime_needs_numpy_only() -> None:
    found = [one for one in all_imports() if one.importer == "runtime"]
    assert found
    allowed = {"numpy", *sys.stdlib_module_names}
    complaints(
        [
            str(one)
            for one in found
            if one.module.split(".")[0] not in allowed and one.imported != "runtime"
            if not (one.imported == "errors" and one.file in RUNTIME_WITH_ERRORS)
        ]
    )


def test_every_file_is_placed(request: pytest.FixtureRequest) -> None:
    """`pytest tests/test_layers.py --update-golden` writes the page anew."""
    page = PACKAGE / "FILES.md"
    if request.config.getoption("--update-golden"):
        page.write_text(placed())
    assert page.read_text() == placed()


def placed() -> str:
    """Say of each file what its first line says."""
    text = "# The files\n\nWhat each is for, in its own words. "
    text += "[README.md](README.md) tells how they work together.\n"
    folder = None
    for path in sorted(PACKAGE.rglob("*.py"), key=lambda p: (p.parent, p.name)):
        told = (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()
        if path.name == "__init__.py" or not told:
            continue
        if path.parent != folder:
            folder = path.parent
            text += f"\n## `{folder.relative_to(PACKAGE.parent)}/`\n\n"
        text += f"- [{path.name}]({path.relative_to(PACKAGE)}): {told[0]}\n"
    return text
