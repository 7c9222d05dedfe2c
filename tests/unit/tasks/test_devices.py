"""What a worker offers: what is found on its machine, unless its settings say otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ConfigurationError
from app.settings import load_settings
from tasks.devices import offered, served_queues


@pytest.fixture
def two_cards(tmp_path: Path) -> Path:
    """The folder in which NVIDIA's driver describes two cards."""
    for place, model in (("0000:17:00.0", "NVIDIA H100 80GB HBM3"), ("0000:65:00.0", "NVIDIA L4")):
        folder = tmp_path / place
        folder.mkdir()
        (folder / "information").write_text(f"Model: \t\t {model}\nIRQ:   \t\t 42\nGPU UUID: \t GPU-1\n")
    return tmp_path


def names(cards: Path, **settings: str) -> list[str]:
    """The devices that are offered."""
    return [device["name"] for device in offered(load_settings(**settings), cards=cards)]


def test_a_machine_without_cards_offers_its_cpu(tmp_path: Path) -> None:
    """Also where no driver is installed."""
    (device,) = offered(load_settings(), cards=tmp_path / "absent")

    assert device["name"] == "cpu"
    assert device["title"]


def test_cards_are_found_and_named(two_cards: Path) -> None:
    """One GPU is offered beside the CPU, by the names of its cards."""
    cpu, gpu = offered(load_settings(), cards=two_cards)

    assert (cpu["name"], gpu["name"]) == ("cpu", "gpu")
    assert (gpu["title"], gpu["cards"]) == ("NVIDIA H100 80GB HBM3, NVIDIA L4", 2)


def test_settings_say_otherwise(two_cards: Path, tmp_path: Path) -> None:
    """A card can be left alone, a worker can be for the GPU only, and one that is not found can be offered."""
    assert names(two_cards, devices="cpu") == ["cpu"]
    assert names(two_cards, devices="gpu") == ["gpu"]
    assert names(tmp_path / "absent", devices="cpu, gpu") == ["cpu", "gpu"]
    with pytest.raises(ConfigurationError, match="TRANSOM_DEVICES='tpu'"):
        load_settings(devices="tpu")


def test_a_worker_serves_the_queues_of_its_devices() -> None:
    """Unless others are set."""
    assert served_queues(load_settings(devices="cpu,gpu")) == ["cpu", "gpu"]
    assert served_queues(load_settings(devices="gpu")) == ["gpu"]
    assert served_queues(load_settings(devices="cpu,gpu", queues="gpu")) == ["gpu"]
