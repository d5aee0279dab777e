"""What strangers send neither grows without end, nor changes what anything else means."""

import msgspec
import pytest

from company import ANN, START_S, event, rules
from engine.test_merge import People
from ripely.engine.handover import SENT_MAX
from ripely.engine.keeping import FACTS_LENGTH_MAX, JOURNEYS_BYTES_MAX
from ripely.engine.limits import (
    ATTRIBUTES_MAX,
    ENROLLMENTS_MAX,
    NAME_MAX,
    PURPOSES_MAX,
    TAGS_MAX,
    TEXT_MAX,
)
from ripely.engine.merge import UNDO_BYTES_MAX
from ripely.engine.step import ROUNDS_TOLD_MAX, fold, new_profile
from ripely.model.action import Update, Webhook
from ripely.model.acts import Did, Where
from ripely.model.condition import ScoreIs
from ripely.model.duration import Duration
from ripely.model.ids import ContactId, JourneyId, ScoreId, SegmentId, StepId
from ripely.model.journey import Journey, Wait
from ripely.model.score import PointsFor, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnDate, OnEvent


def folded(*told, definitions=()):
    return fold(rules(*definitions), new_profile(ANN, START_S), told).profile


def test_names_of_facts_are_few_and_short() -> None:
    long = "x" * (NAME_MAX + 1)
    told = [
        event(1, ANN, "contact.identified", START_S, **{long: 1, "plan": "pro"}),
        event(2, ANN, "contact.identified", START_S, **{f"a{n}": n for n in range(300)}),
        *(event(10 + n, ANN, "tag.added", START_S, tag=f"t{n}") for n in range(300)),
        *(event(400 + n, ANN, "consent.granted", START_S, purpose=f"p{n}") for n in range(99)),
        event(3, ANN, "tag.added", START_S, tag=long),
        event(4, ANN, "consent.granted", START_S, purpose=long),
        event(5, ANN, "consent.withdrawn", START_S, purpose="p0"),
        event(6, ANN, "page.viewed", START_S, category=long, path=f"/{long}"),
    ]
    profile = folded(*told)
    assert profile.attributes["plan"] == "pro"
    assert len(profile.attributes) == ATTRIBUTES_MAX
    assert len(profile.tags) == TAGS_MAX
    assert len(profile.consents) == PURPOSES_MAX
    assert not profile.consents["p0"].granted
    known = [*profile.attributes, *profile.tags, *profile.consents, *profile.interests]
    assert max(map(len, known)) <= NAME_MAX


@pytest.mark.parametrize("first", [1, 1.0, True, "1", "true"])
def test_what_one_visitor_sends_changes_nothing_for_the_next(first) -> None:
    """Reactions are remembered by value, and a dict takes 1 for true."""
    reward = PointsFor("bought", 5, where=(Where("vip", "equals", True),))
    compiled = rules(Score(ScoreId("s"), "S", events=(reward,)))

    def points(vip) -> int:
        told = [event(1, ANN, "bought", START_S, vip=vip)]
        return fold(compiled, new_profile(ANN, START_S), told).profile.scores.get("s", 0)

    before = points(first)
    assert points(True) == 5
    assert points(1) == 0
    assert points(first) == before


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00"])
def test_a_date_at_the_edge_of_the_calendar_does_no_harm(day) -> None:
    steps = {StepId("s"): Update(set={"seen": True})}
    for offset in (-400, 0, 400):
        for yearly in (True, False):
            trigger = OnDate("birthday", offset_days=offset, yearly=yearly)
            journey = Journey(JourneyId("j"), "J", (trigger,), StepId("s"), steps)
            told = event(
                1, ANN, "contact.identified", START_S, birthday=day, timezone="Etc/GMT+12"
            )
            assert folded(told, definitions=(journey,)).attributes["birthday"] == day


@pytest.mark.parametrize(
    "op", ["equals", "contains", "matches", "at_least", "contains_words", "in"]
)
@pytest.mark.parametrize(
    "value", [[1, [2]], {"a": {}}, 1e308, -(2**63), 2**63, "x" * 30_000, None]
)
def test_any_value_can_be_asked_about(op, value) -> None:
    wanted = ("a",) if op == "in" else "a"
    when = Did("bought", where=(Where("p", op, wanted),), at_least=1)
    segment = Segment(SegmentId("s"), "S", when)
    assert folded(event(1, ANN, "bought", START_S, p=value), definitions=(segment,))


