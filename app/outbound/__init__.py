"""Requests to addresses that callers name, and what keeps them away from everything that is not theirs to reach."""
