"""What history shows of the whole, and whether a journey is worth it, as pages."""

import re
from datetime import timedelta
from html import unescape

import msgspec
import pytest

from happenings import DEFINITIONS, NOW, person
from lake import Lake
from ripely.engine.step import new_profile
from ripely.model.event import Event
from ripely.model.ids import EventId, contact_code, derive
from ripely.model.note import Note
from ripely.model.profile import Consent
from ripely.ports import Answered, AskError, Warehouse

ADDRESSES = ("/suggestions/", "/timing/", "/held/", "/journeys/welcome/worth/")
FOLLOWS = {"HX-Request": "true"}
"""Asks for what stands on a page once history has answered."""
CAP = "cap: 2 mails a week"
NEWS = b"""
---
kind: template
id: news
name: News
subject: News
body: <mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>
---
kind: journey
id: news
name: News
triggers: [{on: event, event: order.completed}]
start: write
steps: {write: {do: send, template: news}}
"""


def event(who, days_ago, name, source="crm", **properties):
    at = int((NOW - timedelta(days=days_ago)).timestamp() * 1000)
    identity = EventId(derive("event", f"{who} {days_ago} {name}"))
    return Event(identity, person(who), name, at, at, properties, source)


def reader(n):
    profile = new_profile(person(f"p{n}"), 0)
    profile.attributes["email"] = f"p{n}@example.com"
    profile.consents["marketing"] = Consent(True, 0, "form.submitted")
    return profile


class Away(Warehouse):
    dialect = "duckdb"

    def ask(self, sql: str, rows_max: int = 0) -> Answered:
        raise AskError("the archive is being moved")


@pytest.fixture
def look(app, client, world, tmp_path, monkeypatch):
    """Ask for a page, of a shop with forty buyers who buy again after ten days."""
    world.publish()
    lake = Lake(tmp_path)
    for n in range(40):
        who = f"p{n}"
        lake.keep(
            [
                event(who, 29, "order.completed", total=50, products=[{"name": "oil"}]),
                event(who, 19, "order.completed", total=70, products=[{"name": "oil"}]),
                event(who, 18.5, "tag.added", tag="twice", by="bob"),
                event(who, 2, "email.held", "dispatch", journey="welcome", template="news", reason=CAP),
            ]
        )  # fmt: skip
    _ask_of(lake, app, monkeypatch)

    def page(address, **posted):
        follows = FOLLOWS if address.endswith("/worth/") else {}
        answer = (
            client.post(address, posted) if posted else client.get(address, headers=follows)
        )
        assert answer.status_code == 200, answer.content[:500]
        return unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))

    return page


def test_what_is_done_by_hand_is_suggested_with_its_draft(look):
    said = look("/suggestions/?days=90&tag.added=6")
    assert "Give the tag “twice”" in said
    assert "after “Order completed”" in said
    assert "add_tags" in said
    assert "1.4 hours a month" in said


def test_a_suggestion_becomes_a_draft_with_one_click(look, client):
    page = client.get("/suggestions/").content.decode()
    [address] = re.findall(r'action="(/suggestions/[^"]*/draft/[^"]*)"', page)
    begun = client.post(unescape(address))
    assert begun["Location"].startswith("/drafts/journey/give-the-tag-twice")
    said = look(begun["Location"])
    assert "It makes sense" in said
    assert "Drafted from what colleagues did by hand 40 times." in said
    client.post(begun["Location"], {"text": "kind: journey # mine"})
    assert client.post(unescape(address))["Location"] == begun["Location"]
    assert "# mine" in look(begun["Location"])


def test_what_nobody_does_by_hand_becomes_no_draft(look, client):
    assert client.post("/suggestions/nothing/draft/")["Location"] == "/suggestions/"
    assert "This is not suggested any more." in look("/suggestions/")


def test_the_worth_of_a_journey_is_reckoned_once_its_page_is_there(
    client, world, app, monkeypatch
):
    world.publish()
    _ask_of(Away(), app, monkeypatch)
    page = client.get("/journeys/welcome/worth/").content.decode()
    assert 'hx-get="/journeys/welcome/worth/"' in page
    assert "History cannot be asked" not in page


def test_when_people_buy_again_is_drawn_and_told(look):
    said = look("/timing/?per=product&first=1")
    assert "Wait 10 days." in said
    assert "oil 40 100.0% 10 d 10 d 10 d" in said


def test_what_was_held_back_is_counted_with_who_they_are(look):
    assert "Messages that did not go" in look("/held/?days=7&by=sort")
    by_journey = look("/held/?days=7&by=journey")
    assert "Welcome call" in by_journey
    assert "40 contacts" in by_journey
    assert "0 contacts" in look("/held/?days=1")


