"""Golden files, schemas and models say the same of each answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import BaseModel

from app import models_phase9 as nine
from app.models_phase10 import JobList, Problem
from tests.phase9.answers import SCHEMAS, golden, golden_names, validator
from tests.stack import Product

#: Which schema each golden file is an example of.
KINDS: Final = {
    "submitted": "JobResponse",
    "job_done": "JobResponse",
    "job_done_video": "JobResponse",
    "job_done_empty": "JobResponse",
    "job_running": "JobResponse",
    "job_error": "JobResponse",
    "job_fallback": "JobResponse",
    "job_cancelled": "JobResponse",
    "result": "JobResultResponse",
    "result_not_yet": "JobResultResponse",
    "analyzed": "AnalyzeResponse",
    "cancelled": "CancelResponse",
    "health": "HealthResponse",
}
MODELS: Final[dict[str, type[BaseModel]]] = {
    "Box": nine.Box,
    "FrameData": nine.FrameData,
    "JobResponse": nine.JobResponse,
    "JobResultResponse": nine.JobResultResponse,
    "AnalyzeResponse": nine.AnalyzeResponse,
    "CancelResponse": nine.CancelResponse,
    "HealthResponse": nine.HealthResponse,
    "JobList": JobList,
    "Problem": Problem,
}


def test_every_golden_file_has_its_schema() -> None:
    """And is named here; nothing lies about."""
    assert sorted(KINDS) == golden_names()
    assert sorted(MODELS) == sorted(path.stem for path in SCHEMAS.glob("*.json"))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_golden_file_fits_its_schema(name: str) -> None:
    """To the letter."""
    validator(KINDS[name]).validate(json.loads(golden(name)))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_no_field_can_be_added_or_left_out(name: str) -> None:
    """The schema is as tight as the contract: Phase 9's answers are frozen."""
    body: dict[str, Any] = json.loads(golden(name))
    check = validator(KINDS[name])

    assert not check.is_valid({**body, "progress": 50})
    for field in body:
        assert not check.is_valid({other: value for other, value in body.items() if other != field})


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_golden_file_is_what_its_model_writes(name: str) -> None:
    """Field by field, in order."""
    text = golden(name)

    model = MODELS[KINDS[name]].model_validate_json(text)

    assert json.loads(text) == json.loads(model.model_dump_json(exclude_unset=True))
    assert list(json.loads(text)) == list(type(model).model_fields)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_models_have_the_fields_of_their_schemas(name: str) -> None:
    """All that a schema requires, and no more where it closes the list."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    fields = set(MODELS[name].model_fields)

    assert set(schema["required"]) <= fields
    if schema["additionalProperties"] is False:
        assert set(schema["properties"]) == fields


def test_a_list_fits_its_schema(product: Product, sample: Path) -> None:
    """`GET /v1/jobs`: the page around summaries that may grow, never with frames."""
    product.client.delete(f"/v1/jobs/{product.submit(sample, plugin='numbered')}")

    answer = product.client.get("/v1/jobs", params={"limit": 1})

    validator("JobList").validate(answer.json())
    assert answer.json()["count"] == 1
