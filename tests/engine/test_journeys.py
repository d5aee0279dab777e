"""What the interpreter of journeys promises beyond the laws."""

import pytest

from company import ANN, INTEREST, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.engine.walk import TooManyStepsError
from ripely.model.action import Send, Update
from ripely.model.acts import Did
from ripely.model.condition import HasTag
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, ScoreId, StepId, TemplateId
from ripely.model.journey import Arm, Await, Goal, Journey, Split, Wait, WaitUntil
from ripely.model.score import PointsFor, Score
from ripely.model.trigger import OnCondition, OnDate, OnEvent, OnScore

ONE, TWO = StepId("one"), StepId("two")
DAY_S = 86_400


def tagged(*names: str) -> Update:
    return Update(add_tags=names)


def journey(trigger, steps, **more) -> Journey:
    return Journey(JourneyId("j"), "J", (trigger,), ONE, steps, **more)


def test_an_imported_past_is_known_but_begins_nothing() -> None:
    compiled = rules(
        Score(INTEREST, "Interest", (PointsFor("order.completed", 50),)),
        journey(OnScore(INTEREST, 30), {ONE: tagged("ripe")}),
    )
    past = event(1, ANN, "order.completed", START_S, late_s=30 * DAY_S)
    after = fold(compiled, new_profile(ANN, START_S), [past])
    assert after.profile.scores[ScoreId("interest")] == 50
    assert after.profile.tags == []
    assert [n.reason for n in after.notes if n.kind == "journey.refused"] == [
        "score interest reached 30, told 4w 2d late"
    ]


def test_what_is_told_just_a_day_late_still_begins() -> None:
    compiled = rules(journey(OnEvent("x"), {ONE: tagged("in")}))
    for late_s, tags in ((DAY_S, ["in"]), (DAY_S + 1, [])):
        told = [event(1, ANN, "x", START_S, late_s=late_s)]
        assert fold(compiled, new_profile(ANN, START_S), told).profile.tags == tags


def test_a_goal_ends_a_journey_in_the_middle_of_a_wait() -> None:
    compiled = rules(
        journey(
            OnEvent("product.added"),
            {ONE: Wait(Duration(DAY_S), TWO), TWO: tagged("reminded")},
            goal=Goal(Did("order.completed", within=Duration(DAY_S))),
        )
    )
    told = [
        event(1, ANN, "product.added", START_S),
        event(2, ANN, "order.completed", START_S + 60),
    ]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + 2 * DAY_S)
    assert after.profile.tags == []
    (left,) = [n for n in after.notes if n.kind == "journey.goal"]
    assert left.at_ms == (START_S + 60) * 1000


def test_an_awaited_silence_comes_by_time_alone() -> None:
    """ "Until not seen for an hour": no event says so, and it is noticed to the second."""
    from ripely.model.condition import Not

    silent = Not(Did("page.viewed", within=Duration(3600)))
    compiled = rules(
        journey(
            OnEvent("page.viewed"),
            {ONE: Await(silent, Duration(DAY_S), then=TWO), TWO: tagged("silent")},
        )
    )
    told = [event(n, ANN, "page.viewed", START_S + 600 * n) for n in range(3)]
    almost = live(compiled, new_profile(ANN, START_S), told, START_S + 1200 + 3599)
    assert almost.profile.tags == []
    there = live(compiled, new_profile(ANN, START_S), told, START_S + 1200 + 3600)
    assert there.profile.tags == ["silent"]


def test_a_split_sticks_and_follows_its_weights() -> None:
    arms = (Arm("a", 3, StepId("a")), Arm("b", 1, StepId("b")))
    compiled = rules(
        journey(
            OnEvent("visit.asked"),
            {ONE: Split(arms), StepId("a"): tagged("a"), StepId("b"): tagged("b")},
            reentry="always",
        )
    )
    ways: dict[str, int] = {"a": 0, "b": 0}
    for number in range(2_000):
        told = [event(n, number, "visit.asked", START_S + n) for n in (1, 2)]
        (way,) = fold(compiled, new_profile(number, START_S), told).profile.tags
        ways[way] += 1
    assert abs(ways["a"] - 1_500) < 100


