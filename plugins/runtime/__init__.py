"""Running tools over media, and telling an observer of it."""
