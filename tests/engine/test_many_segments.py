"""Two hundred segments of buyers: each order meets the one that it can change, and no other."""

from collections import Counter

import pytest

from company import ANN, BOB, START_S, event, rules
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.model.acts import Did, Where
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import ContactId, SegmentId
from ripely.model.segment import Segment

SEGMENTS = 200


@pytest.fixture(scope="module")
def buyers() -> Ruleset:
    return rules(
        *(
            Segment(
                SegmentId(f"buyers{n}"),
                f"Buyers of {n}",
                Did(
                    "order.completed",
                    (Where("category", "equals", f"category {n}"),),
                    at_least=2,
                    within=Duration.parse("90d"),
                ),
            )
            for n in range(SEGMENTS)
        )
    )


def order(number: int, category: int, contact: ContactId = ANN) -> Event:
    said = {"category": f"category {category}"}
    return event(number, contact, "order.completed", START_S + number, **said)


def test_an_order_moves_only_the_count_of_its_category(buyers: Ruleset) -> None:
    moved: Counter[int] = Counter()
    for n in range(SEGMENTS):
        moved.update(predicate for predicate, *_ in buyers.react(order(n, n)).counts)
    # Each order that of its category, and all of them one more: that somebody is a customer.
    assert sorted(moved.values()) == [1] * SEGMENTS + [SEGMENTS]
    assert buyers.react(event(1, ANN, "page.viewed", START_S, path="/")).counts == ()


def test_who_is_in_which_of_two_hundred_segments_is_exact(buyers: Ruleset) -> None:
    hers = [order(n, n % SEGMENTS) for n in range(SEGMENTS + 50)]
    ann = fold(buyers, new_profile(ANN, START_S), hers).profile
    assert set(ann.segments) == {f"buyers{n}" for n in range(50)}
    his = [order(n, n // 2, BOB) for n in range(2 * SEGMENTS)]
    bob = fold(buyers, new_profile(BOB, START_S), his).profile
    assert set(bob.segments) == {f"buyers{n}" for n in range(SEGMENTS)}
    late = event(10_000, BOB, "page.viewed", START_S + 91 * 86_400, path="/")
    assert fold(buyers, bob, [late]).profile.segments == {}
