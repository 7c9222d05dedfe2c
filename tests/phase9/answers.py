"""Answers of the running product, compared to the byte with the golden files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import httpx
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

HERE: Final = Path(__file__).parent
GOLDEN: Final = HERE / "golden"
SCHEMAS: Final = HERE / "schemas"
#: What differs from run to run; everything else is frozen.
_VARIABLE: Final = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "JOB-ID"),
    (re.compile(r'(?<="version":")[^"]+'), "VERSION"),
    (re.compile(r'(?<="plugins_loaded":)\d+'), "0"),
)


def normalised(answer: httpx.Response) -> str:
    """The body's text, with placeholders for what differs from run to run."""
    text = answer.text
    for pattern, placeholder in _VARIABLE:
        text = pattern.sub(placeholder, text)
    return text


def golden(name: str) -> str:
    """The text of a golden file."""
    return (GOLDEN / f"{name}.json").read_text().rstrip("\n")


def golden_names() -> list[str]:
    """Every golden file's name."""
    return sorted(path.stem for path in GOLDEN.glob("*.json"))


def validator(name: str) -> Draft202012Validator:
    """What checks a value against one of the schemas."""
    schemas = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (file, Resource.from_contents(schema)) for file, schema in schemas.items()
    )
    return Draft202012Validator(schemas[f"{name}.json"], registry=registry)
