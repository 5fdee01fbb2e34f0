"""Numba, which nothing else in the package knows."""
