"""One job: Phase 9's answers, the extended one, its frames."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.api.job_views import FRAMES_A_PAGE
from tests.unit.api.hand_worker import Run
from tests.unit.api.web import Web, problem_of


def begin(web: Web, **fields: Any) -> Run:
    """A job that runs."""
    return web.worker.begin(web.submit(**fields))


def lines(web: Web, path: str) -> list[dict[str, Any]]:
    """A stream of lines."""
    answer = web.client.get(path, headers={"Accept": "application/x-ndjson"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_jobs_frames_are_its_frame_messages(web: Web) -> None:
    """Stored once: what was on the wire is what REST shows."""
    run = begin(web)
    for index in range(3):
        run.frame(index, boxes=index)
    run.done()

    job = web.get(f"/v1/jobs/{run.job.id}")
    messages = web.get(f"/v1/jobs/{run.job.id}/events")["messages"]

    assert job["frames"] == [message["payload"]["data"] for message in messages if message["type"] == "frame"]
    assert [len(frame["boxes"]) for frame in job["frames"]] == [0, 1, 2]


def test_a_running_job_shows_what_it_has(web: Web) -> None:
    """Frames so far; no result yet, and no ETag, for it changes."""
    run = begin(web)
    run.frame(0)

    answer = web.client.get(f"/v1/jobs/{run.job.id}")
    result = web.get(f"/v1/jobs/{run.job.id}/result")

    assert (answer.json()["status"], len(answer.json()["frames"])) == ("running", 1)
    assert "etag" not in answer.headers
    assert result["result"] is None
    run.done()


def test_only_the_last_attempt_counts(web: Web) -> None:
    """What an earlier attempt had found is discarded."""
    run = begin(web)
    run.frame(0, boxes=3)
    run.frame(1, boxes=3)
    again = run.hand_back()
    again.frame(0, boxes=1)
    again.done()

    job = web.get(f"/v1/jobs/{run.job.id}/extended")

    assert job["attempt"] == 2
    assert [len(frame["boxes"]) for frame in job["frames"]] == [1]


class TestSeveralTools:
    """Over one input, frames are merged by their index."""

    def test_each_detection_names_its_tool(self, web: Web) -> None:
        """Lists that only one tool has are filled for the other, so that all stay as long."""
        run = begin(web, plugin="drawing", tool=["count", "read"])
        run.frame(0, tool="count", boxes=1, track_ids=[7])
        run.frame(0, tool="read", boxes=2, texts=["a", "b"], data={"angle": 3})
        run.frame(1, tool="read", boxes=1, texts=["c"])
        run.done()

        first, second = web.get(f"/v1/jobs/{run.job.id}")["frames"]

        assert first["frame_index"] == 0
        assert len(first["boxes"]) == 3
        assert first["tools"] == ["count", "read", "read"]
        assert first["track_ids"] == [7, None, None]
        assert first["texts"] == ["", "a", "b"]
        assert first["data"] == {"read": {"angle": 3}}
        assert (second["frame_index"], second["tools"]) == (1, ["read"])

    def test_pages_do_not_split_a_frame(self, web: Web) -> None:
        """A page ends between two frames, however many messages they were."""
        run = begin(web, plugin="drawing", tool=["count", "read"])
        for index in range(5):
            run.frame(index, tool="count")
            run.frame(index, tool="read")
        run.done()

        seen: list[dict[str, Any]] = []
        after: dict[str, Any] = {}
        while True:
            page = web.get(f"/v1/jobs/{run.job.id}/frames", limit=2, **after)
            seen += page["frames"]
            if page["next_after"] is None:
                break
            after = {"after": page["next_after"]}

        assert seen == web.get(f"/v1/jobs/{run.job.id}")["frames"]
        assert [frame["tools"] for frame in seen] == [["count", "read"]] * 5


class TestMany:
    """A job of more frames than one page holds."""

    COUNT = 2 * FRAMES_A_PAGE + 1

    @pytest.fixture(scope="class", name="job_id")
    @classmethod
    def _job_id(cls, web: Web) -> str:
        """A finished one."""
        run = begin(web)
        for index in range(cls.COUNT):
            run.frame(index)
        run.done()
        return run.job.id

    def test_every_way_to_read_them_is_the_same(self, web: Web, job_id: str) -> None:
        """Whole, extended, as lines, in pages."""
        whole = web.get(f"/v1/jobs/{job_id}")["frames"]

        assert [frame["frame_index"] for frame in whole] == list(range(self.COUNT))
        assert web.get(f"/v1/jobs/{job_id}/extended")["frames"] == whole
        assert web.get(f"/v1/jobs/{job_id}/result")["frames"] == whole
        assert lines(web, f"/v1/jobs/{job_id}/frames") == whole
        first = web.get(f"/v1/jobs/{job_id}/frames", limit=500)
        second = web.get(f"/v1/jobs/{job_id}/frames", limit=500, after=first["next_after"])
        third = web.get(f"/v1/jobs/{job_id}/frames", limit=500, after=second["next_after"])
        assert first["frames"] + second["frames"] + third["frames"] == whole
        assert third["next_after"] is None

    def test_the_whole_is_streamed(self, web: Web, job_id: str) -> None:
        """It has no length beforehand, for it is never in memory at once."""
        answer = web.client.get(f"/v1/jobs/{job_id}")

        assert "content-length" not in answer.headers


class TestUnchanged:
    """An ended job does not change: its answer has an ETag."""

    @pytest.mark.parametrize("path", ["", "/result"])
    def test_who_has_it_is_told_so(self, web: Web, path: str) -> None:
        """304, without a body."""
        run = begin(web)
        run.done()
        etag = web.client.get(f"/v1/jobs/{run.job.id}{path}").headers["etag"]

        for given in (etag, f'"other", W/{etag}', "*"):
            answer = web.client.get(f"/v1/jobs/{run.job.id}{path}", headers={"If-None-Match": given})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)

    def test_another_tag_gets_the_answer(self, web: Web) -> None:
        """Of another job, say."""
        run = begin(web)
        run.done()

        answer = web.client.get(f"/v1/jobs/{run.job.id}", headers={"If-None-Match": '"other"'})

        assert answer.status_code == 200


def test_the_extended_job_adds_and_changes_nothing(web: Web) -> None:
    """All of Phase 9's fields, with the same values, then the rest."""
    run = begin(web)
    run.progress(50, "processing")
    run.frame(0)
    run.done(plugin_timings={"counting": 12.5}, tool_timings={"counting.count": 12.5}, warnings=["one frame was odd"])

    plain = web.get(f"/v1/jobs/{run.job.id}")
    extended = web.get(f"/v1/jobs/{run.job.id}/extended")

    assert {name: extended[name] for name in plain} == plain
    assert extended["progress"] == 100
    assert extended["plugin_timings"] == {"counting": 12.5}
    assert extended["tool_timings"] == {"counting.count": 12.5}
    assert extended["warnings"] == ["one frame was odd"]
    assert extended["stage"] == "processing"
    assert extended["error"] is None
    assert extended["created_at"] < extended["finished_at"]


