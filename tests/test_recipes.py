"""The recipes of docs/recipes.md run as they stand there, one after the other."""

import re
from pathlib import Path

from test_examples import run

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "recipes.md"


def test_recipes(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    sections = re.findall(r"^## ", text, re.MULTILINE)
    assert len(blocks) > len(sections) > 5
    assert text.count("assert") > len(sections)
    script = tmp_path / "recipes.py"
    script.write_text("\n\n".join(blocks) + "\nprint('all of them')\n", encoding="utf-8")
    assert run(script, tmp_path) == "all of them\n"


def test_links() -> None:
    text = re.sub(r"```.*?```", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (PAGE.parent / target).exists(), target
