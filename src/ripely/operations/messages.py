"""The ledger for reading: every decided message, how it ended, and why."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from django.db.models import Count as CountRows, F, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from ripely.documents.conditions import parts
from ripely.model.action import Send
from ripely.model.ids import ContactId
from ripely.model.journey import Journey
from ripely.operations.dossiers.contacts import cards_of, read_moment
from ripely.records.hot.models import ContactCard, DecidedMessage, Tally

MESSAGES_PER_PAGE = 50
LATEST_COUNTED = 10_000
REASONS_SHOWN = 8
OUTCOMES = ("sent", "held", "expired", "dropped", "refused", "failed", "unknown")
WAITING = "waiting"
WEEK_DAYS = 7
_DAY_S = 86_400


class Outcome(msgspec.Struct, frozen=True):
    """How many of the latest messages ended one way, and the commonest reasons."""

    name: str
    n: int
    reasons: Sequence[tuple[str, int]]


class Guarded(msgspec.Struct, frozen=True):
    """What guards did for one reason: how often a message waited, and how often it was held back."""

    why: str
    waits: int = 0
    held: int = 0


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


def held_in(journey: Journey, now: datetime) -> Sequence[Guarded]:
    """Count the week's messages of a journey that had to wait or did not go, by reason."""
    sent = {part.template for _, part in parts(journey) if isinstance(part, Send)}
    return held_since(now, sent) if sent else ()


def held_since(now: datetime, templates: Collection[str] = ()) -> Sequence[Guarded]:
    """Count the week's messages that had to wait or did not go, by reason; all, or those of some templates."""
    today = int(now.timestamp()) // _DAY_S
    days = [str(day) for day in range(today - WEEK_DAYS + 1, today + 1)]
    rows = Tally.objects.filter(kind="message", subject__in=days).values("item")
    counted: dict[str, Counter[str]] = {}
    for row in rows.annotate(n=Sum("n")).order_by():
        template, what, why = row["item"].rsplit(":", 2)
        if not templates or template in templates:
            counted.setdefault(why, Counter())[what] += int(row["n"])
    found = [Guarded(why, n["waits"], n["held"]) for why, n in counted.items()]
    return sorted(found, key=lambda one: (-one.waits - one.held, one.why))


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
