"""Audiences on the pages: how many, by which row, who and why, of what is in force and of what is being written."""

import re
from html import unescape

import msgspec
import pytest

from happenings import NOW, person
from lake import Lake
from ripely.ports import Answered, AskError, Warehouse

SEGMENT = "/audiences/segment/hot"
DRAFT = """
kind: segment
id: readers
name: Readers
when: {if: page, match: contains, value: /pricing}
"""
JOURNEY = """
kind: journey
id: thanks
name: Thanks
triggers: [{on: %s}]
start: call
steps:
  call: {do: task, title: Call}
"""
LETTER = """
kind: template
id: news
name: News
subject: News
body: <mjml><mj-body><mj-section><mj-column><mj-text>News</mj-text></mj-column></mj-section></mj-body></mjml>
"""


class Away(Warehouse):
    dialect = "duckdb"

    def ask(self, sql: str, rows_max: int = 0) -> Answered:
        raise AskError("There is no archive yet.")


@pytest.fixture
def ask(app, client, world, tmp_path, monkeypatch):
    """Ask for a part, of a shop where Ann read the prices twice, Bob once, and Carol is a partner who read them too."""
    world.publish()
    for who, times in (("ann", 2), ("bob", 1), ("carol", 2)):
        email = f"{who}@example.com"
        world.tell(who, "contact.identified", 500, name=who.title(), email=email)
        for n in range(times):
            world.tell(who, "page.viewed", 300 - n, url="https://shop.example/pricing")
    world.tell("carol", "tag.added", 200, tag="partner")
    world.fold()
    lake = Lake(tmp_path)
    people = [person(who) for who in ("ann", "bob", "carol")]
    for contact in people:
        stories = app.history.of(contact, 1 << 62, 100)
        lake.keep([event for _, story in stories for event in story.events])
    lake.know(app.profiles.load(people).profiles.values())
    _answer_from(lake, app, monkeypatch)

    def part(address, **said):
        answer = client.post(f"{address}/", said)
        assert answer.status_code == 200, answer.content[:500]
        return _words(answer)

    return part


def test_the_page_of_a_segment_does_not_wait_for_its_counts(ask, app, client, monkeypatch):
    _answer_from(Away(), app, monkeypatch)
    page = client.get("/segments/hot/").content.decode()
    assert f'hx-post="{SEGMENT}/size/"' in page
    assert "built/plot.js" in page
    assert "There is no archive yet." not in page


def test_a_segment_is_counted_row_by_row(ask):
    said = ask(f"{SEGMENT}/size")
    assert "1 of 3 contacts are in it now" in said
    assert re.search(r"viewed at least 2 times 2 2 ", said)
    assert said.endswith("2 1")


def test_those_in_it_are_shown_with_the_reason(ask):
    said = ask(f"{SEGMENT}/people")
    assert "Ann" in said
    assert "2 times or more" in said
    assert "Bob" not in said


def test_whoever_is_not_in_it_is_told_why(ask):
    said = ask(f"{SEGMENT}/member", contact="carol")
    assert "Is not in it, because:" in said
    assert "Is in it, because:" in ask(f"{SEGMENT}/member", contact="ann")
    assert "Nobody is known by “zoe”" in ask(f"{SEGMENT}/member", contact="zoe")
    assert "Type a name" in ask(f"{SEGMENT}/member", contact=" ")


def test_its_days_are_drawn_and_one_of_them_told(ask):
    assert "04 Mar 1" in ask(f"{SEGMENT}/days")
    assert "1 contact was in it" in ask(f"{SEGMENT}/on", day=f"{NOW:%Y-%m-%d}")
    before = ask(f"{SEGMENT}/on", day="2030-02-01")
    assert "does not go back to Friday, 1 February 2030" in before
    assert "0 people" not in before
    assert "how many there were before that is not known" in ask(f"{SEGMENT}/days")
    for wrong in ("2031-01-01", "soon", ""):
        assert "Choose a day" in ask(f"{SEGMENT}/on", day=wrong)


