"""The graph as the objects of the package onnx."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import messages
from .graph import OPSET, Graph

IR_VERSION = 9  # of the file itself, from 2023


def package() -> Any:
    """The package onnx, loaded when it is needed."""
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError:
        raise messages.not_installed() from None
    return onnx


Described = tuple[str, np.dtype, list[Any]]


def as_model(onnx: Any, graph: Graph, inputs: list[Described], outputs: list[Described], name: str) -> Any:
    """The ModelProto."""
    helper = onnx.helper
    code = helper.np_dtype_to_tensor_dtype

    def described(item: Described) -> Any:
        title, dtype, dims = item
        return helper.make_tensor_value_info(title, code(dtype), [length(n) for n in dims])

    nodes = []
    for op, given, output, attributes in needed(graph, {title for title, _, _ in outputs}):
        settings = {key: code(x) if isinstance(x, np.dtype) else x for key, x in attributes.items()}
        results = [output] if op != "TopK" else [output, graph.unused("places")]
        nodes.append(helper.make_node(op, given, results, **settings))
    used = {x for node in nodes for x in node.input}
    made = helper.make_graph(
        nodes,
        name,
        [described(item) for item in inputs],
        [described(item) for item in outputs],
        [onnx.numpy_helper.from_array(x, title) for title, x in graph.initializers.items() if title in used],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="tinygrad_edu")
    model.ir_version = IR_VERSION
    return model


def needed(graph: Graph, wanted: set[str]) -> list[Any]:
    """The nodes that the outputs depend on: a gradient's mask, for example, is of no use here."""
    found = []
    for node in reversed(graph.nodes):
        if node[2] in wanted:
            found.append(node)
            wanted.update(node[1])
    return found[::-1]


def length(n: Any) -> Any:
    """A length as ONNX writes it: a number, or a name for what is open."""
    return n if type(n) is int else "batch" if n.times == 1 else f"{n.times}*batch"
