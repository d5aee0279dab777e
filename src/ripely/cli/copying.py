"""Keeps history in a warehouse of one's own too, beside the lake, which never waits for it."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ripely.cli.turns import RETRY_SECONDS, Pause, repeat, while_reachable
from ripely.ports import ArchiveError, Told
from ripely.runtime.archiving import archive_once
from ripely.wiring import App, open_copy

# Few large parts are cheaper for ClickHouse than many small ones.
PAUSE = Pause(seconds_min=1.0, seconds_max=4.0, small=10_000)
RETRY_SECONDS_MAX = 30.0
GRACE_SECONDS = 5.0
"""So long a call may still take when we are to stop; what it leaves half done is taken back later."""

log = logging.getLogger(__name__)


@contextmanager
def copying(app: App, told: Told) -> Iterator[Callable[[], bool]]:
    """Copy what is told as long as this lasts, and say whether everything has been."""
    if app.settings.warehouse is None:
        yield lambda: True
        return
    copier = Copier(app, told)
    thread = threading.Thread(target=copier.copy, daemon=True)
    thread.start()
    try:
        yield copier.level.is_set
    finally:
        copier.ended.set()
        thread.join(GRACE_SECONDS)


class Copier:
    def __init__(self, app: App, told: Told) -> None:
        self._app = app
        self._told = told
        self._seconds = RETRY_SECONDS
        self.ended, self.level = threading.Event(), threading.Event()

    def copy(self) -> None:
        while not self.ended.is_set():
            try:
                while_reachable(self._copy, self.ended)
            except ArchiveError as wrong:
                self.level.clear()
                log.warning("The warehouse is behind, trying again: %s", wrong)
                self.ended.wait(self._seconds)
                self._seconds = min(2 * self._seconds, RETRY_SECONDS_MAX)

    def _copy(self) -> None:
        with open_copy(self._app) as archive:

            def turn() -> int:
                done = archive_once(self._told, archive)
                self._seconds = RETRY_SECONDS
                if done:
                    self.level.clear()
                else:
                    self.level.set()
                return done

            repeat(turn, PAUSE, self.ended)