def test_a_yearly_date_comes_each_year_in_the_contacts_zone() -> None:
    compiled = rules(
        journey(
            OnDate("birthday", at="09:00", yearly=True),
            {ONE: Update(add_points={INTEREST: 1})},
            reentry="always",
        )
    )
    facts = {"birthday": "1990-01-02", "timezone": "Asia/Tokyo"}
    told = [event(1, ANN, "contact.identified", START_S, **facts)]
    nine_in_tokyo = START_S + 15 * 3600  # START_S is 09:00 in UTC on 1 January.
    before = live(compiled, new_profile(ANN, START_S), told, nine_in_tokyo - 1)
    assert before.profile.scores == {}
    for years in (1, 2, 3):
        until_s = nine_in_tokyo + 366 * DAY_S * (years - 1)
        after = live(compiled, new_profile(ANN, START_S), told, until_s)
        assert after.profile.scores == {INTEREST: years}


def test_the_nth_occasion_triggers_once() -> None:
    compiled = rules(
        journey(
            OnEvent("order.completed", nth=3),
            {ONE: Update(add_points={INTEREST: 1})},
            reentry="always",
        )
    )
    told = [event(n, ANN, "order.completed", START_S + n) for n in range(6)]
    assert fold(compiled, new_profile(ANN, START_S), told).profile.scores == {INTEREST: 1}


def test_one_event_lets_in_once_however_many_triggers_it_meets() -> None:
    twice = Journey(
        JourneyId("j"),
        "J",
        (OnEvent("order.completed"), OnScore(INTEREST, 5)),
        ONE,
        {ONE: Send(TemplateId("thanks"), purpose="transactional")},
        reentry="always",
    )
    score = Score(INTEREST, "Interest", (PointsFor("order.completed", 5),))
    told = [event(n, ANN, "order.completed", START_S + n) for n in (1, 2)]
    after = fold(rules(twice, score), new_profile(ANN, START_S), told)
    assert len({effect.id for effect in after.effects}) == len(after.effects) == 2


def test_journeys_that_trigger_each_other_come_to_rest() -> None:
    def turned(name: str, add: str, remove: str, trigger: str) -> Journey:
        step = Update(add_tags=(add,), remove_tags=(remove,))
        when = OnCondition(HasTag(trigger))
        return Journey(JourneyId(name), name, (when,), ONE, {ONE: step}, reentry="always")

    compiled = rules(
        turned("a", "right", "left", "left"), turned("b", "left", "right", "right")
    )
    told = [event(1, ANN, "tag.added", START_S, tag="left")]
    after = fold(compiled, new_profile(ANN, START_S), told)
    entered = [n.subject for n in after.notes if n.kind == "journey.entered"]
    assert entered == ["a", "b"]


@pytest.mark.parametrize(("again_after_s", "times"), [(0, 3), (60, 3), (61, 2), (200, 1)])
def test_who_may_come_again_comes_after_the_least_distance(again_after_s, times) -> None:
    add = Update(add_points={INTEREST: 1})
    again = journey(OnEvent("x"), {ONE: add}, reentry_after=Duration(again_after_s))
    if not again_after_s:
        again = journey(OnEvent("x"), {ONE: add}, reentry="always")
    told = [event(n, ANN, "x", START_S + 60 * n) for n in range(3)]
    after = fold(rules(again), new_profile(ANN, START_S), told)
    assert after.profile.scores == {INTEREST: times}


def test_who_is_inside_is_not_let_in_again() -> None:
    wait = {ONE: Wait(Duration(90), TWO), TWO: Update(add_points={INTEREST: 1})}
    compiled = rules(journey(OnEvent("x"), wait, reentry="always"))
    told = [
        event(n, ANN, "x", START_S + 60 * n) for n in range(3)
    ]  # Out at 90, in again at 120.
    after = live(compiled, new_profile(ANN, START_S), told, START_S + DAY_S)
    assert after.profile.scores == {INTEREST: 2}


