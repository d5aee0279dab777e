"""Which score sums a contact up in lists."""

import pytest

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.model.catalog import is_act
from ripely.model.condition import HasTag
from ripely.model.ids import ContactId, RulesetId, ScoreId
from ripely.model.profile import Profile
from ripely.model.score import Level, PointsWhile, Score
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
