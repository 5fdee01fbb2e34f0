"""The tree found for a function is that function's: compiled and run, it gives the same values."""

import ast
import contextlib
import doctest
import functools
import importlib
import linecache
import os
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import gast
import numpy as np
import pytest

from srcxform.errors import Place, SourceNotFoundError
from srcxform.syntax.parse import parse
from srcxform.syntax.source import find

ROOT = Path(__file__).parents[2]


def rebuild(source):
    """The function that the tree says, with the globals, cells and defaults of the original."""
    original = source.function
    tree = gast.gast_to_ast(gast.Module([source.node], []))
    made = tree.body[0]
    for node in ast.walk(made.args):
        if isinstance(node, ast.arg):
            node.annotation = None
    # The values of the defaults are those of the original; what they name may be out of reach.
    made.args.defaults = [ast.Constant(None) for _ in made.args.defaults]
    made.args.kw_defaults = [node and ast.Constant(None) for node in made.args.kw_defaults]
    made.returns = None
    captured = ast.parse(
        f"def around({', '.join(original.__code__.co_freevars)}): return {made.name}"
    )
    captured.body[0].body.insert(0, made)
    namespace = dict(original.__globals__)
    exec(compile(ast.fix_missing_locations(captured), "<rebuilt>", "exec"), namespace)
    cells = [cell.cell_contents for cell in original.__closure__ or ()]
    rebuilt = namespace["around"](*cells)
    rebuilt.__defaults__, rebuilt.__kwdefaults__ = original.__defaults__, original.__kwdefaults__
    return rebuilt


def assert_same(function, *args):
    source = find(function)
    assert source.function is function
    assert rebuild(source)(*args) == function(*args)
    return source


