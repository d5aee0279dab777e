"""Values of two contacts that turn out to be one, and values that new rules learn from history."""

import pytest

from company import ANN, DAN, START_S, event, rules
from engine.test_merge import People
from ripely.compiler.normalize import SUMMED_MAX
from ripely.engine.ruleset import Keep
from ripely.engine.series import ENTRIES_MAX, learn
from ripely.engine.step import fold, new_profile
from ripely.model.acts import Aggregate, Occasion
from ripely.model.event import RULES_CHANGED
from ripely.model.ids import ContactId, SegmentId, derive
from ripely.model.profile import Series
from ripely.model.segment import Segment

DAY_S = 86_400
MANY = SUMMED_MAX + 10
MERGED_S, PARTED_S = START_S + DAY_S, START_S + 2 * DAY_S
KEEP = Keep(10, 1 << 40, totals=True, first=True)
# What each of them paid, in turns, a second after one another.
PAID = {
    "each a little": ([7, 3, 5], [4, 9]),
    "Ann alone": ([7, 3, 5], []),
    "Dan alone": ([], [4, 9]),
    "Ann so often that it is summed up": ([*range(10, 10 + MANY)], [4, 9]),
    "Dan so often that it is summed up": ([7, 3, 5], [*range(20, 20 + MANY)]),
    "both so often that it is summed up": ([*range(10, 10 + MANY)], [*range(20, 20 + MANY)]),
    "the same, and twice": ([5, 5], [5]),
}


def between(take: str, number: int) -> Aggregate:
    return Aggregate(take, "paid", "order.completed", at_least=number, at_most=number)


def answers(told: People, who: ContactId, takes: tuple[str, ...]) -> dict[str, object]:
    """Return which of the numbers that may come out is the one, by asking for each."""
    profile = told.profiles[who]
    return {take: {s for s in profile.segments if s.startswith(take)} for take in takes}


def asking() -> tuple[Segment, ...]:
    numbers = {sum(paid) for a, b in PAID.values() for paid in (a, b, a + b)}
    values = {paid for a, b in PAID.values() for paid in a + b}
    return (
        *(Segment(SegmentId(f"sum{n}"), "S", between("sum", n)) for n in sorted(numbers)),
        *(
            Segment(SegmentId(f"{take}{n}"), "S", between(take, n))
            for take in ("minimum", "maximum")
            for n in sorted(values)
        ),
        *(
            Segment(SegmentId(f"distinct{n}"), "S", between("distinct", n))
            for n in range(2 * MANY + 1)
        ),
        *(
            Segment(
                SegmentId(f"{which}{n}"),
                "S",
                Occasion(which, "paid", "order.completed", op="equals", value=n),
            )
            for which in ("first", "last")
            for n in sorted(values)
        ),
    )


RULES = rules(*asking())
ALL = ("sum", "minimum", "maximum", "distinct", "first", "last")


def two(
    paid: tuple[list[int], list[int]], ahead: int, *, merged: bool, parted: bool = False
) -> People:
    """Tell of both; `ahead`: which of them begins."""
    told = People(RULES)
    for place, who in enumerate((ANN, DAN)):
        shift = place ^ ahead
        told.tell(who, "page.viewed", START_S)
        for n, amount in enumerate(paid[place]):
            told.tell(who, "order.completed", START_S + 2 * n + shift, paid=amount)
    if merged:
        told.tell(DAN, "contact.merged", MERGED_S, into=ANN)
    if parted:
        told.tell(ANN, "contact.unmerged", PARTED_S, **{"from": DAN})
    return told


@pytest.mark.parametrize("ahead", [0, 1], ids=["Ann first", "Dan first"])
@pytest.mark.parametrize("paid", PAID.values(), ids=PAID)
def test_numbers_of_what_both_did_are_those_of_one_who_did_it_all(paid, ahead) -> None:
    one = People(RULES)
    both = [
        (2 * n + (place ^ ahead), amount)
        for place in (0, 1)
        for n, amount in enumerate(paid[place])
    ]
    for second, amount in sorted(both):
        one.tell(ANN, "order.completed", START_S + second, paid=amount)
    merged = two(paid, ahead, merged=True)
    assert answers(merged, ANN, ALL) == answers(one, ANN, ALL)
    assert all(answers(merged, ANN, ALL).values())


@pytest.mark.parametrize("ahead", [0, 1], ids=["Ann first", "Dan first"])
@pytest.mark.parametrize("paid", PAID.values(), ids=PAID)
def test_a_merge_undone_gives_back_the_numbers_of_each(paid, ahead) -> None:
    """Of sums that lost something nobody knows what was the least and the most of the rest."""
    never, parted = two(paid, ahead, merged=False), two(paid, ahead, merged=True, parted=True)
    exact = ALL if max(map(len, paid)) < SUMMED_MAX else ("sum", "distinct", "first", "last")
    for who in (ANN, DAN):
        assert answers(parted, who, exact) == answers(never, who, exact)


