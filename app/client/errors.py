"""What can go wrong between a client and a server, as one tree.

* `ClientError`
    * `ServerUnreachable`    nobody answers at the address, or what answers is no Transom
    * `RequestRefused`       the server answered with a problem: its `code`, `status` and list of `errors`
    * `StreamLost`           a stream broke and could not be taken up again
    * `ClientClosed`         the client was closed while something was under way
"""

from __future__ import annotations

from typing import Any

import httpx


class ClientError(Exception):
    """A call could not be carried out."""

    def __init__(self, detail: str, *, code: str) -> None:
        super().__init__(detail)
        self.detail = detail
        #: Stable and machine-readable: the server's own, or `CONNECTION_LOST` and such.
        self.code = code


class ServerUnreachable(ClientError):
    """No answer, or one that is not Transom's."""

    def __init__(self, server: str, reason: str) -> None:
        super().__init__(f"{server} can't be reached: {reason}", code="SERVER_UNREACHABLE")


class RequestRefused(ClientError):
    """The server answered that it will not do this."""

    def __init__(self, detail: str, *, code: str, status: int, errors: tuple[str, ...] = ()) -> None:
        super().__init__(detail, code=code)
        self.status = status
        #: One sentence a field that is wrong.
        self.errors = errors


class StreamLost(ClientError):
    """The stream broke, and every attempt to take it up again failed."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the stream was lost: {reason}", code="CONNECTION_LOST")


class ClientClosed(ClientError):
    """`TransomClient.close` was called meanwhile."""

    def __init__(self) -> None:
        super().__init__("the client was closed", code="CLIENT_CLOSED")


def refusal(response: httpx.Response) -> RequestRefused:
    """What a response with an error status says; its body has to be read already."""
    problem = _problem(response)
    title = str(problem.get("title") or response.reason_phrase or f"HTTP {response.status_code}")
    found = problem.get("errors")
    return RequestRefused(
        str(problem.get("detail") or title),
        code=str(problem.get("code") or f"HTTP_{response.status_code}"),
        status=response.status_code,
        errors=tuple(_field_error(item) for item in found) if isinstance(found, list) else (),
    )


def _problem(response: httpx.Response) -> dict[str, Any]:
    """The problem document, or nothing where a proxy answered with something else."""
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _field_error(item: object) -> str:
    """One entry of `errors` in words, whatever it is called there."""
    if not isinstance(item, dict):
        return str(item)
    place = item.get("field") or item.get("loc") or item.get("pointer") or ""
    name = ".".join(str(part) for part in place) if isinstance(place, list) else str(place)
    message = str(item.get("message") or item.get("msg") or item.get("detail") or "")
    return f"{name}: {message}" if name else message
