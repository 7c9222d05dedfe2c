"""Files that point elsewhere: nothing but the given bytes is read."""

from __future__ import annotations

import ctypes
import io
import os
import socket
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2  # noqa: F401

# isort: split
import av
import pytest

from plugins.errors import EmptyMedia, UnknownMedia, UnreadableMedia
from plugins.media import open_media
from tests.unit.plugins.made_boxes import alias_reference, url_reference, with_data_elsewhere, with_next_segment
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


class Watch:
    """Notices whoever opens a file: the kernel's own word, whatever language the opener is written in."""

    IN_OPEN = 0x20

    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._events = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._events, os.fsencode(path), self.IN_OPEN) > 0

    def opened(self) -> bool:
        """Whether the file was opened since the last question."""
        try:
            _, kind = struct.unpack_from("iI", os.read(self._events, 4096))
        except BlockingIOError:
            return False
        return bool(kind == self.IN_OPEN)

    def close(self) -> None:
        """Look away."""
        os.close(self._events)


@pytest.fixture
def watch(victim: Path) -> Iterator[Watch]:
    """A watch over the victim."""
    watch = Watch(victim)
    yield watch
    watch.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port on this machine that notices every caller."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize(("script", "name"), SCRIPTS)
def test_no_other_file_is_read(script: str, name: str, tmp_path: Path, victim: Path, watch: Watch) -> None:
    """A file that names another one is refused, given by its path or as bytes, and the other one is not even opened."""
    path = tmp_path / name
    path.write_text(script.format(target=victim))

    with pytest.raises(UnreadableMedia), open_media(path, max_pixels=10**6):
        pass
    with pytest.raises(UnreadableMedia), open_media(io.BytesIO(path.read_bytes()), max_pixels=10**6):
        pass

    assert not watch.opened()


@pytest.mark.parametrize(("script", "name"), SCRIPTS)
def test_no_address_is_called(script: str, name: str, tmp_path: Path, listener: socket.socket) -> None:
    """A file that names an address is refused, and nobody calls there."""
    path = tmp_path / name
    path.write_text(script.format(target=f"http://127.0.0.1:{listener.getsockname()[1]}/video.mp4"))

    with pytest.raises(UnreadableMedia), open_media(path, max_pixels=10**6):
        pass

    with pytest.raises(BlockingIOError):
        listener.accept()


def test_the_trap_works_on_an_open_decoder(victim: Path, watch: Watch) -> None:
    """Without our guard the same concat script does read the other file: these tests would notice."""
    script = CONCAT.format(target=victim).encode()

    with av.open(io.BytesIO(script), mode="r", options={"safe": "0", "protocol_whitelist": "file"}) as container:
        assert len(list(container.decode(video=0))) == 30
    assert watch.opened()


def test_a_film_whose_pictures_are_in_another_file_is_refused(tmp_path: Path, victim: Path, watch: Watch) -> None:
    """An MP4 may say that its data are in another file; that one is not opened, though an open decoder would."""
    path = tmp_path / "film.mp4"
    path.write_bytes(with_data_elsewhere(video(), alias_reference(victim)))
    with pytest.raises(UnreadableMedia), open_media(path, max_pixels=10**6):
        pass
    assert not watch.opened()

    # The same file is a trap for a decoder that is left as open as it can be.
    trusting = {"enable_drefs": "1", "use_absolute_path": "1", "protocol_whitelist": "file"}
    with av.open(str(path), options=trusting):
        assert watch.opened()


def test_a_film_whose_pictures_are_at_an_address_calls_nobody(listener: socket.socket) -> None:
    """An MP4 may say that its data are at an address; nobody calls there."""
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/video.mp4"
    content = with_data_elsewhere(video(), url_reference(address))

    # What is in the file itself may be read.
    with open_media(io.BytesIO(content), max_pixels=10**6) as media:
        assert len(list(media)) == 30

    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_film_that_goes_on_in_another_file_ends_with_itself(tmp_path: Path, victim: Path, watch: Watch) -> None:
    """A Matroska file may name the one that comes next; its own frames are read, and no more."""
    path = tmp_path / "film.mkv"
    path.write_bytes(with_next_segment(video(container="matroska", frames=5), victim))

    with open_media(path, max_pixels=10**6) as media:
        assert len(list(media)) == 5

    assert not watch.opened()


def _packed() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("photo.png", encoded_image(quarters_image(), "PNG"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(DRAWING.format(target="x").encode(), id="SVG"),
        pytest.param(b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n" + bytes(2000), id="PDF"),
        pytest.param(b"<!doctype html><html><body><img src=x></body></html>" * 40, id="HTML"),
        pytest.param(b"Dear all,\n\nplease find the video attached.\n" * 50, id="text"),
        pytest.param(b'{"file": "video.mp4"}', id="JSON"),
        pytest.param(_packed(), id="zip"),
        pytest.param(b"\x7fELF" + bytes(4000), id="program"),
        pytest.param(b"\0", id="one byte"),
    ],
)
def test_other_kinds_of_files_are_named_so(content: bytes) -> None:
    """What is neither image nor video is refused as such, in words that say what to choose."""
    with (
        pytest.raises(UnknownMedia, match=r"of another kind.* Choose a complete JPEG, PNG, MP4 or WebM") as refusal,
        open_media(io.BytesIO(content), max_pixels=10**6),
    ):
        pass

    assert refusal.value.code == "UNSUPPORTED_INPUT"


def test_an_empty_file_is_named_so() -> None:
    """No bytes at all are not damage, but nothing."""
    with pytest.raises(EmptyMedia, match="The file is empty") as refusal, open_media(io.BytesIO(), max_pixels=10**6):
        pass

    assert refusal.value.code == "INPUT_EMPTY"


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

    with pytest.raises(EmptyMedia, match="no video"), open_media(buffer, max_pixels=10**6):
        pass
