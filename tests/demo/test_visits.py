"""Simulated visitors speak the protocol of the tracker, and the same seed makes the same town."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest

from ripely.demo.envelope import stamp, written
from ripely.demo.past import DAYS, past
from ripely.demo.plots import PLOTS, plan
from ripely.demo.population import population
from ripely.demo.shop.pages import page_at
from ripely.demo.visit import Visit
from ripely.operations.worth.automations import TIMES_MIN
from ripely.operations.worth.timing import BUYERS_MIN
from ripely.runtime.collect import Reader, Sender
from ripely.runtime.segment import BATCH_EVENTS_MAX

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


def test_the_past_lies_within_three_months_and_ends_before_now():
    calls = list(past("town", NOON, SHOP))
    moments = [call["timestamp"] for call in calls]
    assert moments == sorted(moments)
    assert moments[0] > written(NOON - timedelta(days=DAYS))
    assert moments[-1] < written(NOON)


def test_the_past_holds_enough_to_look_at():
    told = Counter(arrival.name for arrival in _past())
    assert {"page.viewed", "form.submitted", "order.completed", "search.performed"} <= set(told)
    assert told["order.completed"] >= BUYERS_MIN


def test_what_colleagues_did_by_hand_says_who_and_comes_after_its_cause():
    causes = {
        "tag.added": "form.submitted",
        "message.written": "order.completed",
        "call.made": "file.downloaded",
    }
    before: dict[object, set[str]] = defaultdict(set)
    done = Counter()
    for arrival in _past():
        if arrival.name in causes:
            assert causes[arrival.name] in before[arrival.claims]
            assert arrival.properties["by"].endswith("@oakmere.example")
            done[arrival.name] += 1
        for claim in arrival.claims:
            before[(claim,)].add(arrival.name)
    assert set(done) == set(causes)
    assert min(done.values()) >= TIMES_MIN


def _past():
    """What the collector understands of the past, in batches as a server sends them."""
    calls = list(past("Oakmere", NOON, SHOP))
    found = []
    for start in range(0, len(calls), BATCH_EVENTS_MAX):
        reading = read(calls[start : start + BATCH_EVENTS_MAX], NOON, trusted=True)
        assert not reading.refusals
        found += reading.arrivals
    return found


def read(calls, now, *, trusted=False):
    body = msgspec.json.encode({"batch": calls, "sentAt": now.isoformat()})
    return Reader().batch(body, Sender(round(now.timestamp() * 1000), trusted=trusted))
