"""The supervisor, with real processes: it restarts, stops in order, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Supervised

    Supervise = Callable[..., Supervised]

SLEEPER = "import os, time; print('pid', os.getpid()); time.sleep(600)"
STUBBORN = (
    "import os, signal, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: print('no'))\n"
    "print('pid', os.getpid())\n"
    "while True: time.sleep(1)"
)
WITH_GRANDCHILD = (
    "import os, subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print('grandchild', child.pid)\n"
    "print('pid', os.getpid())\n"
    "time.sleep(600)"
)


def _spec(name: str, code: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "code": code, **more}


def _number(line: str) -> int:
    return int(line.rsplit(maxsplit=1)[-1])


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait_until_gone(*pids: int) -> None:
    deadline = time.monotonic() + 30
    while any(_runs(pid) for pid in pids):
        assert time.monotonic() < deadline, "still running"
        time.sleep(0.01)


def test_a_crashed_child_is_started_again_and_that_is_said(supervise: Supervise) -> None:
    """A child that is killed comes back as another process, and the supervisor says how it ended."""
    supervised = supervise(_spec("one", SLEEPER))
    supervised.serving()
    first = _number(supervised.line_of("one", "pid"))

    os.kill(first, signal.SIGKILL)

    assert supervised.line_of("supervisor") == "one ended with signal SIGKILL; starting it again in 0.5 s"
    second = _number(supervised.line_of("one", "pid"))
    assert first != second
    assert supervised.end(signal.SIGTERM) == 0
    _wait_until_gone(second)


def test_a_child_that_keeps_failing_is_given_longer_and_longer(supervise: Supervise) -> None:
    """The pause before each new start grows, and the exit code is said."""
    supervised = supervise(_spec("one", "raise SystemExit(3)"))

    said = [supervised.line_of("supervisor") for _ in range(3)]

    assert said == [
        "one ended with exit code 3; starting it again in 0.5 s",
        "one ended with exit code 3; starting it again in 1 s",
        "one ended with exit code 3; starting it again in 2 s",
    ]
    assert supervised.end(signal.SIGINT) == 0


def test_children_are_stopped_in_reverse_order(supervise: Supervise, tmp_path: Path) -> None:
    """The last to be started has ended before the one before it is told to."""
    order = tmp_path / "order"
    code = (
        "import signal, sys, time, pathlib\n"
        "def stop(*_):\n"
        "    open({path!r}, 'a').write({name!r} + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "pathlib.Path({ready!r}).touch()\n"
        "while True: time.sleep(1)"
    )
    supervised = supervise(
        *(
            _spec(
                name,
                code.format(path=str(order), name=name, ready=str(tmp_path / name)),
                ready_file=str(tmp_path / name),
            )
            for name in ("first", "second", "third")
        )
    )
    supervised.serving()

    assert supervised.end(signal.SIGTERM) == 0

    assert order.read_text() == "third second first "


def test_a_child_that_ignores_sigterm_is_killed_with_all_it_started(supervise: Supervise) -> None:
    """After its time the whole process group is killed, and the supervisor ends as if nothing had been."""
    code = WITH_GRANDCHILD.replace(
        "import os", "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nimport os"
    )
    supervised = supervise(_spec("one", code, stop_seconds=0.3))
    supervised.serving()
    pids = [_number(supervised.line_of("one", start)) for start in ("grandchild", "pid")]

    assert supervised.end(signal.SIGTERM) == 0

    _wait_until_gone(*pids)


def test_a_grandchild_in_a_session_of_its_own_is_ended_too(supervise: Supervise) -> None:
    """Leaving the process group does not save a process from a stop."""
    code = WITH_GRANDCHILD.replace("time.sleep(600)'])", "time.sleep(600)'], start_new_session=True)")
    supervised = supervise(_spec("one", code))
    supervised.serving()
    grandchild = _number(supervised.line_of("one", "grandchild"))
    supervised.line_of("one", "pid")

    assert supervised.end(signal.SIGTERM) == 0

    _wait_until_gone(grandchild)


def test_what_a_crashed_child_started_does_not_outlive_it(supervise: Supervise) -> None:
    """When a child is killed, its own children end before it is started again."""
    supervised = supervise(_spec("one", WITH_GRANDCHILD))
    supervised.serving()
    grandchild, child = (_number(supervised.line_of("one", start)) for start in ("grandchild", "pid"))

    os.kill(child, signal.SIGKILL)

    supervised.line_of("supervisor", "one ended")
    _wait_until_gone(grandchild)
    assert supervised.end(signal.SIGTERM) == 0


def test_a_killed_supervisor_leaves_no_process_behind(supervise: Supervise) -> None:
    """After `kill -9` of the supervisor its children, theirs, and the guard have gone."""
    specs = _spec("one", WITH_GRANDCHILD), _spec("two", STUBBORN.replace("print('no')", "None"))
    supervised = supervise(*specs, grace_seconds=1.0)
    supervised.serving()
    for name in ("one", "two"):
        supervised.line_of(name, "pid")
    everything = [process.pid for process in psutil.Process(supervised.process.pid).children(recursive=True)]
    assert len(everything) == 4

    assert supervised.end(signal.SIGKILL) == -signal.SIGKILL

    _wait_until_gone(*everything)


@pytest.mark.parametrize("apart", ["start_new_session=True", "process_group=0"])
def test_a_killed_supervisor_leaves_nothing_that_went_its_own_way(supervise: Supervise, apart: str) -> None:
    """What left the process group of its parent, as a worker's children do, is ended as well."""
    supervised = supervise(_spec("one", WITH_GRANDCHILD.replace("time.sleep(600)'])", f"time.sleep(600)'], {apart})")))
    supervised.serving()
    grandchild = _number(supervised.line_of("one", "grandchild"))
    supervised.line_of("one", "pid")

    supervised.end(signal.SIGKILL)

    _wait_until_gone(grandchild)


