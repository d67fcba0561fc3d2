"""Why a budget is missed, kept by hand: contest label and our entry → one line with the cause and its figure.

A line whose budget is met again is reported by the run, so that it gets removed.
"""

from __future__ import annotations

CAUSES: dict[tuple[str, str], str] = {}
