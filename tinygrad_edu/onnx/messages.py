"""What cannot be written as ONNX, and what to do instead."""

from __future__ import annotations

from typing import Any

from ..errors import DataError, TinygradError
from ..writing.wording import clip


class OnnxError(TinygradError, ValueError):
    """A computation that ONNX has no words for, or that is not the same for every size of a batch."""


class NotInstalledError(TinygradError, ImportError):
    """The package onnx is missing."""


def not_installed() -> NotInstalledError:
    """Without the extra."""
    return NotInstalledError(
        "export_onnx needs the package onnx, which is not installed.",
        "It knows the format of the file.",
        'Run: python -m pip install "tinygrad-edu[onnx]"',
    )


def where(line: Any) -> str:
    """' (model.py:12: y = tg.svd(x))', if that is known."""
    return f" ({line.place}: {clip(line.place.text, 70)})" if line.place is not None else ""


def no_counterpart(line: Any, detail: str = "") -> OnnxError:
    """For an operation without a rule, or a setting that ONNX does not have."""
    return OnnxError(
        f"{line.op.name}{f' with {detail}' if detail else ''} cannot be exported{where(line)}.",
        "ONNX is a fixed list of operations, and this one neither is in it nor is put together from others here.",
        "Export the part of the model before it, or write it with other operations: sums, products, tg.where, ...",
    )


def depends_on_batch(what: str) -> OnnxError:
    """For a program that is another one for another number of samples."""
    return OnnxError(
        f"The batch cannot be left open: {what}.",
        "The model was recorded with two sizes, and the two programs differ in more than the length of axes.",
        "Leave batch=True out to export for exactly the size of the example; sequences need batch_first=True.",
    )


def random_numbers() -> OnnxError:
    """For rng.random() in a function."""
    return OnnxError(
        "The model did not do the same twice.",
        "It was recorded two times with the same example; random numbers would be the same for ever in the file.",
        "Write model.eval() first, or make the random numbers an input.",
    )


def no_example(x: Any) -> DataError:
    """For an example that is no array."""
    return DataError(
        f"The example is a {type(x).__name__}.",
        "The model is called with it once, to see what it does with an input of this shape and dtype.",
        "Write export_onnx(model, np.zeros((1, 4))), or a tuple of arrays for several inputs.",
    )


def no_result() -> DataError:
    """For a model that returns nothing."""
    return DataError(
        "The model returned nothing to be written.",
        "A file says how results are computed from inputs, and there is no result.",
        "End forward() with a return.",
    )


def no_batch(shape: tuple[int, ...]) -> DataError:
    """For batch=True with an input that has no axis of samples."""
    return DataError(
        f"batch=True with an example of shape {shape}.",
        "The first axis of every input counts the samples, and there are none to count.",
        "Write an example with one sample: x[None].",
    )


def no_model(x: Any) -> DataError:
    """For export_onnx(model(x), x)."""
    return DataError(
        f"export_onnx was given a {type(x).__name__}, not a model or function.",
        "It calls the model with the example, to see what it does.",
        "Write export_onnx(model, example).",
    )


def no_dtype(dtype: Any) -> DataError:
    """For dtype=int."""
    return DataError(
        f"dtype={dtype!r} is none for the numbers of an ONNX model.",
        "All numbers of the file have one precision, that of the machine it will run on.",
        "Write dtype=np.float32 (what nearly all programs support) or np.float64.",
    )
