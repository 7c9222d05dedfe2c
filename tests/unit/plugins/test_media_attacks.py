"""Files that point elsewhere: nothing but the given bytes is read."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from pathlib import Path

import cv2  # noqa: F401

# isort: split
import av
import pytest

from plugins.errors import UnreadableMedia
from plugins.media import open_media
from tests.unit.plugins.made_media import encoded_image, quarters_image, video

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile '{target}'\n"
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S">'
    '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>"
)
SESSION = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={target}\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    '<image xlink:href="{target}" width="9" height="9"/></svg>'
)
SCRIPT = "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n({target}) run\nshowpage\n"
SCRIPTS = [
    pytest.param(PLAYLIST, "list.m3u8", id="HLS"),
    pytest.param(CONCAT, "list.ffconcat", id="concat"),
    pytest.param(DASH, "list.mpd", id="DASH"),
    pytest.param(SESSION, "session.sdp", id="SDP"),
    pytest.param(DRAWING, "drawing.svg", id="SVG"),
    pytest.param(SCRIPT, "drawing.eps", id="EPS"),
]


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A good video that was not given."""
    path = tmp_path / "victim.mp4"
    path.write_bytes(video())
    return path


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port on this machine that notices every caller."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize(("script", "name"), SCRIPTS)
def test_no_other_file_is_read(script: str, name: str, tmp_path: Path, victim: Path) -> None:
    """A file that names another one is refused, given by its path or as bytes: the other one's frames do not appear."""
    path = tmp_path / name
    path.write_text(script.format(target=victim))

    with pytest.raises(UnreadableMedia), open_media(path, max_pixels=10**6):
        pass
    with pytest.raises(UnreadableMedia), open_media(io.BytesIO(path.read_bytes()), max_pixels=10**6):
        pass


@pytest.mark.parametrize(("script", "name"), SCRIPTS)
def test_no_address_is_called(script: str, name: str, tmp_path: Path, listener: socket.socket) -> None:
    """A file that names an address is refused, and nobody calls there."""
    path = tmp_path / name
    path.write_text(script.format(target=f"http://127.0.0.1:{listener.getsockname()[1]}/video.mp4"))

    with pytest.raises(UnreadableMedia), open_media(path, max_pixels=10**6):
        pass

    with pytest.raises(BlockingIOError):
        listener.accept()


def test_the_trap_works_on_an_open_decoder(tmp_path: Path, victim: Path) -> None:
    """Without our guard the same concat script does read the other file: these tests would notice."""
    script = CONCAT.format(target=victim).encode()

    with av.open(io.BytesIO(script), mode="r", options={"safe": "0", "protocol_whitelist": "file"}) as container:
        assert len(list(container.decode(video=0))) == 30


@pytest.mark.parametrize("name", ["photo.m3u8", "photo.mp4", "photo"])
def test_the_name_does_not_matter(name: str, tmp_path: Path) -> None:
    """Content decides what a file is, whatever its ending says."""
    path = tmp_path / name
    path.write_bytes(encoded_image(quarters_image(), "PNG"))

    with open_media(path, max_pixels=10**6) as media:
        assert (media.kind, media.width) == ("image", 64)


def test_sound_alone_is_refused() -> None:
    """A file with sound and no pictures is refused, and the refusal says so."""
    buffer = io.BytesIO()
    with av.open(buffer, mode="w", format="matroska") as output:
        stream = output.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=8000)
        frame.sample_rate = 8000
        frame.planes[0].update(bytes(16_000))
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))

    with pytest.raises(UnreadableMedia, match="no video"), open_media(buffer, max_pixels=10**6):
        pass
