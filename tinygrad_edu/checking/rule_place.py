"""Where the rule of a primitive is written: file, line and the line itself.

>>> from ..ops.exponentials import exp
>>> "exponentials.py:" in where_rule_stands(exp, 0)
True
"""

from __future__ import annotations

import linecache
from typing import Any

from ..protocols.places import shortest


def where_rule_stands(op: Any, k: int) -> str:
    """'model.py:12: @tg.op(x=lambda g, y, x: g * x)'; '' where Python does not know."""
    names = op.inputs
    code = getattr(op.derivatives[names[min(k, len(names) - 1)]], "__code__", None)
    if code is None:
        return ""
    line = linecache.getline(code.co_filename, code.co_firstlineno).strip()
    return f"{shortest(code.co_filename)}:{code.co_firstlineno}{': ' + line if line else ''}"
