"""The inspector says what a plugin says of itself."""

from __future__ import annotations

import asyncio

import pytest

from plugins.contract import MediaKind, PluginMetadata
from plugins.errors import UnknownPlugin
from plugins.inspector.inspector_service import InspectorService
from plugins.registry import PluginRegistry


@pytest.fixture(scope="module")
def registry() -> PluginRegistry:
    """What is installed, and a plugin with two tools."""
    return PluginRegistry.load(extra=["tests.plugins_for_tests:Twins"])


def inspect(registry: PluginRegistry, name: str) -> PluginMetadata:
    """What the inspector says of one plugin."""
    return asyncio.run(InspectorService(registry).inspect(name))


def test_metadata_is_the_manifest_that_the_plugin_gives(registry: PluginRegistry) -> None:
    """The inspector adds nothing to the plugin's own manifest and leaves nothing out."""
    assert inspect(registry, "motion") == registry.get("motion").manifest()


def test_metadata_names_what_an_inspector_panel_shows(registry: PluginRegistry) -> None:
    """Name, version, licence, what it takes and where it runs are all there for the built-in plugin."""
    metadata = inspect(registry, "motion")

    assert metadata.name == "motion"
    assert metadata.version.count(".") == 2
    assert metadata.license == "Apache-2.0"
    assert metadata.input_types == [MediaKind.IMAGE, MediaKind.VIDEO]
    assert metadata.devices == ["cpu"]
    assert "tracking" in metadata.capabilities


def test_metadata_lists_every_tool_with_the_schema_of_its_options(registry: PluginRegistry) -> None:
    """Both tools of a plugin are listed in its order, each with the names and bounds of its options."""
    metadata = inspect(registry, "twins")

    assert [tool.name for tool in metadata.tools] == ["run", "again"]
    schema = metadata.tools[0].options_schema
    assert schema["properties"] == {
        "per_frame": {"default": 1, "maximum": 1000, "minimum": 0, "title": "Per Frame", "type": "integer"}
    }
    assert schema["additionalProperties"] is False


def test_metadata_survives_json(registry: PluginRegistry) -> None:
    """What a worker announces can be read back as the same metadata."""
    metadata = inspect(registry, "motion")

    assert PluginMetadata.model_validate_json(metadata.model_dump_json()) == metadata


def test_unknown_plugin_is_refused_by_name(registry: PluginRegistry) -> None:
    """Asking for a plugin that is not installed says which one."""
    with pytest.raises(UnknownPlugin, match="'sundial'"):
        inspect(registry, "sundial")
