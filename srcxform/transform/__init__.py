"""The generators: tangents beside the primal, or adjoints behind it."""
