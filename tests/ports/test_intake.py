"""One suite for every intake: what it promises holds in memory and in PostgreSQL."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from ripely.adapters.memory.intake import MemoryIntake
from ripely.adapters.postgres.gate import EVENTS_WAITING_MAX, GroupCommit
from ripely.adapters.postgres.intake import PostgresIntake
from ripely.adapters.postgres.log import CHUNK_EVENTS_MAX, PostgresLog
from ripely.model.arrival import Arrival
from ripely.model.event import Event
from ripely.model.identity import ANONYMOUS, EMAIL, USER, first_contact, named_contact
from ripely.model.ids import EventId
from ripely.ports import PARTITIONS, EventLog, Intake, OverloadedError

DEVICE, PHONE_APP = (ANONYMOUS, "device"), (ANONYMOUS, "app")
ANN, BOB = (USER, "ann"), (USER, "bob")
ANN_MAIL = (EMAIL, "ann@x.org")
NOW_MS = 1_900_000_000_000
numbers = iter(range(1, 1_000_000))


class ListLog:
    """As much of a log as an intake needs."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, events):
        self.events += events
        return len(self.events)


class Door:
    """An intake, and the log behind it."""

    def __init__(self, intake: Intake, events: Callable[[], list[Event]]) -> None:
        self.intake = intake
        self.events = events

    def take(self, *claims, name="page.viewed", **more) -> int:
        return self.intake.take([arrival(*claims, name=name, **more)])[0]

    def names(self) -> list[tuple[str, int]]:
        return [(event.name, event.contact) for event in self.events()]


def arrival(*claims, name="page.viewed", **more) -> Arrival:
    return Arrival(claims, EventId(next(numbers)), name, NOW_MS, NOW_MS, **more)


@pytest.fixture(params=["memory", "postgres"])
def door(request) -> Iterator[Door]:
    if request.param == "memory":
        log = ListLog()
        yield Door(MemoryIntake(log), lambda: log.events)
        return
    with pool_of(request.getfixturevalue("database_url")) as pool:
        yield Door(PostgresIntake(pool), lambda: everything(PostgresLog(pool)))


@pytest.fixture
def pool(database_url) -> Iterator[ConnectionPool]:
    with pool_of(database_url) as pool:
        yield pool


def pool_of(url) -> ConnectionPool:
    return ConnectionPool(url, min_size=1, max_size=4, kwargs={"autocommit": True}, open=True)


def everything(log: EventLog) -> list[Event]:
    events, after = [], 0
    while (batch := log.read(range(PARTITIONS), after, 10_000)).upto > after:
        events += [event for _, event in batch.events]
        after = batch.upto
    return events


def test_a_visitor_is_one_contact(door) -> None:
    first = door.take(DEVICE)
    assert door.take(DEVICE) == first == first_contact(DEVICE)
    assert door.names() == [("page.viewed", first)] * 2


def test_what_arrives_is_what_is_kept(door) -> None:
    sent = arrival(DEVICE, properties={"url": "https://x.org", "deep": {"er": [1, 2.5, None, True]}}, source="site")  # fmt: skip
    (contact,) = door.intake.take([sent])
    assert door.events() == [sent.addressed(contact)]


def test_nothing_is_taken_from_nothing(door) -> None:
    assert door.intake.take([]) == []
    assert door.events() == []


def test_a_first_identification_keeps_the_history(door) -> None:
    visitor = door.take(DEVICE)
    assert door.take(ANN, DEVICE, name="contact.identified") == visitor
    assert door.take(ANN) == visitor


def test_a_call_that_names_a_person_first_identifies_them(door) -> None:
    ann = door.take(ANN)
    door.take(ANN)
    identified, *views = door.events()
    assert (identified.name, identified.properties) == (
        "contact.identified",
        {"user_id": "ann"},
    )
    assert [(view.name, view.contact) for view in views] == [("page.viewed", ann)] * 2


