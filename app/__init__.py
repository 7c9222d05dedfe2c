"""The web side, and what web and worker share."""
