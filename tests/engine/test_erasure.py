"""Somebody asks to be forgotten in the middle of everything."""

from datetime import UTC, datetime

import msgspec
import pytest

from company import ANN, DAN, START_S, event, rules
from ripely.engine.erasure import begun_anew, first_profile
from ripely.engine.step import fold, new_profile
from ripely.model.action import AddNote
from ripely.model.acts import Did
from ripely.model.condition import HasConsent, Not, Reachable
from ripely.model.duration import Duration
from ripely.model.effect import EmitEvent, ForgetContact
from ripely.model.event import DERIVED, Event
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import Journey, Wait
from ripely.model.profile import Profile
from ripely.model.segment import Segment
from ripely.model.transition import Transition
from ripely.model.trigger import OnEvent, OnSegment
from ripely.runtime.effects import event_of

QUIET = Segment(SegmentId("quiet"), "Quiet", Not(Did("page.viewed", within=Duration(3_600))))
AGREED = Segment(SegmentId("agreed"), "Agreed", HasConsent())


def journey(name: str, *triggers: OnEvent | OnSegment) -> Journey:
    steps = {StepId("wait"): Wait(Duration(60), StepId("note")), StepId("note"): AddNote(name)}
    return Journey(JourneyId(name), name, triggers, StepId("wait"), steps, reentry="always")


RULES = rules(
    QUIET, AGREED, journey("viewed", OnEvent("page.viewed")), journey("sorry", OnEvent("contact.erased")),
    journey("left", OnSegment(AGREED.id, "left")), journey("quiet", OnSegment(QUIET.id)),
    journey("changed", OnEvent("consent.withdrawn")),
)  # fmt: skip
LIFE = [
    event(1, ANN, "contact.identified", START_S, email="ann@example.com", city="Kyiv"),
    event(2, ANN, "consent.granted", START_S + 1),
    event(3, ANN, "tag.added", START_S + 2, tag="vip"),
    event(4, ANN, "list.joined", START_S + 3, list="news"),
    event(5, ANN, "topic.joined", START_S + 4, topic="bikes"),
    event(6, ANN, "product.added", START_S + 5, product_id="b7"),
    event(7, ANN, "deal.opened", START_S + 6, deal="d"),
    event(
        8,
        ANN,
        "contact.absorbed",
        START_S + 7,
        **{"from": DAN, "facts": {"attributes": {"age": 30}}},
    ),
    event(9, ANN, "email.bounced", START_S + 8, reason="no such mailbox"),
    event(10, ANN, "page.viewed", START_S + 9, url="https://shop.example/", path="/"),
]
ERASED = event(11, ANN, "contact.erased", START_S + 20)


def emitted(after: Transition) -> list[tuple[int, str]]:
    return [(one.target, one.name) for one in after.effects if isinstance(one, EmitEvent)]


def lived() -> Profile:
    return fold(RULES, new_profile(ANN, START_S), LIFE).profile


def test_everything_is_forgotten_but_what_keeps_from_writing_again() -> None:
    profile = fold(RULES, lived(), [ERASED]).profile
    fresh = new_profile(ANN, START_S)
    kept = {
        "ruleset",
        "now_s",
        "seen",
        "minute",
        "suppressed",
        "consents",
        "segments",
        "lapses",
        "erased_s",
        "erased_ms",
        "absorbed",
    }
    for field in Profile.__struct_fields__:
        if field not in kept:
            assert getattr(profile, field) == getattr(fresh, field), field
    assert profile.suppressed == {"email": "contact.erased"}  # Whatever others said why.
    assert profile.absorbed == {DAN: {}}  # Who is part of whom, and nothing of what they were.
    assert not profile.consents["marketing"].granted
    assert list(profile.segments) == ["quiet"]


def test_journeys_end_at_once_and_none_begins() -> None:
    before = lived()
    assert {e.journey for e in before.enrollments} == {"viewed", "quiet"}
    after = fold(RULES, before, [ERASED])
    notes = [(n.kind, n.subject) for n in after.notes]
    assert {("journey.exited", "viewed"), ("journey.exited", "quiet")} <= set(notes)
    assert ("contact.erased", f"{ANN:016x}") in notes
    assert not [subject for kind, subject in notes if kind == "journey.entered"]
    assert after.profile.due_s == 0
    emitted, forgotten = after.effects
    assert (emitted.target, emitted.name) == (DAN, "contact.cleared")
    assert (type(forgotten), forgotten.contact) == (ForgetContact, ANN)
    assert forgotten.event == ERASED.id


def test_history_that_begins_with_the_erasure_leads_to_the_same_profile() -> None:
    back = [event(20, ANN, "page.viewed", START_S + 100, path="/"), *LIFE[:3], ERASED]
    live = fold(RULES, lived(), [*LIFE, ERASED, *back])
    (kept,) = (e.kept for e in live.effects if isinstance(e, ForgetContact))
    left = begun_anew(live.events, live.notes, ERASED.id, kept)
    assert left is not None
    events, notes = left
    assert b"Kyiv" not in msgspec.msgpack.encode(left)
    told = [one for one in events if one.source != DERIVED]
    again = fold(RULES, first_profile(events[0]), [*told, *LIFE[:3], ERASED])
    assert again.notes == notes
    assert msgspec.msgpack.encode(again.profile) == msgspec.msgpack.encode(live.profile)
    assert begun_anew(live.events, live.notes, LIFE[0].id + 1, kept) is None


