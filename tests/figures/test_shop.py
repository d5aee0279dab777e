"""A web shop: 118 visitors over a year and a half, as their browsers sent it."""

import json

import pytest

from ripely.engine.visits import VISIT_STARTED
from ripely.model.catalog import standard_name
from ripely.model.identity import USER, first_contact
from ripely.model.ids import contact_code

FUNNEL = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed")


@pytest.fixture(scope="module")
def expected(data):
    return json.loads((data("ecommerce_events_segment") / "expected.json").read_text())


@pytest.fixture(scope="module", autouse=True)
def history(expected, data, run, fold):
    run("import", "events", data("ecommerce_events_segment") / "segment_events.jsonl.gz")
    fold()


def by_our_names(counts):
    return {_ours(name): count for name, count in counts.items()}


def _ours(name):
    return "page.viewed" if name == "Page" else standard_name(name)


def test_repeated_messages_count_once(ask, expected):
    told = {row["name"]: row["events"] for row in ask("count")}
    assert told == by_our_names(expected["by_type_distinct"])
    assert sum(told.values()) == expected["distinct_event_ids"]
    assert expected["rows"] > expected["distinct_event_ids"]


def test_contacts_of_each_event(ask, expected):
    for name, contacts in by_our_names(expected["users_by_type"]).items():
        assert ask("contacts", "--event", name) == [{"contacts": contacts}]


def test_sessions_are_what_the_profiles_count_as_visits(ask, app, expected):
    sessions = expected["sessions_30min_gap_strictly_greater"]
    assert ask("sessions") == [{"contacts": expected["users"], "sessions": sessions}]
    started = {row["name"]: row["events"] for row in ask("count", "--own")}[VISIT_STARTED]
    people = [row["contact"] for row in ask("top", "--limit", 200)]
    profiles = app.profiles.load([int(code, 16) for code in people]).profiles
    visits = sum(profile.visit.number for profile in profiles.values())
    assert (started, visits) == (sessions, sessions)


def test_funnel(ask, expected):
    reached = [row["contacts"] for row in ask("funnel", *FUNNEL)]
    assert reached == [expected["users_by_type"][name] for name in FUNNEL] == [97, 43, 33, 17]


def test_a_funnel_in_order_is_no_wider(ask):
    in_order = [row["contacts"] for row in ask("funnel", *FUNNEL, "--in-order")]
    any_order = [row["contacts"] for row in ask("funnel", *FUNNEL)]
    assert in_order[0] == any_order[0]
    assert all(one <= other for one, other in zip(in_order, any_order, strict=True))


def test_orders_and_their_money(ask, expected):
    orders = ask("count", "--event", "Order Completed")
    assert orders == [{"name": "order.completed", "events": expected["orders"]}]
    (revenue,) = ask("sum", "total_price", "--event", "Order Completed")
    assert revenue["events"] == expected["orders_with_detail"]
    assert revenue["sum"] == expected["revenue_from_detail"]
    (discounts,) = ask("sum", "total_discounts", "--event", "Order Completed")
    assert discounts["sum"] == expected["discounts_from_detail"]


def test_top_contacts(ask, expected):
    busiest = [(row["contact"], row["name"], row["events"]) for row in ask("top", "--limit", 5)]
    assert busiest == [(_code(u), u, n) for u, n in expected["top5_users_by_events"]]
    buyers = ask("top", "--event", "Order Completed", "--limit", 2)
    assert [[row["name"], row["events"]] for row in buyers] == expected["top_converting_users"][
        :2
    ]


def test_landings(ask, expected):
    told = {row["campaign"]: row["page views"] for row in ask("landings")}
    assert told == expected["landings_by_source_medium"]


def test_importing_it_again_changes_nothing(ask, app, data, run, fold):
    before = ask("count")
    again = run(
        "import", "events", data("ecommerce_events_segment") / "segment_events.jsonl.gz"
    )
    fold()
    assert "Nothing to do" in again
    assert ask("count") == before


def _code(user):
    return contact_code(first_contact((USER, user)))
