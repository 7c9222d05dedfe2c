"""An input by its address: fetched into the storage as it arrives, within what is set for one."""

from __future__ import annotations

from contextlib import aclosing

from app.api.fleet import fleet_plugins
from app.api.multipart import Form
from app.api.submissions import URL_FIELDS, plan_of
from app.api.uploads import StoredFile, open_upload
from app.api.webhook_fields import webhook_of
from app.errors import EmptyInput, Invalid, UrlInputDisabled
from app.outbound.client import Outbound
from app.settings import Settings
from app.state import ApiRequest
from app.storage.blobs import BlobStore, input_key


async def fetch(outbound: Outbound, blobs: BlobStore, key: str, url: str, *, settings: Settings) -> StoredFile:
    """Fetch a file, which is the blob `key` then; raises what `Outbound.get` raises, and then there is none."""
    most = settings.max_upload_bytes
    async with (
        outbound.get(url, seconds=settings.url_seconds, max_bytes=most) as response,
        open_upload(blobs, key, max_bytes=most) as upload,
        aclosing(response.chunks()) as chunks,
    ):
        async for chunk in chunks:
            upload.take(chunk)
            if upload.full:
                await upload.flush()
    upload.stored.name = response.name
    return upload.stored


async def take_url(request: ApiRequest, form: Form, job_id: str) -> None:
    """Make what is at the address that a form names the file of the job `job_id`; does nothing where it names none.

    Everything else about the form is looked at first. Raises what is wrong with it, `UrlInputDisabled`, `Invalid`
    beside another input, `EmptyInput`, `TooBusy` where the host is being asked too often, and what `Outbound.get`
    raises.
    """
    given = [name for name in URL_FIELDS if form.one(name)]
    if not given:
        return
    outbound = request.state["input_urls"]
    if outbound is None:
        raise UrlInputDisabled
    if len(given) > 1 or form.one("upload_id") or (form.file is not None and form.file.size):
        message = "can't be sent beside another input"
        raise Invalid(f"{given[0]} {message}", errors=[{"field": given[0], "message": message}])
    url = form.one(given[0]) or ""
    target = outbound.policy.target(url)
    plan_of(form, await fleet_plugins(request))
    webhook_of(request, form.one("webhook_url"))
    settings = request.state["settings"]
    with outbound.waited_for.held(target.place):
        form.file = await fetch(outbound, request.state["blobs"], input_key(job_id), url, settings=settings)
    if form.file.size == 0:
        raise EmptyInput
