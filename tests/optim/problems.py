"""The two problems on which optimizers are compared with PyTorch, and the options that are compared.

Three parameters: a matrix, a vector and a number. The problem is either a quadratic bowl or Rosenbrock's valley with a
wavy wall. Both are written once, for PyTorch's tensors and for our Values.
"""

from __future__ import annotations

import numpy as np

START = {"w": [[0.5, -1.5, 2.0], [1.0, 0.25, -0.75]], "b": [-1.2, 1.0], "s": 0.7}
CURVATURE = np.array([[1.0, 3.0, 0.5], [2.0, 10.0, 0.1]])
STEPS = 10


def bowl(p, sin):
    """A quadratic: its curvatures differ by a factor of 100."""
    return (p["w"] * p["w"] * p["curvature"]).sum() + p["b"][0] * p["b"][1] + (p["b"] * p["b"]).sum() + p["s"] * p["s"]


def valley(p, sin):
    """Rosenbrock's function of b, waves in w, and a product that ties all three together."""
    b, w, s = p["b"], p["w"], p["s"]
    rosenbrock = (1.0 - b[0]) ** 2 + 100.0 * (b[1] - b[0] ** 2) ** 2
    return rosenbrock + (sin(w * 3.0) + 0.1 * w * w).sum() + s * s * s * s + s * (w[0] * w[1]).sum() * b[0]


PROBLEMS = {"bowl": bowl, "valley": valley}

CASES = [  # optimizer, options
    ("SGD", {"lr": 0.001}),
    ("SGD", {"lr": 0.001, "momentum": 0.9}),
    ("SGD", {"lr": 0.001, "momentum": 0.9, "dampening": 0.25}),
    ("SGD", {"lr": 0.001, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.001, "weight_decay": 0.1}),
    ("SGD", {"lr": 1e-5, "momentum": 0.5, "dampening": 0.1, "weight_decay": 0.1, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adagrad", {"maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.99), "eps": 1e-4, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.1, "amsgrad": True, "betas": (0.5, 0.6), "maximize": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "amsgrad": True}),
    ("AdamW", {"lr": 0.1, "betas": (0.8, 0.9), "maximize": True}),
    ("Lion", {}),
    ("Lion", {"lr": 0.01, "betas": (0.8, 0.9), "weight_decay": 0.1}),
    ("Lion", {"lr": 0.5, "betas": (0.5, 0.95)}),
    ("Lion", {"lr": 0.01, "maximize": True}),
    ("LBFGS", {"line_search_fn": "strong_wolfe", "max_iter": 2}),
    ("LBFGS", {"line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 2, "lr": 0.5}),
    ("LBFGS", {"lr": 0.01, "max_iter": 4, "history_size": 3}),
    ("LBFGS", {"line_search_fn": "strong_wolfe", "max_iter": 5, "max_eval": 100}),
    ("LBFGS", {"line_search_fn": "strong_wolfe", "max_eval": 4, "tolerance_grad": 1e-3, "tolerance_change": 1e-4}),
]

SCHEDULES = [  # name, options; the optimizer is SGD with momentum, in two groups, lr 0.5 and 0.1
    ("StepLR", {"step_size": 3, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 9], "gamma": 0.3}),
    ("CosineAnnealingLR", {"T_max": 8, "eta_min": 0.05}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.1, "end_factor": 0.6, "total_iters": 7}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 14}),
    ("OneCycleLR", {"max_lr": [1.0, 0.2], "epochs": 2, "steps_per_epoch": 9, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 20, "three_phase": True, "pct_start": 0.4, "div_factor": 10.0}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 14, "cycle_momentum": False, "final_div_factor": 100.0}),
]
CALLS = 13


def name_of(optimizer, options):
    """The key of a case in the file of figures."""
    return f"{optimizer}({', '.join(f'{key}={value!r}' for key, value in options.items())})"
