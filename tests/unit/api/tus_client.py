"""The calls of tus, one by one, as a client makes them."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa

from app.database.schema import uploads
from tests.stack import wait_until
from tests.unit.api.web import PNG, Web

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def named(name: str) -> dict[str, str]:
    """What a client says of a file."""
    return {"Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()},filetype aW1hZ2UvcG5n"}


def create(web: Web, length: int = len(PNG), headers: Mapping[str, str] = MappingProxyType({})) -> str:
    """Begin an upload; its address."""
    answer = web.client.post("/v1/uploads", headers={**TUS, "Upload-Length": str(length), **headers})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def patch(web: Web, address: str, offset: int, content: bytes) -> httpx.Response:
    """Add a piece."""
    return web.client.patch(address, content=content, headers={**PIECE, "Upload-Offset": str(offset)})


def offset_of(web: Web, address: str) -> int:
    """Where the server says that the next piece begins."""
    answer = web.client.head(address, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def upload(web: Web, content: bytes = PNG, name: str = "dot.png") -> str:
    """Upload a file whole; its id."""
    address = create(web, len(content), named(name))
    assert patch(web, address, 0, content).status_code == 204
    return id_in(address)


def id_in(address: str) -> str:
    """The upload's id."""
    return address.rsplit("/", maxsplit=1)[-1]


def stored(web: Web) -> set[str]:
    """The uploads of which the storage has something."""
    folder: Path = web.settings.data_dir / "blobs" / "uploads"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


@contextmanager
def half_a_piece(web: Web, address: str, content: bytes, *, announced: int) -> Iterator[socket.socket]:
    """A piece under way, of which so much has arrived; whoever leaves the block hangs up."""
    url = urlsplit(web.url)
    head = f"PATCH {address} HTTP/1.1\r\nHost: {url.netloc}\r\nUpload-Offset: 0\r\nContent-Length: {announced}\r\n"
    lines = "".join(f"{name}: {value}\r\n" for name, value in PIECE.items())
    with socket.create_connection((str(url.hostname), url.port or 0)) as connection:
        connection.sendall(f"{head}{lines}\r\n".encode() + content)
        yield connection


def wait_until_held(web: Web, upload_id: str) -> None:
    """Wait until a request is adding to it."""

    def is_held() -> bool:
        with web.database.read() as connection:
            holder = connection.execute(sa.select(uploads.c.holder).where(uploads.c.id == upload_id)).scalar_one()
        return holder is not None

    wait_until(is_held, what="a piece arriving")
