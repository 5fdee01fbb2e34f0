"""Derivative of `penalty`, written by srcxform."""

import numpy as np


def penalty_grad(rates, cutoff):
    """Gradient of `penalty` (programs.py:339) with respect to `rates`."""
    # return total
    rates_bar = np.zeros_like(rates)
    for k in reversed(range(len(rates))):
        # total += damped(rate, cutoff)
        rate = rates[k]
        if rate < cutoff:
            # return rate * rate
            rate_bar = 2.0 * rate
        else:
            # return cutoff * rate
            rate_bar = cutoff
        # for rate in rates:
        rates_bar[k] += rate_bar
    return rates_bar
