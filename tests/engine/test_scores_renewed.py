"""Scores whose rules change: what stays, what is answered anew, and what nobody reaches by that."""

import msgspec

from company import ANN, HOUR, INTEREST, START_S, event, rules
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.model.action import Task
from ripely.model.condition import AttributeIs, ScoreTrend
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, RulesetId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.score import Per, PointsFor, PointsWhile, Score
from ripely.model.segment import Segment
from ripely.model.transition import Transition
from ripely.model.trigger import OnScore

DAY_S = 86_400
ONE = StepId("one")
LIKED = PointsFor("liked", 40)
OWNER = PointsWhile(AttributeIs("role", value="owner"), 10)
HALF_LIFE = Duration(30 * DAY_S)


def renewed(*definitions: Definition) -> Ruleset:
    return msgspec.structs.replace(rules(*definitions), id=RulesetId("renewed"))


def before(*definitions: Definition, **more: object) -> Transition:
    told = [
        event(1, ANN, "contact.identified", START_S, role="owner"),
        event(2, ANN, "liked", START_S, **more),
    ]
    return fold(rules(*definitions), new_profile(ANN, START_S), told)


def after(known: Transition, ruleset: Ruleset, days: int) -> Transition:
    return fold(ruleset, known.profile, [event(3, ANN, "x", START_S + days * DAY_S)])


def called(trigger: OnScore) -> Journey:
    return Journey(JourneyId("call"), "C", (trigger,), ONE, {ONE: Task("C")})


def test_points_of_events_outlive_their_rule() -> None:
    known = before(Score(INTEREST, "I", (LIKED,), (OWNER,)))
    other = Score(INTEREST, "I", (PointsFor("hated", -5),))
    assert known.profile.scores == {INTEREST: 50}
    assert after(known, renewed(other), 1).profile.scores == {INTEREST: 40}


def test_a_score_without_a_definition_is_forgotten() -> None:
    ends = PointsFor("liked", 5, expires=HALF_LIFE, once=True)
    score = Score(
        INTEREST, "I", (LIKED, ends), (OWNER,), half_life=HALF_LIFE, per=Per("property", "by")
    )
    known = before(
        score, Segment(SegmentId("up"), "U", ScoreTrend(INTEREST, HOUR, 1)), by="ann"
    )
    assert set(known.profile.scores) == {"interest", "interest/ann"}
    other = Segment(SegmentId("owners"), "O", AttributeIs("role", value="owner"))
    left = after(known, renewed(other), 1).profile
    kept = (left.scores, left.decaying, left.grants, left.score_limits, left.series, left.facts)
    assert kept == ({}, {}, {}, {}, {}, {})
    assert left.due_s == 0


def test_parts_that_are_kept_no_more_are_forgotten() -> None:
    known = before(Score(INTEREST, "I", (LIKED,), per=Per("property", "by")), by="ann")
    assert after(known, renewed(Score(INTEREST, "I", (LIKED,))), 1).profile.scores == {
        INTEREST: 40
    }


def test_a_new_half_life_counts_from_then_on() -> None:
    plain = Score(INTEREST, "I", (LIKED,), (OWNER,))
    fading = msgspec.structs.replace(plain, half_life=HALF_LIFE)
    ruleset = renewed(fading)
    known = after(before(plain), ruleset, 30)
    assert known.profile.scores == {INTEREST: 50}
    at_s = START_S + 60 * DAY_S
    assert known.profile.points(INTEREST, at_s) == 20 + 10
    # And back: what has faded is gone.
    faded = fold(ruleset, known.profile, [event(4, ANN, "x", at_s)])
    again = fold(rules(plain), faded.profile, [event(5, ANN, "x", at_s + 1)]).profile
    assert (again.scores, again.decaying) == ({INTEREST: 30}, {})


def test_new_bounds_make_nobody_fall() -> None:
    plain = Score(INTEREST, "I", (LIKED,), (OWNER,))
    bounded = msgspec.structs.replace(plain, most=30)
    told = after(before(plain), renewed(bounded, called(OnScore(INTEREST, falls_below=40))), 1)
    assert told.profile.scores == {INTEREST: 30}
    assert told.effects == []


def test_a_value_that_a_new_rule_gives_is_not_reached() -> None:
    plain = Score(INTEREST, "I", (LIKED,))
    more = msgspec.structs.replace(plain, facts=(OWNER,))
    told = after(before(plain), renewed(more, called(OnScore(INTEREST, reaches=50))), 1)
    assert told.profile.scores == {INTEREST: 50}
    assert told.effects == []
    up = msgspec.structs.replace(plain, facts=(OWNER,), events=(PointsFor("x", 1),))
    begun = after(before(plain), renewed(up, called(OnScore(INTEREST, reaches=51))), 1)
    assert len(begun.effects) == 1  # By the event itself it is.
