"""What the command is measured against: each a program of its own, `python -m benchmarks.baselines.NAME FILE`."""
