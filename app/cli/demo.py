"""The demonstration of `transom up --demo`: the bundled sample goes all the way, and one sees it go."""

from __future__ import annotations

import logging
import threading
import time
from importlib.resources import as_file
from typing import Final

from rich.console import Console

from app.cli.following import display_for, follow_job
from app.client import ClientClosed, ClientError, TransomClient
from app.sample import SAMPLE_NAME, SAMPLE_PLUGIN, sample_file

logger = logging.getLogger(__name__)

#: How long the worker may take to say what it offers, in seconds, and how often it is looked for.
OFFER_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.1
#: How long the end of the demonstration is waited for when everything stops, in seconds.
_STOP_SECONDS: Final = 2.0


class Demo:
    """Runs beside the supervisor, on a thread of its own; what fails in it is said and stops nothing."""

    def __init__(self, *, url: str, address: str, console: Console) -> None:
        self._client = TransomClient(url, proxies=False)
        self._address = address
        self._console = console
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Let go of the server, and end as soon as possible."""
        self._stopping.set()
        self._client.close()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        try:
            self._show()
        except ClientClosed:
            logger.debug("The demonstration was interrupted", extra={"action": "demo_interrupted"})
        except (ClientError, OSError) as error:
            logger.error("The demonstration failed: %s", error, extra={"action": "demo_failed"})  # noqa: TRY400

    def _show(self) -> None:
        if not self._wait_for_plugin():
            return
        with as_file(sample_file()) as sample:
            job = self._client.submit(sample, plugin=SAMPLE_PLUGIN)
        job_id = str(job["job_id"])
        # Before it runs, so that who opens it sees it run.
        self._console.print(
            f"Submitted the sample {SAMPLE_NAME} to {SAMPLE_PLUGIN}. Watch it: {self._address}/jobs/{job_id}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        display = display_for(as_json=False, console=self._console)
        follow_job(self._client, job_id, title=SAMPLE_NAME, display=display)
        self._console.print(
            f"Everything about it: {self._address}/v1/jobs/{job_id}/extended\n"
            f"Transom serves at {self._address} until Ctrl-C.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )

    def _wait_for_plugin(self) -> bool:
        """Wait until the worker has said what it offers; whether it did in time."""
        deadline = time.monotonic() + OFFER_SECONDS
        while not any(
            plugin["name"] == SAMPLE_PLUGIN and plugin["state"] == "ready"
            for plugin in self._client.plugins()["plugins"]
        ):
            if time.monotonic() > deadline:
                logger.error(
                    "No worker offered %s within %g s: the demonstration is left out",
                    SAMPLE_PLUGIN,
                    OFFER_SECONDS,
                    extra={"action": "demo_skipped"},
                )
                return False
            if self._stopping.wait(_LOOK_SECONDS):
                return False
        return True
