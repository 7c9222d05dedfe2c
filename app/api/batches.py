"""Batches: hand in many inputs at once, see how they go, end, repeat or delete them together."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from dataclasses import replace
from typing import Any, Final

import pydantic_core
import sqlalchemy as sa
from starlette.responses import JSONResponse, Response

from app.api.bodies import content_of
from app.api.caller import tenant_of
from app.api.fleet import fleet_plugins
from app.api.idempotency import Answer, HeldKey, StoredAnswer, fingerprint_of, held_key
from app.api.job_views import summary
from app.api.links import link
from app.api.many_files import MAX_MANIFEST_BYTES, Manifest, ManyFiles, read_many
from app.api.multipart import Form
from app.api.parameters import batch_id_of, choice, integer, page_key, rfc3339
from app.api.publishing import commit
from app.api.submissions import plan_of, shown_name
from app.api.submit import answer_response, discard_inputs
from app.api.webhook_fields import webhook_of
from app.batches import store
from app.batches.batch import Batch, Item, ItemState, counts_of
from app.batches.manifest import ManifestKind, kind_of, read_manifest, told_twice
from app.batches.roots import Roots, is_pattern
from app.errors import (
    BadRequest,
    BatchNotFound,
    Invalid,
    InvalidManifest,
    MissingField,
    TooManyItems,
    TransomError,
    UrlInputDisabled,
)
from app.jobs.ids import made_at_ms, new_id
from app.jobs.job import JobStatus
from app.models_phase10 import (
    BatchCancelled,
    BatchItem,
    BatchItems,
    BatchList,
    BatchPurged,
    BatchRetried,
    BatchState,
    ItemError,
)
from app.outbound.guard import Policy, read_url
from app.realtime.events import LogEvent
from app.state import ApiRequest

logger = logging.getLogger(__name__)

DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 200
MAX_ITEMS_PAGE: Final = 1000
#: What is said of a batch as a whole; everything else is said of each of its jobs.
_BATCH_FIELDS: Final = ("name", "manifest", "items", "webhook_url")
#: What names one input: in a batch its items do that.
_INPUT_FIELDS: Final = ("upload_id", "input_url", "image_url")


async def submit_batch(request: ApiRequest) -> Response:
    """`POST /v1/batches`: take a batch; 202 with its address, and every item is there.

    Items become jobs in the background: what is wrong with one is said of that one.
    """
    async with held_key(request) as key:
        given = await _read(request)
        fingerprint = _fingerprint(given)
        try:
            if isinstance(key, StoredAnswer):
                key.require_same(fingerprint)
                await discard_inputs(request, list(given.files))
                return answer_response(key.answer, replayed=True)
            batch, items = await _checked(request, given)
        except BaseException:
            await discard_inputs(request, list(given.files))
            raise
        state = _state(request, replace(batch, counts=counts_of(items)))
        headers = {"Location": link(request, f"/v1/batches/{batch.id}")}
        answer = Answer(202, headers, state.model_dump_json())
        stored = None if key is None else (key, fingerprint, answer)
        # It comes to its end also where the request does not wait for it: the files are the batch's then, or gone.
        await asyncio.shield(asyncio.ensure_future(_commit(request, batch, items, stored)))
    return answer_response(answer, replayed=False)


async def list_batches(request: ApiRequest) -> Response:
    """`GET /v1/batches`: a page of batches, newest first."""
    limit = integer(request, "limit", default=DEFAULT_PAGE, low=1, high=MAX_PAGE)
    after = page_key(request, "after")
    found = await request.state["database"].run_read(store.page, tenant_of(request), after=after, limit=limit + 1)
    shown = found[:limit]
    answer = BatchList(
        batches=[_state(request, batch) for batch in shown],
        count=len(shown),
        next_after=shown[-1].id if len(found) > limit else None,
    )
    return JSONResponse(answer.model_dump(mode="json"))


async def get_batch(request: ApiRequest) -> Response:
    """`GET /v1/batches/{batch_id}`: how a batch stands."""
    batch = await request.state["database"].run_read(store.get, tenant_of(request), batch_id_of(request))
    return JSONResponse(_state(request, batch).model_dump(mode="json"))


async def list_items(request: ApiRequest) -> Response:
    """`GET /v1/batches/{batch_id}/items`: a page of its items, each with its newest job."""
    limit = integer(request, "limit", default=DEFAULT_PAGE, low=1, high=MAX_ITEMS_PAGE)
    found = await request.state["database"].run_read(
        store.items,
        tenant_of(request),
        batch_id_of(request),
        status=choice(request, "status", JobStatus),
        after=integer(request, "after", default=0, low=0, high=2**31 - 1),
        limit=limit + 1,
    )
    shown = found[:limit]
    answer = BatchItems(items=[_item(item) for item in shown], next_after=shown[-1].n if len(found) > limit else None)
    return JSONResponse(answer.model_dump(mode="json"))


async def delete_batch(request: ApiRequest) -> Response:
    """`DELETE /v1/batches/{batch_id}`: cancel what has not ended; when it answers, all of it has."""
    return await cancel_batch(request)


async def cancel_batch(request: ApiRequest) -> Response:
    """`POST /v1/batches/{batch_id}/cancel`: the same for those whose proxies refuse `DELETE`."""
    database, tenant, batch_id = request.state["database"], tenant_of(request), batch_id_of(request)
    await database.run_write(store.cancel, tenant, batch_id)
    while await _step(request, tenant, batch_id):
        # Between two steps others write.
        continue
    await commit(request, lambda connection: store.roll_up(connection, tenant, batch_id))
    batch = await database.run_read(store.get, tenant, batch_id)
    logger.info("A batch was cancelled", extra={"action": "batch_cancelled", "batch_id": batch_id})
    answer = BatchCancelled(batch_id=batch_id, status="cancelled" if batch.cancelled else "done")
    return JSONResponse(answer.model_dump())


async def retry_batch(request: ApiRequest) -> Response:
    """`POST /v1/batches/{batch_id}/retry`: new jobs for the items that failed, in the same batch."""
    tenant, batch_id = tenant_of(request), batch_id_of(request)
    status = choice(request, "status", JobStatus) or JobStatus.ERROR
    if status not in (JobStatus.ERROR, JobStatus.CANCELLED):
        raise Invalid(
            "status must be error or cancelled", errors=[{"field": "status", "message": "error or cancelled"}]
        )
    retried = 0

    def change(connection: sa.Connection) -> list[LogEvent]:
        nonlocal retried
        retried = store.retry(connection, tenant, batch_id, [status])
        return store.roll_up(connection, tenant, batch_id)

    await commit(request, change)
    request.state["expander"].wake()
    return JSONResponse(BatchRetried(batch_id=batch_id, retried=retried).model_dump(), 202)


async def purge_batch(request: ApiRequest) -> Response:
    """`POST /v1/batches/{batch_id}/purge`: delete an ended batch with all its jobs. 409 where it has not ended."""
    database, tenant, batch_id = request.state["database"], tenant_of(request), batch_id_of(request)
    while not await database.run_write(store.purge_jobs, tenant, batch_id):
        # Between two steps others write.
        continue
    return JSONResponse(BatchPurged(batch_id=batch_id).model_dump())


async def _step(request: ApiRequest, tenant: str, batch_id: str) -> bool:
    found = False

    def change(connection: sa.Connection) -> list[LogEvent]:
        nonlocal found
        ended = store.cancel_jobs(connection, tenant, batch_id)
        found = ended is not None
        return ended or []

    await commit(request, change)
    return found


async def _commit(
    request: ApiRequest, batch: Batch, items: list[Item], answered: tuple[HeldKey, str, Answer] | None
) -> None:
    """Commit a batch, and the answer under its key; where that fails its files are deleted, unless it is there."""

    def change(connection: sa.Connection) -> list[LogEvent]:
        if answered is not None:
            key, fingerprint, answer = answered
            key.finish(connection, fingerprint, answer)
        return store.insert(connection, batch, items)

    try:
        await commit(request, change)
    except Exception:
        if not await _may_be_there(request, batch):
            await discard_inputs(request, [item.input_id for item in items if item.input_id is not None])
        raise
    request.state["expander"].wake()
    logger.info(
        "A batch was submitted", extra={"action": "batch_submitted", "batch_id": batch.id, "items": batch.total}
    )


async def _may_be_there(request: ApiRequest, batch: Batch) -> bool:
    try:
        await request.state["database"].run_read(store.get, batch.tenant, batch.id)
    except BatchNotFound:
        return False
    except Exception:
        # A database that does not answer may have committed. What it has not is found by the sweep.
        logger.exception("Whether a batch was made is not known", extra={"action": "batch_unsure"})
    return True


async def _read(request: ApiRequest) -> ManyFiles:
    """What was sent, in any of the forms."""
    settings = request.state["settings"]
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        return await read_many(
            request,
            request.state["blobs"],
            max_bytes=settings.max_upload_bytes,
            max_files=settings.max_batch_items,
            max_total=settings.waiting_upload_bytes,
        )
    kind = kind_of(media_type)
    if kind is None:
        raise BadRequest(
            "Send multipart/form-data with files or a manifest, or a manifest as application/json, "
            "application/x-ndjson or text/csv"
        )
    content = await content_of(request, most=MAX_MANIFEST_BYTES, what="A manifest")
    given = ManyFiles(manifest=Manifest(content, kind.value, None))
    if kind is not ManifestKind.JSON:
        # A manifest of lines has no room for more: then the query says how it is to be run.
        for name, value in request.query_params.multi_items():
            given.fields.setdefault(name, []).append(value)
        return given
    try:
        # A long list takes its time.
        body = await asyncio.to_thread(pydantic_core.from_json, content, allow_inf_nan=False)
    except ValueError:
        raise BadRequest("The body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object")
    given.fields = {
        name: [item if isinstance(item, str) else json.dumps(item) for item in _listed(value)]
        for name, value in body.items()
        if value is not None and name != "items"
    }
    return given


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _fingerprint(given: ManyFiles) -> str:
    content = hashlib.sha256(b"" if given.manifest is None else given.manifest.content).hexdigest()
    files = [file.sha256 for file in given.files.values()]
    return fingerprint_of("submit_batch", Form({**given.fields, "manifest": [content], "files": files}))


async def _checked(request: ApiRequest, given: ManyFiles) -> tuple[Batch, list[Item]]:
    """The batch with its items; raises what is wrong with it as a whole."""
    settings = request.state["settings"]
    fields = {name: values for name, values in given.fields.items() if name not in _BATCH_FIELDS}
    wrong = [name for name in _INPUT_FIELDS if fields.get(name)]
    if wrong:
        raise Invalid(f"{wrong[0]} is said of an item", errors=[{"field": wrong[0], "message": "is said of an item"}])
    webhook = webhook_of(request, Form(given.fields).one("webhook_url"))
    plan_of(Form(fields), await fleet_plugins(request))
    items = [
        Item(n=n, name=shown_name(file.name), source={"kind": "file"}, input_id=identifier)
        for n, (identifier, file) in enumerate(given.files.items(), 1)
    ]
    if given.manifest is not None:
        outbound = request.state["input_urls"]
        # Reading thousands of lines, and listing folders, takes its time.
        listed = await asyncio.to_thread(
            _listed_items,
            given.manifest,
            Roots(settings.input_folders),
            None if outbound is None else outbound.policy,
            settings.max_batch_items,
        )
        items += [replace(item, n=len(items) + item.n) for item in listed]
    if not items:
        raise MissingField(
            "The batch is empty: send files as 'file', or a manifest",
            errors=[{"field": "file", "message": "is missing"}],
        )
    if len(items) > settings.max_batch_items:
        raise TooManyItems(f"The batch has {len(items)} items; this server takes {settings.max_batch_items}")
    batch_id = new_id()
    name = shown_name((given.fields.get("name") or [""])[-1])
    return (
        Batch(
            id=batch_id,
            tenant=tenant_of(request),
            name=name,
            fields=fields,
            total=len(items),
            pending=any(item.error is None for item in items),
            request_id=request.scope.get("request_id"),
            created_at_ms=made_at_ms(batch_id),
            **webhook,
        ),
        items,
    )


def _listed_items(manifest: Manifest, roots: Roots, policy: Policy | None, most: int) -> list[Item]:
    kind = kind_of(manifest.media_type, manifest.name)
    if kind is None:
        raise InvalidManifest("Whether the manifest is JSON, NDJSON or CSV, neither its type nor its name says")
    listed: list[Item] = []
    for item in read_manifest(manifest.content, kind):
        for each in _spread(_checked_url(item, policy), roots, most):
            if len(listed) >= most:
                raise TooManyItems(f"The manifest names more than the {most} items that this server takes")
            listed.append(replace(each, n=len(listed) + 1, name=shown_name(each.name) or _name_of(each)))
    return told_twice(listed)


def _checked_url(item: Item, policy: Policy | None) -> Item:
    """An address that can't be asked says so at once; who answers there its turn will tell."""
    if item.source is None or item.source["kind"] != "url":
        return item
    try:
        if policy is None:
            raise UrlInputDisabled
        policy.target(item.source["at"])
    except TransomError as error:
        return replace(item, error={"code": error.code, "detail": error.detail})
    return item


