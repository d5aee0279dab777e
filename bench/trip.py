"""The whole trip: from a request until what it means is committed, with all processes at work."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

import psycopg

from bench.load import CONNECTIONS, SECONDS, flood
from bench.reference import reference_definitions, reference_rules
from bench.runner import Figure, bench, paired
from bench.servers import PROCESSES, Server, web_server
from bench.state import CAUGHT_UP, WORKERS, publish, wait_for, workers
from ripely.adapters.postgres.story import unpack_story
from ripely.engine.step import fold, new_profile
from ripely.model.definition import Definition

BATCH, BATCH_SECONDS = 100, 2
STORIES_LOOKED_AT = 2_000

ARRIVED = "SELECT coalesce(sum(events), 0) FROM log"
# The fold itself says when a visit starts; every other event came through the log.
FOLDED = (
    "SELECT coalesce(sum(n), 0) FROM tallies WHERE kind = 'event' AND item <> 'visit.started'"
)


@bench("end_to_end_single")
def end_to_end_single() -> Figure:
    return _end_to_end(1, SECONDS)


@bench("end_to_end_batch")
def end_to_end_batch() -> Figure:
    return _end_to_end(BATCH, BATCH_SECONDS)


def _end_to_end(batch: int, seconds: int) -> Figure:
    """The limit is the collector alone, its log left unread."""
    with web_server() as web, web_server() as alone, at_work(web):
        flood(alone, batch, 1)
        _trip(web, batch, 1)
        value, limit = paired(
            lambda: _trip(web, batch, seconds),
            lambda: flood(alone, batch, seconds).per_second * batch,
        )
        share = _share_of_change(web)
    load = f"{batch} events a request, 8 a visitor, 200 visitors at once, {CONNECTIONS} connections"
    load += f", {seconds} s a run; {processes()}; {share:.0%} of events change an answer"
    return Figure(value, "events/s", limit, load)


def processes() -> str:
    return f"{PROCESSES} web processes, {WORKERS} workers, reference rules"


@contextmanager
def at_work(web: Server, others: Sequence[Definition] = ()) -> Iterator[None]:
    """Publish the reference rules, and have workers fold by them."""
    publish(web.database_url, (*reference_definitions(), *others))
    with workers(web.database_url):
        wait_for(web.database_url, CAUGHT_UP)
        yield


def _trip(web: Server, batch: int, seconds: int) -> float:
    """Return events a second, from the first request until the last event is folded and committed."""
    before = _number(web, ARRIVED)
    started = perf_counter()
    answered = flood(web, batch, seconds)
    wait_for(web.database_url, CAUGHT_UP)
    took = perf_counter() - started
    arrived = _number(web, ARRIVED)
    assert not answered.bad
    assert arrived - before >= answered.requests * batch
    assert _number(web, FOLDED) == arrived
    return (arrived - before) / took


def _number(web: Server, query: str) -> int:
    with psycopg.connect(web.database_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _share_of_change(web: Server) -> float:
    """Fold some histories again, to see how many events moved a segment, score or journey."""
    query = "SELECT contact, body FROM history ORDER BY position LIMIT %s"
    with psycopg.connect(web.database_url) as connection:
        rows = connection.execute(query, [STORIES_LOOKED_AT]).fetchall()
    rules, changed, total = reference_rules(), 0, 0
    profiles = {contact: new_profile(contact, 0) for contact, _ in rows}
    for contact, body in rows:
        for event in unpack_story(body).events:
            if event.name != "visit.started":
                after = fold(rules, profiles[contact], (event,))
                total += 1
                changed += bool(after.notes or after.effects)
    return changed / total
