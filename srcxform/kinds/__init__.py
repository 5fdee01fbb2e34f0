"""Kinds: what is known of a value when its derivative is written.

Kinds are classes of values, never values: dimensions are names, not numbers, and only what
chooses a branch (strings, booleans, None, functions, literals) is known exactly.
"""
