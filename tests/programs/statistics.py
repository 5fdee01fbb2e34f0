"""Estimators and likelihoods."""

import math
import statistics

import numpy as np

from . import example, normal


@example(normal(1, 8), normal(2, 8), wrt=(0, 1))
def correlation(x, y):
    xc, yc = x - x.mean(), y - y.mean()
    return np.sum(xc * yc) / np.sqrt(np.sum(xc**2) * np.sum(yc**2))


@example((0.3, -0.2), normal(3, 10), wrt=(0, 1))
def normal_log_likelihood(params, data):
    mu, log_sigma = params
    z = (data - mu) / np.exp(log_sigma)
    return -0.5 * np.sum(z**2) - len(data) * (log_sigma + 0.5 * math.log(2.0 * math.pi))


@example(
    {"weights": normal(4, 2), "means": normal(5, 2), "log_sds": 0.2 * normal(6, 2)},
    normal(7, 6),
    wrt=(0, 1),
)
def mixture_log_likelihood(params, data):
    """A Gaussian mixture with softmax weights and a stable log-sum-exp."""
    log_w = params["weights"] - np.log(np.sum(np.exp(params["weights"])))
    z = (data[:, None] - params["means"]) / np.exp(params["log_sds"])
    terms = log_w - params["log_sds"] - 0.5 * z**2
    top = np.max(terms, axis=1, keepdims=True)
    return np.sum(top[:, 0] + np.log(np.sum(np.exp(terms - top), axis=1)))


@example(normal(8, 7, 3))
def sample_covariance(x):
    centred = x - np.mean(x, axis=0, keepdims=True)
    return centred.T @ centred / (x.shape[0] - 1)


@example(normal(9, 6), 0.4, wrt=(0, 1))
def kernel_density(data, bandwidth):
    """A density estimate on a fixed grid."""
    grid = np.linspace(-2.0, 2.0, 5)
    z = (grid[:, None] - data[None, :]) / bandwidth
    return np.mean(np.exp(-0.5 * z**2), axis=1) / (bandwidth * math.sqrt(2.0 * math.pi))


@example(np.array([0.4, -0.3]), normal(10, 6), np.array([0, 2, 1, 3, 0, 1]))
def poisson_regression(beta, x, counts):
    """Counts as an integer array; the factorials' part left out."""
    log_rate = beta[0] + beta[1] * x
    return np.sum(np.exp(log_rate) - counts * log_rate)


@example(normal(11, 9), analytic=False)
def skewness_and_kurtosis(v):
    z = (v - v.mean()) / v.std()
    return np.mean(z**3), np.mean(z**4) - 3.0


@example(0.5, 0.3, normal(12, 8), wrt=(0, 1, 2))
def arma_likelihood(phi, theta, y):
    """Residuals by a recurrence over the series."""
    previous_y, previous_e = 0.0, 0.0
    total = 0.0
    for value in y:
        e = value - phi * previous_y - theta * previous_e
        total += e * e
        previous_y, previous_e = value, e
    return 0.5 * total


@example(np.array([0.1, 0.2]), np.array([[1.0, 0.2], [0.2, 0.8]]), normal(13, 4, 2), wrt=(0, 1, 2))
def kalman_filter(mean, cov, observations):
    """Predict and update with full matrices; the likelihood's quadratic part."""
    f = np.array([[1.0, 0.1], [0.0, 0.95]])
    noise = 0.3 * np.eye(2)
    total = 0.0
    for z in observations:
        mean = f @ mean
        cov = f @ cov @ f.T + noise
        s = cov + noise
        innovation = z - mean
        total += innovation @ np.linalg.solve(s, innovation)
        gain = np.linalg.solve(s.T, cov.T).T
        mean = mean + gain @ innovation
        cov = cov - gain @ cov
    return total


@example([0.4, 0.9, 0.2, 1.3], analytic=False)
def spreads_of_a_list(xs):
    """Functions of Python's `statistics`."""
    scale = statistics.stdev(xs) * statistics.mean(xs) + statistics.pstdev(xs)
    return scale * statistics.variance(xs) + statistics.pvariance(xs) * statistics.median(xs)
