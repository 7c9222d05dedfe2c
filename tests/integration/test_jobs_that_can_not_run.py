"""Jobs that fail before or after their tool: each ends at once and says why, and the next one runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.stack import Product


@pytest.fixture
def odd_product(own_product: Callable[..., Product]) -> Product:
    """A stack with a single worker's child and a plugin that does what none should."""
    plugins = "tests.plugins_for_tests:Numbered,tests.phase10.odd_plugin:OddPlugin"
    return own_product(TRANSOM_PLUGINS=plugins, TRANSOM_WORKERS="1")


def ended(product: Product, sample: Path, tool: str, options: dict[str, Any]) -> dict[str, Any]:
    """The job once it has ended."""
    return product.wait(product.submit(sample, plugin="odd", tool=tool, options=options))


def test_a_job_that_can_not_run_ends_and_the_next_one_runs(odd_product: Product, sample: Path) -> None:
    """What no schema can say, a check that is broken, a tool that can't be made: each is an error with a code."""
    refused = ended(odd_product, sample, "picky", {"low": 5, "high": 2})
    broken = ended(odd_product, sample, "picky", {"low": 2, "high": 2})
    unmade = ended(odd_product, sample, "raise", {"where": "init"})
    memory = ended(odd_product, sample, "raise", {"what": "MemoryError"})
    unreadable = ended(odd_product, sample, "result", {"result": "arrays"})

    assert [job["status"] for job in (refused, broken, unmade, memory, unreadable)] == ["error"] * 5
    assert refused["error"]["error_code"] == "INVALID_OPTIONS"
    assert "low must not be above high" in refused["error"]["message"]
    assert broken["error"]["error_code"] == "JOB_FAILED"
    assert "broken" not in json.dumps(broken)
    assert unmade["error"]["error_code"] == "PLUGIN_CRASH"
    assert memory["error"]["error_code"] == "OUT_OF_MEMORY"
    assert unreadable["error"]["error_code"] == "PLUGIN_CRASH"
    # The one child has survived all of that.
    assert odd_product.wait(odd_product.submit(sample, plugin="numbered"))["status"] == "done"


def test_odd_answers_reach_a_client_as_json(odd_product: Product, sample: Path) -> None:
    """Results and frames with what JSON has not are there, readable, with a warning."""
    frames = ended(odd_product, sample, "answer", {"answer": "data_without_number", "frames": [3]})
    result = ended(odd_product, sample, "result", {"result": "without_number"})

    assert frames["status"] == "done"
    assert len(frames["frames"]) == 250
    assert frames["warnings"] == ["The frame's data held what JSON has not, or what lay too deep; it was replaced."]
    assert result["status"] == "done"
    assert result["warnings"] == ["A result held what JSON has not, or what lay too deep; it was replaced."]
