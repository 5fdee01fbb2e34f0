"""Every error renders in one way, can be pickled, and is the built-in that a caller expects."""

import pickle
import traceback
from dataclasses import replace

import pytest

from srcxform import errors
from srcxform.errors import Diagnostic, Place

TRY = Place("model.py", 31, 8, 34, 20, "simulate", "        try:")
CALL = Place("model.py", 40, 11, 40, 22, "loss", "    return simulate(x, 3)")
CALLER = Place("run.py", 1207, 0, 1207, 9, "<module>", "value = loss(x)")


def render(*args, **kwargs):
    return str(Diagnostic(*args, **kwargs))


def test_headline_place_reason_and_suggestion():
    why = "the backward pass would have to know which handler ran at each step"
    instead = "move the `try` outside `simulate`, or give this part its own rule with sx.custom_vjp"
    assert render("`try` cannot be differentiated", TRY, why, instead) == (
        "`try` cannot be differentiated\n"
        "\n"
        "  model.py:31, in simulate\n"
        "   31 |         try:\n"
        "      |         ^^^^\n"
        "why: the backward pass would have to know which handler ran at each step\n"
        "instead: move the `try` outside `simulate`, "
        "or give this part its own rule with sx.custom_vjp"
    )


def test_callers_are_listed_above_the_cause():
    expected = (
        "no\n"
        "\n"
        "  run.py:1207, in <module>\n"
        " 1207 | value = loss(x)\n"
        "  model.py:40, in loss\n"
        "   40 |     return simulate(x, 3)\n"
        "  model.py:31, in simulate\n"
        "   31 |         try:\n"
        "      |         ^^^^\n"
        "why: because\n"
        "instead: else"
    )
    assert render("no", TRY, "because", "else", frames=(CALLER, CALL)) == expected
    called = TRY.within(CALL).within(CALLER)
    told = Diagnostic("no", called, "because", "else")
    assert str(told) == expected
    assert told.frames == (CALLER, CALL) == called.callers()
    assert called == TRY  # the same line, whoever called it
    assert replace(told, why="so").frames == (CALLER, CALL)


def test_of_a_long_recursion_both_ends_are_listed():
    told = Diagnostic("no", TRY, "", "", (CALLER, *[CALL] * 40))
    lines = str(told).splitlines()
    assert lines.count("  model.py:40, in loss") == 9
    assert lines[2] == "  run.py:1207, in <module>" and "  ... 31 more calls ..." in lines
    assert len(told.frames) == 41


def test_without_a_place():
    assert render("no source", None, "it is C", "write a rule") == (
        "no source\n\nwhy: it is C\ninstead: write a rule"
    )


def test_without_text_only_the_line_number_is_given():
    place = Place("<string>", 3, 0, 3, 0, "f", "")
    assert render("lost", place, "exec", "") == "lost\n\n  <string>:3, in f\nwhy: exec"


def test_headline_alone():
    assert render("no", None, "", "") == "no"


@pytest.mark.parametrize(
    ("text", "column", "end", "underline"),
    [
        ("\tx = a\n", 5, 6, "\t    ^"),  # a tab stays a tab, so that it is as wide as above
        ("名 = f(名)", 4, 8, "     ^^^^^"),  # wide characters take two columns
        ("e\u0301 = g(y)", 5, 9, "    ^^^^"),  # a combining accent takes none
        ("x = 1", 5, 5, "     ^"),  # an empty stretch is still pointed at
    ],
)
def test_underline_stands_below_the_expression(text, column, end, underline):
    rendered = render("no", Place("a.py", 7, column, 7, end, "f", text), "", "")
    assert rendered.splitlines()[-2:] == [f"    7 | {text.rstrip()}", f"      | {underline}"]


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.UnsupportedError, NotImplementedError),
        (errors.NoDerivativeError, TypeError),
        (errors.MutationError, ValueError),
        (errors.SourceNotFoundError, OSError),
        (errors.CacheError, OSError),
    ],
)
def test_exceptions_carry_the_diagnostic_and_survive_pickling(error, builtin):
    diagnostic = Diagnostic("no", TRY, "because", "else", (CALL,))
    raised = error(diagnostic)
    assert isinstance(raised, errors.SrcxformError) and isinstance(raised, builtin)
    for one in (raised, pickle.loads(pickle.dumps(raised))):
        assert type(one) is error
        assert str(one) == str(diagnostic)
        assert (one.what, one.place, one.why, one.instead, one.frames) == (
            "no", TRY, "because", "else", (CALL,),
        )  # fmt: skip


def test_traceback_ends_with_class_and_headline():
    raised = errors.UnsupportedError(Diagnostic("no", None, "because", ""))
    last = traceback.format_exception_only(raised)[-1]
    assert last == "srcxform.errors.UnsupportedError: no\n\nwhy: because\n"
