"""The version, in the one place that everything else reads."""

from __future__ import annotations

VERSION = "10.0.0.dev0"
