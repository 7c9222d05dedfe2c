"""Five thousand requests made from the API's own description: half as it says, half as it forbids.

The same at each run: their seeds are numbers. Which of them are right, only the description says; what the server
answers must be in it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.chaos.web_process import WebProcess, web_process
from tests.stack import PATIENCE_SECONDS
from tests.unit.api.hand_worker import HandWorker
from tests.unit.api.web import PNG

# A piece of an upload, which is bytes.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

REQUESTS: Final = 5_000
#: Requests that are made of one call before it is another's turn.
A_TURN: Final = 30
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
STREAM: Final = "/v1/realtime"
#: A stream that lasts as long as it is told.
MEASURED: Final = "/v1/doctor/stream"
#: Answers that say "later" on purpose, where that is described.
LATER: Final = {503, 504}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebProcess]:
    """A web process that waits for no worker."""
    with web_process(tmp_path_factory.mktemp("hostile") / "data", max_wait_seconds=0.05) as running:
        yield running


class Sender:
    """Sends what was made up, with names of what is there put in: most made-up ones lead nowhere."""

    def __init__(self, web: WebProcess) -> None:
        self.answers: Counter[int] = Counter()
        self.failures: dict[tuple[str, str, int], str] = {}
        self._web = web
        self._session = requests.Session()
        self._session.trust_env = False
        # Nobody gains by guessing it.
        self._random = random.Random(7)  # noqa: S311
        self._ended = [_ended_job(web.worker, web.submit()) for _ in range(4)]
        self._jobs = [*self._ended, web.submit()]
        self._purged = _ended_job(web.worker, web.submit())

    @property
    def sent(self) -> int:
        """How many were sent."""
        return sum(self.answers.values())

    def send(self, case: schemathesis.Case[Any]) -> None:
        """Send one, and note what is wrong with the answer."""
        self._put_names_in(case)
        answer = case.call(
            base_url=self._web.url, session=self._session, timeout=PATIENCE_SECONDS, allow_redirects=False
        )
        self.answers[answer.status_code] += 1
        checks = [check for check in CHECKS if check is not not_a_server_error or answer.status_code not in LATER]
        try:
            case.validate_response(answer, checks=checks)
        except (Failure, FailureGroup) as wrong:
            # Not raised: it would be made up again, and meet a server that is not as it was.
            which = wrong.exceptions[0] if isinstance(wrong, FailureGroup) else wrong
            self.failures.setdefault((case.operation.label, type(which).__name__, answer.status_code), str(wrong))

    def _put_names_in(self, case: schemathesis.Case[Any]) -> None:
        path, body = case.path_parameters, case.body
        form = case.media_type == "multipart/form-data"
        if form and isinstance(body, dict) and "plugin" in body and self._random.random() < 0.2:
            # A whole form: what is made up is nearly never a picture.
            case.body = {"plugin": "counting", "file": PNG}  # type: ignore[dict-item]  # bytes are files
        if isinstance(path, dict) and self._random.random() < 0.6:
            known = {
                # A job that is purged is of no use to the others.
                "job_id": [self._purged] if case.operation.label.endswith("/purge") else self._jobs,
                "plugin": ["counting", "drawing"],
                "tool": ["count", "draw"],
                "name": ["start.js"],
            }
            path.update({name: self._random.choice(known[name]) for name in known.keys() & path.keys()})
        if case.path == MEASURED and not case.query:
            case.query = {}
        for asked in (case.query, case.body):
            if isinstance(asked, dict):
                _shorten(case.path, asked)


def _shorten(path: str, asked: dict[str, Any]) -> None:
    """Have no call last: a poll may wait for a minute, a measurement for two, and a stream for ever."""
    if path == STREAM and asked.get("transport") == "sse":
        asked["transport"] = "poll"
    if path == MEASURED:
        # Where it is not said, it lasts seconds.
        asked.setdefault("seconds", 50)
    for name in {STREAM: ("wait",), MEASURED: ("seconds",)}.get(path, ()):
        if isinstance(asked.get(name), int | float):
            asked[name] /= 1000


def _ended_job(worker: HandWorker, job_id: str) -> str:
    run = worker.begin(job_id)
    run.progress(10)
    run.frame(0, boxes=2)
    run.done()
    return job_id


def _turns(web: WebProcess) -> Iterator[Any]:
    """What can be made up: each call, as described and as forbidden."""
    description = schemathesis.openapi.from_dict(web.client.get("/openapi.json").json())
    for found in description.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # it raises where it is none
        described = operation.definition.raw
        yield operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        if "requestBody" in described or any(item["in"] != "path" for item in described["parameters"]):
            # A path's part is any text: there is none that the description forbids.
            yield operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


@pytest.mark.timeout(1800)
def test_whatever_is_asked_is_answered_as_described(web: WebProcess) -> None:
    """No crash, no hang, and no status, type, header or body that the description does not have."""
    turns = list(_turns(web))
    sender = Sender(web)
    for seed in range(REQUESTS):
        for strategy in turns:

            @hypothesis.seed(seed)
            @hypothesis.settings(
                max_examples=A_TURN,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=strategy)
            def turn(case: schemathesis.Case[Any]) -> None:
                sender.send(case)

            turn()
        if sender.failures or sender.sent >= REQUESTS:
            break

    assert not sender.failures, "\n\n".join(f"{where}\n{what}" for where, what in sender.failures.items())
    assert web.crashes() == []
    assert web.client.get("/livez").json() == {"status": "alive"}
    # Neither side was empty: there were good answers as well as refusals, of several kinds.
    assert {200, 202, 400, 404, 422} <= set(sender.answers)
    assert not set(sender.answers) & ({500, 501, 502} | set(range(505, 600)))
