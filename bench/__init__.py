"""Benchmarks: each measures peers side by side in one run and prints a table. `python -m bench NAME`."""
