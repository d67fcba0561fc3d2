"""What cannot be trained, or cannot be a hyperparameter, is refused in three parts."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from tinygrad_edu import Value, optim
from tinygrad_edu.errors import DataError, ShapeError, TinygradError, UnknownNameError
from tinygrad_edu.nn import MLP

FORGETS = "It is how much of a running average stays in each step: with 1 nothing new comes in, beyond it grows."
RANGES = [
    (optim.SGD, {"lr": -0.1}, "lr=-0.1 is no learning rate"),
    (optim.Adam, {"lr": math.inf}, "lr=inf is no learning rate"),
    (optim.Adam, {"lr": "0.1"}, "lr='0.1' is no learning rate"),
    (optim.Adam, {"lr": True}, "lr=True is no learning rate"),
    (optim.Adam, {"lr": 0.0}, "lr=0.0 is no learning rate"),
    (optim.SGD, {"momentum": 1.5}, "momentum=1.5 is no share of the past from 0 to 1"),
    (optim.SGD, {"dampening": -0.5}, "dampening=-0.5 is no share from 0 to 1"),
    (optim.SGD, {"weight_decay": -1e-4}, "weight_decay=-0.0001 is no weight decay"),
    (optim.Adagrad, {"lr_decay": -1.0}, "lr_decay=-1.0 is no decay of the learning rate"),
    (
        optim.Adagrad,
        {"initial_accumulator_value": -1.0},
        "initial_accumulator_value=-1.0 is no start for a sum of squares",
    ),
    (optim.RMSprop, {"alpha": 1.0}, "alpha=1.0 is no share from 0 to below 1"),
    (optim.RMSprop, {"eps": math.nan}, "eps=nan is no small number"),
    (optim.Adam, {"betas": (0.9, 1.0)}, "betas=(0.9, 1.0) is no share from 0 to below 1"),
    (optim.AdamW, {"betas": 0.9}, "betas=0.9 is no pair of numbers"),
    (optim.LBFGS, {"tolerance_grad": -1.0}, "tolerance_grad=-1.0 is no tolerance"),
    (optim.LBFGS, {"tolerance_change": None}, "tolerance_change=None is no tolerance"),
    (optim.Lion, {"betas": (-0.1, 0.5)}, "betas=(-0.1, 0.5) is no share from 0 to below 1"),
]


@pytest.mark.parametrize(("kind", "options", "what"), RANGES, ids=[what for _, _, what in RANGES])
def test_a_hyperparameter_out_of_its_range_is_refused_wherever_it_is_written(kind, options, what):
    with pytest.raises(DataError) as error:
        kind([Value(1.0)], **options)
    lines = str(error.value).split("\n")
    assert lines[0] == f"{kind.__name__}: {what}."
    assert len(lines) == 3 and lines[2].startswith("  Write ")
    if 0.0 in options.values():
        return  # a schedule may end there
    made = kind([Value(1.0)])
    [(name, wrong)] = options.items()
    with pytest.raises(DataError, match="is no"):
        made.param_groups[0][name] = wrong
    with pytest.raises(DataError, match="is no"):
        made.param_groups[0].update(options)
    with pytest.raises(DataError, match="is no"):
        kind([{"params": [Value(1.0)], **options}])
    if kind is optim.LBFGS:
        return
    with pytest.raises(DataError, match="is no"):
        kind().update_all([1.0], [1.0], kind().init([1.0]), **options)


def test_the_three_parts_of_a_message_about_a_range():
    with pytest.raises(DataError) as error:
        optim.RMSprop([Value(1.0)], alpha=1.0)
    assert str(error.value) == (
        f"RMSprop: alpha=1.0 is no share from 0 to below 1.\n  {FORGETS}\n  Write for example alpha=0.99."
    )


def closure_of(result):
    def call():
        p = Value([1.0])
        made = optim.LBFGS([p])

        def closure():
            (p * p).sum().backward()
            return result

        made.step(closure)

    return call


def remembered_of_another_shape():
    p = Value([1.0, 2.0])
    made = optim.Adam([p])
    p.grad = [1.0, 1.0]
    made.step()
    p.data = [1.0]
    p.grad = [1.0]
    made.step()


BUILT = "Each parameter is changed by its own gradient, so both containers must be built alike."
AS_GIVEN = "Pass the gradients as tg.grad or tg.value_and_grad gave them for these parameters."
FUNCTIONAL = optim.SGD()
MESSAGES = [
    (
        lambda: optim.SGD([Value(1.0)], nesterov=True),
        DataError,
        "SGD: nesterov=True with momentum=0.0 and dampening=0.0.\n"
        "  Nesterov's step looks ahead along the momentum, so it needs one, and all of each gradient in it.\n"
        "  Write SGD(params, lr, momentum=0.9, nesterov=True).",
    ),
    (
        lambda: optim.Adam(Value([1.0, 2.0])),
        DataError,
        "Adam was given one Value instead of a list of them.\n"
        "  It changes a list of Values, and does not look for them inside an object.\n"
        "  Write Adam([w]).",
    ),
    (
        lambda: optim.Adam({"w": Value(1.0)}),
        DataError,
        "Adam was given a dict instead of a list.\n"
        "  It changes a list of Values, and does not look for them inside an object.\n"
        "  Write Adam(parameters.values()), or Adam([group]) for a parameter group.",
    ),
    (
        lambda: optim.Adam([{"params": MLP(2, [1])}]),
        DataError,
        "Adam was given MLP instead of parameters.\n"
        "  It changes a list of Values, and does not look for them inside an object.\n"
        "  Write Adam(model.parameters()).",
    ),
    (
        lambda: optim.Adam([{"params": [Value(1.0)]}, [Value(2.0)]]),
        DataError,
        "Adam: a parameter group is list, no dict with 'params'.\n"
        "  A list of groups is a list of dicts, each with its own parameters and what is special about them.\n"
        '  Write Adam([{"params": slow, "lr": 0.01}, {"params": fast}], lr=0.1).',
    ),
    (
        lambda: optim.Adam([{"params": [Value(1.0)], "learning_rate": 0.1}]),
        UnknownNameError,
        "There is no option of Adam named 'learning_rate'.\n"
        "  The names are: amsgrad, betas, eps, lr, maximize, weight_decay.\n"
        "  Write one of them, for example 'amsgrad'.",
    ),
    (
        lambda: FUNCTIONAL.update_all([1.0], [1.0], FUNCTIONAL.init([1.0]), momentun=0.5),
        UnknownNameError,
        "There is no option of SGD named 'momentun'.\n"
        "  The names are: dampening, lr, maximize, momentum, nesterov, weight_decay.\n"
        "  Did you mean 'momentum'?",
    ),
    (
        lambda: optim.Adam().step(),
        DataError,
        "Adam holds no parameters, so step() has nothing to change.\n"
        "  Made without them it is a rule only: update_all() takes parameters and gradients and returns new ones.\n"
        "  Write Adam(model.parameters(), ...), or params, state = optimizer.update_all(params, grads, state).",
    ),
    (
        remembered_of_another_shape,
        ShapeError,
        "Adam: parameter 0 has shape (1,), what is remembered of it ('m') has shape (2,).\n"
        "  Every entry of a parameter has its own memory, and the parameter was given other data since the last step.\n"
        "  Make a new Adam for parameters of new shapes.",
    ),
    (
        lambda: FUNCTIONAL.update_all({"w": 1.0, "b": 2.0}, {"w": 1.0}, {"t": 0.0}),
        ShapeError,
        f"The parameters have a leaf params['b'], the gradients have none there.\n  {BUILT}\n  {AS_GIVEN}",
    ),
    (
        lambda: FUNCTIONAL.update_all({"w": 1.0}, {"w": None}, {"t": 0.0}),
        ShapeError,
        f"The parameters have a leaf params['w'], the gradients have none there.\n  {BUILT}\n  {AS_GIVEN}",
    ),
    (
        lambda: FUNCTIONAL.update_all([1.0], [1.0, 2.0], {"t": 0.0}),
        ShapeError,
        f"The gradients have a leaf gradients[1], the parameters have none there.\n  {BUILT}\n  {AS_GIVEN}",
    ),
    (
        lambda: FUNCTIONAL.update_all({"w": np.ones((2, 3))}, {"w": np.ones(3)}, {"t": 0.0}),
        ShapeError,
        "params['w'] has shape (2, 3), its gradients have shape (3,).\n"
        "  A gradient has one entry for each entry of its parameter, and so has what is remembered of it.\n"
        f"  {AS_GIVEN}",
    ),
    (
        lambda: optim.Adam().update_all([1.0], [1.0], {"t": 0.0}),
        DataError,
        "Adam: the state has no 'm'.\n"
        "  Every rule remembers things of its own, and this state was made by another one or with other options.\n"
        "  Write state = optimizer.init(params) before the first step, and pass on what update_all() returns.",
    ),
    (
        lambda: optim.LBFGS([{"params": [Value(1.0)]}, {"params": [Value(2.0)]}]),
        DataError,
        "LBFGS was given 2 parameter groups.\n"
        "  It treats all parameters as one vector, with one step length for all.\n"
        "  Write LBFGS(model.parameters()).",
    ),
    (
        lambda: optim.LBFGS(None),
        DataError,
        "LBFGS was given no parameters.\n"
        "  With nothing to change, training would run and learn nothing.\n"
        "  Check that the model keeps its Values and layers as attributes, not in local variables.",
    ),
    (
        lambda: optim.LBFGS([Value(1.0)]).update_all([1.0], [1.0], {"t": 0.0}),
        DataError,
        "LBFGS has no rule that update_all() could use.\n"
        "  It computes the loss several times in a step and compares what it finds: no fixed formula does that.\n"
        "  Write LBFGS(model.parameters()) and optimizer.step(closure).",
    ),
    (
        lambda: optim.LBFGS([Value(1.0)]).step(),
        DataError,
        "LBFGS.step() was called without a closure.\n"
        "  It computes the loss at several places in one step, and only the caller knows how.\n"
        "  Write def closure(): optimizer.zero_grad(); loss = ...; loss.backward(); return loss, "
        "and optimizer.step(closure).",
    ),
    (
        closure_of(None),
        DataError,
        "LBFGS: the closure returned nothing.\n"
        "  The line search compares losses, so it needs the one number that backward() started from.\n"
        "  End the closure with: return loss.",
    ),
    (
        closure_of(Value([1.0, 2.0])),
        DataError,
        "LBFGS: the closure returned Value of shape (2,).\n"
        "  The line search compares losses, so it needs the one number that backward() started from.\n"
        "  End the closure with: return loss.",
    ),
    (
        lambda: optim.LBFGS([Value(1.0)], max_iter=0),
        DataError,
        "LBFGS: max_iter=0 is no positive whole number.\n"
        "  It counts what happens inside one step, and at least one thing must happen.\n"
        "  Write for example max_iter=20.",
    ),
    (
        lambda: optim.LBFGS([Value(1.0)], line_search_fn="strong_wolf"),
        UnknownNameError,
        "There is no line search named 'strong_wolf'.\n  The names are: strong_wolfe.\n  Did you mean 'strong_wolfe'?",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), MESSAGES, ids=[text.split("\n")[0] for *_, text in MESSAGES])
def test_a_mistake_is_told_in_three_parts(call, kind, text):
    with pytest.raises(TinygradError) as error:
        call()
    assert type(error.value) is kind
    assert str(error.value) == text


def test_the_other_optimizers_are_loaded_when_they_are_asked_for():
    program = (
        "import sys, tinygrad_edu as tg; before = set(sys.modules); tg.optim.Adam;"
        "print(*sorted(m for m in set(sys.modules) - before), 'tinygrad_edu.optim.lbfgs' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["tinygrad_edu.optim.adam", "False"]


def test_every_name_is_there_and_a_misspelt_one_is_told():
    assert [name for name in optim.__all__ if not hasattr(optim, name)] == []
    assert set(optim.__all__) <= set(dir(optim))
    with pytest.raises(AttributeError, match="has no attribute 'Adm'"):
        optim.Adm