def load(path, text, name=None, **encoding):
    """Import a module written to `path`."""
    path.write_bytes(text.encode(**encoding) if isinstance(text, str) else text)
    spec = importlib.util.spec_from_file_location(name or path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- definitions -------------------------------------------------------------------------------


def plain(x, /, y=2.0, *rest, scale=3.0, **more):
    """A docstring."""
    return x + y * scale + sum(rest) + sum(more.values())


def test_a_function():
    source = assert_same(plain, 1.0, 2.0, 3.0)
    line = plain.__code__.co_firstlineno
    assert (source.name, source.file, source.line) == ("plain", plain.__code__.co_filename, line)
    assert source.text == (
        "def plain(x, /, y=2.0, *rest, scale=3.0, **more):\n"
        '    """A docstring."""\n'
        "    return x + y * scale + sum(rest) + sum(more.values())"
    )


def test_the_docstring_is_gone():
    assert [type(statement) for statement in find(plain).node.body] == [gast.Return]


def only_documented(x):
    """Nothing else."""


def test_a_body_of_a_docstring_becomes_pass():
    (statement,) = assert_same(only_documented, 1.0).node.body
    assert isinstance(statement, gast.Pass)
    assert statement.place.text == '    """Nothing else."""'


def doubling(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper


@doubling
@doubling
def decorated(x):
    return x + 1


def identity_decorator(value):
    return lambda function: function


@identity_decorator(lambda x: x * 11)
@identity_decorator(
    3,
)
def kept(x):
    return x + 5


def test_a_wrapper_is_its_own_source():
    assert decorated.__name__ == "decorated"
    source = assert_same(decorated, 3.0)
    assert source.name == "wrapper"
    inner = assert_same(decorated.__wrapped__.__wrapped__, 3.0)
    assert inner.name == "decorated"


def test_decorators_are_left_out():
    source = assert_same(kept, 3.0)
    assert source.node.decorator_list == []
    assert source.line == kept.__code__.co_firstlineno + 4
    assert source.text.startswith("def kept(x):")


def make(a):
    def inner(x, b=a + 1):
        def innermost(y):
            return a * y + b

        return innermost(x)

    return inner, lambda x: a * x


def test_nested_functions_and_captured_variables():
    inner, scaled = make(4.0)
    assert_same(inner, 3.0)
    assert_same(scaled, 3.0)
    code = next(c for c in inner.__code__.co_consts if isinstance(c, types.CodeType))
    cells = {"a": types.CellType(4.0), "b": types.CellType(5.0)}
    closure = tuple(cells[name] for name in code.co_freevars)
    assert_same(types.FunctionType(code, globals(), closure=closure), 3.0)


class Model:
    def __init__(self, weight):
        self.__weight = weight
        self.__init = 1.0

    def predict(self, x):
        return self.__weight * x + self.__shift(x)

    def __shift(self, x):
        return x + self.__init

    private_lambda = lambda self, __x: self.__weight + __x

    class Inner:
        def apply(self, model, x):
            def __local(__y):
                return __y + self.__own

            return __local(x)

        __own = 7.0

    @property
    def weight(self):
        return self.__weight

    @classmethod
    def of(cls, weight):
        return cls(weight).__weight


class _Under(Model):
    def __init__(self):
        super().__init__(3.0)
        self.__x = 9.0

    def get(self):
        return self.__x


class __:
    def get(self):
        self.__x = 8.0
        return self.__x


def test_methods_and_private_names():
    model = Model(3.0)
    assert_same(Model.predict, model, 2.0)
    assert_same(Model._Model__shift, model, 2.0)
    assert_same(Model.private_lambda, model, 2.0)
    assert_same(Model.Inner.apply, Model.Inner(), model, 2.0)
    assert_same(Model.weight.fget, model)
    assert_same(Model.of.__func__, Model, 2.0)
    assert_same(_Under.get, _Under())
    assert_same(__.get, __())
    assert "_Model__weight" in gast.dump(find(Model.predict).node)


def class_in_function(k):
    class Local:
        def __init__(self):
            self.__k = k

        def value(self, x):
            class Deeper:
                __z = 5.0

                def get(self):
                    return self.__z

            return self.__k * x + Deeper().get()

    return Local


def test_classes_in_functions():
    local = class_in_function(3.0)
    assert_same(local.value, local(), 2.0)


class Wide:
    def everything(self, __p):
        global __global
        __global = __p
        import math as __math
        from math import pi as __pi

        try:
            raise ValueError(__p)
        except ValueError as __error:
            __value = __error.args[0]
        match {"a": [__p, 2.0], "b": 3.0}:
            case {"a": [__first, *__others], **__rest}:
                __value += __first + len(__others) + __rest["b"]
        return dict(__p=__value + __math.e + __pi + sum(__v for __v in [__p]) + __global)


def test_every_place_of_a_private_name():
    assert_same(Wide.everything, Wide(), 2.0)


if sys.version_info >= (3, 11):

    def conditional(x):
        return x + 1

else:

    def conditional(x):
        return x + 2


def redefined(x):
    return x + 3


first_definition = redefined


def redefined(x):  # noqa: F811
    return x + 4


same = [lambda x: x + n for n in range(3)]


def test_conditional_and_repeated_definitions():
    assert_same(conditional, 1.0)
    assert_same(first_definition, 1.0)
    assert_same(redefined, 1.0)
    assert find(first_definition).line < find(redefined).line


def test_generators_and_coroutines_keep_their_kind():
    def counting(n):
        yield from range(n)

    async def later(x):
        return x

    assert list(rebuild(find(counting))(3)) == [0, 1, 2]
    assert isinstance(find(later).node, gast.AsyncFunctionDef)


# --- lambdas -----------------------------------------------------------------------------------

# fmt: off
pair = (lambda x: x + 1), (lambda x: x + 2)
constants = (lambda x: 1), (lambda x: 1.0), (lambda x: True), (lambda x: -0.0), (lambda x: 0.0)
twins = [lambda x: x * 3, lambda x: x * 3]
tower = lambda a: lambda b: lambda c: a + 10 * b + 100 * c
naïve = "é", lambda x: "ß", lambda x: "ö"
several = (
    lambda x,
    y=2.0: (x
            * y), lambda
    z: z)
after = lambda x: x; semicolon = lambda x: x - 1  # noqa: E702
def default(f=lambda x: x ** 2, *, g=lambda x: x ** 3): return f, g
# fmt: on


@pytest.mark.parametrize(
    "function",
    [*pair, *constants, *twins, tower, *naïve[1:], *several, after, semicolon, *default()],
)
def test_lambdas_that_share_lines(function):
    source = find(function)
    if function is tower:
        assert rebuild(source)(1)(2)(3) == 321
        return
    expected, found = function(2.0), rebuild(source)(2.0)
    assert (found, repr(found)) == (expected, repr(expected))
    assert source.text.startswith("lambda")


def test_lambdas_in_lambdas():
    assert find(tower(1)).text == "lambda b: lambda c: a + 10 * b + 100 * c"
    assert_same(tower(1)(2), 3)


def test_equal_lambdas_are_told_apart_by_column():
    columns = [find(twin).node.place.column for twin in twins]
    if sys.version_info >= (3, 12):  # before, Python itself made one code object of both
        assert columns == [9, 26]
    assert columns[0] == 9


def test_lambdas_in_calls_and_comprehensions():
    applied = list(map(lambda f: f, [lambda x: x + 1, lambda x: x + 2]))
    made = {name: (lambda x, k=k: x * k) for name, k in [("a", 2), ("b", 3)]}
    for function in (*applied, *made.values(), *[lambda x: x - k for k in range(2)], *same):
        assert_same(function, 4.0)


def test_a_lambda_becomes_a_function_of_one_return():
    source = find(pair[1])
    line = pair[1].__code__.co_firstlineno
    assert source.name == source.node.name == f"lambda_{line}"
    assert source.text == "lambda x: x + 2"
    (statement,) = source.node.body
    assert isinstance(statement, gast.Return)
    assert statement.place == statement.value.place
    text = "pair = (lambda x: x + 1), (lambda x: x + 2)"
    here = source.file
    assert source.node.place == Place(here, line, 27, line, 42, "<lambda>", text)
    assert statement.place == Place(here, line, 37, line, 42, "<lambda>", text)


# --- places ------------------------------------------------------------------------------------


def positioned(tree):
    return [node for node in gast.walk(tree) if isinstance(node, gast.stmt | gast.expr)]


def test_every_node_has_a_place():
    for function in (plain, kept, Wide.everything, class_in_function, tower, several[0]):
        nodes = positioned(find(function).node)
        assert nodes
        for node in nodes:
            place = node.place
            assert place.line == node.lineno and place.file == function.__code__.co_filename
            assert place.text == linecache.getline(place.file, place.line).rstrip("\n")


def test_display_names():
    names = {
        place.function for place in (n.place for n in positioned(find(class_in_function).node))
    }
    assert names == {
        "class_in_function",
        "class_in_function.Local",
        "class_in_function.Local.__init__",
        "class_in_function.Local.value",
        "class_in_function.Local.value.Deeper",
        "class_in_function.Local.value.Deeper.get",
    }
    local = class_in_function(1.0)
    assert find(local.value).node.place.function == "class_in_function.Local.value"
    assert find(make(1.0)[1]).node.place.function == "make.<lambda>"


def test_columns_count_characters():
    (value,) = find(naïve[1]).node.body
    assert value.place.text[value.place.column : value.place.end_column] == '"ß"'


def test_parse_places_a_module():
    module = parse("y = 'é', z\n\ndef f(a: int):\n    return [b\n  for b in a]\n", "m.py")
    z = module.body[0].value.elts[1]
    assert z.place == Place("m.py", 1, 9, 1, 10, "<module>", "y = 'é', z")
    made = module.body[1]
    assert (made.place.function, made.args.args[0].place.function) == ("<module>", "<module>")
    returned = made.body[0]
    assert returned.place == Place("m.py", 4, 4, 5, 13, "f", "    return [b")
    with pytest.raises(SyntaxError):
        parse("def f(:")


def test_form_feeds_and_line_ends_do_not_shift_lines():
    module = parse("a = 1\r\n\x0cb = 2\rc = '\x1c\u2028'\nd", "m.py")
    assert [s.place.line for s in module.body] == [1, 2, 3, 4]
    assert module.body[3].place.text == "d"


def test_each_tree_is_a_new_one():
    first = find(kept)
    first.node.body.clear()
    first.node.args.args[0].id = "changed"
    assert_same(kept, 3.0)


# --- where the text comes from -----------------------------------------------------------------

TEXT = "def f(x):\n    return x + {}\n\ndef g(x):\n    return x * {}\n"


def error_of(function):
    with pytest.raises(SourceNotFoundError) as caught:
        find(function)
    return caught.value


def test_exec_leaves_no_text():
    namespace = {}
    exec("\n\ndef f(x): return x + 1", namespace)
    assert str(error_of(namespace["f"])) == (
        "the source of `f` cannot be read\n"
        "\n"
        "  <string>:3, in f\n"
        "why: there is no text for `<string>`; code from `exec`, `eval` and `python -c` leaves "
        "none behind\n"
        "instead: define the function in a file, a notebook or a session of Python 3.13, "
        "or put the text into linecache.cache"
    )


def test_a_file_that_changed(tmp_path):
    path = tmp_path / "changed_module.py"
    module = load(path, TEXT.format(1, 2))
    path.write_text(TEXT.format(10, 2))
    assert_same(module.g, 3.0)
    assert str(error_of(module.f)) == (
        "the source of `f` does not belong to the running function\n"
        "\n"
        f"  {path}:1, in f\n"
        "why: the text does not compile to the function's byte code: it changed after it was "
        "imported, or something rewrote the function on import\n"
        "instead: import the file anew, or define the function where nothing rewrites it"
    )
    path.write_text("\n" + TEXT.format(1, 2))
    error_of(module.f)
    path.write_text("def f(x:\n")
    error_of(module.f)
    path.unlink()
    assert error_of(module.f).what == "the source of `f` cannot be read"


def test_a_text_read_before_the_change_still_counts(tmp_path):
    path = tmp_path / "remembered_module.py"
    module = load(path, TEXT.format(1, 2))
    assert_same(module.f, 3.0)
    path.write_text(TEXT.format(100, 2))
    assert_same(module.f, 3.0)
    again = load(path, TEXT.format(100, 2))
    assert_same(again.f, 3.0)


@pytest.mark.parametrize(
    ("old", "new"),
    [("1", "1.0"), ("1", "True"), ("0.0", "-0.0"), ("x", "y"), ("(1, 2)", "(1, 2.0)"), ("3", "4")],
)
def test_the_smallest_change_is_noticed(tmp_path, old, new):
    path = tmp_path / "small_module.py"
    text = "y = 0\ndef f(x):\n    return {}\n"
    module = load(path, text.format(old))
    path.write_text(text.format(new))
    error_of(module.f)


def test_a_change_in_an_inner_function_is_noticed(tmp_path):
    path = tmp_path / "inner_module.py"
    text = "def f(x):\n    return sorted(x, key=lambda a: a * {})\n"
    module = load(path, text.format(1))
    path.write_text(text.format(2))
    error_of(module.f)


@pytest.mark.parametrize(
    "data",
    [
        "# -*- coding: latin-1 -*-\nf = lambda x: 'é', lambda x: 'ü'".encode("latin-1"),
        b"\xef\xbb\xbff = lambda x: 1, lambda x: 2\r\n",
        b"\r\n\r\nf = (lambda x: 1,\r\n  lambda x: 2)",
        b"x = '''\x0c\n'''\n\x0cf = [(lambda x: 1),\tlambda x: 2]",
        b"if 1:\n\tf = [(lambda x: 1),\tlambda x: 2]",
        b"import numpy as np\nf = [lambda x: np.sin(x), lambda x: np.cos(x).item()]\n",
        b"f = [lambda x: np.sin(x), lambda x: np.cos(x).item()]\nimport numpy as np\n",
        b"from __future__ import annotations\ndef a(x: no_such) -> nor_this: return x\nf = a, a",
        b"f = []\nfor i in 1, 2:\n  try: 1/0\n  except: 0\n  finally: f.append(lambda x: x)",
        b"f = [lambda x: '\\d', lambda x: x is 3]",
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_files_of_every_form(tmp_path, data):
    module = load(tmp_path / "form_module.py", data)
    for function in module.f:
        assert_same(function, 2.0)


def test_looking_up_gives_no_warnings(tmp_path, recwarn):
    with contextlib.suppress(SyntaxError):
        module = load(tmp_path / "warning_module.py", "def f(x):\n    return x is 3 or '\\d'\n")
    recwarn.clear()
    assert_same(module.f, 3.0)
    assert [str(w.message) for w in recwarn if "<rebuilt>" not in str(w.filename)] == []


def test_zipped_module(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "zipped.zip", "w") as archive:
        archive.writestr("zipped_module.py", TEXT.format(1, 2))
    monkeypatch.syspath_prepend(tmp_path / "zipped.zip")
    module = importlib.import_module("zipped_module")
    assert_same(module.f, 3.0)
    del sys.modules["zipped_module"]


CELL = """\
import numpy as np
def f(x): return np.sin(x).item()
g = lambda x: np.cos(x).item(); h = lambda x: -g(x)
"""


@pytest.mark.parametrize(
    "name", ["<python-input-0>", "<ipython-input-1-abc>", "/tmp/ipykernel/1.py"]
)
def test_interactive_sessions(name, monkeypatch):
    """Sessions compile each statement of an input alone, and put its text into linecache."""
    entry = (len(CELL), None, CELL.splitlines(keepends=True), name)
    monkeypatch.setitem(linecache.cache, name, entry)
    namespace = {"__name__": "__main__"}
    for statement in ast.parse(CELL).body:
        exec(compile(ast.Interactive([statement]), name, "single"), namespace)
    for key in "fgh":
        if name.startswith("/"):  # IPython keeps its entries when linecache is checked
            monkeypatch.setattr(linecache, "checkcache", lambda filename=None: None)
        assert_same(namespace[key], 0.5)


def test_flags_of_an_earlier_input(monkeypatch):
    """`from __future__` in one input of a session holds in the next."""
    import __future__

    text, name = "def f(x: no_such): return x <> 2.0\n", "<future-input>"
    monkeypatch.setitem(linecache.cache, name, (len(text), None, [text], name))
    flags = __future__.annotations.compiler_flag | __future__.barry_as_FLUFL.compiler_flag
    namespace = {}
    exec(compile(text, name, "exec", flags, dont_inherit=True), namespace)
    assert_same(namespace["f"], 3.0)


def test_doctests():
    text = ">>> from srcxform.syntax.source import find\n>>> f = lambda x: x * 2\n"
    text += ">>> find(f).text\n'lambda x: x * 2'\n"
    test = doctest.DocTestParser().get_doctest(text, {}, "lookup", None, 0)
    results = doctest.DocTestRunner().run(test)
    assert (results.failed, results.attempted) == (0, 3)


# --- what alters byte code ---------------------------------------------------------------------


def asserting(x, y=2.0):
    import math

    assert x > 0, f"x is {x}"

    def check(z):
        assert isinstance(z, float) and z < 100 or z == 7, "too large"
        return z

    total = sum(map(lambda k: k * check(x), [1.0, 2.0]))
    assert math.isfinite(total) and (half := total / 2) > 0
    return check(total) + half + y


def test_asserts_that_pytest_rewrote():
    assert "@py_assert1" in asserting.__code__.co_varnames, "pytest did not rewrite this module"
    source = assert_same(asserting, 3.0)
    asserts = [node for node in gast.walk(source.node) if isinstance(node, gast.Assert)]
    assert len(asserts) == 3
    assert "@py" not in gast.dump(source.node)


def test_rewritten_but_changed():
    """pytest's rewriting must not make up for a text that differs."""
    here = asserting.__code__
    stranger = asserting.__code__.replace(co_firstlineno=here.co_firstlineno + 1)
    error_of(types.FunctionType(stranger, globals()))
    constants = tuple(100.0 if c == 2 else c for c in here.co_consts)
    assert constants != here.co_consts
    error_of(types.FunctionType(here.replace(co_consts=constants), globals()))


def loop(n):
    total = 0.0
    for i in range(n):
        total += i * 0.5
    return total


def test_a_function_that_ran_hot():
    loop(20_000)
    for _ in range(100):
        loop(3)
    assert_same(loop, 4)


def test_a_traced_function():
    before = sys.gettrace()
    try:
        sys.settrace(lambda frame, event, arg: before and before(frame, event, arg))
        loop(3)
        source = find(loop)
    finally:
        sys.settrace(before)
    assert source.name == "loop"
    assert_same(loop, 3)


def test_replaced_code_counts():
    function = types.FunctionType(loop.__code__, globals(), "another_name")
    function.__wrapped__ = plain
    assert assert_same(function, 3).name == "loop"


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-X", "no_debug_ranges"]])
def test_other_compilations(tmp_path, options):
    (tmp_path / "other_module.py").write_text(
        "import numpy as np\n"
        "def f(x):\n"
        "    'doc'\n"
        "    assert x\n"
        "    return np.sin(x)\n"
        "g = lambda x: f(x)\n"
        "a, b = (lambda x: 1), (lambda x: 2)\n"
    )
    script = (
        "import sys, other_module as m\n"
        "from srcxform.errors import SourceNotFoundError\n"
        "from srcxform.syntax.source import find\n"
        "for name in 'fgab':\n"
        "    try: print(len(find(getattr(m, name)).text), end=' ')\n"
        "    except SourceNotFoundError as error: print('refused', end=' ')\n"
    )
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    run = subprocess.run(
        [sys.executable, *options, "-c", script],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lambdas = "refused refused " if "-X" in options else "11 11 "
    assert run.stdout == "53 14 " + lambdas


# --- what has no source ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "name", "kind"),
    [
        (len, "len", "builtin_function_or_method"),
        (np.sin, "sin", "ufunc"),
        (Model, "Model", "type"),
        (functools.partial(len), "functools.partial(<built-in function len>)", "partial"),
        (Model(1.0).predict, "predict", "method"),
        (3.0, "3.0", "float"),
    ],
)
def test_not_a_python_function(value, name, kind):
    error = error_of(value)
    assert error.place is None
    assert str(error) == (
        f"`{name}` has no Python source\n"
        "\n"
        f"why: it is no Python function but an object of type `{kind}`\n"
        "instead: give it a derivative rule with sx.tangent and sx.adjoint"
    )


# --- the standard library ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["statistics", "fractions", "random", "colorsys", "heapq"])
def test_all_functions_of_a_module(name):
    module = importlib.import_module(name)
    owners = [module, *(v for v in vars(module).values() if isinstance(v, type))]
    functions = {
        value
        for owner in owners
        for value in vars(owner).values()
        if isinstance(value, types.FunctionType)
        and value.__module__ == name
        and value.__code__.co_filename == module.__file__
    }
    assert len(functions) >= 5
    for function in functions:
        source = find(function)
        assert source.name == function.__code__.co_name or source.name.startswith("lambda_")
        if not function.__code__.co_freevars:
            rebuilt = rebuild(source).__code__
            names = {*rebuilt.co_names, *rebuilt.co_freevars}  # it captures itself to recur
            assert names == set(function.__code__.co_names)
