"""The pictures on the pages are those that the package draws today: the same words and numbers, wherever they stand."""

from __future__ import annotations

import importlib.util
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "docs" / "draw_pictures.py"

if not SCRIPT.exists():
    pytest.skip("reads the source checkout", allow_module_level=True)

before = list(sys.path)
spec = importlib.util.spec_from_file_location("draw_pictures", SCRIPT)
script = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)


def words(svg: str) -> Counter:
    """Every line of text in a picture; a new release of Graphviz may move them."""
    text = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return Counter("".join(line.itertext()).replace("\xa0", " ") for line in text)


@pytest.mark.parametrize("picture", script.PICTURES, ids=lambda picture: picture.__name__)
def test_a_picture_on_a_page_says_what_the_package_says(picture):
    kept = (ROOT / "docs" / "pictures" / f"{picture.__name__}.svg").read_text("utf-8")
    assert words(kept) == words(picture().svg()), "python docs/draw_pictures.py draws it anew"


def test_every_picture_of_the_page_is_drawn_by_the_script():
    page = (ROOT / "docs" / "drawing.md").read_text("utf-8")
    drawn = {f"pictures/{picture.__name__}.svg" for picture in script.PICTURES}
    shown = {part.split(")")[0] for part in page.split("](") if part.startswith("pictures/")}
    assert shown <= drawn


@pytest.fixture(autouse=True, scope="module")
def the_path_is_left_as_it_was():
    yield
    sys.path[:] = before