def test_a_merge_undone_keeps_what_was_done_in_between() -> None:
    told = two(([7, 3, 5], [4, 9]), 0, merged=True)
    told.tell(ANN, "order.completed", MERGED_S + 60, paid=10)
    told.tell(ANN, "contact.unmerged", PARTED_S, **{"from": DAN})
    left = set(told.profiles[ANN].segments)
    assert left == {"minimum3", "maximum10", "distinct4", "first7", "last10"}


def test_nothing_of_the_other_stays_when_a_merge_is_undone() -> None:
    told = two(([], [4, 9]), 0, merged=True)
    for second, paid in enumerate((3, 10)):
        told.tell(ANN, "order.completed", MERGED_S + second, paid=paid)
    told.tell(ANN, "contact.unmerged", PARTED_S, **{"from": DAN})
    left = set(told.profiles[ANN].segments)
    assert {"last10", "minimum3", "maximum10", "distinct2"} <= left
    assert not left & {"first4", "first9", "last9", "minimum4"}


def test_however_many_are_merged_their_sums_are_exact_and_take_no_more_room() -> None:
    many = [ContactId(derive("one", str(n))) for n in range(15)]
    paid = [[37 * (n + 50 * m) % 1009 for n in range(50)] for m in range(len(many))]
    numbers = {
        "sum": sum(map(sum, paid)),
        "minimum": min(map(min, paid)),
        "maximum": max(map(max, paid)),
    }
    told = People(
        rules(*(Segment(SegmentId(take), "S", between(take, n)) for take, n in numbers.items()))
    )
    for who, amounts in zip(many, paid, strict=True):
        for second, amount in enumerate(amounts):
            told.tell(who, "order.completed", START_S + second, paid=amount)
    for n, who in enumerate(many[1:]):
        told.tell(who, "contact.merged", MERGED_S + n, into=many[0])
    winner = told.profiles[many[0]]
    assert set(winner.segments) == set(numbers)
    assert {len(kept.values) for kept in winner.series.values()} == {ENTRIES_MAX}


def test_what_history_and_the_profile_both_know_counts_once() -> None:
    told = Series([1, 2, 3], [10, 20, 30], first=(1, 10))
    known = Series([3, 4], [30, 40], first=(3, 30))
    learned = learn(known, told, KEEP, 5)
    assert (learned.moments, learned.values) == ([1, 2, 3, 4], [10, 20, 30, 40])
    assert learned.first == (1, 10)


def test_what_history_has_summed_up_already_is_not_added_again() -> None:
    told = Series([5, 6], [50, 60], first=(1, 1), dropped=(4, 10.0, 1, 4))
    known = Series([4, 6, 7], [4, 60, 70], first=(4, 4))
    learned = learn(known, told, KEEP, 8)
    assert (learned.moments, learned.values) == ([5, 6, 7], [50, 60, 70])
    assert learned.dropped == (4, 10.0, 1, 4)


def test_what_is_kept_stays_when_history_does_not_go_as_far_back() -> None:
    known = Series([4, 6], [4, 60], first=(1, 1), dropped=(3, 6.0, 1, 3))
    assert learn(known, Series([6], [60], first=(6, 60)), KEEP, 8) == known


def test_a_first_value_that_only_history_knows_is_learned() -> None:
    told = Series([1, 6], [1, 60], first=(1, 1))
    assert learn(Series([1, 6], [1, 60]), told, KEEP, 8) == told


def test_a_new_rule_knows_at_once_what_history_tells_of_sums() -> None:
    ruleset = rules(Segment(SegmentId("big"), "B", between("sum", 60)))
    (series,) = ruleset.series
    told = {
        str(series): [[1, 2], [10, 20], None, [2, 30.0, 5, 25]],
        "999": [[1], [1], None, None],
    }
    learned = event(1, ANN, RULES_CHANGED, START_S, counts={}, series=told)
    profile = fold(ruleset, new_profile(ANN, START_S), [learned]).profile
    assert set(profile.segments) == {"big"}
    assert set(profile.series) == {series}


def test_of_values_that_are_told_apart_the_latest_of_each_is_kept() -> None:
    ruleset = rules(Segment(SegmentId("two"), "T", between("distinct", 2)))
    told = People(ruleset)
    for second, paid in ((0, 5), (60, 7), (120, 5), (30, 7)):
        late_s = 150 - second
        told.tell(ANN, "order.completed", START_S + 150, late_s=late_s, paid=paid)
    (kept,) = told.profiles[ANN].series.values()
    assert (kept.moments, kept.values) == ([START_S + 60, START_S + 120], [7, 5])
