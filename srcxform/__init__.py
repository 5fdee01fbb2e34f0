"""Derivatives of NumPy code by source transformation: Python in, readable Python out."""

from srcxform import errors
from srcxform.api import implicit, inside
from srcxform.api.batched import batched_jacobian
from srcxform.api.checking import check_grads
from srcxform.api.checkpointing import checkpoint
from srcxform.api.custom import custom_jvp, custom_vjp
from srcxform.api.forward import jvp
from srcxform.api.gradient import grad, value_and_grad
from srcxform.api.inspection import source
from srcxform.api.jacobians import hessian, jacfwd, jacobian, jacrev
from srcxform.api.jit import jit
from srcxform.api.linear import linear_transpose, linearize
from srcxform.api.preaccumulation import preaccumulate
from srcxform.api.products import hvp, jacobian_vector_product, vector_jacobian_product
from srcxform.api.pullback import vjp
from srcxform.api.rules import adjoint, tangent
from srcxform.api.vmap import vmap
from srcxform.runtime import stop_gradient
from srcxform.specialise import hoisting
from srcxform.specialise.deriving import register
from srcxform.specialise.switching import mode_switching

hoisting.register(custom_jvp, hoisting.CustomJvp)
hoisting.register(custom_vjp, hoisting.CustomVjp)
for _function in (
    batched_jacobian, grad, hessian, hvp, jacfwd, jacobian, jacrev, jit, jvp, value_and_grad, vjp,
    vmap,
):  # fmt: skip
    register(_function.__name__, _function)
inside.register()

__all__ = [
    "batched_jacobian",
    "adjoint",
    "tangent",
    "check_grads",
    "checkpoint",
    "custom_jvp",
    "custom_vjp",
    "errors",
    "grad",
    "hessian",
    "hvp",
    "implicit",
    "jacfwd",
    "jacobian",
    "jacobian_vector_product",
    "jacrev",
    "jit",
    "jvp",
    "linear_transpose",
    "linearize",
    "mode_switching",
    "preaccumulate",
    "source",
    "stop_gradient",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
    "vmap",
]
