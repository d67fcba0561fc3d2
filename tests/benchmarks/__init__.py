"""Is it fast enough? Measured beside the peers and beside what one would write by hand.

python -m tests.benchmarks                               everything (some minutes)
python -m tests.benchmarks W3 W4                         two workloads
python -m tests.benchmarks --write docs/benchmarks.md    the committed table, measured anew

One workload is one file, w1_… to w10_…; `contest.py` says what a contest is, `worker.py` runs one contestant in a
process of its own, `measure.py` checks and times, `table.py` prints, `causes.py` explains each missed budget.
"""