def test_what_is_started_while_all_is_ended_is_ended_too(supervise: Supervise, tmp_path: Path) -> None:
    """An orphan that starts another process while the guard gives somebody else time does not save that one."""
    note = tmp_path / "last"
    sleeper = "[sys.executable, '-c', 'import time; time.sleep(600)']"
    orphan = (
        "import os, pathlib, subprocess, sys, time\n"
        "while os.getppid() == int(sys.argv[1]): time.sleep(0.02)\n"
        "time.sleep(1)\n"
        f"last = subprocess.Popen({sleeper}, start_new_session=True)\n"
        f"new = pathlib.Path({str(note)!r} + '.new'); new.write_text(str(last.pid)); new.rename({str(note)!r})\n"
        "time.sleep(600)"
    )
    parent = WITH_GRANDCHILD.replace(
        "'import time; time.sleep(600)'])", f"{orphan!r}, str(os.getpid())], process_group=0)"
    )
    supervised = supervise(_spec("one", parent), _spec("two", STUBBORN.replace("print('no')", "None")))
    supervised.serving()
    grandchild = _number(supervised.line_of("one", "grandchild"))
    supervised.line_of("two", "pid")

    supervised.end(signal.SIGKILL)

    deadline = time.monotonic() + 30
    while not note.exists():
        assert time.monotonic() < deadline, "nothing was started"
        time.sleep(0.02)
    _wait_until_gone(grandchild, int(note.read_text()))


def test_a_guard_that_was_ended_is_started_again(supervise: Supervise) -> None:
    """Killing the guard first does not make a killed supervisor leave anything behind."""
    supervised = supervise(_spec("one", SLEEPER))
    supervised.serving()
    child = _number(supervised.line_of("one", "pid"))
    supervisor = psutil.Process(supervised.process.pid)
    [guard] = [process for process in supervisor.children() if process.pid != child]

    guard.kill()
    deadline = time.monotonic() + 30
    while not [other for other in supervisor.children() if other.pid not in (child, guard.pid)]:
        assert time.monotonic() < deadline, "no new guard"
        time.sleep(0.05)
    supervised.end(signal.SIGKILL)

    _wait_until_gone(child)


