"""A refusal names the calls of the user's that led there, whatever way the function is reached.

Each function below ends in `packed`, in which nothing can be differentiated. `calls` says the
functions that the message has to list, outermost first.
"""

import linecache
import pickle
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lp2lp

import srcxform as sx

HERE = Path(__file__)
OURS = str(Path(sx.__file__).parent)


def packed(x):
    return struct.unpack("d", struct.pack("d", x))[0]


def between(x):
    y = x * x
    return packed(y) + 1.0


def by_a_call(x):
    return between(x) * 2.0


class Layer:
    """Calls further functions in a method, a property and an operator."""

    def __init__(self, x):
        self.x = x

    def forward(self, t):
        return between(self.x * t)

    @property
    def value(self):
        return between(self.x)

    def __add__(self, other):
        return between(self.x + other)


def by_a_method(x):
    return Layer(x).forward(2.0)


def by_a_property(x):
    return Layer(x).value


def by_an_operator(x):
    return Layer(x) + 1.0


def by_a_closure(x):
    def inner(t):
        return between(t * x)

    return inner(2.0)


def by_a_lambda(x):
    scaled = lambda t: between(t * x)  # noqa: E731
    return scaled(2.0)


def by_a_comprehension(x):
    return sum([between(x * k) for k in range(3)])


def drawn(x):
    for k in range(2):
        yield between(x + k)


def by_a_generator(x):
    total = 0.0
    for value in drawn(x):
        total += value
    return total


def by_an_inner_gradient(x):
    return sx.grad(between)(x) * x


def by_an_inner_tangent(x):
    return sx.jvp(between, (x,), (1.0,))[1]


def by_map(x):
    return sum(map(between, [x, 2.0 * x]))


def halved(x, depth):
    if depth == 0:
        return packed(x)
    return halved(0.5 * x, depth - 1)


def by_a_recursion(x):
    return halved(x, 3)


@sx.custom_jvp
def ruled(x):
    return x * x


@ruled.defjvp
def ruled_jvp(primals, tangents):
    return ruled(primals[0]), packed(primals[0]) * tangents[0]


def by_a_rule(x):
    return 3.0 * ruled(x)


@sx.custom_vjp
def pulled(x):
    return x * x


def pulled_fwd(x):
    return x * x, sx.grad(between)(x)


def pulled_bwd(slope, bar):
    return (slope * bar,)


pulled.defvjp(pulled_fwd, pulled_bwd)


def by_a_reverse_rule(x):
    return 3.0 * pulled(x)


def views(x):
    a = np.zeros((2, 3)).T
    b = a.reshape(6)
    b[0] = x
    return np.sum(a)


def by_a_write(x):
    return views(x) * x


ENDS = ("between", "packed")
WAYS = [
    (by_a_call, ENDS),
    (by_a_method, ("Layer.forward", *ENDS)),
    (by_a_property, ("Layer.value", *ENDS)),
    (by_an_operator, ("Layer.__add__", *ENDS)),
    (by_a_closure, ("by_a_closure.inner", *ENDS)),
    (by_a_lambda, ("by_a_lambda.<lambda>", *ENDS)),
    (by_a_comprehension, ENDS),
    (by_a_generator, ("drawn", *ENDS)),
    (by_an_inner_gradient, ENDS),
    (by_an_inner_tangent, ENDS),
    (by_map, ENDS),
    (by_a_recursion, ("halved", "halved", "halved", "halved", "packed")),
]
ways = pytest.mark.parametrize(
    ("function", "calls"), WAYS, ids=lambda one: getattr(one, "__name__", "calls")
)
TRANSFORMS = {
    "grad": lambda f: sx.grad(f)(0.7),
    "jvp": lambda f: sx.jvp(f, (0.7,), (1.0,)),
    "vjp": lambda f: sx.vjp(f, 0.7),
    "grad of grad": lambda f: sx.grad(sx.grad(f))(0.7),
    "hessian": lambda f: sx.hessian(f)(0.7),
}


