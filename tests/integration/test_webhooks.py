"""Webhooks through the front door: a real receiver hears of each end, once its signature is verified."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.cli.exit_codes import ExitCode
from app.client import TransomClient
from tests.back_ends import environment_of
from tests.integration.test_batches import hand_in, picture, pictures, wait_for_end
from tests.receivers import Answer, Received, Receiver, receiver, settings_for
from tests.stack import PATIENCE_SECONDS, ROOT, Product, start_product, transom, wait_until

#: Longer than what was taken for a try is left alone, where whoever took it was killed.
TAKEN_AGAIN_SECONDS = 90.0


class Hooked:
    """A product, and three receivers that it sends to."""

    def __init__(self, product: Product, receivers: list[Receiver]) -> None:
        self.product = product
        self.good, self.bad, self.mute = receivers

    def submit(self, url: str, content: bytes = b"", **fields: str) -> str:
        """A job whose end is told there."""
        answer = self.product.client.post(
            "/v1/jobs",
            data={"plugin": "numbered", **fields, "webhook_url": url},
            files={"file": ("picture.png", content or picture(1))},
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def webhooks(self, **query: Any) -> list[dict[str, Any]]:
        """What the server says of its webhooks."""
        answer = self.product.client.get("/v1/webhooks", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["webhooks"])

    def webhook_of(self, job_id: str, **wanted: Any) -> dict[str, Any]:
        """The one of a job, once it is as wanted."""

        def found() -> dict[str, Any] | None:
            webhooks = self.webhooks(job_id=job_id)
            return next((each for each in webhooks if wanted.items() <= each.items()), None)

        webhook: dict[str, Any] = wait_until(found, what=f"the webhook of {job_id} being {wanted}")
        return webhook

    def send_now(self, *job_ids: str) -> None:
        """Have those of these jobs tried at once, whenever their next try is due, and wait until they are delivered."""
        for job_id in job_ids:
            for webhook in self.webhooks(job_id=job_id):
                self.product.client.post(f"/v1/webhooks/{webhook['webhook_id']}/replay").raise_for_status()
        for job_id in job_ids:
            self.webhook_of(job_id, status="delivered")


@pytest.fixture(scope="module", name="hooked")
def _hooked(back_end: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hooked]:
    with ExitStack() as stack:
        receivers = [stack.enter_context(receiver()) for _ in range(3)]
        environment = stack.enter_context(environment_of(back_end))
        data = tmp_path_factory.mktemp("hooked") / "data"
        product = start_product(data, **environment, **settings_for(*receivers))
        stack.callback(product.stop)
        yield Hooked(product, receivers)


def test_the_end_of_a_job_is_told(hooked: Hooked) -> None:
    """Signed by each secret, thin, with where to read the rest; and the server says that it was delivered."""
    path = f"/{uuid4().hex}"
    job_id = hooked.submit(hooked.good.url(path))

    (message,) = hooked.good.wait(path)

    data = message.body["data"]
    assert message.body["type"] == "job.done"
    assert (data["job_id"], data["status"], data["plugin"], data["error"]) == (job_id, "done", "numbered", None)
    assert data["input_name"] == "picture.png"
    assert hooked.product.client.get(data["links"]["self"]).json()["job_id"] == job_id
    assert hooked.product.client.get(data["links"]["result"]).status_code == 200
    job = hooked.product.extended(job_id)
    assert message.body["timestamp"] == data["finished_at"] == job["finished_at"]
    webhook = hooked.webhook_of(job_id, status="delivered")
    assert (webhook["webhook_id"], webhook["attempts"], webhook["response_status"]) == (message.id, 1, 204)
    details = hooked.product.client.get(f"/v1/webhooks/{message.id}").json()
    assert details["body"] == message.body


def test_each_end_is_told_as_what_it_is(hooked: Hooked) -> None:
    """A failed job with its reason, one that was cancelled while it ran, and one that killed its worker too often."""
    paths = {name: f"/{name}-{uuid4().hex}" for name in ("failed", "cancelled", "poison")}
    hooked.submit(hooked.good.url(paths["failed"]), picture(1)[:-40])
    running = hooked.submit(hooked.good.url(paths["cancelled"]), plugin="sleepy", options='{"ms": 60000}')
    hooked.product.wait(running, status="running")
    hooked.product.client.post(f"/v1/jobs/{running}/cancel")
    poison = hooked.submit(hooked.good.url(paths["poison"]), plugin="killer", options='{"frame": 0}')

    failed = hooked.good.wait(paths["failed"])[0].body
    cancelled = hooked.good.wait(paths["cancelled"])[0].body
    poisoned = hooked.good.wait(paths["poison"], seconds=2 * PATIENCE_SECONDS)[0].body

    assert (failed["type"], failed["data"]["error"]["code"]) == ("job.error", "INPUT_UNREADABLE")
    assert (cancelled["type"], cancelled["data"]["job_id"]) == ("job.cancelled", running)
    assert (poisoned["type"], poisoned["data"]["error"]["code"]) == ("job.error", "PLUGIN_CRASH")
    assert poisoned["data"]["job_id"] == poison
    assert {path: len(hooked.good.at(path)) for path in paths.values()} == dict.fromkeys(paths.values(), 1)


def test_a_retry_is_told_where_the_first_one_was(hooked: Hooked) -> None:
    """The new job's end goes to the same receiver, names the job that it tries again, and has an id of its own."""
    path = f"/{uuid4().hex}"
    first = hooked.submit(hooked.good.url(path))
    hooked.good.wait(path)
    second = hooked.product.client.post(f"/v1/jobs/{first}/retry").json()["job_id"]

    before, after = hooked.good.wait(path, 2)

    assert (after.body["data"]["job_id"], after.body["data"]["retry_of"]) == (second, first)
    assert before.id != after.id


