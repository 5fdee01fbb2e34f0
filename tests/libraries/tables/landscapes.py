"""Test functions of optimisation: landscapes, and those of scipy.optimize."""

import numpy as np

from . import row

PAIR = [0.7, -0.4]
TRIPLE = [0.7, -0.4, 1.3]
NAMES_2 = (
    *("ackley", "adjiman", "beale", "bird", "branin", "bukin_n6", "camel_hump_6", "cross_in_tray"),
    *("drop_wave", "easom", "eggholder", "goldstein_price", "himmelblau", "holder_table", "keane"),
    *("levi_n13", "mccormick", "schaffer_n4", "tripod", "hosaki", "damavandi", "pen_holder"),
)
NAMES_N = (
    *("brown", "cosine_mixture", "csendes", "dixon_price", "griewank", "michalewicz", "qing"),
    *("rastrigin", "rosenbrock", "salomon", "schwefel", "styblinski_tang", "trid", "zakharov"),
    *("amgm", "sum_of_different_powers", "rotated_hyper_ellipsoid", "exponential"),
)

TABLE = [
    *(row(f"landscapes.single_objective:{name}", PAIR) for name in NAMES_2),
    *(row(f"landscapes.single_objective:{name}", [0.7, 0.4, 1.3]) for name in NAMES_N),
    row("landscapes.single_objective:wolfe", [0.7, 0.4, 1.3]),
    row("landscapes.single_objective:colville", [0.7, 0.4, 1.3, -0.2]),
    row("scipy.optimize:rosen", np.array(TRIPLE)),
    row("scipy.optimize:rosen_der", np.array([*TRIPLE, 0.9])),
    row(
        "scipy.optimize:rosen_hess_prod",
        np.array([*TRIPLE, 0.9]),
        np.array([*TRIPLE, -0.9]),
    ),
]
