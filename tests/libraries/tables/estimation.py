"""Filters, fitting and finance: filterpy, lmfit, numpy-financial, uncertainties."""

import numpy as np

from . import row

X = np.linspace(-1.3, 2.1, 5)
STATE, SPREAD = np.array([0.3, 1.1]), np.array([[2.0, 0.3], [0.3, 1.5]])
MOTION, NOISE = np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([[0.02, 0.01], [0.01, 0.03]])
SEEN, ERROR = np.array([[1.0, 0.0]]), np.array([[0.5]])
MEASURED = np.array([0.2, 0.5, 0.4, 0.9])


def smoothed_path(measurements, process, noise):
    """States of a Kalman filter that follows a moving point."""
    from filterpy.kalman import KalmanFilter

    kf = KalmanFilter(dim_x=2, dim_z=1)
    kf.x = np.array([[0.0], [0.1]])
    kf.F = MOTION
    kf.H = SEEN
    kf.P *= 10.0
    kf.R *= noise
    kf.Q = NOISE * process
    for z in measurements:
        kf.predict()
        kf.update(z)
    return kf.x


def tracked(measurements, g, h):
    """Positions of a g-h filter."""
    from filterpy.gh import GHFilter

    tracker = GHFilter(x=0.0, dx=0.1, dt=1.0, g=g, h=h)
    out = []
    for z in measurements:
        x, dx = tracker.update(z)
        out.append(x)
    return out


def least_squares_line(measurements, noise):
    """A recursive least squares fit of first order."""
    from filterpy.leastsq import LeastSquaresFilter

    fit = LeastSquaresFilter(dt=0.1, order=1, noise_sigma=noise)
    for z in measurements:
        fit.update(z)
    return fit.x


def fading(measurements, beta):
    """A fading memory filter."""
    from filterpy.memory import FadingMemoryFilter

    memory = FadingMemoryFilter(x0=0.0, dt=0.1, order=1, beta=beta)
    for z in measurements:
        memory.update(z)
    return memory.x


TABLE = [
    row("filterpy.kalman:predict", STATE, SPREAD, MOTION, NOISE),
    row("filterpy.kalman:update", STATE, SPREAD, np.array([0.4]), ERROR, SEEN),
    row(("filterpy.kalman", smoothed_path), MEASURED, 0.3, 0.8),
    row(("filterpy.gh", tracked), MEASURED, 0.6, 0.2),
    row(("filterpy.leastsq", least_squares_line), MEASURED, 0.8),
    row(("filterpy.memory", fading), MEASURED, 0.7),
    row("filterpy.common:Q_discrete_white_noise", 2, 0.1, 0.7, refused="NoDerivativeError"),
    row("filterpy.common:Q_continuous_white_noise", 3, 0.1, 0.7, refused="NoDerivativeError"),
    row("filterpy.stats:gaussian", 0.3, 0.1, 0.8),
    row("filterpy.stats:mul", 0.3, 0.7, 0.1, 0.8),
    row("filterpy.stats:multivariate_multiply", STATE, SPREAD, STATE + 0.3, SPREAD + NOISE),
    row("lmfit.lineshapes:gaussian", X, 1.3, 0.2, 0.8),
    row("lmfit.lineshapes:lorentzian", X, 1.3, 0.2, 0.8),
    row("lmfit.lineshapes:pvoigt", X, 1.3, 0.2, 0.8, 0.4),
    row("lmfit.lineshapes:pearson7", X, 1.3, 0.2, 0.8, 1.4),
    row("lmfit.lineshapes:moffat", X, 1.3, 0.2, 0.8, 1.2),
    row("lmfit.lineshapes:breit_wigner", X, 1.3, 0.2, 0.8, 1.2),
    row("lmfit.lineshapes:damped_oscillator", X + 3.0, 1.3, 0.7, 0.2),
    row("lmfit.lineshapes:logistic", X, 1.3, 0.2, 0.8),
    row("lmfit.lineshapes:lognormal", X + 2.0, 1.3, 0.2, 0.8),
    row("lmfit.lineshapes:students_t", X, 1.3, 0.2, 0.8),
    row("lmfit.lineshapes:skewed_gaussian", X, 1.3, 0.2, 0.8, 0.5),
    row("lmfit.lineshapes:voigt", X, 1.3, 0.2, 0.8, 0.5),
    row("lmfit.lineshapes:doniach", X, 1.3, 0.2, 0.8, 0.3),
    row("lmfit.lineshapes:split_lorentzian", X, 1.3, 0.2, 0.8, 0.5),
    row("lmfit.lineshapes:step", X, 1.3, 0.2, 0.8, wrt=(0, 1, 2, 3), form="arctan"),
    row("lmfit.lineshapes:thermal_distribution", X, 1.3, -2.2, 0.8, wrt=(0, 1, 2, 3), form="bose"),
    row("lmfit.lineshapes:expsine", X, 1.3, 2.2, 0.3, 0.2),
    row("lmfit.lineshapes:powerlaw", X + 2.0, 1.3, 1.7),
    row("numpy_financial:fv", 0.004, 120.0, -100.0, -100.0),
    row("numpy_financial:pv", 0.004, 120.0, -100.0, 15000.0),
    row("numpy_financial:pmt", 0.006, 180.0, 200000.0),
    row("numpy_financial:nper", 0.006, -150.0, 8000.0),
    row("numpy_financial:npv", 0.05, np.array([-100.0, 39.0, 59.0, 55.0, 20.0])),
    row(
        "numpy_financial:irr",
        np.array([-100.0, 39.0, 59.0, 55.0, 20.0]),
        refused="NoDerivativeError",
    ),
    row("numpy_financial:mirr", np.array([-100.0, 39.0, 59.0, 55.0, 20.0]), 0.1, 0.12),
    row("numpy_financial:rate", 10.0, 3500.0, -10000.0, -30000.0),
]
