"""Keeps history in the archive as the fold tells it, cares for its files, and teaches new rules by it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from ripely.cli.database import database
from ripely.cli.turns import (
    RETRY_SECONDS,
    Pause,
    collect_seldom,
    repeat,
    told_to_stop,
    while_reachable,
)
from ripely.ports import Archive, ArchiveError, AskError, Told
from ripely.runtime.archiving import archive_once
from ripely.runtime.seeding import ArchivedPast
from ripely.runtime.sweep import Sweeper
from ripely.settings import read_settings
from ripely.wiring import App, assemble, open_archive

PAUSE = Pause(seconds_min=0.2, seconds_max=1.0, small=1_000)
COMPACT_SECONDS = 300.0

log = logging.getLogger(__name__)


@click.command()
def command() -> None:
    """Keep history in the archive, as it happens."""
    settings = read_settings()
    stopping = told_to_stop()
    with database(settings) as url, assemble(settings, url) as app:
        collect_seldom()
        while_reachable(lambda: _archive(app, stopping), stopping)


def _archive(app: App, stopping: threading.Event) -> None:
    try:
        with open_archive(app) as opened:
            if opened is None:
                stopping.wait(RETRY_SECONDS)
            else:
                with _sweeping(app):
                    repeat(_turn(*opened), PAUSE, stopping)
    except ArchiveError as wrong:
        log.warning("The archive is away, trying again: %s", wrong)
        stopping.wait(RETRY_SECONDS)


@contextmanager
def _sweeping(app: App) -> Iterator[None]:
    """Beside it, whenever rules change, ask every contact about them, with what history knows."""
    past = ArchivedPast(app.warehouse, app.history)
    sweeper = Sweeper(app.sweeps, app.rulesets, past, app.clock)
    ended = threading.Event()

    def sweep() -> None:
        while not ended.is_set():
            try:
                while_reachable(lambda: repeat(sweeper.turn, PAUSE, ended), ended)
            except AskError as wrong:
                log.warning("History cannot be asked, trying again: %s", wrong)
                ended.wait(RETRY_SECONDS)

    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _turn(told: Told, archive: Archive) -> Callable[[], int]:
    compacted_at = time.monotonic()
    kept = 0

    def turn() -> int:
        nonlocal compacted_at, kept
        done = archive_once(told, archive)
        kept += done
        if kept and time.monotonic() - compacted_at >= COMPACT_SECONDS:
            archive.compact()
            compacted_at, kept = time.monotonic(), 0
        return done

    return turn
