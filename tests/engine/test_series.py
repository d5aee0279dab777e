"""Numbers made of values, and first and last values: exact, and never without end."""

import pytest

from company import ANN, HOUR, START_S, event, rules
from ripely.compiler.normalize import OLDER_MAX, SUMMED_MAX
from ripely.engine.ruleset import Keep
from ripely.engine.series import ENTRIES_MAX, is_enough, part
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.acts import Aggregate, Did, Occasion
from ripely.model.company import Company
from ripely.model.condition import Rfm
from ripely.model.duration import Duration
from ripely.model.ids import SegmentId
from ripely.model.profile import Series
from ripely.model.segment import Segment

S = SegmentId("s")
DAY = Duration(86_400)


def bought(*totals, every_s: int = 60, **facts):
    return [
        event(n, ANN, "order.completed", START_S + n * every_s, total=total, **facts)
        for n, total in enumerate(totals)
    ]


def holds(condition, events, after_s: int = 0, company: Company = Company("company")) -> bool:  # noqa: B008 - It never changes.
    compiled = rules(company, Segment(S, "S", condition))
    until_s = max(e.now_s for e in events) + after_s
    return S in live(compiled, new_profile(ANN, START_S), events, until_s).profile.segments


def total(take: str, **how) -> Aggregate:
    return Aggregate(take, "total", "order.completed", **how)


@pytest.mark.parametrize("times", [SUMMED_MAX, SUMMED_MAX + 1, 3 * ENTRIES_MAX])
def test_sums_over_all_time_are_exact_however_many_there_were(times) -> None:
    events = bought(*(n + 1 for n in range(times)))
    exactly = times * (times + 1) / 2
    assert holds(total("sum", at_least=exactly, at_most=exactly), events)
    assert holds(total("minimum", at_most=1), events)
    assert holds(total("maximum", at_least=times, at_most=times), events)
    middle = (times + 1) / 2
    assert holds(total("average", at_least=middle, at_most=middle), events)


def test_a_sum_is_what_people_reckon_in_whatever_order() -> None:
    for cents in ((0.1, 0.2, 0.7), (0.7, 0.2, 0.1), (0.2, 0.7, 0.1)):
        assert holds(total("sum", at_least=1, at_most=1), bought(*cents))


def test_a_late_value_counts_though_newer_ones_are_summed_up_already() -> None:
    events = bought(*[10] * (SUMMED_MAX + 5), every_s=600)
    late = event(900, ANN, "order.completed", events[-1].now_s, late_s=DAY, total=1)
    assert holds(total("minimum", at_most=1), [*events, late])
    assert holds(total("sum", at_least=10 * (SUMMED_MAX + 5) + 1), [*events, late])


def test_nothing_comes_to_no_number_but_to_a_sum_of_none() -> None:
    events = [event(1, ANN, "page.viewed", START_S), *bought("unknown", None, True, "9" * 400)]
    assert holds(total("sum", at_most=0), events)
    for take in ("minimum", "maximum", "average"):
        assert not holds(total(take, at_most=0), events)
    assert holds(total("distinct", at_least=3), events)


def test_without_an_occasion_no_value_is_empty() -> None:
    empty = Occasion("last", "coupon", "order.completed", op="empty")
    assert not holds(empty, [event(1, ANN, "page.viewed", START_S)])
    assert holds(empty, bought(1, coupon=""))


def test_what_is_kept_of_values_has_an_end() -> None:
    asked = (
        total("sum", at_least=1, within=Duration(100 * DAY)),
        Aggregate("distinct", "total", "order.completed", at_least=1),
        Occasion("first", "total", "order.completed", op="exists", within=DAY),
        Did("order.completed", older_than=HOUR),
    )
    compiled = rules(*(Segment(SegmentId(f"s{n}"), "S", c) for n, c in enumerate(asked)))
    events = bought(*range(2 * ENTRIES_MAX))
    profile = fold(compiled, new_profile(ANN, START_S), events).profile
    assert {len(series.values) for series in profile.series.values()} == {ENTRIES_MAX}
    assert {len(moments) for moments in profile.counts.values()} == {OLDER_MAX}


