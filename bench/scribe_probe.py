"""The real scribe, which besides writes down how old each message was when its commit was known. See commit.py."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import datetime
from pathlib import Path

from app.jobs.job import Job
from app.realtime.events import LogEvent
from app.settings import load_settings
from tasks.child import Child
from tasks.ledger import Committed, Entry
from tasks.resources import open_scribe_resources
from tasks.run import Run
from tasks.scribe import SWITCH_SECONDS, Scribe, spare_the_collector

delays_ms: list[float] = []


class ProbedScribe(Scribe):
    """The scribe, timed at the moment a commit is known: before anybody is told of it."""

    _committed_at = 0.0

    def publish(self, epoch: str, events: list[LogEvent]) -> None:
        """Note when it is that there is something to tell."""
        self._committed_at = time.time()
        super().publish(epoch, events)

    def _settle(self, taken: list[tuple[Child, Run, Entry]], committed: Committed) -> list[Job]:
        for _, _, entry in taken:
            delays_ms.extend(
                (self._committed_at - datetime.fromisoformat(draft.timestamp).timestamp()) * 1000
                for draft in entry.drafts
            )
        return super()._settle(taken, committed)


def main() -> None:
    """Run until SIGTERM, then write the delays to the file that the command line names."""
    sys.setswitchinterval(SWITCH_SECONDS)
    with open_scribe_resources(load_settings()) as resources:
        spare_the_collector()
        asyncio.run(ProbedScribe(resources).run())
    Path(sys.argv[1]).write_text(json.dumps(delays_ms))


if __name__ == "__main__":
    main()
