"""The film as a page: the numbers as JSON, a style sheet and a program, all in one file that asks for nothing else.

The `.js` files of this room build the page from the numbers; texts get in as text, never as markup. A content
security policy forbids every request, and every script but the one whose fingerprint it names.

>>> rounded(1 / 3), rounded(float("inf")), rounded(None)
(0.333333, 'inf', None)
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import TinygradError
from ..filming.page import source
from ..plot import plane
from ..plot.data import MOST_CLASSES
from ..plot.parameters import holding
from ..plot.stages import stages
from ..protocols.modes import no_grad
from .frames import thinned
from .network import MOST_LAYERS, MOST_NEURONS, DrawnLayer, layers_of
from .picture import FIELD, MAP, answer, neuron_maps

if TYPE_CHECKING:
    from .recording import Moment, TrainingFilm

FILES = (
    "page.html",
    "page.css",
    "numbers.js",
    "colours.js",
    "network.js",
    "curves.js",
    "story.js",
    "plane.js",
    "player.js",
)
MOST_CURVE_POINTS = 600
MOST_POINTS = 1000  # of the data set, in the picture of the boundary
MOST_WEIGHTS = 1500  # lines between neurons


def to_html(film: TrainingFilm) -> str:
    """The page as text."""
    room = files(__package__)
    skeleton, style, *scripts = ((room / name).read_text("utf-8").strip() for name in FILES)
    style = source("look.css") + style
    script = "\n\n".join(scripts)
    story = json.dumps(story_of(film), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    parts = {
        "POLICY": f"default-src 'none'; style-src '{fingerprint(style)}'; script-src '{fingerprint(script)}'; "
        "base-uri 'none'; form-action 'none'",
        "TITLE": escape(film.title),
        "STYLE": style,
        "STORY": story.replace("<", r"\u003c").replace("\u2028", r"\u2028").replace("\u2029", r"\u2029"),
        "SCRIPT": script,
    }
    for name, part in parts.items():
        before, after = skeleton.split(f"%%{name}%%")
        parts[name], skeleton = before + part, after
    return "".join(parts.values()) + skeleton + "\n"


def fingerprint(text: str) -> str:
    """How a content security policy names one script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def story_of(film: TrainingFilm) -> dict[str, Any]:
    """Everything the page shows, as plain lists and numbers."""
    layers, notes = drawable(film)
    moments = film.reel.kept()
    surface = plane_of(film)
    shown = [frame_of(film, moment, layers, surface) for moment in moments]
    classes = [frame.pop("classes") for frame in shown]
    surface = surface and {**surface, "classes": classes[-1]} if shown[-1]["field"] else None
    if surface is None:
        notes.append("No decision boundary is drawn: the data are no points of the plane, or the model refused them.")
    if len(moments) < film.reel.count:
        notes.append(f"{len(moments)} of {film.reel.count:,} {film.unit}s are kept, evenly spread.")
    return {
        "title": film.title,
        "model": repr(film.model) if len(repr(film.model)) < 200 else type(film.model).__name__,
        "unit": film.unit,
        "layers": [{"title": layer.title, "bend": layer.bend, "inputs": layer.inputs, "outputs": layer.outputs,
                    "from": min(layer.inputs, MOST_NEURONS), "to": min(layer.outputs, MOST_NEURONS)}
                   for layer in layers],
        "inputs": input_names(film, layers),
        "plane": surface,
        "map": MAP,
        "curves": curves_of(film),
        "frames": shown,
        "notes": notes,
    }  # fmt: skip


def drawable(film: TrainingFilm) -> tuple[list[DrawnLayer], list[str]]:
    """The layers to draw, and in words what is not drawn and why."""
    try:
        layers = layers_of(film.model)
    except TinygradError as error:
        return [], [f"The network is not drawn: {error.what}"]
    lines = sum(min(layer.inputs, MOST_NEURONS) * min(layer.outputs, MOST_NEURONS) for layer in layers)
    if lines > MOST_WEIGHTS or len(layers) > MOST_LAYERS:
        return [], [f"The network is not drawn: {len(layers)} layers and {lines:,} lines would be a grey area."]
    wide = [str(n) for n in [layers[0].inputs, *(layer.outputs for layer in layers)] if n > MOST_NEURONS]
    return layers, [f"Drawn are the first {MOST_NEURONS} neurons of the rows of {', '.join(wide)}."] if wide else []


