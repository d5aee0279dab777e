"""Previews on the pages: in the past, with answers of other systems that one chooses, and with letters that really go."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import msgspec
import pytest

from happenings import LOGIN, NOW, person
from postbox import Handler, free_port, serving
from ripely.model.event import Event
from ripely.model.ids import EventId, derive
from ripely.operations.rehearsing.rehearsal import compile_script, rehearse
from ripely.operations.rehearsing.story import read_script

DRAFT = """
kind: journey
id: welcome
name: A warmer welcome
triggers: [{on: event, event: order.completed}]
start: hello
steps:
  hello: {do: send, template: hello, then: check}
  check: {do: webhook, url: "https://bank.example/check", keep: true, then: paid}
  paid: {do: branch, cases: [{when: {if: data, step: check, property: paid, value: true}, then: thank}], otherwise: call}
  thank: {do: task, title: Say thank you}
  call: {do: task, title: Ask for the money}
---
kind: template
id: hello
name: Hello
subject: 'Hello {{ contact.first_name | default: "you" }}'
body: <mjml><mj-body><mj-section><mj-column><mj-text>Good day.</mj-text></mj-column></mj-section></mj-body></mjml>
"""
PREVIEW = "/journeys/welcome/preview/"


@pytest.fixture
def shop(client, world):
    world.publish()
    client.post("/drafts/journey/welcome/", {"text": DRAFT})
    return world


@pytest.fixture
def walk(client, shop):
    """Play from a beginning, choose by choice; return the address of the walk."""

    def play(begins, *choices):
        at = token(client.post(f"{PREVIEW}begin/", begins))
        for one in choices:
            at = token(client.post(f"{PREVIEW}choose/", {"at": at, **one}))
        return at

    return play


@pytest.fixture
def look(client):
    def page(at):
        return client.get(f"{PREVIEW}?at={at}").content.decode()

    return page


ORDER = {"event": "order.completed"}
TIME_PASSES = {"event": ""}


def token(answer):
    assert answer.status_code == 302
    return re.search(r"at=([^#&]+)", answer["Location"])[1]


def local(days_ago):
    return f"{NOW - timedelta(days=days_ago):%Y-%m-%dT%H:%M}"


def test_a_walk_that_begins_in_the_past_knows_what_was_known_then(shop, walk, look):
    day = 86_400
    shop.tell("zoe", "contact.identified", 6 * day, email="zoe@shop.example", first_name="Zoe")
    shop.tell("zoe", "consent.granted", 4 * day, purpose="marketing")
    shop.tell("zoe", "contact.identified", 2 * day, first_name="Zoë")
    shop.fold()
    before = look(walk({"contact": "zoe@shop.example", "begins": local(5)}, ORDER))
    assert "no consent for marketing" in before.lower()
    after = look(walk({"contact": "zoe@shop.example", "begins": local(3)}, ORDER))
    assert "Hello Zoe" in after
    assert "no consent" not in after.lower()
    assert "Hello Zoë" in look(walk({"contact": "zoe@shop.example", "begins": local(1)}, ORDER))
    nobody_yet = look(walk({"contact": "zoe@shop.example", "begins": local(30)}))
    assert "A visitor without a name" in nobody_yet


def test_an_imported_past_is_known_from_when_it_happened(app, shop, walk, look):
    known = ("contact.identified", {"email": "zoe@shop.example", "first_name": "Zoe"})
    now_ms = int(NOW.timestamp() * 1000)
    for n, (name, said) in enumerate([known, ("consent.granted", {"purpose": "marketing"})]):
        days_ms = (9 - n) * 86_400_000
        identity = EventId(derive("imported", name))
        event = Event(identity, person("zoe"), name, now_ms - days_ms, now_ms - 60_000, said)
        app.log.append([event])
    shop.fold()
    assert "Hello Zoe" in look(walk({"contact": "zoe@shop.example", "begins": local(5)}, ORDER))


SUBSCRIBER = {"persona": "A subscriber"}
PAID = {"choice": '["webhook.answered",{"step":"check","answer":{"paid":true}}]'}
FAILED = {"choice": '["webhook.failed",{"step":"check","status":500,"reason":"answered 500"}]'}
BY_HAND = {"event": "webhook.answered", "properties": "paid=true"}


@pytest.mark.parametrize(
    ("answer", "decided", "not_decided"),
    [
        (PAID, "Say thank you", "Ask for the money"),
        (BY_HAND, "Say thank you", "Ask for the money"),
        (FAILED, "Ask for the money", "Say thank you"),
        (TIME_PASSES, "Ask for the money", "Say thank you"),
    ],
)
def test_the_answer_of_another_system_is_chosen(walk, look, answer, decided, not_decided):
    waiting = look(walk(SUBSCRIBER, ORDER))
    assert "Now at “Check”" in waiting
    assert "“Check” is answered: paid “yes”" in waiting
    assert "“Check” fails: reason “answered 500”" in waiting
    shown = look(walk(SUBSCRIBER, ORDER, answer))
    assert f"Task: {decided}" in shown
    assert f"Task: {not_decided}" not in shown


@pytest.mark.parametrize("answer", [PAID, FAILED])
def test_a_preview_with_an_answer_becomes_a_story_that_holds(client, walk, answer):
    at = walk(SUBSCRIBER, ORDER, answer)
    script = read_script(client.get(f"{PREVIEW}story/?at={at}").content.decode())
    assert rehearse(script.stories[0], compile_script(script, ZoneInfo("UTC"))) == []
    events = [act.event for act in script.stories[0].acts]
    assert {"webhook.answered", "webhook.failed"}.intersection(events)


@pytest.fixture
def server(app, monkeypatch):
    """A mail server to which the product is connected."""
    handler = Handler()
    with serving(handler) as port:
        connect(app, monkeypatch, f"smtp://127.0.0.1:{port}")
        yield handler


def connect(app, monkeypatch, url):
    settings = msgspec.structs.replace(app.settings, demo=False, smtp_url=url)
    connected = msgspec.structs.replace(app, settings=settings)
    monkeypatch.setattr("ripely.web.middleware.app", lambda: connected)


def test_letters_go_to_oneself_over_a_real_conversation(client, walk, server):
    from ripely.records.hot.models import DecidedMessage

    at = walk({"persona": "A customer with a phone"}, ORDER)
    said = client.post(f"{PREVIEW}send/", {"at": at}, follow=True).content.decode()
    assert f"1 sent to {LOGIN}, marked as a test." in said
    [(recipient, content)] = server.taken
    assert recipient == LOGIN
    mail = message_from_bytes(content, policy=default)
    assert mail["Subject"] == "[Test] Hello Carol"
    assert mail["To"] == LOGIN
    assert "Good day." in mail.get_body(("plain",)).get_content()
    assert b"carol@example.com" not in content
    assert not DecidedMessage.objects.exists()


def test_a_mail_server_that_cannot_be_reached_is_told_of(client, walk, app, monkeypatch):
    connect(app, monkeypatch, f"smtp://127.0.0.1:{free_port()}")
    said = client.post(f"{PREVIEW}send/", {"at": walk(SUBSCRIBER, ORDER)}, follow=True)
    assert "Not all letters could be sent: " in said.content.decode()


def test_without_a_letter_or_a_mail_server_that_is_said(client, walk, app, monkeypatch, server):
    said = client.post(f"{PREVIEW}send/", {"at": walk(SUBSCRIBER)}, follow=True)
    assert "There is no letter yet" in said.content.decode()
    connect(app, monkeypatch, None)
    said = client.post(f"{PREVIEW}send/", {"at": walk(SUBSCRIBER, ORDER)}, follow=True)
    assert "RIPELY_SMTP_URL" in said.content.decode()
    assert not server.taken
