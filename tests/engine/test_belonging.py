"""Lists, topics, tags, consent, calls: what is said of a contact, and the changes that are events themselves."""

import msgspec
from hypothesis import given, strategies as st

from company import ANN, START_S, event, rules
from ripely.engine.draft import Draft
from ripely.engine.facts import set_attribute, set_consent, set_list, set_tag, set_topic
from ripely.engine.limits import ITEMS_MAX, LISTS_MAX, NAME_MAX, TEXT_MAX, TOPICS_MAX
from ripely.engine.step import fold, new_profile
from ripely.model.action import AddNote
from ripely.model.condition import HasTag, InList
from ripely.model.definition import Definition
from ripely.model.event import Event
from ripely.model.ids import JourneyId, ListId, RulesetId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.profile import Profile
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

CHANGES = (
    "attribute.changed", "owner.changed", "tag.added", "tag.removed", "list.joined", "list.left",
    "topic.joined", "topic.left", "consent.granted", "consent.withdrawn", "segment.entered",
    "segment.left", "call.allowed", "call.forbidden", "lifecycle.changed",
)  # fmt: skip
VIP = Segment(SegmentId("vip"), "VIP", HasTag("vip"))
LISTENING: tuple[Definition, ...] = (
    VIP,
    *(
        Journey(JourneyId(f"j{n}"), name, (OnEvent(name),), StepId("note"), {StepId("note"): AddNote(name)}, reentry="always")
        for n, name in enumerate(CHANGES)
    ),
)  # fmt: skip
RULES = rules(*LISTENING)


def told(*events: Event, profile: Profile | None = None) -> list[tuple[str, dict[str, object]]]:
    """Return the changes that were made events, or came as such."""
    after = fold(RULES, profile or new_profile(ANN, START_S), events)
    return [(one.name, one.properties) for one in after.events if one.name in CHANGES]


def known(*events: Event) -> Profile:
    return fold(RULES, new_profile(ANN, START_S), events).profile


def test_every_change_is_an_event_to_who_listens() -> None:
    names = event(1, ANN, "contact.identified", START_S, email="a@b.c", plan="pro", owner="bob")
    assert told(names) == [
        ("attribute.changed", {"name": "email", "from": None, "to": "a@b.c"}),
        ("attribute.changed", {"name": "plan", "from": None, "to": "pro"}),
        ("attribute.changed", {"name": "owner", "from": None, "to": "bob"}),
        ("owner.changed", {"from": None, "to": "bob"}),
        ("lifecycle.changed", {"from": "visitor", "to": "potential_lead"}),
    ]
    again = event(
        2, ANN, "contact.identified", START_S + 1, email="a@b.c", plan=["pro", "plus"]
    )
    assert told(again, profile=known(names)) == [
        ("attribute.changed", {"name": "plan", "from": "pro", "to": ["pro", "plus"]})
    ]
    assert told(event(2, ANN, "email.unsubscribed", START_S)) == [("consent.withdrawn", {"purpose": "marketing"})]  # fmt: skip


def test_what_an_event_says_itself_is_not_told_again() -> None:
    said = [
        ("tag.added", {"tag": "vip"}), ("tag.removed", {"tag": "vip"}), ("list.joined", {"list": "news"}),
        ("list.left", {"list": "news"}), ("topic.joined", {"topic": "bikes"}), ("topic.left", {"topic": "bikes"}),
        ("consent.granted", {"purpose": "news"}), ("consent.withdrawn", {"purpose": "news"}),
        ("call.forbidden", {"reason": "asked"}), ("call.allowed", {}), ("lifecycle.changed", {"to": "lead"}),
    ]  # fmt: skip
    events = [event(n, ANN, name, START_S + n, **what) for n, (name, what) in enumerate(said)]
    segments = [("segment.entered", {"segment": "vip"}), ("segment.left", {"segment": "vip"})]
    assert told(*events) == [said[0], segments[0], said[1], segments[1], *said[2:]]


def test_who_does_not_listen_is_told_nothing() -> None:
    names = event(1, ANN, "contact.identified", START_S, email="a@b.c", owner="bob")
    after = fold(
        rules(VIP),
        new_profile(ANN, START_S),
        [names, event(2, ANN, "tag.added", START_S, tag="vip")],
    )
    assert [one.name for one in after.events] == ["contact.identified", "tag.added"]
    assert after.profile.segments == {"vip": START_S}


