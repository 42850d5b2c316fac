"""Waiting for the server without freezing: requests run in a thread, the window goes on."""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from client import Client
from failures import Cancelled, Failure

PAUSE = 0.02  # seconds between two looks at the window


class Patient:
    """Runs work in its one thread; ``tick`` is called meanwhile, ``cancelled`` says whether the user gave up."""

    def __init__(self, tick: Callable[[], None], cancelled: Callable[[], bool]) -> None:
        self._tick = tick
        self._cancelled = cancelled
        self._thread = ThreadPoolExecutor(1)

    def check(self) -> None:
        """Let the window go on; raises `Cancelled`."""
        self._tick()
        if self._cancelled():
            raise Cancelled

    def run(self, work: Callable, undo: Callable | None = None):
        """The result of ``work()``; raises what it raises, or `Cancelled` at once.

        Work under way cannot be stopped: ``undo(result)`` takes back what it did after the user gave up.
        """
        future = self._thread.submit(work)
        try:
            while not future.done():
                self.check()
                wait([future], PAUSE)
        except Cancelled:
            if undo:
                future.add_done_callback(lambda done: _undo(done, undo))
            raise
        return future.result()

    def close(self) -> None:
        """Wait until nothing is under way."""
        self._thread.shutdown(cancel_futures=True)


def _undo(done: Future, undo: Callable) -> None:
    if not done.cancelled() and not done.exception():
        with contextlib.suppress(Failure):
            undo(done.result())


class PatientClient:
    """The requests of a `Client`, each waited for by a `Patient`; none but `delete` begins after cancelling."""

    def __init__(self, client: Client, patient: Patient) -> None:
        self._client = client
        self._patient = patient

    def post(self, path: str, value: dict):
        def undo(made: dict) -> None:
            self._client.delete(f"{path}/{made['id']}")

        return self._patient.run(lambda: self._client.post(path, value), undo)

    def picture(self, path: str, tiff: bytes):
        return self._patient.run(lambda: self._client.picture(path, tiff))

    def delete(self, path: str) -> None:
        self._client.delete(path)
