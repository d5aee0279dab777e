"""Who is asked when there is more of something: only those whom it can turn."""

from collections import Counter

import msgspec
import pytest

from company import ANN, HOUR, START_S, event, rules
from ripely.compiler.rising import agreed, opposite
from ripely.engine.ruleset import Condition, Ruleset, Watch
from ripely.engine.step import fold, new_profile
from ripely.model.action import Update
from ripely.model.acts import Did, Seen
from ripely.model.condition import (
    All,
    AnyOf,
    Condition as Question,
    HasTag,
    Not,
    ScoreIs,
    ScoreTrend,
    TopScore,
)
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, ScoreId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.score import PointsFor, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnCondition

HEAT, CALM = ScoreId("heat"), ScoreId("calm")
SCORES = (
    Score(HEAT, "Heat", events=(PointsFor("page.viewed", 4),), half_life=Duration(86_400)),
    Score(CALM, "Calm", events=(PointsFor("form.viewed", 1),)),
)
WATCHED = SegmentId("watched")
VIEWS = [event(n, ANN, "page.viewed", START_S + n) for n in range(8)]


def counting(ruleset: Ruleset, asked: Counter[str]) -> Ruleset:
    """Return rules that count how often each of their conditions is asked."""

    def counted(watch: Watch) -> Watch:
        def test(profile, now_s, place):
            asked[watch.key] += 1
            return watch.test(profile, now_s, place)

        return msgspec.structs.replace(watch, test=test, answer=None)

    return msgspec.structs.replace(ruleset, watches=tuple(map(counted, ruleset.watches)))


def times_asked(when: Question) -> int:
    asked: Counter[str] = Counter()
    compiled = counting(rules(Segment(WATCHED, "Watched", when), *SCORES), asked)
    fold(compiled, new_profile(ANN, START_S), VIEWS)
    return asked[f"segment/{WATCHED}"]


@pytest.mark.parametrize(
    ("when", "times"),
    [
        (Did("page.viewed", at_least=3), 1),
        (Did("page.viewed", at_least=3, within=HOUR), 1),
        (Did("page.viewed", at_least=3, during="today"), 1),
        (Seen(HOUR), 1),
        (AnyOf((Did("page.viewed"), Did("form.viewed"))), 1),
        (ScoreIs(HEAT, at_least=10), 1),
        (TopScore(HEAT), 1),
        (ScoreTrend(HEAT, HOUR, at_least=8), 2),
    ],
)
def test_who_is_in_is_not_asked_again_by_what_can_only_confirm_it(when, times) -> None:
    assert times_asked(when) == times


def test_who_is_out_is_not_asked_again_by_what_can_only_keep_them_out() -> None:
    """At birth it holds, then it is left, and more of the same changes nothing."""
    assert times_asked(Not(Did("page.viewed", at_least=3))) == 2
    assert times_asked(ScoreTrend(HEAT, HOUR, at_most=7)) == 2


def test_what_more_can_turn_either_way_is_always_asked() -> None:
    both = AnyOf((Did("page.viewed", at_least=8), Not(Did("page.viewed", at_least=2))))
    assert times_asked(both) == 1 + len(VIEWS) - 1


def test_the_parts_of_a_condition_must_agree() -> None:
    up = Condition(lambda *_: True, None, frozenset({"k"}), {"k": "up"})
    down = msgspec.structs.replace(up, rises=opposite(up.rises))
    nothing = msgspec.structs.replace(up, rises={"k": "none"})
    silent = msgspec.structs.replace(up, rises={})
    elsewhere = msgspec.structs.replace(up, keys=frozenset({"other"}), rises={})
    assert agreed([up, up, elsewhere]) == agreed([up, nothing]) == {"k": "up"}
    assert agreed([down, nothing]) == {"k": "down"}
    assert agreed([nothing, nothing]) == {"k": "none"}
    assert agreed([up, down]) == agreed([up, silent]) == agreed([nothing, silent]) == {}


def test_what_a_segment_asks_already_is_asked_of_the_segment() -> None:
    when = All((Did("page.viewed", at_least=2), HasTag("lead")))
    steps = {StepId("tag"): Update(add_tags=("in",))}
    trigger = OnCondition(when)
    journey = Journey(JourneyId("j"), "J", (trigger,), StepId("tag"), steps)
    compiled = rules(Segment(WATCHED, "Watched", when), journey)
    assert compiled.watch_by_key["trigger/j/0"].keys == {f"segment/{WATCHED}"}
    asked: Counter[str] = Counter()
    tagged = event(9, ANN, "tag.added", START_S + 9, tag="lead")
    after = fold(counting(compiled, asked), new_profile(ANN, START_S), [*VIEWS, tagged])
    assert "in" in after.profile.tags
    assert asked["trigger/j/0"] == 1
