"""The engine: how a result remembers what it was computed from, and how the chain rule is walked backwards."""

from ..protocols.modes import no_grad as no_grad
from .value import Value as Value
