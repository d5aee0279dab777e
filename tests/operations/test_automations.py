"""What colleagues do by hand again and again becomes the draft of a journey."""

from datetime import UTC, datetime, timedelta

import pytest

from ripely.model.action import AddNote, Deal, Send, StartJourney, Task, Update
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.journey import Wait
from ripely.model.note import Note
from ripely.model.trigger import OnEvent, OnSegment
from ripely.operations.publishing.review import review
from ripely.operations.worth.automations import DAYS_PER_MONTH, TIMES_MIN, suggestions

NOW = datetime(2030, 3, 1, tzinfo=UTC)
START_MS = int((NOW - timedelta(days=20)).timestamp()) * 1000
HOUR_MS = 3_600_000
ids = iter(range(1, 10**9))


@pytest.fixture
def lake(any_lake):
    return any_lake


def event(contact, hours, name, source="crm", **properties):
    at = START_MS + round(hours * HOUR_MS)
    return Event(next(ids), contact, name, at, at, properties, source)


def offers(n=8, lag=2.0, act="tag.added", source="crm", **properties):
    """Deals that come to the stage of an offer, each followed by an act some hours later."""
    for contact in range(1, n + 1):
        yield event(contact, 20, "deal.moved", stage="offer")
        yield event(contact, 20 + lag, act, source, **properties)


ACTS = [
    ("tag.added", {"tag": "hot", "by": "bob"}, Update(add_tags=("hot",))),
    ("list.joined", {"list": "vip", "by": "bob"}, Update(join_lists=("vip",))),
    ("note.added", {"text": "Offer out"}, AddNote(text="Offer out")),
    ("task.done", {"title": "Send the contract"}, Task(title="Send the contract", type="todo")),
    ("message.written", {"template": "Our offer"}, Send(template="our-offer")),
    ("deal.moved", {"stage": "waiting", "by": "bob"}, Deal(stage="waiting")),
    ("journey.requested", {"journey": "care", "by": "hand"}, StartJourney(journey="care")),
    ("attributes.set", {"plan": "pro", "seats": 5}, Update(set={"plan": "pro", "seats": 5})),
]


@pytest.mark.parametrize(("act", "properties", "action"), ACTS)
def test_an_act_that_follows_a_stage_is_drafted(lake, act, properties, action):
    lake.keep(offers(act=act, **properties))
    (found,) = [one for one in suggestions(lake, NOW) if one.kind == act]
    assert found.journey.triggers == (OnEvent("deal.moved", found.journey.triggers[0].where),)
    assert found.journey.triggers[0].where[0].value == "offer"
    assert found.journey.steps["wait"] == Wait(Duration(7200), then="act")
    assert found.journey.steps["act"] == action
    assert (found.times, found.people, found.follows, found.foretells) == (8, 8, 1, 1)


def test_the_draft_can_be_published(lake):
    lake.keep(offers(act="message.written", template="Our offer"))
    (found,) = suggestions(lake, NOW)
    documents, findings = review({"draft.yaml": found.documents.encode()})
    assert len(documents) == 2
    assert not findings


def test_hours_are_reckoned_by_how_long_one_takes(lake):
    lake.keep(offers(n=9, tag="hot", by="bob"))
    (found,) = suggestions(lake, NOW, days=30, minutes={"tag.added": 20})
    assert found.hours == pytest.approx(9 / 30 * DAYS_PER_MONTH * 20 / 60)


def test_the_cause_is_what_foretells_it_not_what_happens_anyway(lake):
    """Everybody's price was asked for often; that a form was sent tells more."""
    for contact in range(1, 9):
        asked = [
            event(contact, hours, "quote.viewed") for hours in (1, 5, 30, 60, 90, 200, 300)
        ]
        lake.keep([*asked, event(contact, 29, "form.submitted", form="callback"), event(contact, 29.1, "tag.added", tag="asked", by="bob")])  # fmt: skip
    (found,) = suggestions(lake, NOW)
    assert (found.cause, found.detail) == ("form.submitted", "callback")
    assert set(found.journey.steps) == {"act"}, "six minutes are no wait"


def test_a_segment_can_be_the_cause(lake):
    notes = {c: [Note("segment.entered", "eager", at_ms=START_MS)] for c in range(1, 9)}
    lake.keep([event(c, 1, "tag.added", tag="hot", by="bob") for c in notes], notes)
    (found,) = suggestions(lake, NOW)
    assert found.journey.triggers == (OnSegment("eager"),)


@pytest.mark.parametrize(
    "history",
    [
        list(offers(n=TIMES_MIN - 1, tag="hot", by="bob")),
        list(offers(tag="hot")),
        list(offers(act="task.done", title="Call", task="t1")),
        list(offers(act="attributes.set", source="derived", plan="pro")),
        list(offers(act="journey.requested", journey="care", by="api")),
        list(offers(lag=60, tag="hot", by="bob")),
    ],
    ids=["seldom", "by a rule", "of a journey", "by a step", "by a machine", "much later"],
)
def test_what_is_no_habit_of_people_is_not_suggested(lake, history):
    lake.keep(history)
    assert not suggestions(lake, NOW)


def test_what_a_journey_does_already_is_not_suggested(lake):
    lake.keep(offers(tag="hot", by="bob"))
    (found,) = suggestions(lake, NOW)
    assert not suggestions(lake, NOW, [found.journey])
    assert suggestions(lake, NOW + timedelta(days=100)) == []
