"""What a Value looks like to Python and to NumPy."""