def test_what_was_known_before_is_not_learned_again() -> None:
    """Somebody who was asked for it, or who merged, may answer when the contact is forgotten already."""
    seen = Segment(SegmentId("seen"), "Seen", Did("page.viewed"))
    learning = rules(seen)
    at_s = START_S + 20
    told = {"counts": {str(predicate): [START_S + 9] for predicate in learning.tracked}}
    news = event(30, ANN, "rules.changed", at_s + 50, **told)
    facts = {"from": DAN, "facts": {"attributes": {"age": 30}}}
    late = event(31, ANN, "contact.absorbed", at_s + 60, late_s=55, **facts)
    erased = fold(learning, new_profile(ANN, START_S), [*LIFE, ERASED])
    after = fold(learning, erased.profile, [news, msgspec.structs.replace(late, occurred_ms=at_s * 1000)])  # fmt: skip
    assert after.profile.segments == {}
    assert after.profile.attributes == {}
    assert [(e.target, e.name) for e in after.effects] == [
        (DAN, "contact.cleared"),
        (ANN, "contact.erased"),
    ]
    again = {"counts": {str(predicate): [at_s + 5] for predicate in learning.tracked}}
    joined = fold(
        learning, after.profile, [event(32, ANN, "rules.changed", at_s + 70, **again)]
    )
    assert list(joined.profile.segments) == ["seen"]


def test_an_old_yes_that_comes_late_does_not_undo_it() -> None:
    late = event(12, ANN, "consent.granted", START_S + 100, late_s=90)
    new = event(13, ANN, "consent.granted", START_S + 200)
    erased = fold(RULES, lived(), [ERASED, late]).profile
    assert not erased.consents["marketing"].granted
    assert fold(RULES, erased, [new]).profile.consents["marketing"].granted


def test_a_repeat_of_the_past_stays_forgotten() -> None:
    profile = fold(RULES, lived(), [ERASED, *LIFE]).profile
    assert (profile.attributes, profile.tags, profile.deals) == ({}, [], {})


def test_life_goes_on() -> None:
    back: list[Event] = [
        event(20, ANN, "page.viewed", START_S + 100, url="https://shop.example/", path="/")
    ]
    profile = fold(RULES, lived(), [ERASED, *back]).profile
    assert {e.journey for e in profile.enrollments} == {"viewed"}
    assert "quiet" not in profile.segments
    assert profile.visit.number == 1


def test_what_stays_known_is_answered_for() -> None:
    """That nobody may write to them is kept, so whoever cannot be reached is still told apart."""
    silent = Segment(SegmentId("silent"), "S", Not(Reachable("in_app", "transactional")))
    told = [event(1, ANN, "in_app.complained", START_S), ERASED]
    profile = fold(rules(silent), new_profile(ANN, START_S), told).profile
    assert list(profile.suppressed) == ["in_app"]
    assert list(profile.segments) == ["silent"]


@pytest.mark.parametrize(
    ("asked_s", "source", "is_known"),
    [
        (19, "dispatch", False), (20, "dispatch", False), (21, "dispatch", True),
        (19, "server", True),
    ],
)  # fmt: skip
def test_an_answer_to_what_was_asked_before_is_forgotten_too(asked_s, source, is_known) -> None:
    """Whoever is not the dispatcher may say what they like: their word is no answer."""
    asked_ms = (START_S + asked_s) * 1000
    said = event(
        30, ANN, "webhook.answered", START_S + 60, asked_ms=asked_ms, answer={"age": 30}
    )
    after = fold(RULES, lived(), [ERASED, msgspec.structs.replace(said, source=source)])
    assert ((ANN, "contact.erased") in emitted(after)) is not is_known
    ignored = [
        n.reason for n in after.notes if n.kind == "event.ignored" and n.value == said.id
    ]
    assert bool(ignored) is not is_known


def test_what_a_part_passes_on_is_from_before_when_it_came_before() -> None:
    """Through however many hands, and however late; what comes after is welcome."""
    part = fold(
        RULES, new_profile(DAN, START_S), [event(1, DAN, "contact.merged", START_S, into=ANN)]
    )
    for received_s, is_known in ((19, False), (20, False), (21, True)):
        view = event(40, DAN, "contact.identified", START_S + received_s, city="Lviv")
        (passed,) = fold(
            RULES, msgspec.convert(msgspec.to_builtins(part.profile), Profile), [view]
        ).effects
        assert isinstance(passed, EmitEvent)
        told = event_of(passed, datetime.fromtimestamp(START_S + 3_600, UTC))
        after = fold(RULES, lived(), [ERASED, told])
        assert (after.profile.attributes == {"city": "Lviv"}) is is_known
        assert ((ANN, "contact.erased") in emitted(after)) is not is_known


def test_a_part_that_was_forgotten_passes_nothing_on_from_before() -> None:
    cleared = event(50, DAN, "contact.cleared", START_S + 30, at_ms=(START_S + 20) * 1000)
    merged = event(1, DAN, "contact.merged", START_S, into=ANN)
    before, after = (event(n, DAN, "page.viewed", START_S + n, path="/") for n in (15, 25))
    done = fold(RULES, new_profile(DAN, START_S), [merged, cleared, before, after])
    assert emitted(done)[1:] == [(DAN, "contact.cleared"), (ANN, "page.viewed")]
