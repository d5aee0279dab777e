"""Asking for backtests, working at them, and what came of them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from secrets import token_urlsafe

import msgspec
import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Now

from ripely.compiler.ruleset import Published
from ripely.documents.finding import Finding
from ripely.model.backtest import FORGOTTEN, Asked, Reactions, Report, naming
from ripely.model.ids import ContactId, JourneyId
from ripely.model.journey import Journey
from ripely.operations.publishing.definitions import diff, encode, in_force, read
from ripely.ports import Rulesets
from ripely.records.backtests.models import Backtest
from ripely.records.hot.models import Tally
from ripely.runtime.backtest.report import content_of

UNFINISHED = ("waiting", "running")
UNFINISHED_MAX = 50
SHOWN_MAX = 20
NEWEST = 2**63 - 1
ATTEMPTS_MAX = 3
DIED = (
    f"Whoever worked at it ended before it did, or lost the database, {ATTEMPTS_MAX} times. It may need"
    " more memory than there is: try a shorter period"
)
LINK_BYTES = 16
DAYS = 90
DAY_S = 86_400
_LOCKS = 0x5269_7006
"""Whoever works at a backtest holds the lock of its number, for as long as they live."""


class TooManyError(Exception):
    """So many wait that another one would not come to its turn soon."""


class Draft(msgspec.Struct, frozen=True):
    """Documents as they would be in force, or what is wrong with them; `named` are the journeys among them."""

    findings: Sequence[Finding]
    published: Published
    named: Sequence[str]

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.warning]


def draft_of(files: Mapping[str, bytes], rulesets: Rulesets, timezone: str) -> Draft:
    """Read documents together with all that is in force."""
    plan, current = diff(files, rulesets), in_force(rulesets)
    named = [c.id for c in plan.changes if c.kind == "journey" and c.state != "missing"]
    return Draft(plan.findings, Published(plan.definitions, current.versions, timezone), named)


def last_days(journey: str, now: datetime, days: int = DAYS, usual: Reactions = Reactions()) -> Asked:  # fmt: skip # noqa: B008
    until_s = int(now.timestamp())
    return Asked(JourneyId(journey), until_s - days * DAY_S, until_s, usual)


def usual_reactions() -> Reactions:
    """Return what part of all letters so far was opened, and clicked."""
    names = ("email.sent", "email.opened", "email.clicked")
    rows = Tally.objects.filter(kind="event", item__in=names).values("item")
    n = {row["item"]: row["n"] for row in rows.annotate(n=Sum("n")).order_by()}
    sent = n.get("email.sent", 0)
    if not sent:
        return Reactions()
    opened = min(1.0, n.get("email.opened", 0) / sent)
    clicked = min(opened, n.get("email.clicked", 0) / sent)
    return Reactions(round(opened, 3), round(clicked, 3))


def ask(published: Published, asked: Asked, author: str, total: int) -> Backtest:
    """Have a backtest made in the background. Raises `LookupError`, or `TooManyError`."""
    journey = _journey(published, asked.journey)
    if Backtest.objects.filter(state__in=UNFINISHED).count() >= UNFINISHED_MAX:
        raise TooManyError(
            f"{UNFINISHED_MAX} backtests wait already: cancel one, or try later."
        )
    return Backtest.objects.create(
        journey=asked.journey,
        content=content_of(journey),
        asked=msgspec.json.encode(asked).decode(),
        documents=encode(published),
        author=author,
        total=total,
    )


@contextmanager
def begun(published: Published, asked: Asked, author: str, total: int) -> Iterator[Backtest]:
    """Ask for a backtest and work at it oneself. One that does not end in this block is cancelled.

    When the database goes away meanwhile it is left to whoever works in the background. Raises `LookupError`.
    """
    with transaction.atomic():
        test = ask(published, asked, author, total)
        _ask("pg_try_advisory_lock", test.pk)
        Backtest.objects.filter(pk=test.pk).update(state="running")
    lost = False
    try:
        yield test
    except (OperationalError, psycopg.OperationalError):
        lost = True
        raise
    finally:
        if not lost:
            give_up(test)
        _ask("pg_advisory_unlock", test.pk)


def asked_of(test: Backtest) -> Asked:
    return msgspec.json.decode(test.asked, type=Asked)


def published_of(test: Backtest) -> Published:
    return read(bytes(test.documents))


def journey_of(test: Backtest) -> Journey:
    return _journey(published_of(test), test.journey)


def report_in(test: Backtest) -> Report | None:
    return msgspec.json.decode(test.report, type=Report) if test.report else None


def backtests_of(journey: str, before: int = NEWEST) -> list[Backtest]:
    """Return the latest ones of a journey, the newest first, without what they are made of."""
    return list(_light().filter(journey=journey, pk__lt=before)[:SHOWN_MAX])


def last_done(journey: str, content: str = "") -> Backtest | None:
    """Return the last one of a journey that has a report, of all that it said or of one content."""
    rows = Backtest.objects.filter(journey=journey, state="done").defer("documents")
    return (rows.filter(content=content) if content else rows).first()


def latest(before: int = NEWEST) -> list[Backtest]:
    """Return the latest ones of all journeys, the newest first, without what they are made of."""
    return list(_light().filter(pk__lt=before)[:SHOWN_MAX])


def _light() -> QuerySet[Backtest]:
    return Backtest.objects.defer("documents", "report")


def find(number: int) -> Backtest | None:
    return Backtest.objects.filter(pk=number).first()


def cancel(test: Backtest) -> None:
    """Ask whoever works at it to end; one that nobody works at ends here."""
    Backtest.objects.filter(pk=test.pk, state__in=UNFINISHED).update(stop=True)
    waiting = Backtest.objects.filter(pk=test.pk, state="waiting")
    waiting.update(state="cancelled", finished_at=Now())


def share(test: Backtest, *, shared: bool) -> None:
    """Switch the link on, a new one each time, or off."""
    rows = Backtest.objects.filter(pk=test.pk)
    if not shared:
        rows.update(link="")
    else:
        rows.filter(link="").update(link=token_urlsafe(LINK_BYTES))


@contextmanager
def claimed() -> Iterator[Backtest | None]:
    """Yield the oldest backtest that nobody works at, as ours while this block lasts.

    One whose worker has died is anybody's again, and begins anew: after those that nobody has begun,
    and not for ever.
    """
    waiting = Backtest.objects.filter(state__in=UNFINISHED).order_by("attempts", "pk")
    for number in waiting.values_list("pk", flat=True):
        if not _ask("pg_try_advisory_lock", number):
            continue
        try:
            test = _begun(number)
            if test is not None:
                yield test
                return
        finally:
            _ask("pg_advisory_unlock", number)
    yield None


def _begun(number: int) -> Backtest | None:
    """Begin it once more, unless it was begun too often."""
    test = Backtest.objects.filter(pk=number, state__in=UNFINISHED).first()
    if test is None:
        return None
    if test.attempts >= ATTEMPTS_MAX:
        give_up(test, "" if test.stop else DIED)
        return None
    test.attempts += 1
    rows = Backtest.objects.filter(pk=number)
    rows.update(state="running", contacts=0, events=0, attempts=test.attempts)
    return test


def progress(test: Backtest, contacts: int, events: int) -> bool:
    """Say how far it is; answer whether to go on."""
    _ours(test).update(contacts=contacts, events=events)
    return _ours(test).filter(stop=False).exists()


def finish(test: Backtest, report: Report) -> None:
    """Keep the report. Who was forgotten meanwhile is not named in it."""
    body = msgspec.json.encode(report).decode()
    with transaction.atomic():
        found = _ours(test).select_for_update().first()
        if found is not None:
            _end(test, state="done", report=without(body, found.forgotten))


def give_up(test: Backtest, error: str = "") -> None:
    _end(test, state="failed" if error else "cancelled", error=error)


def give_back(test: Backtest) -> None:
    """Leave it to the next one: who is told to stop has not failed at it."""
    _ours(test).update(state="waiting", attempts=test.attempts - 1)


def without(report: str, forgotten: Collection[ContactId]) -> str:
    """Return a report that names nobody of these."""
    if not forgotten:
        return report
    return re.sub(naming(forgotten), f'"contact":{FORGOTTEN}', report)


def _end(test: Backtest, **said: str) -> None:
    _ours(test).update(finished_at=Now(), **said)


def _ours(test: Backtest) -> QuerySet[Backtest]:
    """Return the row, as long as nobody else has begun it since."""
    return Backtest.objects.filter(pk=test.pk, attempts=test.attempts, state__in=UNFINISHED)


def _journey(published: Published, name: str) -> Journey:
    found = next((j for _, j in published.journeys if j.id == name), None)
    if found is None:
        raise LookupError(f"There is no journey “{name}”.")
    return found


def _ask(what: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what}(%s, %s)", [_LOCKS, number])
        row = cursor.fetchone()
    return bool(row and row[0])