def told(call, *args):
    """Give the error that a call raises, checked for what holds of every one."""
    with pytest.raises(sx.errors.SrcxformError) as caught:
        call(*args)
    error = caught.value
    places = [*error.frames, error.place]
    assert isinstance(error.frames, tuple)
    for place in places:
        assert not place.file.startswith(OURS)
        assert linecache.getline(place.file, place.line).rstrip("\n") == place.text
    shown = [line for line in str(error).splitlines() if line.startswith("  ") and ", in " in line]
    assert shown == [f"  {p.file}:{p.line}, in {p.function}" for p in places]
    underlined = [line for line in str(error).splitlines() if line.strip(" |").startswith("^")]
    assert len(underlined) == 1
    return error


@ways
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_the_calls_that_led_there(function, calls, transform) -> None:
    error = told(TRANSFORMS[transform], function)
    names = [place.function for place in (*error.frames, error.place)]
    if function is by_a_recursion and transform == "hessian":
        # The first derivative is a recursion of its own: its calls stand where the user's do.
        assert names[0] == "by_a_recursion" and names[-1] == "packed"
        assert set(names) <= {"by_a_recursion", *calls}
        return
    assert names == [function.__name__, *calls]


def test_of_a_batch() -> None:
    error = told(sx.vmap(by_an_inner_gradient), np.ones(3))
    assert [place.function for place in error.frames] == ["by_an_inner_gradient", "between"]


def test_of_a_rule_that_is_differentiated() -> None:
    assert sx.grad(by_a_rule)(0.5) == 1.5
    for transform in ("grad of grad", "hessian"):
        error = told(TRANSFORMS[transform], by_a_rule)
        assert [place.function for place in error.frames] == ["by_a_rule", "ruled_jvp"]


def test_of_a_rule_that_differentiates() -> None:
    """A reverse rule runs as the function it is; what it calls is told with its own line."""
    error = told(sx.grad(by_a_reverse_rule), 0.5)
    assert [place.function for place in error.frames] == [
        "by_a_reverse_rule", "pulled_fwd", "between",
    ]  # fmt: skip


def test_of_a_write_found_while_the_program_runs() -> None:
    for transform in ("grad", "grad of grad"):
        error = told(TRANSFORMS[transform], by_a_write)
        assert isinstance(error, sx.errors.MutationError)
        assert [place.function for place in error.frames] == ["by_a_write"]
        assert error.place.function == "views"


def test_columns_tell_calls_of_one_line_apart() -> None:
    def twice(x):
        return np.sin(x) + between(x)

    (call, _) = told(sx.grad(twice), 0.7).frames
    assert call.text[call.column : call.end_column] == "between(x)"


def test_of_a_library_function() -> None:
    """What is refused inside SciPy is told with the user's call; NumPy does without."""

    def low_pass(x):
        numerator, denominator = lp2lp(np.array([x * x, 1.0]), np.array([1.0, x]), 2.0)
        return numerator[1] * denominator[1]

    def written_out(x):
        factors = 2.0 ** np.array([1.0, 0.0])
        numerator, denominator = np.array([x * x, 1.0]), np.array([1.0, x])
        return (numerator * 2.0 / factors)[1] * (denominator * 2.0 / factors)[1]

    error = told(sx.grad(low_pass), 0.7)
    assert isinstance(error, sx.errors.NoDerivativeError)
    assert error.frames[0].function.endswith("low_pass") and "scipy" in error.place.file
    slope = (low_pass(0.7 + 1e-6) - low_pass(0.7 - 1e-6)) / 2e-6
    assert np.isclose(sx.grad(written_out)(0.7), slope, rtol=1e-8)


def test_frames_are_pickled() -> None:
    error = told(sx.grad(by_a_method), 0.7)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.frames == error.frames


def test_the_same_from_the_cache(tmp_path: Path) -> None:
    """A process that finds the modules on disk tells the same."""
    program = "import test_frames as t; print(t.told(t.sx.grad(t.by_a_recursion), 0.7))"
    texts = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=HERE.parent,
            env={
                "PATH": "", "PYTHONPATH": f"{Path(OURS).parent}:{HERE.parent}",
                "SRCXFORM_CACHE_DIR": str(tmp_path),
            },
            capture_output=True, text=True, check=True, timeout=120,
        ).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert texts[0] == texts[1]
    assert texts[0].count(", in halved") == 4 and ", in by_a_recursion" in texts[0]
