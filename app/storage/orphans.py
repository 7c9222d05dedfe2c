"""Finds blobs that nothing leads to: of a process that was killed, or of a storage that failed to delete.

Only names that Transom gives are looked at; whatever else lies in the storage is somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from app.jobs.ids import is_id, made_at_ms, now_ms
from app.storage.blobs import PART_SUFFIX, BlobStore

#: What was written to, or begun, within this time may belong to a submit that is under way.
YOUNG_MS: Final = 3600 * 1000
#: Names a step.
NAMES_A_STEP: Final = 500
_PREFIXES: Final = ("inputs", "previews", "renderings", "uploads")
_ID_CHARACTERS: Final = 36


class OrphanSearch:
    """One pass over the storage, in steps."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._keys = self._all_keys()

    def step(self) -> list[str] | None:
        """The keys of the next step that are old enough to be litter; None at the end."""
        keys = list(islice(self._keys, NAMES_A_STEP))
        if not keys:
            return None
        before = now_ms() - YOUNG_MS
        return [key for key in keys if _begun_before(key, before)]

    def delete(self, keys: list[str], is_needed: Callable[[str], bool]) -> list[str]:
        """Delete those that are parts of files, or of what is not needed; returns what was deleted."""
        before = now_ms() - YOUNG_MS
        litter = [
            key
            for key in keys
            if (key.endswith(PART_SUFFIX) or not is_needed(owner_of(key)))
            and (self._blobs.modified_ms(key) or 0) < before
        ]
        for key in litter:
            self._blobs.delete(key)
        return litter

    def _all_keys(self) -> Iterator[str]:
        for prefix in _PREFIXES:
            for name in self._blobs.listed(prefix):
                if _is_ours(name):
                    yield f"{prefix}/{name}"


def owner_of(key: str) -> str:
    """The job, or the upload, that a key names."""
    return key.rsplit("/", maxsplit=1)[-1][:_ID_CHARACTERS]


def _is_ours(name: str) -> bool:
    rest = name[_ID_CHARACTERS:]
    return is_id(name[:_ID_CHARACTERS]) and (not rest or rest.endswith(PART_SUFFIX))


def _begun_before(key: str, moment_ms: int) -> bool:
    # A retry's input is a second name of an old file: only its id says when it was made.
    return made_at_ms(owner_of(key)) < moment_ms