def test_what_is_not_known_yet_is_null(web: Web) -> None:
    """A queued job has neither progress nor timings, and no warnings that could be listed."""
    extended = web.get(f"/v1/jobs/{web.submit()}/extended")

    unknown = ["progress", "plugin_timings", "warnings", "tool_timings", "stage", "started_at", "finished_at", "error"]
    assert {name: extended[name] for name in unknown} == dict.fromkeys(unknown)


def test_an_ended_job_without_warnings_has_an_empty_list(web: Web) -> None:
    """It is known then that there were none."""
    run = begin(web)
    run.done()

    assert web.get(f"/v1/jobs/{run.job.id}/extended")["warnings"] == []


def test_frames_may_be_left_out(web: Web) -> None:
    """Everything else is the same."""
    run = begin(web)
    run.frame(0)
    run.done()

    whole = web.get(f"/v1/jobs/{run.job.id}/extended")
    short = web.get(f"/v1/jobs/{run.job.id}/extended", frames="false")

    assert short["frames"] == []
    assert {**short, "frames": None, "cursor": None} == {**whole, "frames": None, "cursor": None}


def test_links_lead_somewhere(web: Web) -> None:
    """Every address that a job names answers."""
    links = web.get(f"/v1/jobs/{web.submit()}/extended")["links"]

    assert {web.client.get(link).status_code for link in links.values()} == {200}


def test_the_cursor_is_where_the_answer_is_true(web: Web) -> None:
    """What happens after the snapshot lies after its cursor, and nothing else of the job does."""
    run = begin(web)
    run.frame(0)
    cursor = web.get(f"/v1/jobs/{run.job.id}/extended")["cursor"]
    run.frame(1)
    run.done()

    messages = web.get(f"/v1/jobs/{run.job.id}/events", after=cursor)["messages"]

    assert [message["type"] for message in messages] == ["frame", "job_status"]


def test_a_failed_job_says_why(web: Web) -> None:
    """With a code for programs and a sentence for people."""
    run = begin(web)
    run.fail("INPUT_UNREADABLE", "The file is damaged.")

    job = web.get(f"/v1/jobs/{run.job.id}/extended")

    assert (job["status"], job["error"]["error_code"]) == ("error", "INPUT_UNREADABLE")


@pytest.mark.parametrize("job_id", ["01a206df-3489-7381-b4b5-6b148e1a5f47", "nothing", "%00", "x" * 500])
@pytest.mark.parametrize("path", ["", "/result", "/extended", "/frames", "/events", "/input", "/frames/0.jpg"])
def test_no_such_job(web: Web, job_id: str, path: str) -> None:
    """404 on every address of a job that is not there, or whose id is none."""
    problem = problem_of(web.client.get(f"/v1/jobs/{job_id}{path}"))

    assert (problem["status"], problem["code"]) == (404, "JOB_NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/frames?limit=0", "limit"),
        ("/frames?limit=501", "limit"),
        ("/frames?after=-1", "after"),
        ("/events?limit=1001", "limit"),
        ("/events?after=7", "after"),
        ("/extended?frames=perhaps", "frames"),
    ],
)
def test_a_bad_parameter_is_named(web: Web, path: str, field: str) -> None:
    """With the field in the answer."""
    problem = problem_of(web.client.get(f"/v1/jobs/{web.submit()}{path}"))

    assert (problem["status"], [error["field"] for error in problem["errors"]]) == (400, [field])
