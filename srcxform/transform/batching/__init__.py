"""The batching generator: from a program for one lane to one for a batch of lanes.

`vmap` reads a program that was specialised for the kinds of one lane. Each name that differs from
lane to lane becomes a batched one, which has the lanes along its first axis (of a container: each
array and number in it). What is not understood is run lane by lane.
"""

from srcxform.transform.batching.program import batched

__all__ = ["batched"]