def test_what_was_held_back_opens_at_what_happened(look, app, tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    lake = Lake(tmp_path / "other")
    at = int((NOW - timedelta(days=1)).timestamp() * 1000)
    lake.keep(
        notes={person("ann"): [Note("journey.refused", "welcome", "already inside", at_ms=at)]}
    )
    _ask_of(lake, app, monkeypatch)
    assert "1 contact" in look("/held/")
    assert "0 contacts" in look("/held/?what=message.held")


def test_drafts_stand_in_the_menu_with_what_is_known_before_sending(look, client):
    assert "Know before you send Drafts Held back Timing Suggestions" in look("/drafts/")
    page = client.get("/drafts/journey/welcome/").content.decode()
    assert re.search(r'href="/drafts/" aria-current="page"', page)


def test_a_journey_is_reckoned_while_figures_are_typed_and_kept(look, client):
    assert "Do not automate this." in look("/journeys/welcome/worth/")
    better = look(
        "/journeys/welcome/worth/reckon/", hours_freed="3", months="12", goal="less_load"
    )
    assert "Automate this." in better
    assert "'lots' is no number" in look("/journeys/welcome/worth/reckon/", people="lots")
    kept = client.post(
        "/journeys/welcome/worth/keep/", {"hours_freed": "3", "goal": "less_load"}
    )
    assert kept["Location"] == "/journeys/welcome/worth/"
    shown = look("/journeys/welcome/worth/")
    assert "Estimate 1" in shown
    assert "Automate this." in shown


def test_a_kept_figure_that_makes_no_sense_is_refused(look, client):
    refused = client.post("/journeys/welcome/worth/keep/", {"people": "-3"})
    assert refused.status_code == 400


def test_who_would_leave_is_told_with_the_filter_that_leaves_them_out(
    look, client, world, app, tmp_path, monkeypatch
):
    page = client.get("/journeys/welcome/worth/", headers=FOLLOWS).content.decode()
    assert 'hx-get="/journeys/welcome/worth/forecast/"' in page
    assert "sends nothing" in look("/journeys/welcome/worth/forecast/")
    world.publish(DEFINITIONS + NEWS)
    (tmp_path / "news").mkdir()
    lake = Lake(tmp_path / "news")
    _ask_of(lake, app, monkeypatch)
    news = "/journeys/news/worth/forecast/"
    assert "History is too short: 0 messages" in look(news)
    lake.know(reader(n) for n in range(105))
    for n in range(105):
        days = range(18, 8, -1) if n < 5 else (40, 39)
        lake.keep(event(f"p{n}", day, "email.sent", "dispatch") for day in days)
    lake.keep(event(f"p{n}", 8, "email.unsubscribed") for n in range(3))
    said = look(news)
    assert "One message to up to 105 contacts" in said
    assert "Without the worst 4.8% (5 contacts)" in said
    assert "filter: if: not" in said


def test_the_page_of_a_contact_leads_to_why_and_to_what_comes_next(look, world):
    for seconds in (200, 100):
        world.tell("carol", "page.viewed", seconds, url="https://shop.example/pricing")
    world.fold()
    dossier = f"/contacts/{contact_code(person('carol'))}/"
    assert "What comes next" in look(dossier)
    following = look(f"{dossier}why/")
    assert "“Welcome call” goes on from “Later”" in following
    told = look(f"{dossier}why/?journey=welcome")
    assert "Is in the journey “Welcome call”, at “Later”, and waits." in told
    assert "What was decided" in told
    assert "“Interest” is 20, “ripe”." in look(f"{dossier}why/?score=interest")


def test_everything_that_can_be_asked_of_a_contact_is_offered(look, world):
    world.tell("carol", "page.viewed", 100, url="https://shop.example/pricing")
    world.fold()
    address = f"/contacts/{contact_code(person('carol'))}/why/"
    offered = look(address)
    for words in ("Hot people", "Interest", "Welcome call"):
        assert words in offered
    assert look(f"{address}?ask=segment:hot") == look(f"{address}?segment=hot")
    score = look(f"{address}?ask=score:interest")
    assert "Where the points come from" in score
    out = look(f"{address}?ask=journey:welcome")
    assert "It begins when" in out
    assert "the contact enters the segment “Hot people”" in out


def test_why_of_what_nobody_defined_is_no_page(look, client, world):
    world.tell("carol", "page.viewed", 100)
    world.fold()
    dossier = f"/contacts/{contact_code(person('carol'))}/"
    assert client.get(f"{dossier}why/?segment=x").status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_when_history_is_away_the_page_says_so(look, app, monkeypatch, address):
    _ask_of(Away(), app, monkeypatch)
    assert "the archive is being moved" in look(address)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_empty_history_is_no_mistake(look, app, tmp_path, monkeypatch, address):
    folder = tmp_path / "empty"
    folder.mkdir()
    _ask_of(Lake(folder), app, monkeypatch)
    look(address)


def _ask_of(warehouse, app, monkeypatch):
    asking = msgspec.structs.replace(app, warehouse=warehouse)
    monkeypatch.setattr("ripely.web.middleware.app", lambda: asking)
