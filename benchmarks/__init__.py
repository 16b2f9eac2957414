"""Measures the command on files that are made for it: `make bench`, or `python -m benchmarks`."""
