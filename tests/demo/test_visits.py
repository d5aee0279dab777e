"""Simulated visitors speak the protocol of the tracker, and the same seed makes the same town."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest

from ripely.demo.envelope import stamp
from ripely.demo.past import DAYS, past
from ripely.demo.plots import PLOTS, plan
from ripely.demo.population import population
from ripely.demo.shop.pages import page_at
from ripely.demo.visit import Visit
from ripely.runtime.collect import Reader, Sender

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
SHOP = "http://127.0.0.1:8000/shop"
PEOPLE = population("town")


def test_the_same_seed_makes_the_same_people():
    assert population("town") == PEOPLE
    assert population("another town") != PEOPLE


def test_no_two_people_share_what_identifies_them():
    for fact in ("anonymous_id", "email", "phone"):
        values = [getattr(person, fact) for person in PEOPLE if getattr(person, fact)]
        assert len(set(values)) == len(values)


def test_everybody_has_an_address_that_belongs_to_nobody():
    assert all(person.email.endswith("@example.com") for person in PEOPLE)


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.__name__)
def test_every_kind_of_visit_is_understood_by_the_collector(plot):
    for person in PEOPLE[:10]:
        chance = Random(person.email)
        visit = Visit(person, chance, SHOP)
        plot(visit)
        calls = [stamp(c, person, chance, NOON) for act in visit.acts for c in act.calls]
        reading = read(calls, NOON)
        assert not reading.refusals
        assert reading.accepted == len(calls)
        assert not reading.bots
        assert len({arrival.id for arrival in reading.arrivals}) == len(reading.arrivals)


def test_visitors_view_pages_that_the_shop_has():
    for person in PEOPLE[:40]:
        for act in plan(person, Random(person.email), SHOP):
            for call in act.calls:
                if call["type"] == "page":
                    place = call["properties"]
                    page = page_at(place["path"], place["search"].removeprefix("?"))
                    assert page.status == 200
                    assert place["title"].split(" · ")[0] in page.body.decode()


def test_the_past_lies_within_two_weeks_and_ends_before_now():
    calls = list(past("town", NOON, SHOP))
    moments = [arrival.occurred_ms / 1000 for arrival in read(calls, NOON).arrivals]
    assert min(moments) > (NOON - timedelta(days=DAYS)).timestamp()
    assert max(moments) < NOON.timestamp()


def test_the_past_holds_enough_to_look_at():
    told = Counter(
        arrival.name for arrival in read(list(past("Oakmere", NOON, SHOP)), NOON).arrivals
    )
    assert sum(told.values()) >= 300
    assert {"page.viewed", "form.submitted", "order.completed", "search.performed"} <= set(told)


def read(calls, now):
    body = msgspec.json.encode({"batch": calls, "sentAt": now.isoformat()})
    return Reader().batch(body, Sender(received_ms=round(now.timestamp() * 1000)))
