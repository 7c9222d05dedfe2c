"""A client of Phase 9 that meets Phase 10 notices nothing."""

from __future__ import annotations

import json

import pytest

from app.models_phase9 import JobResponse
from app.models_phase10 import ExtendedFields, ExtendedJobResponse
from tests.phase9.answers import validator
from tests.phase10.small_inputs import clip
from tests.stack import Product


@pytest.fixture(scope="module")
def job_id(product: Product, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A job that has everything that Phase 10 can tell."""
    job_id = product.submit(clip(tmp_path_factory.mktemp("job"), frames=7), plugin="warner", device="gpu")
    product.wait(job_id)
    return job_id


def test_the_extended_job_begins_with_phase_9s_to_the_byte(product: Product, job_id: str) -> None:
    """The same text, and then more."""
    plain = product.client.get(f"/v1/jobs/{job_id}").text
    extended = product.client.get(f"/v1/jobs/{job_id}/extended").text

    assert extended.startswith(plain.removesuffix("}") + ',"progress"')


def test_a_strict_client_reads_the_old_addresses(product: Product, job_id: str) -> None:
    """One that refuses unknown fields: nothing of Phase 10 has come in."""
    job = product.client.get(f"/v1/jobs/{job_id}").json()
    result = product.client.get(f"/v1/jobs/{job_id}/result").json()

    validator("JobResponse").validate(job)
    validator("JobResultResponse").validate(result)
    assert JobResponse.model_validate(job).job_id == job_id
    assert not set(ExtendedFields.model_fields) & (set(job) | set(result))


def test_a_tolerant_client_reads_the_new_address(product: Product, job_id: str) -> None:
    """One that ignores what it does not know takes the extended job for Phase 9's."""
    extended = product.extended(job_id)

    known = {name: value for name, value in extended.items() if name in JobResponse.model_fields}

    assert JobResponse.model_validate(known).status == "done"


def test_the_models_say_the_same() -> None:
    """The extended model is Phase 9's with optional fields after it; none of Phase 9's was touched."""
    assert issubclass(ExtendedJobResponse, JobResponse)
    for name, field in JobResponse.model_fields.items():
        assert ExtendedJobResponse.model_fields[name].annotation == field.annotation
        assert ExtendedJobResponse.model_fields[name].is_required()
    added = set(ExtendedJobResponse.model_fields) - set(JobResponse.model_fields)
    assert not any(ExtendedJobResponse.model_fields[name].is_required() for name in added)


def test_the_frames_are_the_same_data(product: Product, job_id: str) -> None:
    """Stored once: three addresses and the stream's log show one and the same."""
    frames = product.client.get(f"/v1/jobs/{job_id}").json()["frames"]
    lines = product.client.get(f"/v1/jobs/{job_id}/frames", headers={"Accept": "application/x-ndjson"}).text

    assert [json.loads(line) for line in lines.splitlines()] == frames
    assert product.extended(job_id)["frames"] == frames
    assert [m["payload"]["data"] for m in product.events(job_id) if m["type"] == "frame"] == frames
