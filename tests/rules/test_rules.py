"""Every rule against differences, and its adjoint against its tangent."""

import ast
import importlib.util
import inspect
import pathlib
import sys
import textwrap

import numpy as np
import pytest

import srcxform as sx
import srcxform.rules.scipy_arrays  # noqa: F401  (rules that wait for SciPy)
import srcxform.rules.scipy_special  # noqa: F401
from srcxform.kinds.joining import join
from srcxform.kinds.lattice import Array, Const, Number
from srcxform.kinds.values import kind_of
from srcxform.rules.methods import ATTRIBUTES
from srcxform.rules.registry import PREDICATES, RULES


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


HERE = pathlib.Path(__file__).parent
cases = load("rule_cases", HERE / "cases.py")
reference = load("rule_reference", HERE / "reference.py")
oracles = load("rule_oracles", HERE.parent / "oracles.py")

TABLE = dict(RULES)  # before other tests bring in further libraries
KEYS = (set, frozenset)  # flat where they hold keys, refused where they hold what varies
DIFFERENTIABLE = [
    case for case in cases.CASES if reference.made_of(case) is None and case.function not in KEYS
]
COMPOSITES = [case for case in cases.CASES if reference.made_of(case) is not None]


def precision(*values):
    """How exactly results can agree: float16 and float32 have their own."""
    dtypes = [np.asarray(leaf).dtype for value in values for leaf in oracles.leaves(value)]
    coarse = [d for d in dtypes if d in (np.dtype(np.float32), np.dtype(np.complex64))]
    coarsest = [d for d in dtypes if d == np.dtype(np.float16)]
    return 1e-2 if coarsest else 3e-5 if coarse else 2e-9


def flat(value):
    return oracles.to_vector(value)


def setting(case):
    """The call by names, and random tangents of what can be differentiated in it."""
    given = reference.bound(case.function, case.args, case.keywords)
    generator = np.random.default_rng(7)
    wrt = [
        name
        for name in RULES[case.function].wrt
        if name in given and reference.is_inexact(given[name])
    ]
    return given, {name: reference.random_tangent(generator, given[name]) for name in wrt}


HERMITIAN = (np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh)


def differences(function, given, dots):
    """The directional derivative by extrapolated central differences."""

    def along(step):
        moved = {name: reference.shifted(given[name], dot, step) for name, dot in dots.items()}
        mirrored = np.conj(np.swapaxes(given["a"], -1, -2)) if function in HERMITIAN else None
        if mirrored is not None and np.array_equal(given["a"], mirrored):  # stays Hermitian
            moved = {"a": 0.5 * (moved["a"] + np.conj(np.swapaxes(moved["a"], -1, -2)))}
        value = reference.call(function, given | moved)
        return sorted(value) if isinstance(value, KEYS) else value

    return oracles.richardson_jvp(along, (0.0,), (0,), (1.0,))


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_tangent_agrees_with_differences(case):
    given, dots = setting(case)
    assert dots
    for some in [dots] + ([{name: dot} for name, dot in dots.items()] if len(dots) > 1 else []):
        tangent = flat(reference.tangent_of(case.function, given, some))
        truth = differences(case.function, given, some)
        assert np.all(np.isfinite(truth))
        out = reference.call(case.function, given)
        assert oracles.close(tangent, truth, precision(out, given) * 10)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_adjoint_is_the_transpose_of_the_tangent(case):
    given, dots = setting(case)
    generator = np.random.default_rng(11)
    out = reference.call(case.function, given)
    out_bar = reference.random_tangent(generator, out)
    bars = reference.cotangents_of(case.function, given, dots, out_bar)
    tangent = reference.tangent_of(case.function, given, dots)
    left = reference.pairing(out_bar, tangent)
    right = sum(reference.pairing(bars[name], dot) for name, dot in dots.items())
    assert abs(left - right) <= precision(out, given) * max(1.0, abs(left))
    for name in dots:
        same_form(bars[name], given[name])


def same_form(bar, value):
    """A cotangent has the structure and the shape of its primal, and is real where that is."""
    if isinstance(value, (list, tuple)):
        assert type(bar) is type(value) and len(bar) == len(value)
        for part, other in zip(bar, value, strict=True):
            same_form(part, other)
    elif isinstance(value, dict):
        assert bar.keys() == value.keys()
        for key, other in value.items():
            same_form(bar[key], other)
    else:
        assert np.shape(bar) == np.shape(value)
        assert np.iscomplexobj(value) or not np.iscomplexobj(bar)


