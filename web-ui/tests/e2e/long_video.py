"""Makes a video that is long enough to be watched: the sample, over and over.

`python long_video.py FILE TIMES` copies the compressed frames and only moves their times, so it takes no time itself.
"""

from __future__ import annotations

import sys

import av

from app.sample import sample_file


def repeat(target: str, times: int) -> None:
    """Write the sample `times` times in a row."""
    with av.open(target, "w") as output:
        stream = None
        start = 0
        for _ in range(times):
            with av.open(str(sample_file())) as sample:
                source = sample.streams.video[0]
                stream = stream or output.add_stream_from_template(source)
                last = start
                for packet in sample.demux(source):
                    if packet.pts is None:
                        continue
                    packet.pts += start
                    packet.dts = packet.pts
                    last = max(last, packet.pts + (packet.duration or 0))
                    packet.stream = stream
                    output.mux(packet)
                start = last


if __name__ == "__main__":
    repeat(sys.argv[1], int(sys.argv[2]))
