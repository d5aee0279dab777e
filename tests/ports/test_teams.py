"""The contract of teams: one process decides at a time, and what it decides holds whole or not at all."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest

from ports.desk import NOW, MemoryOffice, Office, postgres_office
from ripely.compiler.ruleset import Published
from ripely.model.company import Member, Team
from ripely.model.effect import AssignOwner, CreateTask, ForgetContact, NotifyPerson
from ripely.model.event import Event
from ripely.model.ids import TeamId
from ripely.ports import Call, Chosen, Finished, Loaded, Released
from ripely.runtime.assigning import assign_owners
from ripely.runtime.effects import Effects, perform_once
from ripely.runtime.releasing import Releasing, release_once
from ripely.runtime.rules import staff_of
from ripely.runtime.staff import Staff

MS = int(NOW.timestamp() * 1000)
SALES = TeamId("sales")
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "postgres"])
def office(request) -> Iterator[Office]:
    if request.param == "memory":
        yield MemoryOffice()
    else:
        with postgres_office(request.getfixturevalue("database_url")) as opened:
            yield opened


def call(name: str, at_ms: int = MS, **given) -> CreateTask:
    common = {"contact": 1, "journey": "j", "version": 1, "step": "s", "team": SALES}
    common |= {"type": "call", "title": name, "script": "", "assignee": ""}
    return CreateTask(
        **{"id": name, "decided_ms": at_ms, "due_ms": at_ms + 1, **common, **given}
    )


def queue(office: Office, one, *tasks: CreateTask) -> None:
    office.put(*tasks)
    ids = [claimed.effect.id for claimed in one.outbox.claim(100)]
    one.outbox.finish(Finished(ids, queued=tasks))


def test_calls_wait_by_priority_and_then_by_age(office):
    one = office.dispatcher()
    queue(
        office, one, call("late", MS + 5), call("first", MS), call("urgent", MS + 9, priority=9)
    )
    assert one.teams.queued() == [SALES]
    with one.teams.turn(SALES) as turn:
        assert [task.id for task in turn.next(10)] == ["urgent", "first", "late"]
        assert [task.id for task in turn.next(1)] == ["urgent"]
    assert office.tasks() == []


def test_a_call_that_waits_too_long_is_found(office):
    one = office.dispatcher()
    queue(office, one, call("a"), call("b", until_ms=MS + 60_000), call("c", until_ms=MS))
    with one.teams.turn(SALES) as turn:
        assert [task.id for task in turn.expired(NOW, 10)] == ["c"]
        assert [task.id for task in turn.expired(NOW + HOUR, 10)] == ["c", "b"]


def test_what_is_released_is_a_task_and_waits_no_more(office):
    one = office.dispatcher()
    queue(office, one, call("a"), call("b"), call("c"))
    told = Event(7, 1, "task.released", MS, MS, {"task": "a"})
    with one.teams.turn(SALES) as turn:
        turn.release(
            Released(NOW, [call("a", assignee="ann")], ["b"], "nobody is there", [told])
        )
    assert office.tasks() == ["a"]
    assert office.reason(SALES) == "nobody is there"
    assert [event.name for event in office.events()] == ["task.released"]
    with one.teams.turn(SALES) as turn:
        assert [task.id for task in turn.next(10)] == ["c"]
        load = turn.workload(["ann"], NOW - HOUR)
        assert load.released == [Call(NOW, "ann", True)]
        turn.release(Released(NOW, [], ["c"]))
    assert one.teams.queued() == []
    assert office.reason(SALES) == ""


def test_a_call_that_was_released_is_not_queued_again(office):
    one = office.dispatcher()
    queue(office, one, call("a"))
    with one.teams.turn(SALES) as turn:
        turn.release(Released(NOW, [call("a", assignee="ann")]))
    queue(office, one, call("a"))
    assert one.teams.queued() == []
    assert office.tasks() == ["a"]


def test_the_workload_counts_what_is_open_and_what_was_given(office):
    one = office.dispatcher()
    queue(office, one, call("old"), call("new"), call("done"))
    with one.teams.turn(SALES) as turn:
        turn.release(Released(NOW - 3 * HOUR, [call("old", assignee="ann")]))
        turn.release(Released(NOW, [call("new", assignee="ann"), call("done", assignee="bob")]))
        turn.choose([Chosen("x", "ann", "turns", NOW), Chosen("y", "bob", "capacity", NOW)])
        turn.choose([Chosen("z", "bob", "turns", NOW - 3 * HOUR)])
    office.put(call("own", team=None, assignee="ann"), call("other", team=None, assignee="eve"))
    mine = [c.effect for c in one.outbox.claim(10)]
    one.outbox.finish(Finished([effect.id for effect in mine], tasks=mine))
    office.finish_task("done")
    with one.teams.turn(SALES) as turn:
        load = turn.workload(["ann", "bob"], NOW - HOUR)
    assert load.last == "bob"
    assert load.given == {"ann": 1, "bob": 1}
    assert sorted(load.released, key=lambda c: c.who) == [
        Call(NOW, "ann", True),
        Call(NOW, "bob", False),
    ]
    assert load.open == {"ann": 2}


def test_a_turn_that_fails_leaves_everything_as_it_was(office):
    one = office.dispatcher()
    queue(office, one, call("a"))
    office.put(asked("o"))
    one.outbox.claim(10)
    told = Event(7, 1, "owner.assigned", MS, MS, {"owner": "ann"})
    with suppress(RuntimeError), one.teams.turn(SALES) as turn:
        turn.choose([Chosen("o", "ann", "turns", NOW)])
        turn.release(Released(NOW, [call("a", assignee="ann")], events=[told]))
        one.outbox.finish(Finished(["o"], events=[told]))
        raise RuntimeError
    assert (office.tasks(), office.waiting(), office.events()) == ([], {"o"}, [])
    with one.teams.turn(SALES) as turn:
        assert turn.workload(["ann"], NOW - HOUR).last == ""
        assert [task.id for task in turn.next(10)] == ["a"]


def test_nothing_stays_at_hand_of_a_contact_that_is_forgotten(office):
    one = office.dispatcher()
    queue(office, one, call("a", title="Call Ann"), call("b", title="Call Bob", contact=2))
    released = [
        call("c", title="Ring Ann", assignee="ann"),
        call("d", title="Ring Bob", contact=2),
    ]
    with one.teams.turn(SALES) as turn:
        turn.release(Released(NOW, released))
    common = {"decided_ms": MS, "to": "eve"}
    office.put(NotifyPerson(id="n", contact=1, text="Ann is here", **common))
    office.put(NotifyPerson(id="m", contact=2, text="Bob is here", **common))
    office.put(ForgetContact(id="f", contact=1, decided_ms=MS, event=1, kept=""))
    people = staff("ann", "bob")
    perform_once(Effects(one.outbox, one.teams, people, None, b"", Clock()))
    kept = office.kept()
    assert "Ann" not in kept
    assert all(said in kept for said in ("Call Bob", "Ring Bob", "Bob is here"))
    with one.teams.turn(SALES) as turn:
        load = turn.workload(["ann"], NOW - HOUR)
        assert [task.id for task in turn.next(10)] == ["b"]
    assert Call(NOW, "ann", False) in load.released  # The pace of the team stays true.
    assert not office.waiting()


def test_who_was_given_a_contact_is_known_for_days_only(office):
    one, day = office.dispatcher(), timedelta(days=1)
    with one.teams.turn(SALES) as turn:
        turn.choose([Chosen("first", "ann", "turns", NOW - 9 * day)])
        turn.choose([Chosen("turn", "bob", "turns", NOW - 8 * day)])
        turn.choose([Chosen("room", "ann", "capacity", NOW - 7 * day)])
        turn.choose([Chosen("now", "ann", "capacity", NOW)])
    assert office.choices() == {"turn", "now"}
    with one.teams.turn(SALES) as turn:
        load = turn.workload(["ann", "bob"], NOW - day)
        assert (load.last, load.given) == ("bob", {"ann": 1})
        turn.choose([Chosen("next", "ann", "turns", NOW + 3 * day)])
    assert office.choices() == {"next"}


# The loops on them.


class Rules:
    def __init__(self, *definitions) -> None:
        self.published = Published(definitions)

    def current(self):
        return "r1"

    def documents(self, ruleset):
        return msgspec.json.encode(self.published)


class People:
    def __init__(self, **profiles) -> None:
        self.known = profiles

    def load(self, contacts):
        return Loaded(self.known, frozenset())


class Clock:
    def __init__(self, now=NOW) -> None:
        self.moment = now

    def now(self):
        return self.moment


def asked(name: str, how: str = "turns", contact: int = 1) -> AssignOwner:
    return AssignOwner(
        id=name,
        contact=contact,
        decided_ms=MS,
        journey="j",
        version=1,
        step="s",
        team=SALES,
        how=how,
    )


def staff(*who: str) -> Staff:
    members = tuple(Member(name) for name in who)
    return Staff(Rules(Team(SALES, "Sales", members)), staff_of)


def assign(one, people: Staff, limit: int = 100) -> None:
    effects = [claimed.effect for claimed in one.outbox.claim(limit)]
    if effects:
        assign_owners(one.teams, one.outbox, people, effects, NOW)


def owners(office: Office) -> list[str]:
    """Everybody who was made an owner, in the order of the log."""
    return [e.properties["owner"] for e in office.events() if e.name == "owner.assigned"]


def test_turns_go_round_strictly_over_dispatchers_and_crashes(office):
    people = staff("ann", "bob", "eve")
    office.put(*[asked(f"o{n}", contact=n) for n in range(1, 8)])
    first, second = office.dispatcher(), office.dispatcher()
    assign(first, people, 2)
    assign(second, people, 2)
    first.outbox.claim(2)
    first.kill()  # Before anything was decided.
    for _ in range(1000):
        assign(second, people, 1)
        if not office.waiting():
            break
    assert owners(office) == ["ann", "bob", "eve", "ann", "bob", "eve", "ann"]
    told = {(e.contact, e.properties["call"]) for e in office.events()}
    assert told == {(n, f"o{n}") for n in range(1, 8)}


def test_a_choice_that_was_lost_is_made_again_and_is_no_turn(office):
    people, one = staff("ann", "bob"), office.dispatcher()
    office.put(asked("a"))
    effects = [claimed.effect for claimed in one.outbox.claim(1)]
    with suppress(RuntimeError), one.teams.turn(SALES):
        assign_owners(one.teams, one.outbox, people, effects, NOW)
        raise RuntimeError
    assert owners(office) == []
    assign_owners(one.teams, one.outbox, people, effects, NOW)
    assert owners(office) == ["ann"]


def test_a_team_that_is_gone_is_an_answer_too(office):
    one = office.dispatcher()
    office.put(asked("a"))
    assign(one, Staff(Rules(), staff_of))
    (event,) = office.events()
    assert (event.name, event.properties["call"]) == ("owner.missing", "a")
    assert not office.waiting()


def test_dispatchers_at_once_keep_the_pace_of_a_team(database_url):
    hours = ({"from": "00:00", "until": "23:59", "weekdays": ["sunday"]},)
    team = msgspec.convert(
        {"id": SALES, "name": "S", "per_hour": 7, "members": [{"who": "ann", "hours": hours}]},
        Team,
    )
    with postgres_office(database_url) as office:
        dispatchers = [office.dispatcher() for _ in range(4)]
        queue(office, dispatchers[0], *[call(f"c{n:02}") for n in range(30)])
        releasings = [
            Releasing(one.teams, People(), Staff(Rules(team), staff_of), Clock())
            for one in dispatchers
        ]
        threads = [threading.Thread(target=release_once, args=(r,)) for r in releasings]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(office.tasks()) == [f"c{n:02}" for n in range(7)]
        assert office.reason(SALES) == "7 calls an hour are out already"
        for later, tasks in ((timedelta(minutes=59), 7), (HOUR, 14)):
            releasings[0].clock.moment = NOW + later
            release_once(releasings[0])
            assert len(office.tasks()) == tasks
