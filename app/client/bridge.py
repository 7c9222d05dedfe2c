"""A private event loop on a thread of its own, for callers that have none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any, ParamSpec, TypeAlias, TypeVar

from app.client.errors import ClientClosed

Given = ParamSpec("Given")
Result = TypeVar("Result")
Element = TypeVar("Element")

Work: TypeAlias = Callable[[], Coroutine[Any, Any, Any]]


class Bridge:
    """Runs coroutines for whoever calls, from any thread; its own thread begins with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._calls: set[Future[Any]] = set()
        self._generators: set[AsyncGenerator[Any, None]] = set()
        self._closed = False

    def call(
        self, work: Callable[Given, Coroutine[Any, Any, Result]], *args: Given.args, **kwargs: Given.kwargs
    ) -> Result:
        """What the coroutine function gives, or raises; `ClientClosed` once the bridge is closed."""
        future = self._begin(partial(work, *args, **kwargs))
        try:
            return future.result()
        except CancelledError:
            raise ClientClosed from None
        except BaseException:
            # An interrupt of the thread that waits ends what it waits for.
            future.cancel()
            raise
        finally:
            with self._lock:
                self._calls.discard(future)

    def iterate(self, generator: AsyncGenerator[Element, None]) -> Iterator[Element]:
        """What an asynchronous generator yields. It ends with the bridge at the latest."""
        self._generators.add(generator)
        try:
            while (element := self.call(_next, generator)) is not None:
                yield element
        except GeneratorExit:
            # Whoever stops reading in the middle; an error has ended the generator already.
            if not self._closed:
                self.call(_close, generator)
            self._generators.discard(generator)
            raise
        except Exception:
            self._generators.discard(generator)
            raise
        # After an interrupt, which may have come just when an element had, `close` ends it, and those within it.
        self._generators.discard(generator)

    def close(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """End whatever is still under way, and run this as the last."""
        with self._lock:
            closed, self._closed = self._closed, True
        if closed or self._loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(_finish(list(self._generators), work), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        with self._lock:
            for future in self._calls:
                future.cancel()

    def _begin(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Future[Result]:
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise ClientClosed
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_run, args=(self._loop,), name="transom-client", daemon=True)
                self._thread.start()
            self._calls.add(future)
            # The coroutine is made over there: an interrupt, which may come between any two steps of the caller,
            # would leave one that nobody awaits.
            self._loop.call_soon_threadsafe(_start, self._loop, work, future)
        return future


def _start(loop: asyncio.AbstractEventLoop, work: Work, future: Future[Any]) -> None:
    """Run the work on the loop; the future gets how it ends, and ends it where it is cancelled."""
    if future.cancelled():
        return
    task = loop.create_task(work())

    def settle(_: asyncio.Task[Any]) -> None:
        if task.cancelled():
            future.cancel()
        error = None if task.cancelled() else task.exception()
        if not future.set_running_or_notify_cancel():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(task.result())

    def end(_: Future[Any]) -> None:
        if future.cancelled() and not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)

    task.add_done_callback(settle)
    future.add_done_callback(end)


async def _next(generator: AsyncGenerator[Element, None]) -> Element | None:
    return await anext(generator, None)


async def _close(generator: AsyncGenerator[Any, None]) -> None:
    await generator.aclose()


async def _finish(generators: list[AsyncGenerator[Any, None]], work: Work) -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for generator in generators:
        await generator.aclose()
    await work()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
