"""Batches: many inputs under one id. Each item is a row from the start, and a job as soon as its input is at hand."""
