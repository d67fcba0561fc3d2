"""Is this gradient right? Engine, finite differences and formulas derived by hand, entry by entry."""
