"""A form with many files, read while it is sent."""

from __future__ import annotations

import asyncio
import tracemalloc
from email import message_from_bytes
from pathlib import Path

import pytest

from app.client.form import LUMP_BYTES, Form, Part


async def _sent(form: Form) -> list[bytes]:
    return [lump async for lump in form]


def test_what_is_sent_is_a_form(tmp_path: Path) -> None:
    """Fields, repeated ones, files with awkward names and bytes: as long as was said, and as often as wanted."""
    names = ['it\'s "quoted".png', "two\nlines.png", "größe.png"]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(bytes([number]) * 1000)
    parts = [Part("file", tmp_path / name, name) for name in names]
    form = Form({"plugin": "p", "tool": ["a", "b"]}, [*parts, Part("manifest", b"{}", "", "application/json")])

    first, second = (b"".join(asyncio.run(_sent(form))) for _ in range(2))

    assert first == second
    assert len(first) == form.length == int(form.headers["Content-Length"])
    read = message_from_bytes(f"Content-Type: {form.headers['Content-Type']}\r\n\r\n".encode() + first)
    payloads = [part.get_payload(decode=True) for part in read.walk() if not part.is_multipart()]
    assert payloads == [b"p", b"a", b"b", *(bytes([number]) * 1000 for number in range(3)), b"{}"]
    assert b'filename="it\'s %22quoted%22.png"' in first
    assert b'filename="two%0Alines.png"' in first
    assert 'filename="größe.png"'.encode() in first


def test_small_files_go_together_and_large_ones_in_pieces(tmp_path: Path) -> None:
    """However large it is, little of it is in memory."""
    (tmp_path / "large").write_bytes(b"")
    with (tmp_path / "large").open("r+b") as file:
        file.truncate(64 * 1024 * 1024)
    parts = [Part("file", tmp_path / "large", "large"), *(Part("file", b"x" * 100, f"{n}") for n in range(500))]

    async def send() -> list[int]:
        return [len(lump) async for lump in Form({}, parts)]

    tracemalloc.start()
    sizes = asyncio.run(send())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 * LUMP_BYTES
    assert max(sizes) < 3 * LUMP_BYTES
    assert len(sizes) < 64 * 1024 * 1024 // LUMP_BYTES + 10


def test_a_file_that_becomes_shorter_is_not_sent_as_whole(tmp_path: Path) -> None:
    """Its length was said already: whoever sends it hears of it, and the server never takes half of it."""
    (tmp_path / "file").write_bytes(b"12345")
    form = Form({}, [Part("file", tmp_path / "file", "file")])
    (tmp_path / "file").write_bytes(b"123")

    with pytest.raises(OSError, match="shorter"):
        asyncio.run(_sent(form))


def test_a_file_that_is_not_there_is_noticed_before_anything_is_sent(tmp_path: Path) -> None:
    """Sizes are asked for first."""
    with pytest.raises(FileNotFoundError):
        Form({}, [Part("file", tmp_path / "file", "file")])
