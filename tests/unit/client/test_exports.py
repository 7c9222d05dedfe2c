"""What an export becomes on this disk: names that a server thought of, and nothing left of what failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest

from app.client.exports import save
from app.client.http import Http

CONTENT = b'{"frames": []}'


class Named:
    """Answers with a file of that name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def stream(self, method: str, address: str, **_: Any) -> AbstractAsyncContextManager[httpx.Response]:
        """The one answer."""

        @asynccontextmanager
        async def answer() -> AsyncIterator[httpx.Response]:
            named = f"attachment; filename*=UTF-8''{quote(self._name)}"
            yield httpx.Response(
                200,
                headers={"content-disposition": named},
                content=CONTENT,
                request=httpx.Request(method, f"http://server{address}"),
            )

        return answer()


def saved(name: str, target: Path, *, overwrite: bool = False) -> Path:
    """Where a file of that name ends up."""
    http = cast("Http", Named(name))
    return asyncio.run(save(http, "/v1/x", target, kind="json", overwrite=overwrite, on_progress=None))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("waves.annotated.webm", "waves.annotated.webm"),
        ('a:b*c?d"e<f>g|h.json', "a_b_c_d_e_f_g_h.json"),
        ("line\nbreak\x00.json", "line_break_.json"),
        ("../../up.json", "up.json"),
        ("häfen.json", "häfen.json"),
        ("...", "export.json"),
    ],
)
def test_a_name_is_one_that_every_disk_has(tmp_path: Path, name: str, expected: str) -> None:
    """What some systems don't take in names is replaced; folders are no part of it."""
    assert saved(name, tmp_path) == tmp_path / expected
    assert [path.name for path in tmp_path.iterdir()] == [expected]


@pytest.mark.parametrize("stem", ["a" * 300, "ä" * 300, "\N{FAMILY}" * 300], ids=["one byte", "two", "four"])
def test_a_long_name_is_cut_before_its_ending(tmp_path: Path, stem: str) -> None:
    """In bytes, as disks count; a character is kept whole or not at all."""
    path = saved(f"{stem}.annotated.webm", tmp_path)

    assert path.read_bytes() == CONTENT
    assert path.name.endswith(".webm")
    assert 150 < len(path.name.encode()) < 200
    assert set(path.name.removesuffix(".webm")) <= {*stem, *".annotated"}


def test_a_long_name_of_the_users_own(tmp_path: Path) -> None:
    """What this disk takes is what it is called."""
    target = tmp_path / ("ä" * 120 + ".json")

    assert saved("x.json", target) == target
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_nothing_is_left_of_what_can_not_be_put_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even an empty file, which would keep the next try from its name."""

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "refused", str(target))

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", refuse)
        with pytest.raises(PermissionError):
            saved("a.json", tmp_path)

    assert list(tmp_path.iterdir()) == []
    assert saved("a.json", tmp_path).read_bytes() == CONTENT


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    """Unless it is to be overwritten."""
    (tmp_path / "a.json").write_text("mine")
    with pytest.raises(FileExistsError):
        saved("a.json", tmp_path)
    kept = (tmp_path / "a.json").read_text()

    assert kept == "mine"
    assert saved("a.json", tmp_path, overwrite=True).read_bytes() == CONTENT
