"""What a display of a batch offers, and following a batch with one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from app.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.cli.tally import Tally
    from app.client import Message, TransomClient
    from app.client.async_client import OnWay


class BatchDisplay(Protocol):
    """Shows the messages of one batch."""

    #: Whether it shows how things stand, and not each message: then the past need not come again.
    sums_up: bool

    def open(self, tally: Tally) -> AbstractContextManager[None]:
        """Begin to show the batch, as it stands; what is live ends with the block."""

    def show(self, message: Message, tally: Tally) -> None:
        """Show one message; `tally` has it already."""

    def failed(self, items: Sequence[dict[str, Any]]) -> None:
        """Show items that have failed."""

    def close(self, tally: Tally) -> None:
        """Say how it ended."""


def follow_batch(
    client: TransomClient, batch_id: str, *, display: BatchDisplay, since: str, on_way: OnWay | None
) -> ExitCode:
    """Show a batch until all its items have ended, and say how they did; a failure outweighs a cancellation."""
    from app.cli.failed_items import FailedItems
    from app.cli.tally import Tally

    if display.sums_up and since == "start":
        # Before it is asked how things stand: what happens in between is told then, rather than with the next change.
        since = client.batch_cursor(batch_id)
    tally = Tally(client.batch(batch_id))
    failures = FailedItems(client, batch_id)
    with display.open(tally):
        if display.sums_up:
            display.failed(failures.look(tally.of("error")))
        for message in client.watch_batch(batch_id, since=since, on_way=on_way):
            if tally.take(message) and display.sums_up:
                display.failed(failures.look(tally.of("error")))
            display.show(message, tally)
        # What ended before the watch had begun came in no message.
        tally.settle(client.batch(batch_id))
        if display.sums_up and tally.of("error"):
            display.failed(failures.look_now())
    display.close(tally)
    return ending_of(tally)


def ending_of(tally: Tally) -> ExitCode:
    """The exit code that says how the items of a batch ended."""
    if tally.ended < tally.total:
        return ExitCode.UNREACHABLE
    if tally.of("error"):
        return ExitCode.JOB_FAILED
    return ExitCode.JOB_CANCELLED if tally.of("cancelled") else ExitCode.DONE
