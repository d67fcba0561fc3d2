"""The misconception lab: engines with one classic mistake each, run beside the right one on your own graph.

>>> import tinygrad_edu as tg
>>> from tinygrad_edu import lab
>>> a = tg.Value(3.0, name="a")
>>> experiment = lab.compare(a * a, "overwrite")
>>> experiment.right[a], experiment.wrong[a]
(6.0, 3.0)
>>> print(experiment.reason)
a received 2 contributions. The last one, 3, took the place of what was there; 3 is lost.

Its files are read when the lab is used for the first time: most programs never do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalogue import example, misconceptions
    from .engine import Engine
    from .experiment import Experiment, compare
    from .overview import Overview, run_all
    from .questions import Question, quiz
    from .training import Training, train

__all__ = [
    "Engine",
    "Experiment",
    "Overview",
    "Question",
    "Training",
    "compare",
    "example",
    "misconceptions",
    "quiz",
    "run_all",
    "train",
]

FILES = {
    "catalogue": ["example", "misconceptions"],
    "engine": ["Engine"],
    "experiment": ["Experiment", "compare"],
    "overview": ["Overview", "run_all"],
    "questions": ["Question", "quiz"],
    "training": ["Training", "train"],
}


def __getattr__(name: str) -> Any:
    for file, names in FILES.items():
        if name in names:
            globals()[name] = found = getattr(import_module(f"{__name__}.{file}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__
