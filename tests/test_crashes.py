"""A failure of the compiler itself: it names the stage, the user's line and the place in ours."""

from typing import Any

import pytest

import srcxform as sx
from srcxform import crashes, pipeline
from srcxform.errors import Place, UnsupportedError


def cubed(x: Any) -> Any:
    return x * x * x


@pytest.mark.parametrize(
    ("name", "shown"),
    [("specialise", "specialise"), ("without_refused", "analyse"), ("functions", "transform")],
)
def test_stage_and_line_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, name: str, shown: str
) -> None:
    def failing(*args: Any, **kwargs: Any) -> Any:
        raise KeyError("lost")

    monkeypatch.setattr(pipeline, name, failing)
    monkeypatch.setenv("SRCXFORM_CACHE_DIR", str(tmp_path))
    with pytest.raises(UnsupportedError) as caught:
        sx.grad(lambda x: cubed(x) + len(shown))(1.0)
    assert f"its stage `{shown}` ended with KeyError: 'lost', at pipeline.py:" in caught.value.why
    assert "bug of srcxform" in caught.value.what
    assert caught.value.place is not None and caught.value.place.file == __file__
    assert isinstance(caught.value.__cause__, KeyError)


def test_the_statement_that_was_looked_at_last_is_shown() -> None:
    place = Place("model.py", 3, 4, 3, 9, "model", "    y = x")

    class Line:
        def __init__(self) -> None:
            self.place = place

    def walk(node: Any) -> None:
        raise AttributeError(f"nothing for {type(node).__name__}")

    with pytest.raises(UnsupportedError) as caught, crashes.stage("specialise", None):
        walk(Line())
    assert caught.value.place == place


def test_refusals_and_errors_of_the_user_pass() -> None:
    for error in (TypeError("given wrongly"), ValueError("a value"), OSError("a file")):
        with pytest.raises(type(error)), crashes.stage("specialise", None):
            raise error
