"""The contract of ledger and outbox: each claim has one holder, each message one outcome."""

from collections.abc import Iterator

import pytest

from ports.desk import LATER, NOW, MemoryOffice, Office, message, postgres_office
from ripely.adapters.postgres.ledger import PostgresCorrespondence
from ripely.model.effect import CallWebhook, CreateTask, EmitEvent, NotifyPerson
from ripely.model.event import Event
from ripely.ports import Finished, Outcome, Retry, Settled

MS = int(NOW.timestamp() * 1000)


@pytest.fixture(params=["memory", "postgres"])
def office(request) -> Iterator[Office]:
    if request.param == "memory":
        yield MemoryOffice()
    else:
        with postgres_office(request.getfixturevalue("database_url")) as opened:
            yield opened


def settled(name: str, outcome: str = "sent", reason: str = "") -> Settled:
    receipt = Event(hash(name) % 1000, 1, f"email.{outcome}", MS, MS, {"message": name})
    return Settled(Outcome(name, outcome, reason), receipt)


def names(claimed) -> list[str]:
    return sorted(one.id for one, _ in claimed)


def told(office: Office) -> list[tuple[str, str]]:
    return [(event.name, event.properties["message"]) for event in office.events()]


def test_a_message_has_one_holder(office):
    office.put(message("a"), message("b"), message("c"))
    ann, bob = office.dispatcher(), office.dispatcher()
    first, second = ann.ledger.claim(2), bob.ledger.claim(5)
    assert sorted(names(first) + names(second)) == ["a", "b", "c"]
    assert not ann.ledger.claim(5)
    assert {attempt for _, attempt in first + second} == {1}


def test_what_is_claimed_is_what_was_decided(office):
    decided = message("a", facts={"name": "Ann", "n": 1.5}, entry={"items": [{"b": True}]})
    office.put(decided)
    assert office.dispatcher().ledger.claim(1) == [(decided, 1)]


def test_the_same_decision_is_one_message(office):
    office.put(message("a"))
    office.put(message("a"))
    assert len(office.dispatcher().ledger.claim(5)) == 1


def test_a_settled_message_is_over(office):
    office.put(message("a"))
    one = office.dispatcher()
    one.ledger.claim(5)
    one.ledger.settle([settled("a", "refused", "550 no")])
    assert office.outcomes() == {"a": ("refused", "550 no")}
    assert told(office) == [("email.refused", "a")]
    assert not one.ledger.claim(5)


def test_there_is_one_outcome_and_one_receipt(office):
    office.put(message("a"))
    one = office.dispatcher()
    one.ledger.claim(5)
    one.ledger.settle([settled("a")])
    one.ledger.settle([settled("a", "failed")])
    assert office.outcomes() == {"a": ("sent", "")}
    assert told(office) == [("email.sent", "a")]


def test_nobody_settles_what_is_another_s(office):
    office.put(message("a"))
    ann, bob = office.dispatcher(), office.dispatcher()
    ann.ledger.claim(5)
    bob.ledger.settle([settled("a")])
    assert not bob.ledger.hand_over(["a"])
    assert office.outcomes() == {"a": (None, "")}
    assert not told(office)


def test_a_retry_waits_for_its_moment(office):
    office.put(message("a"), message("b"))
    one = office.dispatcher()
    one.ledger.claim(5)
    one.ledger.hand_over(["a", "b"])
    one.ledger.retry([Retry("a", LATER, "busy"), Retry("b", NOW, "busy")])
    assert [(m.id, attempt) for m, attempt in one.ledger.claim(5)] == [("b", 2)]


def test_the_living_are_not_robbed(office):
    office.put(message("a"), message("b"))
    ann, bob = office.dispatcher(), office.dispatcher()
    ann.ledger.claim(5)
    ann.ledger.hand_over(["a"])
    assert not bob.ledger.recover()
    assert not bob.ledger.claim(5)


