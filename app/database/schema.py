"""The tables. Every one names the tenant; rows that belong to the whole installation carry `EVERYONE`.

Times are milliseconds since 1970, UTC. JSON columns hold what the API shows. The migrations in
`migrations/versions` make these tables; a test compares the two.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

#: The tenant of an installation without authentication.
DEFAULT_TENANT: Final = "default"
#: The "tenant" of rows that are not anybody's, such as workers.
EVERYONE: Final = "*"

metadata = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)


def _tenant(**options: object) -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), nullable=False, **options)  # type: ignore[arg-type]


#: One row: this life of the log.
log_epoch = sa.Table(
    "log_epoch",
    metadata,
    _tenant(primary_key=True),
    sa.Column("epoch", sa.String(32), nullable=False),
    # Which boot of the machine wrote last, and whether it closed the log: see lifecycle.py.
    sa.Column("boot_id", sa.String(64), nullable=True),
    sa.Column("clean", sa.Boolean, nullable=False),
)

#: One row a tenant: the highest seq given out, and the highest that was trimmed.
logs = sa.Table(
    "logs",
    metadata,
    _tenant(primary_key=True),
    sa.Column("head", sa.BigInteger, nullable=False),
    sa.Column("floor", sa.BigInteger, nullable=False),
)

_OF_A_BATCH: Final = sa.text("batch_id IS NOT NULL")

events = sa.Table(
    "events",
    metadata,
    _tenant(primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("job_id", sa.String(36), nullable=True),
    sa.Column("batch_id", sa.String(36), nullable=True),
    sa.Column("attempt", sa.Integer, nullable=True),
    sa.Column("type", sa.String(24), nullable=False),
    sa.Column("timestamp", sa.String(32), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Index(None, "tenant", "job_id", "seq"),
    sa.Index("ix_events_batch", "batch_id", "seq", sqlite_where=_OF_A_BATCH, postgresql_where=_OF_A_BATCH),
)

_UNMEASURED: Final = sa.text("stored_bytes IS NULL AND finished_at_ms IS NOT NULL")
_UNTRIMMED: Final = sa.text("NOT trimmed")

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    _tenant(),
    sa.Column("batch_id", sa.String(36), nullable=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("plugin", sa.String(64), nullable=False),
    sa.Column("tools", sa.JSON, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    # 0 is first: see Priority.
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("queue", sa.String(64), nullable=False),
    sa.Column("device_requested", sa.String(16), nullable=False),
    sa.Column("device_used", sa.String(16), nullable=False),
    sa.Column("fallback", sa.Boolean, nullable=False),
    sa.Column("fallback_reason", sa.Text, nullable=True),
    # Whether it may run elsewhere than asked for: what a retry asks for again.
    sa.Column("fallback_allowed", sa.Boolean, nullable=False),
    sa.Column("input_key", sa.Text, nullable=False),
    sa.Column("input_name", sa.Text, nullable=True),
    sa.Column("input_type", sa.String(64), nullable=False),
    sa.Column("input_bytes", sa.BigInteger, nullable=False),
    # How it can be watched in a browser; null until a worker has opened it.
    sa.Column("playable", sa.String(8), nullable=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("crashes", sa.Integer, nullable=False),
    # The fence: how many messages of this attempt are in the log.
    sa.Column("last_n", sa.BigInteger, nullable=False),
    sa.Column("worker_id", sa.String(128), nullable=True),
    sa.Column("lease_until_ms", sa.BigInteger, nullable=True),
    sa.Column("progress", sa.SmallInteger, nullable=True),
    sa.Column("stage", sa.Text, nullable=True),
    sa.Column("plugin_timings", sa.JSON, nullable=True),
    sa.Column("tool_timings", sa.JSON, nullable=True),
    sa.Column("warnings", sa.JSON, nullable=True),
    sa.Column("error", sa.JSON, nullable=True),
    sa.Column("result", sa.JSON, nullable=True),
    sa.Column("retry_of", sa.String(36), nullable=True),
    # Who is told of its end, and what the addresses in that begin with.
    sa.Column("webhook_url", sa.Text, nullable=True),
    sa.Column("webhook_base", sa.Text, nullable=True),
    sa.Column("request_id", sa.String(64), nullable=True),
    sa.Column("created_at_ms", sa.BigInteger, nullable=False),
    sa.Column("started_at_ms", sa.BigInteger, nullable=True),
    sa.Column("finished_at_ms", sa.BigInteger, nullable=True),
    # What it takes in blobs and log; null until it was measured, after its end.
    sa.Column("stored_bytes", sa.BigInteger, nullable=True),
    # Whether its progress was taken out of the log.
    sa.Column("trimmed", sa.Boolean, nullable=False, server_default=sa.false()),
    # Job ids sort by time, so a tenant's newest jobs are the end of this index.
    sa.Index(None, "tenant", "id"),
    sa.Index(None, "tenant", "status", "id"),
    # What the claim reads: each batch waits in a line of its own, and so do single jobs.
    sa.Index(None, "status", "queue", "tenant", "batch_id", "priority", "id"),
    # What lists are narrowed by; each ends with the id, so that the newest of what is wanted are its end.
    sa.Index(None, "tenant", "batch_id", "id"),
    sa.Index(None, "tenant", "plugin", "id"),
    sa.Index(None, "tenant", "plugin", "status", "id"),
    # What is forgotten, measured and trimmed next.
    sa.Index(None, "finished_at_ms"),
    sa.Index("ix_jobs_unmeasured", "id", sqlite_where=_UNMEASURED, postgresql_where=_UNMEASURED),
    sa.Index("ix_jobs_untrimmed", "finished_at_ms", sqlite_where=_UNTRIMMED, postgresql_where=_UNTRIMMED),
)

_PENDING: Final = sa.text("pending")
_STORED: Final = sa.text("input_id IS NOT NULL")
_OPEN: Final = sa.text("finished_at_ms IS NULL")

#: Many inputs under one id; what they are run by is checked when the batch is accepted.
batches = sa.Table(
    "batches",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    _tenant(),
    sa.Column("name", sa.Text, nullable=True),
    # The fields that each of its jobs is submitted with, as a form has them.
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    # Whether some of its items are still to be made jobs.
    sa.Column("pending", sa.Boolean, nullable=False),
    sa.Column("cancelled", sa.Boolean, nullable=False),
    # Its items by status, as was told last.
    sa.Column("counts", sa.JSON, nullable=False),
    # Who is told of its end, and what the addresses in that begin with.
    sa.Column("webhook_url", sa.Text, nullable=True),
    sa.Column("webhook_base", sa.Text, nullable=True),
    sa.Column("request_id", sa.String(64), nullable=True),
    sa.Column("created_at_ms", sa.BigInteger, nullable=False),
    sa.Column("finished_at_ms", sa.BigInteger, nullable=True),
    sa.Index(None, "tenant", "id"),
    sa.Index("ix_batches_pending", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    sa.Index("ix_batches_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sa.Index(None, "finished_at_ms"),
)

#: One row an input of a batch, from the moment the batch is accepted.
batch_items = sa.Table(
    "batch_items",
    metadata,
    sa.Column("batch_id", sa.String(36), primary_key=True),
    # From 1, in the order in which they were handed in.
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    _tenant(),
    # Its line in the manifest.
    sa.Column("line", sa.Integer, nullable=True),
    sa.Column("name", sa.Text, nullable=True),
    # Where its input comes from; null where the manifest says nothing that can be used.
    sa.Column("source", sa.JSON(none_as_null=True), nullable=True),
    # The id under which its input is stored already.
    sa.Column("input_id", sa.String(36), nullable=True),
    # Its newest job; null while it waits to be made one.
    sa.Column("job_id", sa.String(36), nullable=True),
    # Why it is no job.
    sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
    # How its job ended, once that was forgotten.
    sa.Column("ended_as", sa.String(16), nullable=True),
    sa.Index("ix_batch_items_job_id", "job_id"),
    sa.Index("ix_batch_items_input_id", "input_id", sqlite_where=_STORED, postgresql_where=_STORED),
    sqlite_with_rowid=False,
)

_DUE: Final = sa.text("next_at_ms IS NOT NULL")

#: The outbox: whom to tell how a job or a batch ended, and what became of that. A row is of the transaction of the end.
webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    _tenant(),
    sa.Column("job_id", sa.String(36), nullable=True),
    sa.Column("batch_id", sa.String(36), nullable=True),
    sa.Column("url", sa.Text, nullable=False),
    # Name and port of the receiver.
    sa.Column("host", sa.String(300), nullable=False),
    sa.Column("type", sa.String(24), nullable=False),
    # What is sent, as it was when the row was made.
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    # Tries, since it was made or last replayed.
    sa.Column("attempts", sa.Integer, nullable=False),
    # When it is due, also of one that is being sent: whoever sends it may die. Null: delivered or dead.
    sa.Column("next_at_ms", sa.BigInteger, nullable=True),
    sa.Column("tried_at_ms", sa.BigInteger, nullable=True),
    sa.Column("response_status", sa.Integer, nullable=True),
    sa.Column("error", sa.Text, nullable=True),
    sa.Column("created_at_ms", sa.BigInteger, nullable=False),
    sa.Column("ended_at_ms", sa.BigInteger, nullable=True),
    sa.Index(None, "tenant", "id"),
    sa.Index(None, "tenant", "status", "id"),
    sa.Index("ix_webhooks_due", "next_at_ms", "host", sqlite_where=_DUE, postgresql_where=_DUE),
    # What goes with its job or batch, or after its time.
    sa.Index(None, "job_id"),
    sa.Index(None, "batch_id"),
    sa.Index(None, "ended_at_ms"),
)

#: When each line of waiting jobs was last served: a tenant's batches, and its single jobs as the batch "".
turns = sa.Table(
    "turns",
    metadata,
    _tenant(primary_key=True),
    sa.Column("batch_id", sa.String(36), primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)

#: What jobs are found by: the beginnings of the words of their inputs' names. See app/jobs/search.py.
job_terms = sa.Table(
    "job_terms",
    metadata,
    _tenant(primary_key=True),
    sa.Column("term", sa.String(16), primary_key=True),
    sa.Column("job_id", sa.String(36), primary_key=True),
    sqlite_with_rowid=False,
)

#: Jobs that are gone, and whose events and files are on their way out.
forgotten_jobs = sa.Table(
    "forgotten_jobs",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    _tenant(),
    # When the sweep is to see to it: whoever forgot the job does it at once, and may not come to its end.
    sa.Column("due_ms", sa.BigInteger, nullable=False, index=True),
    # Whether it went by age or size: then older cursors are of no more use, once all before it is gone too.
    sa.Column("raises_floor", sa.Boolean, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
)

#: One row: what all ended jobs that were measured take.
stored = sa.Table(
    "stored",
    metadata,
    _tenant(primary_key=True),
    sa.Column("bytes", sa.BigInteger, nullable=False),
)

#: The fleet: what each worker has and when it was last heard of.
workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    _tenant(),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("processes", sa.Integer, nullable=False),
    sa.Column("queues", sa.JSON, nullable=False),
    sa.Column("devices", sa.JSON, nullable=False),
    sa.Column("plugins", sa.JSON, nullable=False),
    sa.Column("started_at_ms", sa.BigInteger, nullable=False),
    sa.Column("heartbeat_at_ms", sa.BigInteger, nullable=False),
)

#: One row a finished run of a tool: what a plugin's health is made of.
tool_runs = sa.Table(
    "tool_runs",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    _tenant(),
    sa.Column("job_id", sa.String(36), nullable=False),
    sa.Column("plugin", sa.String(64), nullable=False),
    sa.Column("tool", sa.String(64), nullable=False),
    sa.Column("timing_ms", sa.Float, nullable=True),
    sa.Column("frames", sa.Integer, nullable=True),
    sa.Column("failed", sa.Boolean, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Index(None, "tenant", "plugin", "id"),
    # What forgetting a job reads.
    sa.Index(None, "tenant", "job_id"),
)

_UNMADE: Final = sa.text("status IN ('wanted', 'making')")

#: Videos that workers make of a job's input on request, for browsers and as exports.
renderings = sa.Table(
    "renderings",
    metadata,
    sa.Column("job_id", sa.String(36), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    _tenant(),
    sa.Column("status", sa.String(8), nullable=False),
    # Per cent.
    sa.Column("progress", sa.SmallInteger, nullable=False),
    # How often it was begun: the fence, and part of the file's name, so that no two tries write the same file.
    sa.Column("attempt", sa.Integer, nullable=False),
    # How many of those died of it.
    sa.Column("crashes", sa.Integer, nullable=False),
    # Who makes it, and until when that one is not to be taken for dead.
    sa.Column("holder", sa.String(128), nullable=True),
    sa.Column("held_until_ms", sa.BigInteger, nullable=True),
    # Why it can't be made.
    sa.Column("error", sa.Text, nullable=True),
    sa.Column("wanted_at_ms", sa.BigInteger, nullable=False),
    sa.Index("ix_renderings_unmade", "wanted_at_ms", sqlite_where=_UNMADE, postgresql_where=_UNMADE),
)

#: Files that arrive piece by piece, and those that a job took not long ago.
uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    _tenant(),
    sa.Column("length", sa.BigInteger, nullable=False),
    # Bytes from the start that are stored: the fence, for only the holder moves it.
    sa.Column("received", sa.BigInteger, nullable=False),
    # What the client said of it, as it said it.
    sa.Column("about", sa.Text, nullable=False),
    # The job that took it.
    sa.Column("job_id", sa.String(36), nullable=True),
    # The request that is adding to it, and until when it is not to be taken for dead.
    sa.Column("holder", sa.String(32), nullable=True),
    sa.Column("held_until_ms", sa.BigInteger, nullable=True),
    sa.Column("expires_at_ms", sa.BigInteger, nullable=False),
    sa.Index(None, "tenant"),
    sa.Index(None, "expires_at_ms"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    _tenant(primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    # Null while the first request is under way.
    sa.Column("status", sa.Integer, nullable=True),
    sa.Column("headers", sa.JSON, nullable=True),
    sa.Column("body", sa.Text, nullable=True),
    sa.Column("created_at_ms", sa.BigInteger, nullable=False),
    sa.Index(None, "created_at_ms"),
)

#: Named leases of the whole installation, such as the sweep's.
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    _tenant(),
    sa.Column("holder", sa.String(128), nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
)
