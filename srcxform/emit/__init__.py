"""From a syntax tree to a module that runs: print, put together, keep on disk, load.

Guarantees that printing and parsing again gives the same tree, that what is kept on disk is
whole and ours, and that what is loaded is found by `inspect`, `pdb` and tracebacks.
"""
