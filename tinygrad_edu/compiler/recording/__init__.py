"""What a function does, written down: lines, their book, and the chain rule on lines."""