def test_a_batch_is_told_of_as_one(hooked: Hooked) -> None:
    """One message once all has ended, with counts; one more when what failed was tried again; none of its jobs."""
    path = f"/{uuid4().hex}"
    files = [*pictures(4), ("file", ("torn.png", picture(9)[:-40], "image/png"))]
    batch_id = hand_in(hooked.product, files, webhook_url=hooked.good.url(path), name="five")["batch_id"]
    (first,) = hooked.good.wait(path)
    wait_for_end(hooked.product, batch_id)
    hooked.product.client.post(f"/v1/batches/{batch_id}/retry")

    again = hooked.good.wait(path, 2)[1]

    data = first.body["data"]
    assert (first.body["type"], data["batch_id"], data["status"], data["name"]) == (
        *("batch.ended", batch_id, "done", "five"),
    )
    assert (data["total"], data["counts"]["done"], data["counts"]["error"]) == (5, 4, 1)
    assert hooked.product.client.get(data["links"]["items"]).status_code == 200
    assert again.body["data"]["counts"] == data["counts"]
    assert again.id != first.id
    assert len(hooked.webhooks(batch_id=batch_id)) == 2


def test_a_batch_that_is_cancelled_says_so(hooked: Hooked) -> None:
    """Also where nothing of it had begun; the manifest's own call takes the address too."""
    path = f"/{uuid4().hex}"
    url = hooked.good.url(path)
    files = pictures(3)
    batch_id = hand_in(hooked.product, files, webhook_url=url, plugin="sleepy", options='{"ms": 60000}')["batch_id"]
    hooked.product.client.post(f"/v1/batches/{batch_id}/cancel")
    refused = hooked.product.client.post(
        "/v1/batches",
        json={"plugin": "numbered", "webhook_url": f"{url}/refused", "items": [{"path": "/nowhere/at/all.png"}]},
    )

    (message,) = hooked.good.wait(path)
    (other,) = hooked.good.wait(f"{path}/refused")

    assert (message.body["data"]["batch_id"], message.body["data"]["status"]) == (batch_id, "cancelled")
    assert (other.body["data"]["batch_id"], other.body["data"]["counts"]["error"]) == (refused.json()["batch_id"], 1)


