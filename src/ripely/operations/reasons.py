"""How the notes of the fold read to a person: what was decided, and why."""

from collections.abc import Callable, Mapping

import msgspec

from ripely.model.note import Note
from ripely.operations.moments import DETAIL_LENGTH_MAX, Moment, cut
from ripely.operations.names import Names, spoken


class _Reading(msgspec.Struct, frozen=True):
    kind: str
    icon: str
    title: Callable[[Note, Names], str]
    detail: Callable[[Note], str] = lambda note: note.reason
    tone: str = ""


def reason_of(note: Note, names: Names) -> Moment | None:
    """Return nothing for notes that another line of the timeline already tells."""
    reading = READINGS.get(note.kind)
    if reading is None:
        return None
    return Moment(
        at_ms=note.at_ms,
        kind=reading.kind,
        icon=reading.icon,
        title=reading.title(note, names),
        detail=cut(reading.detail(note), DETAIL_LENGTH_MAX),
        tone=reading.tone,
        points=_points(note),
        until_s=note.value if note.kind == "journey.waits" else 0,
    )


def _points(note: Note) -> str:
    return note.reason.partition(" ")[0] if note.kind == "score.changed" else ""


def _after_points(note: Note) -> str:
    return spoken(note.reason.partition(" ")[2])


def _by_event(note: Note) -> str:
    cause = (
        "by time alone" if note.reason == "timer.fired" else f"after “{spoken(note.reason)}”"
    )
    return cause if note.reason else ""


def _segment(verb: str) -> Callable[[Note, Names], str]:
    return lambda note, names: f"{verb} the segment {names.segment(note.subject)}"


def _journey(verb: str) -> Callable[[Note, Names], str]:
    return lambda note, names: f"{verb} {names.journey(note.subject)}"


def _step(verb: str) -> Callable[[Note, Names], str]:
    def title(note: Note, names: Names) -> str:
        return f"{names.journey(note.subject)}: {verb}{spoken(note.reason.partition(':')[0])}"

    return title


def _way(note: Note) -> str:
    return note.reason.partition(":")[2].strip()


def _nothing(_: Note) -> str:
    return ""


def _message(verb: str) -> Callable[[Note, Names], str]:
    return lambda note, names: f"{verb} {names.template(note.subject)}"


READINGS: Mapping[str, _Reading] = {
    "segment.entered": _Reading(
        "segments", "users-group", _segment("Entered"), _by_event, "good"
    ),
    "segment.left": _Reading("segments", "users-group", _segment("Left"), _by_event),
    "score.changed": _Reading(
        "scores",
        "chart-bar",
        lambda note, names: f"{names.score(note.subject)} is now {note.value}",
        _after_points,
    ),
    "journey.entered": _Reading(
        "journeys", "route", _journey("Entered the journey"), tone="good"
    ),
    "journey.step": _Reading("journeys", "git-branch", _step(""), _way),
    "journey.waits": _Reading("journeys", "hourglass", _step("waits at "), _nothing),
    "journey.exited": _Reading("journeys", "logout", _journey("Left the journey"), _way),
    "journey.goal": _Reading(
        "journeys", "target", _journey("Reached the goal of"), _way, "good"
    ),
    "journey.refused": _Reading("journeys", "hand-stop", _journey("Not let into")),
    "message.decided": _Reading("messages", "mail", _message("Decided to send"), _nothing),
    "message.held": _Reading("messages", "hand-stop", _message("Held back"), tone="bad"),
    "task.created": _Reading(
        "tasks", "clipboard", lambda note, _: f"Task: {note.reason}", _nothing
    ),
}
