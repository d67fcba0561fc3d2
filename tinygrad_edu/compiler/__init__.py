"""From what a function did once, the program that does it again: derivation, source and machine code."""
