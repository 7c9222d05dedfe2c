"""The tests: `unit` needs nothing, `integration` and the phases drive the running product."""