def _spread(item: Item, roots: Roots, most: int) -> list[Item]:
    """A pattern is as many items as files match it; a path that can't be used says so at once."""
    if item.source is None or item.source["kind"] != "path":
        return [item]
    path = item.source["at"]
    try:
        if not is_pattern(path) or roots.has(path):
            roots.find(path)
            return [item]
        found = roots.matching(path, most + 1)
        return [replace(item, name=None, source={"kind": "path", "at": each}) for each in found]
    except TransomError as error:
        return [replace(item, error={"code": error.code, "detail": error.detail})]


def _name_of(item: Item) -> str | None:
    if item.source is None:
        return None
    at = str(item.source["at"])
    if item.source["kind"] == "url" and item.error is None:
        return shown_name(read_url(at).file_name)
    return shown_name(at.split("?", maxsplit=1)[0].rstrip("/"))


def _state(request: ApiRequest, batch: Batch) -> BatchState:
    base = link(request, f"/v1/batches/{batch.id}")
    return BatchState(
        batch_id=batch.id,
        name=batch.name,
        status=batch.status,
        plugin=batch.fields["plugin"][-1],
        tools=batch.fields.get("tool", []),
        options=json.loads((batch.fields.get("options") or ["{}"])[-1] or "{}"),
        device_requested=(batch.fields.get("device") or ["cpu"])[-1] or "cpu",
        priority=(batch.fields.get("priority") or ["normal"])[-1] or "normal",
        total=batch.total,
        counts=batch.counts,
        progress=batch.progress,
        failure_rate=batch.failure_rate,
        expanding=batch.pending,
        created_at=rfc3339(batch.created_at_ms) or "",
        finished_at=rfc3339(batch.finished_at_ms),
        links={"self": base, "items": f"{base}/items"},
    )


def _item(item: ItemState) -> BatchItem:
    error = item.error
    if error is None and item.job is not None and item.job.error is not None:
        error = {"code": str(item.job.error["error_code"]), "detail": str(item.job.error["message"])}
    return BatchItem(
        n=item.n,
        line=item.line,
        name=item.name,
        status=item.status.value,
        error=None if error is None else ItemError(**error),
        job=None if item.job is None else summary(item.job),
    )
