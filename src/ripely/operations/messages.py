"""The ledger for reading: every decided message, how it ended, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from django.db.models import Count as CountRows, F
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from ripely.model.ids import ContactId
from ripely.operations.contacts import cards_of, read_moment
from ripely.records.hot.models import ContactCard, DecidedMessage

MESSAGES_PER_PAGE = 50
LATEST_COUNTED = 10_000
REASONS_SHOWN = 8
OUTCOMES = ("sent", "held", "dropped", "refused", "failed", "unknown")
WAITING = "waiting"


class Outcome(msgspec.Struct, frozen=True):
    """How many of the latest messages ended one way, and the commonest reasons."""

    name: str
    n: int
    reasons: Sequence[tuple[str, int]]


class Line(msgspec.Struct, frozen=True):
    message: DecidedMessage
    card: ContactCard | None


class Ledger(msgspec.Struct, frozen=True):
    lines: Sequence[Line]
    next: str


def ledger(outcome: str = "", after: str = "") -> Ledger:
    """Return a page of messages, latest decision first."""
    rows = DecidedMessage.objects.all()
    if outcome:
        rows = rows.filter(outcome=None if outcome == WAITING else outcome)
    cursor = _read_cursor(after)
    if cursor is not None:
        rows = rows.filter(TupleLessThan(Tuple(F("decided_at"), F("id")), cursor))
    found = list(rows.order_by("-decided_at", "-id")[: MESSAGES_PER_PAGE + 1])
    page = found[:MESSAGES_PER_PAGE]
    cards = cards_of({ContactId(message.contact) for message in page})
    more = len(found) > len(page)
    return Ledger(
        [Line(message, cards.get(message.contact)) for message in page],
        f"{page[-1].decided_at.isoformat()}~{page[-1].id}" if more else "",
    )


def outcomes() -> Sequence[Outcome]:
    """Count how the latest messages ended; waiting ones first, then sent, then the rest."""
    latest = DecidedMessage.objects.order_by("-decided_at", "-id")[:LATEST_COUNTED]
    rows = DecidedMessage.objects.filter(id__in=latest.values("id"))
    counted: dict[str, dict[str, int]] = {}
    for row in rows.values("outcome", "reason").annotate(n=CountRows("id")).order_by("-n"):
        counted.setdefault(row["outcome"] or WAITING, {})[row["reason"]] = row["n"]
    return [_outcome(name, counted[name]) for name in (WAITING, *OUTCOMES) if name in counted]


def messages_to(contact: ContactId) -> Sequence[DecidedMessage]:
    rows = DecidedMessage.objects.filter(contact=contact)
    return list(rows.order_by("-decided_at")[:MESSAGES_PER_PAGE])


def _outcome(name: str, reasons: Mapping[str, int]) -> Outcome:
    told = [(reason, n) for reason, n in reasons.items() if reason]
    return Outcome(name, sum(reasons.values()), told[:REASONS_SHOWN])


def _read_cursor(cursor: str) -> tuple[datetime, str] | None:
    at, _, message = cursor.partition("~")
    try:
        return read_moment(at), message.replace("\x00", "")
    except ValueError:
        return None
