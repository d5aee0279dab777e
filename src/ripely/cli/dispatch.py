"""Sends messages and performs the other effects, until it is told to stop."""

import logging
import threading
import time
from collections.abc import Callable

import click

from ripely.cli.database import database
from ripely.cli.turns import Pause, collect_seldom, repeat, told_to_stop, while_reachable
from ripely.runtime.dispatch import dispatch_once, recover_once
from ripely.runtime.effects import perform_once
from ripely.runtime.releasing import release_once
from ripely.settings import read_settings
from ripely.wiring import App, Dispatchers, assemble, open_dispatch

PAUSE = Pause(seconds_min=0.02, seconds_max=0.2)
RECOVER_SECONDS = 1.0
COPY_SECONDS = 5.0

log = logging.getLogger(__name__)


@click.command()
def command() -> None:
    """Send messages, and do whatever else was decided."""
    settings = read_settings()
    stopping = told_to_stop()
    with database(settings) as url, assemble(settings, url) as app:
        collect_seldom()
        while_reachable(lambda: _dispatch(app, stopping), stopping)


def _wait_for_home(app: App, stopping: threading.Event) -> None:
    """Send nothing from a copy of a database: its original does."""
    if app.home.is_here():
        return
    log.warning(
        "This database was restored or copied from elsewhere: nothing is sent before `ripely take-over`."
    )
    while not (app.home.is_here() or stopping.wait(COPY_SECONDS)):
        pass


def _dispatch(app: App, stopping: threading.Event) -> None:
    _wait_for_home(app, stopping)
    with open_dispatch(app) as opened:
        if not opened.dispatch.channels:
            log.warning("RIPELY_SMTP_URL is not set: messages wait.")
        repeat(_turn(opened), PAUSE, stopping)


def _turn(opened: Dispatchers) -> Callable[[], int]:
    recovered_at = -RECOVER_SECONDS
    dispatch = opened.dispatch

    def turn() -> int:
        nonlocal recovered_at
        done = perform_once(opened.effects) + opened.traces.remove()
        now = time.monotonic()
        if now - recovered_at >= RECOVER_SECONDS:
            recovered_at = now
            done += recover_once(dispatch) + release_once(opened.releasing)
        return done + (dispatch_once(dispatch) if dispatch.channels else 0)

    return turn
