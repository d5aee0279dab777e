"""Goals and experiments: what counts as a conversion, until when, and what it is worth."""

import pytest
from msgspec.structs import replace

from company import ANN, START_S, event, rules
from ripely.engine.pursuits import PURSUITS_MAX, VALUE_MAX
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Update
from ripely.model.acts import Did
from ripely.model.company import Company
from ripely.model.condition import EntryIs, HasTag, Not
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import Arm, Experiment, Goal, Journey, Wait
from ripely.model.trigger import OnEvent

ONE, TWO, THREE = (StepId(name) for name in ("one", "two", "three"))
DAY_S = 86_400
DAY = Duration(DAY_S)
HOUR = Duration(3600)
BOUGHT = Did("order.completed", since_entering="journey")
ON_X = OnEvent("x")


def journey(steps, trigger=ON_X, name="j", **more) -> Journey:
    return Journey(JourneyId(name), name, (trigger,), ONE, steps, **more)


def conversions(after, kind="journey.converted") -> list[tuple[int, str, int]]:
    return [
        (note.at_ms // 1000 - START_S, note.reason, note.value)
        for note in after.notes
        if note.kind == kind
    ]


def kinds(after) -> list[str]:
    wanted = {"journey.converted", "journey.goal", "journey.exited"}
    return [note.kind for note in after.notes if note.kind in wanted]


def lived(goal: Goal, *told, wait=HOUR, until_s=START_S + 3 * DAY_S):
    compiled = rules(journey({ONE: Wait(wait)}, goal=goal))
    return live(
        compiled, new_profile(ANN, START_S), [event(1, ANN, "x", START_S), *told], until_s
    )


def buys(at_s: int, number: int = 2, **properties):
    return event(number, ANN, "order.completed", START_S + at_s, **properties)


def test_a_goal_counts_inside_and_after_the_journey_until_its_time_is_over() -> None:
    goal = Goal(BOUGHT, within=DAY, value=9.5)
    inside, after = lived(goal, buys(60)), lived(goal, buys(DAY_S - 1))
    assert conversions(inside) == [(60, "goal", 950)]
    assert kinds(inside) == ["journey.converted", "journey.goal"]
    assert conversions(after) == [(DAY_S - 1, "goal", 950)]
    assert kinds(after) == ["journey.exited", "journey.converted"]
    late = lived(goal, buys(DAY_S))
    assert conversions(late) == []
    assert late.profile.pursuits == []


def test_without_a_time_it_counts_inside_alone() -> None:
    assert conversions(lived(Goal(BOUGHT), buys(60))) == [(60, "goal", 0)]
    assert conversions(lived(Goal(BOUGHT), buys(2 * HOUR))) == []


def test_what_is_reached_inside_too_late_ends_the_journey_and_does_not_count() -> None:
    after = lived(Goal(BOUGHT, within=HOUR), buys(2 * HOUR), wait=DAY)
    assert kinds(after) == ["journey.goal"]
    assert after.profile.goals == {"j": START_S + 2 * HOUR}


def test_one_entry_converts_once() -> None:
    after = lived(Goal(BOUGHT, within=DAY), buys(60), buys(2 * HOUR, 3))
    assert len(conversions(after)) == 1


@pytest.mark.parametrize("within", [None, DAY])
def test_a_goal_that_does_not_end_the_journey_counts_once_and_goes_on(within) -> None:
    goal = Goal(BOUGHT, within=within, ends=False)
    compiled = rules(
        journey({ONE: Wait(HOUR, TWO), TWO: Update(add_tags=("on",))}, goal=goal),
        journey({ONE: Update(add_tags=("told",))}, OnEvent("journey.goal"), "k"),
    )
    told = [event(1, ANN, "x", START_S), buys(60), buys(70, 3)]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + DAY_S)
    assert len(conversions(after)) == 1
    assert after.profile.tags == ["told", "on"]
    assert after.profile.goals == {"j": START_S + 60}


def test_a_goal_of_those_inside_is_forgotten_with_their_leaving() -> None:
    after = lived(Goal(BOUGHT, ends=False), buys(2 * HOUR))
    assert conversions(after) == []
    assert after.profile.pursuits == []


def test_time_alone_converts_to_the_second_after_the_journey_too() -> None:
    compiled = rules(
        journey(
            {ONE: Wait(Duration(60))}, OnEvent("page.viewed"),
            goal=Goal(Not(Did("page.viewed", within=HOUR)), within=DAY),
        )
    )  # fmt: skip
    told = [event(n, ANN, "page.viewed", START_S + 100 * n) for n in range(3)]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + DAY_S)
    assert conversions(after) == [(200 + HOUR, "goal", 0)]


@pytest.mark.parametrize(
    ("said", "cents"),
    [
        (12.34, 1_234), ("5", 500), (-3, -300), ("much", 700), (None, 700), ("inf", 700),
        (float("nan"), 700), (1e300, VALUE_MAX),
    ],
)  # fmt: skip
def test_a_conversion_is_worth_what_its_event_says_or_else_what_the_goal_does(
    said, cents
) -> None:
    after = lived(Goal(BOUGHT, within=DAY, value=7, value_of="total"), buys(60, total=said))
    assert conversions(after) == [(60, "goal", cents)]


