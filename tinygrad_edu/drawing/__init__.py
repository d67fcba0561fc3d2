"""Pictures: the graph as DOT, SVG and text, and plots of learning. Text first (pure), programs last."""
