"""The demonstration: a job over the bundled sample, for who has no film at hand."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.responses import JSONResponse, Response

from app.api.bodies import json_object
from app.api.breaking import SESSION, WISH_SECONDS, Habit
from app.api.caller import tenant_of
from app.api.multipart import Form
from app.api.submit import accept, accepted_response
from app.api.uploads import StoredFile, open_upload
from app.errors import Invalid
from app.models_phase10 import DemoNetwork
from app.sample import SAMPLE_NAME, SAMPLE_PLUGIN, sample_file
from app.state import ApiRequest
from app.storage.blobs import input_key

#: The sample has half a megabyte; whatever it will be, it is read whole.
_MAX_BYTES: Final = 64 * 1024 * 1024


async def submit_demo(request: ApiRequest) -> Response:
    """`POST /v1/demo`: submit the bundled sample; 202 with the job's address, 404 where no worker has its plugin."""

    async def read(job_id: str) -> Form:
        return Form({"plugin": [SAMPLE_PLUGIN]}, await _store_sample(request, job_id))

    return accepted_response(await accept(request, "demo", read))


async def break_network(request: ApiRequest) -> Response:
    """`POST /v1/demo/network`: from now on treat the connections of one page as a bad network would.

    Streams of that session that are open are cut, and those that come are treated so; polls are left alone. It is for
    the page that demonstrates what becomes of it, done by the process that answers, and over after some minutes.
    """
    body = await json_object(request)
    session_id, wanted = body.get("session_id"), body.get("break")
    if not isinstance(session_id, str) or not SESSION.fullmatch(session_id):
        raise _invalid("session_id", "must be `demo-` and 32 hexadecimal digits")
    if wanted != "none" and wanted not in [habit.value for habit in Habit]:
        raise _invalid("break", f"must be one of none, {', '.join(Habit)}")
    request.state["networks"].ask((tenant_of(request), session_id), None if wanted == "none" else Habit(wanted))
    answer = DemoNetwork.model_validate({"session_id": session_id, "break": wanted, "seconds": WISH_SECONDS})
    return JSONResponse(answer.model_dump())


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(f"{field} {message}", errors=[{"field": field, "message": message}])


async def _store_sample(request: ApiRequest, job_id: str) -> StoredFile:
    content = await asyncio.to_thread(sample_file().read_bytes)
    async with open_upload(request.state["blobs"], input_key(job_id), max_bytes=_MAX_BYTES) as upload:
        upload.take(content)
    upload.stored.name = SAMPLE_NAME
    return upload.stored
