"""Plots of learning: what goes in, what comes out, and what happens in between. Each returns a matplotlib figure.

    data             the points of a data set
    function         what a function or a network says about the plane, and where it changes its mind
    history          loss, accuracy and other curves over time
    activations      what the neurons of each layer answer to a batch
    gradients        how large the gradients of each layer are
    loss_surface     the loss around the parameters, along two directions
    gradient_check   the error of a finite difference for steps of every length: the V curve

>>> figure = data([[0, 0], [1, 1]], [0, 1])
>>> figure.axes[0].get_xlabel()
'x₁'

Each takes `ax` to draw into axes of one's own, and `title`. Nothing touches pyplot: figures are made, saved
(`figure.savefig("data.png")`) and forgotten, also without a screen.
"""

from .activations import activations
from .data import data
from .function import function
from .gradient_check import gradient_check
from .gradients import gradients
from .history import history
from .loss_surface import loss_surface

__all__ = ["activations", "data", "function", "gradient_check", "gradients", "history", "loss_surface"]
