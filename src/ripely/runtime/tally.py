"""Live counters: what a batch adds to them."""

from collections import Counter
from collections.abc import Iterable

from ripely.model.event import Event
from ripely.model.note import Note
from ripely.ports import Change

Tally = tuple[str, str, str]
"""Kind, subject, item: ("event", day, name), ("segment", id, "now"), ("journey", id, "entered"),
("step", journey, "step:passed" or "step:inside")."""

_DAY_MS = 86_400_000


def tally(changes: Iterable[Change]) -> dict[Tally, int]:
    counts: Counter[Tally] = Counter()
    for change in changes:
        for event in change.story.events:
            _count_event(counts, event)
        for note in change.story.notes:
            _count_note(counts, note)
    return {key: n for key, n in counts.items() if n}


def _count_event(counts: Counter[Tally], event: Event) -> None:
    counts["event", str(event.occurred_ms // _DAY_MS), event.name] += 1


def _count_note(counts: Counter[Tally], note: Note) -> None:
    kind, _, what = note.kind.partition(".")
    if kind == "segment":
        counts["segment", note.subject, "now"] += 1 if what == "entered" else -1
        counts["segment", note.subject, what] += 1
    elif kind == "journey" and what in _STEPWISE:
        step = note.reason.partition(":")[0]
        counts["step", note.subject, f"{step}:{_STEPWISE[what]}"] += 1
    elif kind == "journey":
        counts["journey", note.subject, what] += 1
        if what in {"exited", "goal"}:
            counts["step", note.subject, f"{note.reason.partition(':')[0]}:left"] += 1


_STEPWISE = {"step": "passed", "waits": "waits"}
