"""A contact's story for reading: moments, newest first, grouped in visits."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from ripely.model.event import DERIVED, Event
from ripely.model.ids import ContactId
from ripely.model.note import Note
from ripely.operations.wording.moments import SILENT, Moment, moment_of
from ripely.operations.wording.names import Names, text
from ripely.operations.wording.reasons import reasons_of
from ripely.ports import History, Story

VISIT_GAP_MS = 30 * 60_000
MOMENTS_PER_PAGE, MOMENTS_PER_PAGE_MAX = 80, 120
STORIES_PER_READ = 100
STORIES_PER_PAGE_MAX = 2_000
NEWEST = 2**63 - 1

Told = tuple[int, Story]
Ends = Callable[[Sequence[Told], Sequence[Moment], Told], bool]
"""Whether a page ends before an older story, after what it has told."""


class Passage(msgspec.Struct, frozen=True):
    """A visit, or what happened between two: its moments, newest first."""

    visit: bool
    moments: Sequence[Moment]

    @property
    def started_ms(self) -> int:
        return self.moments[-1].at_ms

    @property
    def ended_ms(self) -> int:
        return self.moments[0].at_ms

    @property
    def pages(self) -> int:
        return sum(moment.kind == "pages" for moment in self.moments)

    @property
    def seconds(self) -> int:
        acts = [moment for moment in self.moments if moment.on_site]
        span = (acts[0].at_ms - acts[-1].at_ms) // 1000 if acts else 0
        return max(span, sum(moment.seconds for moment in acts))

    @property
    def source(self) -> str:
        return next((m.source for m in reversed(self.moments) if m.source), "")


class Page(msgspec.Struct, frozen=True):
    """A part of the story. `older` is where the next part begins; None: this is its beginning."""

    passages: Sequence[Passage]
    newest: int
    floor: int
    older: int | None


def page_of(
    history: History, contact: ContactId, names: Names, show: str = "", before: int = NEWEST
) -> Page:
    """Return a screenful of one kind of moments (all, if none is named) before a log position."""
    return _told(_stories(history, contact, before), names, show, _is_full)


def since(history: History, contact: ContactId, names: Names, show: str, floor: int) -> Page:
    """Return everything from a log position on, for a page that is already open."""

    def reached(told: Sequence[Told], _: Sequence[Moment], older: Told) -> bool:
        return older[0] < floor or len(told) >= STORIES_PER_PAGE_MAX

    return _told(_stories(history, contact, NEWEST), names, show, reached)


def newest(history: History, contact: ContactId) -> int:
    """Return the log position of the latest story; 0 when there is none."""
    return next((position for position, _ in history.of(contact, NEWEST, 1)), 0)


def moments_of(told: Iterable[Told], names: Names) -> list[Moment]:
    """Everything that a person wants to read of these stories, newest first."""
    stories = [story for _, story in told]
    return _in_order([m for story in stories for m in _moments_in(story, names)], stories)


def told_once(story: Story) -> tuple[list[Event], list[Note]]:
    """Leave out what is there twice: a change is an event too, and the note of it says why.

    Where an event from outside brought the change about, and no more can be said, the event tells it.
    """
    notes = [note for note in story.notes if note.reason != note.kind]
    noted: dict[str, set[str]] = {}
    for note in notes:
        noted.setdefault(note.kind, set()).add(note.subject)
    events = [event for event in story.events if not _is_noted(event, noted)]
    return events, notes


def _is_noted(event: Event, noted: Mapping[str, set[str]]) -> bool:
    subjects = noted.get(event.name)
    if subjects is None:
        return False
    values = [value for value in event.properties.values() if isinstance(value, str)]
    about, _, _ = event.name.partition(".")
    return event.source == DERIVED or not subjects.isdisjoint([about, *values])


def in_visits(moments: Sequence[Moment]) -> list[Passage]:
    """Group moments, newest first: a visit is a run of acts on site with no gap over 30 minutes."""
    spans = _visit_spans([m.at_ms for m in moments if m.on_site])
    groups: list[tuple[int, list[Moment]]] = []
    for moment in moments:
        span = _span_at(spans, moment.at_ms)
        if not groups or groups[-1][0] != span:
            groups.append((span, []))
        groups[-1][1].append(moment)
    return [Passage(span >= 0, group) for span, group in groups]


def _stories(history: History, contact: ContactId, before: int) -> Iterator[Told]:
    while True:
        read = history.of(contact, before, STORIES_PER_READ)
        yield from read
        if len(read) < STORIES_PER_READ:
            return
        before = read[-1][0]


def _told(stories: Iterator[Told], names: Names, show: str, ends: Ends) -> Page:
    """Tell stories, each once, until the next one is for another page, or there is none."""
    told: list[Told] = []
    moments: list[Moment] = []
    for one in stories:
        if told and ends(told, moments, one):
            return _page(told, moments, more=True)
        told.append(one)
        moments += [m for m in _moments_in(one[1], names) if show in {"", m.kind}]
    return _page(told, moments, more=False)


def _is_full(told: Sequence[Told], moments: Sequence[Moment], older: Told) -> bool:
    """A visit is not torn in two, unless it is a very long one."""
    if len(moments) < MOMENTS_PER_PAGE:
        return len(told) >= STORIES_PER_PAGE_MAX
    return len(moments) >= MOMENTS_PER_PAGE_MAX or not _goes_on(older[1], told[-1][1])


def _goes_on(older: Story, newer: Story) -> bool:
    """Whether hardly any time is between what two stories tell."""
    if not (older.events and newer.events):
        return True
    return newer.events[0].occurred_ms - older.events[-1].occurred_ms <= VISIT_GAP_MS


def _moments_in(story: Story, names: Names) -> list[Moment]:
    events, notes = told_once(story)
    shown = [moment_of(event, names) for event in events if event.name not in SILENT]
    # The latest first, also of what happened at the same moment.
    return (shown + reasons_of(notes, names))[::-1]


def _in_order(moments: list[Moment], stories: Iterable[Story]) -> list[Moment]:
    left = [e for story in stories for e in story.events if e.name == "page.left"]
    moments.sort(key=lambda moment: moment.at_ms, reverse=True)
    return _with_seconds(moments, left)


def _page(told: Sequence[Told], moments: list[Moment], *, more: bool) -> Page:
    newest, floor = (told[0][0], told[-1][0]) if told else (0, 0)
    passages = in_visits(_in_order(moments, (story for _, story in told)))
    return Page(passages, newest, floor, floor if more else None)


def _visit_spans(acts: Sequence[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for at in acts:
        if spans and spans[-1][0] - at <= VISIT_GAP_MS:
            spans[-1] = (at, spans[-1][1])
        else:
            spans.append((at, at))
    return spans


def _span_at(spans: Sequence[tuple[int, int]], at: int) -> int:
    """The number of the visit during which something happened, or -1."""
    # What the fold decides about an act carries the time of its arrival, a moment later.
    slack = 5_000
    found = (n for n, (first, last) in enumerate(spans) if first <= at <= last + slack)
    return next(found, -1)


def _with_seconds(moments: list[Moment], left: Sequence[Event]) -> list[Moment]:
    """Give each page view the time that its `page.left` reported; the last report of a view counts."""
    reports = {_view(event): event for event in sorted(left, key=lambda e: e.occurred_ms)}
    for event in reports.values():
        seconds, url = event.properties.get("seconds"), text(event.properties.get("url"))
        for n, moment in enumerate(moments):
            if (
                moment.kind == "pages"
                and moment.url == url
                and moment.at_ms <= event.occurred_ms
            ):
                spent = int(seconds) if isinstance(seconds, int | float) else 0
                moments[n] = msgspec.structs.replace(moment, seconds=spent)
                break
    return moments


def _view(event: Event) -> str:
    return text(event.properties.get("view")) or str(event.id)
