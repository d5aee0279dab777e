"""One chart over all sources, and what came of the whole: counted on one's fingers, in both engines."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from lake import Lake
from ripely.engine.step import new_profile
from ripely.model.event import Event
from ripely.model.note import Note
from ripely.operations.outcomes.results import NAMES, chosen, results, rows_of
from ripely.operations.outcomes.returns import (
    PEOPLE_MIN,
    SOURCES_SHOWN,
    Channel,
    Side,
    Source,
    returns,
    touch_of,
)
from ripely.operations.outcomes.spans import PARTS_MAX, read_span

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2030, 4, 3, 9, tzinfo=UTC)
"""Three days after the clocks went forward, a Wednesday."""
BEGAN = datetime(2029, 1, 1, tzinfo=UTC)
ANN, BOB, CAROL = 1, 2**62 + 1, 3


class Story:
    """Tells what happens to people, at moments of Kyiv; kept all at once when it is asked about."""

    def __init__(self, lake):
        self._lake, self._told = lake, 0
        self._events, self._notes = [], {}

    def __call__(self, who, at, name, source="crm", received=None, **properties):
        at_ms = _ms(at)
        received_ms = int(received.timestamp() * 1000) if received else at_ms
        self._told += 1
        self._events.append(
            Event(self._told, who, name, at_ms, received_ms, properties, source)
        )

    def note(self, who, at, kind, subject, reason="", value=0):
        one = Note(kind, subject, reason, value, at_ms=_ms(at))
        self._notes.setdefault(who, []).append(one)

    @property
    def lake(self):
        if self._events or self._notes:
            self._lake.keep(self._events, self._notes)
        self._events, self._notes = [], {}
        return self._lake


def _ms(at):
    return int(datetime.fromisoformat(at).replace(tzinfo=KYIV).timestamp() * 1000)


@pytest.fixture
def tell(any_lake):
    story = Story(any_lake)
    story(ANN, "2029-01-01 12:00", "page.viewed", "web")
    return story


def span(**said):
    return read_span({name.rstrip("_"): words for name, words in said.items()}, NOW, KYIV)


def values(found, key):
    return {day: n for day, (n,) in rows_of(found, [key]) if n}


def test_days_are_those_of_the_company_also_when_the_clocks_change(tell):
    for at in ("2030-03-30 23:59", "2030-03-31 00:01", "2030-03-31 23:59", "2030-04-01 00:01"):
        tell(ANN, at, "visit.started", "derived")
    found = results(tell.lake, span(from_="2030-03-30", to="2030-04-02"))
    assert values(found, "visits") == {"2030-03-30": 1, "2030-03-31": 2, "2030-04-01": 1}
    assert found.of("visits").values[-1] == 0


def test_weeks_and_months_are_told_by_their_first_day(tell):
    for day in ("2030-02-28", "2030-03-01", "2030-03-31", "2030-04-01"):
        tell(ANN, f"{day} 10:00", "visit.started", "derived")
    of = {"from_": "2030-02-27", "to": "2030-04-03"}
    weeks = results(tell.lake, span(**of, by="week"))
    assert values(weeks, "visits") == {"2030-02-25": 2, "2030-03-25": 1, "2030-04-01": 1}
    months = results(tell.lake, span(**of, by="month"))
    assert values(months, "visits") == {"2030-02-01": 1, "2030-03-01": 2, "2030-04-01": 1}
    assert months.of("visits").total == weeks.of("visits").total == 4


def test_it_stands_beside_the_same_time_before(tell):
    for day in ("2030-03-26", "2030-03-27", "2030-03-31", "2030-04-01", "2030-04-02"):
        tell(ANN, f"{day} 10:00", "visit.started", "derived")
    # Of the day that is not over yet only as much counts, in the week before too.
    tell(ANN, "2030-03-27 13:00", "visit.started", "derived")
    visits = results(tell.lake, span(days="7")).of("visits")
    assert (visits.total, visits.before, visits.change) == (3, 2, 0.5)
    assert results(tell.lake, span(days="7")).of("orders").change is None


def test_the_company_says_in_which_currency_it_reckons(tell):
    for number, currency in enumerate(("USD", "USD", "uah", "")):
        told = {"order_id": f"o{number}", "total": 10, "currency": currency}
        tell(ANN, f"2030-04-0{1 + number % 2} 10:00", "order.completed", **told)
    usual, ours = results(tell.lake, span(days="7")), results(tell.lake, span(days="7"), "UAH")
    assert (usual.currency, usual.others, usual.of("revenue").total) == ("USD", 1, 30)
    assert (ours.currency, ours.others, ours.of("revenue").total) == ("UAH", 2, 20)
    assert ours.of("orders").total == 4


def test_revenue_is_what_is_left_of_orders_each_once(tell):
    order = {"order_id": "o1", "total": 100, "currency": "EUR"}
    tell(ANN, "2030-04-01 10:00", "order.completed", "web", **order)
    tell(ANN, "2030-04-01 10:05", "order.completed", "shop", **order)
    tell(BOB, "2030-04-01 11:00", "deal.won", deal="d1", value=1000)
    tell(BOB, "2030-04-02 11:00", "order.completed", order_id="o2", total=50, currency="eur")
    tell(CAROL, "2030-04-02 12:00", "order.completed", order_id="o3", total=999, currency="USD")
    tell(ANN, "2030-04-03 10:00", "order.refunded", order_id="o1", total=30, currency="EUR")
    tell(ANN, "2030-04-03 11:00", "order.cancelled", order_id="o1")
    tell(BOB, "2030-04-03 11:30", "order.refunded", order_id="o2")
    found = results(tell.lake, span(days="7"))
    assert (found.currency, found.others) == ("EUR", 1)
    assert values(found, "orders") == {"2030-04-01": 2, "2030-04-02": 2}
    assert values(found, "buyers") == {"2030-04-01": 2, "2030-04-02": 2}
    assert found.of("buyers").total == 3
    # What is taken back counts when it is: 30, the other 70 of the order, and all of the second.
    assert values(found, "revenue") == {
        "2030-04-01": 1100,
        "2030-04-02": 50,
        "2030-04-03": -150,
    }
    assert found.of("revenue").total == 1000


def test_people_rise_once_and_who_was_merged_is_one(tell):
    winner, between, loser = new_profile(ANN, 0), new_profile(7, 0), new_profile(BOB, 0)
    loser.merged_into, between.merged_into = 7, ANN
    tell.lake.know([winner, between, loser])
    tell.note(BOB, "2030-04-01 10:00", "lifecycle.changed", "potential_lead", value=1)
    tell.note(ANN, "2030-04-02 10:00", "lifecycle.changed", "potential_lead", value=1)
    tell.note(CAROL, "2030-04-02 11:00", "lifecycle.changed", "customer", value=3)
    # Told to who is no more, and passed on to the one that goes on.
    tell(BOB, "2030-04-02 12:00", "order.completed", total=5)
    tell.note(BOB, "2030-04-02 12:00", "event.forwarded", "order.completed", value=2)
    tell(ANN, "2030-04-02 12:00", "order.completed", total=5)
    found = results(tell.lake, span(days="7"))
    assert values(found, "contacts") == {"2030-04-01": 1, "2030-04-02": 1}
    assert values(found, "leads") == {"2030-04-02": 1}
    assert (found.of("orders").total, found.of("revenue").total) == (1, 5)


def test_who_was_imported_rose_when_it_happened_and_not_when_it_was_told(tell):
    happened = datetime(2030, 3, 31, 12, tzinfo=KYIV)
    told = datetime(2030, 4, 2, 12, tzinfo=KYIV)
    at_ms, told_ms = (int(one.timestamp() * 1000) for one in (happened, told))
    known = Event(
        99, BOB, "contact.identified", at_ms, told_ms, {"email": "b@example.com"}, "crm"
    )
    rise = Note("lifecycle.changed", "potential_lead", "from visitor: contact.identified", 1, at_ms=told_ms)  # fmt: skip
    tell.lake.keep([known], {BOB: [rise]})
    found = results(tell.lake, span(days="7"))
    assert values(found, "contacts") == {"2030-03-31": 1}


def message(tell, who, at, name, number, **properties):
    tell(who, at, name, "dispatch", message=f"m{number}", template="news", **properties)


def test_messages_count_once_and_machines_do_not_open_them(tell):
    for number, who in ((1, ANN), (2, BOB), (3, CAROL)):
        message(tell, who, "2030-04-01 10:00", "email.sent", number)
    message(tell, ANN, "2030-04-01 10:01", "email.opened", 1, by="machine")
    message(tell, ANN, "2030-04-01 12:00", "email.opened", 1, by="human")
    message(tell, ANN, "2030-04-02 12:00", "email.opened", 1, by="human")
    message(tell, BOB, "2030-04-02 12:00", "email.opened", 2, by="unknown")
    message(
        tell, ANN, "2030-04-02 12:01", "email.clicked", 1, by="human", url="https://a.example"
    )
    message(tell, CAROL, "2030-04-02 13:00", "email.bounced", 3, reason="no such address")
    message(tell, BOB, "2030-04-02 14:00", "email.unsubscribed", 2)
    message(tell, BOB, "2030-04-02 14:01", "sms.unsubscribed", 4)
    found = results(tell.lake, span(days="7"))
    assert values(found, "delivered") == {"2030-04-01": 2}
    assert values(found, "opened") == {"2030-04-01": 1}
    assert values(found, "clicked") == {"2030-04-02": 1}
    assert values(found, "unsubscribed") == {"2030-04-02": 1}


def test_a_call_of_a_task_is_a_call_made(tell):
    tell(ANN, "2030-04-01 10:00", "call.made", by="bob")
    tell(ANN, "2030-04-01 10:00", "call.answered", seconds=90)
    tell(BOB, "2030-04-01 11:00", "call.answered", "ripely", task="t1")
    tell(BOB, "2030-04-01 12:00", "call.missed", "ripely", task="t2")
    found = results(tell.lake, span(days="7"))
    assert (found.of("calls").total, found.of("answered").total) == (3, 2)


def test_days_before_history_began_are_unknown(any_lake):
    tell = Story(any_lake)
    began = datetime(2030, 4, 1, 12, tzinfo=KYIV)
    # Imported: of the time before we began, orders alone are known.
    tell(ANN, "2030-03-30 10:00", "order.completed", "import", began, order_id="o", total=5)
    tell(ANN, "2030-04-01 13:00", "page.viewed", "web")
    found = results(tell.lake, span(from_="2030-03-29", to="2030-04-03"))
    assert found.of("orders").values == [None, 1, 0, 0, 0, 0]
    assert found.of("visits").values == [None, None, None, 0, 0, 0]
    assert found.of("visits").since == began
    assert (found.of("visits").total, found.of("visits").before) == (0, None)
    earlier = results(any_lake, span(from_="2030-03-01", to="2030-03-20"))
    assert {one.total for one in earlier.series} == {None}


def test_of_an_empty_history_nothing_is_known(any_lake):
    found = results(any_lake, span(days="7"))
    assert {value for one in found.series for value in (*one.values, one.total, one.before)} == {None}  # fmt: skip
    nothing = returns(any_lake, span(days="7"), "")
    assert [*nothing.sources, *nothing.channels, *nothing.journeys] == []
    assert nothing.more is None


def touched(contact, first, last):
    profile = new_profile(contact, 0)
    profile.first_touch, profile.last_touch = first, last
    return profile


def test_sources_are_judged_by_what_came_of_their_contacts_and_add_up(tell):
    ads, news = {"source": "google", "medium": "cpc"}, {"source": "news"}
    tell.lake.know([touched(ANN, ads, news), touched(BOB, ads, ads), new_profile(CAROL, 0)])
    for who in (ANN, BOB, CAROL):
        tell(who, "2030-04-01 09:00", "visit.started", "derived")
    tell.note(ANN, "2030-04-01 10:00", "lifecycle.changed", "lead", value=2)
    tell(ANN, "2030-04-01 11:00", "order.completed", order_id="o1", total=40)
    tell(CAROL, "2030-04-01 11:00", "order.completed", order_id="o2", total=10)
    week = span(days="7")
    first = returns(tell.lake, week, "").sources
    assert list(first) == [
        Source("google / cpc", 2, 2, 1, 1, 1, 1, 40.0),
        Source("", 1, 1, 0, 0, 1, 1, 10.0),
    ]
    last = {one.name: one for one in returns(tell.lake, week, "", "last").sources}
    assert (last["news"].revenue, last["google / cpc"].buyers) == (40, 0)
    found = results(tell.lake, week)
    for key in ("contacts", "leads", "buyers", "orders", "revenue"):
        assert sum(getattr(one, key) for one in first) == found.of(key).total


def test_the_sources_that_brought_least_are_told_of_together(tmp_path):
    tell = Story(Lake(tmp_path))
    people = range(1, SOURCES_SHOWN + 4)
    tell.lake.know([touched(n, {"source": f"s{n}"}, {}) for n in people])
    for n in people:
        tell(n, "2030-04-01 09:00", "order.completed", order_id=f"o{n}", total=n)
    found = returns(tell.lake, span(days="7"), "")
    assert [one.revenue for one in found.sources] == [*reversed(people)][:SOURCES_SHOWN]
    assert found.more == Source("", 3, 0, 0, 0, 3, 3, 6.0)
    nobody = returns(tell.lake, span(from_="2030-03-01", to="2030-03-02"), "")
    assert (nobody.sources, nobody.more) == ([], None)


def test_what_is_bought_after_a_message_is_told_beside_its_channel_once(tell):
    message(tell, ANN, "2030-03-20 10:00", "email.sent", 1)
    message(tell, ANN, "2030-03-21 10:00", "email.sent", 2)
    message(tell, BOB, "2030-03-21 10:00", "email.sent", 3)
    message(tell, BOB, "2030-03-21 11:00", "email.opened", 3, by="human")
    message(tell, CAROL, "2030-03-21 10:00", "sms.sent", 4)
    tell(ANN, "2030-03-22 10:00", "order.completed", order_id="o1", total=40)
    tell(BOB, "2030-03-29 10:00", "order.completed", order_id="late", total=40)
    tell(CAROL, "2030-03-21 09:59", "order.completed", order_id="early", total=40)
    channels = returns(tell.lake, span(days="30"), "").channels
    assert list(channels) == [
        Channel("email", 3, 2, 1, 0, 1, 1, 40.0),
        Channel("sms", 1, 1, 0, 0, 0, 0, 0.0),
    ]


def test_a_journey_is_held_against_those_kept_out(tell):
    day = "2030-04-01"
    for who in (ANN, BOB):
        tell.note(who, f"{day} 10:00", "journey.entered", "care", "form.submitted")
    tell.note(ANN, "2030-04-02 10:00", "journey.entered", "care", "form.submitted")
    tell.note(CAROL, f"{day} 10:00", "journey.heldout", "care", "by chance")
    tell.note(4, f"{day} 10:00", "journey.entered", "alone", "form.submitted")
    tell.note(
        5, f"{day} 10:00", "journey.converted", "care", "ordered", 100
    )  # Came in long ago.
    tell(ANN, f"{day} 09:00", "order.completed", order_id="o0", total=500)
    tell(ANN, f"{day} 11:00", "order.completed", order_id="o1", total=40)
    tell.note(ANN, f"{day} 11:00", "journey.converted", "care", "ordered", 4000)
    tell(CAROL, f"{day} 12:00", "order.completed", order_id="o2", total=7)
    tell.note(CAROL, f"{day} 12:00", "journey.converted", "care", "holdout: ordered", 700)
    tell(BOB, f"{day} 13:00", "order.completed", order_id="o3", total=9)
    care, alone = returns(tell.lake, span(days="7"), "").journeys
    assert (care.journey, care.let_in, care.kept_out) == (
        "care",
        Side(2, 1, 40.0),
        Side(1, 1, 7.0),
    )
    assert care.compared.expected == -0.5
    assert not care.compared.enough
    assert not care.compared.sure
    assert (alone.let_in, alone.kept_out, alone.compared) == (Side(1, 0, 0.0), None, None)


def test_of_few_people_no_rate_is_said():
    few = Source("x", PEOPLE_MIN - 1, 0, 0, 0, 0, 0, 100.0)
    assert few.each is None
    assert msgspec.structs.replace(few, people=PEOPLE_MIN).each == 100 / PEOPLE_MIN


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"days": "0"}, "“0” is no number of days"),
        ({"days": "x"}, "“x” is no number of days"),
        ({"days": "99999"}, "is no number of days"),
        ({"from_": "tomorrow"}, "“tomorrow” is no day: write it like 2030-01-31."),
        ({"from_": "2030-02-30"}, "“2030-02-30” is no day"),
        ({"to": "2030-02-01"}, "Say from which day, too"),
        ({"from_": "2030-03-02", "to": "2030-03-01"}, "2030-03-02 comes after 2030-03-01"),
        ({"from_": "2031-01-01"}, "2031-01-01 is still to come"),
        ({"from_": "1999-01-01"}, "can be told of at once"),
        ({"days": "900", "by": "day"}, f"more than {PARTS_MAX}"),
        ({"by": "hour"}, "“hour” is none of day, week, month."),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(said, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        span(**said)


def test_the_rest_of_the_question_is_read_too():
    assert chosen("revenue, visits") == ["visits", "revenue"]
    assert touch_of("") == "first"
    with pytest.raises(ValueError, match="“money” is none of visits"):
        chosen("money")
    with pytest.raises(ValueError, match="“middle” is none of first, last"):
        touch_of("middle")


def test_the_parts_fit_the_time():
    assert [span(days=days).step for days in ("7", "365", "2000")] == ["day", "week", "month"]
    assert span(days="1").parts == [date(2030, 4, 3)]
    future = span(from_="2030-04-01", to="2030-12-31")
    assert (future.last, future.until) == (date(2030, 4, 3), NOW)
    assert span(days="7").before[1] == NOW - timedelta(days=7) + timedelta(hours=1)
    assert len(NAMES) == 12