def test_bad_receivers_hold_up_nobody(hooked: Hooked) -> None:
    """While one says nothing and one only fails, jobs go on, and whoever listens hears of theirs."""
    go_on = threading.Event()

    def wait_long(_: Received) -> Answer:
        go_on.wait(2 * PATIENCE_SECONDS)
        return Answer()

    hooked.mute.answering = wait_long
    hooked.bad.answering = lambda _: Answer(500)
    path = f"/{uuid4().hex}"
    try:
        mute = [hooked.submit(hooked.mute.url(path)) for _ in range(8)]
        failing = [hooked.submit(hooked.bad.url(path)) for _ in range(8)]
        heard = [hooked.submit(hooked.good.url(path)) for _ in range(4)]
        ended = [hooked.product.wait(job_id)["status"] for job_id in (*mute, *failing, *heard)]
        messages = hooked.good.wait(path, len(heard))
        still_waiting = {hooked.webhooks(job_id=job_id)[0]["status"] for job_id in (*mute, *failing)}
    finally:
        go_on.set()
        hooked.mute.answering = hooked.bad.answering = lambda _: Answer()

    assert set(ended) == {"done"}
    assert {message.body["data"]["job_id"] for message in messages} == set(heard)
    assert still_waiting == {"pending"}
    # One that has failed twice has a minute to wait.
    hooked.send_now(*mute, *failing)


def test_what_fails_is_tried_again_under_its_id(hooked: Hooked) -> None:
    """After an error comes another try, with the same id and the same words, until the receiver takes it."""
    answers = [Answer(500), Answer(503, (("Retry-After", "1"),))]
    hooked.bad.answering = lambda _: answers.pop(0) if answers else Answer()
    path = f"/{uuid4().hex}"
    job_id = hooked.submit(hooked.bad.url(path))

    first = hooked.webhook_of(job_id, attempts=1)
    messages = hooked.bad.wait(path, 2)
    # Its third try would be in the middle of another test.
    hooked.send_now(job_id)

    assert (first["status"], first["response_status"], first["error"]) == (
        *("pending", 500, "The receiver answered 500"),
    )
    assert first["next_attempt_at"] is not None
    assert messages[0] == messages[1]


def test_a_redirect_is_not_followed(hooked: Hooked) -> None:
    """A receiver that sends elsewhere has not taken it, and nobody else gets it."""
    path = f"/{uuid4().hex}"
    hooked.bad.answering = lambda _: Answer(307, (("Location", hooked.good.url(path)),))
    job_id = hooked.submit(hooked.bad.url(path))

    webhook = hooked.webhook_of(job_id, attempts=1)
    hooked.bad.answering = lambda _: Answer()
    # Its second try would be in the middle of another test.
    hooked.send_now(job_id)

    assert (webhook["status"], webhook["response_status"]) == ("pending", 307)
    assert "redirects are not followed" in webhook["error"]
    assert hooked.good.at(path) == []


def test_the_dead_are_listed_and_replayed(hooked: Hooked) -> None:
    """410 ends the tries at once; a replay sends it again under its id, by the API, the client and the command."""
    hooked.bad.answering = lambda _: Answer(410)
    path = f"/{uuid4().hex}"
    jobs = [hooked.submit(hooked.bad.url(path)) for _ in range(3)]
    dead = [hooked.webhook_of(job_id, status="dead") for job_id in jobs]
    listed = hooked.webhooks(status="dead")
    shown = _transom(hooked.product, "webhooks", "--status", "dead")
    hooked.bad.answering = lambda _: Answer()

    replayed = hooked.product.client.post(f"/v1/webhooks/{dead[0]['webhook_id']}/replay").json()
    hooked.webhook_of(jobs[0], status="delivered")
    with TransomClient(hooked.product.url) as client:
        client.replay_webhook(dead[1]["webhook_id"])
        hooked.webhook_of(jobs[1], status="delivered")
        assert client.webhooks(status="delivered", limit=1)["count"] == 1
        assert client.webhook(dead[1]["webhook_id"])["body"]["data"]["job_id"] == jobs[1]
    all_of_them = _transom(hooked.product, "webhooks", "--json", "replay", "--dead")
    hooked.webhook_of(jobs[2], status="delivered")

    assert {each["webhook_id"] for each in dead} <= {each["webhook_id"] for each in listed}
    assert all(each["attempts"] == 1 and each["next_attempt_at"] is None for each in dead)
    assert all(each["webhook_id"] in shown.stdout for each in dead)
    assert (replayed["status"], replayed["attempts"]) == ("pending", 0)
    # Those of other tests are dead as well.
    left = 1 + len(listed) - len(dead)
    assert (all_of_them.returncode, json.loads(all_of_them.stdout)) == (ExitCode.DONE, {"replayed": left})
    messages = hooked.bad.wait(path, 6)
    assert sorted(message.id for message in messages) == sorted(2 * [each["webhook_id"] for each in dead])


