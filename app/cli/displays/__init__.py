"""Three ways to show a job while it runs, one file each, all with the same interface (`display.py`)."""

from __future__ import annotations
