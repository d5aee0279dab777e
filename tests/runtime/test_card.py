"""Which score sums a contact up in lists."""

import pytest

from company import ANN, START_S, event
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.catalog import is_act
from ripely.model.condition import HasTag
from ripely.model.duration import Duration
from ripely.model.ids import ContactId, RulesetId, ScoreId
from ripely.model.profile import Profile
from ripely.model.score import Level, PointsFor, PointsWhile, Score
from ripely.runtime.card import card_of

RULE = (PointsWhile(when=HasTag("any"), points=1),)
LEVELS = (Level("cold", 0), Level("ripe", 30))


def score(name, *, main=False):
    return Score(ScoreId(name), name, facts=RULE, levels=LEVELS, main=main)


@pytest.mark.parametrize(
    ("scores", "points", "shown"),
    [
        ([score("interest", main=True), score("ovens")], {"interest": 10, "ovens": 60}, (10, "cold")),
        ([score("interest"), score("ovens")], {"interest": 10, "ovens": 60}, (60, "ripe")),
        ([score("interest", main=True), score("ovens")], {"ovens": 60}, (60, "ripe")),
        ([score("interest", main=True)], {}, (0, "")),
        ([], {"gone": 7}, (0, "")),
    ],
)  # fmt: skip
def test_the_main_score_is_shown_and_without_one_the_highest(scores, points, shown):
    rules = compile_ruleset(Published(tuple(scores)), RulesetId("r"), is_act)
    profile = Profile(ContactId(1), attributes={"email": "ann@example.com"}, scores=points)
    card = card_of(rules, profile)
    assert (card.score, card.level) == shown


def test_a_card_fades_by_time_alone():
    """Timers look at the score now and then: nothing has to happen for the list to be right."""
    fading = Score(
        ScoreId("interest"),
        "I",
        (PointsFor("liked", 40),),
        levels=LEVELS,
        half_life=Duration(30 * 86_400),
    )
    rules = compile_ruleset(Published((fading,)), RulesetId("r"), is_act)
    told = [
        event(1, ANN, "contact.identified", START_S, email="ann@example.com"),
        event(2, ANN, "liked", START_S),
    ]
    ann = fold(rules, new_profile(ANN, START_S), told).profile
    assert (card_of(rules, ann).score, card_of(rules, ann).level) == (40, "ripe")
    later = live(rules, ann, [], START_S + 30 * 86_400).profile
    assert (card_of(rules, later).score, card_of(rules, later).level) == (20, "cold")
    assert later.scores == {"interest": 20}
