"""Who is forgotten is gone from history and the log; nobody else notices anything."""

import random
from collections.abc import Iterator

import msgspec
import pytest

from company import ANN, BOB, CAROL, DAN, DEFINITIONS, START_S, event
from ports.forgetting import Forgetting, in_memory, in_postgres
from ripely.adapters.memory.archive import MemoryArchive
from ripely.adapters.postgres import forgetting
from ripely.model.event import Event
from ripely.runtime.archiving import archive_once
from ripely.runtime.replay import replay_all

PRICING = {"url": "https://shop.example/pricing", "path": "/pricing"}
SECRET = "walks-with-otters"
ERASED = "contact.erased"


@pytest.fixture(params=["memory", "postgres"])
def place(request: pytest.FixtureRequest) -> Iterator[Forgetting]:
    if request.param == "memory":
        with in_memory() as opened:
            yield opened
    else:
        with in_postgres(request.getfixturevalue("database_url")) as opened:
            yield opened


def views(first: int, last: int, *contacts: int, **said: object) -> list[Event]:
    return [
        event(n * 10 + k, contact, "page.viewed", START_S + n, **PRICING, **said)
        for n in range(first, last)
        for k, contact in enumerate(contacts)
    ]


def told(place: Forgetting, contact: int) -> bytes:
    """Everything that history and the log hold of a contact."""
    stories = place.world.history.of(contact, 2**62, 10_000)
    events = [one for one in place.log() if one[1].contact == contact]
    return msgspec.msgpack.encode([stories, events])


def others(place: Forgetting, contact: int) -> tuple[list, list]:
    """What history and the log hold of everybody else, in its order."""
    stories = [one for one in place.world.history.scan() if one[0] != contact]
    return stories, [one for one in place.log() if one[1].contact != contact]


def test_history_begins_anew_and_the_log_holds_nothing_of_before(place: Forgetting) -> None:
    place.world.publish(*DEFINITIONS)
    place.happen(*views(0, 3, ANN, BOB, note=SECRET))
    place.happen(*views(3, 5, ANN, note=SECRET), *views(1, 4, ANN, note=SECRET))  # Some twice.
    after = views(20, 22, ANN)
    place.happen(
        *views(6, 8, ANN, BOB, note=SECRET), event(999, ANN, ERASED, START_S + 9), *after
    )
    place.happen(*views(30, 31, ANN, BOB))
    before, theirs = others(place, ANN), told(place, BOB)
    assert place.differences() == []
    place.settle()
    assert SECRET.encode() not in told(place, ANN)
    assert others(place, ANN) == before
    assert told(place, BOB) == theirs
    assert place.differences() == []
    (_, last), (_, first) = place.world.history.of(ANN, 2**62, 10)
    assert [one.name for one in first.events if one.source != "derived"] == [
        ERASED,
        *["page.viewed"] * 2,
    ]
    assert first.notes[0].kind == ERASED
    assert [one.name for _, one in place.log() if one.contact == ANN] == [
        ERASED,
        *["page.viewed"] * 3,
    ]
    assert last.events[-1].name == "page.viewed"


def test_a_merged_person_is_forgotten_in_every_part(place: Forgetting) -> None:
    place.world.publish(*DEFINITIONS)
    place.happen(*views(0, 3, ANN, BOB, CAROL, note=SECRET))
    place.happen(event(901, ANN, "contact.merged", START_S + 10, into=BOB, by="email"))
    place.perform()
    place.happen(event(902, BOB, "contact.merged", START_S + 11, into=CAROL, by="email"))
    place.perform()
    place.happen(*views(20, 22, ANN, note=SECRET))
    place.settle()
    assert place.differences() == []
    place.happen(event(903, CAROL, ERASED, START_S + 40))
    place.settle()
    for contact in (ANN, BOB, CAROL):
        assert SECRET.encode() not in told(place, contact)
    assert place.differences() == []
    place.happen(*views(50, 52, ANN))  # It is still a part, and passes on what comes.
    place.settle()
    assert place.differences() == []
    carol = place.world.store.load([CAROL]).profiles[CAROL]
    assert carol.visit.number == 1


def test_a_merge_that_arrives_after_the_erasure_brings_nothing_back(place: Forgetting) -> None:
    place.world.publish(*DEFINITIONS)
    known = event(1, ANN, "contact.identified", START_S, city=SECRET)
    place.happen(known, *views(2, 4, BOB))
    merged = event(2, ANN, "contact.merged", START_S + 10, into=BOB, by="email")
    place.happen(merged, event(3, BOB, ERASED, START_S + 20))
    place.settle()
    bob = place.world.store.load([BOB]).profiles[BOB]
    assert (bob.attributes, bob.absorbed) == ({}, {ANN: {}})
    assert SECRET.encode() not in told(place, ANN)
    assert SECRET.encode() not in told(place, BOB)
    assert place.differences() == []


