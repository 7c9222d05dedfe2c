"""The commands that speak to a server, against a running one."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.exit_codes import ExitCode
from tests.stack import PATIENCE_SECONDS, ROOT, Product, wait_until

TRANSOM = [sys.executable, "-m", "app.cli.main"]


def _run(product: Product, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TRANSOM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"TRANSOM_SERVER": product.url, "COLUMNS": "200"},
        timeout=PATIENCE_SECONDS,
    )


def _raw_events(product: Product, job_id: str) -> list[str]:
    answer = product.client.get(f"/v1/jobs/{job_id}/events", headers={"Accept": "application/x-ndjson"})
    return answer.text.splitlines()


def test_submit_prints_the_job(product: Product, sample: Path) -> None:
    """For a person the id, for a script the server's answer; several files are several jobs where that is asked for."""
    plain = _run(product, "submit", str(sample), str(sample), "--separate", "--plugin", "numbered")
    machine = _run(product, "submit", str(sample), "--plugin", "numbered", "--json")

    ids = plain.stdout.splitlines()
    assert (plain.returncode, len(set(ids))) == (ExitCode.DONE, 2)
    assert {product.wait(job_id)["status"] for job_id in ids} == {"done"}
    job = json.loads(machine.stdout)
    assert set(job) == {"job_id", "status", "device_requested", "device_used", "fallback", "frames"}
    assert product.wait(job["job_id"])["status"] == "done"


def test_submit_and_watch_tells_in_plain_lines_where_there_is_no_terminal(product: Product, sample: Path) -> None:
    """A log file gets lines: how far it is, how it ended, what was found."""
    watched = _run(product, "submit", str(sample), "--plugin", "motion", "--watch")

    assert watched.returncode == ExitCode.DONE
    lines = watched.stdout.splitlines()
    assert "harbour.webm: running" in lines
    assert lines[-1].startswith("harbour.webm: done; ")
    assert "\x1b" not in watched.stdout


def test_watch_json_says_exactly_what_the_log_says(product: Product, sample: Path) -> None:
    """While the job runs and after it has ended: the same texts, in the same order, each once."""
    job_id = product.submit(sample)

    live = _run(product, "watch", job_id, "--json")
    afterwards = _run(product, "--json", "watch", job_id)

    events = _raw_events(product, job_id)
    assert live.returncode == ExitCode.DONE, live.stderr
    assert live.stdout.splitlines() == events
    assert afterwards.stdout.splitlines() == events
    assert json.loads(events[-1])["payload"]["status"] == "done"


def test_watch_goes_on_from_a_cursor(product: Product, sample: Path) -> None:
    """`--since` takes a message's id, and what came before does not come again."""
    job_id = product.submit(sample)
    product.wait(job_id)
    events = _raw_events(product, job_id)

    shown = _run(product, "watch", job_id, "--json", "--since", json.loads(events[2])["id"])

    assert shown.stdout.splitlines() == events[3:]


