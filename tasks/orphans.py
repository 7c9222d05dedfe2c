"""What a tool left behind in a session of its own, once its process is dead: it comes to the worker's main process.

Such a process is in no group that its child leads, so only who its parent was could tell where it belongs. On Linux
the worker's main process is made the one that orphans below it come to: there the scribe finds and ends them
(`watch.py`), and the main process takes note of their end.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
from typing import Final

import psutil

from tasks.process_tree import children_of

logger = logging.getLogger(__name__)

_PR_SET_CHILD_SUBREAPER: Final = 36
#: How often the ends of orphans are taken note of.
REAP_SECONDS: Final = 5.0
#: What billiard starts a process of its pool with.
_POOL_MARK: Final = "--billiard-fork"


def adopt() -> None:
    """Let orphans below this process come to it, and take note of their ends; elsewhere than on Linux nothing."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    threading.Thread(target=_reap_for_ever, name="orphans", daemon=True).start()


def orphans_of(main_pid: int) -> list[psutil.Process]:
    """What came to a worker's main process because whoever started it has ended.

    All that the main process started itself is in its session: its own processes in its group, those of the pool each
    in a group that it leads. What is in the group of one that lives still belongs to that one's tool.
    """
    try:
        session, group = os.getsid(main_pid), os.getpgid(main_pid)
    except ProcessLookupError:
        return []
    children = list(children_of(main_pid))
    of_the_pool = {group, *(process.pid for process in children if _is_of_the_pool(process))}
    places = [(process, _place(process.pid)) for process in children]
    return [
        process
        for process, place in places
        if place is not None and (place[0] != session or place[1] not in of_the_pool)
    ]


def _reap_for_ever() -> None:
    pause = threading.Event()
    while not pause.wait(REAP_SECONDS):
        reap()


def reap() -> None:
    """Take note of the end of each orphan that has ended: else its number would stay taken."""
    for process in children_of(os.getpid()):
        try:
            if _is_adopted(process.pid) and process.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(process.pid, os.WNOHANG)
        except (psutil.NoSuchProcess, ProcessLookupError, ChildProcessError):
            continue


def _is_adopted(pid: int) -> bool:
    """Whether it was started by a child: those lead a group of their own, or are still in this process's."""
    group = os.getpgid(pid)
    return os.getsid(pid) != os.getsid(0) or group not in {pid, os.getpgid(0)}


def _is_of_the_pool(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE or _POOL_MARK in process.cmdline()
    except psutil.Error:
        return True


def _place(pid: int) -> tuple[int, int] | None:
    """The session and the group of a process; None where it has ended."""
    try:
        return os.getsid(pid), os.getpgid(pid)
    except ProcessLookupError:
        return None
