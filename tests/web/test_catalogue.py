"""The catalogues, and starting a journey by hand."""

from click.testing import CliRunner

from happenings import DEFINITIONS, person
from ripely.cli.main import ripely
from ripely.model.catalog import CATALOG
from ripely.model.ids import contact_code
from ripely.operations.triggers import choices

THANKS = b"""
---
kind: journey
id: thanks
name: Thank you
triggers: [{on: request, by: [hand]}]
start: mark
steps: {mark: {do: update, add_tags: [thanked]}}
"""


def test_every_trigger_is_listed_and_counted(client) -> None:
    page = client.get("/triggers/").content.decode()
    assert f"{len(choices())} triggers" in page
    assert "Did not open a mail within a time" in page


def test_triggers_are_found_by_words(client) -> None:
    page = client.get("/triggers/?q=birthday", headers={"hx-request": "true"}).content.decode()
    assert "On working days" not in page
    assert "Some days before a birthday" in page
    assert "Put into the cart" not in page
    assert "No trigger has these words" in client.get("/triggers/?q=zzz").content.decode()


def test_every_event_is_listed_with_its_properties(client) -> None:
    page = client.get("/events/").content.decode()
    assert f"{sum(not e.inner for e in CATALOG)} events" in page
    assert "webinar.watched" in page
    assert "timer.fired" not in page
    found = client.get("/events/?q=bounced", headers={"hx-request": "true"}).content.decode()
    assert "email.bounced" in found
    assert "page.viewed" not in found


def test_a_colleague_starts_a_journey_for_a_contact(world, client, app) -> None:
    world.publish(DEFINITIONS + THANKS)
    ann = world.tell("ann", "contact.identified", email="ann@example.com")
    world.fold()
    address = f"/contacts/{contact_code(ann)}/"
    page = client.get(address).content.decode()
    assert '<option value="thanks">Thank you</option>' in page
    assert "welcome" not in page.split("<select")[1].split("</select>")[0]
    answer = client.post(f"{address}start/", {"journey": "thanks"}, follow=True)
    assert b"Asked for: Thank you." in answer.content
    world.fold()
    assert app.profiles.load([person("ann")]).profiles[ann].tags == ["thanked"]


def test_what_cannot_be_started_is_said(world, client) -> None:
    world.publish(DEFINITIONS + THANKS)
    ann = world.tell("ann", "page.viewed")
    world.fold()
    answer = client.post(
        f"/contacts/{contact_code(ann)}/start/", {"journey": "welcome"}, follow=True
    )
    assert b"No running journey &quot;welcome&quot;" in answer.content


def test_the_command_line_starts_a_journey_too(world, app, client, monkeypatch) -> None:
    world.publish(DEFINITIONS + THANKS)
    monkeypatch.setenv("DATABASE_URL", app.database_url)
    asked = ["start", "thanks", "--contact", "Bob@example.com"]
    told = CliRunner().invoke(ripely, asked)
    assert told.exit_code == 2
    assert "Nobody is known by Bob@example.com." in told.output
    assert b"bob@example.com" not in client.get("/contacts/").content
    assert CliRunner().invoke(ripely, [*asked, "--create"]).exit_code == 0
    told = CliRunner().invoke(ripely, asked)
    assert told.exit_code == 0, told.output
    world.fold()
    bob = int(told.output.split()[-1].rstrip("."), 16)
    assert app.profiles.load([bob]).profiles[bob].tags == ["thanked"]
    told = CliRunner().invoke(ripely, ["start", "welcome", "--contact", "bob@example.com"])
    assert told.exit_code == 1
    assert 'These have it: "thanks".' in told.output
    told = CliRunner().invoke(ripely, ["start", "thanks", "--contact", "bob"])
    assert "'bob' cannot be a contact's email." in told.output