def test_watch_survives_a_web_process_that_is_killed(own_product: Callable[..., Product], sample: Path) -> None:
    """Killed in mid-job, the web process comes back, and the watcher's log is whole and in order."""
    # Given a watched job that takes some seconds
    product = own_product()
    job_id = product.submit(sample, plugin="sleepy", options={"ms": 50})
    watching = subprocess.Popen(
        [*TRANSOM, "--server", product.url, "watch", job_id, "--json"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert watching.stdout is not None
    first = [watching.stdout.readline() for _ in range(6)]

    # When the web process is killed
    [web] = product.child_processes("app.cli.main web")
    web.kill()
    with watching.stdout as stream:
        rest = stream.read()
    watching.wait(timeout=PATIENCE_SECONDS)

    # Then nothing is missing and nothing comes twice
    assert watching.returncode == ExitCode.DONE
    assert ("".join(first) + rest).splitlines() == _raw_events(product, job_id)


def test_a_terminal_gets_a_bar(product: Product, sample: Path) -> None:
    """On a terminal the progress moves, and what was found is said in the end."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [*TRANSOM, "--server", product.url, "submit", str(sample), "--plugin", "motion", "--watch"],
        stdout=other,
        stderr=other,
        cwd=ROOT,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(other)
    shown = b""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if select.select([main], [], [], 0.1)[0]:
            try:
                shown += os.read(main, 65536)
            except OSError:
                break
    os.close(main)

    assert process.wait(timeout=PATIENCE_SECONDS) == ExitCode.DONE
    text = shown.decode()
    assert "\x1b[" in text
    assert "100%" in text
    assert "harbour.webm: done; " in text


def test_jobs_and_plugins_are_listed(product: Product, sample: Path) -> None:
    """Tables for people, and the server's own answers for scripts."""
    job_id = product.submit(sample)
    product.wait(job_id)

    jobs = _run(product, "jobs", "--limit", "5", "--plugin", "motion")
    plugins = _run(product, "plugins")

    row = next(line.split("\t") for line in jobs.stdout.splitlines() if line.startswith(job_id))
    assert row[1:5] == ["done", "100 %", "motion", "harbour.webm"]
    assert any(line.startswith("motion\t") for line in plugins.stdout.splitlines())
    assert json.loads(_run(product, "jobs", "--json", "--limit", "1").stdout)["count"] == 1
    listed = json.loads(_run(product, "plugins", "--json").stdout)
    assert listed == product.client.get("/v1/plugins").json()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["watch", "nothing"], "JOB_NOT_FOUND"),
        (["submit", "setup.cfg", "--plugin", "motion"], "UNSUPPORTED_INPUT"),
        (["submit", "{sample}", "--plugin", "nothing"], "PLUGIN_NOT_FOUND"),
        (["submit", "{sample}", "--plugin", "motion", "--device", "abacus"], "INVALID_DEVICE"),
        (["submit", "{sample}", "--plugin", "motion", "--option", "nothing=1"], "INVALID_OPTIONS"),
        (["jobs", "--status", "nothing"], "INVALID_QUERY"),
    ],
)
def test_a_refusal_is_a_sentence_with_its_code(product: Product, sample: Path, arguments: list[str], code: str) -> None:
    """What the server says is printed, with its code, and the exit code says that it was the server."""
    refused = _run(product, *(argument.replace("{sample}", str(sample)) for argument in arguments))

    assert refused.returncode == ExitCode.REFUSED
    assert refused.stderr.startswith("transom: ")
    assert f"[{code}]" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_choice_of_plugins_is_asked_for(product: Product, sample: Path) -> None:
    """Where there are several plugins, `submit` names them instead of guessing."""
    asked = _run(product, "submit", str(sample))

    assert asked.returncode == ExitCode.USAGE
    assert "motion" in asked.stderr


def test_a_job_that_fails_ends_the_command_as_one(product: Product, sample: Path) -> None:
    """The exit code is that of a failed job, and its error is said."""
    watched = _run(product, "submit", str(sample), "--plugin", "crasher", "--watch")

    assert watched.returncode == ExitCode.JOB_FAILED
    assert "[PLUGIN_CRASH]" in watched.stdout


def test_a_job_that_is_cancelled_ends_the_command_as_one(product: Product, sample: Path) -> None:
    """Cancelled by somebody else, the watch ends at once, with a code of its own."""
    job_id = product.submit(sample, plugin="sleepy")
    watching = subprocess.Popen(
        [*TRANSOM, "--server", product.url, "watch", job_id], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    product.wait(job_id, status="running")

    assert product.client.delete(f"/v1/jobs/{job_id}").status_code == 200

    shown, _ = watching.communicate(timeout=PATIENCE_SECONDS)
    assert watching.returncode == ExitCode.JOB_CANCELLED
    assert ": cancelled; " in shown.splitlines()[-1]


def test_ctrl_c_ends_a_watch_and_not_the_job(product: Product, sample: Path) -> None:
    """Interrupting the watcher leaves no traceback, and the job goes on."""
    job_id = product.submit(sample, plugin="sleepy")
    watching = subprocess.Popen(
        [*TRANSOM, "--server", product.url, "watch", job_id, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert watching.stdout is not None
    watching.stdout.readline()

    watching.send_signal(2)

    _, complaint = watching.communicate(timeout=PATIENCE_SECONDS)
    assert (watching.returncode, complaint) == (ExitCode.INTERRUPTED, "")
    assert product.extended(job_id)["status"] in ("queued", "running", "done")
    product.client.post(f"/v1/jobs/{job_id}/cancel")


def test_a_reader_that_goes_away_is_no_crash(product: Product, sample: Path) -> None:
    """`transom watch --json … | head -1` ends quietly."""
    job_id = product.submit(sample)
    product.wait(job_id)
    watching = subprocess.Popen(
        [*TRANSOM, "--server", product.url, "watch", job_id, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert watching.stdout is not None
    assert watching.stderr is not None

    watching.stdout.close()

    wait_until(lambda: watching.poll() is not None, what="the watch ending")
    with watching.stderr:
        assert "Traceback" not in watching.stderr.read()
    assert watching.returncode == ExitCode.OUTPUT_CLOSED
