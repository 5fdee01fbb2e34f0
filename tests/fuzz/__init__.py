"""Random programs: whole functions of Python and NumPy, written by a grammar, shrunk by Hypothesis.

`writer` knows which names there are and of which shape, `numbers`, `arrays`, `tests`, `statements`,
`blocks` and `functions` are the productions, `whole` makes a program of them, `judge` compares its
derivatives with truth from outside. `test_fuzz` runs them with fixed seeds, `survey` runs as many
as one likes and counts.
"""