def test_what_the_dead_had_not_handed_over_is_sent_by_another(office):
    office.put(message("a"), message("b"))
    ann, bob = office.dispatcher(), office.dispatcher()
    ann.ledger.claim(5)
    assert ann.ledger.hand_over(["a"]) == {"a"}
    ann.kill()
    left = recovered(bob)
    assert [one.id for one in left] == ["a"]
    assert [(one.id, attempt) for one, attempt in bob.ledger.claim(5)] == [("b", 2)]
    bob.ledger.settle([settled("a", "unknown")])
    assert office.outcomes()["a"] == ("unknown", "")


def test_one_that_dies_while_it_takes_over_is_taken_over(office):
    office.put(message("a"))
    ann, bob, carol = office.dispatcher(), office.dispatcher(), office.dispatcher()
    ann.ledger.claim(5)
    ann.ledger.hand_over(["a"])
    ann.kill()
    recovered(bob)
    bob.kill()
    assert [one.id for one in recovered(carol)] == ["a"]


def recovered(one):
    """The server notices a closed connection a moment later."""
    for _ in range(1000):
        if left := one.ledger.recover():
            return left
    raise AssertionError("nothing was left")


def effects():
    common = {"contact": 1, "decided_ms": MS, "journey": "j", "version": 1, "step": "s"}
    return (
        CreateTask(
            id="t", type="call", title="Call", script="", assignee="", due_ms=MS, **common
        ),
        NotifyPerson(id="n", to="owner", text="Look", **common),
        CallWebhook(id="w", url="https://x.example/", entry={"a": 1}, **common),
        EmitEvent(id="e", target=2, name="deal.moved", properties={}, **common),
    )


def test_effects_are_claimed_as_they_were_decided(office):
    office.put(*effects())
    ann, bob = office.dispatcher(), office.dispatcher()
    claimed = ann.outbox.claim(10)
    assert sorted(claimed, key=lambda c: c.effect.id) == sorted(
        [type(claimed[0])(effect, 1) for effect in effects()], key=lambda c: c.effect.id
    )
    assert not bob.outbox.claim(10)


def test_what_comes_of_effects_is_stored_with_them(office):
    task, notice, _, _ = effects()
    office.put(*effects())
    one = office.dispatcher()
    one.outbox.claim(10)
    event = Event(7, 2, "deal.moved", MS, MS, {"message": "x"})
    done = Finished(
        ["t", "n", "e"], [task], [notice], [message("m", channel="notice")], [event]
    )
    one.outbox.finish(done)
    assert (office.tasks(), office.notices(), office.waiting()) == (["t"], ["n"], {"w"})
    assert told(office) == [("deal.moved", "x")]
    assert names(one.ledger.claim(5)) == ["m"]


def test_an_effect_done_twice_is_done_once(office):
    task, *_ = effects()
    office.put(*effects())
    one = office.dispatcher()
    one.outbox.claim(10)
    one.outbox.finish(Finished(["t"], [task]))
    one.outbox.finish(Finished(["t"], [task]))
    assert office.tasks() == ["t"]


def test_effects_of_the_dead_are_done_by_others(office):
    office.put(*effects())
    ann, bob = office.dispatcher(), office.dispatcher()
    assert len(ann.outbox.claim(10)) == 4
    ann.kill()
    claimed = []
    for _ in range(1000):
        claimed += bob.outbox.claim(10)
        if claimed:
            break
    assert sorted(one.effect.id for one in claimed) == ["e", "n", "t", "w"]
    assert {one.attempt for one in claimed} == {2}


def test_an_effect_waits_for_its_retry(office):
    office.put(*effects())
    one = office.dispatcher()
    one.outbox.claim(10)
    one.outbox.retry([Retry("w", LATER, "500"), Retry("e", NOW, "?")])
    assert [(c.effect.id, c.attempt) for c in one.outbox.claim(10)] == [("e", 2)]


def test_a_link_learns_in_which_segments_its_reader_was(database_url):
    with postgres_office(database_url) as office:
        office.put(message("a", segments=["hot", "near"]), message("b"))
        letters = PostgresCorrespondence(office.pool)
        assert letters.find("a").segments == ["hot", "near"]
        assert letters.find("b").segments == []
