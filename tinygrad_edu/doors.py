"""A package's door for names that are loaded when somebody asks for them, so that `import tinygrad_edu` stays light."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def later(package: str, files: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package whose names are partly loaded later.

    files   name -> the file or folder it is in, as in `from .file import name`; of one with the same name, all of it
    """
    module = sys.modules[package]

    def __getattr__(name: str) -> Any:
        if name not in files:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=module)
        file = importlib.import_module(f"{package}.{files[name]}")
        found = vars(module)[name] = getattr(file, name, file)
        return found

    def __dir__() -> list[str]:
        return sorted({*vars(module), *files})

    return __getattr__, __dir__