def test_what_a_part_passes_on_late_brings_nobody_back(place: Forgetting) -> None:
    place.world.publish(*DEFINITIONS)
    place.happen(*views(0, 3, BOB), event(901, ANN, "contact.merged", START_S + 10, into=BOB))
    place.perform()
    late = [
        event(
            n,
            ANN,
            "contact.identified",
            START_S + n,
            email=f"{SECRET}@example.com",
            city=SECRET,
        )
        for n in range(21, 24)
    ]
    place.happen(*late, event(902, BOB, ERASED, START_S + 30))
    place.settle()
    bob = place.world.store.load([BOB]).profiles[BOB]
    assert bob.attributes == {}
    for contact in (ANN, BOB):
        assert SECRET.encode() not in told(place, contact)
    assert place.differences() == []
    place.happen(event(903, ANN, "contact.identified", START_S + 60, city="Lviv"))
    place.settle()
    assert place.world.store.load([BOB]).profiles[BOB].attributes == {"city": "Lviv"}
    assert place.differences() == []


def test_who_was_in_quarantine_is_gone_from_where_it_waited(place: Forgetting) -> None:
    from ports.test_replay import LOOP

    place.world.publish(LOOP)
    place.happen(event(1, ANN, "order.completed", START_S, note=SECRET))
    for n in range(2, 30):
        place.happen(*views(n, n + 1, ANN, ANN + 16, note=SECRET if n % 2 else "x"))
    assert place.world.store.load([ANN]).quarantined == {ANN}
    place.world.publish(*DEFINITIONS)
    place.happen(event(2, ANN, "contact.resumed", START_S + 120))
    place.happen(event(3, ANN, ERASED, START_S + 130))
    place.settle()
    assert SECRET.encode() not in told(place, ANN)
    assert place.differences() == []


def test_an_archive_that_is_built_again_is_the_same(place: Forgetting) -> None:
    place.world.publish(*DEFINITIONS)
    along, anew = MemoryArchive(), MemoryArchive()
    place.happen(*views(0, 3, ANN, BOB))
    archive_once(place.told, along)
    last = event(999, ANN, ERASED, START_S + 9)
    place.happen(*views(6, 8, ANN, BOB), last, *views(20, 22, ANN))
    place.happen(event(998, BOB, ERASED, START_S + 50))
    archive_once(place.told, along)
    place.settle()
    place.happen(*views(30, 31, ANN))
    archive_once(place.told, along)
    archive_once(place.told, anew)
    assert anew.positions() == along.positions()
    assert (anew.events, anew.decisions) == (along.events, along.decisions)
    assert {row.name for row in anew.events} >= {"page.viewed"}
    assert {row.contact for row in anew.events} == {ANN}


def test_who_is_forgotten_twice_before_the_log_is_clean_is_gone(place: Forgetting) -> None:
    place.world.publish(*DEFINITIONS)
    place.happen(*views(0, 3, ANN, BOB, note=SECRET))
    theirs = told(place, BOB)
    place.happen(
        *views(4, 6, ANN, note=SECRET),
        event(901, ANN, ERASED, START_S + 9),
        *views(10, 12, ANN, note=SECRET),
    )
    place.perform()
    assert place.differences() == []
    place.happen(
        *views(13, 14, ANN, note=SECRET),
        event(902, ANN, ERASED, START_S + 19),
        *views(20, 21, ANN),
    )
    place.perform()
    assert place.differences() == []
    place.settle()
    assert SECRET.encode() not in told(place, ANN)
    assert told(place, BOB) == theirs
    assert [one.name for _, one in place.log() if one.contact == ANN] == [ERASED, "page.viewed"]
    assert place.differences() == []


def test_who_is_forgotten_while_replayed_does_not_differ(place: Forgetting) -> None:
    """Replay has read a history of one story; meanwhile it becomes another history of one story."""
    place.world.publish(*DEFINITIONS)
    erased = event(901, ANN, ERASED, START_S + 9)
    place.happen(*views(0, 3, ANN, note=SECRET), erased, *views(20, 21, ANN))
    (before,) = place.world.history.scan()
    place.settle()

    class Read:
        """Tells first what was read before."""

        def scan(self):
            yield before

        def of(self, contact, position, limit):
            return place.world.history.of(contact, position, limit)

    live = place.past()
    (found,) = replay_all(msgspec.structs.replace(live, history=Read()))
    assert found.wrong is None

    class Gone(Read):
        def of(self, contact, position, limit):
            return []

    cut = msgspec.structs.replace(before[2], events=before[2].events[:2])
    Read.scan = lambda _: iter([(*before[:2], cut)])
    (found,) = replay_all(msgspec.structs.replace(live, history=Gone()))
    assert (found.wrong, found.lacks) == (None, "earlier")


