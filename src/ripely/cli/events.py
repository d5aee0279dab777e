"""Counts what happened: the figures behind every report."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import click

from ripely.cli.asking import Asking, cohort, event_option, per_option, question
from ripely.cli.database import database
from ripely.model.catalog import standard_name
from ripely.model.duration import Duration
from ripely.model.ids import ContactId, contact_code
from ripely.model.profile import Profile
from ripely.operations import reports
from ripely.runtime.card import name_of
from ripely.runtime.rules import published_of
from ripely.settings import read_settings
from ripely.wiring import App, assemble

_ADDRESSES = ("email", "user_id", "phone")


@click.group()
def command() -> None:
    """Count what happened, as the history tells it."""


@question
@click.option("--by", default="name", help="name, source, day or property:NAME.")
@event_option
@per_option
def count(asking: Asking, by: str, event: str | None, per: str | None) -> None:
    """Count events."""
    with _histories(asking) as (app, told):
        try:
            key = reports.key_of(by, _zone(app))
        except ValueError as wrong:
            raise click.UsageError(f"{wrong}.") from None
        counts = reports.count(told, event, key, cohort(per))
    rows = [(*_group(per, group), item, n) for (group, item), n in counts.most_common()]
    asking.answer([*_group(per, per), by, "events"], rows)


@question
@event_option
@per_option
def contacts(asking: Asking, event: str | None, per: str | None) -> None:
    """Count the contacts that an event happened to."""
    with _histories(asking) as (_, told):
        counts = reports.contacts(told, event, cohort(per))
    rows = [(*_group(per, group), n) for group, n in counts.most_common()]
    asking.answer([*_group(per, per), "contacts"], rows if per else rows or [(0,)])


@question
@click.argument("name", metavar="PROPERTY")
@event_option
@per_option
def total(asking: Asking, name: str, event: str | None, per: str | None) -> None:
    """Add up PROPERTY, where it is a number."""
    with _histories(asking) as (_, told):
        totals = reports.total(told, name, event, cohort(per))
    rows = [
        (*_group(per, group), one.events, float(one.sum), float(one.mean or 0))
        for group, one in sorted(totals.items())
    ]
    asking.answer([*_group(per, per), "events", "sum", "mean"], rows)


@question
@click.option("--gap", default="30m", help="The longest pause within a session.")
def sessions(asking: Asking, gap: str) -> None:
    """Count sessions: acts of a contact without a longer pause."""
    try:
        gap_s = Duration.parse(gap)
    except ValueError as wrong:
        raise click.UsageError(f"{wrong}.") from None
    with _histories(asking) as (_, told):
        found = reports.sessions(told, gap_s)
    asking.answer(["contacts", "sessions"], [(found.contacts, found.sessions)])


@question
@click.argument("steps", nargs=-1, required=True, metavar="EVENT...")
@click.option("--in-order", is_flag=True, help="Each step after the one before.")
def funnel(asking: Asking, steps: tuple[str, ...], *, in_order: bool) -> None:
    """Count the contacts that came to each EVENT, and to all those before it."""
    names = [standard_name(step) for step in steps]
    with _histories(asking) as (_, told):
        reached = reports.funnel(told, names, in_order=in_order)
    asking.answer(["step", "contacts"], list(zip(names, reached, strict=True)))


@question
@event_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, help="How many.")
def top(asking: Asking, event: str | None, limit: int) -> None:
    """List the contacts with the most events."""
    with _histories(asking) as (app, told):
        best = reports.busiest(told, event, limit)
        names = _names(app, [contact for contact, _ in best])
    rows = [(contact_code(contact), names[contact], n) for contact, n in best]
    asking.answer(["contact", "name", "events"], rows)


@question
def landings(asking: Asking) -> None:
    """Count page views by the source and medium that their address names."""
    with _histories(asking) as (_, told):
        counts = reports.landings(told)
    asking.answer(["campaign", "page views"], counts.most_common())


for name, asked in {
    "count": count, "contacts": contacts, "sum": total, "sessions": sessions, "funnel": funnel,
    "top": top, "landings": landings,
}.items():  # fmt: skip
    command.add_command(asked, name)


@contextmanager
def _histories(asking: Asking) -> Iterator[tuple[App, reports.Histories]]:
    settings = read_settings()
    with database(settings) as url, assemble(settings, url) as app:
        scope = asking.scope(_zone(app))
        yield app, reports.histories(app.history.scan(), scope)


def _zone(app: App) -> ZoneInfo:
    """Return the company's time zone, or the installation's while nothing is published."""
    ruleset = app.rulesets.current()
    if ruleset is None:
        return ZoneInfo(app.settings.timezone)
    return ZoneInfo(published_of(app.rulesets.documents(ruleset)).company.timezone)


def _group(per: str | None, cell: str | None) -> tuple[str, ...]:
    """Return the first cell of a row, which is there only when contacts are told apart."""
    return () if per is None else (cell or "",)


def _names(app: App, found: Sequence[ContactId]) -> dict[ContactId, str]:
    profiles = app.profiles.load(found).profiles
    return {contact: _called(profiles.get(contact)) for contact in found}


def _called(profile: Profile | None) -> str:
    if profile is None:
        return ""
    facts = profile.attributes
    return name_of(profile) or next((str(facts[a]) for a in _ADDRESSES if facts.get(a)), "")
