"""Records `recorded_bursts.json`: what the bus carried of a real job, in its batches and at its pace.

`python -m bench.record_bursts`, on a machine that does nothing else: the bundled sample through the plugin motion on
one worker, a second time, when nothing has to be loaded any more. Each row is the seconds since the first and the
bytes of each payload in the batch.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from app.realtime.event_bus import BusBatch, EventConsumer
from bench.fanout import RECORDED
from tests.stack import PATIENCE_SECONDS, start_product

ROOT: Final = Path(__file__).resolve().parent.parent
#: A broker that both this process and the product reach.
BROKER: Final = os.environ.get("TRANSOM_BROKER_URL", "redis://localhost:6379/7")
NAMESPACE: Final = "bench-record"


def main() -> None:
    """Run the job twice, and write down the second."""
    came: list[tuple[float, list[int]]] = []
    subscribed = threading.Event()

    def note(batch: BusBatch) -> None:
        now = time.monotonic()
        came.extend((now, [len(event.payload) for event in segment.events or ()]) for segment in batch.segments)

    consumer = EventConsumer(BROKER, namespace=NAMESPACE, node_id="record", on_batch=note, on_subscribed=subscribed.set)
    with tempfile.TemporaryDirectory(prefix="transom-bench-") as folder:
        product = start_product(Path(folder), TRANSOM_BROKER_URL=BROKER, TRANSOM_NAMESPACE=NAMESPACE)
        consumer.start()
        try:
            subscribed.wait(PATIENCE_SECONDS)
            for _ in range(2):
                came.clear()
                job = product.wait(product.submit(ROOT / "plugins" / "samples" / "harbour.webm", plugin="motion"))
                wanted = len(product.events(job["job_id"]))
                while sum(len(sizes) for _, sizes in came) < wanted:
                    time.sleep(0.05)
        finally:
            product.stop()
            consumer.close()
    rows = [[round(at - came[0][0], 4), sizes] for at, sizes in came]
    RECORDED.write_text(json.dumps(rows))
    print(f"{wanted} messages in {len(rows)} batches over {rows[-1][0]} s")


if __name__ == "__main__":
    main()
