"""The Python client against a running server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.client import AsyncTransomClient, RequestRefused, TransomClient, Transport
from tests.stack import Product


@pytest.mark.parametrize("transport", list(Transport))
def test_each_transport_says_what_the_log_says(product: Product, sample: Path, transport: Transport) -> None:
    """Whichever way a stream comes, each message of the log comes once, in order, as the same text."""
    with TransomClient(product.url, proxies=False, transports=[transport]) as client:
        job = client.submit(sample, plugin="sleepy", options={"ms": 5})
        texts = [message.text for message in client.watch(job["job_id"])]

        assert texts == list(client.events(job["job_id"]))
        assert client.job(job["job_id"])["status"] == "done"


def test_the_asynchronous_client_says_the_same(product: Product, sample: Path) -> None:
    """The same calls, awaited; several watches at once."""

    async def texts_of_two() -> list[list[str]]:
        async with AsyncTransomClient(product.url, proxies=False) as client:
            job = await client.submit(sample, plugin="sleepy", options={"ms": 5})

            async def watch() -> list[str]:
                return [message.text async for message in client.watch(job["job_id"])]

            watched = await asyncio.gather(watch(), watch())
            return [*watched, [text async for text in client.events(job["job_id"])]]

    first, second, logged = asyncio.run(texts_of_two())

    assert first == second == logged


def test_what_is_missed_by_now_is_not_told(product: Product, sample: Path) -> None:
    """`now` tells what comes after the snapshot; for a job that has ended that is nothing."""
    with TransomClient(product.url, proxies=False) as client:
        job_id = client.submit(sample, plugin="numbered")["job_id"]
        product.wait(job_id)

        assert list(client.watch(job_id, since="now")) == []


def test_several_tools_and_their_options(product: Product, sample: Path) -> None:
    """Tools and options go to the server as the API takes them."""
    with TransomClient(product.url, proxies=False) as client:
        tools = ["run", "again"]
        job = client.submit(sample, plugin="twins", tools=tools, options={"again": {"per_frame": 2}}, device="auto")
        messages = list(client.watch(job["job_id"]))

    assert {message.payload["tool"] for message in messages if message.type == "frame"} == set(tools)
    assert job["device_requested"] == "auto"


def test_cancelling_is_idempotent(product: Product, sample: Path) -> None:
    """A second cancel answers with the status as it is."""
    with TransomClient(product.url, proxies=False) as client:
        job_id = client.submit(sample, plugin="sleepy")["job_id"]

        assert [client.cancel(job_id)["status"] for _ in range(2)] == ["cancelled", "cancelled"]
        said = [message.payload["status"] for message in client.watch(job_id) if message.type == "job_status"]
        assert said[-1] == "cancelled"
        with pytest.raises(RequestRefused) as caught:
            client.cancel("nothing")
    assert caught.value.code == "JOB_NOT_FOUND"


def test_jobs_are_filtered(product: Product, sample: Path) -> None:
    """Filters reach the server, and a page says where the next one begins."""
    with TransomClient(product.url, proxies=False) as client:
        ids = {client.submit(sample, plugin="numbered")["job_id"] for _ in range(2)}
        for job_id in ids:
            product.wait(job_id)

        first = client.jobs(plugin="numbered", status="done", limit=1)
        second = client.jobs(plugin="numbered", status="done", limit=1, after=first["next_after"])

    assert {page["jobs"][0]["job_id"] for page in (first, second)} == ids
