"""The test that `transom doctor` gives to whoever runs a proxy, typed as they would."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from app.client.doctor.checks import Check
from app.client.doctor.remedies import YOUR_SERVER

#: To wait as long as somebody does who has a real proxy would take minutes: these cut after seconds.
SHORTER = {"seconds=60&": "seconds=6&", "seconds=120&every=5": "seconds=6&every=1"}


#: So often what has to show that all is well may try: a busy machine is too slow once.
TRIES: Final = 3


def proven(checks: dict[str, Check], *, instead: dict[str, str] | None = None, tries: int = 1) -> dict[str, bool]:
    """Whether each shows that all is well, in one of its `tries`; `instead`: what stands in the place of addresses."""

    def is_proven(check: Check) -> bool:
        return any(_is_proven(check, {YOUR_SERVER: "127.0.0.1", **SHORTER, **(instead or {})}) for _ in range(tries))

    with ThreadPoolExecutor() as at_once:
        return dict(zip(checks, at_once.map(is_proven, checks.values()), strict=True))


def proven_with_and_without(
    checks: dict[str, Check], *, instead: dict[str, str]
) -> tuple[dict[str, bool], dict[str, bool]]:
    """Whether each shows that all is well as it is, and with what stands instead, both at the same time."""
    with ThreadPoolExecutor() as at_once:
        as_it_is = at_once.submit(proven, checks)
        without = at_once.submit(proven, checks, instead=instead, tries=TRIES)
        return as_it_is.result(), without.result()


def _is_proven(check: Check, instead: dict[str, str]) -> bool:
    command = check.command
    for text, other in instead.items():
        command = command.replace(text, other)
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    ended = subprocess.run(["bash", "-c", command], env=kept, capture_output=True, timeout=60, check=False)
    return ended.stdout.count(check.proof.encode()) >= check.times
