"""Journeys, messages and counters of two contacts that are one person."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given, strategies as st

from company import ANN, BOB, CAROL, DAN, DEFINITIONS, INTEREST, START_S, event, rules
from engine.test_laws import acts
from engine.test_merge import People
from ripely.engine.handover import GIVEN_MAX, UNDO_MAX
from ripely.engine.limits import ATTRIBUTES_MAX, TAGS_MAX
from ripely.engine.merge import PARTS_MAX
from ripely.engine.step import fold, new_profile
from ripely.model.action import Send, Update
from ripely.model.acts import Did
from ripely.model.condition import AttributeIs, HasTag
from ripely.model.duration import Duration
from ripely.model.effect import EmitEvent, ForgetContact, SendMessage
from ripely.model.event import DERIVED, timer_fired
from ripely.model.ids import ContactId, JourneyId, SegmentId, StepId, TemplateId
from ripely.model.journey import Await, Goal, Journey, Wait
from ripely.model.score import PointsFor, PointsWhile, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnDate, OnEvent, OnScore, OnSegment
from ripely.ports import Change, Story
from ripely.runtime.tally import tally

ONE, TWO = StepId("one"), StepId("two")
CART = JourneyId("cart")
MAIL = Send(TemplateId("cart"), purpose="transactional")
REMIND = {ONE: Wait(Duration(3600), TWO), TWO: MAIL}


def cart(steps=REMIND, **more) -> Journey:
    return Journey(CART, "Cart", (OnEvent("product.added"),), ONE, steps, **more)


def merged_in_the_middle(*definitions, hers=()) -> People:
    """Dan filled a cart without a name; half an hour later he turns out to be Ann."""
    told = People(rules(*definitions))
    told.tell(ANN, "contact.identified", START_S - 20_000, email="ann@example.com")
    for name, at_s in hers:
        told.tell(ANN, name, at_s)
    told.tell(DAN, "product.added", START_S)
    told.tell(DAN, "contact.merged", START_S + 1800, into=ANN)
    return told


def messages(told: People) -> list[tuple[ContactId, int]]:
    sent = [e for e in told.effects if isinstance(e, SendMessage)]
    return [(e.contact, e.decided_ms // 1000) for e in sent]


def test_a_journey_goes_on_where_the_absorbed_contact_was() -> None:
    told = merged_in_the_middle(cart())
    assert told.profiles[DAN].enrollments == []
    assert told.profiles[DAN].due_s == 0
    assert told.profiles[ANN].due_s == START_S + 3600
    told.take(timer_fired(ANN, START_S + 3600))
    assert messages(told) == [(ANN, START_S + 3600)]


def test_of_two_places_in_one_journey_the_winners_own_stays() -> None:
    told = merged_in_the_middle(cart(), hers=[("product.added", START_S - 60)])
    (enrollment,) = told.profiles[ANN].enrollments
    assert enrollment.entered_s == START_S - 60
    told.take(timer_fired(ANN, START_S + 3600))
    assert messages(told) == [(ANN, START_S + 3540)]


def test_what_is_once_in_a_life_is_once_for_both() -> None:
    told = merged_in_the_middle(cart(), hers=[("product.added", START_S - 9_000)])
    assert len(messages(told)) == 1
    assert told.profiles[ANN].enrollments == []
    told = merged_in_the_middle(cart())
    told.tell(ANN, "email.opened", START_S + 9_000)
    told.tell(ANN, "product.added", START_S + 9_001)
    told.tell(ANN, "email.opened", START_S + 99_000)
    assert len(messages(told)) == 1


def test_whoever_may_come_again_takes_the_place_over() -> None:
    told = merged_in_the_middle(
        cart(reentry="always"), hers=[("product.added", START_S - 9_000)]
    )
    told.tell(ANN, "email.opened", START_S + 9_000)
    assert messages(told) == [(ANN, START_S - 5400), (ANN, START_S + 3600)]


def test_a_goal_that_the_winner_has_reached_ends_it_at_once() -> None:
    goal = Goal(Did("order.completed", within=Duration(7200)))
    told = merged_in_the_middle(cart(goal=goal), hers=[("order.completed", START_S - 60)])
    assert told.profiles[ANN].enrollments == []
    assert [n.at_ms for n in told.notes if n.kind == "journey.goal"] == [
        (START_S + 1800) * 1000
    ]


def test_what_is_awaited_and_known_of_the_winner_need_not_be_waited_for() -> None:
    steps = {ONE: Await(HasTag("vip"), Duration(3600), then=TWO), TWO: MAIL}
    told = People(rules(cart(steps)))
    told.tell(ANN, "tag.added", START_S - 9, tag="vip")
    told.tell(DAN, "product.added", START_S)
    told.tell(DAN, "contact.merged", START_S + 1800, into=ANN)
    assert messages(told) == [(ANN, START_S + 1800)]


def test_a_score_that_both_make_together_reaches_its_value_and_says_why() -> None:
    score = Score(
        INTEREST,
        "Interest",
        (PointsFor("x", 6),),
        (PointsWhile(AttributeIs("role", value="owner"), 1),),
    )
    step = Update(add_tags=("ripe",))
    ripe = Journey(JourneyId("r"), "R", (OnScore(INTEREST, 12),), ONE, {ONE: step})
    told = People(rules(score, ripe))
    for who in (ANN, DAN):
        told.tell(who, "x", START_S)
    told.tell(DAN, "contact.identified", START_S, role="owner")
    told.tell(DAN, "contact.merged", START_S + 1, into=ANN)
    ann = told.profiles[ANN]
    assert (ann.scores, ann.tags) == ({INTEREST: 13}, ["ripe"])
    changes = [n.reason for n in told.notes if n.kind == "score.changed"]
    assert changes[-2:] == ["+6 known of the absorbed contact", "+1 a fact"]
    told.tell(ANN, "contact.unmerged", START_S + 2, **{"from": DAN})
    assert told.profiles[ANN].scores == {INTEREST: 6}


def test_points_that_are_given_once_are_not_given_again_to_the_two() -> None:
    told = People(rules(Score(INTEREST, "I", (PointsFor("signup.completed", 50, at_most=1),))))
    told.tell(DAN, "signup.completed", START_S)
    told.tell(DAN, "contact.merged", START_S + 1, into=ANN)
    told.tell(ANN, "signup.completed", START_S + 2)
    assert told.profiles[ANN].scores == {INTEREST: 50}


def test_a_repeat_of_what_was_told_to_the_loser_counts_once() -> None:
    """The sender tries again, and by now the identity leads to the winner."""
    told = People()
    first = event(900, DAN, "order.completed", START_S)
    told.take(first)
    told.tell(DAN, "contact.merged", START_S + 1, into=ANN)
    third = event(901, DAN, "order.completed", START_S + 2)
    told.take(third)  # Forwarded.
    for again in (first, third):
        told.take(msgspec.structs.replace(again, contact=ANN))
    orders = [e for e in told.told if e.contact == ANN and e.name == "order.completed"]
    assert [e.id for e in orders] == [third.id]
    (moments,) = [m for m in told.profiles[ANN].counts.values() if len(m) == 2]
    assert moments == [START_S, START_S + 2]


def test_what_is_passed_on_keeps_its_moment_its_source_and_its_id() -> None:
    told = People()
    told.tell(DAN, "contact.merged", START_S, into=ANN)
    late = event(900, DAN, "order.completed", START_S + 50, late_s=40, total=5)
    told.take(msgspec.structs.replace(late, source="website"))
    (passed,) = [e for e in told.told if e.contact == ANN and e.name == "order.completed"]
    assert (passed.id, passed.source, passed.occurred_s) == (late.id, "website", START_S + 10)
    assert passed.properties == {"total": 5}


@pytest.mark.parametrize(
    ("hers_s", "his_s", "left"), [(10, 20, False), (20, 10, True), (20, 20, True)]
)
def test_the_later_word_on_consent_holds_and_comes_back_apart(hers_s, his_s, left) -> None:
    told = People()
    told.tell(ANN, "consent.granted", START_S + hers_s)
    told.tell(DAN, "consent.withdrawn", START_S + his_s)
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    assert told.profiles[ANN].consents["marketing"].granted == left
    told.tell(ANN, "contact.unmerged", START_S + 40, **{"from": DAN})
    assert told.profiles[ANN].consents["marketing"].granted
    assert not told.profiles[DAN].consents["marketing"].granted


def test_no_history_is_lost_however_many_devices_a_person_had() -> None:
    told = People()
    for number in range(3 * UNDO_MAX):
        device = ContactId(1000 + number)
        told.tell(device, "order.completed", START_S + 10 * number)
        told.tell(device, "contact.identified", START_S + 10 * number, **{f"f{number}": 1})
        told.tell(device, "contact.merged", START_S + 10 * number + 5, into=ANN)
    ann = told.profiles[ANN]
    assert ann.scores[INTEREST] == 2 * 3 * UNDO_MAX
    assert sum(1 for taken in ann.absorbed.values() if taken) == UNDO_MAX
    told.tell(ANN, "contact.unmerged", START_S + 10_000, **{"from": ContactId(1000)})
    assert told.profiles[ContactId(1000)].merged_into == ANN
    assert max(len(moments) for moments in ann.counts.values()) >= 3 * UNDO_MAX
    assert len(ann.attributes) == 3 * UNDO_MAX


def test_what_is_taken_in_has_its_limits() -> None:
    told = People()
    for device in range(5):
        for number in range(100):
            names = {f"f{device}/{number}": 1}
            told.tell(ContactId(device + 1), "contact.identified", START_S, **names)
            told.tell(ContactId(device + 1), "tag.added", START_S, tag=f"t{device}/{number}")
        told.tell(ContactId(device + 1), "contact.merged", START_S + 5, into=ANN)
    ann = told.profiles[ANN]
    assert (len(ann.attributes), len(ann.tags)) == (ATTRIBUTES_MAX, TAGS_MAX)


def test_points_given_to_any_number_of_devices_are_known_of_the_latest() -> None:
    """Somebody can be a new device as often as they like."""
    rule = PointsFor("page.viewed", 1, at_most=1_000)
    told = People(rules(Score(INTEREST, "Interest", events=(rule,))))
    told.tell(ANN, "contact.identified", START_S, email="ann@example.com")
    for number in range(5):
        device = ContactId(1_000 + number)
        for view in range(600):
            told.tell(device, "page.viewed", START_S + 10_000 * number + 30 * view)
        told.tell(device, "contact.merged", START_S + 10_000 * number + 30_000, into=ANN)
    (moments,) = told.profiles[ANN].score_limits.values()
    assert len(moments) == GIVEN_MAX
    assert moments[-1] == START_S + 40_000 + 30 * 599


def test_counts_of_many_devices_are_bounded() -> None:
    """One moment is asked for; with what can still be given back that makes seventeen."""
    told = People(rules(Segment(SegmentId("s"), "S", Did("x"))))
    for device in range(1, 40):
        told.tell(ContactId(device), "x", START_S + device)
        told.tell(ContactId(device), "contact.merged", START_S + device, into=ANN)
    (moments,) = told.profiles[ANN].counts.values()
    assert moments == [START_S + n for n in range(23, 40)]


def test_places_in_journeys_are_bounded_for_two_as_well() -> None:
    wait = {ONE: Wait(Duration(3600))}
    hers = [Journey(JourneyId(f"h{n}"), "J", (OnEvent("x"),), ONE, wait) for n in range(60)]
    his = [Journey(JourneyId(f"d{n}"), "J", (OnEvent("y"),), ONE, wait) for n in range(60)]
    told = People(rules(*hers, *his))
    told.tell(ANN, "x", START_S)
    told.tell(DAN, "y", START_S)
    told.tell(DAN, "contact.merged", START_S + 1, into=ANN)
    assert len(told.profiles[ANN].enrollments) == 100


def test_the_later_entry_of_the_two_counts_for_coming_again() -> None:
    again = cart({ONE: MAIL}, reentry_after=Duration(100))
    told = People(rules(again))
    told.tell(DAN, "product.added", START_S)
    told.tell(ANN, "product.added", START_S + 60)
    told.tell(DAN, "contact.merged", START_S + 70, into=ANN)
    told.tell(ANN, "product.added", START_S + 120)
    assert len(messages(told)) == 2
    told.tell(ANN, "product.added", START_S + 160)
    assert len(messages(told)) == 3


def test_the_winner_is_as_old_as_the_older_of_the_two_and_forgets_what_it_gives_back() -> None:
    seen = Segment(SegmentId("s"), "S", Did("x", within=Duration(3600)))
    told = People(rules(seen))
    told.tell(DAN, "x", START_S - 50)
    told.tell(ANN, "y", START_S)
    told.tell(DAN, "contact.merged", START_S + 1, into=ANN)
    assert told.profiles[ANN].created_s == START_S - 50
    assert told.profiles[ANN].due_s == START_S + 3550
    told.tell(ANN, "contact.unmerged", START_S + 2, **{"from": DAN})
    assert (told.profiles[ANN].due_s, told.profiles[ANN].segments) == (0, {})
    assert told.profiles[DAN].due_s == START_S + 3550


def test_after_an_undone_merge_dates_and_segments_are_as_they_were_and_begin_nothing() -> None:
    day = Journey(JourneyId("d"), "D", (OnDate("day"),), ONE, {ONE: Update(add_tags=("day",))})
    vips = Segment(SegmentId("vips"), "Vips", HasTag("vip"))
    joined = Journey(
        JourneyId("v"),
        "V",
        (OnSegment(vips.id),),
        ONE,
        {ONE: Update(add_points={INTEREST: 1})},
        reentry="always",
    )
    told = People(rules(day, vips, joined))
    told.tell(DAN, "contact.identified", START_S, day="2030-02-01")
    told.tell(DAN, "tag.added", START_S, tag="vip")
    due_s = told.profiles[DAN].due_s
    told.tell(DAN, "contact.merged", START_S + 30, into=ANN)
    assert (told.profiles[DAN].due_s, told.profiles[ANN].due_s) == (0, due_s)
    told.tell(ANN, "contact.unmerged", START_S + 60, **{"from": DAN})
    dan = told.profiles[DAN]
    assert (dan.due_s, list(dan.segments), dan.scores) == (due_s, ["vips"], {INTEREST: 1})
    assert told.profiles[ANN].due_s == 0


def test_nothing_begins_for_who_has_just_ended() -> None:
    gone = Journey(JourneyId("g"), "G", (OnEvent("contact.merged"),), ONE, REMIND)
    lapsing = Segment(SegmentId("s"), "S", Did("contact.merged", within=Duration(60)))
    told = People(rules(gone, lapsing))
    told.tell(DAN, "contact.merged", START_S, into=ANN)
    told.take(timer_fired(DAN, START_S + 60))
    dan = told.profiles[DAN]
    assert (dan.enrollments, dan.segments, dan.due_s) == ([], {}, 0)


def test_merges_in_a_circle_come_to_rest() -> None:
    told = People()
    told.tell(BOB, "contact.merged", START_S, into=ANN)
    told.tell(ANN, "contact.merged", START_S + 1, into=BOB)
    assert told.profiles[ANN].merged_into is None
    for who, into in ((CAROL, DAN), (DAN, CAROL)):  # Both before either heard of the other.
        absorbed = event(who % 997, who, "contact.merged", START_S, into=into)
        told.profiles[who] = fold(told.rules, new_profile(who, START_S), [absorbed]).profile
    told.tell(CAROL, "order.completed", START_S + 5)
    orders = [e.contact for e in told.told if e.name == "order.completed"]
    assert orders == [CAROL, DAN]


PEOPLE = (ANN, BOB, CAROL)
lives = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.one_of(acts, st.sampled_from(["merge", "unmerge"]).map(lambda n: (n, {}))),
        st.integers(0, 2500),
    ),
    max_size=30,
)


def lived(happened) -> People:
    """Whoever is merged goes into the next of the three; the one that goes on never comes back to it."""
    told, at_s = People(), START_S
    for who, (name, properties), gap_s in happened:
        at_s += gap_s
        profile = told.profiles.get(who)
        if name == "merge":
            other = PEOPLE[(PEOPLE.index(who) + 1) % 3]
            told.tell(who, "contact.merged", at_s, into=other)
        elif name == "unmerge":
            for loser in list(profile.absorbed) if profile else ():
                told.tell(who, "contact.unmerged", at_s, **{"from": loser})
        else:
            told.tell(who, name, at_s, **properties)
    return told


@given(lives)
def test_counters_tell_where_people_are_through_any_merges(happened) -> None:
    told = lived(happened)
    story = Story([], told.notes)
    counted = tally([Change(new_profile(ANN, 0), 1, story, [], None, None)])
    segments, steps, journeys = Counter(), Counter(), Counter()
    for profile in told.profiles.values():
        segments.update(list(profile.segments))
        steps.update((e.journey, e.step) for e in profile.enrollments)
        journeys.update(e.journey for e in profile.enrollments)
    for definition in DEFINITIONS:
        if isinstance(definition, Segment):
            now = counted.get(("segment", definition.id, "now"), 0)
            assert now == segments[definition.id], definition.id
        if isinstance(definition, Journey):
            ways = [
                counted.get(("journey", definition.id, way), 0)
                for way in ("entered", "exited", "goal")
            ]
            assert ways[0] - ways[1] - ways[2] == journeys[definition.id]
            for step in definition.steps:
                inside = counted.get(("step", definition.id, f"{step}:inside"), 0)
                assert inside == steps[definition.id, step], (definition.id, step)


@given(lives)
def test_every_point_is_explained_through_any_merges(happened) -> None:
    told = lived(happened)
    noted = sum(int(n.reason.split()[0]) for n in told.notes if n.kind == "score.changed")
    assert noted == sum(p.scores.get(INTEREST, 0) for p in told.profiles.values())


@given(lives)
def test_no_message_is_decided_twice_through_any_merges(happened) -> None:
    told = lived(happened)
    sent = [e for e in told.effects if not isinstance(e, EmitEvent)]
    assert len({e.id for e in sent}) == len(sent)


@given(lives)
def test_live_equals_replay_through_any_merges(happened) -> None:
    told = lived(happened)
    for who, profile in told.profiles.items():
        first, *rest = [e for e in told.told if e.contact == who and e.source != DERIVED]
        replayed = fold(told.rules, new_profile(who, first.occurred_s), [first, *rest])
        assert msgspec.msgpack.encode(replayed.profile) == msgspec.msgpack.encode(profile)


def test_who_is_erased_is_forgotten_in_every_part() -> None:
    told = People()
    for number in range(2 * UNDO_MAX):
        phone, device = ContactId(1000 + number), ContactId(2000 + number)
        for part in (phone, device):
            told.tell(part, "contact.identified", START_S, email=f"{part}@example.com")
            told.tell(part, "email.bounced", START_S, reason=f"{part}@example.com is unknown")
        told.tell(phone, "contact.merged", START_S + 5, into=device)
        told.tell(device, "contact.merged", START_S + 10 + number, into=ANN)
    told.tell(ContactId(1000), "contact.erased", START_S + 100)  # Said of any of them.
    parts = [profile for contact, profile in told.profiles.items() if contact != ANN]
    assert len(parts) == 4 * UNDO_MAX
    for profile in parts:
        assert profile.merged_into is not None
        assert b"example.com" not in msgspec.msgpack.encode(profile)
    assert told.profiles[ANN].attributes == {}
    forgotten = {e.contact for e in told.effects if isinstance(e, ForgetContact)}
    assert forgotten == told.profiles.keys()


def test_a_part_that_lives_again_is_not_forgotten_with_the_other() -> None:
    told = People()
    told.tell(DAN, "contact.identified", START_S, city="Lviv")
    told.tell(DAN, "contact.merged", START_S + 5, into=ANN)
    told.tell(ANN, "contact.unmerged", START_S + 10, **{"from": DAN})
    told.tell(ANN, "contact.erased", START_S + 20)
    told.tell(DAN, "contact.cleared", START_S + 30, **{"from": ANN})
    assert told.profiles[DAN].attributes == {"city": "Lviv"}


def test_more_parts_than_are_known_are_forgotten_before() -> None:
    told = People()
    for number in range(PARTS_MAX + 1):
        part = ContactId(1000 + number)
        told.tell(part, "contact.identified", START_S, city=f"City {number}")
        told.tell(part, "contact.merged", START_S + 5 + number, into=ANN)
    assert len(told.profiles[ANN].absorbed) == PARTS_MAX
    assert told.profiles[ContactId(1000)].attributes == {}
    assert told.profiles[ContactId(1001)].attributes == {"city": "City 1"}
