"""What an operation amounts to, if that is less than an operation: one small function per rule."""