@pytest.mark.parametrize(("currency", "cents"), [("UAH", 4_000), ("uah", 4_000), ("USD", 700)])
def test_conversions_in_other_currencies_are_not_added_up_as_one(currency, cents) -> None:
    company = Company("company", currency="UAH")
    goal = Goal(BOUGHT, within=DAY, value=7, value_of="total")
    compiled = rules(company, journey({ONE: Wait(HOUR)}, goal=goal))
    told = [event(1, ANN, "x", START_S), buys(60, total=40, currency=currency)]
    after = live(compiled, new_profile(ANN, START_S), told)
    assert conversions(after) == [(60, "goal", cents)]


def test_a_conversion_is_an_event_for_other_journeys() -> None:
    compiled = rules(
        journey({ONE: Wait(HOUR)}, goal=Goal(BOUGHT, "sale", within=DAY, value=10)),
        journey(
            {ONE: Wait(HOUR)}, OnEvent("journey.converted"), "k",
            filter=EntryIs("value", "at_least", 10),
        ),
    )  # fmt: skip
    told = [event(1, ANN, "x", START_S), buys(2 * HOUR)]
    after = live(compiled, new_profile(ANN, START_S), told)
    assert [e.journey for e in after.profile.enrollments] == ["k"]
    (heard,) = [e.properties for e in after.events if e.name == "journey.converted"]
    assert heard == {"journey": "j", "goal": "sale", "arm": "", "value": 10.0}


ARMS = (Arm("a", 1, TWO), Arm("b", 1, THREE))
TEST = Experiment(ARMS, Did("order.completed", since_entering="step"), DAY)


def measured(step: Experiment, contact, *told, **more):
    steps = {ONE: step, TWO: Update(add_tags=("a",)), THREE: Update(add_tags=("b",))}
    compiled = rules(journey(steps, **more))
    start = event(1, contact, "x", START_S)
    return live(compiled, new_profile(contact, START_S), [start, *told], START_S + 2 * DAY_S)


def test_an_experiment_divides_for_good_and_counts_who_meets_its_metric_in_time() -> None:
    ways = []
    for contact in range(200):
        bought = replace(buys(DAY_S - 1, 2), contact=contact)
        after = measured(TEST, contact, bought, replace(bought, id=77))
        (way,) = after.profile.tags
        ways.append(way)
        assert conversions(after, "journey.measured") == [(0, f"one: {way}", 0)]
        assert conversions(after, "journey.met") == [(DAY_S - 1, f"one: {way}", 0)]
        again = measured(TEST, contact, replace(buys(DAY_S), contact=contact))
        assert again.profile.tags == [way]
        assert conversions(again, "journey.met") == []
    assert abs(ways.count("a") - 100) < 30


def test_what_held_before_an_experiment_measures_nothing() -> None:
    metric = replace(TEST, metric=HasTag("a"))
    compiled = rules(journey({ONE: metric, TWO: Wait(HOUR), THREE: Wait(HOUR)}))
    told = [event(1, ANN, "tag.added", START_S, tag="a"), event(2, ANN, "x", START_S)]
    after = live(compiled, new_profile(ANN, START_S), told)
    assert conversions(after, "journey.measured") == []
    assert after.profile.pursuits == []


def test_once_there_is_a_winner_everybody_goes_its_way_and_nobody_is_measured() -> None:
    for contact in range(20):
        after = measured(replace(TEST, winner="b"), contact, replace(buys(60), contact=contact))
        assert after.profile.tags == ["b"]
        assert conversions(after, "journey.measured") == []


def test_what_a_way_of_an_experiment_earned_is_told() -> None:
    goal = Goal(HasTag("never"), value_of="total")
    after = measured(TEST, ANN, buys(60, total=40), goal=goal)
    (way,) = after.profile.tags
    assert conversions(after, "journey.met") == [(60, f"one: {way}", 4_000)]


def test_what_is_pursued_is_bounded_and_the_oldest_gives_way() -> None:
    goal = Goal(BOUGHT, within=Duration(300 * DAY_S))
    compiled = rules(journey({ONE: Wait(Duration(1))}, reentry="always", goal=goal))
    told = [event(n, ANN, "x", START_S + 10 * n) for n in range(PURSUITS_MAX + 5)]
    profile = live(compiled, new_profile(ANN, START_S), told).profile
    assert [p.entered_s - START_S for p in profile.pursuits] == [
        10 * n for n in range(5, PURSUITS_MAX + 5)
    ]


@pytest.mark.parametrize("name", ["j", "another"])
def test_a_goal_that_is_no_longer_published_is_pursued_no_more(name) -> None:
    before = rules(journey({ONE: Wait(Duration(1))}, goal=Goal(BOUGHT, within=DAY)))
    after = replace(rules(journey({ONE: Wait(Duration(1))}, name=name)), id="other")
    told = [event(1, ANN, "x", START_S)]
    profile = live(before, new_profile(ANN, START_S), told, START_S + 9).profile
    assert len(profile.pursuits) == 1
    assert conversions(fold(after, profile, [buys(60)])) == []
    assert profile.pursuits == []
