"""What the interpreter of journeys promises beyond the laws."""

from company import ANN, INTEREST, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.condition import Did
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, ScoreId, StepId
from ripely.model.journey import (
    Arm,
    Await,
    Goal,
    Journey,
    OnDate,
    OnEvent,
    OnScore,
    Split,
    Update,
    Wait,
)
from ripely.model.score import PointsFor, Score

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
