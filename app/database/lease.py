"""Named leases of the whole installation: one holder at a time, and another where that stops renewing."""

from __future__ import annotations

import sqlalchemy as sa

from app.database.insertion import insert_unless_there
from app.database.schema import EVERYONE, leases
from app.jobs.ids import now_ms


def hold(connection: sa.Connection, name: str, holder: str, lease_ms: int) -> bool:
    """Take or renew a lease; False where somebody else has it."""
    now = now_ms()
    renewed = connection.execute(
        sa.update(leases)
        .where(leases.c.name == name, sa.or_(leases.c.holder == holder, leases.c.until_ms < now))
        .values(holder=holder, until_ms=now + lease_ms)
    )
    if renewed.rowcount == 1:
        return True
    # Nobody has it yet, or the last holder has given it up: several may see that at once.
    values = {"name": name, "tenant": EVERYONE, "holder": holder, "until_ms": now + lease_ms}
    return insert_unless_there(connection, leases, values)


def give_up(connection: sa.Connection, name: str, holder: str) -> None:
    """Let another holder have it at once."""
    connection.execute(sa.delete(leases).where(leases.c.name == name, leases.c.holder == holder))
