"""Works at what takes long, apart from the pages: backtests, one after another."""

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING

import click
import psycopg

from ripely.cli.backtesting import compute
from ripely.cli.database import database
from ripely.cli.records import load_django
from ripely.cli.turns import Pause, repeat, told_to_stop, while_reachable
from ripely.runtime.backtest.running import CancelledError
from ripely.settings import read_settings

PAUSE = Pause(seconds_min=0.2, seconds_max=1.0)

if TYPE_CHECKING:
    from ripely.records.backtests.models import Backtest

log = logging.getLogger(__name__)


@click.command()
def command() -> None:
    """Work at backtests, until told to stop."""
    settings = read_settings()
    stopping = told_to_stop()
    with database(settings) as url:
        load_django()
        turn = partial(work, url, stopping)
        while_reachable(lambda: repeat(turn, PAUSE, stopping), stopping)


def work(url: str, stopping: threading.Event) -> int:
    """Make one backtest, if one is asked for; return how many were made."""
    from django.db import OperationalError, connection

    from ripely.operations import backtests

    try:
        with backtests.claimed() as test:
            if test is None:
                return 0
            _make(url, test, stopping)
            return 1
    except OperationalError as lost:
        connection.close()
        raise psycopg.OperationalError(str(lost)) from lost


def _make(url: str, test: "Backtest", stopping: threading.Event) -> None:
    from ripely.operations import backtests

    def progress(contacts: int, events: int) -> bool:
        return backtests.progress(test, contacts, events) and not stopping.is_set()

    try:
        asked = backtests.asked_of(test)
        backtests.finish(test, compute(url, bytes(test.documents), asked, progress))
    except CancelledError:
        if not stopping.is_set():  # Else the next one to work begins it anew.
            backtests.give_up(test)
    except Exception as wrong:
        log.exception("The backtest %s failed.", test.pk)
        backtests.give_up(test, f"{type(wrong).__name__}: {wrong}")
