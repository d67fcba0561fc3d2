"""The figures are made with PyTorch, the tests run without it."""

collect_ignore = ["make_torch_figures.py"]
