"""The fold on PostgreSQL: what an event costs among many contacts, timers that come due, a journey for many."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
import psycopg
from psycopg_pool import ConnectionPool

from bench.reference import reference_definitions, traffic
from bench.runner import Figure, bench, runs, say
from bench.servers import database
from ripely.adapters.postgres.log import PostgresLog
from ripely.adapters.postgres.profiles import PostgresProfiles
from ripely.adapters.postgres.rulesets import PostgresRulesets
from ripely.compiler.ruleset import Published, ruleset_id
from ripely.model.action import Send, Update
from ripely.model.condition import AttributeIs
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import (
    ContactId,
    EventId,
    JourneyId,
    RulesetId,
    StepId,
    TemplateId,
    derive,
)
from ripely.model.journey import Branch, Case, Journey, Wait
from ripely.model.profile import Enrollment, Profile
from ripely.model.trigger import OnEvent
from ripely.runtime.rules import open_rules
from ripely.runtime.worker import work_once

WORKERS = 2
NOW_S = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
FEW, MANY = 10_000, 1_000_000
TIMERS = 1_000_000
ENTERING = 100_000
EVENTS = 40_000
TAG, PAUSE, CHECK, SEND = map(StepId, ("tag", "pause", "check", "send"))

REMINDER = Journey(
    JourneyId("reminder"),
    "Reminder",
    (OnEvent("cart.updated"),),
    PAUSE,
    {PAUSE: Wait(Duration(3600), TAG), TAG: Update(add_tags=("reminded",))},
)
OFFER = Journey(
    JourneyId("offer"),
    "Offer",
    (OnEvent("order.completed"),),
    CHECK,
    {
        CHECK: Branch((Case(AttributeIs("city", "equals", "Kyiv"), SEND),)),
        SEND: Send(TemplateId("offer"), purpose="transactional"),
    },
)


@bench("cost_by_contacts")
def cost_by_contacts() -> Figure:
    """What an event costs among 1,000,000 contacts over what it costs among 10,000; at best the same."""
    few, many = _seconds_among(FEW), _seconds_among(MANY)
    load = (
        f"{EVENTS:,} events of known contacts at random, 8 a visit, reference rules, one worker"
    )
    return Figure(many / few, "times", 1.0, load, lower_is_better=True)


@bench("timers_drain")
def timers_drain() -> Figure:
    """The limit is deleting the timers alone, in batches of the same size."""
    value, limit = runs(_drain_timers), runs(_delete_timers)
    load = f"{TIMERS:,} due timers, each of which moves a journey a step; {WORKERS} workers"
    return Figure(value, "s", limit, load, lower_is_better=True)


@bench("journey_100k")
def journey_100k() -> Figure:
    """The limit is appending the same events to the log and nothing more."""
    limits: list[float] = []
    value = runs(lambda: _enter_journey(limits))
    load = (
        f"{ENTERING:,} contacts: trigger, condition, message in the ledger; {WORKERS} workers"
    )
    return Figure(value, "s", sorted(limits)[len(limits) // 2], load, lower_is_better=True)


def publish(url: str, definitions: Sequence[Definition]) -> RulesetId:
    documents = msgspec.json.encode(Published(tuple(definitions)), enc_hook=str)
    identity = ruleset_id(documents)
    with _pool(url) as pool:
        PostgresRulesets(pool).publish(identity, documents)
    return identity


@contextmanager
def workers(url: str, count: int = WORKERS) -> Iterator[None]:
    """`ripely worker`, as `ripely serve` starts it."""
    environ = {**os.environ, "DATABASE_URL": url}
    environ |= {"RIPELY_SECRET": "a secret that benches need no more than tests"}
    words = [sys.executable, "-m", "ripely.cli.main", "worker"]
    children = [subprocess.Popen(words, env=environ) for _ in range(count)]
    try:
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def wait_for(url: str, query: str, seconds: float = 600, every: float = 0.02) -> None:
    """Wait until a query answers true."""
    deadline = time.monotonic() + seconds
    with psycopg.connect(url, autocommit=True) as connection:
        while not _truth(connection, query):
            if time.monotonic() > deadline:
                raise TimeoutError(query)
            time.sleep(every)


CAUGHT_UP = "SELECT min(p.position) >= (SELECT max(position) FROM log) FROM positions p"


def _truth(connection: psycopg.Connection[tuple[object, ...]], query: str) -> bool:
    row = connection.execute(query.encode()).fetchone()
    return bool(row and row[0])


def _seconds_among(contacts: int) -> float:
    """Return how long one worker needs for the events, among so many contacts."""
    people = [ContactId(derive("contact", str(n))) for n in range(contacts)]
    with database() as url:
        ruleset = publish(url, reference_definitions())
        settle_sweep(url)
        insert_profiles(url, [known(contact, ruleset) for contact in people])
        return runs(lambda: _fold_seconds(url, people))


_rounds = iter(range(1, 1_000))


def _fold_seconds(url: str, people: Sequence[ContactId]) -> float:
    seed = next(_rounds)
    events = traffic(EVENTS, seed=seed, start_ms=(NOW_S + seed * 100_000) * 1000)
    moved = [
        msgspec.structs.replace(e, contact=people[e.contact % len(people)]) for e in events
    ]
    with _pool(url) as pool, psycopg.connect(url, autocommit=True) as own:
        log, rules_of = PostgresLog(pool), open_rules(PostgresRulesets(pool))
        for start in range(0, EVENTS, 2_000):
            log.append(moved[start : start + 2_000])
        store = PostgresProfiles(own)
        started = time.perf_counter()
        while work_once(log, store, rules_of):
            pass
        return time.perf_counter() - started


def _drain_timers() -> float:
    with database() as url:
        _prepare_timers(url)
        started = time.perf_counter()
        with workers(url):
            wait_for(url, "SELECT NOT EXISTS (SELECT FROM timers)")
            wait_for(url, CAUGHT_UP)
            seconds = time.perf_counter() - started
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT sum(n) FROM tallies WHERE kind = 'journey' AND item = 'exited'").fetchone()  # fmt: skip
        assert row is not None
        assert row[0] == TIMERS, f"{row[0]} of {TIMERS} journeys went on"
        return seconds


def _delete_timers() -> float:
    with database() as url:
        _prepare_timers(url)
        statement = "DELETE FROM timers WHERE contact IN (SELECT contact FROM timers ORDER BY due_s LIMIT 5000)"  # fmt: skip
        with psycopg.connect(url, autocommit=True) as connection:
            started = time.perf_counter()
            while connection.execute(statement).rowcount:
                pass
            return time.perf_counter() - started


def _prepare_timers(url: str) -> None:
    ruleset = publish(url, [REMINDER])
    settle_sweep(url)
    people = (ContactId(derive("contact", str(n))) for n in range(TIMERS))
    insert_profiles(url, (_waiting(contact, ruleset) for contact in people))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO timers SELECT contact, %s + contact %% 3600 FROM profiles", [NOW_S])  # fmt: skip
        connection.execute("VACUUM ANALYZE timers")


def _enter_journey(limits: list[float]) -> float:
    with database() as url:
        ruleset = publish(url, [OFFER])
        settle_sweep(url)
        people = [ContactId(derive("contact", str(n))) for n in range(ENTERING)]
        insert_profiles(url, [known(contact, ruleset) for contact in people])
        events = [_ordered(contact) for contact in people]
        with workers(url), _pool(url) as pool:
            time.sleep(2)  # The workers are there before the storm comes, as in life.
            log = PostgresLog(pool)
            started = time.perf_counter()
            for start in range(0, ENTERING, 2_000):
                log.append(events[start : start + 2_000])
            limits.append(time.perf_counter() - started)
            wait_for(url, CAUGHT_UP)
            seconds = time.perf_counter() - started
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT count(*) FROM messages").fetchone()
        assert row == (ENTERING,), f"{row} messages were decided"
        return seconds


def _ordered(contact: ContactId) -> Event:
    now_ms = (NOW_S + 60) * 1000
    identity = EventId(derive("event", str(contact)))
    properties = {"order_id": f"{contact:x}", "total": 99.5, "currency": "EUR"}
    return Event(identity, contact, "order.completed", now_ms, now_ms, properties, "shop")


def known(contact: ContactId, ruleset: RulesetId) -> Profile:
    profile = Profile(contact, ruleset, NOW_S - 86_400, NOW_S - 3_600)
    profile.attributes = {
        "email": f"c{contact:x}@example.com",
        "name": "A contact",
        "city": "Kyiv",
        "timezone": "Europe/Kyiv",
    }
    return profile


def _waiting(contact: ContactId, ruleset: RulesetId) -> Profile:
    due_s = NOW_S + contact % 3600
    entered_s = due_s - 3600
    profile = known(contact, ruleset)
    profile.entered = {REMINDER.id: entered_s}
    profile.enrollments = [
        Enrollment(REMINDER.id, 1, f"{contact:x}", entered_s, PAUSE, entered_s, due_s, {})
    ]
    return profile


def insert_profiles(url: str, profiles: Iterator[Profile] | Sequence[Profile]) -> None:
    encode = msgspec.msgpack.Encoder().encode
    statement = "COPY profiles (contact, body) FROM STDIN (FORMAT binary)"
    with (
        psycopg.connect(url) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.set_types(["int8", "bytea"])
        for profile in profiles:
            copy.write_row([profile.contact, encode(profile)])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE profiles")
        connection.execute("CHECKPOINT")


def settle_sweep(url: str) -> None:
    """The contacts that are put in by hand know the rules already."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE sweeps SET finished_at = now()")
        connection.execute("UPDATE positions SET position = (SELECT max(position) FROM log), ruleset = (SELECT max(id) FROM rulesets)")  # fmt: skip
    say("  prepared")


@contextmanager
def _pool(url: str) -> Iterator[ConnectionPool[psycopg.Connection[tuple[object, ...]]]]:
    with ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool:
        yield pool
