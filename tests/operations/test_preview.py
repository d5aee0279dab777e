"""The letters of a preview to oneself, and what an address may carry."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from zlib import compress

import msgspec
import pytest

from ripely.compiler.ruleset import Published
from ripely.operations.preview.choices import (
    CHOICES_MAX,
    Choice,
    ChoiceError,
    Setting,
    read_setting,
    write_setting,
)
from ripely.operations.preview.opening import open_draft, walk_invented
from ripely.operations.preview.sending import send_to_oneself
from ripely.operations.publishing.review import review
from ripely.ports import Outcome
from ripely.render.headers import Mailing
from ripely.render.links import derive_keys, read_unsubscribe

TEXT = """
kind: journey
id: j
name: J
triggers: [{on: event, event: order.completed}]
start: a
steps:
  a: {do: send, template: hello, then: b}
  b: {do: send, template: hello, channel: sms}
---
kind: template
id: hello
name: Hello
subject: 'For {{ contact.first_name }}'
body: <mjml><mj-body><mj-section><mj-column><mj-text><a href="{{ unsubscribe_url }}">Stop</a> <a href="https://shop.example/">Shop</a></mj-text></mj-column></mj-section></mj-body></mjml>
"""
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
MAILING = Mailing(
    "https://ripely.test", "Shop <shop@shop.example>", derive_keys("the real one")
)


class Kept:
    def __init__(self):
        self.deliveries = []

    def send(self, deliveries):
        self.deliveries += deliveries
        return [Outcome(one.id, "sent") for one in deliveries]


@pytest.fixture
def walked():
    documents, findings = review({"j.yaml": TEXT.encode()})
    assert not findings
    journey, template = (document.definition for document in documents)
    draft, _ = open_draft(journey, Published(), (template,))
    facts = {"first_name": "Ann", "email": "ann@example.com", "consent": "marketing"}
    setting = Setting(facts=facts, choices=(Choice("order.completed"),))
    return draft, walk_invented(draft, setting, int(NOW.timestamp()))


def test_letters_go_to_whoever_asks_marked_as_a_test_and_lead_to_nobody(walked):
    draft, walk = walked
    channel = Kept()
    send_to_oneself(walk.letters, draft.templates, "bob@example.com", MAILING, channel, NOW)
    (one,) = channel.deliveries
    assert one.recipient == "bob@example.com"
    assert b"Subject: [Test] For Ann" in one.content
    assert b"ann@example.com" not in one.content
    text = one.content.replace(b"=\r\n", b"").decode()
    tokens = [word.split("/u/")[1] for word in text.replace('"', " ").split() if "/u/" in word]
    assert tokens
    assert all(read_unsubscribe(MAILING.keys, token.strip("<>,)")) is None for token in tokens)
    assert "https://shop.example/" in text


def test_what_is_held_is_sent_to_nobody(walked):
    draft, _ = walked
    facts = {"first_name": "Ann", "email": "ann@example.com"}
    held = walk_invented(
        draft, Setting(facts=facts, choices=(Choice("order.completed"),)), int(NOW.timestamp())
    )
    channel = Kept()
    assert held.letters
    assert not send_to_oneself(
        held.letters, draft.templates, "bob@example.com", MAILING, channel, NOW
    )
    assert not channel.deliveries


@pytest.mark.parametrize("text", ["", "x", "AAAA", "é", write_setting(Setting())[:-4]])
def test_nonsense_is_no_preview(text):
    with pytest.raises(ChoiceError):
        read_setting(text)


def forged(*said):
    return urlsafe_b64encode(compress(msgspec.json.encode(said))).decode()


@pytest.mark.parametrize(
    "address",
    [
        forged("", {}, 10**18),
        forged("", {}, -1),
        forged("somebody"),
        forged("-1"),
        forged("", {}, 0, [["order.completed", {}, 10**18]]),
        forged("", {}, 0, [["order.completed", {}, -60]]),
        forged("", {}, 0, [["contact.merged", {}, 60]]),
        forged("", {}, 0, [["rules.changed", {"counts": {"a": 1}}, 60]]),
        forged("", {}, 0, [["visit.started", {}, 60]]),
    ],
)
def test_an_address_says_only_what_can_be_played(address):
    with pytest.raises(ChoiceError):
        read_setting(address)


def test_a_preview_has_a_bounded_number_of_choices():
    setting = Setting()
    for _ in range(CHOICES_MAX + 5):
        setting = setting.then(Choice())
    assert len(setting.choices) == CHOICES_MAX
    many = Setting(choices=(Choice(),) * (CHOICES_MAX + 1))
    with pytest.raises(ChoiceError):
        read_setting(write_setting(many))
