"""Make torch_figures.json anew, losses and gradients as PyTorch 2 computes them: run this file."""

from __future__ import annotations

import json
from pathlib import Path

SCORES = [[2.0, -1.0, 0.5], [1000.0, -1000.0, 0.0], [0.1, 0.2, 0.3], [-3.0, 2.0, 1.0]]
CLASSES = [0, 1, 2, 1]
ONE_HOT = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
SHARES = [[0.7, 0.2, 0.1], [0.0, 1.0, 0.0], [0.3, 0.3, 0.4], [0.25, 0.5, 0.25]]
WEIGHT = [1.0, 0.5, 2.0]
CALM = [SCORES[0], [0.4, -0.3, 0.0], *SCORES[2:]]

SURE = [[0.9, 0.05, 0.05], [0.2, 0.3, 0.5], [0.01, 0.98, 0.01], [0.25, 0.5, 0.25]]
ALL, EITHER = ("mean", "sum", "none"), ("mean", "sum")
MORE = ({}, {"label_smoothing": 0.1}, {"weight": WEIGHT}, {"weight": WEIGHT, "label_smoothing": 0.3})


def cases():
    """Our name, PyTorch's, inputs, target, settings."""
    for reduction in ALL:
        r = {"reduction": reduction}
        for target in (CLASSES, ONE_HOT, SHARES):
            yield from (("cross_entropy", "cross_entropy", SCORES, target, {**r, **more}) for more in MORE)
        yield from (("nll", "nll_loss", CALM, CLASSES, {**r, "weight": w}) for w in (None, WEIGHT))
        yield from (("huber", "huber_loss", SCORES, SHARES, {**r, "delta": d}) for d in (1.0, 0.3))
        yield "mae", "l1_loss", SCORES, SHARES, r
        yield "mse", "mse_loss", SCORES, SHARES, r
        yield "binary_cross_entropy", "binary_cross_entropy", SURE, SHARES, r
        yield "binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits", SCORES, SHARES, r
    yield from (("kl", "kl_div", CALM, SHARES, {"reduction": r}) for r in (*ALL, "batchmean"))


def main() -> None:
    import torch

    figures = []
    for ours, theirs, inputs, target, settings in cases():
        x = torch.tensor(inputs, dtype=torch.float64, requires_grad=True)
        t = torch.tensor(target, dtype=None if target is CLASSES else torch.float64)
        more = {k: torch.tensor(v, dtype=torch.float64) if isinstance(v, list) else v for k, v in settings.items()}
        y = getattr(torch.nn.functional, theirs)(x, t, **more)
        y.sum().backward()
        row = {"name": ours, "x": inputs, "target": target, "settings": settings}
        figures.append({**row, "loss": y.tolist(), "gradient": x.grad.tolist()})
    text = json.dumps({"torch": torch.__version__.split("+")[0], "figures": figures})
    Path(__file__).with_name("torch_figures.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
