"""What a run measures and notes."""
