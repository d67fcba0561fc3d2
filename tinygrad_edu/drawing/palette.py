"""The colours of graph pictures, each with its counterpart for a dark background.

Hues are Okabe and Ito's (blue, orange, bluish green, vermillion), which colour-blind eyes tell apart; texts are
darkened, or lightened in the dark, to a contrast of at least 4.5 : 1. Colour never stands alone: the result has
a thick border, a constant has none, what was cut off is dashed, and the words are always there.
"""

from __future__ import annotations

PAPER, INK, FAINT, LINE = "#ffffff", "#1a1a1a", "#595959", "#6b6b6b"
GRADIENT = "#a84a00"

# what a node is: (border, fill, how its border is drawn)
ROLES = {
    "input": ("#0072b2", "#e8f3fa", 1.2),
    "parameter": ("#b07400", "#fdf3dd", 1.2),
    "step": (LINE, "#fbfbfb", 1.0),
    "result": ("#007a59", "#e2f4ee", 2.4),
    "constant": (PAPER, PAPER, 0.0),
    "more": ("#949494", PAPER, 1.0),
}

DARK = {
    PAPER: "#16181c",
    INK: "#ececec",
    FAINT: "#a8a8a8",
    LINE: "#9a9a9a",
    GRADIENT: "#f09a5c",
    "#0072b2": "#56b4e9",
    "#e8f3fa": "#14293a",
    "#b07400": "#e69f00",
    "#fdf3dd": "#33280f",
    "#fbfbfb": "#202328",
    "#007a59": "#2fc79b",
    "#e2f4ee": "#10302a",
    "#949494": "#7c7c7c",
}
