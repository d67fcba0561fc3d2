"""Write torch_figures.json: where PyTorch 2 stands after each of ten steps, and the rates of its schedules.

Run with PyTorch installed: python -m tests.optim.make_torch_figures
Lion is no part of PyTorch; its figures come from the program printed in its paper, on PyTorch's tensors.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from tests.optim.problems import CALLS, CASES, CURVATURE, PROBLEMS, SCHEDULES, START, STEPS, name_of


class Lion(torch.optim.Optimizer):
    """Chen et al., Symbolic Discovery of Optimization Algorithms (2023), program 1."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                g = -p.grad if group["maximize"] else p.grad
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(torch.lerp(g, m, beta1))
                m.copy_(torch.lerp(g, m, beta2))
                p.sub_(group["lr"] * (update + group["weight_decay"] * p))


def parameters():
    return {name: torch.tensor(x, dtype=torch.float64, requires_grad=True) for name, x in START.items()}


def steps(optimizer, options, problem):
    """All parameters after each step, flat."""
    p = parameters()
    kind = Lion if optimizer == "Lion" else getattr(torch.optim, optimizer)
    made = kind(p.values(), **options)

    def closure():
        made.zero_grad()
        loss = problem({**p, "curvature": torch.tensor(CURVATURE)}, torch.sin)
        loss.backward()
        return loss

    path = []
    for _ in range(STEPS):
        if optimizer == "LBFGS":
            made.step(closure)
        else:
            closure()
            made.step()
        path.append([float(x) for part in p.values() for x in part.detach().flatten()])
    return path


def two_groups():
    p = parameters()
    return torch.optim.SGD([{"params": [p["w"]]}, {"params": [p["b"]], "lr": 0.1}], lr=0.5, momentum=0.9)


def rates(make):
    """The rates and momenta of both groups, before each step."""
    optimizer = two_groups()
    schedule = make(optimizer)
    found = []
    for _ in range(CALLS):
        found.append([x for group in optimizer.param_groups for x in (group["lr"], group["momentum"])])
        optimizer.step()
        schedule.step()
    return found


def clipped(norm_type, max_norm):
    p = parameters()
    PROBLEMS["valley"]({**p, "curvature": torch.tensor(CURVATURE)}, torch.sin).backward()
    total = torch.nn.utils.clip_grad_norm_(p.values(), max_norm, norm_type)
    return [float(total), *[float(x) for part in p.values() for x in part.grad.flatten()]]


def warm_up_then_cosine(optimizer):
    schedule = torch.optim.lr_scheduler
    warm_up = schedule.LinearLR(optimizer, 0.1, total_iters=4)
    cosine = schedule.CosineAnnealingLR(optimizer, 6)
    return schedule.SequentialLR(optimizer, [warm_up, cosine], [4])


if __name__ == "__main__":
    figures = {
        "torch": torch.__version__,
        "steps": {
            name_of(*case): {name: steps(*case, problem) for name, problem in PROBLEMS.items()} for case in CASES
        },
        "rates": {
            name_of(name, options): rates(
                lambda o, name=name, options=options: getattr(torch.optim.lr_scheduler, name)(o, **options)
            )
            for name, options in SCHEDULES
        },
        "warm-up, then cosine": rates(warm_up_then_cosine),
        "clipped": {
            f"{norm}, {most}": clipped(norm, most) for norm in (1.0, 2.0, 3.0, float("inf")) for most in (1.0, 1e4)
        },
    }
    text = json.dumps(figures, separators=(",", ":")).replace('},"', '},\n"').replace(']],"', ']],\n"')
    Path(__file__).with_name("torch_figures.json").write_text(text + "\n")
