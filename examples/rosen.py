"""`scipy.optimize.rosen`, differentiated exactly as SciPy installs it.

SciPy also has the gradient and the Hessian product, written by hand. Ours come from the source of
`rosen` alone, agree with them, and drive `scipy.optimize.minimize`.
"""

import numpy as np
from scipy.optimize import minimize, rosen, rosen_der, rosen_hess_prod

import srcxform as sx

gradient = sx.grad(rosen)


def hessian_product(x, direction):
    """The derivative of the gradient in a direction."""
    return sx.jvp(gradient, (x,), (direction,))[1]


def main():
    rng = np.random.default_rng(0)
    for size in (2, 5, 40):
        x, direction = rng.normal(size=size), rng.normal(size=size)
        np.testing.assert_allclose(gradient(x), rosen_der(x), rtol=1e-12, atol=1e-10)
        np.testing.assert_allclose(
            hessian_product(x, direction), rosen_hess_prod(x, direction), rtol=1e-12, atol=1e-10
        )
    print("gradient and Hessian product agree with rosen_der and rosen_hess_prod")

    start = np.full(20, 1.3)
    newton = {"hessp": hessian_product, "options": {"xtol": 1e-10}}
    for method, options in {"BFGS": {}, "Newton-CG": newton}.items():
        found = minimize(rosen, start, jac=gradient, method=method, **options)
        print(f"{method:9}  {found.nit:3} iterations, rosen(x) = {found.fun:.1e}")
        np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


if __name__ == "__main__":
    main()
