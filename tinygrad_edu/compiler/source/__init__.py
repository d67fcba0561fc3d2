"""A program as Python to read: words, names, layout, and what it needs to stand on its own."""
