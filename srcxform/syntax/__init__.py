"""Python functions as syntax trees: finding, parsing and looking up what a function refers to."""
