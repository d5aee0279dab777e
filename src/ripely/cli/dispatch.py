"""Sends messages and performs the other effects, until it is told to stop."""

import gc
import logging
import signal
import threading
import time
from collections.abc import Callable

import click
import psycopg

from ripely.cli.database import database
from ripely.runtime.dispatch import Dispatch, dispatch_once, recover_once
from ripely.runtime.effects import Effects, perform_once
from ripely.settings import read_settings
from ripely.wiring import App, assemble, open_dispatch

IDLE_SECONDS_MIN = 0.02
IDLE_SECONDS_MAX = 0.2
RECOVER_SECONDS = 1.0
RETRY_SECONDS = 1.0
# A mail is made of many small objects and hardly a cycle: the collector need not look so often.
GC_THRESHOLDS = (100_000, 50, 50)

log = logging.getLogger(__name__)


@click.command()
def command() -> None:
    """Send messages, and do whatever else was decided."""
    settings = read_settings()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with database(settings) as url, assemble(settings, url) as app:
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        while not stopping.is_set():
            try:
                _dispatch(app, stopping)
            except psycopg.OperationalError as lost:
                log.warning("The database is away, trying again: %s", lost)
                stopping.wait(RETRY_SECONDS)


def _dispatch(app: App, stopping: threading.Event) -> None:
    with open_dispatch(app) as (dispatch, effects):
        if not dispatch.channels:
            log.warning("RIPELY_SMTP_URL is not set: messages wait.")
        turn = _turn(dispatch, effects)
        idle = IDLE_SECONDS_MIN
        while not stopping.is_set():
            if turn():
                idle = IDLE_SECONDS_MIN
            else:
                stopping.wait(idle)
                idle = min(2 * idle, IDLE_SECONDS_MAX)


def _turn(dispatch: Dispatch, effects: Effects) -> Callable[[], int]:
    recovered_at = -RECOVER_SECONDS

    def turn() -> int:
        nonlocal recovered_at
        done = perform_once(effects)
        now = time.monotonic()
        if now - recovered_at >= RECOVER_SECONDS:
            recovered_at = now
            done += recover_once(dispatch)
        return done + (dispatch_once(dispatch) if dispatch.channels else 0)

    return turn
