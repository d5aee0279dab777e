"""What did not happen, counted: by whom it was held, why, and whom it was about."""

from datetime import UTC, datetime, timedelta

import pytest

from ripely.model.event import Event
from ripely.model.note import Note
from ripely.operations.explaining.held import Choice, by, held, people

MONDAY = datetime(2030, 3, 4, 12, tzinfo=UTC)
WEEK = (MONDAY, MONDAY + timedelta(days=7))
BOB = 2**62 + 1
CAP, QUIET = "cap: 2 mails a week", "quiet hours until 09:00"


def receipt(number, contact, name, days=0, **properties):
    at = int((MONDAY + timedelta(days=days)).timestamp() * 1000)
    return Event(number, contact, name, at, at, properties, "dispatch")


def note(kind, subject, reason, days=0):
    return Note(kind, subject, reason, at_ms=int((MONDAY + timedelta(days=days)).timestamp() * 1000))  # fmt: skip


@pytest.fixture
def lake(any_lake):
    any_lake.keep(
        [
            receipt(1, 1, "email.held", journey="care", template="news", reason=CAP),
            receipt(2, 1, "email.held", 1, journey="care", template="news", reason=CAP),
            receipt(3, BOB, "email.held", 2, journey="sale", template="offer", reason=CAP),
            receipt(4, 3, "sms.held", journey="sale", template="text", reason="no consent for marketing"),
            receipt(5, 3, "email.sent", journey="sale", template="offer"),
            receipt(6, 3, "email.held", 9, journey="sale", template="offer", reason=CAP),
        ],
        {
            4: [note("message.waits", "news", QUIET), note("journey.refused", "care", "already inside")],
            5: [note("task.held", "care", "Call: again: no phone"), note("journey.entered", "care", "x")],
        },
    )  # fmt: skip
    return any_lake


def test_the_week_is_counted_by_each_part(lake):
    lines = [line for line in held(lake, *WEEK) if line.what == "message.held"]
    assert by(lines, "sort") == [("cap", 3), ("no consent", 1)]
    assert by(lines, "journey") == [("care", 2), ("sale", 2)]
    assert by(lines, "subject") == [("news", 2), ("offer", 1), ("text", 1)]
    assert by(lines, "day") == [("2030-03-04", 2), ("2030-03-05", 1), ("2030-03-06", 1)]


def test_what_waited_was_not_asked_for_or_not_let_in_is_told_too(lake):
    found = {line.what: (line.journey, line.subject, line.reason) for line in held(lake, *WEEK)}
    assert found["message.waits"] == ("", "news", QUIET)
    assert found["journey.refused"] == ("care", "", "already inside")
    assert found["task.held"] == ("", "Call", "again: no phone")
    assert "journey.entered" not in found


def test_by_how_much_is_no_sort_of_reason(lake):
    late = [note("journey.refused", "care", f"form.submitted, told {n}d late") for n in (1, 2)]
    again = [note("journey.refused", "care", f"let in {n}h ago") for n in (1, 2, 3)]
    lake.keep((), {7: [*late, *again]})
    refused = [line for line in held(lake, *WEEK) if line.what == "journey.refused"]
    assert by(refused, "sort") == [("let in", 3), ("late", 2), ("already inside", 1)]
    found, n = people(lake, *WEEK, Choice(what="journey.refused", reason="late"))
    assert ([(one.contact, one.times) for one in found], n) == ([(7, 2)], 1)


def test_it_is_said_who_they_are(lake):
    capped, n = people(lake, *WEEK, Choice(reason="cap"))
    assert [(one.contact, one.times, one.reason) for one in capped] == [
        (BOB, 1, CAP),
        (1, 2, CAP),
    ]
    assert n == 2
    of_care, _ = people(lake, *WEEK, Choice(journey="care"))
    assert [one.contact for one in of_care] == [1]
    nobody, none = people(lake, *WEEK, Choice(what="task.held", subject="Visit"))
    assert (list(nobody), none) == ([], 0)


def test_a_name_with_a_quote_is_no_statement(lake):
    assert people(lake, *WEEK, Choice(reason="x' OR 1=1 --"))[1] == 0
