"""The report of a backtest in words: sections of lines, for the terminal and for a specification."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from ripely.engine.walk import WAITED
from ripely.model.backtest import Calls, Example, Letters, Reason, Report, StepCount
from ripely.model.duration import Duration
from ripely.model.ids import contact_code
from ripely.model.journey import Journey
from ripely.operations.names import Names, spoken
from ripely.operations.wording.steps import way_name

BUSIEST_SHOWN = 5
EXAMPLES_SHOWN = 3


class Section(msgspec.Struct, frozen=True):
    title: str
    lines: Sequence[str]


def sections_of(report: Report, names: Names, base_url: str) -> list[Section]:
    """Return what is worth telling; sections with nothing to tell are left out.

    Without a `base_url` nobody is named: for whoever has the link and no account.
    """
    journey = names.journeys.get(report.asked.journey)
    found = [
        Section("Who would have entered", list(_entered(report, names, base_url))),
        Section("Step by step", [_step(one, journey, names) for one in report.steps]),
        Section("How they left", [f"{one.times:,} · {one.reason}" for one in report.ends]),
        Section(
            "Never came in, though a trigger meant them", _reasons(report.refused, base_url)
        ),
        Section("Never happens", list(_never(report, journey, names))),
        Section("Messages", list(_letters(report, names, base_url))),
        Section("Calls", [line for one in report.calls for line in _calls(one, names)]),
        Section("How long it took", list(_crossings(report, base_url))),
        Section("Failed", _reasons(report.failed, base_url)),
        Section("What is assumed", report.assumed),
    ]
    return [section for section in found if section.lines]


def _for_example(found: Sequence[Example], base_url: str) -> str:
    """Name some contacts, for whoever may know of them."""
    if not base_url or not found:
        return ""
    return f", for example {', '.join(contact_url(one, base_url) for one in found[:EXAMPLES_SHOWN])}"


def contact_url(one: Example, base_url: str) -> str:
    return f"{base_url}/contacts/{contact_code(one.contact)}/"


def _entered(report: Report, names: Names, base_url: str) -> Iterator[str]:
    zone = ZoneInfo(names.company.timezone or "UTC")
    since, until = (_day(at_s, zone) for at_s in (report.asked.since_s, report.asked.until_s))
    yield f"{since} to {until}: {report.events:,} events of {report.contacts:,} contacts"
    shown = _for_example(report.examples, base_url)
    yield f"{report.entered:,} entries of {report.people - report.heldout:,} people{shown}"
    if report.heldout:
        yield f"{report.heldout:,} kept out to be compared"
    busiest = sorted(report.by_day.items(), key=lambda item: (-item[1], item[0]))
    days = [f"{day}: {n:,}" for day, n in busiest[:BUSIEST_SHOWN] if n]
    if days:
        yield f"busiest days: {', '.join(days)}"


def _step(one: StepCount, journey: Journey | None, names: Names) -> str:
    ways = ", ".join(
        f"{way_name(journey, one.step, way, names)}: {n:,}"
        for way, n in one.ways.items()
        if way != WAITED
    )
    waiting = f", {one.waiting:,} still there at the end" if one.waiting else ""
    return f"{spoken(one.step)}: {one.passed:,} passed{waiting}" + (
        f" ({ways})" if ways else ""
    )


def _never(report: Report, journey: Journey | None, names: Names) -> Iterator[str]:
    for step in report.unreached:
        yield f"nobody came to “{spoken(step)}”"
    for both in report.unused:
        step, _, way = both.partition(": ")
        yield f"nobody left “{spoken(step)}” by “{way_name(journey, step, way, names)}”"


def _letters(report: Report, names: Names, base_url: str) -> Iterator[str]:
    for one in report.letters:
        yield from _template(one, names)
    persons = [f"{n}: {people:,} people" for n, people in report.per_person.items()]
    if report.letters and persons:
        yield f"messages a person: {', '.join(persons)}"
    if report.late.times:
        shown = _for_example(report.late.examples, base_url)
        yield f"{report.late.times:,} would have come after the purchase{shown}"


def _template(one: Letters, names: Names) -> Iterator[str]:
    total, most = sum(one.by_day.values()), max(one.by_day.values(), default=0)
    what = f"{names.template(one.template)} by {one.channel}"
    yield f"{what}: {total:,}, at most {most:,} a day"
    if one.waited:
        yield f"{what}: waited for {_counts(one.waited)}"
    if one.held:
        yield f"{what}: not sent for {_counts(one.held)}"


def _calls(one: Calls, names: Names) -> Iterator[str]:
    who = names.team(one.who.removeprefix("team:"))
    total, most = sum(one.by_day.values()), max(one.by_day.values(), default=0)
    yield f"{who}: {total:,} calls, at most {most:,} a day"
    if one.over:
        yield f"{who}: more than can be made on {len(one.over)} days, first on {one.over[0]}"


def _crossings(report: Report, base_url: str) -> Iterator[str]:
    for title, found in (("fastest", report.fastest), ("slowest", report.slowest)):
        for one in found[:1]:
            shown = _for_example([Example(one.contact, one.entered_s)], base_url)
            took = Duration(one.seconds).rough() if one.seconds else "no time"
            yield f"{title}: {took}{shown}"


def _reasons(found: Sequence[Reason], base_url: str) -> list[str]:
    return [
        f"{one.times:,} · {one.reason}{_for_example(one.examples, base_url)}" for one in found
    ]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {n:,} times" for reason, n in counts.items())


def _day(at_s: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone).date().isoformat()