def test_a_second_signal_kills_at_once(supervise: Supervise) -> None:
    """Somebody who presses Ctrl-C twice does not wait for a child that takes its time."""
    supervised = supervise(_spec("one", STUBBORN, stop_seconds=600))
    supervised.serving()
    pid = _number(supervised.line_of("one", "pid"))

    supervised.process.send_signal(signal.SIGINT)
    supervised.line_of("one", "no")
    while _runs(pid):
        # A signal too soon after the first counts as the same one; the program does not hear one after its end.
        supervised.process.send_signal(signal.SIGINT)
        time.sleep(0.1)

    assert supervised.finish() == 0
    assert not _runs(pid)


def test_ctrl_c_in_a_terminal_reaches_only_the_supervisor(supervise: Supervise) -> None:
    """A signal to the foreground group ends no child behind the supervisor's back: nothing is said of a crash."""
    supervised = supervise(_spec("one", SLEEPER))
    supervised.serving()
    pid = _number(supervised.line_of("one", "pid"))

    os.killpg(supervised.process.pid, signal.SIGINT)

    assert supervised.finish() == 0
    said = [said["line"] for said in supervised.said if said.get("name") == "supervisor"]
    assert said == ["stopping (a second signal ends everything at once)"]
    assert not _runs(pid)


def test_a_child_that_ends_before_it_is_ready_fails_the_start(supervise: Supervise, tmp_path: Path) -> None:
    """The start stops with the child's last words, and what had been started before is ended."""
    up = tmp_path / "up"
    supervised = supervise(
        _spec("one", SLEEPER.replace("; time", f"; open({str(up)!r}, 'w'); time"), ready_file=str(up)),
        _spec("two", "print('there is no such thing'); raise SystemExit(2)", ready_file=str(tmp_path / "never")),
    )
    pid = _number(supervised.line_of("one", "pid"))

    failed = supervised.until(lambda said: "failed" in said)

    assert failed == {
        "failed": "two",
        "reason": "two ended with exit code 2",
        "tail": ["there is no such thing"],
    }
    assert supervised.finish() == 0
    assert not _runs(pid)


def test_a_child_that_never_becomes_ready_fails_the_start(supervise: Supervise, tmp_path: Path) -> None:
    """The wait for readiness has a limit."""
    supervised = supervise(_spec("one", SLEEPER, ready_file=str(tmp_path / "never"), ready_seconds=0.2))

    failed = supervised.until(lambda said: "failed" in said)

    assert failed["reason"] == "one was not ready within 0.2 s"
    assert supervised.finish() == 0


def test_a_signal_while_starting_stops_the_start(supervise: Supervise, tmp_path: Path) -> None:
    """Ctrl-C is heard while a child is still being waited for."""
    supervised = supervise(_spec("one", SLEEPER, ready_file=str(tmp_path / "never")))
    pid = _number(supervised.line_of("one", "pid"))

    supervised.process.send_signal(signal.SIGINT)

    supervised.until(lambda said: "stop_requested" in said)
    assert supervised.finish() == 0
    assert not _runs(pid)


def test_a_program_that_is_not_there_is_named() -> None:
    """What can't be executed is said in a sentence."""
    from app.cli.launcher import NOT_EXECUTABLE

    launched = subprocess.run(
        ["python3", "-I", "-S", "app/cli/launcher.py", "1", "/nowhere/at-all"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )

    assert launched.returncode == NOT_EXECUTABLE
    assert launched.stderr == "/nowhere/at-all can't be started: No such file or directory\n"
