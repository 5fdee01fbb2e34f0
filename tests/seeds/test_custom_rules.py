"""Every program of the chapters on custom derivative rules in JAX's tutorial "Advanced automatic
differentiation", with the numbers and the lines that are printed there."""

import os
import subprocess
import sys
from collections import namedtuple
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import srcxform
from srcxform import custom_jvp, custom_vjp, grad, jvp, vjp, vmap

SINGLE = 2e-7  # the numbers there are of single precision


def close(value, printed):
    np.testing.assert_allclose(value, printed, rtol=3 * SINGLE)


def test_forward_rule():
    @custom_jvp
    def f(x, y):
        return np.sin(x) * y

    @f.defjvp
    def f_jvp(primals, tangents):
        x, y = primals
        x_dot, y_dot = tangents
        primal_out = f(x, y)
        tangent_out = np.cos(x) * x_dot * y + np.sin(x) * y_dot
        return primal_out, tangent_out

    close(f(2.0, 3.0), 2.7278922)
    y, y_dot = jvp(f, (2.0, 3.0), (1.0, 0.0))
    close(y, 2.7278922)
    close(y_dot, -1.2484405)
    close(grad(f)(2.0, 3.0), -1.2484405)


def test_forward_rules_for_each_argument():
    @custom_jvp
    def f(x, y):
        return np.sin(x) * y

    f.defjvps(
        lambda x_dot, primal_out, x, y: np.cos(x) * x_dot * y,
        lambda y_dot, primal_out, x, y: np.sin(x) * y_dot,
    )
    close(f(2.0, 3.0), 2.7278922)
    y, y_dot = jvp(f, (2.0, 3.0), (1.0, 0.0))
    close(y, 2.7278922)
    close(y_dot, -1.2484405)
    close(grad(f)(2.0, 3.0), -1.2484405)


def test_reverse_rule():
    @custom_vjp
    def f(x, y):
        return np.sin(x) * y

    def f_fwd(x, y):
        return f(x, y), (np.cos(x), np.sin(x), y)

    def f_bwd(res, g):
        cos_x, sin_x, y = res
        return (cos_x * g * y, sin_x * g)

    f.defvjp(f_fwd, f_bwd)
    close(grad(f)(2.0, 3.0), -1.2484405)


def test_stability_without_rule():
    def log1pexp(x):
        return np.log(1.0 + np.exp(x))

    close(log1pexp(3.0), 3.0485873)
    close(grad(log1pexp)(3.0), 0.95257413)
    close(vmap(grad(log1pexp))(np.arange(3.0)), [0.5, 0.7310586, 0.8807971])
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(grad(log1pexp)(1000.0))  # 100 there, where exp(100) is infinite


def test_stability():
    @custom_jvp
    def log1pexp(x):
        return np.log(1.0 + np.exp(x))

    @log1pexp.defjvp
    def log1pexp_jvp(primals, tangents):
        (x,) = primals
        (x_dot,) = tangents
        ans = log1pexp(x)
        ans_dot = (1 - 1 / (1 + np.exp(x))) * x_dot
        return ans, ans_dot

    close(grad(log1pexp)(100.0), 1.0)
    close(log1pexp(3.0), 3.0485873)
    close(grad(log1pexp)(3.0), 0.95257413)
    close(vmap(grad(log1pexp))(np.arange(3.0)), [0.5, 0.7310586, 0.8807971])


def test_stability_for_each_argument():
    @custom_jvp
    def log1pexp(x):
        return np.log(1.0 + np.exp(x))

    log1pexp.defjvps(lambda t, ans, x: (1 - 1 / (1 + np.exp(x))) * t)
    close(grad(log1pexp)(100.0), 1.0)
    close(log1pexp(3.0), 3.0485873)
    close(grad(log1pexp)(3.0), 0.95257413)
    close(vmap(grad(log1pexp))(np.arange(3.0)), [0.5, 0.7310586, 0.8807971])


def test_convention_without_rule():
    def f(x):
        return x / (1 + np.sqrt(x))

    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(grad(f)(0.0))


def test_convention():
    @custom_jvp
    def f(x):
        return x / (1 + np.sqrt(x))

    @f.defjvp
    def f_jvp(primals, tangents):
        (x,) = primals
        (x_dot,) = tangents
        ans = f(x)
        ans_dot = ((np.sqrt(x) + 2) / (2 * (np.sqrt(x) + 1) ** 2)) * x_dot
        return ans, ans_dot

    assert grad(f)(0.0) == 1.0


def test_convention_for_each_argument():
    @custom_jvp
    def f(x):
        return x / (1 + np.sqrt(x))

    f.defjvps(lambda t, ans, x: ((np.sqrt(x) + 2) / (2 * (np.sqrt(x) + 1) ** 2)) * t)
    assert grad(f)(0.0) == 1.0


