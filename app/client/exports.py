"""Answers that are files: waited for where they are still made, and kept whole or not at all."""

from __future__ import annotations

import asyncio
import errno
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote
from uuid import uuid4

import httpx

from app.client.errors import RequestRefused
from app.client.http import Http

#: Is told how many per cent of a video are made, as long as it is not there.
OnProgress = Callable[[int], None]

#: What a video that is still to be made is refused with.
NOT_READY: Final = "NOT_READY"
ASK_AGAIN_SECONDS: Final = 2.0
CHUNK_BYTES: Final = 256 * 1024
_NAME: Final = re.compile(r"filename\*=UTF-8''([^;]+)")


async def save(
    http: Http, address: str, target: Path, *, kind: str, overwrite: bool, on_progress: OnProgress | None
) -> Path:
    """The export at this address as a file, or in a folder under the name that the server gives it; answers which.

    Raises `FileExistsError` where the file is there and is not to be overwritten, and whatever keeps it from being
    written; then nothing is left of it.
    """
    if not overwrite:
        _refuse_file(target)
    while True:
        try:
            async with http.stream("GET", address, params={"format": kind}) as response:
                path = _place(target, _name(response, kind))
                await _keep(response, path, overwrite=overwrite)
                return path
        except RequestRefused as error:
            progress = error.problem.get("progress")
            if error.code != NOT_READY or not isinstance(progress, int):
                raise
        if on_progress is not None:
            on_progress(progress)
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _keep(response: httpx.Response, path: Path, *, overwrite: bool) -> None:
    if not overwrite:
        _refuse_file(path)
    part = path.with_name(f".{path.name[:100]}.{uuid4().hex[:8]}.part")
    try:
        with part.open("xb") as file:
            async for chunk in response.aiter_bytes(CHUNK_BYTES):
                # A disk may take its time.
                await asyncio.to_thread(file.write, chunk)
        _put(part, path, overwrite=overwrite)
    finally:
        part.unlink(missing_ok=True)


def _put(part: Path, path: Path, *, overwrite: bool) -> None:
    if not overwrite:
        # Fails where somebody made the file meanwhile.
        path.touch(exist_ok=False)
    part.replace(path)


def _refuse_file(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise FileExistsError(errno.EEXIST, "the file is there already", str(path))


def _place(target: Path, name: str) -> Path:
    return target / name if target.is_dir() else target


def _name(response: httpx.Response, kind: str) -> str:
    """The name that the server gives the file: a name only, whatever it says."""
    match = _NAME.search(response.headers.get("content-disposition", ""))
    name = unquote(match[1]).replace("\\", "/").rpartition("/")[2] if match else ""
    shown = "".join(character for character in name if character.isprintable()).strip(". ")
    return shown or f"export.{kind}"
