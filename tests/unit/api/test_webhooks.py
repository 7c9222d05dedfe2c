"""The calls of webhooks, and `webhook_url` where a job or a batch is handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.receivers import SECRETS
from tests.unit.api.web import PNG, Web, problem_of

#: Nobody listens there: port 9 of loopback, which is allowed.
CLOSED = "http://127.0.0.1:9/hook"
SETTINGS: dict[str, str] = {
    "webhook_hosts": "hooks.example.com, *.hooks.example.com, 127.0.0.1:9, 10.0.0.1",
    "webhook_secret": SECRETS,
    "private_networks": "127.0.0.0/8",
}


def ended(web: Web, url: str = CLOSED) -> str:
    """A job that has ended, and whose end is to be told."""
    run = web.worker.begin(web.submit(webhook_url=url))
    run.done()
    return str(run.job.id)


def test_not_enabled_is_said(web: Web) -> None:
    """Where no host is allowed an address is refused, for jobs and batches, and so is a replay; lists are empty."""
    before = web.inputs()
    for path, files in (("/v1/jobs", {"file": ("dot.png", PNG)}), ("/v1/batches", {"file": ("dot.png", PNG)})):
        answer = web.client.post(path, data={"plugin": "counting", "webhook_url": CLOSED}, files=files)
        problem = problem_of(answer)
        assert (answer.status_code, problem["code"]) == (400, "WEBHOOKS_DISABLED")
        assert [error["field"] for error in problem["errors"]] == ["webhook_url"]
    replay = web.client.post("/v1/webhooks/replay")

    assert problem_of(replay)["code"] == "WEBHOOKS_DISABLED"
    assert web.get("/v1/webhooks") == {"webhooks": [], "count": 0, "next_after": None}
    assert web.inputs() == before


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("https://elsewhere.example.com/x", 403, "URL_NOT_ALLOWED"),
        ("https://hooks.example.com:8443/x", 403, "URL_NOT_ALLOWED"),
        ("http://10.0.0.1/x", 403, "URL_FORBIDDEN_ADDRESS"),
        ("https://name:hunter2@hooks.example.com/x", 422, "URL_INVALID"),
        ("ftp://hooks.example.com/x", 422, "URL_INVALID"),
        ("hooks.example.com", 422, "URL_INVALID"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/batches"])
def test_an_address_that_may_not_be_told_is_refused(
    own_web: Callable[..., Web], path: str, url: str, status: int, code: str
) -> None:
    """At once, naming the field; nothing of what was handed in stays."""
    web = own_web(**SETTINGS)

    answer = web.client.post(
        path, data={"plugin": "counting", "webhook_url": url}, files={"file": ("dot.png", PNG, "image/png")}
    )

    problem = problem_of(answer)
    assert (answer.status_code, problem["code"]) == (status, code)
    assert [error["field"] for error in problem["errors"]] == ["webhook_url"]
    assert "hunter2" not in answer.text
    assert web.inputs() == set()


def test_an_address_in_json_is_taken(own_web: Callable[..., Web]) -> None:
    """Beside an upload, and null is none."""
    web = own_web(**SETTINGS)
    for url in (CLOSED, None):
        made = web.client.post("/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(PNG))})
        upload_id = made.headers["location"].rsplit("/", maxsplit=1)[-1]
        web.client.patch(
            f"/v1/uploads/{upload_id}",
            content=PNG,
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": "0",
                "Content-Type": "application/offset+octet-stream",
            },
        )
        answer = web.client.post("/v1/jobs", json={"plugin": "counting", "upload_id": upload_id, "webhook_url": url})
        assert answer.status_code == 202, answer.text
        job_id = answer.json()["job_id"]
        web.worker.begin(job_id).done()
        assert web.get("/v1/webhooks", job_id=job_id)["count"] == (url is not None)


def test_they_are_listed_page_by_page(own_web: Callable[..., Web]) -> None:
    """Newest first, by status, job or batch; each as described; a body is with the one that is asked for."""
    web = own_web(**SETTINGS)
    jobs = [ended(web) for _ in range(5)]
    description = web.get("/openapi.json")

    def described(path: str, answer: dict[str, Any]) -> dict[str, Any]:
        schema = description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": description["components"]}).validate(answer)
        return answer

    first = described("/v1/webhooks", web.get("/v1/webhooks", limit=3))
    second = described("/v1/webhooks", web.get("/v1/webhooks", limit=3, after=first["next_after"]))

    found = [webhook["job_id"] for page in (first, second) for webhook in page["webhooks"]]
    assert sorted(found) == sorted(jobs)
    assert (first["count"], second["count"], second["next_after"]) == (3, 2, None)
    assert web.get("/v1/webhooks", status="pending")["count"] == 5
    assert web.get("/v1/webhooks", status="dead")["count"] == 0
    one = web.get("/v1/webhooks", job_id=jobs[0])["webhooks"][0]
    details = described("/v1/webhooks/{webhook_id}", web.get(f"/v1/webhooks/{one['webhook_id']}"))
    body = description["components"]["schemas"]["JobWebhook"]
    Draft202012Validator({**body, "components": description["components"]}).validate(details["body"])
    assert details["body"]["data"]["job_id"] == jobs[0]
    assert set(description["webhooks"]) == {"job.done", "job.error", "job.cancelled", "batch.ended"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/webhooks/msg_0", 404, "WEBHOOK_NOT_FOUND"),
        ("/v1/webhooks/msg_01900000000070008000000000000000", 404, "WEBHOOK_NOT_FOUND"),
        ("/v1/webhooks?status=lost", 400, "INVALID_QUERY"),
        ("/v1/webhooks?after=here", 400, "INVALID_QUERY"),
        ("/v1/webhooks?job_id=mine", 400, "INVALID_QUERY"),
        ("/v1/webhooks?limit=0", 400, "INVALID_QUERY"),
    ],
)
def test_what_is_asked_wrongly_is_said(web: Web, path: str, status: int, code: str) -> None:
    """As everywhere: a status, and a stable code."""
    answer = web.client.get(path)

    assert (answer.status_code, problem_of(answer)["code"]) == (status, code)


def test_links_lead_where_users_come_in(own_web: Callable[..., Web]) -> None:
    """Whole addresses below the public one, which only web processes know."""
    web = own_web(**SETTINGS, public_url="https://transom.example.com/eyes", allowed_hosts="127.0.0.1")
    job_id = ended(web)

    webhook = web.get("/v1/webhooks", job_id=job_id)["webhooks"][0]
    details = web.get(f"/v1/webhooks/{webhook['webhook_id']}")

    at = f"https://transom.example.com/eyes/v1/jobs/{job_id}"
    assert details["body"]["data"]["links"] == {"self": at, "extended": f"{at}/extended", "result": f"{at}/result"}


def test_a_retry_is_refused_where_its_receiver_is_no_more(own_web: Callable[..., Web]) -> None:
    """Rather than run without telling whom it should: a receiver that was taken from the list is named."""
    job_id = ended(own_web(**SETTINGS))
    web = own_web(**{**SETTINGS, "webhook_hosts": "hooks.example.com"})

    answer = web.client.post(f"/v1/jobs/{job_id}/retry")

    assert (answer.status_code, problem_of(answer)["code"]) == (403, "URL_NOT_ALLOWED")


def test_metrics_count_them(own_web: Callable[..., Web]) -> None:
    """What waits and what is dead can be watched."""
    web = own_web(**SETTINGS)
    ended(web)

    text = web.client.get("/metrics").text

    assert 'transom_webhooks{status="pending"} 1.0' in text
    assert 'transom_webhooks{status="dead"} 0.0' in text
