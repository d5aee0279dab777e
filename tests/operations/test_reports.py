"""Questions to small histories whose answers can be counted on one's fingers."""

from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ripely.model.event import DERIVED, Event
from ripely.operations import reports
from ripely.operations.reports import Scope, everybody, histories
from ripely.ports import Story

HOUR_MS = 3_600_000
ANN, BOB = 1, 2


def event(contact, name, hours=0.0, source="site", **properties):
    at_ms = round(hours * HOUR_MS)
    return Event(at_ms * 31 + contact, contact, name, at_ms, at_ms, properties, source)


def told(*events, scope=Scope()):  # noqa: B008 - frozen
    stories = [(one.contact, at, Story([one], [])) for at, one in enumerate(events)]
    return list(histories(sorted(stories, key=lambda story: story[:2]), scope))


def test_what_ripely_tells_itself_is_left_out_unless_asked():
    events = [event(ANN, "a"), event(ANN, "visit.started", source=DERIVED)]
    by = reports.key_of("name", UTC)
    assert reports.count(told(*events), None, by, everybody) == {("", "a"): 1}
    both = told(*events, scope=Scope(own=True))
    assert reports.count(both, None, by, everybody) == {("", "a"): 1, ("", "visit.started"): 1}


def test_a_scope_ends_before_its_end():
    scope = Scope(since_ms=HOUR_MS, until_ms=2 * HOUR_MS)
    events = [event(ANN, "a", hours) for hours in (0.9, 1, 1.9, 2)]
    assert [len(one) for _, one in told(*events, scope=scope)] == [2]


@pytest.mark.parametrize(
    ("by", "counted"),
    [
        ("source", {"site": 2}),
        ("day", {"1970-01-01": 1, "1970-01-02": 1}),
        ("property:p", {"x": 1, "(none)": 1}),
    ],
)
def test_counts_by(by, counted):
    history = told(event(ANN, "a", 21.5, p="x"), event(BOB, "a", 22.5))
    counts = reports.count(history, "a", reports.key_of(by, ZoneInfo("Etc/GMT-2")), everybody)
    assert counts == {("", key): n for key, n in counted.items()}


@pytest.mark.parametrize("by", ["weather", "property:", "name:x"])
def test_what_cannot_be_counted_by_is_said(by):
    with pytest.raises(ValueError, match="none of name, source, day"):
        reports.key_of(by, UTC)


def test_sessions_end_with_a_pause_longer_than_the_gap():
    moments = (0, 0.5, 1.0, 1.50001, 9)
    history = told(*(event(ANN, "a", hours) for hours in moments), event(BOB, "a"))
    assert reports.sessions(history) == reports.Sessions(contacts=2, sessions=4)


def test_late_events_do_not_begin_sessions():
    history = told(*(event(ANN, "a", hours) for hours in (0, 0.4, 0.2)))
    assert reports.sessions(history).sessions == 1


def test_a_funnel_in_order_asks_for_the_order():
    history = told(
        event(ANN, "b", 1), event(ANN, "a", 2), event(BOB, "a", 1), event(BOB, "b", 2)
    )
    assert reports.funnel(history, ["a", "b"], in_order=False) == [2, 2]
    assert reports.funnel(history, ["a", "b"], in_order=True) == [2, 1]


def test_the_same_step_twice_needs_two_events_in_order():
    history = told(event(ANN, "a", 1), event(BOB, "a", 1), event(BOB, "a", 2))
    assert reports.funnel(history, ["a", "a"], in_order=True) == [2, 1]


def test_sums_are_exact_and_of_numbers_alone():
    prices = (0.1, 0.2, "0.3", True, None)
    history = told(*(event(ANN, "a", n, p=price) for n, price in enumerate(prices)))
    total = reports.total(history, "p", "a", everybody)[""]
    assert (total.events, total.sum, total.mean) == (2, Decimal("0.3"), Decimal("0.15"))


def test_contacts_are_told_apart_by_what_was_said_of_them_last():
    history = told(
        event(ANN, "arm", 0, arm="x"), event(ANN, "arm", 1, arm="y"), event(ANN, "a", 2),
        event(BOB, "a", 2),
    )  # fmt: skip
    cohort = reports.cohort_of("arm", "arm")
    assert reports.contacts(history, "a", cohort) == {"y": 1, "(none)": 1}


def test_the_busiest_come_first():
    history = told(
        event(ANN, "a", 1), event(BOB, "a", 1), event(BOB, "a", 2), event(BOB, "b", 3)
    )
    assert reports.busiest(history, "a", 9) == [(BOB, 2), (ANN, 1)]
    assert reports.busiest(history, "b", 1) == [(BOB, 1)]


def test_landings_are_pages_with_an_address():
    pages = [
        event(ANN, "page.viewed", 1, url="/", utm_source="g", utm_medium="cpc"),
        event(ANN, "page.viewed", 2, url="/", utm_source="g"),
        event(ANN, "page.viewed", 3, url="/"),
        event(ANN, "page.viewed", 4),
    ]
    assert reports.landings(told(*pages)) == {"g / cpc": 1, "g / (none)": 1, "(no utm)": 1}


def test_what_comes_to_a_merged_contact_counts_at_the_other_alone():
    history = told(
        event(ANN, "a", 1), event(ANN, "contact.merged", 2), event(ANN, "a", 3),
        event(ANN, "contact.revived", 4), event(ANN, "a", 5),
    )  # fmt: skip
    by = reports.key_of("name", UTC)
    assert reports.count(history, "a", by, everybody) == {("", "a"): 2}
