"""The graph as text: numbers, operations and the chain rule in words and formulas."""
