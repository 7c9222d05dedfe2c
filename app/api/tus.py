"""`/v1/uploads`: tus 1.0, so that a large file passes proxies that cap bodies or cut connections.

https://tus.io/protocols/resumable-upload, with what proxies do in mind: `GET` answers what `HEAD` does, and a `POST`
with `X-HTTP-Method-Override` stands for each method that may be refused on the way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.caller import tenant_of
from app.api.idempotency import Answer, StoredAnswer, fingerprint_of, held_key
from app.api.links import link
from app.api.multipart import Form
from app.api.parameters import rfc3339
from app.api.submissions import shown_name
from app.api.submit import answer_response
from app.api.taking import discard_content, known_id
from app.errors import (
    BadRequest,
    BlobNotFound,
    MethodNotAllowed,
    NotAPiece,
    UnknownTusVersion,
    UploadNotFound,
    UploadTooLarge,
)
from app.jobs.ids import new_id, now_ms
from app.models_phase10 import UploadState
from app.state import ApiRequest
from app.uploads import store
from app.uploads.receiving import receive
from app.uploads.store import Hold
from app.uploads.upload import Upload, parse_about

PATH: Final = "/v1/uploads"
VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,expiration,termination"
PIECE_TYPE: Final = "application/offset+octet-stream"


class TusHeaders:
    """Says on every answer which tus this is, problems too; refuses a version that is another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and name the version in its answer."""
        limit = Request[Any](scope).state["settings"].max_upload_bytes

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Tus-Resumable"] = VERSION
                headers["Tus-Version"] = VERSION
                headers["Tus-Max-Size"] = str(limit)
            await send(message)

        await self._app(scope, receive, send_named)


def tus_routes() -> list[BaseRoute]:
    """The addresses of uploads."""
    named = [Middleware(TusHeaders)]
    one = f"{PATH}/{{upload_id}}"
    return [
        Route(PATH, describe_uploads, methods=["OPTIONS"], middleware=named),
        Route(PATH, create_upload, methods=["POST"], middleware=named),
        Route(one, get_upload, methods=["GET"], middleware=named),
        Route(one, append_to_upload, methods=["PATCH"], middleware=named),
        Route(one, delete_upload, methods=["DELETE"], middleware=named),
        Route(one, override_upload, methods=["POST"], middleware=named),
    ]


async def describe_uploads(request: ApiRequest) -> Response:
    """`OPTIONS /v1/uploads`: what of tus this server speaks."""
    return Response(status_code=204, headers={"Tus-Extension": EXTENSIONS})


async def create_upload(request: ApiRequest) -> Response:
    """`POST /v1/uploads`: begin an upload; 201 with its address. A body is its first piece."""
    _require_version(request)
    upload = _announced(request)
    settings = request.state["settings"]
    with_piece = _content_type(request) == PIECE_TYPE
    async with held_key(request) as key:
        fields = {"length": [str(upload.length)], "about": [upload.about], "with_piece": [str(with_piece)]}
        fingerprint = fingerprint_of("create_upload", Form(fields))
        if isinstance(key, StoredAnswer):
            key.require_same(fingerprint)
            return answer_response(key.answer, replayed=True)
        answer = Answer(
            201,
            {"Location": link(request, f"{PATH}/{upload.id}"), "Upload-Expires": _expires(upload)},
            _state(upload).model_dump_json(),
        )

        def insert(connection: Any) -> None:
            store.create(connection, upload, max_waiting_bytes=settings.waiting_upload_bytes)
            if key is not None:
                key.finish(connection, fingerprint, answer)

        await request.state["database"].run_write(insert)
    response = answer_response(answer, replayed=False)
    if with_piece:
        held = await _hold(request, upload.id, 0)
        response.headers["Upload-Offset"] = str(await _receive(request, held))
    return response


async def get_upload(request: ApiRequest) -> Response:
    """`GET /v1/uploads/{upload_id}`: how far it is, also as tus' `HEAD`; raises `UploadNotFound`, `UploadExpired`.

    `Upload-Offset` says where the next piece begins.
    """
    _require_version(request)
    upload = await request.state["database"].run_read(store.get, tenant_of(request), _upload_id(request))
    store.require_unused(upload)
    headers = {**_progress(upload, upload.received), "Upload-Length": str(upload.length)}
    if upload.about:
        headers["Upload-Metadata"] = upload.about
    return Response(_state(upload).model_dump_json(), headers=headers, media_type="application/json")


async def append_to_upload(request: ApiRequest) -> Response:
    """`PATCH /v1/uploads/{upload_id}`: add a piece, which begins at `Upload-Offset`; what arrives of it stays.

    Raises `UploadNotFound`, `UploadExpired`, `UploadUsed`, `UploadOffsetConflict`, `UploadLocked`, `UploadTooLarge`.
    """
    _require_version(request)
    if _content_type(request) != PIECE_TYPE:
        raise NotAPiece(f"Send the piece as {PIECE_TYPE}")
    held = await _hold(request, _upload_id(request), _number(request, "Upload-Offset"))
    received = await _receive(request, held)
    return Response(status_code=204, headers=_progress(held.upload, received))


async def delete_upload(request: ApiRequest) -> Response:
    """`DELETE /v1/uploads/{upload_id}`: give an upload up; raises `UploadNotFound`, `UploadUsed`."""
    _require_version(request)
    upload_id = _upload_id(request)
    await request.state["database"].run_write(store.delete, tenant_of(request), upload_id)
    await discard_content(request, upload_id)
    return Response(status_code=204)


async def override_upload(request: ApiRequest) -> Response:
    """`POST /v1/uploads/{upload_id}`: what `X-HTTP-Method-Override` says, for proxies that refuse that method."""
    method = request.headers.get("x-http-method-override", "").strip().upper()
    match method:
        case "PATCH":
            return await append_to_upload(request)
        case "DELETE":
            return await delete_upload(request)
        case "HEAD" | "GET":
            return await get_upload(request)
        case _:
            raise MethodNotAllowed("Say with X-HTTP-Method-Override which method this is: PATCH, DELETE or HEAD")


async def _hold(request: ApiRequest, upload_id: str, offset: int) -> Hold:
    keep_ms = _keep_ms(request)
    return await request.state["database"].run_write(store.hold, tenant_of(request), upload_id, offset, keep_ms=keep_ms)


async def _receive(request: ApiRequest, held: Hold) -> int:
    try:
        return await receive(
            _chunks(request, held), held, blobs=request.state["blobs"], database=request.state["database"]
        )
    except BlobNotFound:
        # Bytes that were noted are gone: nothing can be made of the rest.
        await request.state["database"].run_write(store.forget, held.upload.id)
        raise UploadNotFound("What was uploaded before is gone: begin again") from None


async def _chunks(request: ApiRequest, held: Hold) -> AsyncIterator[bytes]:
    announced = request.headers.get("content-length", "")
    room = held.upload.length - held.upload.received
    if announced.isdigit() and int(announced) > room:
        raise UploadTooLarge(f"The piece has {announced} bytes, and {room} are missing", limit_bytes=held.upload.length)
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except ClientDisconnect as error:
        raise BadRequest("The connection ended before the body did") from error


def _announced(request: ApiRequest) -> Upload:
    """The upload that a request announces, of which nothing is stored yet."""
    length = _number(request, "Upload-Length")
    limit = request.state["settings"].max_upload_bytes
    if length > limit:
        raise UploadTooLarge(f"The file has {length} bytes; this server takes {limit}", limit_bytes=limit)
    about = request.headers.get("upload-metadata", "")
    parse_about(about)
    return Upload(
        id=new_id(),
        tenant=tenant_of(request),
        length=length,
        received=0,
        about=about,
        expires_at_ms=now_ms() + _keep_ms(request),
    )


def _keep_ms(request: ApiRequest) -> int:
    return int(request.state["settings"].upload_hours * 3600 * 1000)


def _require_version(request: ApiRequest) -> None:
    """Raise `UnknownTusVersion` for another one; a header that was lost on the way is no other version."""
    version = request.headers.get("tus-resumable", VERSION)
    if version != VERSION:
        raise UnknownTusVersion(f"Tus-Resumable is {version[:20]!r}; this server speaks {VERSION}")


def _upload_id(request: ApiRequest) -> str:
    return known_id(str(request.path_params["upload_id"]))


def _number(request: ApiRequest, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        message = "is missing" if not text else "is a number of bytes"
        raise BadRequest(f"{name} {message}", errors=[{"field": name, "message": message}])
    return int(text)


def _content_type(request: ApiRequest) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _progress(upload: Upload, received: int) -> dict[str, str]:
    return {"Upload-Offset": str(received), "Upload-Expires": _expires(upload)}


def _expires(upload: Upload) -> str:
    return format_datetime(datetime.fromtimestamp(upload.expires_at_ms // 1000, UTC), usegmt=True)


def _state(upload: Upload) -> UploadState:
    return UploadState(
        upload_id=upload.id,
        name=shown_name(upload.name),
        length=upload.length,
        offset=upload.received,
        complete=upload.complete,
        expires_at=rfc3339(upload.expires_at_ms),
    )
