"""Questions about history on the command line: asked of the real archive."""

import json
import re
from datetime import UTC, datetime, timedelta

import psycopg.conninfo
import pytest
from click.testing import CliRunner

from ports.world import postgres_world
from ripely.cli.main import ripely
from ripely.model.event import Event
from ripely.model.ids import EventId, contact_code, derive
from ripely.operations.publishing.review import review
from ripely.runtime.archiving import archive_once
from ripely.settings import read_settings
from ripely.wiring import assemble, open_archive

NOW = datetime.now(UTC)
DOCUMENTS = b"""
kind: segment
id: buyers
name: Buyers
when: {if: did, event: order.completed}
---
kind: template
id: offer
name: Our offer
subject: Hello
body: "<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>"
---
kind: journey
id: again
name: Buy again
triggers: [{on: event, event: order.completed}]
goal: {when: {if: did, event: quote.accepted}, within: 9d}
start: offer
steps: {offer: {do: send, template: offer}}
"""


def event(who, days_ago, name, **properties):
    at = int((NOW - timedelta(days=days_ago)).timestamp() * 1000)
    identity = EventId(derive("event", f"{who} {days_ago} {name}"))
    return Event(identity, derive("person", who), name, at, at, properties, "crm")


@pytest.fixture(scope="module")
def ask(module_database_url, tmp_path_factory):
    """Forty buyers who buy again after ten days and get a tag by hand, kept in an archive."""
    environ = {"DATABASE_URL": module_database_url, "RIPELY_LAKE": str(tmp_path_factory.mktemp("lake"))}  # fmt: skip
    with postgres_world(module_database_url) as world:
        documents, _ = review({"all.yaml": DOCUMENTS})
        world.publish(*(one.definition for one in documents))
        people = [f"p{n}" for n in range(40)]
        world.log.append(
            [
                one
                for who in people
                for one in (
                    event(who, 30, "contact.identified", email=f"{who}@example.com"),
                    event(who, 29, "order.completed", total=50),
                    event(who, 19, "order.completed", total=70),
                    event(who, 18.5, "tag.added", tag="twice", by="bob"),
                )
            ]
        )
        world.work()
    with (
        assemble(read_settings(environ), module_database_url) as app,
        open_archive(app) as opened,
    ):
        while archive_once(*opened):
            pass

    _point_django_at(module_database_url)

    def run(*words):
        answer = CliRunner(env=environ).invoke(ripely, [*map(str, words)])
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    return run


def test_when_people_buy_again(ask):
    (told,) = json.loads(ask("timing", "--json"))
    assert (told["purchases"], told["again"], told["wait"]) == (80, 40, 10)
    assert re.search(r"everything\s+80\s+40\s+50%\s+10 d", ask("timing"))


def test_what_is_done_by_hand_is_listed_and_drafted(ask):
    (told,) = json.loads(ask("find-automations", "--json", "--minutes", "tag.added=3"))
    assert (told["words"], told["times"]) == ("Give the tag “twice”", 40)
    assert told["hours"] == pytest.approx(40 / 90 * 30.44 * 3 / 60)
    _, findings = review({"draft.yaml": ask("find-automations", "--draft", "1").encode()})
    assert not findings


def test_a_journey_is_reckoned_and_the_reckoning_kept(ask):
    said = ask("feasibility", "again", "--set", "worth=40", "--set", "uplift=0")
    assert said.startswith("Do not automate this.")
    told = json.loads(ask("feasibility", "again", "--set", "hours_freed=2", "--keep", "--json"))
    assert told["verdict"]["decision"] == "automate"
    assert told["case"]["figures"]["people"]["why"] == "40 in 30 days"


def test_who_would_leave_is_foretold_once_history_is_long_enough(ask):
    (told,) = json.loads(ask("forecast", "again", "--json"))
    assert (told["channel"], told["enough"]) == ("email", False)
    assert "History is too short: 0 messages" in ask("forecast", "again")


def test_what_was_held_back_is_counted(ask):
    told = json.loads(ask("held", "--days", "60", "--json"))
    refused = {line["reason"] for line in told if line["what"] == "journey.refused"}
    assert refused <= {"it lets in once, and has done so"}
    assert "Entries that a journey refused" in ask("held", "--days", "60")


def test_one_contact_is_explained(ask):
    ann = contact_code(derive("person", "p1"))
    said = ask("why", ann, "segment", "buyers")
    assert said.startswith("Is in the segment “Buyers”")
    assert "yes" in said
    assert "not sent: no consent for marketing" in ask("why", ann, "message", "offer")
    assert ask("why", ann) == "Nothing is planned.\n"


def test_what_all_sources_tell_and_what_came_of_it(ask):
    told = json.loads(ask("results", "--days", "60", "--by", "week", "--json"))
    series = {one["key"]: one for one in told["series"]}
    assert (series["revenue"]["total"], series["buyers"]["total"]) == (4800, 40)
    assert sum(n or 0 for n in series["orders"]["values"]) == 80
    assert told["sources"][0]["buyers"] == 40
    said = ask("results", "--days", "60")
    assert re.search(r"Revenue\s+4,800\s", said)
    assert re.search(r"by themselves, or not known\s+40\s", said)


def _point_django_at(url):
    """Whatever database other tests have used it with."""
    import django
    from django.db import connections

    django.setup()
    connections.close_all()
    parts = psycopg.conninfo.conninfo_to_dict(url)
    named = {"NAME": parts["dbname"], "HOST": parts["host"], "USER": parts["user"]}
    connections.settings["default"] |= named
