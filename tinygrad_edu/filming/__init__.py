"""Films: the forward and the backward pass of a graph, step by step, as one page that needs nothing else."""
