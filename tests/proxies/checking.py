"""The test that `transom doctor` gives to whoever runs a proxy, typed as they would."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from app.client.doctor.checks import Check
from app.client.doctor.remedies import YOUR_SERVER

#: To wait as long as somebody does who has a real proxy would take minutes: these cut after seconds.
SHORTER = {"seconds=60&": "seconds=6&", "seconds=120&every=5": "seconds=6&every=1"}


def proven(checks: dict[str, Check], *, instead: dict[str, str] | None = None) -> dict[str, bool]:
    """Whether each shows that all is well; `instead`: what stands in the place of addresses."""
    with ThreadPoolExecutor() as at_once:
        shown = at_once.map(
            lambda check: _is_proven(check, {YOUR_SERVER: "127.0.0.1", **SHORTER, **(instead or {})}), checks.values()
        )
        return dict(zip(checks, shown, strict=True))


def _is_proven(check: Check, instead: dict[str, str]) -> bool:
    command = check.command
    for text, other in instead.items():
        command = command.replace(text, other)
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    ended = subprocess.run(["bash", "-c", command], env=kept, capture_output=True, timeout=60, check=False)
    return ended.stdout.count(check.proof.encode()) >= check.times
