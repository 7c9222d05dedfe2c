"""Jobs: the model, its legal moves, its store and its queue."""
