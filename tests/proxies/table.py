"""Both clients through every real proxy, one after the other, and the table of what came of it.

    python -m tests.proxies.table [--readme] [NAME …]

Each proxy has a job of over 2,000 messages to itself, which the Python client and the product's client in Chromium
watch at once from its beginning. *Worst delay* is of messages made after the first had arrived. With `--readme` the
table replaces the one in README.md. Exits with 1 where a message was lost, doubled or out of order.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from app.client import TransomClient, Way
from tests.proxies.opened import opened
from tests.proxies.real import REAL_PROXIES, RealProxy, RunningProxy, running, server_behind, told_of
from tests.proxies.test_python_client import many_frames
from tests.stack import ROOT, Product, start_product

FRAME_MS: Final = 10.0
README: Final = ROOT / "README.md"
BEGIN: Final = "<!-- proxies: made by `make proxies` -->"
END: Final = "<!-- proxies: end -->"
WEB_UI: Final = ROOT / "web-ui"
#: What the two clients call the ways.
NAMES: Final = {
    "websocket": "WebSocket",
    "sse": "SSE",
    "sse-post": "SSE, padded, by POST",
    "sse_post": "SSE, padded, by POST",
    "poll": "long poll",
}


@dataclass
class Watched:
    """What one client was handed."""

    ids: list[str] = field(default_factory=list)
    #: Milliseconds, of messages that were made after the first had arrived.
    ages: list[float] = field(default_factory=list)
    #: Each way, and after how many milliseconds it was found.
    found: list[tuple[str, float]] = field(default_factory=list)
    #: The proxy's own log names the stream.
    logged: bool = False

    def line(self, proxy: RealProxy, client: str, log: list[str]) -> tuple[str, bool]:
        """Its line of the table, and whether everything came once and in order."""
        lost = len(set(log) - set(self.ids))
        doubled = len(self.ids) - len(set(self.ids))
        way, after = self.found[-1] if self.found else ("none", 0.0)
        ages = sorted(self.ages) or [0.0]
        p95, worst = ages[int(0.95 * (len(ages) - 1))], ages[-1]
        cells = [
            proxy.name,
            proxy.does,
            client,
            NAMES.get(way, way),
            f"{after / 1000:.1f} s",
            f"{statistics.median(ages):.0f} / {p95:.0f} / {worst:.0f} ms",
            str(lost),
            str(doubled),
        ]
        return f"| {' | '.join(cells)} |", self.ids == log and self.logged


def main() -> None:
    """Print the table."""
    lines = [
        "| proxy | what it does | client | over what | found after | delay p50 / p95 / worst | lost | doubled |",
        "|---|---|---|---|---|---|---|---|",
    ]
    good = True
    with tempfile.TemporaryDirectory(prefix="transom-proxies-") as name:
        folder = Path(name)
        product = start_product(folder / "data", TRANSOM_WORKERS="1")
        video = many_frames(folder / "many.mp4", frames=2100)
        try:
            wanted = set(sys.argv[1:]) - {"--readme"}
            for proxy in REAL_PROXIES:
                if wanted and proxy.name not in wanted:
                    continue
                if proxy.missing:
                    lines.append(f"| {proxy.name} | {proxy.does} | {proxy.missing} is not installed | | | | | |")
                    print(lines[-1], flush=True)
                    continue
                for client, watched, log in _through(proxy, product, video):
                    line, whole = watched.line(proxy, client, log)
                    good = good and whole
                    lines.append(line)
                    print(line if whole else f"{line}  NOT WHOLE, or not in the proxy's log", flush=True)
        finally:
            product.stop()
    if "--readme" in sys.argv:
        text = README.read_text()
        before, _, rest = text.partition(BEGIN)
        README.write_text(before + "\n".join([BEGIN, *lines, END]) + rest.partition(END)[2])
    sys.exit(0 if good else 1)


def _through(proxy: RealProxy, product: Product, video: Path) -> list[tuple[str, Watched, list[str]]]:
    with server_behind(proxy, product.url) as server, running(proxy, server) as it:
        job_id = product.submit(video, plugin="sleepy", options={"ms": FRAME_MS})
        python, chromium = Watched(), Watched()
        threads = [
            threading.Thread(target=_python, args=(proxy, it, job_id, python)),
            threading.Thread(target=_chromium, args=(proxy, it, product, job_id, chromium)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        python.logged, chromium.logged = (_is_logged(proxy, it, agent) for agent in ("transom/", "Chrome/"))
        log = [str(message["id"]) for message in product.events(job_id)]
    return [("Python", python, log), ("Chromium", chromium, log)]


def _is_logged(proxy: RealProxy, it: RunningProxy, agent: str) -> bool:
    """Whether the proxy's own log names the stream; where it opened encrypted connections, as this client's."""
    if not proxy.opens_tls:
        return "/v1/realtime" in it.log.read_text(errors="replace")
    return any(f"{it.server}/v1/realtime" in each.url and agent in each.agent for each in opened(it.log))


def _python(proxy: RealProxy, it: RunningProxy, job_id: str, watched: Watched) -> None:
    with told_of(it.address if proxy.told else None):
        client = TransomClient(it.server, proxies=proxy.told, ca_bundle=it.ca_bundle)
    began = time.time()

    def on_way(way: Way) -> None:
        watched.found.append((str(way.transport), (time.time() - began) * 1000))

    first = None
    with client:
        for message in client.watch(job_id, on_way=on_way):
            now = time.time()
            made = _seconds(message.timestamp)
            watched.ids.append(str(message.cursor))
            if first is not None and made > first:
                watched.ages.append((now - made) * 1000)
            first = first or now


def _chromium(proxy: RealProxy, it: RunningProxy, product: Product, job_id: str, watched: Watched) -> None:
    result = product.data / f"{job_id}.json"
    environment = {
        **os.environ,
        "WATCH_ADDRESS": it.server,
        "WATCH_PROXY": it.address if proxy.told else "",
        "WATCH_PATH": f"/v1/realtime?{urlencode({'job_id': job_id, 'since': 'start'})}",
        "WATCH_RESULT": str(result),
    }
    command = ["npx", "--no-install", "playwright", "test", "--config", "tests/proxies/watch_one.config.ts"]
    ended = subprocess.run(command, cwd=WEB_UI, env=environment, capture_output=True, text=True, check=False)
    if not result.exists():
        raise RuntimeError(f"Chromium did not watch: {ended.stdout[-3000:]}")
    heard: dict[str, Any] = json.loads(result.read_text())
    watched.ids.extend(heard["ids"])
    made = {str(message["id"]): _seconds(message["timestamp"]) for message in product.events(job_id)}
    first = made[heard["ids"][0]] + heard["ages"][0] / 1000
    # Those that had waited in the log when the page came about say nothing of the way.
    watched.ages.extend(age for each, age in zip(heard["ids"], heard["ages"], strict=True) if made[each] > first)
    watched.found.extend((str(each["transport"]), float(each["ms"])) for each in heard["found"])


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


if __name__ == "__main__":
    main()
