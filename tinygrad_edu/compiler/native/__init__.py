"""A program as machine code: arrays opened into numbers, LLVM, C, and loops over rows inside."""
