"""The words between a worker's child and its scribe: length-prefixed JSON arrays over a Unix socket.

From the child: `hello pid` · `ready` once it has imported · `claim queue` · `emit n type timestamp payload row` ·
`stopped` · `end n status row tool_runs queue`, where the queue is that of which it wants the next job, or null.
From the scribe: `job {...}` · `ended confirmed` · `ended confirmed {...}` with the answer to such a wish, a job or
null · `stop reason`. The worker's main process speaks too: `announce fleet, seconds that it is there` · `drain`.

`Link` is the child's end. Sending blocks while the scribe is behind: that is the backpressure.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
from queue import SimpleQueue
from typing import Any, Final, NoReturn

import pydantic_core

_LENGTH: Final = struct.Struct(">I")
#: A message beyond this is a bug, not a message. A result or a frame's payload is far smaller.
MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024


#: What a socket says that was closed under this process's hands.
_NOT_OURS: Final = frozenset({errno.EBADF, errno.ENOTSOCK})
#: The exit code of a process that a tool has made unfit to go on.
UNFIT: Final = 70


class ScribeLost(ConnectionError):
    """The scribe is gone, or has told this child to stop: nothing more will be committed."""


def encode(message: list[Any]) -> bytes:
    """One message as bytes on the socket; raises `ValueError` for one that no reader takes."""
    body = pydantic_core.to_json(message)
    if len(body) > MAX_MESSAGE_BYTES:
        raise ValueError(f"a message of {len(body)} bytes is too long")
    return _LENGTH.pack(len(body)) + body


def body_length(prefix: bytes) -> int:
    """The length that a prefix announces; raises `ValueError` for one that no message has."""
    (length,) = _LENGTH.unpack(prefix)
    if length > MAX_MESSAGE_BYTES:
        raise ValueError(f"a message of {length} bytes is announced")
    return int(length)


def decode(body: bytes) -> list[Any]:
    """Read one message's body."""
    message = pydantic_core.from_json(body)
    if not isinstance(message, list) or not message:
        raise ValueError("a message between child and scribe is an array that begins with its name")
    return message


PREFIX_BYTES: Final = _LENGTH.size
#: What each question is answered with.
_ANSWERS: Final = {"claim": "job", "end": "ended", "stopped": "ended"}


def _end_process() -> NoReturn:
    """End at once: a tool has closed what was not its own, and the next file would be taken for it."""
    os._exit(UNFIT)


class Link:
    """One connection to the scribe. One thread sends; a thread of its own receives."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(path)
        except OSError as error:
            self._socket.close()
            raise ScribeLost(f"The scribe can't be reached: {error}") from error
        #: Messages that go with the next one: each time the other end wakes costs it more than a message.
        self._held: list[bytes] = []
        self._answers: SimpleQueue[list[Any] | None] = SimpleQueue()
        #: Why this child must stop what it does; None while it may go on.
        self.stop_reason: str | None = None
        self._reader = threading.Thread(target=self._read, name="scribe-link", daemon=True)
        self._reader.start()
        self.send(["hello", os.getpid()])

    @property
    def lost(self) -> bool:
        """Whether the connection is gone for good."""
        return self.stop_reason == "scribe_lost"

    def send(self, message: list[Any], *, soon: bool = False) -> None:
        """Send one message; raises `ScribeLost`. One that is to go `soon` goes with the next one, or by `flush`."""
        self._held.append(encode(message))
        if not soon:
            self.flush()

    def flush(self) -> None:
        """Send what is held; raises `ScribeLost`."""
        if not self._held:
            return
        held, self._held = b"".join(self._held), []
        try:
            self._socket.sendall(held)
            # Where the scribe waits for this very core, it has it now, rather than when the tool's turn is over.
            os.sched_yield()
        except OSError as error:
            if error.errno in _NOT_OURS:
                _end_process()
            self.stop_reason = "scribe_lost"
            raise ScribeLost(str(error)) from error

    def ask(self, message: list[Any]) -> list[Any]:
        """Send one message and wait for its answer; raises `ScribeLost`."""
        self.send(message)
        answer = self._answers.get()
        if answer is None:
            raise ScribeLost("The scribe went away before it answered")
        if answer[0] != _ANSWERS[message[0]]:
            # One answer too many or too few: each further one would be taken for another's.
            self.close()
            raise ScribeLost(f"The scribe answered {answer[0]!r} to {message[0]!r}")
        return answer

    def wait_until_lost(self) -> None:
        """Wait until the other end hangs up."""
        self._reader.join()

    def begin(self) -> None:
        """Forget an old stop: a new job begins."""
        if not self.lost:
            self.stop_reason = None

    def close(self) -> None:
        """Hang up."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The other end has hung up already.
            self.stop_reason = "scribe_lost"
        self._socket.close()

    def _read(self) -> None:
        with self._socket.makefile("rb") as stream:
            while True:
                try:
                    prefix = stream.read(PREFIX_BYTES)
                    body = stream.read(body_length(prefix)) if len(prefix) == PREFIX_BYTES else b""
                except OSError:
                    body = b""
                if not body:
                    self.stop_reason = "scribe_lost"
                    self._answers.put(None)
                    return
                message = decode(body)
                if message[0] == "stop":
                    self.stop_reason = str(message[1])
                else:
                    if message[0] == "ended":
                        # The next job may come with it, and its stop right behind.
                        self.stop_reason = None
                    self._answers.put(message)
