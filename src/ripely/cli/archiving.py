"""Keeps history in the archive as the fold tells it, cares for its files, and teaches new rules by it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ripely.cli.copying import RETRY_SECONDS_MAX, copying
from ripely.cli.turns import (
    RETRY_SECONDS,
    Pause,
    collect_seldom,
    repeat,
    while_reachable,
)
from ripely.ports import Archive, ArchiveError, AskError, Told
from ripely.runtime.archiving import archive_once
from ripely.runtime.seeding import ArchivedPast
from ripely.runtime.sweep import Sweeper
from ripely.settings import Settings
from ripely.wiring import App, assemble, open_archive, open_lake

PAUSE = Pause(seconds_min=0.2, seconds_max=1.0, small=1_000)
SWEEP_PAUSE = Pause(seconds_min=0.2, seconds_max=1.0)
COMPACT_SECONDS = 300.0
REST_SECONDS = 30.0

log = logging.getLogger(__name__)


class RestedError(Exception):
    """There has been nothing to do for long; `kept` adds up how far the partitions are kept."""

    def __init__(self, kept: int) -> None:
        super().__init__("nothing has happened for long")
        self.kept = kept


def archive(
    settings: Settings, url: str, stopping: threading.Event, *, rests: bool = False
) -> None:
    """Keep history until told to stop. Who `rests` raises `RestedError` when nothing happens any more."""
    with assemble(settings, url) as app:
        collect_seldom()
        seconds = RETRY_SECONDS

        def keep() -> None:
            nonlocal seconds
            began = time.monotonic()
            try:
                _archive(app, stopping, rests=rests)
            except ArchiveError as wrong:
                log.warning(
                    "The archive is away, trying again (`ripely archive check` looks at it): %s",
                    wrong,
                )
                stopping.wait(seconds)
                worked = time.monotonic() - began > 2 * RETRY_SECONDS_MAX
                seconds = RETRY_SECONDS if worked else min(2 * seconds, RETRY_SECONDS_MAX)

        while_reachable(keep, stopping)


def _archive(app: App, stopping: threading.Event, *, rests: bool) -> None:
    with open_archive(app) as opened:
        if opened is None:
            stopping.wait(RETRY_SECONDS)
        else:
            with _sweeping(app), copying(app, opened[0]) as level:
                repeat(_turn(*opened, app if rests else None, level), PAUSE, stopping)


@contextmanager
def _sweeping(app: App) -> Iterator[None]:
    """Beside it, whenever rules change, ask every contact about them, with what history knows."""
    ended = threading.Event()

    def sweep() -> None:
        # The lake is always there, and always the first to know.
        with open_lake(app) as lake:
            past = ArchivedPast(lake, app.history)
            sweeper = Sweeper(app.sweeps, app.rulesets, past, app.clock)
            while not ended.is_set():
                try:
                    while_reachable(lambda: repeat(sweeper.turn, SWEEP_PAUSE, ended), ended)
                except AskError as wrong:
                    log.warning("History cannot be asked, trying again: %s", wrong)
                    ended.wait(RETRY_SECONDS)
                except Exception:  # Nobody else would go on with it.
                    log.exception("Contacts cannot be asked about new rules, trying again")
                    ended.wait(RETRY_SECONDS_MAX)

    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _turn(
    told: Told, archive: Archive, rests: App | None, level: Callable[[], bool]
) -> Callable[[], int]:
    """Return what keeps one page. With `rests` it ends when there has been none for long, and all is `level`."""
    compacted_at = told_at = time.monotonic()
    kept = 0

    def compact() -> None:
        nonlocal compacted_at, kept
        if kept:
            archive.compact()
        compacted_at, kept = time.monotonic(), 0

    def turn() -> int:
        nonlocal told_at, kept
        done = archive_once(told, archive)
        kept += done
        now = time.monotonic()
        if done:
            told_at = now
        if now - compacted_at >= COMPACT_SECONDS:
            compact()
        idle = now - told_at >= REST_SECONDS and level()
        if rests and idle and rests.sweeps.next(1) is None:
            compact()
            raise RestedError(sum(archive.positions().values()))
        return done

    return turn
