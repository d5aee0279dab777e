"""Why in aggregate: what did not happen, or had to wait, counted by reason, journey, message and day.

"214 held by the cap this week", and who they are.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec

from ripely.model.ids import ContactId
from ripely.operations.questions.asking import Word, ask, part, text, whole
from ripely.ports import Warehouse
from ripely.runtime.tally import why

PEOPLE_SHOWN = 50
ROWS_SHOWN = 30
LATE = ", told "

What = Literal["message.held", "message.waits", "task.held", "journey.refused"]
WHATS: Mapping[What, str] = {
    "message.held": "Messages that did not go",
    "message.waits": "Messages that had to wait",
    "task.held": "Calls that were not asked for",
    "journey.refused": "Entries that a journey refused",
}
By = Literal["reason", "journey", "subject", "day", "sort"]
SORTS: Mapping[str, str] = {
    "attention budget": "their attention was used up",
    "cap": "the cap on messages",
    "consent": "consent is missing",
    "holdout": "kept out, to be compared",
    "late": "told too late to begin anything",
    "let in": "let in not long ago",
    "lower priority": "a more important message went first",
    "suppressed": "the address is suppressed",
    "topic": "they do not want the topic",
}
"""How sorts of reasons read; the others say it themselves."""


class Line(msgspec.Struct, frozen=True):
    """So many times on one day; `sort` is what sort of reason it is."""

    what: str
    journey: str
    subject: str
    reason: str
    day: str
    times: int
    people: int

    @property
    def sort(self) -> str:
        if self.what == "journey.refused":
            return _refused(self.reason)
        sort = why(self.reason)
        return self.reason if sort == "other" else sort


class Person(msgspec.Struct, frozen=True):
    """Whom it was about, how often, when last, and why, in which journey and with what then."""

    contact: ContactId
    times: int
    at: datetime
    reason: str
    journey: str = ""
    subject: str = ""


def _refused(reason: str) -> str:
    """Leave out of a reason by how much: so many are late by so many lengths of time."""
    if reason.startswith("let in "):
        return "let in"
    return "late" if reason.endswith(" late") else reason


def held(warehouse: Warehouse, since: datetime, until: datetime) -> Sequence[Line]:
    """Return everything that was held in a time, what happened most first."""
    told = part("held_back", {"since": since, "until": until})
    rows = ask(warehouse, "held", {"told": told})
    return [_line(row) for row in rows]


def by(lines: Sequence[Line], of: By) -> Sequence[tuple[str, int]]:
    """Count by one of the parts: days in their order, the rest by number."""
    counted: Counter[str] = Counter()
    for line in lines:
        counted[_PARTS[of](line)] += line.times
    if of == "day":
        return sorted(counted.items())
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:ROWS_SHOWN]


def plain(reason: str) -> str:
    """Leave out of a reason by how much: `form.submitted, told late`, by however many days."""
    told, comma, rest = reason.rpartition(LATE)
    return f"{told}{LATE}late" if comma and rest.endswith("late") else reason


class Choice(msgspec.Struct, frozen=True):
    """Of what to tell the people: None is any journey, or any message. `reason`: a part of it."""

    what: What = "message.held"
    journey: str | None = None
    subject: str | None = None
    reason: str = ""


def people(
    warehouse: Warehouse, since: datetime, until: datetime, chosen: Choice
) -> tuple[Sequence[Person], int]:
    """Return those it was about, the latest first, and how many they are."""
    words: dict[str, Word] = {
        "told": part("held_back", {"since": since, "until": until}),
        "what": chosen.what,
        "journey": chosen.journey or "",
        "any_journey": int(chosen.journey is None),
        "subject": chosen.subject or "",
        "any_subject": int(chosen.subject is None),
        "reason": chosen.reason.removesuffix("late")
        if LATE in chosen.reason
        else chosen.reason,
        "most": PEOPLE_SHOWN,
    }
    rows = ask(warehouse, "held_people", words)
    found = [_person(row) for row in rows]
    return found, whole(rows[0][4]) if rows else 0


def _line(row: Sequence[object]) -> Line:
    what, journey, subject, reason, day = map(text, row[:5])
    return Line(what, journey, subject, reason, day, whole(row[5]), whole(row[6]))


def _person(row: Sequence[object]) -> Person:
    contact, times, at, reason, _, journey, subject = row
    assert isinstance(at, datetime)
    told = map(text, (reason, journey, subject))
    return Person(ContactId(whole(contact)), whole(times), at.replace(tzinfo=UTC), *told)


_PARTS: Mapping[By, Callable[[Line], str]] = {
    "reason": lambda line: plain(line.reason),
    "journey": lambda line: line.journey,
    "subject": lambda line: line.subject,
    "day": lambda line: line.day,
    "sort": lambda line: line.sort,
}
