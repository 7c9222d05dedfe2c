"""A job's frames, on the stream and at rest."""

from __future__ import annotations

from pathlib import Path

from tests.phase10.small_inputs import clip
from tests.phase10.stream_clients import Message, ends, logged, receive_until, sse_until, websocket
from tests.stack import Product


def frames_of(messages: list[Message]) -> list[Message]:
    """Those that are frames."""
    return [message for message in messages if message["type"] == "frame"]


def watch(product: Product, path: Path, **submission: str | list[str]) -> tuple[str, list[Message]]:
    """Submit, and listen from the start to the end."""
    job_id = product.submit(path, **submission)  # type: ignore[arg-type]  # each by its name
    with websocket(product, job_id=job_id, since="start") as client:
        return job_id, logged(receive_until(client, ends))


def test_every_frame_comes_in_order(product: Product, tmp_path: Path) -> None:
    """Each once, with what was found in it, and equal to what REST shows afterwards."""
    job_id, messages = watch(product, clip(tmp_path, frames=25), plugin="numbered")

    frames = frames_of(messages)

    assert [frame["payload"]["frame_index"] for frame in frames] == list(range(25))
    assert [frame["payload"]["data"] for frame in frames] == product.extended(job_id)["frames"]
    assert frames[7]["payload"]["data"]["labels"] == ["7"]
    assert frames[7]["payload"]["data"]["timestamp_ms"] == 280


def test_a_frame_says_whose_it_is(product: Product, tmp_path: Path) -> None:
    """Job, attempt, plugin, tool, device, its own id and its time."""
    job_id, messages = watch(product, clip(tmp_path, frames=3), plugin="numbered")

    for frame in frames_of(messages):
        payload = frame["payload"]
        assert (frame["job_id"], frame["attempt"]) == (job_id, 1)
        assert (payload["plugin"], payload["tool"], payload["device_used"]) == ("numbered", "run", "cpu")
        assert payload["frame_id"] == f"{job_id}:{payload['frame_index']}"
        assert payload["timing_ms"] >= 0
        assert (payload["width"], payload["height"]) == (64, 48)


def test_a_frame_that_names_a_picture_has_one(product: Product, tmp_path: Path) -> None:
    """The picture is there when the message is: a JPEG of the frame's shape."""
    _, messages = watch(product, clip(tmp_path, frames=5), plugin="numbered")

    addresses = [frame["payload"]["image_url"] for frame in frames_of(messages) if "image_url" in frame["payload"]]

    assert addresses
    for address in addresses:
        answer = product.client.get(address)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.content.startswith(b"\xff\xd8\xff")


def test_messages_keep_their_order(product: Product, tmp_path: Path) -> None:
    """Queued, running, what the plugin is, 0 %, started; frames; completed, 100 %, done."""
    _, messages = watch(product, clip(tmp_path, frames=4), plugin="numbered")

    told = [
        (message["type"], message["payload"].get("status", message["payload"].get("progress")))
        for message in messages
        if message["type"] != "frame"
    ]
    kinds = [message["type"] for message in messages]

    assert told[:5] == [
        ("job_status", "queued"),
        ("job_status", "running"),
        ("metadata", None),
        ("progress", 0),
        ("plugin_status", "started"),
    ]
    assert told[-3:] == [("plugin_status", "completed"), ("progress", 100), ("job_status", "done")]
    assert kinds.index("frame") > kinds.index("plugin_status")
    assert len(frames_of(messages)) == 4


def test_several_tools_tell_each_frame(product: Product, tmp_path: Path) -> None:
    """A message for each tool and frame; REST merges them by the frame's index."""
    job_id, messages = watch(product, clip(tmp_path, frames=3), plugin="twins", tool=["run", "again"])

    told = [(frame["payload"]["frame_index"], frame["payload"]["tool"]) for frame in frames_of(messages)]

    assert told == [(index, tool) for index in range(3) for tool in ("run", "again")]
    assert [frame["tools"] for frame in product.extended(job_id)["frames"]] == [["run", "again"]] * 3


def test_an_event_stream_of_frames_only(product: Product, tmp_path: Path) -> None:
    """`types` leaves the rest out; the end is asked for, so that the client knows when to go."""
    job_id = product.submit(clip(tmp_path, frames=10), plugin="numbered")

    events = sse_until(product, ends, transport="sse", job_id=job_id, since="start", types="frame,job_status")

    kinds = [kind for _, kind, message in events if "id" in message]
    assert kinds == ["job_status", "job_status", *["frame"] * 10, "job_status"]


def test_what_moves_in_the_sample_is_found(product: Product, sample: Path) -> None:
    """The real plugin over the bundled video: boxes within the picture, things followed from frame to frame."""
    job_id, messages = watch(product, sample, plugin="motion")

    frames = [frame["payload"]["data"] for frame in frames_of(messages)]

    assert frames == product.extended(job_id)["frames"]
    assert len(frames) == 250
    assert sum(bool(frame["boxes"]) for frame in frames) > 100
    tracks = {track for frame in frames for track in frame.get("track_ids", []) if track is not None}
    assert tracks
