"""A program as NumPy runs it fastest: memory used again, long arrays in pieces that stay in the cache."""
