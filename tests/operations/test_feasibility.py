"""Whether an automation is worth it: sums that can be done by hand, and verdicts that must follow from them."""

import pytest
from hypothesis import given, strategies as st

from ripely.operations.worth.feasibility import ASKED, Case, Figure, judge


def known(value, low=None, high=None):
    return Figure(value, low, high, guess=False)


def case(**figures):
    none = {asked.name: known(0) for asked in ASKED}
    return Case(figures=none | figures)


SALES = {
    "people": known(400), "uplift": known(0.02, 0.01, 0.03), "worth": known(30),
    "messages/email": known(3), "price/email": known(0.01),
    "setup_hours": known(10), "hour_price": known(20),
}  # fmt: skip


def test_money_of_a_month_adds_up():
    verdict = judge(case(**SALES, service=known(8), support_hours=known(1)))
    assert verdict.money.gains == pytest.approx({"sales": 240, "hours": 0, "errors": 0})
    assert verdict.money.costs == pytest.approx({"sending": 12, "service": 8, "support": 20})
    assert verdict.expected == pytest.approx(200)
    assert verdict.paid_after == pytest.approx(1)
    assert verdict.total[1] == pytest.approx(12 * 200 - 200)


def test_hours_and_errors_count_too():
    hours = judge(case(hours_freed=known(0.5), hour_price=known(20)))
    assert hours.expected == pytest.approx(0.5 * 21 * 20)
    errors = judge(case(deals=known(100), errors=known(0.2), lost_by_errors=known(0.5), errors_ended=known(0.9), deal_worth=known(50)))  # fmt: skip
    assert errors.expected == pytest.approx(100 * 0.2 * 0.5 * 0.9 * 50)


def test_one_uncertain_figure_gives_its_own_range():
    verdict = judge(case(**SALES))
    assert (verdict.low, verdict.high) == pytest.approx((120 - 12, 360 - 12))


def test_ranges_of_two_figures_add_as_squares():
    verdict = judge(
        case(hours_freed=known(1, 0.5, 2), hour_price=known(10), service=known(50, 20, 80))
    )
    half, more = 0.5 * 21 * 10, 1 * 21 * 10
    assert verdict.expected - verdict.low == pytest.approx((half**2 + 30**2) ** 0.5)
    assert verdict.high - verdict.expected == pytest.approx((more**2 + 30**2) ** 0.5)


@pytest.mark.parametrize(
    ("uplift", "decision"),
    [
        (known(0.02, 0.015, 0.025), "automate"),
        (known(0.02, -0.01, 0.05), "try"),
        (known(0.001, -0.01, 0.002), "do_not"),
        (known(-0.01, -0.02, 0), "do_not"),
    ],
)
def test_the_verdict_follows_from_the_range(uplift, decision):
    verdict = judge(case(**SALES | {"uplift": uplift}))
    assert verdict.decision == decision
    assert 1 <= len(verdict.reasons) <= 2


def test_a_small_company_is_told_not_to():
    """Four people a month: hours of writing never come back, and it is said from how many on they do."""
    verdict = judge(case(**SALES | {"people": known(4)}))
    assert verdict.words == "Do not automate this."
    people = next(one for one in verdict.levers if one.asked.name == "people")
    assert people.pays_from == pytest.approx(200 / 12 / (0.02 * 30 - 0.03))


def test_what_is_not_known_is_a_guess_of_half_to_half_again():
    guessed = judge(case(hours_freed=Figure(1), hour_price=known(10)))
    assert (guessed.low, guessed.high) == pytest.approx((105, 315))


def test_nothing_is_not_worth_it():
    verdict = judge(Case())
    assert verdict.decision == "do_not"
    assert verdict.paid_after is None


amounts = st.floats(0, 1000).map(lambda x: round(x, 3))
figures = st.builds(
    lambda name, value, guess: (name, Figure(value, guess=guess)),
    st.sampled_from([asked.name for asked in ASKED if not asked.share]), amounts, st.booleans(),
)  # fmt: skip


@given(st.lists(figures, max_size=12).map(dict), st.floats(-0.2, 0.2), st.integers(1, 36))
def test_the_expected_lies_in_its_range_and_a_tipping_value_tips(given_figures, uplift, months):
    asked = Case(months=months, figures={**given_figures, "uplift": known(uplift)})
    verdict = judge(asked)
    assert verdict.low <= verdict.expected <= verdict.high
    assert verdict.total[0] <= verdict.total[1] <= verdict.total[2]
    for lever in verdict.levers:
        if lever.pays_from is not None:
            tipped = Case(months=months, figures={**asked.figures, lever.asked.name: known(lever.pays_from)})  # fmt: skip
            scale = 1 + sum(map(abs, verdict.money.gains.values())) + sum(verdict.money.costs.values()) + verdict.money.setup  # fmt: skip
            if abs(lever.pays_from) < 1e6:
                assert judge(tipped).total[1] == pytest.approx(0, abs=1e-3 * scale * months)


def test_a_share_is_never_more_than_all():
    """A guess of 80 % is 40 to 100, not 120: who ends more errors than there are gains nothing by it."""
    ends = next(asked for asked in ASKED if asked.name == "errors_ended")
    assert ends.range_of(Figure(0.8)) == pytest.approx((0.4, 1))
    assert ends.range_of(Figure(0.2)) == pytest.approx((0.1, 0.3))
    errors = {"deals": known(100), "errors": known(0.5), "lost_by_errors": known(0.5)}
    verdict = judge(case(**errors, deal_worth=known(10), errors_ended=Figure(0.8)))
    assert verdict.high == pytest.approx(100 * 0.5 * 0.5 * 10)