def test_an_identify_call_is_not_said_twice(door) -> None:
    ann = door.take(ANN, name="contact.identified", properties={"user_id": "ann"})
    assert door.names() == [("contact.identified", ann)]


def test_a_merge_is_told_to_the_one_who_ends(door) -> None:
    ann, visitor = door.take(ANN), door.take(DEVICE)
    assert door.take(ANN, DEVICE) == ann
    assert door.take(DEVICE) == ann
    (merged,) = (event for event in door.events() if event.name == "contact.merged")
    assert (merged.contact, merged.properties) == (visitor, {"into": ann, "by": "user"})


def test_merges_in_a_row_end_in_one_contact(door) -> None:
    visitor, mail, ann = door.take(DEVICE), door.take(ANN_MAIL), door.take(ANN)
    assert len({visitor, mail, ann}) == 3
    contacts = door.intake.take([arrival(ANN_MAIL, DEVICE), arrival(ANN, ANN_MAIL)])
    assert contacts == [mail, ann]
    assert {door.take(claim) for claim in (DEVICE, ANN_MAIL, ANN)} == {ann}


def test_two_people_on_one_device_stay_two(door) -> None:
    ann = door.take(ANN, DEVICE)
    bob = door.take(BOB, DEVICE)
    assert ann != bob
    assert door.take(DEVICE) == bob
    assert door.take(ANN) == ann


def test_an_alias_joins_by_force(door) -> None:
    door.take(ANN)
    bob = door.take(BOB)
    assert door.take(BOB, (ANONYMOUS, "ann"), name="contact.aliased", alias=(ANN,)) == bob
    assert door.take(ANN) == bob


def test_a_signed_link_names_the_contact(door) -> None:
    ann = door.take(ANN_MAIL)
    door.take(DEVICE)
    assert door.take(named_contact(ann), DEVICE) == ann
    assert door.take(DEVICE) == ann


def test_a_signed_link_follows_a_merge(door) -> None:
    mail, ann = door.take(ANN_MAIL), door.take(ANN)
    door.take(ANN, ANN_MAIL)
    assert door.take(named_contact(mail)) == ann


def test_an_undone_merge_gives_the_identities_back(door) -> None:
    ann, visitor = door.take(ANN), door.take(DEVICE)
    door.take(ANN, DEVICE)
    door.intake.repoint([DEVICE], visitor)
    assert door.take(DEVICE) == visitor
    assert door.take(ANN) == ann


def test_many_arrivals_keep_their_order(door) -> None:
    many = [arrival((ANONYMOUS, f"v{n % 7}")) for n in range(CHUNK_EVENTS_MAX + 10)]
    contacts = door.intake.take(many)
    assert [event.id for event in door.events() if event.contact == contacts[3]] == [
        one.id for one in many if one.claims == many[3].claims
    ]
    assert len(door.events()) == len(many)


def test_two_intakes_agree_who_a_visitor_is(pool) -> None:
    """What one process remembers is worth nothing as soon as another has moved somebody."""
    here, there = PostgresIntake(pool), PostgresIntake(pool)
    (visitor,) = here.take([arrival(DEVICE)])
    (ann,) = there.take([arrival(ANN)])
    assert there.take([arrival(DEVICE)]) == [visitor]
    assert there.take([arrival(ANN, DEVICE)]) == [ann]
    assert here.take([arrival(DEVICE)]) == [ann]


def test_a_visitor_who_was_identified_elsewhere_is_not_taken_for_new(pool) -> None:
    (ann,) = PostgresIntake(pool).take([arrival(ANN, DEVICE)])
    fresh = PostgresIntake(pool)
    assert fresh.take([arrival(PHONE_APP)]) == [first_contact(PHONE_APP)]
    assert fresh.take([arrival(DEVICE), arrival((ANONYMOUS, "new"))])[0] == ann


