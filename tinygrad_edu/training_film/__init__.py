"""Training as a film: one HTML file with the decision boundary, the curves, and the network with its gradients."""
