"""The colours of graph pictures, each with its counterpart for a dark background.

Hues are Okabe and Ito's (blue, orange, bluish green, vermillion, reddish purple), which colour-blind eyes tell apart;
texts are darkened, or lightened in the dark, to a contrast of at least 4.5 : 1. Colour never stands alone: the result
has a thick border, a constant has none, what was left out is dashed, negative contributions have a hollow arrow, zeros
are dotted, and the words are always there.
"""

from __future__ import annotations

PAPER, INK, FAINT, LINE = "#ffffff", "#1a1a1a", "#595959", "#6b6b6b"
GRADIENT = "#a84a00"
MARK, MARKED = "#b3261e", "#fdecea"  # words of a warning; the inside of its box
FADED, FADED_INK = "#d4d4d4", "#8f8f8f"  # what is not on the path that was asked for

# what a node is: (border, fill, how its border is drawn)
ROLES = {
    "input": ("#0072b2", "#e8f3fa", 1.2),
    "parameter": ("#b07400", "#fdf3dd", 1.2),
    "step": (LINE, "#fbfbfb", 1.0),
    "result": ("#007a59", "#e2f4ee", 2.4),
    "constant": (PAPER, PAPER, 0.0),
    "module": ("#8a5a7c", "#f7eef4", 1.6),
    "more": ("#949494", PAPER, 1.0),
}

# a contribution to a gradient: (colour, arrow, line)
SIGNS = {
    "positive": ("#0a6fb0", "normal", "solid"),
    "negative": ("#c64e00", "onormal", "solid"),
    "mixed": ("#9c5181", "diamond", "solid"),
    "zero": ("#8a8a8a", "normal", "dotted"),
    "": (LINE, "normal", "solid"),
}

CLUSTERS = [("#c9c2cc", "#f8f7f9"), ("#d6cfd9", "#f1eef3")]  # (border, fill) of modules, alternating inwards

# shades from the most negative over zero to the most positive; what is not finite
HEAT = ["#c64e01", "#dd7f43", "#eeb48f", "#f8ddcb", "#ebebeb", "#d0e4f1", "#9bc8e3", "#5aa3d0", "#0a6fb1"]
NOT_FINITE = "#1a1a1b"

DARK = {
    PAPER: "#16181c",
    INK: "#ececec",
    FAINT: "#a8a8a8",
    LINE: "#9a9a9a",
    GRADIENT: "#f09a5c",
    MARK: "#ff8a80",
    MARKED: "#40201d",
    FADED: "#3c4047",
    FADED_INK: "#7a7f87",
    "#0072b2": "#56b4e9",
    "#e8f3fa": "#14293a",
    "#b07400": "#e69f00",
    "#fdf3dd": "#33280f",
    "#fbfbfb": "#202328",
    "#007a59": "#2fc79b",
    "#e2f4ee": "#10302a",
    "#8a5a7c": "#cc8fb8",
    "#f7eef4": "#33232e",
    "#949494": "#7c7c7c",
    "#0a6fb0": "#56b4ea",
    "#c64e00": "#f28a45",
    "#9c5181": "#d998c3",
    "#8a8a8a": "#8b8b8b",
    "#c9c2cc": "#4b4650",
    "#f8f7f9": "#1b1d22",
    "#d6cfd9": "#57515d",
    "#f1eef3": "#22242a",
    **dict(
        zip(HEAT, ["#f28a46", "#c0642a", "#8a4a24", "#543424", "#33363c", "#1f3d52", "#23597d", "#2f83b5", "#56b4eb"])
    ),
    NOT_FINITE: "#ededed",
}
