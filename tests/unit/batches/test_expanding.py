"""Items become jobs, whatever becomes of other batches, of workers and of the database meanwhile."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from app.api import expanding
from app.api.expanding import Expander
from app.batches import store
from app.batches.batch import Batch, Item
from app.batches.clerk import Clerk
from app.database.engine import Database
from app.database.schema import DEFAULT_TENANT
from app.errors import DatabaseUnavailable
from app.jobs import fleet
from app.jobs.fleet import Worker
from app.jobs.ids import new_id, now_ms
from app.outbound.client import Outbound
from app.settings import Settings
from app.storage.blobs import BlobStore, input_key, upload_key
from app.uploads import store as uploads
from app.uploads.upload import Upload
from plugins.motion import Motion


class Silent:
    """Stands for the bus and the bell, which nobody hears here."""

    def publish(self, batch: object) -> None:
        """Nobody hears it."""

    def ring(self, queue: str, times: int = 1) -> None:
        """Nobody answers."""


@pytest.fixture(name="blobs")
def _blobs(tmp_path: Path) -> BlobStore:
    return BlobStore((tmp_path / "blobs").as_uri())


@pytest.fixture(name="expander")
def _expander(database: Database, blobs: BlobStore) -> Expander:
    """One beside a worker with the plugin motion."""
    worker = Worker(
        id="worker-1",
        host="here",
        pid=1,
        processes=1,
        queues=["cpu"],
        devices=[{"name": "cpu"}],
        plugins=[{"manifest": Motion.manifest().model_dump(mode="json")}],
        started_at_ms=0,
        heartbeat_at_ms=2**52,
    )
    with database.write() as connection:
        fleet.announce(connection, worker)

    async def roll_up(tenant: str, batch_id: str) -> None:
        await database.run_write(store.roll_up, tenant, batch_id)

    silent: Any = Silent()
    return Expander(
        settings=Settings(), database=database, blobs=blobs, publisher=silent, queue=silent, clerk=Clerk(roll_up)
    )


def picture() -> bytes:
    """A small one."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return content.getvalue()


def hand_in(database: Database, plugin: str, items: list[Item]) -> Batch:
    """A batch that was accepted."""
    batch = Batch(
        id=new_id(),
        tenant=DEFAULT_TENANT,
        fields={"plugin": [plugin]},
        total=len(items),
        created_at_ms=now_ms(),
    )
    with database.write() as connection:
        store.insert(connection, batch, items)
    return batch


def stored(blobs: BlobStore, n: int) -> Item:
    """An item whose file has come with the form."""
    identifier = new_id()
    with blobs.open_write(input_key(identifier)) as file:
        file.write(picture())
    return Item(n=n, name=f"{n}.png", source={"kind": "file"}, input_id=identifier)


def sent_ahead(database: Database, blobs: BlobStore, n: int) -> tuple[Item, str]:
    """An item whose file was uploaded before."""
    content = picture()
    upload = Upload(
        id=new_id(),
        tenant=DEFAULT_TENANT,
        length=len(content),
        received=len(content),
        about="",
        expires_at_ms=now_ms() + 60_000,
    )
    growing = blobs.grow(upload_key(upload.id), 0)
    growing.write(content)
    growing.close()
    with database.write() as connection:
        uploads.create(connection, upload, max_waiting_bytes=10_000)
    return Item(n=n, source={"kind": "upload", "at": upload.id}), upload.id


def counts(database: Database, batch: Batch) -> dict[str, int]:
    """Its items by status, where there are any, and how many are jobs."""
    with database.read() as connection:
        found = store.get(connection, DEFAULT_TENANT, batch.id).counts
        items = store.items(connection, DEFAULT_TENANT, batch.id, status=None, after=0, limit=99)
    told = {status: count for status, count in found.items() if count}
    return {**told, "jobs": sum(item.job_id is not None for item in items)}


def test_a_batch_whose_plugin_is_away_keeps_no_other_waiting(
    database: Database, blobs: BlobStore, expander: Expander
) -> None:
    """Its items wait for a worker; those of a later batch become jobs."""
    first = hand_in(database, "elsewhere", [stored(blobs, 1)])
    second = hand_in(database, "motion", [stored(blobs, 1), stored(blobs, 2)])

    asyncio.run(expander._round())

    assert counts(database, first) == {"queued": 1, "jobs": 0}
    assert counts(database, second) == {"queued": 2, "jobs": 2}


def test_an_upload_that_is_not_whole_keeps_no_other_item_waiting(
    database: Database, blobs: BlobStore, expander: Expander
) -> None:
    """It is that item's trouble, and says so."""
    item, _ = sent_ahead(database, blobs, 1)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE uploads SET received = 1")
    batch = hand_in(database, "motion", [item, stored(blobs, 2)])

    asyncio.run(expander._round())

    assert counts(database, batch) == {"error": 1, "queued": 1, "jobs": 1}
    with database.read() as connection:
        items = store.items(connection, DEFAULT_TENANT, batch.id, status=None, after=0, limit=9)
    assert [(item.n, item.error["code"]) for item in items if item.error] == [(1, "UPLOAD_INCOMPLETE")]


def test_a_database_that_goes_away_costs_no_upload(
    database: Database, blobs: BlobStore, expander: Expander, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent ahead is there for the next try, whatever could not be found out of this one."""
    item, upload_id = sent_ahead(database, blobs, 1)
    batch = hand_in(database, "motion", [item])

    async def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable

    async def known(*_: object) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(expander, "_commit", away)
        patch.setattr(expander, "_known", known)
        with pytest.raises(DatabaseUnavailable):
            asyncio.run(expander._round())
    assert blobs.exists(upload_key(upload_id))

    asyncio.run(expander._round())

    assert counts(database, batch) == {"queued": 1, "jobs": 1}


def test_an_item_that_breaks_off_again_and_again_ends(
    database: Database, expander: Expander, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its input can't be stored, as on a full disk, it is not fetched for ever: it ends and says so."""
    asked: list[str] = []

    async def full(_: object, __: object, ___: str, url: str, **____: object) -> None:
        asked.append(url)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(expanding, "fetch", full)
    monkeypatch.setattr(expanding, "IDLE_SECONDS", 0.01)
    expander.input_urls = cast("Outbound", object())
    batch = hand_in(database, "motion", [Item(n=1, source={"kind": "url", "at": "http://a.example/1.png"})])

    async def work() -> None:
        while await expander._round() or expander._fetching:
            await asyncio.gather(*expander._fetching)

    asyncio.run(work())

    assert len(asked) == 3
    assert counts(database, batch) == {"error": 1, "jobs": 0}
    with database.read() as connection:
        items = store.items(connection, DEFAULT_TENANT, batch.id, status=None, after=0, limit=9)
    assert [item.error["code"] for item in items if item.error] == ["INTERNAL_ERROR"]
