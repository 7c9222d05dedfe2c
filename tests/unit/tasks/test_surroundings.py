"""A tool that changes what a process has only once changes it for itself alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.surroundings import kept_surroundings


def test_everything_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folder, environment, mask and handlers come back, also when the job fails."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRANSOM_TEST_KEPT", "yes")
    handler, mask = signal.getsignal(signal.SIGTERM), os.umask(0o022)

    def change_everything() -> None:
        os.chdir("/")
        os.environ.clear()
        os.environ["OTHER"] = "1"
        os.umask(0o777)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise RuntimeError("a tool that fails, too")

    try:
        with pytest.raises(RuntimeError, match="fails"), kept_surroundings():
            change_everything()
        now = os.umask(0o022)
    finally:
        os.umask(mask)

    assert (Path.cwd(), now, signal.getsignal(signal.SIGTERM)) == (tmp_path, 0o022, handler)
    assert os.environ["TRANSOM_TEST_KEPT"] == "yes"
    assert "OTHER" not in os.environ
    assert os.environ["PATH"]


def test_a_folder_that_is_gone_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that was replaced under a running worker: jobs run on all the same."""
    folder = tmp_path / "release"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    ran = []

    with kept_surroundings():
        ran.append(True)

    assert ran == [True]


def test_what_is_printed_goes_where_it_went() -> None:
    """A tool that closes the standard files, or puts others in their place, silences nobody after it."""
    script = """
import os
from tasks.surroundings import kept_surroundings
with kept_surroundings():
    os.close(2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    print("not seen", flush=True)
os.write(1, b"seen")
os.write(2, b"heard")
"""
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, check=True, timeout=120)

    assert (ended.stdout, ended.stderr) == (b"seen", b"heard")
