"""The limits of a running job: how long it may take, how long it may be silent, how much memory it may use.

What is over a limit is only named here; `watch.py` ends it.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Settings
from tasks.run import Breach, Run


@dataclass(frozen=True, slots=True)
class Limits:
    """What the settings allow."""

    settings: Settings

    def time(self, run: Run, now: float) -> Breach | None:
        """The limit of time that the run is over, if it is over one; the soft one only once."""
        settings = self.settings
        if now - run.began_at > settings.time_limit_seconds:
            return Breach(
                "time_limit",
                "PLUGIN_TIMEOUT",
                f"The job ran longer than the {settings.time_limit_seconds:g} s that a job may take and was ended. "
                "Give it a shorter input, or raise TRANSOM_TIME_LIMIT_SECONDS on the workers.",
            )
        if not run.waiting and now - run.heard_at > settings.no_progress_seconds:
            return Breach(
                "no_progress",
                "PLUGIN_TIMEOUT",
                f"The tool said nothing for {settings.no_progress_seconds:g} s and was ended. If one frame may take "
                "that long, raise TRANSOM_NO_PROGRESS_SECONDS on the workers.",
            )
        if run.breach is None and now - run.began_at > settings.soft_time_limit_seconds:
            return Breach(
                "soft_time_limit",
                "PLUGIN_TIMEOUT",
                f"The job ran longer than {settings.soft_time_limit_seconds:g} s and was told to stop. "
                "Give it a shorter input, or raise TRANSOM_SOFT_TIME_LIMIT_SECONDS on the workers.",
                soft=True,
            )
        return None

    def memory(self, used: int) -> Breach | None:
        """The limit of memory, where a process and what it started use more."""
        limit = self.settings.memory_limit_bytes
        if not limit or used <= limit:
            return None
        return Breach(
            "memory_limit",
            "OUT_OF_MEMORY",
            f"The job used more than the {_mebibytes(limit)} MiB of memory that a job may have and was ended. "
            "Give it a smaller input, or raise TRANSOM_MEMORY_LIMIT_BYTES on the workers.",
        )


def _mebibytes(size: int) -> str:
    return f"{size / 1024**2:.0f}"
