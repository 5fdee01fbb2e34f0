"""Every program of JAX's tutorial "Advanced automatic differentiation" that it compiles, with the
numbers that are printed there."""

import numpy as np

from srcxform import custom_jvp, grad, jit, stop_gradient, vjp, vmap

SINGLE = 2e-7  # the numbers there are of single precision


def close(value, printed):
    np.testing.assert_allclose(value, printed, rtol=3 * SINGLE)


def test_gradients_of_each_example():
    def value_fn(theta, state):
        return np.dot(theta, state)

    def td_loss(theta, s_tm1, r_t, s_t):
        v_tm1 = value_fn(theta, s_tm1)
        target = r_t + value_fn(theta, s_t)
        return -0.5 * ((stop_gradient(target) - v_tm1) ** 2)

    theta = np.array([0.1, -0.1, 0.0])
    s_tm1, r_t, s_t = np.array([1.0, 2.0, -1.0]), np.array(1.0), np.array([2.0, 1.0, 0.0])
    batches = [np.stack([one, one]) for one in (s_tm1, r_t, s_t)]
    perex_grads = jit(vmap(grad(td_loss), in_axes=(None, 0, 0, 0)))
    close(perex_grads(theta, *batches), [[1.2, 2.4, -1.2]] * 2)
    dtdloss_dtheta = grad(td_loss)
    inefficient_perex_grads = vmap(dtdloss_dtheta, in_axes=(None, 0, 0, 0))
    perex_grads = jit(inefficient_perex_grads)
    close(perex_grads(theta, *batches), [[1.2, 2.4, -1.2]] * 2)


def test_pullback_of_dynamic_python():
    def f(x):
        try:
            if x < 3:
                return 2 * x**3
            else:
                raise ValueError
        except ValueError:
            return np.pi * x

    y, f_vjp = vjp(f, 4.0)
    (bar,) = jit(f_vjp)(1.0)
    close(y, 4 * np.pi)
    close(bar, 3.1415927)


def check_log1pexp(log1pexp):
    close(jit(log1pexp)(3.0), 3.0485873)
    close(jit(grad(log1pexp))(3.0), 0.95257413)
    close(vmap(jit(grad(log1pexp)))(np.arange(3.0)), [0.5, 0.7310586, 0.8807971])


def test_log1pexp():
    def log1pexp(x):
        return np.log(1.0 + np.exp(x))

    check_log1pexp(log1pexp)


def test_log1pexp_with_its_rule():
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

    check_log1pexp(log1pexp)


def test_log1pexp_with_a_rule_for_its_argument():
    @custom_jvp
    def log1pexp(x):
        return np.log(1.0 + np.exp(x))

    log1pexp.defjvps(lambda t, ans, x: (1 - 1 / (1 + np.exp(x))) * t)
    check_log1pexp(log1pexp)


def test_fixed_point():
    def while_loop(cond_fun, body_fun, init_val):
        val = init_val
        while cond_fun(val):
            val = body_fun(val)
        return val

    def fixed_point(f, a, x_guess):
        def cond_fun(carry):
            x_prev, x = carry
            return np.abs(x_prev - x) > 1e-6

        def body_fun(carry):
            _, x = carry
            return x, f(a, x)

        _, x_star = while_loop(cond_fun, body_fun, (x_guess, f(a, x_guess)))
        return x_star

    def newton_sqrt(a):
        update = lambda a, x: 0.5 * (x + a / x)
        return fixed_point(update, a, a)

    numbers = np.array([1.0, 2.0, 3.0, 4.0])
    close(jit(vmap(newton_sqrt))(numbers), [1.0, 1.4142135, 1.7320509, 2.0])


def test_only_the_function_runs(capsys):
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

    np.testing.assert_allclose(jit(f)(3.0), 0.14112, atol=5e-6)
    assert capsys.readouterr().out == "called f!\n"
