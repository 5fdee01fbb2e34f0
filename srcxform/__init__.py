"""Derivatives of NumPy code by source transformation: Python in, readable Python out."""

from srcxform import errors
from srcxform.api.checking import check_grads
from srcxform.api.forward import jvp
from srcxform.api.gradient import grad, value_and_grad
from srcxform.api.inspection import source
from srcxform.api.pullback import vjp
from srcxform.api.rules import adjoint, tangent
from srcxform.specialise.deriving import register

for _function in (grad, jvp, value_and_grad, vjp):
    register(_function.__name__, _function)

__all__ = [
    "adjoint",
    "tangent",
    "check_grads",
    "errors",
    "grad",
    "jvp",
    "source",
    "value_and_grad",
    "vjp",
]