def test_whoever_has_reached_the_goal_already_is_not_let_in() -> None:
    compiled = rules(
        journey(OnEvent("product.added"), {ONE: tagged("asked")}, goal=Goal(HasTag("buyer")))
    )
    told = [
        event(1, ANN, "tag.added", START_S, tag="buyer"),
        event(2, ANN, "product.added", START_S + 1),
        event(3, ANN, "tag.removed", START_S + 2, tag="buyer"),
    ]
    after = fold(compiled, new_profile(ANN, START_S), told)
    (note,) = [n for n in after.notes if n.kind.startswith("journey")]
    assert (note.kind, note.reason) == ("journey.refused", "its goal is reached already: goal")
    again = event(4, ANN, "product.added", START_S + 3)
    assert fold(compiled, after.profile, [again]).profile.tags == ["asked"]


def test_a_goal_comes_before_what_is_awaited_and_before_the_time_out() -> None:
    compiled = rules(
        journey(
            OnEvent("product.added"),
            {
                ONE: Await(Did("order.completed"), Duration(60), TWO, TWO),
                TWO: tagged("went on"),
            },
            goal=Goal(Did("order.completed")),
        )
    )
    told = [
        event(1, ANN, "product.added", START_S),
        event(2, ANN, "order.completed", START_S + 30),
    ]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + DAY_S)
    assert after.profile.tags == []


def test_a_date_lets_in_once_even_who_may_come_always() -> None:
    compiled = rules(
        journey(
            OnDate("ends", at="10:00"),
            {ONE: Update(add_points={INTEREST: 1})},
            reentry="always",
        )
    )
    told = [event(1, ANN, "contact.identified", START_S, ends="2030-01-01")]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + DAY_S)
    assert after.profile.scores == {INTEREST: 1}


@pytest.mark.parametrize("at", ["00:00", "23:59"])
@pytest.mark.parametrize("yearly", [True, False])
@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
@pytest.mark.parametrize("value", ["9999-12-31", "0001-01-01"])
def test_a_date_at_the_end_of_the_calendar_stops_nobody(value, zone, days, yearly, at) -> None:
    trigger = OnDate("ends", at=at, offset_days=days, yearly=yearly)
    compiled = rules(journey(trigger, {ONE: tagged("over")}))
    told = [event(1, ANN, "contact.identified", START_S, ends=value, timezone=zone)]
    after = fold(compiled, new_profile(ANN, START_S), told)
    assert after.profile.tags == []


def test_a_new_zone_moves_a_date_but_not_a_wait_that_has_begun() -> None:
    compiled = rules(
        journey(OnDate("ends", at="12:00"), {ONE: tagged("over")}),
        Journey(
            JourneyId("noon"),
            "Noon",
            (OnEvent("x"),),
            ONE,
            {ONE: WaitUntil("12:00", then=TWO), TWO: tagged("noon")},
        ),
    )
    told = [
        event(1, ANN, "contact.identified", START_S, ends="2030-01-02"),
        event(2, ANN, "x", START_S + 1),
        event(3, ANN, "contact.identified", START_S + 2, timezone="Asia/Tokyo"),
    ]
    profile = fold(compiled, new_profile(ANN, START_S), told).profile
    noon_s = START_S + 3 * 3600
    assert [e.due_s for e in profile.enrollments] == [noon_s]
    assert list(profile.dates.values()) == [noon_s + DAY_S - 9 * 3600]


def test_a_journey_that_goes_round_without_a_wait_is_an_error_and_not_a_wait() -> None:
    one, two = StepId("one"), StepId("two")
    steps = {one: Update(add_tags=("a",), then=two), two: Update(add_tags=("b",), then=one)}
    compiled = rules(Journey(JourneyId("j"), "J", (OnEvent("order.completed"),), one, steps))
    with pytest.raises(TooManyStepsError):
        fold(compiled, new_profile(ANN, START_S), [event(1, ANN, "order.completed", START_S)])