def test_gradient_clipping():
    @custom_vjp
    def clip_gradient(lo, hi, x):
        return x

    def clip_gradient_fwd(lo, hi, x):
        return x, (lo, hi)

    def clip_gradient_bwd(res, g):
        lo, hi = res
        return (None, None, np.clip(g, lo, hi))

    clip_gradient.defvjp(clip_gradient_fwd, clip_gradient_bwd)

    def clip_sin(x):
        x = clip_gradient(-0.75, 0.75, x)
        return np.sin(x)

    t = np.linspace(0, 10, 100)
    np.testing.assert_array_equal(clip_sin(t), np.sin(t))
    close(vmap(grad(np.sin))(t), np.cos(t))
    close(vmap(grad(clip_sin))(t), np.clip(np.cos(t), -0.75, 0.75))


def fixed_point_of(f, a, x_guess):
    """What the tutorial writes with `while_loop`."""
    x_prev, x = x_guess, f(a, x_guess)
    while np.abs(x_prev - x) > 1e-6:
        x_prev, x = x, f(a, x)
    return x


def test_fixed_point():
    @partial(custom_vjp, nondiff_argnums=(0,))
    def fixed_point(f, a, x_guess):
        return fixed_point_of(f, a, x_guess)

    def fixed_point_fwd(f, a, x_init):
        x_star = fixed_point(f, a, x_init)
        return x_star, (a, x_star)

    def fixed_point_rev(f, res, x_star_bar):
        a, x_star = res
        _, vjp_a = vjp(lambda a: f(a, x_star), a)
        (a_bar,) = vjp_a(fixed_point(partial(rev_iter, f), (a, x_star, x_star_bar), x_star_bar))
        return a_bar, np.zeros_like(x_star)

    def rev_iter(f, packed, u):
        a, x_star, x_star_bar = packed
        _, vjp_x = vjp(lambda x: f(a, x), x_star)
        return x_star_bar + vjp_x(u)[0]

    fixed_point.defvjp(fixed_point_fwd, fixed_point_rev)

    def newton_sqrt(a):
        update = lambda a, x: 0.5 * (x + a / x)  # noqa: E731
        return fixed_point(update, a, a)

    close(newton_sqrt(2.0), 1.4142135)
    close(vmap(newton_sqrt)(np.array([1.0, 2.0, 3.0, 4.0])), [1.0, 1.4142135, 1.7320509, 2.0])
    close(grad(newton_sqrt)(2.0), 0.35355338)
    close(grad(grad(newton_sqrt))(2.0), -0.088388346)
    close(grad(np.sqrt)(2.0), 0.35355338)
    close(grad(grad(np.sqrt))(2.0), -0.08838835)


def test_basic_forward_rule():
    @custom_jvp
    def f(x):
        return np.sin(x)

    def f_jvp(primals, tangents):
        (x,) = primals
        (t,) = tangents
        return f(x), np.cos(x) * t

    assert f.defjvp(f_jvp) is f_jvp
    close(f(3.0), 0.14112)
    y, y_dot = jvp(f, (3.0,), (1.0,))
    close(y, 0.14112)
    close(y_dot, -0.9899925)
    close(grad(f)(3.0), -0.9899925)
    close(grad(grad(f))(3.0), -0.14112)


def test_several_arguments():
    @custom_jvp
    def f(x, y):
        return x**2 * y

    @f.defjvp
    def f_jvp(primals, tangents):
        x, y = primals
        x_dot, y_dot = tangents
        primal_out = f(x, y)
        tangent_out = 2 * x * y * x_dot + x**2 * y_dot
        return primal_out, tangent_out

    assert grad(f)(2.0, 3.0) == 12.0


def test_rules_for_each_argument():
    @custom_jvp
    def f(x):
        return np.sin(x)

    f.defjvps(lambda t, ans, x: np.cos(x) * t)
    close(grad(f)(3.0), -0.9899925)


def test_rules_for_each_of_several_arguments():
    @custom_jvp
    def f(x, y):
        return x**2 * y

    f.defjvps(
        lambda x_dot, primal_out, x, y: 2 * x * y * x_dot,
        lambda y_dot, primal_out, x, y: x**2 * y_dot,
    )
    assert grad(f)(2.0, 3.0) == 12.0
    assert grad(f, 0)(2.0, 3.0) == 12.0
    assert grad(f, 1)(2.0, 3.0) == 4.0


