"""Recorded derivatives: what the compiler writes for the functions of `programs.py`.

Each file is a module as it stands in the cache, `<function>.<transformation>.py`, and shows one
idea. `pytest tests/test_golden.py --update-golden` records them anew.
"""