SINGLES = [
    case
    for case in DIFFERENTIABLE
    if any(isinstance(a, np.ndarray) for a in case.args)
    and all(np.asarray(a).dtype != np.float64 for a in case.args if isinstance(a, np.ndarray))
    and any(np.asarray(a).dtype == np.float32 for a in case.args if isinstance(a, np.ndarray))
    and case.function is not np.float_power  # always computes in double precision
]


@pytest.mark.parametrize("case", SINGLES, ids=str)
def test_single_precision_is_kept(case):
    given, dots = setting(case)
    out = reference.call(case.function, given)
    tangent = reference.tangent_of(case.function, given, dots)
    assert np.asarray(tangent).dtype == np.asarray(out).dtype == np.float32
    out_bar = reference.random_tangent(np.random.default_rng(3), out)
    for name, bar in reference.cotangents_of(case.function, given, dots, out_bar).items():
        if isinstance(given[name], np.ndarray) and name in dots:
            assert np.asarray(bar).dtype == np.float32, name


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_arguments_are_not_written_to(case):
    given, dots = setting(case)
    before = [array.tobytes() for array in arrays_in([given, dots])]
    out = reference.call(case.function, given)
    out_bar = reference.random_tangent(np.random.default_rng(5), out)
    reference.tangent_of(case.function, given, dots)
    reference.cotangents_of(case.function, given, dots, out_bar)
    assert [array.tobytes() for array in arrays_in([given, dots])] == before


def arrays_in(value):
    return [leaf for leaf in oracles.leaves(value) if isinstance(leaf, np.ndarray)]


@pytest.mark.parametrize("case", COMPOSITES, ids=str)
def test_composite_is_the_function(case):
    given = reference.bound(case.function, case.args, case.keywords)
    template = reference.made_of(case)
    parts = reference.fill(template, case.function, given, {"function": case.function})
    value = reference.call(case.function, given)
    assert oracles.close(parts, value, 1e-13)
    same_form(parts, value)
    assert not reference.unnamed(case.function, given, template)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=str)
def test_rule_names_every_argument_given(case):
    rule = RULES[case.function]
    given = reference.bound(case.function, case.args, case.keywords)
    if rule.actions:
        given = {name: given[name] for name in given if name in rule.wrt}
    if rule.linear:
        given = reference.settings(case.function, given)
    templates = [t for t in (rule.tangent, rule.adjoint, *rule.actions) if t]
    assert not reference.unnamed(case.function, given, *templates)


@pytest.mark.parametrize(
    "case", [case for case in cases.CASES if RULES[case.function].kind], ids=str
)
def test_kind_of_result_covers_the_result(case):
    given = reference.bound(case.function, case.args, case.keywords)
    literals = (type(None), str, bool, int, type)
    kinds = {
        name: Const(v) if isinstance(v, literals) else kind_of(v, name) for name, v in given.items()
    }
    kind = RULES[case.function].kind(**kinds)
    value = reference.call(case.function, given)
    assert covers(kind, value), (kind, value)


def covers(kind, value):
    actual = kind_of(value)
    match kind:
        case Array(cls=cls, dims=dims):
            if not isinstance(actual, Array) or join(Array(cls), Array(actual.cls)).cls != cls:
                return False
            return dims is None or (
                len(dims) == value.ndim
                and all(
                    n == m for n, m in zip(dims, value.shape, strict=True) if isinstance(n, int)
                )
            )
        case Number(cls=cls):
            return isinstance(actual, Number) and join(kind, actual).cls == cls
    return True


def test_every_rule_has_a_row():
    rows = {id(case.function) for case in cases.CASES}
    missing = [f for f, rule in TABLE.items() if not rule.constant and id(f) not in rows]
    assert not missing
    other = {id(case.function) for case in COMPOSITES}
    assert not [f for f, rule in TABLE.items() if rule.form and id(f) not in other]


FLAT = [case for case in cases.CASES if RULES[case.function].flat]


