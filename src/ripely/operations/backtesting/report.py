"""The report of a backtest in words: parts of lines, with contacts to look at beside them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from ripely.engine.walk import WAITED
from ripely.model.backtest import (
    FORGOTTEN,
    Calls,
    Example,
    Letters,
    Reason,
    Report,
    StepCount,
)
from ripely.model.duration import Duration
from ripely.model.ids import ContactId, contact_code
from ripely.model.journey import Journey
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.steps import way_name

BUSIEST_SHOWN = 5
EXAMPLES_SHOWN = 3


class Line(msgspec.Struct, frozen=True):
    """`people` are examples of what it says, or whom it is about."""

    text: str
    people: Sequence[ContactId] = ()


class Part(msgspec.Struct, frozen=True):
    title: str
    lines: Sequence[Line]


class Section(msgspec.Struct, frozen=True):
    """A part as it is printed: people among the words."""

    title: str
    lines: Sequence[str]


def parts_of(report: Report, names: Names) -> list[Part]:
    """Return what is worth telling; parts with nothing to tell are left out."""
    journey = names.journeys.get(report.asked.journey)
    found = [
        Part("Who would have entered", list(_entered(report, names))),
        Part("Step by step", _plain(_step(one, journey, names) for one in report.steps)),
        Part("How they left", _reasons(report.ends)),
        Part("Never came in, though a trigger meant them", _reasons(report.refused)),
        Part("Never happens", _plain(_never(report, journey, names))),
        Part("Messages", list(_letters(report, names))),
        Part("Calls", _plain(line for one in report.calls for line in _calls(one, names))),
        Part("How long it took", list(_crossings(report))),
        Part("Failed", _reasons(report.failed)),
        Part("What is assumed", _plain(report.assumed)),
    ]
    return [part for part in found if part.lines]


def numbered(parts: Sequence[Part]) -> list[Section]:
    """Return the parts for whoever may not know who people are: the same person has the same number."""
    numbers: dict[ContactId, int] = {}

    def name(contact: ContactId) -> str:
        return f"person {numbers.setdefault(contact, len(numbers) + 1)}"

    return [_printed(part, name) for part in parts]


def addressed(parts: Sequence[Part], base_url: str) -> list[Section]:
    """Return the parts with the addresses of the pages of contacts."""
    return [
        _printed(part, lambda one: f"{base_url}/contacts/{contact_code(one)}/")
        for part in parts
    ]


def _printed(part: Part, name: Callable[[ContactId], str]) -> Section:
    lines = []
    for line in part.lines:
        people = ", ".join(map(name, line.people))
        lines.append(f"{line.text}, for example {people}" if people else line.text)
    return Section(part.title, lines)


def _plain(lines: Iterable[str]) -> list[Line]:
    return [Line(line) for line in lines]


def _some(found: Iterable[Example]) -> list[ContactId]:
    """Return a few contacts, each once."""
    known = dict.fromkeys(one.contact for one in found if one.contact != FORGOTTEN)
    return list(known)[:EXAMPLES_SHOWN]


def _entered(report: Report, names: Names) -> Iterator[Line]:
    zone = ZoneInfo(names.company.timezone or "UTC")
    since, until = (_day(at_s, zone) for at_s in (report.asked.since_s, report.asked.until_s))
    yield Line(f"{since} to {until}: {report.events:,} events of {report.contacts:,} contacts")
    if report.began_s > report.asked.since_s:
        began = _day(report.began_s, zone)
        yield Line(f"history begins on {began}: days before it are not counted, and not drawn")
    entered = f"{report.entered:,} entries of {report.people - report.heldout:,} people"
    if report.entered:
        entered += f", {report.entered / max(1, len(report.by_day)):,.1f} a day"
    yield Line(entered, _some(report.examples))
    if report.heldout:
        yield Line(f"{report.heldout:,} kept out to be compared")
    busiest = sorted(report.by_day.items(), key=lambda item: (-item[1], item[0]))
    days = [f"{day}: {n:,}" for day, n in busiest[:BUSIEST_SHOWN] if n]
    if days:
        yield Line(f"busiest days: {', '.join(days)}")


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


def _letters(report: Report, names: Names) -> Iterator[Line]:
    for one in report.letters:
        yield from _plain(_template(one, names))
    persons = [f"{n}: {people:,} people" for n, people in report.per_person.items()]
    if report.letters and persons:
        yield Line(f"messages a person: {', '.join(persons)}")
    if report.late.times:
        late = f"{report.late.times:,} would have come after the purchase"
        yield Line(late, _some(report.late.examples))


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


def _crossings(report: Report) -> Iterator[Line]:
    for title, found in (("fastest", report.fastest), ("slowest", report.slowest)):
        for one in found[:1]:
            took = Duration(one.seconds).rough() if one.seconds else "no time"
            yield Line(f"{title}: {took}", _some([Example(one.contact, one.entered_s)]))


def _reasons(found: Sequence[Reason]) -> list[Line]:
    return [Line(f"{one.times:,} · {one.reason}", _some(one.examples)) for one in found]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {n:,} times" for reason, n in counts.items())


def _day(at_s: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone).date().isoformat()
