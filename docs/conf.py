"""How the pages become a site: `python -m sphinx -W docs docs/_build`. Every block of code is executed on the way."""

from __future__ import annotations

from importlib.metadata import version as installed

project = "tinygrad_edu"
author = "The tinygrad_edu authors"
copyright = author
release = version = installed("tinygrad-edu")

extensions = ["myst_nb"]
exclude_patterns = ["_build", "jupyter_execute"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_execution_in_temp = True  # what a page writes is thrown away
nb_merge_streams = True
nb_render_markdown_format = "myst"  # so that tables made by code are tables
nb_render_error_lexer = "text"

html_theme = "furo"
html_title = "tinygrad_edu"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_copy_source = False
html_show_sphinx = False
