"""What went wrong with the numbers: the first one that is not finite, where it was made, why, and what to write."""
