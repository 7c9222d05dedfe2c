"""docker-compose.yml and the Dockerfile say only what Transom understands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import PREFIX, Settings

OURS = ("web-1", "web-2", "worker", "migrate")


@pytest.fixture(scope="module")
def services(root: Path) -> dict[str, Any]:
    """The services, with anchors resolved."""
    found = yaml.safe_load((root / "docker-compose.yml").read_text())["services"]
    assert isinstance(found, dict)
    return found


def test_the_parts_of_a_production_are_there(services: dict[str, Any]) -> None:
    """Two web nodes, a worker, the broker, the database, and the step that brings the database up to date."""
    assert set(services) == {*OURS, "valkey", "postgres"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_runs_a_command_of_ours(name: str, services: dict[str, Any]) -> None:
    """The command is `transom` and the service's own word."""
    assert services[name]["command"] == ["transom", name.split("-", maxsplit=1)[0]]


@pytest.mark.parametrize("name", OURS)
def test_its_environment_makes_valid_settings(
    name: str, services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every TRANSOM_ variable is one that the settings know, with a value that they take."""
    environment = services[name]["environment"]
    assert all(variable.removeprefix(PREFIX).lower() in Settings.model_fields for variable in environment)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, re.sub(r"\$\{\w+:-(\w+)\}", r"\1", value))

    settings = Settings()

    assert settings.database_url == "postgresql+psycopg://transom:transom@postgres:5432/transom"
    assert settings.broker_url == "redis://valkey:6379/0"


@pytest.mark.parametrize("name", OURS)
def test_the_image_has_what_the_service_needs_and_no_more(name: str, services: dict[str, Any]) -> None:
    """Only the worker's image has the vision libraries."""
    assert services[name]["build"]["target"] == ("worker" if name == "worker" else "web")


def test_the_blobs_are_shared(services: dict[str, Any]) -> None:
    """Both web nodes and the worker see the same inputs and previews."""
    mounts = {mount for name in ("web-1", "web-2", "worker") for mount in services[name]["volumes"]}
    stores = {services[name]["environment"]["TRANSOM_STORAGE_URL"] for name in ("web-1", "web-2", "worker")}

    assert mounts == {"blobs:/var/lib/transom/blobs"}
    assert stores == {"file:///var/lib/transom/blobs"}


def test_nothing_is_published_beyond_the_machine(services: dict[str, Any]) -> None:
    """Without authentication, a port is published on loopback or not at all."""
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert ports == ["127.0.0.1:8001:8000", "127.0.0.1:8002:8000"]


def test_what_is_waited_for_can_be_waited_for(services: dict[str, Any]) -> None:
    """A service that others want healthy has a health check."""
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] == "service_completed_successfully" or "healthcheck" in services[name]


def test_the_web_image_installs_no_vision_library(root: Path) -> None:
    """The web stage is built with the database's driver alone; the worker's adds the tools."""
    text = (root / "Dockerfile").read_text()
    installs = dict(re.findall(r"FROM \S+ AS (\S+)\nRUN /opt/transom/bin/pip install .*'\.\[(.+)\]'", text))

    assert installs == {"web-build": "postgres", "worker-build": "worker,postgres"}


def test_what_the_images_copy_is_there(root: Path) -> None:
    """Every path that a COPY names exists and is let through by .dockerignore."""
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", (root / "Dockerfile").read_text(), re.MULTILINE)
    allowed = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    for path in " ".join(copies).split():
        assert (root / path).exists()
        assert path in allowed
