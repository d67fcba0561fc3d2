"""How good is the gradient check? Wrong derivatives are planted in every primitive, and right ones are checked.

python -m tests.planted_bugs                                     # both tables, printed
python -m tests.planted_bugs sin matmul                          # some primitives, each trial on a line
python -m tests.planted_bugs --write docs/gradient_checking.md   # measured anew, written into the page
"""
