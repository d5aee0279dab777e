"""Who opened and clicked is counted once for each mail, in the segments of the moment of sending."""

from hypothesis import given, strategies as st

from company import ANN, DAN, START_S, event, rules
from engine.test_merge import People
from ripely.engine.reactions import REACTIONS_MAX, SEGMENTS_TOLD_MAX
from ripely.engine.step import fold, new_profile
from ripely.model.action import Send
from ripely.model.acts import Did
from ripely.model.effect import SendMessage
from ripely.model.event import Event
from ripely.model.ids import JourneyId, SegmentId, StepId, TemplateId
from ripely.model.journey import Journey
from ripely.model.note import Note
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

RULES = rules()


def told(
    number: int, name: str, message: str = "m1", contact: int = ANN, **said: object
) -> Event:
    about = {"message": message, "template": "news", "segments": ["hot", "near"]}
    return event(number, contact, name, START_S + number, **about, **said)


def noted(*events: Event, before: tuple[Event, ...] = ()) -> list[tuple[str, str, str, int]]:
    profile = fold(RULES, new_profile(ANN, START_S), before).profile
    notes: list[Note] = fold(RULES, profile, events).notes
    return [
        (n.kind, n.subject, n.reason, n.value) for n in notes if n.kind.startswith("message.")
    ]


def test_a_person_counts_once_for_one_mail() -> None:
    assert noted(
        told(1, "email.sent"),
        told(2, "email.opened", by="human"),
        told(3, "email.opened", by="human"),
        told(4, "email.clicked", by="human", url="https://shop.example/a"),
        told(5, "email.clicked", by="human", url="https://shop.example/b"),
        told(6, "email.opened", "m2", by="human"),
    ) == [
        ("message.sent", "news", "hot,near", 0),
        ("message.opened", "news", "hot,near", 0),
        ("message.clicked", "news", "hot,near", 0),
        ("message.opened", "news", "hot,near", 0),
    ]


def test_people_and_machines_count_apart() -> None:
    opened = [
        told(n, "email.opened", by=by)
        for n, by in enumerate(("machine", "unknown", "human", "machine", "human"), 1)
    ]
    assert [by for _, _, _, by in noted(*opened, told(9, "email.opened", "m2"))] == [2, 1, 0, 1]


def test_who_is_not_followed_is_no_part_of_the_rates() -> None:
    asked = event(1, ANN, "contact.identified", START_S, tracking="aggregate")
    assert noted(told(2, "email.sent"), before=(asked,)) == []


def test_what_was_opened_is_known_within_bounds() -> None:
    mails = [told(n, "email.opened", f"m{n}", by="human") for n in range(REACTIONS_MAX + 1)]
    again = [
        told(1000 + n, "email.opened", f"m{n}", by="human") for n in range(1, REACTIONS_MAX)
    ]
    assert len(fold(RULES, new_profile(ANN, START_S), mails).profile.reactions) == REACTIONS_MAX
    assert noted(*again, before=tuple(mails)) == []


@given(st.lists(st.sampled_from([ANN, DAN])), st.integers(0, 9))
def test_a_merge_makes_nobody_count_twice(whose: list[int], merged: int) -> None:
    people = People(RULES)
    for number in range(10):
        if number == merged:
            people.tell(DAN, "contact.merged", START_S + 90, into=ANN)
        for contact in whose:
            people.take(told(100 + 10 * number, "email.opened", "m1", contact, by="human"))
    counted = [n for n in people.notes if n.kind == "message.opened"]
    assert len(counted) <= len(set(whose)) if merged else len(counted) <= 1


def test_a_mail_knows_in_which_segments_its_contact_was() -> None:
    many = [
        Segment(SegmentId(f"s{n}"), "S", Did("page.viewed"))
        for n in range(SEGMENTS_TOLD_MAX + 1)
    ]
    mail = Send(TemplateId("news"), purpose="transactional")
    journey = Journey(
        JourneyId("j"),
        "J",
        (OnEvent("order.completed"),),
        StepId("mail"),
        {StepId("mail"): mail},
    )
    life = [
        event(1, ANN, "contact.identified", START_S, email="ann@example.com"),
        event(2, ANN, "order.completed", START_S + 1),
    ]
    seen = event(3, ANN, "page.viewed", START_S, url="https://shop.example/", path="/")

    def segments(*definitions: Segment) -> list[str]:
        after = fold(rules(*definitions, journey), new_profile(ANN, START_S), [seen, *life])
        (message,) = [e for e in after.effects if isinstance(e, SendMessage)]
        return sorted(message.segments)

    never = Segment(SegmentId("never"), "Never", Did("call.answered"))
    assert segments(many[0], never, many[1]) == ["s0", "s1"]
    assert len(segments(*many)) == SEGMENTS_TOLD_MAX