def test_the_command_hands_in_with_an_address(hooked: Hooked, sample: Any) -> None:
    """`--webhook` for a job and for a batch; a delivered one can be sent again as well."""
    path = f"/{uuid4().hex}"
    url = hooked.good.url(path)
    job = _transom(hooked.product, "submit", str(sample), "--plugin", "numbered", "--webhook", url)
    (told,) = hooked.good.wait(path)
    again = _transom(hooked.product, "webhooks", "replay", told.id)
    hooked.good.wait(path, 2)
    batch = _transom(
        hooked.product, "submit", str(sample), "--name", "one", "--plugin", "numbered", "--webhook", f"{url}/batch"
    )

    assert told.body["data"]["job_id"] == job.stdout.strip()
    assert (again.returncode, again.stdout) == (ExitCode.DONE, "1\n")
    assert hooked.good.wait(f"{path}/batch")[0].body["data"]["batch_id"] == batch.stdout.strip()
    assert _transom(hooked.product, "webhooks", "replay").returncode == ExitCode.USAGE


@pytest.mark.timeout(300)
# Over each back end a batch's end is told through kills, in `test_batches_survive`.
@pytest.mark.only_over("sqlite")
def test_a_sender_that_is_killed_sends_it_again(own_product: Callable[..., Product]) -> None:
    """A web process that is killed between a try and its answer: the next one delivers under the same id."""
    with receiver() as here:
        product = own_product(**settings_for(here))
        hooked = Hooked(product, [here, here, here])
        released = threading.Event()

        def hold(_: Received) -> Answer:
            released.wait(PATIENCE_SECONDS)
            return Answer()

        here.answering = hold
        job_id = hooked.submit(here.url())
        (first,) = here.wait("/hook")
        for process in product.child_processes("app.cli.main web"):
            process.kill()
        here.answering = lambda _: Answer()
        released.set()

        again = here.wait("/hook", 2, seconds=TAKEN_AGAIN_SECONDS)[1]

        assert again == first
        wait_until(lambda: product.client.get("/readyz").status_code == 200, what="the web process")
        assert hooked.webhook_of(job_id, status="delivered")["webhook_id"] == first.id


@pytest.mark.timeout(300)
@pytest.mark.only_over("sqlite")
def test_what_was_pending_in_a_backup_is_sent_after_the_restore(
    own_product: Callable[..., Product], tmp_path: Path
) -> None:
    """Under its id, also where it was delivered after the backup: its receiver knows it by that."""
    with receiver() as here:
        product = own_product(**settings_for(here))
        hooked = Hooked(product, [here, here, here])
        here.answering = lambda _: Answer(503, (("Retry-After", "3600"),))
        job_id = hooked.submit(here.url())
        hooked.webhook_of(job_id, attempts=1)
        backup = transom(product, "backup", str(tmp_path / "backup"))
        here.answering = lambda _: Answer()
        replay = f"/v1/webhooks/{here.at('/hook')[0].id}/replay"
        product.client.post(replay)
        hooked.webhook_of(job_id, status="delivered")

        restored = transom(product, "restore", str(tmp_path / "backup"), "--overwrite")

        after = hooked.webhook_of(job_id, status="pending")
        product.client.post(replay)
        messages = here.wait("/hook", 3)
        assert (backup.returncode, restored.returncode) == (ExitCode.DONE, ExitCode.DONE)
        assert (after["attempts"], after["response_status"]) == (1, 503)
        assert messages == [messages[0]] * 3


def _transom(product: Product, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"TRANSOM_SERVER": product.url, "COLUMNS": "300", "PYTHONPATH": str(ROOT)},
        timeout=PATIENCE_SECONDS,
    )