def test_processes_that_meet_the_same_person_at_once_agree(pool) -> None:
    """Every round, four intakes race to make the same new person."""
    intakes = [PostgresIntake(pool) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        for n in range(25):
            user, device = (USER, f"u{n}"), (ANONYMOUS, f"d{n}")
            claims = [(user,), (device,), (user, device), (user, device)]
            list(threads.map(lambda i, c: i.take([arrival(*c)]), intakes, claims))
            assert len({intakes[0].take([arrival(one)])[0] for one in (user, device)}) == 1


def test_a_reader_never_misses_a_position(pool) -> None:
    """While four processes append, whoever reads on from where they stopped sees everything."""
    log, seen, after = PostgresLog(pool), [], 0
    with ThreadPoolExecutor(4) as threads:
        writers = [threads.submit(append_some, pool, name) for name in "abc"]
        while not all(w.done() for w in writers) or log.read(range(16), after, 1).upto > after:
            batch = log.read(range(PARTITIONS), after, 100)
            seen += [event.id for _, event in batch.events]
            after = batch.upto
    sent = [number for writer in writers for number in writer.result()]
    assert sorted(seen) == sorted(sent)


def append_some(pool, name) -> list[int]:
    intake, sent = PostgresIntake(pool), []
    for n in range(150):
        arrivals = [arrival((ANONYMOUS, f"{name}{n % 40}")) for _ in range(3)]
        intake.take(arrivals)
        sent += [one.id for one in arrivals]
    return sent


def test_requests_that_come_together_share_a_commit(database_url, pool) -> None:
    async def put_many() -> None:
        gate = GroupCommit(database_url)
        gate.open()
        arrivals = [arrival((ANONYMOUS, f"v{n}")) for n in range(200)]
        await asyncio.gather(*(gate.put([one]) for one in arrivals))
        await gate.close()

    asyncio.run(put_many())
    with pool.connection() as connection:
        chunks, events = connection.execute("SELECT count(*), sum(events) FROM log").fetchone()
    assert events == 200
    assert chunks < 20


def test_one_poisonous_request_spoils_no_other(database_url, pool) -> None:
    """The door before this one lets nothing in that cannot be stored; this is the second lock."""

    async def put_three() -> list:
        gate = GroupCommit(database_url)
        gate.open()
        poison = arrival(DEVICE, properties={"huge": 10**40})
        requests = [[arrival(ANN)], [poison], [arrival(BOB)]]
        answers = await asyncio.gather(*map(gate.put, requests), return_exceptions=True)
        await gate.close()
        return answers

    first, second, third = asyncio.run(put_three())
    assert first is third is None
    assert isinstance(second, OverloadedError)
    assert second.refused
    assert sum(event.name == "page.viewed" for event in everything(PostgresLog(pool))) == 2


def test_what_cannot_be_kept_soon_is_refused_at_once(database_url) -> None:
    async def put_too_much() -> None:
        gate = GroupCommit(database_url)  # not open: nobody takes anything out
        most = [arrival(DEVICE)] * EVENTS_WAITING_MAX
        waiting = asyncio.create_task(gate.put(most))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await gate.put([arrival(DEVICE)])
        waiting.cancel()

    asyncio.run(put_too_much())


def test_a_lost_connection_is_said_and_made_again(database_url, pool) -> None:
    """Two connections are lost, so that two requests may fail; what was answered is kept."""

    async def put_on() -> list:
        gate = GroupCommit(database_url)
        gate.open()
        before = [[arrival(DEVICE)] for _ in range(8)]
        answers = [await gate.put(one) for one in before]
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%append_known%'"
                " AND datname = current_database() AND pid <> pg_backend_pid()"
            )
        after = [[arrival(DEVICE)] for _ in range(8)]
        for one in after:
            answers += await asyncio.gather(gate.put(one), return_exceptions=True)
        await gate.close()
        return [
            one[0].id for one, ok in zip(before + after, answers, strict=True) if ok is None
        ]

    kept = asyncio.run(put_on())
    assert 14 <= len(kept) < 16
    assert {event.id for event in everything(PostgresLog(pool))} == set(kept)
