"""What happened, counted: questions that are answered from the history, one contact at a time.

Each takes histories as they stream by and keeps only its answer, so that the number of events
does not matter. What Ripely tells itself, like the beginning of a visit, is left out unless asked.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from heapq import nlargest
from itertools import groupby, pairwise

import msgspec

from ripely.engine.visits import GAP_S
from ripely.model.catalog import is_act
from ripely.model.event import DERIVED, Event
from ripely.model.ids import ContactId
from ripely.ports import Story

OWN_SOURCES = frozenset({DERIVED, "fold", "identity", "timers"})
NOT_SAID = "(none)"
NO_CAMPAIGN = "(no utm)"
_FOREVER = 2**63 - 1

Histories = Iterable[tuple[ContactId, Sequence[Event]]]
Key = Callable[[Event], str]
Cohort = Callable[[Sequence[Event]], str]


class Scope(msgspec.Struct, frozen=True):
    """Which events are looked at: those from one moment to before another."""

    since_ms: int = 0
    until_ms: int = _FOREVER
    own: bool = False

    def holds(self, event: Event) -> bool:
        ours = self.own or event.source not in OWN_SOURCES
        return ours and self.since_ms <= event.occurred_ms < self.until_ms


class Total(msgspec.Struct):
    """Numbers added up, exactly, as money should be."""

    events: int = 0
    sum: Decimal = Decimal(0)

    @property
    def mean(self) -> Decimal | None:
        return self.sum / self.events if self.events else None


class Sessions(msgspec.Struct):
    contacts: int = 0
    sessions: int = 0


def histories(stories: Iterable[tuple[ContactId, int, Story]], scope: Scope) -> Histories:
    """Gather what happened to each contact, in the order of time."""
    for contact, told in groupby(stories, key=lambda story: story[0]):
        events = [event for _, _, story in told for event in story.events]
        events = [event for event in _lived(events) if scope.holds(event)]
        if events:
            yield contact, sorted(events, key=lambda event: event.occurred_ms)


def count(told: Histories, event: str | None, by: Key, of: Cohort) -> Counter[tuple[str, str]]:
    """Count events by cohort and key."""
    counts: Counter[tuple[str, str]] = Counter()
    for _, events in told:
        cohort = of(events)
        counts.update((cohort, by(one)) for one in events if event in {None, one.name})
    return counts


def contacts(told: Histories, event: str | None, of: Cohort) -> Counter[str]:
    """Count the contacts of each cohort that something happened to."""
    return Counter(
        of(events) for _, events in told if any(event in {None, one.name} for one in events)
    )


def total(told: Histories, name: str, event: str | None, of: Cohort) -> dict[str, Total]:
    """Add up a property, for each cohort."""
    totals: dict[str, Total] = {}
    for _, events in told:
        numbers = [
            number
            for one in events
            if event in {None, one.name} and (number := one.properties.get(name)) is not None
            and isinstance(number, int | float) and not isinstance(number, bool)
        ]  # fmt: skip
        if numbers:
            into = totals.setdefault(of(events), Total())
            into.events += len(numbers)
            into.sum += sum(Decimal(str(number)) for number in numbers)
    return totals


def sessions(told: Histories, gap_s: int = GAP_S) -> Sessions:
    """Count runs of acts without a longer gap: what a profile counts as visits, by the time alone."""
    answer = Sessions()
    for _, events in told:
        moments = [event.occurred_ms for event in events if is_act(event.name)]
        if moments:
            answer.contacts += 1
            answer.sessions += 1 + sum(b - a > gap_s * 1000 for a, b in pairwise(moments))
    return answer


def funnel(told: Histories, steps: Sequence[str], *, in_order: bool) -> list[int]:
    """Count the contacts that came to each step, having taken all those before it."""
    reached = [0] * len(steps)
    depth_of = _depth_in_order if in_order else _depth
    for _, events in told:
        for step in range(depth_of([event.name for event in events], steps)):
            reached[step] += 1
    return reached


def busiest(told: Histories, event: str | None, limit: int) -> list[tuple[ContactId, int]]:
    """Return the contacts with the most events, the first ones first."""
    counts = (
        (sum(event in {None, one.name} for one in events), -contact) for contact, events in told
    )
    best = nlargest(limit, ((n, contact) for n, contact in counts if n))
    return [(ContactId(-contact), n) for n, contact in best]


def landings(told: Histories) -> Counter[str]:
    """Count page views whose address is known by the campaign that the address names."""
    counts: Counter[str] = Counter()
    for _, events in told:
        counts.update(campaign_of(e) for e in events if "url" in e.properties and _is_page(e))
    return counts


def campaign_of(event: Event) -> str:
    """Name source and medium, as `google / cpc`."""
    said = [event.properties.get(f"utm_{part}") for part in ("source", "medium")]
    if not any(said):
        return NO_CAMPAIGN
    return " / ".join(str(part) if part else NOT_SAID for part in said)


def key_of(by: str, zone: tzinfo) -> Key:
    """Read how to count: `name`, `source`, `day`, `contact` or `property:NAME`. Else ValueError."""
    kind, _, name = by.partition(":")
    match kind:
        case "name" if not name:
            return lambda event: event.name
        case "source" if not name:
            return lambda event: event.source
        case "day" if not name:
            return lambda event: (
                datetime.fromtimestamp(event.occurred_s, zone).date().isoformat()
            )
        case "property" if name:
            return lambda event: _text(event.properties.get(name))
        case _:
            raise ValueError(f"{by!r} is none of name, source, day and property:NAME")


def cohort_of(event: str, name: str) -> Cohort:
    """Tell contacts apart by what their latest event of a name has for a property."""

    def cohort(events: Sequence[Event]) -> str:
        latest = next((one for one in reversed(events) if one.name == event), None)
        return NOT_SAID if latest is None else _text(latest.properties.get(name))

    return cohort


def everybody(_events: Sequence[Event]) -> str:
    return ""


def _lived(events: Iterable[Event]) -> Iterator[Event]:
    """Leave out what came to a contact after it was merged: it is told again of the other one."""
    gone = False
    for event in events:
        gone = (gone or event.name == "contact.merged") and event.name != "contact.revived"
        if not gone:
            yield event


def _depth(names: Sequence[str], steps: Sequence[str]) -> int:
    known = set(names)
    return next((i for i, step in enumerate(steps) if step not in known), len(steps))


def _depth_in_order(names: Sequence[str], steps: Sequence[str]) -> int:
    depth = 0
    for name in names:
        if depth < len(steps) and name == steps[depth]:
            depth += 1
    return depth


def _is_page(event: Event) -> bool:
    return event.name == "page.viewed"


def _text(value: object) -> str:
    return NOT_SAID if value is None or value == "" else str(value)
