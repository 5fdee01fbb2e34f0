"""Random programs: whole functions of Python and NumPy, written by a grammar, shrunk by Hypothesis.

`writer` knows which names there are and of which shape. The productions are in files of one idea
each, from `scalars` and `arrays` over `statements`, `writes` and `blocks` to `raising`, `yielding`,
`classes`, `dicts`, `grids`, `queues`, `lambdas`, `sharing`, `choosing` and `inner`, for derivatives
taken inside. `whole` makes a program of them, `judge` compares its derivatives with truth from
outside; `numeric` stands for the compiler where a program takes derivatives itself. `test_fuzz`
runs them with fixed seeds, `survey` runs as many as one likes and counts.
"""
