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
#: A name that a server thought of is cut to this, so that disks take it, also while it is only a part: most have 255.
MAX_NAME_BYTES: Final = 180
#: What is longer is no ending, and is cut like the rest.
MAX_ENDING_BYTES: Final = 20
_NAME: Final = re.compile(r"filename\*=UTF-8''([^;]+)")
#: What some systems don't take in a name.
_ODD: Final = re.compile(r'[:*?"<>|]')


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
    part = path.with_name(f".{_cut(path.name)}.{uuid4().hex[:8]}.part")
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
    try:
        part.replace(path)
    except OSError:
        if not overwrite:
            # It is empty and ours, and would be in the way of the next try.
            path.unlink(missing_ok=True)
        raise


def _refuse_file(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise FileExistsError(errno.EEXIST, "the file is there already", str(path))


def _place(target: Path, name: str) -> Path:
    return target / name if target.is_dir() else target


def _name(response: httpx.Response, kind: str) -> str:
    """The name that the server gives the file: a name only, whatever it says."""
    match = _NAME.search(response.headers.get("content-disposition", ""))
    name = unquote(match[1]).replace("\\", "/").rpartition("/")[2] if match else ""
    shown = "".join(character if character.isprintable() else "_" for character in _ODD.sub("_", name)).strip(". ")
    return _cut(shown) or f"export.{kind}"


def _cut(name: str) -> str:
    """As much of a name as disks take, with its ending; no character is cut in two."""
    ending = Path(name).suffix
    if len(_bytes(ending)) > MAX_ENDING_BYTES:
        ending = ""
    room = MAX_NAME_BYTES - len(_bytes(ending))
    return _bytes(name.removesuffix(ending))[:room].decode(errors="ignore") + ending


def _bytes(text: str) -> bytes:
    # A name of the user's own may hold what is no text.
    return text.encode(errors="surrogateescape")
