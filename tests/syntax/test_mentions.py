"""What nodes remember of their names: it is what a new look finds, whenever somebody asks."""

import sys

import gast
import pytest
from programs import Example, corpus
from test_switches import derivatives

from srcxform.syntax import mentions, visit
from srcxform.syntax.mentions import Mentioned

ANSWERS = ("calls", "has_scopes", "is_plain", "load_list", "loads", "names", "store_list", "stored",
           "stores", "updated")  # fmt: skip


def body(text: str) -> list[gast.AST]:
    return gast.parse(text).body


def test_names_of_a_block() -> None:
    block = body("x[i] += f(y)\nwhile a:\n b = c\n s += b\nt = [k for k in g]\nh = lambda u: u + v")
    read = {"x", "i", "f", "y", "a", "c", "s", "b", "k", "g", "v"}
    assert visit.loads(block) == read
    assert visit.stores(block) == {"b", "s", "t", "k", "h"}
    assert visit.load_list(block) == "x i f y a c b k g u v s".split()
    assert visit.store_list(block) == ["b", "s", "t", "k", "h"]
    assert visit.all_names(block) == read | {"t", "h", "u"}


def test_what_stands_in_a_function_defined_inside() -> None:
    block = body("def f(x):\n nonlocal n\n n = x + k\n own = n\nz = f")
    assert visit.loads(block) == {"k", "n", "f"}
    assert visit.stores(block) == {"f", "n", "z"}


def test_texts_tell_blocks_apart() -> None:
    texts = ["if a:\n b = c\nelse:\n d = e", "if a:\n b = c\n d = e", "if a:\n b = c\nd = e"]
    assert len({mentions.block_text(body(text)) for text in texts}) == 3
    assert mentions.block_text(body(texts[0])) == mentions.block_text(body(texts[0]))


def test_size_counts_all_nodes() -> None:
    node = body("x.a = -f(y, k=2)[1:]")[0]
    assert visit.size_of(node) == visit.size_of(node) == sum(1 for _ in visit.walk(node))


def test_a_copy_remembers_nothing() -> None:
    node = body("y = x")[0]
    assert visit.loads(node) == {"x"}
    new = visit.clone(node)
    new.value.id = "z"
    assert visit.loads(new) == {"z"}


@pytest.mark.parametrize("example", corpus()[::40], ids=lambda e: e.name)
def test_no_node_changes_behind_its_memory(
    example: Example,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    asked = []

    def checked(node: gast.AST) -> Mentioned:
        known = original(node)
        anew = Mentioned(node)
        assert all(getattr(known, name) == getattr(anew, name) for name in ANSWERS)
        assert known.text in (None, mentions.written_out(node))
        asked.append(node)
        return known

    original = mentions.mentioned
    monkeypatch.setenv("SRCXFORM_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    for name, module in list(sys.modules.items()):
        if name.startswith("srcxform.") and getattr(module, "mentioned", None) is original:
            monkeypatch.setattr(module, "mentioned", checked)
    derivatives(example)
    assert len(asked) > 10