def frame_of(film: TrainingFilm, moment: Moment, layers: list[DrawnLayer], surface: Any) -> dict[str, Any]:
    """One moment: weights, biases and gradients of the drawn neurons, and what the model said about the plane."""
    data, gradients = ({id(p): x for p, x in zip(film.parameters, xs)} for xs in (moment.data, moment.gradients))
    rows = []
    for layer in layers:
        found = {"w": layer.weights_in(data), "b": layer.biases_in(data),
                 "gw": layer.weights_in(gradients), "gb": layer.biases_in(gradients)}  # fmt: skip
        rows.append({name: rounded(cut(x)) for name, x in found.items()})
    frame = {"step": rounded(moment.step), "numbers": rounded(moment.numbers), "layers": rows, "field": "",
             "classes": 0}  # fmt: skip
    if surface:
        with holding(film.parameters, moment.data), no_grad(), np.errstate(all="ignore"):
            frame["field"], frame["classes"] = field_of(film, surface)
            if frame["field"] and layers:
                maps = neuron_maps(stages(film.model), surface["extent"], MOST_NEURONS)[-len(layers) :]
                for row, (texts, reach) in zip(rows, maps):
                    row["maps"], row["reach"] = texts, rounded(reach)
    return frame


def field_of(film: TrainingFilm, surface: dict[str, Any]) -> tuple[str, int]:
    """What the model answers in the plane; nothing if it takes no pairs of numbers."""
    try:
        return answer(film.model, surface["extent"], surface["low"], surface["high"])
    except TinygradError:
        return "", 0


def cut(x: np.ndarray | None) -> np.ndarray | None:
    """What belongs to the neurons that are drawn."""
    return None if x is None else x[tuple(slice(MOST_NEURONS) for _ in x.shape)].ravel()


def plane_of(film: TrainingFilm) -> dict[str, Any] | None:
    """The part of the plane that is shown and the points in it; None where the inputs are no plane."""
    if film.extent is None:
        return None
    x, y = film.points or (np.empty((0, 2)), np.empty(0))
    middle, reach = plane.middle_and_reach(y)
    middle = middle if film.boundary is None else float(film.boundary)
    chosen = thinned(list(range(len(x))), MOST_POINTS)
    quantity = bool(film.answer) or len(np.unique(y)) > MOST_CLASSES
    reach = float(np.abs(y - middle).max()) or reach if quantity else reach
    return {
        "extent": [float(end) for end in film.extent],
        "size": FIELD,
        "low": middle - reach,
        "high": middle + reach,
        "boundary": middle,
        "quantity": quantity,
        "names": sorted(set(rounded(y))),
        "called": film.classes,
        "answer": film.answer,
        "points": [rounded([*x[i], y[i]]) for i in chosen],
    }


def input_names(film: TrainingFilm, layers: list[DrawnLayer]) -> list[str]:
    """What the inputs are called."""
    count = min(layers[0].inputs, MOST_NEURONS) if layers else 2
    usual = [f"x{''.join('₀₁₂₃₄₅₆₇₈₉'[int(digit)] for digit in str(k + 1))}" for k in range(count)]
    return [*film.names, *usual[len(film.names) :]][:count]


def curves_of(film: TrainingFilm) -> list[dict[str, Any]]:
    """What was written down, name by name: where, and how much."""
    names = dict.fromkeys(name for _, numbers in film.written for name in numbers)
    curves = []
    for name in names:
        points = thinned([(at, numbers[name]) for at, numbers in film.written if name in numbers], MOST_CURVE_POINTS)
        curves.append({"name": name, "at": rounded([at for at, _ in points]), "is": rounded([y for _, y in points])})
    return curves


def rounded(x: Any) -> Any:
    """Numbers with six digits, as JSON has them: what is not finite becomes a word."""
    if isinstance(x, dict):
        return {str(name): rounded(part) for name, part in x.items()}
    if isinstance(x, (list, tuple, np.ndarray)):
        return [rounded(part) for part in x]
    if x is None or isinstance(x, str):
        return x
    short = float(f"{x:.6g}")
    if not math.isfinite(short):
        return str(short)
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
