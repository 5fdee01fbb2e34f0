"""The printed text parses back to the tree, and reads as a formatter would have left it."""

import ast
import math
import subprocess
import sysconfig
import warnings
from pathlib import Path

import gast
import numpy
import pytest
import scipy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from srcxform.emit.printing import show
from srcxform.emit.wrapping import wrap
from srcxform.syntax.comment import Comment

STDLIB = Path(sysconfig.get_path("stdlib"))
NUMPY, SCIPY = Path(numpy.__file__).parent, Path(scipy.__file__).parent
FILES = [
    *sorted(STDLIB.glob("[abdt]*.py"))[::3],
    *(STDLIB / name for name in ("statistics.py", "random.py", "inspect.py", "dataclasses.py")),
    *sorted((NUMPY / "lib").glob("_*impl.py"))[:8],
    *sorted((SCIPY / "optimize").glob("_[l-n]*.py"))[:8],
    *sorted((SCIPY / "integrate").glob("_*.py"))[:6],
]


def parse(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in others' files
        return gast.parse(text)


def assert_round_trip(tree):
    text = show(tree)
    assert ast.dump(ast.parse(text)) == ast.dump(gast.gast_to_ast(tree)), text
    return text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_real_files_come_back(path):
    text = assert_round_trip(parse(path.read_text(encoding="utf-8")))
    # Printing is a fixed point: the printed text prints as itself.
    assert show(gast.parse(text)) == text


def test_enough_real_files():
    assert len(FILES) > 30


# Each line is what a formatter leaves as it is.
STATEMENTS = r"""
p_2_bar = -p_bar * p / p_2
x = (a + b) * c - (d - e)
x = a**2 + f(x) ** 2 + (-a) ** 2 + 2**-a + (a**b) ** c + a**b**c
x = -(-a) + ~a - (not a)
x = a.b**0.5 + a[0] ** n
x = (-2.0) ** a
u[1:-1, 1:-1] = u[:, ::2, None] + u[i + 1 :, -n:n, f(a) : f(b) : 2]
u[i, *rest] = u[()] + u[i,]
x, y = f(a), g(b)
(x,) = (y,)
x[0], (y, *z) = a, (b, c)
x = y = z
x += 1, 2
x @= w
x: int = 3
(x): int = 3
x.y: list[int]
return_value = lambda: 0
f = lambda x, *y, z=1, **w: x if y else z
a = (lambda: 0)() + (a if b else c) * 2
a = b if c else d if e else f
a = (b if c else d) if (e if f else g) else h
a = b and (c or d) and not e
a = (a < b) < c == (d in e) is not f
a = [x for x, y in z if x if y or x for w in (a, b)]
a = {k: v for k, v in items}, {x for x in y}, {**a, "b": 1}, {*()}
f(x for x in y)
f((x for x in y), z)
f(x := 1, *args, key=(y := 2), **(a or b))
a = f(*x, **y)(z)[0].b
a = (1).real + 1.5 .real if a else True.real
a = [1e300, 1e16, 0.1, 0x10, 2j, (1 + 2j), (-1 - 0.5j)]
s = ["it's", 'say "hi"', "both \" and '", "tab\tline\nback\\slash", "\x00\x7f\xa0\u200b", "é"]
s = [b"it's", b'say "hi"', b"\x00\n", u"kind", "a" "b"]
s = f"{x!r:>{width}} {{}} {d['key']} {a + b:.3f} {'x' if y else 'z'} {x=}"
s = f"{(lambda: 0)()} { {1: 2}[1] } {f'{inner}'} {(yield)}"
s = f'say "{x}"\n'
s = f'''{d["it's"]}'''
x = yield
x = yield a, b
x = yield from g
y = (yield a) + 1
await f(x)
x = await a + (await b) ** 2
assert x, "message"
raise ValueError("x") from error
del x, y[0], (z, w)
global a, b
from . import a
from ..b import c as d, e
import numpy as np, scipy.special
"""


@pytest.mark.parametrize("line", [x for x in STATEMENTS.splitlines() if x])
def test_statements_come_back(line):
    assert_round_trip(gast.parse(line))


UNCHANGED = '''\
"""Module of "things"."""

import numpy as np
from a import b as c

X = 1


def f(x, /, y: int = 3, *args: float, k=2, **kw) -> int:
    """First line.

    Back\\\\slash, \\"\\"\\" and a quote at the end\\""""
    z = x**2 + (-x) ** 2

    def inner():
        return z

    return inner


@decorator
class A(B, metaclass=C):
    """Doc."""
    x: int = 3

    async def g(self, *, y=1):
        async with a as b, c as (d, e):
            await b
        async for i, j in f(x):
            pass
        else:
            return


if (q := f(x)) > 2:
    pass
elif not q:
    x = 1
else:
    if y:
        pass
    x = 2
while x := f(y):
    break
for i in range(3):
    continue
with ((a, b)):
    pass
try:
    pass
except (A, B) as error:
    raise
except:
    pass
else:
    pass
finally:
    pass
try:
    pass
except* A:
    pass
match x := point:
    case {"x": 1, "y": [_, *rest], **others}:
        pass
    case A(0, b=None) | -1 | 2 - 3j | "s":
        pass
    case b.c | d.e as name if name > 2:
        pass
    case [1 as one, (2 as two) | (3 as two)]:
        pass
    case -1e999:
        pass
    case _:
        pass
'''


def test_layout():
    assert assert_round_trip(gast.parse(UNCHANGED)) == UNCHANGED.rstrip()


def test_a_formatter_agrees():
    """ruff, which knows nothing of us, leaves the printed statements as they are."""
    ruff = Path(sysconfig.get_path("scripts")) / "ruff"
    if not ruff.exists():
        pytest.fail("ruff belongs to the development tools")
    lines = [line for line in STATEMENTS.splitlines() if line and "import" not in line]
    lines = [line for line in lines if 'u"kind"' not in line and "1.5 .real" not in line]
    body = show(gast.parse("async def f():\n" + "".join(f"    {line}\n" for line in lines)))
    body = body.replace("1e+", "1e") + "\n"  # ruff drops the plus sign of an exponent
    want = subprocess.run(
        [ruff, "format", "--isolated", "--line-length=100", "--target-version=py311", "-"],
        input=body,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert body == want


# Random expressions, built rather than parsed: every nesting of every operator.

NAMES = st.sampled_from(["x", "y_bar"]).map(lambda name: gast.Name(name, gast.Load(), None, None))
CONSTANTS = st.one_of(
    st.integers(min_value=0),
    st.floats(min_value=0, allow_nan=False, allow_infinity=False).map(abs),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.sampled_from([None, True, ..., 2j]),
).map(lambda value: gast.Constant(value, None))
BINARY = [gast.Add, gast.Sub, gast.Mult, gast.Div, gast.Pow, gast.MatMult, gast.BitOr, gast.LShift]
UNARY = [gast.USub, gast.Not, gast.Invert, gast.UAdd]
COMPARE = [gast.Lt, gast.In, gast.IsNot]


def arguments(names):
    params = [gast.Name(name, gast.Param(), None, None) for name in names]
    return gast.arguments(params, [], None, [], [], None, [])


@st.composite
def expressions(draw, depth=4):
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(NAMES | CONSTANTS)

    def one():
        return draw(expressions(depth - 1))

    def some(least=0):
        return [one() for _ in range(draw(st.integers(least, 3)))]

    def name(text):
        return gast.Name(text, gast.Store(), None, None)

    def loops():
        return [gast.comprehension(name("i"), one(), some(), 0)]

    def optional():
        return draw(st.sampled_from([None, one()]))

    makers = [
        lambda: gast.BinOp(one(), draw(st.sampled_from(BINARY))(), one()),
        lambda: gast.BinOp(one(), draw(st.sampled_from(BINARY))(), one()),
        lambda: gast.UnaryOp(draw(st.sampled_from(UNARY))(), one()),
        lambda: gast.BoolOp(draw(st.sampled_from([gast.And, gast.Or]))(), some(2)),
        lambda: gast.Compare(one(), [draw(st.sampled_from(COMPARE))()], [one()]),
        lambda: gast.IfExp(one(), one(), one()),
        lambda: gast.Lambda(arguments(draw(st.sampled_from([[], ["x", "z"]]))), one()),
        lambda: gast.Attribute(one(), "T", gast.Load()),
        lambda: gast.Call(one(), some(), []),
        lambda: gast.Call(one(), some(), [gast.keyword("axis", one()), gast.keyword(None, one())]),
        lambda: gast.Subscript(one(), one(), gast.Load()),
        lambda: gast.Subscript(one(), gast.Slice(optional(), optional(), optional()), gast.Load()),
        lambda: gast.Tuple(some(), gast.Load()),
        lambda: gast.List([gast.Starred(one(), gast.Load()), *some()], gast.Load()),
        lambda: gast.Set(some(1)),
        lambda: gast.Dict([one(), None], [one(), one()]),
        lambda: gast.NamedExpr(name("w"), one()),
        lambda: gast.JoinedStr([gast.FormattedValue(one(), -1, None)]),
        lambda: gast.GeneratorExp(one(), loops()),
        lambda: gast.DictComp(one(), one(), loops()),
    ]
    return draw(st.sampled_from(makers))()


@given(expressions())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_expressions_come_back(node):
    try:
        text = show(gast.Expression(node))
    except ValueError as error:
        # Only an f-string can be beyond a Python, and that Python cannot have read it.
        assert "f-string" in str(error)
        return
    want = ast.dump(gast.gast_to_ast(node))
    got = ast.parse(f"({text})" if isinstance(node, gast.NamedExpr) else text, mode="eval").body
    assert ast.dump(got) == want


@pytest.mark.parametrize(
    "value",
    [math.inf, -math.inf, math.nan, -0.0, 1e300, 5e-324, -2.5, complex(1, 2), complex(-0.0, 2),
     complex(0.0, -2.0), complex(1, -0.0), complex(math.inf, math.nan), -3, 10**5000, (1, (2.0,)),
     frozenset({1, 2}), True],
    ids=lambda value: repr(value)[:20] if not isinstance(value, int) else "int",
)  # fmt: skip
def test_constants_keep_value_and_type(value):
    back = eval(show(gast.Constant(value, None)))
    assert type(back) is type(value)
    if isinstance(value, int | tuple | frozenset):
        assert back == value
    else:
        pairs = [(back.real, value.real), (back.imag, value.imag)]
        for got, want in pairs:
            assert math.isnan(got) == math.isnan(want)
            assert math.isnan(want) or (got, math.copysign(1, got)) == (
                want,
                math.copysign(1, want),
            )
    # A negative constant is a base like any other.
    power = gast.BinOp(gast.Constant(value, None), gast.Pow(), gast.Constant(2, None))
    if isinstance(value, float) and math.isfinite(value) and abs(value) < 1e100:
        assert eval(show(power)) == value**2


def test_numpy_floats_print_as_floats():
    assert show(gast.Constant(numpy.float64(0.1), None)) == "0.1"


def test_a_constant_without_literal_is_refused():
    with pytest.raises(TypeError, match="object"):
        show(gast.Constant(object(), None))


def with_comments(text):
    """Parse `text`, in which each `note(s)` stands for a comment, `head(s)` for one set apart."""
    tree = gast.parse(text)
    for node in gast.walk(tree):
        for field in ("body", "orelse"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                setattr(node, field, [as_comment(s) for s in statements])
    return tree


def as_comment(node):
    match node:
        case gast.Expr(value=gast.Call(func=gast.Name(id="note" | "head" as kind), args=[text])):
            comment = Comment(text=text.value)
            comment.blank = kind == "head"
            return comment
    return node


def test_comments():
    tree = with_comments(
        "note('top')\n"
        "def f(x):\n"
        "    note('first')\n"
        "    y = x\n"
        "    head('y = x')\n"
        "    note('two\\nlines \\\\ and\\ttab')\n"
        "    for i in x:\n"
        "        note('only this')\n"
        "    return y\n"
        "note('above g')\n"
        "def g(): pass"
    )
    assert show(tree) == (
        "# top\n"
        "def f(x):\n"
        "    # first\n"
        "    y = x\n"
        "\n"
        "    # y = x\n"
        "    # two\n"
        "    # lines \\ and\\ttab\n"
        "    for i in x:\n"
        "        # only this\n"
        "        pass\n"
        "    return y\n"
        "\n"
        "\n"
        "# above g\n"
        "def g():\n"
        "    pass"
    )


def test_a_docstring_after_a_comment_is_one():
    tree = with_comments("def f():\n    note('c')\n    '''a\nb'''")
    assert show(tree) == 'def f():\n    # c\n    """a\nb"""'


def test_parts_and_sequences():
    tree = gast.parse("x = 1\ny = f( 2 )")
    assert show(tree.body) == show(tree) == "x = 1\ny = f(2)"
    assert show(tree.body[0]) == "x = 1"
    assert show(tree.body[1].value) == "f(2)"
    assert show([]) == ""


def test_the_tree_is_left_alone():
    tree = gast.parse(UNCHANGED)
    before = gast.dump(tree)
    show(tree)
    assert gast.dump(tree) == before


LONG = [
    "w_bar, b_bar = np.add(np.multiply(first_operand, second_operand), np.divide(third, fourth), "
    "out=None, casting='same_kind')",
    "def function_with_a_long_name(first_argument, second_argument: float = 1.0, *others, "
    "keyword=lambda a, b: a, **rest) -> dict:\n    pass",
    "if some_condition(first_operand, second_operand)[first_index, second_index] and other_one"
    "(third_operand, 4):\n    pass",
    "total = [function_of(element, f'{element}, {element}') for element in collection_of_elements "
    "if condition_on(element)]",
    "result = (first_operand + second_operand + third_operand + fourth_operand) * (fifth_operand "
    "+ sixth_operand + seventh)",
    "x[first_index, lower_bound_of_the_slice:upper_bound_of_the_slice, last_index_of_the_three] = "
    "f(x, y, z, lambda a, b: a)",
    "chain = first.method(argument_number_one, argument_number_two).second_method(argument_number_"
    "three, four).third(five)",
]


@pytest.mark.parametrize("source", LONG)
def test_long_lines_break_at_brackets(source):
    text = assert_round_trip(gast.parse(source))
    assert all(len(line) <= 100 for line in text.splitlines())
    assert len(text.splitlines()) > len(source.splitlines())


def test_a_long_line_without_brackets_stays():
    line = " + ".join(["operand"] * 20)
    assert wrap(line) == [line]
    assert assert_round_trip(gast.parse(line)) == line


def test_wrapping_keeps_the_tree():
    for source in LONG:
        first, *rest = source.splitlines()
        text = "\n".join([*wrap(first, 40), *rest])
        assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(source))
        assert text != source


def test_the_layout_of_a_broken_tuple_and_sum():
    first, second = "first_operand * second_operand + third", "fourth_operand - fifth_operand"
    assert wrap(f"return {first}, {second}", 60) == [
        "return (", f"    {first},", f"    {second},", ")",
    ]  # fmt: skip
    assert wrap(f"total = {first} - {second}", 60) == [
        "total = (",
        "    first_operand * second_operand",
        "    + third",
        "    - fourth_operand",
        "    - fifth_operand",
        ")",
    ]
    assert wrap("first_name, second_name, third_name, fourth_name = residuals", 50) == [
        "(", "    first_name,", "    second_name,", "    third_name,", "    fourth_name,",
        ") = residuals",
    ]  # fmt: skip


def test_the_layout_of_a_broken_call():
    operands = "the_first_operand_of_the_product, the_second_operand_of_that_one"
    call = f"out = np.einsum('ij,jk->ik', {operands})"
    assert show(gast.parse(f"if a:\n    while b:\n        {call}")).splitlines()[2:] == [
        "        out = np.einsum(",
        f'            "ij,jk->ik", {operands}',
        "        )",
    ]
