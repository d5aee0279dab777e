"""A backtest over stored history: how much of it a second, when the archive tells whom to look at."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from psycopg_pool import ConnectionPool

from bench.reference import reference_definitions, traffic
from bench.runner import Figure, bench, runs, say
from bench.servers import database
from bench.state import CAUGHT_UP, wait_for, workers
from ripely.adapters.postgres.log import PostgresLog
from ripely.cli.backtesting import compute
from ripely.compiler.ruleset import Published
from ripely.model.action import Send
from ripely.model.acts import Did, Where
from ripely.model.backtest import Asked, Report
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, StepId, TemplateId
from ripely.model.journey import Await, Journey, Step, Wait
from ripely.model.trigger import OnEvent
from ripely.runtime.archiving import archive_once
from ripely.settings import read_settings
from ripely.wiring import assemble, open_archive

EVENTS = 1_000_000
AT_ONCE = 5_000
RATE_WANTED = 250_000.0
BOOTS = JourneyId("boots_left")
WAIT, LETTER, LOOK, AGAIN = map(StepId, ("wait", "letter", "look", "again"))


@bench("backtest_rate")
def backtest_rate() -> Figure:
    """A letter to whoever leaves boots in the cart, and another one, among the rules of the reference company."""
    reports: list[Report] = []
    with _history() as url:
        value = runs(lambda: _backtest(url, reports))
    found = reports[-1]
    load = (
        f"{found.events:,} events of {found.contacts:,} contacts, of which the query let {found.folded:,} be"
        f" folded; {found.entered:,} entered"
    )
    return Figure(value, "events/s", RATE_WANTED, load)


def _backtest(url: str, reports: list[Report]) -> float:
    events = traffic(1)
    since_s = events[0].now_s
    published = Published((*reference_definitions(), _draft()))
    documents = msgspec.json.encode(published, enc_hook=str, order="deterministic")
    asked = Asked(BOOTS, since_s, since_s + 30 * 86_400)
    started = time.perf_counter()
    report = compute(url, documents, asked, lambda *_: True)
    seconds = time.perf_counter() - started
    assert report.entered > 0
    reports.append(report)
    return report.events / seconds


def _draft() -> Journey:
    boots = OnEvent("product.added", (Where("category", "equals", "boots"),))
    steps: dict[StepId, Step] = {
        WAIT: Wait(Duration(3_600), then=LETTER),
        LETTER: Send(TemplateId("boots"), purpose="transactional", then=LOOK),
        LOOK: Await(Did("order.completed"), Duration(86_400), otherwise=AGAIN),
        AGAIN: Send(TemplateId("boots_again"), purpose="transactional"),
    }
    return Journey(BOOTS, "Boots left in the cart", (boots,), WAIT, steps)


@contextmanager
def _history() -> Iterator[str]:
    """History as workers leave it, and the archive as the archivist does."""
    with tempfile.TemporaryDirectory(prefix="ripely-bench-lake-") as folder, database() as url:
        os.environ["RIPELY_DATA"] = folder
        with ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool:
            log = PostgresLog(pool)
            events = traffic(EVENTS)
            for start in range(0, EVENTS, AT_ONCE):
                log.append(events[start : start + AT_ONCE])
        with workers(url):
            wait_for(url, CAUGHT_UP)
        say("  the workers have folded it")
        with assemble(read_settings(), url) as app, open_archive(app) as opened:
            assert opened is not None
            while archive_once(*opened):
                pass
            opened[1].compact()
        say("  the archive has it")
        yield url
