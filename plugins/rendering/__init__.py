"""Videos made of an input's frames, for browsers: with what was found drawn into them, or as they are."""
