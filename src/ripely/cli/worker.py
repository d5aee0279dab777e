"""Folds events: from the log to profiles, effects and history; and lets time pass."""

import threading

import click

from ripely.cli.database import database
from ripely.cli.turns import Pause, collect_seldom, repeat, told_to_stop, while_reachable
from ripely.runtime.rules import open_rules
from ripely.runtime.timers import fire_once
from ripely.runtime.worker import work_once
from ripely.settings import read_settings
from ripely.wiring import App, assemble

# A small batch costs nearly as much as a larger one: a few more events may join it first.
PAUSE = Pause(seconds_min=0.005, seconds_max=0.05, small=200)


@click.command()
def command() -> None:
    """Fold events as they come."""
    settings = read_settings()
    stopping = told_to_stop()
    with database(settings) as url, assemble(settings, url) as app:
        collect_seldom()
        clock = threading.Thread(target=_let_time_pass, args=(app, stopping))
        clock.start()
        try:
            _fold(app, stopping)
        finally:
            stopping.set()
            clock.join()


def _fold(app: App, stopping: threading.Event) -> None:
    rules_of = open_rules(app.rulesets)

    def work() -> None:
        with app.fold_store() as store:
            repeat(lambda: work_once(app.log, store, rules_of), PAUSE, stopping)

    while_reachable(work, stopping)


def _let_time_pass(app: App, stopping: threading.Event) -> None:
    def turn() -> int:
        return fire_once(app.timers, app.clock)

    while_reachable(lambda: repeat(turn, PAUSE, stopping), stopping)
