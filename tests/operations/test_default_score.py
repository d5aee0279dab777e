"""What a new installation begins with: points for everything that is recognised, and a score at once."""

import pytest

from company import ANN, START_S, event
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.rulesets import MemoryRulesets
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.documents.decode import decode
from ripely.engine.step import fold, new_profile
from ripely.model.catalog import CATALOG, is_act
from ripely.model.ids import RulesetId, ScoreId
from ripely.model.score import Score
from ripely.operations.library import beginning
from ripely.operations.publishing.review import review
from ripely.runtime.card import card_of

FILES = beginning(Published())
ENGAGEMENT = ScoreId("engagement")


def default_score() -> Score:
    ((name, body),) = FILES.items()
    (document,) = decode(name, body)
    assert isinstance(document.definition, Score)
    return document.definition


def test_the_default_score_is_sound_and_names_standard_events_alone() -> None:
    assert review(dict(FILES))[1] == []


def test_there_are_points_for_every_kind_of_behaviour() -> None:
    general = default_score().general
    acts = {one.name for one in CATALOG if one.act}
    engaged = {
        one.name
        for one in CATALOG
        if one.name.endswith((".opened", ".clicked", ".replied", ".received"))
        and one.name.split(".")[0] not in {"deal", "ticket", "app", "payment", "webhook"}
    }
    assert acts | engaged <= general.keys()


def test_a_tracked_visitor_has_a_score_at_once() -> None:
    rules = compile_ruleset(Published((default_score(),)), RulesetId("first"), is_act)
    told = [
        event(1, ANN, "page.viewed", START_S, path="/"),
        event(2, ANN, "form.submitted", START_S + 60, email="ann@example.com"),
        event(3, ANN, "contact.identified", START_S + 60, email="ann@example.com"),
    ]
    after = fold(rules, new_profile(ANN, START_S), told).profile
    assert after.scores == {ENGAGEMENT: 1 + 1 + 10}
    card = card_of(rules, after)
    assert card is not None
    assert (card.score, card.level) == (12, "warm")


@pytest.mark.parametrize("there", [True, False])
def test_it_is_put_in_force_where_nothing_is(django_database, there) -> None:
    from ripely.operations.publishing.definitions import apply, in_force

    rulesets = MemoryRulesets(MemoryLog())
    own = b"kind: segment\nid: mine\nname: Mine\nwhen: {if: tag, name: x}\n"
    if there:
        apply({"mine.yaml": own}, "ann", rulesets, "UTC")
    apply(beginning(in_force(rulesets)), "ripely", rulesets, "UTC")
    ids = [definition.id for definition in in_force(rulesets).definitions]
    assert ids == (["mine"] if there else [ENGAGEMENT])
