"""Who may add to an upload, and whose bytes count."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.database.engine import Database
from app.database.schema import uploads as table
from app.errors import UploadLocked, UploadNotFound, UploadOffsetConflict, UploadUsed
from app.jobs.ids import new_id, now_ms
from app.uploads import store
from app.uploads.store import Hold
from app.uploads.upload import Upload

KEEP_MS = 60_000


@pytest.fixture
def upload(database: Database) -> Upload:
    """An upload of nine bytes, of which none has come."""
    made = Upload(id=new_id(), tenant="default", length=9, received=0, about="", expires_at_ms=now_ms() + KEEP_MS)
    with database.write() as connection:
        store.create(connection, made, max_waiting_bytes=9)
    return made


def hold(database: Database, upload: Upload, offset: int) -> Hold:
    """What a request does before it takes a piece."""
    with database.write() as connection:
        return store.hold(connection, upload.tenant, upload.id, offset, keep_ms=KEEP_MS)


def received(database: Database, upload: Upload) -> int:
    """How many bytes are said to be there."""
    with database.read() as connection:
        return store.get(connection, upload.tenant, upload.id).received


def test_a_dead_requests_hold_runs_out(database: Database, upload: Upload) -> None:
    """The next one goes on from what was noted, and what the dead one says after all changes nothing."""
    dead = hold(database, upload, 0)
    with database.write() as connection:
        store.record(connection, dead, 3)
    with pytest.raises(UploadLocked):
        hold(database, upload, 3)
    with database.write() as connection:
        connection.execute(sa.update(table).values(held_until_ms=now_ms() - 1))

    alive = hold(database, upload, 3)

    for say in (store.record, store.release):
        with pytest.raises(UploadLocked), database.write() as connection:
            say(connection, dead, 9)
    assert received(database, upload) == 3
    with database.write() as connection:
        store.release(connection, alive, 9)
    assert received(database, upload) == 9


def test_a_piece_that_begins_elsewhere_holds_nothing(database: Database, upload: Upload) -> None:
    """Whoever begins where it ends comes through after that."""
    with pytest.raises(UploadOffsetConflict) as caught:
        hold(database, upload, 4)

    assert caught.value.extra["offset"] == 0
    hold(database, upload, 0)


def test_nothing_is_added_to_what_a_job_has(database: Database, upload: Upload) -> None:
    """Neither by a new request nor by one that held it before."""
    held = hold(database, upload, 0)
    with database.write() as connection:
        store.record(connection, held, 9)
        store.claim(connection, upload.tenant, upload.id, new_id())

    with pytest.raises(UploadUsed):
        hold(database, upload, 9)
    with pytest.raises(UploadLocked), database.write() as connection:
        store.record(connection, held, 9)


def test_a_job_takes_nothing_that_is_not_whole(database: Database, upload: Upload) -> None:
    """Also where it was whole a moment before, or was deleted."""
    with pytest.raises(UploadNotFound), database.write() as connection:
        store.claim(connection, upload.tenant, upload.id, new_id())
    with database.write() as connection:
        store.delete(connection, upload.tenant, upload.id)
    with pytest.raises(UploadNotFound), database.write() as connection:
        store.claim(connection, upload.tenant, upload.id, new_id())