@pytest.mark.parametrize("case", FLAT, ids=str)
def test_flat_is_flat(case):
    given, dots = setting(case)
    kinds = {name: kind_of(value, name) for name, value in given.items()}
    if RULES[case.function].flat(**kinds):
        assert np.all(differences(case.function, given, dots) == 0.0)
    elif case.function in KEYS:
        assert np.all(differences(case.function, given, dots) != 0.0)


@pytest.mark.parametrize("collection", KEYS)
def test_a_collection_has_no_derivative_to_be_silent_about(collection):
    rule = RULES[collection]
    assert rule.wrt and not rule.constant and not rule.linear
    assert not (rule.tangent or rule.adjoint or rule.actions)


def templates():
    for function, rule in RULES.items():
        for template in (rule.tangent, rule.adjoint, rule.parts, rule.form, *rule.actions):
            if template is not None:
                yield function, template


def calls_of(template):
    """The functions that a template calls, and the attributes it reads of values."""
    tree = ast.parse(source_of(template))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "function":
            continue  # the one that the template stands for
        if isinstance(node, ast.Call):
            yield resolved(node.func, template)
        elif isinstance(node, ast.Attribute) and not resolved(node, template):
            yield ATTRIBUTES[node.attr]


def source_of(template):
    """The source of a template without its decorators; of a lambda, without what is around it."""
    if template.__name__ != "<lambda>":
        tree = ast.parse(textwrap.dedent(inspect.getsource(template)))
        return "\n".join(ast.unparse(statement) for statement in tree.body[0].body)
    lines = pathlib.Path(inspect.getsourcefile(template)).read_text()
    ends = [(line, end) for _, line, _, end in template.__code__.co_positions() if end]
    for node in ast.walk(ast.parse(lines)):
        if isinstance(node, ast.Lambda) and node.lineno == template.__code__.co_firstlineno:
            if (node.body.end_lineno, node.body.end_col_offset) == max(ends):
                return ast.unparse(node)
    raise AssertionError(template)


def resolved(node, template):
    match node:
        case ast.Name(id=name):
            return template.__globals__.get(name, __builtins__.get(name))
        case ast.Attribute(value=value, attr=attribute):
            owner = resolved(value, template)
            return getattr(owner, attribute) if inspect.ismodule(owner) else None
    return None


READ = {
    tuple,
    reversed,
    enumerate,
}  # by the compiler, without a rule: the next test differentiates them


def selected(x):
    return np.sum(np.select([x > 1.0, x > 0.0], [x**3, np.sin(x)], -(x**3)))


def spread_out(x):
    rows, columns = np.broadcast_arrays(x, x[:, None] ** 2)
    return np.sum(rows * np.sin(columns))


def slope_of_selected(x):
    return np.sum(sx.grad(selected)(x) * np.array([1.0, 2.0, 3.0]))


def by_position(signature):
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in signature.parameters.values() if p.kind in kinds]


@pytest.mark.parametrize("function", [f for f, rule in RULES.items() if rule.parts is not None])
def test_composites_take_positions_as_their_functions_do(function):
    """Nothing that is given by position may land in another parameter."""
    rule = RULES[function]
    taken = by_position(inspect.signature(rule.parts))
    assert by_position(rule.signature)[: len(taken)] == taken


@pytest.mark.parametrize("function", [selected, spread_out, slope_of_selected])
def test_what_composites_call_is_read(function):
    x, dot = np.array([1.5, 0.5, -0.5]), np.array([0.3, -0.7, 1.1])
    truth = oracles.richardson_jvp(function, (x,), (0,), (dot,))
    assert oracles.close(sx.grad(function)(x) @ dot, truth, 1e-9)
    assert oracles.close(sx.jvp(function)((x,), (dot,))[1], truth, 1e-9)


def test_rules_are_closed_under_differentiation():
    """Whatever a template calls has a rule, is a predicate or a template, or is read itself."""
    open_calls = set()
    seen = set()
    todo = [template for _, template in templates()]
    while todo:
        template = todo.pop()
        if template in seen:
            continue
        seen.add(template)
        for called in calls_of(template):
            if called in RULES or called in PREDICATES or called in READ:
                continue
            if getattr(called, "__module__", "").startswith("srcxform.rules."):
                todo.append(called)
            else:
                open_calls.add((template.__qualname__, str(called)))
    assert not open_calls
