"""What one can ask: gradients, Jacobians, Hessians, checks."""