def test_a_draft_is_counted_as_it_is_typed_and_compared_with_segments(ask):
    address = "/audiences/segment/readers"
    assert "3 of 3 contacts are in it now" in ask(f"{address}/size", text=DRAFT)
    assert "Hot people 1" in ask(f"{address}/overlap", text=DRAFT)
    assert "So many of its 3 contacts" in ask(f"{address}/overlap", text=DRAFT)
    wrong = ask(f"{address}/size", text=DRAFT.replace("page", "pge"))
    assert "Nobody can be counted until line 5 makes sense: " in wrong
    assert "pge" in wrong


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ("segment, id: hot", "1 of 3 contacts match its entry now"),
        ("score, id: interest, reaches: 20", "2 of 3 contacts match its entry now"),
        ("event, event: order.completed", "Anybody may enter: the backtest tells how many"),
    ],
)
def test_beside_a_journey_stands_who_matches_its_entry(ask, client, trigger, said):
    assert said in ask("/audiences/journey/thanks/size", text=JOURNEY % trigger)
    assert (
        'href="/backtests/of/thanks/"' in client.get("/drafts/journey/thanks/").content.decode()
    )


@pytest.mark.parametrize("part", ["size", "people", "overlap", "days"])
def test_without_an_archive_that_is_said(ask, app, monkeypatch, part):
    _answer_from(Away(), app, monkeypatch)
    assert "There is no archive yet." in ask(f"{SEGMENT}/{part}")


def test_what_is_no_part_or_no_document_is_not_found(ask, client):
    assert client.post(f"{SEGMENT}/salary/").status_code == 404
    assert client.post("/audiences/template/hot/size/").status_code == 404


def _words(answer):
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))


def test_a_draft_that_would_write_to_others_waits_until_somebody_says_so(
    ask, client, monkeypatch
):
    monkeypatch.setattr("ripely.operations.audience.reach.FEW", 1)
    address, letter = "/drafts/journey/news/", "\n---\n" + LETTER
    audience = "schedule, every: week, weekdays: [monday], audience: {if: tag, name: %s}"
    news = JOURNEY.replace("thanks", "news").replace(
        "do: task, title: Call", "do: send, template: news"
    )
    client.post(address, {"text": news % (audience % "partner") + letter})
    assert "is in force" in _words(client.post(f"{address}publish/", follow=True))
    wider = "schedule, every: week, weekdays: [monday], audience: {if: not, condition: {if: tag, name: x}}"
    client.post(address, {"text": news % wider + letter})
    answer = client.post(f"{address}publish/", follow=True)
    assert "It can begin for 1 contact now, and would for 3." in _words(answer)
    assert 'name="anyway"' in answer.content.decode()
    assert "What the draft says is in force" not in _words(answer)
    assert "What the draft says is in force" in _words(
        client.post(f"{address}publish/", {"anyway": "1"}, follow=True)
    )


def test_the_way_back_to_writing_to_others_waits_until_somebody_says_so(
    ask, client, monkeypatch
):
    from ripely.records.backtests.models import Override

    monkeypatch.setattr("ripely.operations.audience.reach.FEW", 1)
    address, letter = "/drafts/journey/news/", "\n---\n" + LETTER
    audience = "schedule, every: week, weekdays: [monday], audience: {if: %s}"
    news = JOURNEY.replace("thanks", "news").replace(
        "do: task, title: Call", "do: send, template: news"
    )
    for whom in ("not, condition: {if: tag, name: x}", "tag, name: partner"):
        client.post(address, {"text": news % (audience % whom) + letter})
        answer = client.post(f"{address}publish/", {"anyway": "1"}, follow=True)
        assert "is in force" in _words(answer)
    overridden = Override.objects.count()
    back = "/definitions/journey/news/1/"
    refused = client.post(back, {"people": "move"}, follow=True)
    assert "It can begin for 1 contact now, and would for 3." in _words(refused)
    assert "Version 1 is in force again" not in _words(refused)
    assert Override.objects.count() == overridden
    done = client.post(back, {"people": "move", "anyway": "1"}, follow=True)
    assert "Version 1 is in force again" in _words(done)
    assert Override.objects.count() == overridden + 1


def _answer_from(warehouse, app, monkeypatch):
    asking = msgspec.structs.replace(app, warehouse=warehouse)
    monkeypatch.setattr("ripely.web.middleware.app", lambda: asking)
