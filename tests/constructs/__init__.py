"""The construct table: what becomes of every node of Python's grammar, shown by tests."""
