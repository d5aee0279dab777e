"""Scores: thresholds, limits, and facts that come and go."""

from hypothesis import example, given, strategies as st

from company import ANN, INTEREST, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.model.action import Task
from ripely.model.condition import AttributeIs
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import Journey
from ripely.model.score import PointsFor, PointsWhile, Score
from ripely.model.trigger import OnScore

ONE = StepId("one")


def called_at(reaches: int, reentry: str = "always") -> Journey:
    return Journey(
        JourneyId("call"),
        "Call",
        (OnScore(INTEREST, reaches),),
        ONE,
        {ONE: Task("Call")},
        reentry=reentry,
    )


def calls(score: Score, *events) -> int:
    return len(fold(rules(score, called_at(10)), new_profile(ANN, START_S), events).effects)


def test_a_value_is_reached_each_time_the_score_comes_to_it_from_below() -> None:
    score = Score(INTEREST, "Interest", (PointsFor("liked", 10), PointsFor("hated", -5)))
    names = ("liked", "liked", "hated", "hated", "hated", "liked")  # 10 20 15 10 5 15
    told = [event(n, ANN, name, START_S + n) for n, name in enumerate(names)]
    assert calls(score, *told) == 2


def test_a_value_that_one_event_passes_and_takes_back_is_not_reached() -> None:
    """Ten points for the form, and minus eight because it names a student: two in all."""
    limited = PointsFor("form.submitted", 10, at_most=1)
    score = Score(
        INTEREST,
        "Interest",
        (PointsFor("form.submitted", 2), limited, PointsFor("form.submitted", -8, at_most=1)),
        (PointsWhile(AttributeIs("role", value="student"), -8),),
    )
    assert calls(score, event(1, ANN, "form.submitted", START_S)) == 0


def test_a_value_that_points_and_facts_reach_together_is_reached() -> None:
    score = Score(
        INTEREST,
        "Interest",
        (PointsFor("contact.identified", 4),),
        (PointsWhile(AttributeIs("role", value="owner"), 6),),
    )
    assert calls(score, event(1, ANN, "contact.identified", START_S, role="owner")) == 1


def test_a_fact_that_ends_takes_its_points_back_and_says_so() -> None:
    score = Score(
        INTEREST,
        "Interest",
        facts=(PointsWhile(AttributeIs("role", value="owner"), 6, "owns"),),
    )
    told = [
        event(n, ANN, "contact.identified", START_S + n, role=role)
        for n, role in enumerate(("owner", "clerk", "owner"))
    ]
    after = fold(rules(score), new_profile(ANN, START_S), told)
    changes = [(n.reason, n.value) for n in after.notes if n.kind == "score.changed"]
    assert changes == [("+6 owns", 6), ("-6 owns", 0), ("+6 owns", 6)]


def test_one_note_explains_every_rule_that_an_event_meets() -> None:
    events = (PointsFor("page.viewed", 1, name="a page"), PointsFor("page.viewed", 5, name="b"))
    after = fold(
        rules(Score(INTEREST, "Interest", events)),
        new_profile(ANN, START_S),
        [event(1, ANN, "page.viewed", START_S)],
    )
    (changed,) = [n for n in after.notes if n.kind == "score.changed"]
    assert (changed.reason, changed.value) == ("+6 a page and b (+5)", 6)


@given(st.lists(st.integers(0, 1200), max_size=30), st.integers(1, 3))
@example([0, 900, 900], 1)  # Just as long ago as the window is.
def test_no_window_holds_more_than_its_limit(gaps, at_most) -> None:
    """Events in order: points are given whenever the window behind has room, and only then."""
    within_s, at_s = 1800, START_S
    score = Score(INTEREST, "I", (PointsFor("x", 1, at_most=at_most, within=Duration(1800)),))
    told, given_at = [], []
    for number, gap_s in enumerate(gaps):
        at_s += gap_s
        told.append(event(number, ANN, "x", at_s))
        if sum(moment > at_s - within_s for moment in given_at) < at_most:
            given_at.append(at_s)
    after = fold(rules(score), new_profile(ANN, START_S), told)
    assert after.profile.scores.get(INTEREST, 0) == len(given_at)


@given(st.permutations(range(12)), st.integers(1, 3))
def test_late_events_never_get_more_than_the_limit(order, at_most) -> None:
    """Told in any order, one day's events give at most as many points as the day allows."""
    score = Score(INTEREST, "I", (PointsFor("x", 1, at_most=at_most, within=Duration(86_400)),))
    now_s = START_S + 86_400
    told = [
        event(n, ANN, "x", now_s, late_s=86_400 - 7200 * place) for n, place in enumerate(order)
    ]
    after = fold(rules(score), new_profile(ANN, START_S), told)
    assert after.profile.scores[INTEREST] == at_most


def test_a_new_rule_before_a_limited_one_leaves_its_limit_alone() -> None:
    once = PointsFor("signup.completed", 50, at_most=1)
    opened = PointsFor("email.opened", 3, at_most=1, within=Duration(3600))
    before, after = (
        rules(Score(INTEREST, "I", (once,))),
        rules(Score(INTEREST, "I", (opened, once))),
    )
    profile = fold(
        before, new_profile(ANN, START_S), [event(1, ANN, "signup.completed", START_S)]
    )
    told = [
        event(2, ANN, "email.opened", START_S + 1),
        event(3, ANN, "signup.completed", START_S + 2),
    ]
    assert fold(after, profile.profile, told).profile.scores == {INTEREST: 53}


def test_rules_with_a_limit_and_without_are_kept_apart() -> None:
    score = Score(
        INTEREST,
        "Interest",
        (
            PointsFor("x", 1),
            PointsFor("x", 10, at_most=1),
            PointsFor("x", 100, at_most=2),
            PointsFor("x", 2),
        ),
    )
    told = [event(n, ANN, "x", START_S + n) for n in range(3)]
    after = fold(rules(score), new_profile(ANN, START_S), told)
    totals = [n.value for n in after.notes if n.kind == "score.changed"]
    assert totals == [3, 13, 113, 116, 216, 219]