def test_changes_that_bring_each_other_about_end_and_say_so() -> None:
    """Who comes into the segment loses the points for it, and gets them back for leaving."""
    cold = SegmentId("cold")
    definitions = (
        Segment(cold, "Cold", ScoreIs(ScoreId("s"), at_most=0)),
        Score(
            ScoreId("s"),
            "S",
            events=(
                PointsFor("segment.entered", 10),
                PointsFor("segment.left", -10),
                PointsFor("page.viewed", -1),
            ),
        ),
    )
    ruleset = rules(*definitions)
    told = [event(1, ANN, "page.viewed", START_S), event(2, ANN, "page.viewed", START_S + 1)]
    after = fold(ruleset, new_profile(ANN, START_S), told)
    ended = [note for note in after.notes if note.kind == "event.ignored"]
    assert {note.reason for note in ended} == {"changes bring each other about without end"}
    assert len(after.events) < 3 * ROUNDS_TOLD_MAX
    kept = ScoreIs(ScoreId("s"), at_most=0)
    assert (cold in after.profile.segments) == (after.profile.scores["s"] <= kept.at_most)


def test_messages_known_through_merges_are_bounded() -> None:
    """The latest stay: those are what guards ask for."""
    told = [
        event(
            number,
            ANN,
            "contact.absorbed",
            START_S,
            **{
                "from": number,
                "facts": {"sent": [[number * SENT_MAX + n, "email", "", "ads", 5] for n in range(SENT_MAX)]},
            },
        )
        for number in (1, 2)
    ]  # fmt: skip
    sent = folded(*told).sent
    assert [one.at_s for one in sent] == [2 * SENT_MAX + n for n in range(SENT_MAX)]


def size(profile) -> int:
    return len(msgspec.msgpack.encode(profile))


def test_what_journeys_keep_of_events_is_bounded_together() -> None:
    steps = {StepId("s"): Wait(Duration(86_400))}
    journeys = [
        Journey(JourneyId(f"j{n}"), "J", (OnEvent("order.completed"),), StepId("s"), steps)
        for n in range(ENROLLMENTS_MAX)
    ]
    items = [{"sku": f"{n:04}", "name": "x" * 40} for n in range(300)]
    order = event(1, ANN, "order.completed", START_S, order_id="o7", items=items, total=5)
    after = fold(rules(*journeys), new_profile(ANN, START_S), [order])
    entries = [place.entry for place in after.profile.enrollments]
    assert len(entries) == ENROLLMENTS_MAX
    assert entries[0] == order.properties
    assert entries[-1] == {"order_id": "o7", "total": 5}
    assert "journeys keep too much to keep items too" in [n.reason for n in after.notes]
    assert size(after.profile) < 2 * JOURNEYS_BYTES_MAX


def test_what_steps_keep_of_answers_is_bounded_together() -> None:
    steps = {
        StepId("ask"): Webhook("https://x.example/", keep=True, then=StepId("s")),
        StepId("s"): Wait(Duration(86_400)),
    }
    journeys = [
        Journey(JourneyId(f"j{n}"), "J", (OnEvent("order.completed"),), StepId("ask"), steps)
        for n in range(ENROLLMENTS_MAX)
    ]
    told = fold(
        rules(*journeys), new_profile(ANN, START_S), [event(1, ANN, "order.completed", START_S)]
    )
    answers = [
        event(
            10 + n,
            ANN,
            "webhook.answered",
            START_S + 1,
            call=call.id,
            answer={"a": "x" * 3_000},
        )
        for n, call in enumerate(told.effects)
    ]
    profile = fold(rules(*journeys), told.profile, answers).profile
    kept = [place.data[StepId("ask")] for place in profile.enrollments]
    assert len(kept) == ENROLLMENTS_MAX
    assert kept[0]["a"] == "x" * 3_000
    assert kept[-1]["not_kept"] == "journeys keep too much already"
    assert size(profile) < 2 * JOURNEYS_BYTES_MAX


def test_long_facts_are_bounded_together_and_short_ones_are_known_in_any_case() -> None:
    long = {f"long{n}": "x" * TEXT_MAX for n in range(ATTRIBUTES_MAX - 1)}
    profile = folded(
        event(1, ANN, "contact.identified", START_S, **long),
        event(2, ANN, "contact.identified", START_S, plan="pro", long0="y" * TEXT_MAX),
    )
    assert profile.attributes["plan"] == "pro"
    assert profile.attributes["long0"] == "y" * TEXT_MAX
    assert sum(map(len, profile.attributes.values())) <= FACTS_LENGTH_MAX + len("pro")


def test_what_is_kept_to_undo_merges_is_bounded_and_so_are_facts_that_come_by_them() -> None:
    people = People(rules())
    for number in range(10):
        part = ContactId(1000 + number)
        long = {f"f{number}.{n}": "x" * TEXT_MAX for n in range(20)}
        people.tell(part, "contact.identified", START_S, **long)
        people.tell(part, "contact.merged", START_S + 10 + number, into=ANN)
    ann = people.profiles[ANN]
    assert sum(map(len, ann.attributes.values())) <= FACTS_LENGTH_MAX
    assert size(ann) < 2 * FACTS_LENGTH_MAX + UNDO_BYTES_MAX
