"""Folds events: from the log to profiles, effects and history; and lets time pass."""

import gc
import logging
import signal
import threading
from collections.abc import Callable

import click
import psycopg

from ripely.cli.database import database
from ripely.runtime.rules import open_rules
from ripely.runtime.sweep import sweep_once
from ripely.runtime.timers import fire_once
from ripely.runtime.worker import work_once
from ripely.settings import read_settings
from ripely.wiring import App, assemble

PAUSE_SECONDS_MIN = 0.005
PAUSE_SECONDS_MAX = 0.05
# A small batch costs nearly as much as a larger one: a few more events may join it first.
SMALL_TURN = 200
RETRY_SECONDS = 1.0
# A worker makes many small objects and hardly a cycle: the collector need not look so often.
GC_THRESHOLDS = (100_000, 50, 50)

log = logging.getLogger(__name__)


@click.command()
def command() -> None:
    """Fold events as they come."""
    settings = read_settings()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with database(settings) as url, assemble(settings, url) as app:
        gc.freeze()
        gc.set_threshold(*GC_THRESHOLDS)
        clock = threading.Thread(target=_let_time_pass, args=(app, stopping))
        clock.start()
        try:
            _fold(app, stopping)
        finally:
            stopping.set()
            clock.join()


def _fold(app: App, stopping: threading.Event) -> None:
    rules_of = open_rules(app.rulesets)
    while not stopping.is_set():
        try:
            with app.fold_store() as store:
                _repeat(lambda: work_once(app.log, store, rules_of), stopping)
        except psycopg.OperationalError as lost:
            _wait_for_database(lost, stopping)


def _let_time_pass(app: App, stopping: threading.Event) -> None:
    rules_of = open_rules(app.rulesets)

    def turn() -> int:
        fired = fire_once(app.timers, app.clock)
        return fired or sweep_once(app.sweeps, app.history, rules_of, app.clock)

    while not stopping.is_set():
        try:
            _repeat(turn, stopping)
        except psycopg.OperationalError as lost:
            _wait_for_database(lost, stopping)


def _repeat(turn: Callable[[], int], stopping: threading.Event) -> None:
    """Take turns without a pause while there is much work, with longer ones while there is none."""
    pause = PAUSE_SECONDS_MIN
    while not stopping.is_set():
        done = turn()
        if done < SMALL_TURN:
            pause = PAUSE_SECONDS_MIN if done else min(2 * pause, PAUSE_SECONDS_MAX)
            stopping.wait(pause)


def _wait_for_database(lost: psycopg.Error, stopping: threading.Event) -> None:
    log.warning("The database is away, trying again: %s", lost)
    stopping.wait(RETRY_SECONDS)
