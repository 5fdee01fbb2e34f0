"""Faults planted in the compiler, one at a time, and whether the tests notice."""
