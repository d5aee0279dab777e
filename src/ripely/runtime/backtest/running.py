"""A backtest at work: contact by contact, some partitions after one another, each independent of all others."""

import traceback
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path

import msgspec

from ripely.engine.reliving import relive
from ripely.model.backtest import FORGOTTEN
from ripely.model.event import DERIVED, RULES_CHANGED, TIMER_FIRED, Event
from ripely.model.ids import ContactId
from ripely.ports import History, Story, Unreadable
from ripely.runtime.backtest.course import Course
from ripely.runtime.backtest.findings import Findings, Watcher

FORGETTING = frozenset({"contact.erased", "contact.cleared"})
UNREADABLE = "could not be read: `ripely doctor replay --all` names what is damaged"
TOLD_EVERY = 500
"""How many contacts go by before it is told how far it is, and asked whether to go on."""

Tell = Callable[[int, int], bool]
"""Is told of so many more contacts and events; answers whether to go on."""


class CancelledError(Exception):
    """Somebody does not want to know any more."""


def run_part(
    course: Course,
    history: History,
    partition: int,
    contacts: Collection[ContactId] | None,
    tell: Tell,
) -> Findings:
    """Go through the contacts of a partition, or those of them that can matter. Raises `CancelledError`."""
    if contacts is None:
        return run(course, _by_contact(history.scan([partition])), tell)
    return run(course, _by_contact(history.scan(contacts=contacts)), tell)


def run(
    course: Course, histories: Iterable[tuple[ContactId, list[Story]]], tell: Tell
) -> Findings:
    """Go through contacts with what is told of each."""
    findings = Findings()
    contacts = events = 0
    for contact, stories in histories:
        told = accepted(stories)
        contacts, events = contacts + 1, events + len(told)
        if any(isinstance(story, Unreadable) for story in stories):
            findings.add(("contacts",))
            findings.show(("failed", UNREADABLE), contact, course.asked.since_s)
        else:
            _look(course, findings, contact, told)
        if contacts >= TOLD_EVERY:
            if not tell(contacts, events):
                raise CancelledError
            contacts = events = 0
    if not tell(contacts, events):
        raise CancelledError
    return findings


def accepted(stories: Iterable[Story]) -> list[Event]:
    """Return what happened to a contact by itself: what the fold and its timers made is made again."""
    return [
        event
        for story in stories
        for event in story.events
        if event.source != DERIVED and event.name not in {TIMER_FIRED, RULES_CHANGED}
    ]


def in_time(events: list[Event], late_ms: int) -> list[Event]:
    """Order events by when they came, and put what was told very late, as an imported past is, where it happened."""
    placed = [
        msgspec.structs.replace(event, received_ms=event.occurred_ms)
        if event.received_ms - event.occurred_ms > late_ms
        else event
        for event in events
    ]
    return sorted(placed, key=attrgetter("received_ms"))


def _look(course: Course, findings: Findings, contact: ContactId, told: list[Event]) -> None:
    findings.add(("contacts",))
    findings.add(("events",), len(told))
    findings.begins(min((event.occurred_s for event in told), default=0))
    events = in_time(told, course.span.rules.late_entry_s * 1000)
    if not events or not _may_enter(course, events):
        return
    findings.add(("folded",), len(events))
    shown = FORGOTTEN if any(event.name in FORGETTING for event in events) else contact
    # What one contact's history makes fail is told of, and stops only itself.
    own = Findings()
    watcher = Watcher(course, own, shown)
    try:
        for after in relive(course.span, events):
            watcher.take(after)
    except Exception as wrong:  # noqa: BLE001 - a draft's mistake may be any.
        findings.show(("failed", _told(wrong)), shown, course.asked.since_s)
        return
    watcher.end()
    findings.join(own)


def _told(wrong: Exception) -> str:
    """Say what failed, and where; never with what, which may be somebody's address."""
    where = traceback.extract_tb(wrong.__traceback__)[-1]
    return f"{type(wrong).__name__} in {where.name}, line {where.lineno} of {Path(where.filename).name}"


def _may_enter(course: Course, events: list[Event]) -> bool:
    """Whether anything in the period can let a contact in."""
    since_s, until_s = course.asked.since_s, course.asked.until_s
    if events[0].now_s > until_s:
        return False
    names, react, journey = course.starts_by, course.span.rules.react, course.asked.journey
    if names is None:
        return True
    return any(
        event.name in names
        and since_s <= event.now_s <= until_s
        and any(trigger.journey == journey for trigger in react(event).triggers)
        for event in events
    )


def _by_contact(
    rows: Iterator[tuple[ContactId, int, Story]],
) -> Iterator[tuple[ContactId, list[Story]]]:
    for contact, told in groupby(rows, key=itemgetter(0)):
        yield contact, [story for _, _, story in told]
