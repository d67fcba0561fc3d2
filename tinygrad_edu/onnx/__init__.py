"""A network as an ONNX file: the operations of one call, as other programs, phones and browsers run them."""

from .export import export_onnx
from .messages import OnnxError

__all__ = ["export_onnx", "OnnxError"]
