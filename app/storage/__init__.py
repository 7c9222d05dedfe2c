"""Blobs: inputs and previews, wherever fsspec reaches."""
