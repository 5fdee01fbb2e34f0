"""Recorded errors: what a user reads when a function of `programs.py` is refused.

`pytest tests/test_errors_golden.py --update-golden` records them anew.
"""
