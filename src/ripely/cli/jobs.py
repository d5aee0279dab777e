"""Works at what takes long, apart from the pages: backtests, one after another."""

import logging
import threading
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING

import click
import psycopg

from ripely.cli.database import database, wait_for_work
from ripely.cli.records import load_django
from ripely.cli.rest import begin_again
from ripely.cli.turns import told_to_stop, while_reachable
from ripely.ports import AskError
from ripely.settings import read_settings

if TYPE_CHECKING:
    from ripely.records.backtests.models import Backtest

log = logging.getLogger(__name__)


@click.command()
@click.option("--rests", is_flag=True, help="Let go of all memory when there is nothing to do.")
def command(*, rests: bool) -> None:
    """Work at backtests, until told to stop."""
    settings = read_settings()
    stopping = told_to_stop()
    with database(settings) as url:
        while not stopping.is_set():
            wait_for_work(url, "backtests", stopping)
            if not stopping.is_set():
                load_django()
                while_reachable(partial(_work_on, url, stopping, rests=rests), stopping)


def _work_on(url: str, stopping: threading.Event, *, rests: bool) -> None:
    """Work at all that waits; then rest, or wait for more."""
    while not stopping.is_set():
        if not work(url, stopping):
            if rests:
                begin_again(stopping)
            wait_for_work(url, "backtests", stopping)


def work(url: str, stopping: threading.Event) -> int:
    """Make one backtest, if one is asked for; return how many were made."""
    from django.db import OperationalError, connection

    from ripely.operations.backtesting import backtests

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
    from django.db import OperationalError

    from ripely.cli.backtesting import compute
    from ripely.operations.backtesting import backtests
    from ripely.runtime.backtest.running import CancelledError

    def progress(contacts: int, events: int) -> bool:
        return backtests.progress(test, contacts, events) and not stopping.is_set()

    try:
        asked = backtests.asked_of(test)
        backtests.finish(test, compute(url, bytes(test.documents), asked, progress))
    except CancelledError:
        if stopping.is_set():
            backtests.give_back(test)
        else:
            backtests.give_up(test)
    except (BrokenProcessPool, psycopg.OperationalError, OperationalError) as lost:
        # It is begun again, some times.
        log.warning("The backtest %s was broken off, and is begun again: %s", test.pk, lost)
    except AskError as wrong:
        backtests.give_up(test, str(wrong))
    except Exception as wrong:
        log.exception("The backtest %s failed.", test.pk)
        backtests.give_up(test, f"{type(wrong).__name__}: {wrong}")