def test_none_for_a_zero_rule():
    @custom_jvp
    def f(x, y):
        return x**2 * y

    f.defjvps(lambda x_dot, primal_out, x, y: 2 * x * y * x_dot, None)
    assert grad(f)(2.0, 3.0) == 12.0
    assert grad(f, 0)(2.0, 3.0) == 12.0
    assert grad(f, 1)(2.0, 3.0) == 0.0


def test_when_a_forward_rule_is_called(capsys):
    @custom_jvp
    def f(x):
        print("called f!")
        return np.sin(x)

    @f.defjvp
    def f_jvp(primals, tangents):
        print("called f_jvp!")
        (x,) = primals
        (t,) = tangents
        return f(x), np.cos(x) * t

    def printed():
        return capsys.readouterr().out.split("\n")[:-1]

    close(f(3.0), 0.14112)
    assert printed() == ["called f!"]
    close(vmap(f)(np.arange(3.0)), [0.0, 0.84147096, 0.9092974])
    assert printed() == ["called f!"]
    close(vmap(grad(f))(np.arange(3.0)), np.cos(np.arange(3.0)))
    assert printed() == ["called f_jvp!", "called f!"]
    close(jvp(f, (3.0,), (1.0,))[1], -0.9899925)
    assert printed() == ["called f_jvp!", "called f!"]
    close(grad(f)(3.0), -0.9899925)
    assert printed() == ["called f_jvp!", "called f!"]
    close(grad(grad(f))(3.0), -0.14112)
    assert printed() == ["called f_jvp!", "called f_jvp!", "called f!"]


def test_control_flow_in_a_rule():
    @custom_jvp
    def f(x):
        if x > 0:
            return np.sin(x)
        else:
            return np.cos(x)

    @f.defjvp
    def f_jvp(primals, tangents):
        (x,) = primals
        (x_dot,) = tangents
        ans = f(x)
        if x > 0:
            return ans, 2 * x_dot
        else:
            return ans, 3 * x_dot

    assert grad(f)(1.0) == 2.0
    assert grad(f)(-1.0) == 3.0


def test_basic_reverse_rule():
    @custom_vjp
    def f(x):
        return np.sin(x)

    def f_fwd(x):
        return f(x), np.cos(x)

    def f_bwd(cos_x, y_bar):
        return (cos_x * y_bar,)

    f.defvjp(f_fwd, f_bwd)
    close(f(3.0), 0.14112)
    close(grad(f)(3.0), -0.9899925)


def test_when_a_reverse_rule_is_called(capsys):
    @custom_vjp
    def f(x):
        print("called f!")
        return np.sin(x)

    def f_fwd(x):
        print("called f_fwd!")
        return f(x), np.cos(x)

    def f_bwd(cos_x, y_bar):
        print("called f_bwd!")
        return (cos_x * y_bar,)

    f.defvjp(f_fwd, f_bwd)

    def printed():
        return capsys.readouterr().out.split("\n")[:-1]

    close(f(3.0), 0.14112)
    assert printed() == ["called f!"]
    close(grad(f)(3.0), -0.9899925)
    assert printed() == ["called f_fwd!", "called f!", "called f_bwd!"]
    y, f_vjp = vjp(f, 3.0)
    close(y, 0.14112)
    assert printed() == ["called f_fwd!", "called f!"]
    close(f_vjp(1.0), (-0.9899925,))
    assert printed() == ["called f_bwd!"]


def test_forward_mode_of_a_reverse_rule():
    @custom_vjp
    def f(x):
        return np.sin(x)

    def f_fwd(x):
        return f(x), np.cos(x)

    def f_bwd(cos_x, y_bar):
        return (cos_x * y_bar,)

    f.defvjp(f_fwd, f_bwd)
    with pytest.raises(TypeError, match="custom_vjp"):
        jvp(f, (3.0,), (1.0,))


def test_debugger_in_a_reverse_rule(monkeypatch):
    import pdb

    seen = []

    @custom_vjp
    def debug(x):
        return x

    def debug_fwd(x):
        return x, x

    def debug_bwd(x, g):
        pdb.set_trace()
        return (g,)

    debug.defvjp(debug_fwd, debug_bwd)

    def foo(x):
        y = x**2
        y = debug(y)
        return np.sin(y)

    import sys

    def set_trace():
        frame = sys._getframe(1)
        seen.append((frame.f_code.co_name, frame.f_locals["x"], frame.f_locals["g"]))

    monkeypatch.setattr(pdb, "set_trace", set_trace)
    close(grad(foo)(3.0), 6 * np.cos(9.0))
    ((name, x, g),) = seen
    assert name == "debug_bwd"
    close((x, g), (9.0, -0.91113025))


