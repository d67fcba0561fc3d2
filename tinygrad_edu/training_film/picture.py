"""What the network says about the plane, in bytes: a small grid for the answer and a smaller one for every neuron.

>>> text(np.array([0.0, 0.5, 1.0]), 0.0, 1.0)  # 0, 127 and 254, in base64
'AH/+'
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..plot import plane
from ..plot.function import answers

FIELD, MAP = 41, 13  # points across and up: of the answer, and of a neuron's map
UNKNOWN = 255  # nan


def text(x: np.ndarray, low: float, high: float) -> str:
    """Numbers from low to high as bytes from 0 to 254, beyond them the nearest, nan as 255; in base64."""
    with np.errstate(all="ignore"):
        scaled = np.clip(np.nan_to_num((x - low) / (high - low), nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
    levels = np.where(np.isnan(x), UNKNOWN, np.round(254 * scaled)).astype(np.uint8)
    return base64.b64encode(levels.tobytes()).decode()


def answer(f: Any, extent: plane.Extent, low: float, high: float) -> tuple[str, int]:
    """The field of f, row by row from the bottom, and how many classes it tells apart (0 for a single number).

    Of classes there is a field each: by how much its score leads, squashed, so that 127 is where it draws level.
    """
    found = answers(f, plane.grid(extent, FIELD, FIELD)[2])
    classes = found.shape[1]
    if classes == 1:
        return text(found[:, 0], low, high), 0
    leads = np.array([found[:, k] - np.delete(found, k, axis=1).max(axis=1) for k in range(classes)])
    usual = np.nanmedian(np.abs(leads)) or 1.0
    return text(np.tanh(leads / usual), -1.0, 1.0), classes


def neuron_maps(stages: Sequence[Any], extent: plane.Extent, most: int) -> list[tuple[list[str], float]]:
    """For every stage the map of each neuron (the first `most`), and the answer that has the full colour.

    Blue is positive, orange negative, paper is 0; within a layer a colour means the same for every neuron.
    """
    x: Any = plane.grid(extent, MAP, MAP)[2]
    maps = []
    for stage in stages:
        x = stage(x)
        found = plane.numbers(x).reshape(MAP * MAP, -1)[:, :most]
        sizes = np.abs(found[np.isfinite(found)])
        reach = float(sizes.max()) if sizes.size and sizes.max() > 0 else 1.0
        maps.append(([text(column, -reach, reach) for column in found.T], reach))
    return maps