def test_what_is_too_old_for_every_window_is_not_kept() -> None:
    compiled = rules(Segment(S, "S", total("sum", at_least=1, within=HOUR)))
    events = bought(*[1] * 10, every_s=1000)
    profile = fold(compiled, new_profile(ANN, START_S), events).profile
    assert {len(series.values) for series in profile.series.values()} == {4}


def test_a_first_value_stays_the_first() -> None:
    first = Occasion("first", "total", "order.completed", op="equals", value=0)
    assert holds(first, bought(*range(ENTRIES_MAX)))


@pytest.mark.parametrize(
    ("rfm", "days_later", "is_so"),
    [
        (Rfm(recency_at_least=5), 29, True),
        (Rfm(recency_at_least=5), 30, False),
        (Rfm(recency_at_most=4, recency_at_least=4), 30, True),
        (Rfm(recency_at_most=1), 364, False),
        (Rfm(recency_at_most=1), 365, True),
        (Rfm(frequency_at_least=3, frequency_at_most=3), 0, True),
        (Rfm(frequency_at_least=4), 0, False),
        (Rfm(money_at_least=2, money_at_most=2), 0, True),
        (Rfm(money_at_least=3), 0, False),
    ],
)
def test_classes_of_orders_by_the_bounds_of_the_company(rfm, days_later, is_so) -> None:
    """Three orders of 30 each, by the bounds that hold when a company names none."""
    assert holds(rfm, bought(30, 30, 30, every_s=1), days_later * DAY) == is_so


def test_money_in_other_currencies_is_in_no_class() -> None:
    """By the bounds that hold when a company names none: 50, 150, 500, 1,500."""
    euro = Company("company", currency="EUR")
    dollars, euros, unsaid = (
        bought(100, currency="USD"),
        [event(10, ANN, "order.completed", START_S, total=100, currency="eur")],
        [event(11, ANN, "order.completed", START_S, total=60)],
    )
    third = Rfm(money_at_least=3)
    assert holds(third, [*dollars, *euros]), "without a currency all is one"
    assert not holds(third, [*dollars, *euros], company=euro)
    assert holds(third, [*euros, *unsaid], company=euro), "what says none is the company's"
    assert holds(Rfm(money_at_most=1), dollars, company=euro)


def test_who_never_ordered_has_no_class() -> None:
    assert not holds(Rfm(recency_at_most=5, money_at_most=5), [event(1, ANN, "x", START_S)])


def test_days_of_a_condition_are_those_of_the_company() -> None:
    """It is 9 in the morning of the first in London, and still the day before in Honolulu."""
    asked = Segment(S, "S", Did("order.completed", since="2030-01-01", until="2030-01-01"))
    for zone, is_so in (("Europe/London", True), ("Pacific/Honolulu", False)):
        compiled = rules(Company("company", timezone=zone), asked)
        profile = fold(compiled, new_profile(ANN, START_S), bought(1)).profile
        assert (S in profile.segments) == is_so


@pytest.mark.parametrize(
    ("kept", "asked", "enough"),
    [
        (Keep(5, 60), Keep(5, 60), True),
        (Keep(5, 60, totals=True, first=True), Keep(4, 59), True),
        (Keep(5, 60), Keep(6, 60), False),
        (Keep(5, 60), Keep(5, 61), False),
        (Keep(5, 60), Keep(5, 60, totals=True), False),
        (Keep(5, 60), Keep(5, 60, first=True), False),
        (Keep(5, 60), Keep(5, 60, unique=True), True),
        (Keep(5, 60, unique=True), Keep(5, 60), False),
        (None, Keep(1, 1), False),
    ],
)
def test_new_rules_learn_from_history_unless_all_they_ask_for_was_kept(
    kept, asked, enough
) -> None:
    assert is_enough(kept, asked) is enough


def test_values_beyond_all_worth_are_summed_by_nobody() -> None:
    """What a visitor says of a property is kept as it is, where only its latest value is asked for."""
    dear = Series([1, 2], [1e308, 1e308])
    assert part(Series(), dear, None).dropped is None
    assert part(Series([3], [5]), dear, None).values == [5]
