"""What a person is told of each part of a condition."""

from datetime import UTC, datetime

import pytest

from company import ANN, HOUR, START_S, event
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.step import new_profile
from ripely.engine.timeline import live
from ripely.model.acts import Aggregate, Bought, Did, Occasion
from ripely.model.catalog import is_act
from ripely.model.company import Company
from ripely.model.condition import All, AtLeast, AttributeIs, LifecycleIs, Rfm
from ripely.model.ids import RulesetId, SegmentId
from ripely.model.segment import Segment
from ripely.operations.explaining.membership import why
from ripely.operations.wording.names import names_of

ORDER = "order.completed"
EVENTS = [
    event(1, ANN, "contact.identified", START_S, city="Kyiv"),
    event(2, ANN, ORDER, START_S + 1, total=30, coupon="MAY"),
    event(3, ANN, ORDER, START_S + 2, total=12.5, coupon=""),
]
HONOLULU = Company("company", timezone="Pacific/Honolulu")


def told(condition):
    """By a company where it is still the day before."""
    published = Published((HONOLULU, Segment(SegmentId("s"), "S", condition)))
    rules = compile_ruleset(published, RulesetId("test"), is_act)
    now_s = START_S + 7200
    profile = live(rules, new_profile(ANN, START_S), EVENTS, now_s).profile
    names = names_of(published.definitions, published.company)
    return why(condition, profile, names, datetime.fromtimestamp(now_s, UTC))


@pytest.mark.parametrize(
    ("condition", "holds", "evidence"),
    [
        (Bought(at_least=2), True, "2 times or more"),
        (Bought(at_least=2, older_than=HOUR), True, "2 times"),
        (Did(ORDER, until="2029-12-31"), True, "once or more"),
        (Did(ORDER, since="2030-01-01"), False, "never"),
        (Aggregate("sum", "total", ORDER, at_least=50), False, "it is 42.5"),
        (Aggregate("average", "weight", ORDER, at_most=50), False, "nothing to reckon with"),
        (Occasion("first", "coupon", ORDER, op="exists"), True, "it is “MAY”"),
        (Occasion("last", "coupon", ORDER, op="exists"), False, "not known"),
        (Occasion("last", "coupon", "product.viewed", op="empty"), False, "never"),
        (AttributeIs("city", value="Kyiv"), True, "it is “Kyiv”"),
        (LifecycleIs(("lead",)), False, "it is “customer”"),
    ],
)
def test_what_is_known_is_said_in_words(condition, holds, evidence) -> None:
    row = told(condition)
    assert (row.holds, row.evidence) == (holds, evidence)


def test_parts_are_told_inside_what_they_are_parts_of() -> None:
    row = told(
        AtLeast(1, (AttributeIs("city", value="Lviv"), All((Bought(), Rfm(money_at_least=5)))))
    )
    assert row.words == "At least 1 of these"
    assert row.inner[0].evidence == "it is “Kyiv”"
    bought, money = row.inner[1].inner[1].inner
    assert (bought.holds, money.evidence) == (True, "it is 42.5")
