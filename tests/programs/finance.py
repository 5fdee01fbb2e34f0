"""Prices, yields and trees."""

import math

import numpy as np

from . import example, normal, positive


def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@example(1.0, 1.1, 0.05, 0.3, 2.0, wrt=(0, 1, 2, 3, 4), analytic=False)
def black_scholes(spot, strike, rate, sigma, maturity):
    """A European call and its delta."""
    root = sigma * math.sqrt(maturity)
    d1 = (math.log(spot / strike) + (rate + 0.5 * sigma**2) * maturity) / root
    d2 = d1 - root
    delta = normal_cdf(d1)
    return spot * delta - strike * math.exp(-rate * maturity) * normal_cdf(d2), delta


@example(0.95, [0.05, 0.05, 0.05, 1.05], wrt=(0, 1), smooth=False)
def bond_yield(price, cash_flows):
    """The yield that explains a price, by Newton's method."""
    y = 0.05
    for _ in range(50):
        value = 0.0
        slope = 0.0
        for t, c in enumerate(cash_flows, 1):
            value += c / (1.0 + y) ** t
            slope -= t * c / (1.0 + y) ** (t + 1)
        change = (value - price) / slope
        y = y - change
        if abs(change) < 1e-12:
            break
    return y


@example(1.0, 0.98, 0.3, 0.02, wrt=(0, 1, 2, 3))
def binomial_tree(spot, strike, sigma, rate):
    """An American put, backwards through a recombining tree."""
    n = 5
    dt = 1.0 / n
    up = np.exp(sigma * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    values = [max(strike - spot * up ** (2 * k - n), 0.0) for k in range(n + 1)]
    for level in range(n - 1, -1, -1):
        for k in range(level + 1):
            held = np.exp(-rate * dt) * (p * values[k + 1] + (1.0 - p) * values[k])
            exercised = strike - spot * up ** (2 * k - level)
            values[k] = max(held, exercised)
    return values[0]


@example(positive(1, 4), normal(2, 6, 4) * 0.1, wrt=(0, 1))
def portfolio(weights, returns):
    """Sharpe ratio of weights brought to sum one."""
    w = weights / np.sum(weights)
    series = returns @ w
    excess = np.mean(series) - 0.001
    return excess / np.sqrt(np.mean((series - np.mean(series)) ** 2))


@example(0.2, 1.0, normal(3, 3, 8), wrt=(0, 1))
def monte_carlo_asian(sigma, spot, shocks):
    """Path averages under common random numbers, smooth payoff."""
    dt = 1.0 / 8.0
    paths = spot * np.exp(np.cumsum(-0.5 * sigma**2 * dt + sigma * np.sqrt(dt) * shocks, axis=1))
    average = np.mean(paths, axis=1)
    payoff = np.log(1.0 + np.exp(10.0 * (average - 1.0))) / 10.0
    return np.mean(payoff)


@example({"a": 0.1, "b": 0.05, "sigma": 0.02}, 0.03, wrt=(0, 1))
def vasicek_discount(params, r):
    """A discount factor in closed form against simulated mean rates."""
    horizon = 2.0
    b = (1.0 - np.exp(-params["a"] * horizon)) / params["a"]
    long_run = params["b"] - 0.5 * (params["sigma"] / params["a"]) ** 2
    log_a = long_run * (b - horizon) - (params["sigma"] * b) ** 2 / (4.0 * params["a"])
    closed = np.exp(log_a - b * r)
    total = 0.0
    for _ in range(4):
        total += 0.5 * r
        r = r + 0.5 * params["a"] * (params["b"] - r)
    return closed + np.exp(-total)


@example(10.0, 0.05, 12, wrt=(0, 1))
def annuity(principal, rate, months):
    """A loan's schedule; the interest paid in all."""
    payment = principal * rate / (1.0 - (1.0 + rate) ** -months)
    balance = principal
    interest = 0.0
    for _ in range(months):
        due = balance * rate
        interest += due
        balance = balance + due - payment
    return interest + balance
