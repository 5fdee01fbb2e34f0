"""Every program of the chapters on composing products and batches in JAX's tutorial "Advanced
automatic differentiation"; the matrices drawn there are drawn anew."""

import numpy as np
import pytest
from seeds.sigmoid import W, b, inputs, jacobian_of_predict, predict

from srcxform import jacfwd, jacrev, jvp, vjp, vmap

f = lambda W: predict(W, b, inputs)

NUMBER = 128


def loop_mjp(f, x, M):
    y, vjp_fun = vjp(f, x)
    return np.vstack([vjp_fun(mi) for mi in M])


def vmap_mjp(f, x, M):
    y, vjp_fun = vjp(f, x)
    (outs,) = vmap(vjp_fun)(M)
    return outs


def loop_jmp(f, W, M):
    return np.vstack([jvp(f, (W,), (mi,))[1] for mi in M])


def vmap_jmp(f, W, M):
    _jvp = lambda s: jvp(f, (W,), (s,))[1]
    return vmap(_jvp)(M)


@pytest.mark.parametrize("product", [loop_mjp, vmap_mjp])
def test_matrix_jacobian_product(product):
    U = np.random.default_rng(0).standard_normal((NUMBER, *f(W).shape))
    np.testing.assert_allclose(
        product(f, W, M=U), U @ jacobian_of_predict(), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("product", [loop_jmp, vmap_jmp])
def test_jacobian_matrix_product(product):
    S = np.random.default_rng(1).standard_normal((NUMBER, *W.shape))
    expected = S @ jacobian_of_predict().T
    np.testing.assert_allclose(product(f, W, M=S), expected, rtol=1e-12, atol=1e-14)


def test_our_jacrev():
    def our_jacrev(f):
        def jacfun(x):
            y, vjp_fun = vjp(f, x)
            (J,) = vmap(vjp_fun, in_axes=0)(np.eye(len(y)))
            return J

        return jacfun

    np.testing.assert_allclose(our_jacrev(f)(W), jacrev(f)(W), rtol=1e-13)
    np.testing.assert_allclose(our_jacrev(f)(W), jacobian_of_predict(), rtol=1e-13)


def test_our_jacfwd():
    def our_jacfwd(f):
        def jacfun(x):
            _jvp = lambda s: jvp(f, (x,), (s,))[1]
            Jt = vmap(_jvp, in_axes=1)(np.eye(len(x)))
            return np.transpose(Jt)

        return jacfun

    np.testing.assert_allclose(our_jacfwd(f)(W), jacfwd(f)(W), rtol=1e-13)
    np.testing.assert_allclose(our_jacfwd(f)(W), jacobian_of_predict(), rtol=1e-13)


def test_exceptions_in_the_function():
    def f(x):
        try:
            if x < 3:
                return 2 * x**3
            else:
                raise ValueError
        except ValueError:
            return np.pi * x

    y, f_vjp = vjp(f, 4.0)
    assert y == 4 * np.pi
    assert f_vjp(1.0) == (np.pi,)
    y, f_vjp = vjp(f, 2.0)
    assert (y, f_vjp(1.0)) == (16.0, (24.0,))