def test_who_dies_while_cleaning_leaves_the_log_whole(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_postgres(database_url) as place:
        place.world.publish(*DEFINITIONS)
        for n in range(6):
            place.happen(*views(n, n + 1, ANN, BOB, ANN + 16, note=SECRET))
        place.happen(event(999, ANN, ERASED, START_S + 9))
        place.perform()
        before, everything = others(place, ANN), place.log()
        calls, real = iter(range(100)), forgetting.cut

        def dying(*asked: object) -> object:
            if next(calls) == 3:
                raise SystemError("killed")
            return real(*asked)  # type: ignore[arg-type]

        monkeypatch.setattr(forgetting, "cut", dying)
        assert place.traces is not None
        with pytest.raises(SystemError):
            place.traces.remove()
        assert place.log() == everything
        place.settle()
        assert SECRET.encode() not in told(place, ANN)
        assert others(place, ANN) == before


PEOPLE = (ANN, BOB, CAROL, DAN, ANN + 16)
NAMES = ["page.viewed", "order.completed", "contact.identified", "consent.granted"]


def lived(place: Forgetting, chance: random.Random) -> tuple[int, dict[int, int]]:
    """Tell how many events there were, and with which of them whom was forgotten last."""
    at_s, number = START_S, 0
    erased_at: dict[int, int] = {}
    for batch in range(14):
        if batch in (3, 8):
            place.world.publish(*DEFINITIONS[: 2 + batch])
        some: list[Event] = []
        for _ in range(chance.randint(1, 9)):
            number, at_s = number + 1, at_s + chance.randint(1, 2_000)
            contact, name = chance.choice(PEOPLE), chance.choice(NAMES)
            said = {"note": f"{SECRET}-{contact}-{number}."}
            if chance.random() < 0.08:
                name, said, erased_at[contact] = ERASED, {}, number
            some.append(event(number, contact, name, at_s, **PRICING, **said))
        place.world.log.append([one for one in chance.sample(some, 1) if one.name != ERASED])
        place.world.log.append(some)
        place.world.work()
        if batch in (3, 8):
            place.world.sweep()
        if chance.random() < 0.4:
            place.settle()
    return number, erased_at


@pytest.mark.parametrize("seed", range(4))
def test_any_history_can_be_forgotten(
    place: Forgetting, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(forgetting, "STORIES_A_TRACE_MAX", 3)
    monkeypatch.setattr(forgetting, "CHUNKS_AT_ONCE", 2)
    number, erased_at = lived(place, random.Random(seed))
    place.settle()
    assert erased_at
    assert place.differences() == []
    for contact in PEOPLE:
        everything = told(place, contact)
        for n in range(1, erased_at.get(contact, 0) + 1):
            assert f"{SECRET}-{contact}-{n}.".encode() not in everything
        kept = {one.id for _, one in place.log() if one.contact == contact}
        stories = place.world.history.of(contact, 2**62, 10_000)
        events = {e.id for _, story in stories for e in story.events if e.source != "derived"}
        assert events <= kept
    assert number > 20


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_on_its_way_is_forgotten_with_the_rest(seed: int) -> None:
    """Of three contacts that became one each is told things, and what was decided is done whenever it is."""
    chance = random.Random(seed)
    with in_memory() as place:
        place.world.publish(*DEFINITIONS)
        place.happen(event(1, ANN, "contact.merged", START_S + 1, into=BOB))
        place.happen(event(2, BOB, "contact.merged", START_S + 2, into=CAROL))
        forgotten = 0
        for n in range(3, 40):
            who = chance.choice((ANN, BOB, CAROL))
            if chance.random() < 0.1 or n == 39:
                place.happen(event(n, who, ERASED, START_S + n))
                forgotten = n
            else:
                said = f"{SECRET}-{n}."
                place.happen(event(n, who, "contact.identified", START_S + n, city=said))
            if chance.random() < 0.2:
                place.perform()
        place.settle()
        everything = b"".join(told(place, who) for who in (ANN, BOB, CAROL))
        left = [n for n in range(forgotten) if f"{SECRET}-{n}.".encode() in everything]
        assert left == []
        assert place.world.store.load([CAROL]).profiles[CAROL].attributes == {}
        assert place.differences() == []
