"""What is known of a contact is told beside each condition."""

import pytest

from company import ANN, HOUR, START_S, event, rules
from ripely.compiler.explain import explain
from ripely.engine.step import new_profile
from ripely.engine.timeline import live
from ripely.model.acts import (
    Absence,
    Act,
    Aggregate,
    Bought,
    Did,
    Message,
    Occasion,
    Page,
    Seen,
    Sequence,
)
from ripely.model.condition import All, AtLeast, AttributeIs, HasTag, Not, Place, Rfm, ScoreIs
from ripely.model.ids import ScoreId, SegmentId
from ripely.model.score import PointsFor, Score
from ripely.model.segment import Segment

INTEREST = Score(ScoreId("interest"), "Interest", events=(PointsFor("page.viewed", 4),))
VIEW, ORDER = Act("page.viewed"), Act("order.completed")
EVENTS = [
    event(1, ANN, "contact.identified", START_S, city="Kyiv", country="UA"),
    event(2, ANN, "page.viewed", START_S + 10, url="https://x.example/a", path="/a"),
    event(3, ANN, "order.completed", START_S + 20, total=30, coupon="MAY"),
    event(4, ANN, "order.completed", START_S + 30, total="12.5"),
    event(5, ANN, "email.opened", START_S + 40, by="machine"),
]
NOW_S = START_S + 60


def told(condition):
    compiled = rules(INTEREST, Segment(SegmentId("s"), "S", condition))
    profile = live(compiled, new_profile(ANN, START_S), EVENTS, NOW_S).profile
    return explain(condition, profile, NOW_S)


@pytest.mark.parametrize(
    ("condition", "holds", "known", "moments"),
    [
        (Did("order.completed", at_least=2, within=HOUR), True, 2, (20, 30)),
        (Did("order.completed", at_most=1), False, 2, (20, 30)),
        (Page("path", "/a"), True, 1, (10,)),
        (Bought(older_than=35), True, 1, (20,)),
        (Message("opened"), False, 0, ()),
        (Aggregate("sum", "total", "order.completed", at_least=50), False, 42.5, (20, 30)),
        (Occasion("first", "coupon", "order.completed", value="MAY"), True, "MAY", (20,)),
        (Occasion("last", "coupon", "order.completed", value="MAY"), False, None, (30,)),
        (Sequence((VIEW, ORDER), HOUR), True, 2, (10, 20)),
        (Sequence((ORDER, VIEW), HOUR), False, 0, ()),
        (Absence(ORDER, VIEW, HOUR), False, None, (30,)),
        (Seen(HOUR), True, None, (30,)),
        (AttributeIs("city", value="Lviv"), False, "Kyiv", ()),
        (Place(country=("UA",)), True, "UA, Kyiv", ()),
        (ScoreIs(ScoreId("interest"), at_least=5), False, 4, ()),
        (HasTag("lead"), False, None, ()),
    ],
)
def test_what_is_known(condition, holds, known, moments) -> None:
    answer = told(condition)
    assert (answer.holds, answer.known) == (holds, known)
    assert answer.moments_s == tuple(START_S + at for at in moments)


def test_each_part_of_a_group_is_answered() -> None:
    answer = told(AtLeast(1, (Not(HasTag("lead")), All((Seen(HOUR), Did("x"))))))
    none, both = answer.inner
    assert answer.holds
    assert none.inner[0].holds is False
    assert [part.holds for part in both.inner] == [True, False]


def test_classes_of_orders_are_told_by_what_they_are_made_of() -> None:
    answer = told(Rfm(money_at_least=2))
    assert [(part.holds, part.known) for part in answer.inner] == [(True, 1), (False, 42.5)]
