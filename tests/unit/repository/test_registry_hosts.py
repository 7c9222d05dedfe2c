"""Where packages come from is each machine's own business."""

from __future__ import annotations

import json
from pathlib import Path

#: In two pieces each, so that this file does not name one itself.
HOSTS = tuple(
    f"{name}.{domain}"
    for name, domain in (
        ("registry.npmjs", "org"),
        ("registry.yarnpkg", "com"),
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("deb.debian", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
    )
)


def test_no_file_names_a_registry(root: Path, repository_paths: list[str]) -> None:
    """A clone installs from wherever its machine's own clients are set to: no file names a host."""
    named = [
        f"{path}: {host}" for path in repository_paths for host in HOSTS if host.encode() in (root / path).read_bytes()
    ]

    assert named == []


def test_the_lock_file_has_hashes_and_no_addresses(root: Path) -> None:
    """Each locked package is pinned by its hash, and none by where it was once downloaded."""
    packages = json.loads((root / "web-ui" / "package-lock.json").read_text())["packages"]

    locked = {name: entry for name, entry in packages.items() if name}
    assert locked
    assert [name for name, entry in locked.items() if "resolved" in entry] == []
    assert [name for name, entry in locked.items() if "integrity" not in entry] == []
