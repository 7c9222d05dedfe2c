"""Small JSON bodies, read whole."""

from __future__ import annotations

from typing import Any, Final

import pydantic_core
from starlette.requests import ClientDisconnect

from app.api.parameters import MAX_TEXT_CHARACTERS
from app.errors import BadRequest, Invalid, TooLarge
from app.jobs.ids import one_form
from app.state import ApiRequest

MAX_BODY_BYTES: Final = 1024 * 1024
#: Jobs that one call may name: as many as a page of the list shows.
MAX_JOB_IDS: Final = 200


async def json_object(request: ApiRequest) -> dict[str, Any]:
    """The body as a JSON object; raises `BadRequest` and `TooLarge`."""
    try:
        body = pydantic_core.from_json(await content_of(request), allow_inf_nan=False)
    except ValueError:
        raise BadRequest("The body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object")
    return body


async def job_ids_of(request: ApiRequest) -> list[str]:
    """The jobs that `{"job_ids": […]}` names, each once; raises `Invalid`. Whether there are such jobs is not asked."""
    given = (await json_object(request)).get("job_ids")
    if (
        not isinstance(given, list)
        or not 0 < len(given) <= MAX_JOB_IDS
        or not all(isinstance(item, str) and len(item) <= MAX_TEXT_CHARACTERS for item in given)
    ):
        message = f"must be a list of 1 to {MAX_JOB_IDS} ids of jobs"
        raise Invalid(f"job_ids {message}", errors=[{"field": "job_ids", "message": message}])
    return list(dict.fromkeys(one_form(item) for item in given))


async def content_of(request: ApiRequest, *, most: int = MAX_BODY_BYTES, what: str = "A JSON body") -> bytes:
    """The body as it is; raises `BadRequest` where it breaks off, and `TooLarge`."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise TooLarge(f"{what} has at most {most} bytes", limit_bytes=most)
    except ClientDisconnect as error:
        raise BadRequest("The connection ended before the body did") from error
    return bytes(body)
