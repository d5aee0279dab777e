"""Scores in time: points that fade or end, bounds, and the very second at which a value is passed."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import example, given, strategies as st

from company import ANN, INTEREST, START_S, event, rules
from ripely.compiler.scoring import CHANGES_MAX
from ripely.engine.decay import next_change, passes
from ripely.engine.limits import SCORE_MAX
from ripely.engine.scores import GRANTS_MAX
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Task
from ripely.model.condition import (
    AttributeIs,
    Condition,
    ScoreLevel,
    ScoreTrend,
    TopScore,
)
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, ScoreId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.profile import Decaying
from ripely.model.score import Level, PointsFor, PointsWhile, Score
from ripely.model.segment import Segment
from ripely.model.transition import Transition
from ripely.model.trigger import OnScore, Trigger

DAY_S = 86_400
HALF_LIFE = Duration(30 * DAY_S)
ONE = StepId("one")
HOT = SegmentId("hot")
LEVELS = (Level("cold", 0), Level("warm", 20), Level("ripe", 40))


def fading(**more: object) -> Score:
    return Score(INTEREST, "I", (PointsFor("liked", 40),), half_life=HALF_LIFE, **more)


def called(trigger: Trigger) -> Journey:
    return Journey(
        JourneyId("call"), "Call", (trigger,), ONE, {ONE: Task("C")}, reentry="always"
    )


def told(
    definitions: Sequence[Definition], *names: str, until_s: int = 0, gap_s: int = 1
) -> Transition:
    events = [event(n, ANN, name, START_S + gap_s * n) for n, name in enumerate(names)]
    return live(
        rules(*definitions), new_profile(ANN, START_S), events, START_S + until_s or None
    )


def packed(after: Transition) -> bytes:
    return msgspec.msgpack.encode(after.profile)


def entered_at(after: Transition) -> list[int]:
    return [n.at_ms // 1000 - START_S for n in after.notes if n.kind == "journey.entered"]


def changes(after: Transition, kind: str = "score.changed") -> list[tuple[str, int]]:
    return [(n.reason, n.value) for n in after.notes if n.kind == kind]


@pytest.mark.parametrize(("halves", "points"), [(0, 40), (1, 20), (2, 10), (3, 5), (40, 0)])
def test_points_lose_half_of_their_worth_in_each_half_life(halves, points) -> None:
    after = told([fading()], "liked", until_s=halves * HALF_LIFE)
    assert after.profile.points(INTEREST, START_S + halves * HALF_LIFE) == points
    assert after.profile.scores[INTEREST] == points


def test_a_level_that_fading_leaves_is_left_in_the_very_second() -> None:
    hot = Segment(HOT, "Hot", ScoreLevel(INTEREST, ("warm", "ripe")))
    after = told([fading(levels=LEVELS), hot], "liked", until_s=2 * HALF_LIFE)
    (left,) = [n for n in after.notes if n.kind == "segment.left"]
    left_s = left.at_ms // 1000
    kept = Decaying(40, START_S, HALF_LIFE)
    assert (kept.value(left_s - 1), kept.value(left_s)) == (20, 19)


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        ((40,), 40),
        ((20, 20), 40),  # The second passes the value, which fading takes back before long.
        ((20, 30, -9), 40),
        ((1002, -1), 1000),
        ((-1010, 2), -1000),  # What rises by itself comes up the sooner for it.
        ((-1010, 8), -1000),
        ((-20, 1030), 1000),
    ],
)
def test_a_value_is_passed_in_the_very_second_whatever_led_there(steps, value) -> None:
    each = tuple(PointsFor(f"did{n}", points) for n, points in enumerate(steps))
    score = Score(INTEREST, "I", each, half_life=HALF_LIFE)
    turned = {"falls_below": value} if value > 0 else {"reaches": value}
    call = called(OnScore(INTEREST, **turned))
    names = [f"did{n}" for n in range(len(steps))]
    after = told([score, call], *names, until_s=5 * DAY_S)
    kept = told([score, call], *names).profile
    entered_s = START_S + entered_at(after)[-1]
    before, at = (kept.points(INTEREST, at_s) >= value for at_s in (entered_s - 1, entered_s))
    assert (before, at) == (value > 0, value < 0)
    assert entered_s >= START_S + len(steps)


def test_a_score_falls_below_a_value_by_time_alone() -> None:
    call = called(OnScore(INTEREST, falls_below=20))
    after = told([fading(), call], "liked", until_s=3 * HALF_LIFE)
    kept = Decaying(40, START_S, HALF_LIFE)
    (at_s,) = entered_at(after)
    assert (kept.value(START_S + at_s - 1), kept.value(START_S + at_s)) == (20, 19)


def test_whoever_is_born_below_has_not_fallen() -> None:
    score = Score(INTEREST, "I", (PointsFor("liked", 5), PointsFor("hated", -5)))
    call = called(OnScore(INTEREST, falls_below=10))
    assert entered_at(told([score, call], "liked", "hated")) == []
    assert entered_at(told([score, call], "liked", "liked", "hated", "liked", "hated")) == [
        2,
        4,
    ]


@given(
    st.floats(-5000, 5000).filter(lambda p: abs(p) > 0.01),
    st.integers(3600, 400 * DAY_S),
    st.integers(-60, 60),
    st.integers(-40, 40),
    st.integers(0, 2000 * DAY_S),
)
@example(40.0, HALF_LIFE, 0, 20, 0)
@example(0.5, 3600, 0, 1, 0)
def test_the_second_at_which_a_value_is_passed_is_the_first(
    points, half_life, lasting, value, later_s
) -> None:
    kept = Decaying(points, START_S, half_life, lasting)
    now_s = START_S + later_s
    at_s = passes(kept, value, now_s)
    now = kept.value(now_s) >= value
    if at_s:
        assert at_s > now_s
        assert (kept.value(at_s - 1) >= value) == now
        assert (kept.value(at_s) >= value) != now
    else:
        assert (kept.value(now_s + 100 * half_life) >= value) == now


@given(st.floats(-500, 500), st.integers(3600, 400 * DAY_S))
def test_between_two_changes_a_fading_score_stands_still(points, half_life) -> None:
    kept, at_s = Decaying(points, START_S, half_life), START_S
    while next_s := next_change(kept, at_s):
        assert kept.value(next_s - 1) == kept.value(at_s) != kept.value(next_s)
        at_s = next_s
    assert kept.value(at_s) == kept.value(at_s + 100 * half_life)


@pytest.mark.parametrize(("points", "value"), [(1, 1), (-1, 0)])
def test_the_last_point_fades_too(points, value) -> None:
    kept = Decaying(points, START_S, half_life=HALF_LIFE)
    assert passes(kept, value, START_S) == next_change(kept, START_S) == START_S + HALF_LIFE
    assert next_change(kept, START_S + HALF_LIFE) == 0


def test_points_of_facts_do_not_fade() -> None:
    score = fading(facts=(PointsWhile(AttributeIs("role", value="owner"), 100),))
    events = [
        event(1, ANN, "contact.identified", START_S, role="owner"),
        event(2, ANN, "liked", START_S),
    ]
    after = live(rules(score), new_profile(ANN, START_S), events, START_S + HALF_LIFE)
    assert after.profile.scores[INTEREST] == 120
    gone = event(3, ANN, "contact.identified", START_S + HALF_LIFE, role="clerk")
    assert fold(rules(score), after.profile, [gone]).profile.scores[INTEREST] == 20


@pytest.mark.parametrize("how", [{}, {"times": "stars"}, {"once": True}])
def test_what_comes_late_has_faded_already(how) -> None:
    score = Score(INTEREST, "I", (PointsFor("liked", 40, **how),), half_life=HALF_LIFE)
    late = event(1, ANN, "liked", START_S + HALF_LIFE, late_s=HALF_LIFE, stars=1)
    after = fold(rules(score), new_profile(ANN, START_S), [late])
    assert after.profile.scores[INTEREST] == 20


@given(
    st.lists(st.tuples(st.integers(0, 20 * DAY_S), st.integers(0, 10 * DAY_S)), max_size=8),
    st.integers(0, 8),
    st.integers(0, 90 * DAY_S),
)
def test_batch_boundaries_and_looks_do_not_matter_to_what_fades_and_ends(
    happened, cut, rest_s
) -> None:
    score = Score(
        INTEREST,
        "I",
        (PointsFor("a", 7), PointsFor("b", 9, expires=Duration(9 * DAY_S))),
        half_life=HALF_LIFE,
        levels=LEVELS,
    )
    compiled, at_s, events = rules(score, called(OnScore(INTEREST, falls_below=9))), START_S, []
    for number, (gap_s, late_s) in enumerate(happened):
        at_s += gap_s
        events.append(event(number, ANN, "ab"[number % 2], at_s, late_s=late_s))
    last = event(99, ANN, "x", at_s + rest_s)
    whole = fold(compiled, new_profile(ANN, START_S), [*events, last])
    first = fold(compiled, new_profile(ANN, START_S), events[:cut])
    second = fold(compiled, first.profile, [*events[cut:], last])
    lived = live(compiled, new_profile(ANN, START_S), [*events, last])
    assert whole.notes == first.notes + second.notes == lived.notes
    assert packed(whole) == packed(second) == packed(lived)


@given(st.permutations(range(6)))
def test_the_order_in_which_events_come_to_us_does_not_matter_to_what_fades(order) -> None:
    score = Score(
        INTEREST,
        "I",
        (PointsFor("a", 7), PointsFor("b", 9, expires=Duration(40 * DAY_S))),
        half_life=HALF_LIFE,
    )
    now_s = START_S + 30 * DAY_S
    events = [event(n, ANN, "ab"[n % 2], now_s, late_s=n * 5 * DAY_S + 7) for n in order]
    after = fold(rules(score), new_profile(ANN, START_S), events).profile
    exact = sum(7 * 0.5 ** ((n * 5 * DAY_S + 7) / HALF_LIFE) for n in (0, 2, 4))
    assert after.decaying[INTEREST].left(now_s) == pytest.approx(exact, abs=1e-5)
    assert after.decaying[INTEREST].lasting == 27


def test_points_end_in_the_very_second_and_say_so() -> None:
    score = Score(INTEREST, "I", (PointsFor("liked", 10, expires=Duration(DAY_S)),))
    call = called(OnScore(INTEREST, falls_below=10))
    after = told([score, call], "liked", "liked", until_s=3 * DAY_S)
    assert changes(after) == [
        ("+10 liked", 10),
        ("+10 liked", 20),
        ("-10 has ended", 10),
        ("-10 has ended", 0),
    ]
    assert entered_at(after) == [DAY_S + 1]
    assert (after.profile.grants, after.profile.due_s) == ({}, 0)


def test_of_more_moments_than_are_kept_none_loses_its_points_and_none_ends_early() -> None:
    score = Score(INTEREST, "I", (PointsFor("liked", 10, expires=Duration(DAY_S)),))
    often = ["liked"] * (GRANTS_MAX + 5)
    kept = told([score], *often, until_s=DAY_S - 1).profile
    assert kept.scores[INTEREST] == 10 * len(often)
    assert len(kept.grants[INTEREST]) == GRANTS_MAX
    after = told([score], *often, until_s=DAY_S + 5)
    assert after.profile.scores[INTEREST] == 10 * (len(often) - 6)
    assert told([score], *often, until_s=2 * DAY_S).profile.scores[INTEREST] == 0


def test_points_that_ended_before_they_came_are_not_given() -> None:
    score = Score(INTEREST, "I", (PointsFor("liked", 10, expires=Duration(DAY_S)),))
    late = event(1, ANN, "liked", START_S + 2 * DAY_S, late_s=DAY_S)
    after = fold(rules(score), new_profile(ANN, START_S), [late])
    assert after.profile.scores == {}
    assert [n.kind for n in after.notes] == ["event.ignored"]


def test_a_limit_that_is_just_reached_has_refused_nothing() -> None:
    acts = (PointsFor("liked", 25), PointsFor("hated", -50))
    score = Score(INTEREST, "I", acts, least=0, most=50)
    after = told([score], "liked", "liked", "hated")
    assert changes(after) == [("+25 liked", 25), ("+25 liked", 50), ("-50 hated", 0)]


@pytest.mark.parametrize("points", [SCORE_MAX, -SCORE_MAX])
@pytest.mark.parametrize("half_life", [None, HALF_LIFE])
def test_no_score_grows_without_end(points, half_life) -> None:
    score = Score(INTEREST, "I", (PointsFor("did", points),), half_life=half_life)
    assert told([score], "did").profile.scores == {INTEREST: points}
    assert told([score], "did", "did").profile.scores == {INTEREST: points}


def test_a_limit_takes_no_more_and_says_what_it_refused() -> None:
    score = Score(
        INTEREST, "I", (PointsFor("liked", 40), PointsFor("hated", -30)), least=0, most=50
    )
    after = told([score], "liked", "liked", "hated", "hated", "hated", "liked")
    assert changes(after) == [
        ("+40 liked", 40),
        ("+10 liked, of +40: it is at most 50", 50),
        ("-30 hated", 20),
        ("-20 hated, of -30: it is at least 0", 0),
        ("+0 hated, of -30: it is at least 0", 0),
        ("+40 liked", 40),
    ]


@pytest.mark.parametrize(
    ("owner", "liked", "bounds", "comes_to"),
    [
        (30, 40, {"most": 50}, 50),
        (-30, 40, {"most": 50}, 10),
        (-30, -40, {"least": -50}, -50),
        (30, -40, {"least": -50}, -10),
        (30, -40, {"least": 0}, 0),
        (50, 1, {"most": 50}, 50),
        (-50, -1, {"least": -50}, -50),
    ],
)
def test_a_limit_counts_points_that_stay_and_points_that_fade(
    owner, liked, bounds, comes_to
) -> None:
    facts = (PointsWhile(AttributeIs("role", value="owner"), owner),)
    acts = (PointsFor("liked", liked),)
    score = Score(INTEREST, "I", acts, facts, half_life=HALF_LIFE, **bounds)
    events = [
        event(1, ANN, "contact.identified", START_S, role="owner"),
        event(2, ANN, "liked", START_S + 1),
    ]
    after = fold(rules(score), new_profile(ANN, START_S), events)
    assert after.profile.scores[INTEREST] == comes_to


def test_a_fact_above_the_limit_takes_back_only_what_it_gave() -> None:
    owner = PointsWhile(AttributeIs("role", value="owner"), 30)
    score = Score(INTEREST, "I", (PointsFor("liked", 40),), (owner,), most=50)
    roles = ("owner", "clerk")
    events = [event(1, ANN, "liked", START_S)]
    events += [event(n, ANN, "contact.identified", START_S + n, role=r) for n, r in enumerate(roles, 2)]  # fmt: skip
    after = fold(rules(score), new_profile(ANN, START_S), events)
    assert [value for _, value in changes(after)] == [40, 50, 40]


def test_the_notes_of_a_score_add_up_to_it_whatever_fades_and_ends() -> None:
    score = Score(
        INTEREST,
        "I",
        (PointsFor("a", 7), PointsFor("b", 90, expires=Duration(9 * DAY_S))),
        half_life=HALF_LIFE,
        most=80,
    )
    after = told([score], *"abaabba", until_s=50 * DAY_S, gap_s=DAY_S)
    given_ = [int(reason.split()[0]) for reason, _ in changes(after)]
    assert sum(given_) == after.profile.scores[INTEREST] == changes(after)[-1][1]


def in_hot(condition: Condition, *more: Definition, names: str, until_s: int = 0) -> list[int]:
    """Return when Ann entered, or left, the segment of those for whom a condition holds."""
    after = told([Segment(HOT, "H", condition), *more], *names, until_s=until_s, gap_s=DAY_S)
    return [n.at_ms // 1000 - START_S for n in after.notes if n.kind.startswith("segment.")]


SCORES = (
    Score(ScoreId("men"), "M", (PointsFor("m", 10),)),
    Score(ScoreId("women"), "W", (PointsFor("w", 20),), half_life=Duration(10 * DAY_S)),
)


def test_the_highest_score_leads_and_fading_of_another_makes_it_the_highest() -> None:
    men = ScoreId("men")
    assert in_hot(TopScore(men), *SCORES, names="mm") == [0]
    assert in_hot(TopScore(men, lead=15), *SCORES, names="mm") == [DAY_S]
    assert in_hot(TopScore(men), *SCORES, names="mwm") == [0, DAY_S, 2 * DAY_S]
    (_, _, again_s) = in_hot(TopScore(men), *SCORES, names="mw", until_s=40 * DAY_S)
    kept = Decaying(20, START_S + DAY_S, 10 * DAY_S)
    assert (kept.value(START_S + again_s - 1), kept.value(START_S + again_s)) == (10, 9)


def test_a_score_becomes_the_highest_and_begins_a_journey() -> None:
    call = called(OnScore(ScoreId("men"), highest=True))
    assert entered_at(told([*SCORES, call], *"mwmm", gap_s=DAY_S)) == [0, 2 * DAY_S]


def test_a_trend_is_what_the_last_days_have_changed() -> None:
    score = Score(INTEREST, "I", (PointsFor("a", 10), PointsFor("b", -10)))
    rise = ScoreTrend(INTEREST, Duration(3 * DAY_S), at_least=20)
    assert in_hot(rise, score, names="aaxx", until_s=9 * DAY_S) == [DAY_S, 3 * DAY_S]
    fall = ScoreTrend(INTEREST, Duration(3 * DAY_S), at_most=-10)
    assert in_hot(fall, score, names="ab", until_s=9 * DAY_S) == [3 * DAY_S, 4 * DAY_S]


def test_of_the_changes_for_a_trend_as_many_are_kept_as_there_is_room_for() -> None:
    rise = Segment(HOT, "H", ScoreTrend(INTEREST, Duration(30 * DAY_S), at_least=1))
    score = Score(INTEREST, "I", (PointsFor("a", 1),))
    profile = told([score, rise], *["a"] * (CHANGES_MAX + 20)).profile
    (series,) = profile.series.values()
    assert len(series.values) == len(series.moments) == CHANGES_MAX


def test_what_fades_is_a_fall_too() -> None:
    fall = ScoreTrend(INTEREST, Duration(30 * DAY_S), at_most=-15)
    (entered_s, *_) = in_hot(fall, fading(), names=("liked",), until_s=90 * DAY_S)
    assert 30 * DAY_S <= entered_s <= 33 * DAY_S
