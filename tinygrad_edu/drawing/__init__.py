"""Pictures: the graph as DOT, SVG, HTML, Mermaid and text. Text first (pure), programs last."""