def test_on_a_list_and_off_it() -> None:
    on = on_list("news")
    joined = fold(
        rules(on),
        new_profile(ANN, START_S),
        [event(1, ANN, "list.joined", START_S, list="news")],
    )
    assert joined.profile.lists == {"news": START_S}
    assert joined.profile.segments == {"on": START_S}
    left = fold(
        rules(on), joined.profile, [event(2, ANN, "list.left", START_S + 1, list="news")]
    )
    assert (left.profile.lists, left.profile.segments) == ({}, {})


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 500)), min_size=1, max_size=8))
def test_the_latest_word_on_a_topic_holds_however_late_others_come(words) -> None:
    events = [
        event(n, ANN, "topic.joined" if yes else "topic.left", START_S + 1000, late_s=1000 - at, topic="bikes")
        for n, (yes, at) in enumerate(words)
    ]  # fmt: skip
    latest_s = max(at for _, at in words)
    assert (
        known(*events).topics["bikes"].granted
        == [yes for yes, at in words if at == latest_s][-1]
    )


def test_calls_are_forbidden_and_allowed_again() -> None:
    forbidden = event(1, ANN, "call.forbidden", START_S, reason="asked not to be")
    assert known(forbidden).suppressed == {"call": "asked not to be"}
    assert known(forbidden, event(2, ANN, "call.allowed", START_S + 1)).suppressed == {}


def test_a_channel_that_bounced_is_suppressed() -> None:
    assert known(event(1, ANN, "sms.bounced", START_S, reason="no such number")).suppressed == {
        "sms": "no such number"
    }
    assert not known(event(1, ANN, "sms.unsubscribed", START_S)).consents["marketing"].granted


def test_several_options_are_kept_and_bounded() -> None:
    many = [{"not": "kept"}, None, *range(ITEMS_MAX), "too many"]
    profile = known(
        event(1, ANN, "contact.identified", START_S, likes=["tea", "bread", True, 2.5]),
        event(
            2,
            ANN,
            "attributes.set",
            START_S,
            numbers=many,
            long=["x" * 9_999],
            text="x" * 9_999,
        ),
        event(3, ANN, "company.joined", START_S, company_id="c9", fields=["retail"]),
    )
    assert profile.attributes == {
        "likes": ["tea", "bread", True, 2.5], "numbers": [*range(ITEMS_MAX)], "long": ["x" * NAME_MAX],
        "text": "x" * TEXT_MAX, "company_id": "c9", "company_fields": ["retail"],
    }  # fmt: skip


def test_the_same_again_changes_nothing() -> None:
    first = event(1, ANN, "contact.identified", START_S, likes=["tea"], text="x" * 9_999)
    again = event(2, ANN, "contact.identified", START_S + 1, likes=["tea"], text="x" * 9_999)
    assert told(again, profile=known(first)) == []


def test_what_can_be_known_has_bounds() -> None:
    draft = Draft(RULES, new_profile(ANN, START_S))
    draft.begin(event(1, ANN, "x", START_S))
    for n in range(TOPICS_MAX + LISTS_MAX):
        set_list(draft, ListId(str(n)), present=True)
        set_topic(draft, str(n), granted=True)
    set_list(draft, ListId("x" * (NAME_MAX + 1)), present=True)
    assert (len(draft.profile.lists), len(draft.profile.topics)) == (LISTS_MAX, TOPICS_MAX)
    set_topic(draft, "0", granted=False)
    assert not draft.profile.topics["0"].granted, "what is known can change"


def test_a_journey_says_what_it_changes() -> None:
    """Made from inside, in the middle of an event of the same name that says something else."""
    draft = Draft(RULES, new_profile(ANN, START_S))
    draft.begin(event(1, ANN, "tag.added", START_S, tag="other"))
    set_tag(draft, "vip", present=True)
    set_topic(draft, "bikes", granted=False)
    set_consent(draft, "news", granted=True)
    set_attribute(draft, "owner", "bob")
    set_attribute(draft, "owner", None)
    assert [(one.name, one.properties) for one in draft.told] == [
        ("tag.added", {"tag": "vip"}),
        ("consent.granted", {"purpose": "news"}),
        ("attribute.changed", {"name": "owner", "from": None, "to": "bob"}),
        ("owner.changed", {"from": None, "to": "bob"}),
        ("attribute.changed", {"name": "owner", "from": "bob", "to": None}),
        ("owner.changed", {"from": "bob", "to": None}),
    ], "who never asked for a topic does not leave it"
    assert len({one.id for one in draft.told}) == len(draft.told)


def test_new_rules_tell_nothing() -> None:
    """Whoever is in a new segment from the start has not entered it, and nobody is told so."""
    before = msgspec.structs.replace(rules(on_list("other")), id=RulesetId("before"))
    tagged = fold(
        before, new_profile(ANN, START_S), [event(1, ANN, "tag.added", START_S, tag="vip")]
    )
    after = fold(RULES, tagged.profile, [event(2, ANN, "call.made", START_S + 1)])
    assert after.profile.segments == {"vip": START_S + 1}
    assert [one.name for one in after.events] == ["call.made"]


def on_list(name: str) -> Segment:
    return Segment(SegmentId("on"), "On it", InList(ListId(name)))