SESSION = """
import numpy as np
from srcxform import custom_vjp, grad


@custom_vjp
def debug(x):
    return x


def debug_fwd(x):
    return x, x


def debug_bwd(x, g):
    import pdb; pdb.set_trace()
    return g


debug.defvjp(debug_fwd, debug_bwd)


def foo(x):
    y = x**2
    y = debug(y)
    return np.sin(y)


grad(foo)(3.0)
"""


def test_session_in_a_reverse_rule(tmp_path):
    """What is typed there, and what is printed: in a process without the debugger of pytest."""
    script = tmp_path / "session.py"
    script.write_text(SESSION)
    folders = os.pathsep.join([str(Path(srcxform.__file__).parents[1]), *sys.path])
    done = subprocess.run(
        [sys.executable, str(script)],
        input="p x\np float(g)\nq\n",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": folders},
        timeout=60,
    )
    where, line, x, g, *_ = done.stdout.splitlines()
    assert where.startswith(f"> {script}(") and where.endswith(")debug_bwd()")
    assert line in ("-> return g", "-> import pdb; pdb.set_trace()")  # which depends on Python
    assert x == "(Pdb) 9.0"
    assert float(g.removeprefix("(Pdb) ")) == pytest.approx(-0.91113025, rel=2e-7)
    assert "bdb.BdbQuit" in done.stderr


Point = namedtuple("Point", ["x", "y"])


def test_containers_in_a_forward_rule():
    @custom_jvp
    def f(pt):
        x, y = pt.x, pt.y
        return {"a": x**2, "b": (np.sin(x), np.cos(y))}

    @f.defjvp
    def f_jvp(primals, tangents):
        (pt,) = primals
        (pt_dot,) = tangents
        ans = f(pt)
        ans_dot = {
            "a": 2 * pt.x * pt_dot.x,
            "b": (np.cos(pt.x) * pt_dot.x, -np.sin(pt.y) * pt_dot.y),
        }
        return ans, ans_dot

    def fun(pt):
        dct = f(pt)
        return dct["a"] + dct["b"][0]

    pt = Point(1.0, 2.0)
    found = f(pt)
    assert found["a"] == 1.0
    close(found["b"], (0.84147096, -0.41614684))
    gradient = grad(fun)(pt)
    assert type(gradient) is Point
    close(gradient, (2.5403023, 0.0))


def test_containers_in_a_reverse_rule():
    @custom_vjp
    def f(pt):
        x, y = pt.x, pt.y
        return {"a": x**2, "b": (np.sin(x), np.cos(y))}

    def f_fwd(pt):
        return f(pt), pt

    def f_bwd(pt, g):
        a_bar, (b0_bar, b1_bar) = g["a"], g["b"]
        x_bar = 2 * pt.x * a_bar + np.cos(pt.x) * b0_bar
        y_bar = -np.sin(pt.y) * b1_bar
        return (Point(x_bar, y_bar),)

    f.defvjp(f_fwd, f_bwd)

    def fun(pt):
        dct = f(pt)
        return dct["a"] + dct["b"][0]

    pt = Point(1.0, 2.0)
    found = f(pt)
    assert found["a"] == 1.0
    close(found["b"], (0.84147096, -0.41614684))
    gradient = grad(fun)(pt)
    assert type(gradient) is Point
    close(gradient, (2.5403023, -0.0))


def test_functions_in_a_forward_rule():
    @partial(custom_jvp, nondiff_argnums=(0,))
    def app(f, x):
        return f(x)

    @app.defjvp
    def app_jvp(f, primals, tangents):
        (x,) = primals
        (x_dot,) = tangents
        return f(x), 2.0 * x_dot

    assert app(lambda x: x**3, 3.0) == 27.0
    assert grad(app, 1)(lambda x: x**3, 3.0) == 2.0


def test_functions_come_first_in_a_rule():
    @partial(custom_jvp, nondiff_argnums=(0, 2))
    def app2(f, x, g):
        return f(g((x)))

    @app2.defjvp
    def app2_jvp(f, g, primals, tangents):
        (x,) = primals
        (x_dot,) = tangents
        return f(g(x)), 3.0 * x_dot

    assert app2(lambda x: x**3, 3.0, lambda y: 5 * y) == 3375.0
    assert grad(app2, 1)(lambda x: x**3, 3.0, lambda y: 5 * y) == 3.0


def test_functions_in_a_reverse_rule():
    @partial(custom_vjp, nondiff_argnums=(0,))
    def app(f, x):
        return f(x)

    def app_fwd(f, x):
        return f(x), x

    def app_bwd(f, x, g):
        return (5 * g,)

    app.defvjp(app_fwd, app_bwd)
    assert app(lambda x: x**2, 4.0) == 16.0
    assert grad(app, 1)(lambda x: x**2, 4.0) == 5.0
