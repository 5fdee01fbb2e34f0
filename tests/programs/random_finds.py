"""Programs that random ones were shrunk to: each was wrong once."""

import numpy as np

from programs import example


@example(np.array([-0.7, -1.2, 0.9]), name="rebound")
@example(np.array([-0.7, -1.2, -0.9]), name="kept")
def argument_rebound_in_a_branch(v):
    if v[2] > 0.0:
        u = v
        v = u[0] * np.ones(3)
    v[v > -0.8] = 0.5 * v[0] ** 2
    return np.sum(v**2)
