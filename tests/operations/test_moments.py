"""How events read: each standard one has a line of its own."""

import pytest

from ripely.model.catalog import CATALOG
from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId
from ripely.operations.wording.moments import KINDS, SILENT, moment_of


def read(name: str, /, **properties: object):
    return moment_of(Event(EventId(1), ContactId(1), name, 0, 0, properties))


@pytest.mark.parametrize("event", CATALOG, ids=lambda event: event.name)
def test_every_standard_event_reads_as_a_line(event) -> None:
    moment = read(event.name, **event.properties)
    assert moment.kind in KINDS
    assert moment.title[0].isupper()
    if event.name.split(".")[0] not in {"feed", "webhook", "rules", "timer", "visit"}:
        assert moment.kind != "other"


def test_what_came_of_a_message_is_told_with_its_template() -> None:
    moment = read("sms.bounced", template="hello", reason="no such address")
    assert (moment.title, moment.detail) == (
        "A text message came back",
        "Hello · no such address",
    )
    assert (moment.tone, moment.kind) == ("bad", "messages")


def test_properties_are_told_beside() -> None:
    moment = read("meeting.booked", meeting="m2", topic="Showroom")
    assert (moment.title, moment.detail) == (
        "Booked a meeting",
        "Meeting: m2 · Topic: Showroom",
    )
    assert (moment.kind, moment.tone) == ("tasks", "good")


def test_an_unknown_event_is_read_by_its_name() -> None:
    assert (read("seat_chosen", row=4).title, read("seat_chosen", row=4).kind) == (
        "Seat chosen",
        "other",
    )


def test_what_notes_tell_already_is_not_told_twice() -> None:
    assert {
        "score.changed",
        "segment.entered",
        "journey.entered",
        "attribute.changed",
    } <= SILENT
