"""The page of results, and the same for other systems: one chart over all sources, judged by the whole."""

import json
import re
from datetime import timedelta
from html import unescape

import msgspec
import pytest

from happenings import NOW, person
from lake import Lake
from ripely.model.event import Event
from ripely.model.ids import EventId, derive
from ripely.model.note import Note
from ripely.operations.outcomes.overall import Told
from ripely.ports import Answered, AskError, Warehouse

FOLLOWS = {"HX-Request": "true"}
"""Asks for what stands on the page once history has answered."""


def event(who, days_ago, name, source="crm", **properties):
    at = int((NOW - timedelta(days=days_ago)).timestamp() * 1000)
    identity = EventId(derive("event", f"{who} {days_ago} {name}"))
    return Event(identity, person(who), name, at, at, properties, source)


class Away(Warehouse):
    dialect = "duckdb"

    def ask(self, sql: str, rows_max: int = 0) -> Answered:
        raise AskError("the archive is being moved")


@pytest.fixture
def asking(app, world, tmp_path, monkeypatch):
    """A shop of forty visitors, all of whom get a mail, enter a journey and order; nobody was here before."""
    world.publish()
    lake = Lake(tmp_path)
    lake.keep([event("first", 400, "page.viewed", "web")])
    day_ago = int((NOW - timedelta(days=1)).timestamp() * 1000)
    for n in range(40):
        who = f"p{n}"
        lake.keep(
            [
                event(who, 3, "visit.started", "derived"),
                event(who, 2, "email.sent", "dispatch", message=who, template="news"),
                event(who, 1, "order.completed", order_id=who, total=12.5, currency="EUR"),
            ],
            {person(who): [Note("journey.entered", "welcome", "x", at_ms=day_ago)]},
        )
    _ask_of(lake, app, monkeypatch)


@pytest.fixture
def look(asking, client):
    def page(query="", status=200):
        answer = client.get(f"/results/{query}", headers=FOLLOWS)
        assert answer.status_code == status, answer.content[:500]
        return answer.content.decode()

    return page


def said(page):
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def drawn(page):
    return json.loads(unescape(re.search(r'data-plot="([^"]*)"', page)[1]))


def test_the_page_stands_in_the_menu(look):
    assert re.search(r'href="/results/" aria-current="page"', look())


def test_the_page_is_there_before_history_has_answered(client, world, app, monkeypatch):
    world.publish()
    _ask_of(Away(), app, monkeypatch)
    page = client.get("/results/?days=7").content.decode()
    assert 'hx-get="/results/?days=7"' in page
    assert "History cannot be asked" not in page
    assert client.get("/results/?days=never").status_code == 400


def test_all_sources_are_drawn_on_one_axis_and_said_in_a_table(look):
    page = look("?days=7")
    plot = drawn(page)
    by_name = {one["name"]: one for one in plot["series"]}
    assert list(by_name) == ["Visits", "New leads", "Orders", "Revenue, EUR"]
    assert by_name["Visits"]["values"] == [0, 0, 0, 40, 0, 0, 0]
    assert by_name["Revenue, EUR"]["values"] == [0, 0, 0, 0, 0, 500, 0]
    assert [name for name, one in by_name.items() if one["right"]] == ["Revenue, EUR"]
    assert len(plot["labels"]) == 7
    assert "2030-03-03 0 0 40 500" in said(page)


def test_what_is_drawn_is_chosen_by_links(look):
    page = look("?days=7&show=delivered,opened")
    assert [one["name"] for one in drawn(page)["series"]] == ["Messages delivered", "Opened by humans"]  # fmt: skip
    links = dict(re.findall(r'<a class="chip" href="([^"]*)"[^>]*>([^<]*)</a>', page))
    with_clicks = next(link for link, name in links.items() if name == "Clicked by humans")
    more = look(unescape(with_clicks))
    assert [one["name"] for one in drawn(more)["series"]][-1] == "Clicked by humans"
    without = next(unescape(link) for link, name in links.items() if name == "Opened by humans")
    assert [one["name"] for one in drawn(look(without))["series"]] == ["Messages delivered"]


def test_what_came_of_it_says_over_how_many(look):
    words = said(look("?days=7"))
    assert "By themselves, or not known 40 40 0 0 40 100.0% 40 500.00 12.50" in words
    assert "Email 40 40 0 0 40 100.0% 40 500.00 12.50" in words
    assert "Welcome call 40 0 0.0% 0.00 0.00 nobody is kept out" in words


def test_days_before_history_began_are_not_drawn_as_none(look):
    assert "Nothing is known of this time" in look("?from=2020-01-01&to=2020-01-31")
    begun = look("?days=730&by=month&show=visits")
    assert drawn(begun)["series"][0]["values"][0] is None
    assert "Known since 28 January 2029 only: Visits." in said(begun)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?days=x", "“x” is no number of days"),
        ("?from=<b>", "“<b>” is no day: write it like 2030-01-31."),
        ("?show=money", "“money” is none of visits"),
        ("?touch=middle", "“middle” is none of first, last."),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(look, query, sentence):
    page = look(query, 400)
    assert sentence in said(page)
    assert "<b>”" not in page


def test_when_history_is_away_the_page_says_so(look, app, monkeypatch):
    _ask_of(Away(), app, monkeypatch)
    assert "the archive is being moved" in look()


def test_other_systems_get_the_same(asking, visitor):
    from ripely.operations.sources import create_key

    bearer = {"Authorization": f"Bearer {create_key('Reports', 'reader')}"}
    answer = visitor.get("/v1/results?days=7&touch=last", headers=bearer)
    told = msgspec.json.decode(answer.content, type=Told, strict=True)
    assert (told.currency, told.touch, f"{told.period.first}") == ("EUR", "last", "2030-02-26")
    assert len(told.parts) == len(told.series[0].values) == 7
    assert (told.sources[0].revenue, told.channels[0].buyers) == (500, 40)
    assert told.journeys[0].let_in.people == 40
    wrong = visitor.get("/v1/results?from=2031-01-01", headers=bearer)
    assert (wrong.status_code, "still to come" in wrong.content.decode()) == (400, True)
    assert visitor.get("/v1/results").status_code == 401


def _ask_of(warehouse, app, monkeypatch):
    other = msgspec.structs.replace(app, warehouse=warehouse)
    monkeypatch.setattr("ripely.web.middleware.app", lambda: other)
