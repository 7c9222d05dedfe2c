"""Addresses in answers: below the public URL where one is set, else below the sub-path that the request came by."""

from __future__ import annotations

from app.state import ApiRequest


def link(request: ApiRequest, path: str) -> str:
    """The address of one of our own paths, as the caller can reach it."""
    return f"{request.state['settings'].public_url or request.scope.get('root_path', '')}{path}"
