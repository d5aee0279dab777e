"""Asking for backtests, working at them, and what came of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Now

from ripely.compiler.ruleset import Published
from ripely.documents.finding import Finding
from ripely.model.backtest import Asked, Reactions, Report
from ripely.model.ids import JourneyId
from ripely.model.journey import Journey
from ripely.operations.definitions import diff, encode, in_force, read
from ripely.ports import Rulesets
from ripely.records.backtests.models import Backtest
from ripely.records.hot.models import Tally
from ripely.runtime.backtest.report import content_of

UNFINISHED = ("waiting", "running")
SHOWN_MAX = 20
DAYS = 90
DAY_S = 86_400
_LOCKS = 0x5269_7006
"""Whoever works at a backtest holds the lock of its number, for as long as they live."""


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
    """Have a backtest made in the background. Raises `LookupError`."""
    journey = _journey(published, asked.journey)
    return Backtest.objects.create(
        journey=asked.journey,
        content=content_of(journey),
        asked=msgspec.json.encode(asked).decode(),
        documents=encode(published),
        author=author,
        total=total,
    )


def keep(published: Published, report: Report, author: str) -> Backtest:
    """Keep a backtest that was made elsewhere."""
    test = ask(published, report.asked, author, report.contacts)
    progress(test, report.contacts, report.events)
    finish(test, report)
    return test


def asked_of(test: Backtest) -> Asked:
    return msgspec.json.decode(test.asked, type=Asked)


def published_of(test: Backtest) -> Published:
    return read(bytes(test.documents))


def journey_of(test: Backtest) -> Journey:
    return _journey(published_of(test), test.journey)


def report_in(test: Backtest) -> Report | None:
    return msgspec.json.decode(test.report, type=Report) if test.report else None


def backtests_of(journey: str) -> list[Backtest]:
    """Return the latest ones of a journey, the newest first, without what they are made of."""
    rows = Backtest.objects.filter(journey=journey).defer("documents", "report")
    return list(rows[:SHOWN_MAX])


def find(number: int) -> Backtest | None:
    return Backtest.objects.filter(pk=number).first()


def cancel(test: Backtest) -> None:
    """Ask whoever works at it to end; one that nobody works at ends here."""
    Backtest.objects.filter(pk=test.pk, state__in=UNFINISHED).update(stop=True)
    waiting = Backtest.objects.filter(pk=test.pk, state="waiting")
    waiting.update(state="cancelled", finished_at=Now())


def share(test: Backtest, *, shared: bool) -> None:
    Backtest.objects.filter(pk=test.pk).update(shared=shared)


@contextmanager
def claimed() -> Iterator[Backtest | None]:
    """Yield the oldest backtest that nobody works at, as ours while this block lasts.

    One whose worker has died is anybody's again, and begins anew.
    """
    for number in Backtest.objects.filter(state__in=UNFINISHED).order_by("pk").values_list("pk", flat=True):  # fmt: skip
        if not _ask("pg_try_advisory_lock", number):
            continue
        try:
            test = Backtest.objects.filter(pk=number, state__in=UNFINISHED).first()
            if test is not None:
                Backtest.objects.filter(pk=number).update(state="running", contacts=0, events=0)
                yield test
                return
        finally:
            _ask("pg_advisory_unlock", number)
    yield None


def progress(test: Backtest, contacts: int, events: int) -> bool:
    """Say how far it is; answer whether to go on."""
    Backtest.objects.filter(pk=test.pk).update(contacts=contacts, events=events)
    return not Backtest.objects.filter(pk=test.pk, stop=True).exists()


def finish(test: Backtest, report: Report) -> None:
    _end(test, state="done", report=msgspec.json.encode(report).decode())


def give_up(test: Backtest, error: str = "") -> None:
    _end(test, state="failed" if error else "cancelled", error=error)


def _end(test: Backtest, **said: str) -> None:
    rows = Backtest.objects.filter(pk=test.pk, state__in=UNFINISHED)
    rows.update(finished_at=Now(), **said)


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
