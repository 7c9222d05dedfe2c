"""Conditional requests (RFC 9110, section 13): whether the caller has the answer already."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request


def not_modified(request: Request[Any], etag: str) -> bool:
    """Whether `If-None-Match` names this tag; weak and strong ones are the same to it."""
    given = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return etag in tags or "*" in tags


def range_applies(request: Request[Any], etag: str) -> bool:
    """Whether `If-Range`, where there is one, lets `Range` count: a part of another version would be of no use."""
    given = request.headers.get("if-range")
    return given is None or given.strip() == etag
