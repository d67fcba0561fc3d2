"""What can be computed: primitives, each with its derivatives above it."""
