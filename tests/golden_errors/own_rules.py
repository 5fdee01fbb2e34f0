"""Ways of being refused with derivative rules of one's own, and what the messages ask for.

Importing this file adds them to `programs.REFUSED` and `repaired.REPAIRED`.
"""

import numpy as np

from srcxform import custom_jvp, custom_vjp, errors, stop_gradient

from .programs import refused
from .repaired import repaired

NO_RULE = errors.NoDerivativeError


@custom_jvp
def bent(x):
    return x * x


@bent.defjvp
def bent_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return bent(x), x_dot * x_dot


@refused(2.0, error=NO_RULE, by=("grad",))
def rule_that_is_not_linear(x):
    return bent(x)


@custom_vjp
def backwards(x):
    return x * x


def backwards_fwd(x):
    return backwards(x), x


def backwards_bwd(x, g):
    return (2.0 * x * g,)


backwards.defvjp(backwards_fwd, backwards_bwd)


@refused(np.ones(3), error=NO_RULE, by=("jvp",))
def forward_mode_of_a_reverse_rule(x):
    return backwards(x)


@refused(np.ones(3), error=NO_RULE, by=("grad",))
def written_after_a_reverse_rule(x):
    y = same_again(x)
    y[0] = 2.0
    return np.sum(y * y)


@custom_jvp
def without_rule(x):
    return x * x


@refused(2.0, error=NO_RULE)
def rule_that_was_not_given(x):
    return without_rule(x)


def scaled_jvp(factor, primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return factor * x, factor * x_dot


scaled = custom_jvp(lambda factor, x: factor * x, nondiff_argnums=(0,))
scaled.defjvp(scaled_jvp)


@refused(2.0, error=NO_RULE)
def differentiated_where_none_goes(x):
    return scaled(x, x)


@custom_jvp
def named_only(x, *, factor=2.0):
    return factor * x


@refused(2.0, error=NO_RULE)
def argument_by_name_only(x):
    return named_only(x, factor=3.0)


@custom_jvp
def short(x):
    return np.sum(x)


@short.defjvp
def short_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return short(x), x_dot


@refused(np.ones(3), error=NO_RULE)
def tangent_of_another_shape(x):
    return short(x)


@custom_vjp
def alone(x, y):
    return x * y


def alone_fwd(x, y):
    return alone(x, y), (x, y)


def alone_bwd(res, g):
    return g * res[1]


alone.defvjp(alone_fwd, alone_bwd)


@refused(2.0, error=NO_RULE, by=("grad",))
def cotangent_of_one_argument(x):
    return alone(x, 3.0)


# --- what they ask for


@custom_jvp
def straight(x):
    return x * x


@straight.defjvp
def straight_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return straight(x), 2.0 * x * x_dot


@repaired("rule_that_is_not_linear", 2.0)
@repaired("forward_mode_of_a_reverse_rule", 2.0)
@repaired("rule_that_was_not_given", 2.0)
def linear_rule(x):
    return straight(x)


@repaired("written_after_a_reverse_rule", np.ones(3))
def copied_before(x):
    y = np.copy(straight(x))
    y[0] = 2.0
    return np.sum(y * y)


@repaired("differentiated_where_none_goes", 2.0)
def stopped_before(x):
    return scaled(stop_gradient(3.0), x)


@custom_jvp
def placed(x, factor=2.0):
    return factor * x


@placed.defjvp
def placed_jvp(primals, tangents):
    (x, factor), (x_dot, factor_dot) = primals, tangents
    return placed(x, factor), factor * x_dot + factor_dot * x


@repaired("argument_by_name_only", 2.0)
def argument_by_position(x):
    return placed(x, factor=3.0)


@custom_jvp
def fitting(x):
    return np.sum(x)


@fitting.defjvp
def fitting_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return fitting(x), np.sum(x_dot)


@repaired("tangent_of_another_shape", np.ones(3))
@repaired("cotangent_of_one_argument", np.ones(3))
def tangent_that_fits(x):
    return fitting(x)


def applied_jvp(function, primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return function(x), 3.0 * x_dot


applied = custom_jvp(lambda function, x: function(x), nondiff_argnums=(0,))
applied.defjvp(applied_jvp)


@refused(2.0, error=NO_RULE)
def function_that_captures(x):
    return applied(lambda t: x * t, 2.0)


@repaired("function_that_captures", 2.0)
def handed_on(x):
    return applied(lambda t: 3.0 * t, x)


@custom_jvp
def writer(x):
    x[0] = 3.0
    return np.sum(x)


@writer.defjvp
def writer_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return np.sum(x), np.sum(x_dot)


@refused(np.ones(3), error=NO_RULE)
def function_that_writes(x):
    y = 2.0 * x
    return writer(y) + y[0] * y[0]


@repaired("function_that_writes", np.ones(3))
def function_that_returns(x):
    y = 2.0 * x
    return fitting(y) + y[0] * y[0]


@custom_jvp
def affine(x):
    return x * x


@affine.defjvp
def affine_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return affine(x), 2.0 * x * x_dot + x


@refused(2.0, error=NO_RULE, by=("grad",))
def rule_that_adds(x):
    return affine(x)


@custom_jvp
def linear(x):
    return x * x


@linear.defjvp
def linear_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    total = 0.0
    for factor in (x, x):
        total = total + factor * x_dot
    return linear(x), total


@repaired("rule_that_adds", 2.0)
def rule_that_adds_multiples(x):
    return linear(x)


@custom_vjp
def doubled(x):
    return 2.0 * x


doubled.defvjp(lambda x: (2.0 * np.sum(x), None), lambda _, g: (2.0 * g,))


@refused(np.ones(3), error=NO_RULE, by=("grad",))
def result_of_another_structure(x):
    return np.sum(doubled(x))


@repaired("result_of_another_structure", np.ones(3))
def result_of_one_structure(x):
    return np.sum(fitting(x) * x)


@refused(2.0, error=errors.UnsupportedError)
def rule_that_captures(x):
    @custom_jvp
    def scaled(y):
        return x * y

    scaled.defjvps(lambda y_dot, out, y: x * y_dot)
    return scaled(3.0)


@repaired("rule_that_captures", 2.0)
def rule_with_an_argument(x):
    @custom_jvp
    def scaled(x, y):
        return x * y

    scaled.defjvps(lambda x_dot, out, x, y: x_dot * y, lambda y_dot, out, x, y: x * y_dot)
    return scaled(x, 3.0)


@custom_vjp
def same_again(x):
    return x


same_again.defvjp(lambda x: (x, None), lambda _, g: (np.clip(g, -1.0, 1.0),))
