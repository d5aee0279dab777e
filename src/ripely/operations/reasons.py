"""How the notes of the fold read to a person: what was decided at one moment, and why, in a line."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from ripely.model.note import Note
from ripely.operations.moments import DETAIL_LENGTH_MAX, Moment, cut
from ripely.operations.names import Names, spoken

REASONS_SHOWN = 4


def reasons_of(notes: Iterable[Note], names: Names) -> list[Moment]:
    """Tell notes that belong together in one line: the scores of a moment, the walk through a journey."""
    groups: dict[tuple[str, str, int], list[Note]] = {}
    for note in notes:
        family = _FAMILIES.get(note.kind)
        if family is not None:
            key = (family, note.subject if family == "journey" else "", note.at_ms // 1000)
            groups.setdefault(key, []).append(note)
    told = (_READINGS[family](together, names) for (family, _, _), together in groups.items())
    return [moment for moments in told for moment in moments]


def _scores(notes: Sequence[Note], names: Names) -> list[Moment]:
    points: dict[str, int] = {}
    totals: dict[str, int] = {}
    for note in notes:
        change, _, _ = note.reason.partition(" ")
        points[note.subject] = points.get(note.subject, 0) + _number(change)
        totals[note.subject] = note.value
    changes = [
        f"{names.score(score)} {points[score]:+d} to {totals[score]}" for score in points
    ]
    why = _unique(spoken(note.reason.partition(" ")[2]) for note in notes)
    return [_moment(notes, "scores", "chart-bar", ", ".join(changes), _listed(why))]


def _segments(notes: Sequence[Note], names: Names) -> list[Moment]:
    told = []
    for change, verb, tone in (
        ("segment.entered", "Entered", "good"),
        ("segment.left", "Left", ""),
    ):
        changed = [note for note in notes if note.kind == change]
        if changed:
            listed = ", ".join(_unique(names.segment(note.subject) for note in changed))
            title = f"{verb} {'segments' if len(changed) > 1 else 'the segment'} {listed}"
            causes = _listed(_unique(_cause(note.reason) for note in changed))
            told.append(_moment(changed, "segments", "users-group", title, causes, tone))
    return told


def _journey(notes: Sequence[Note], names: Names) -> list[Moment]:
    """The way through one journey, from wait to wait."""
    title = f"Journey “{names.journey(notes[0].subject)}”"
    last = notes[-1]
    icon, tone = _ENDINGS.get(last.kind, ("route", ""))
    path = " → ".join(filter(None, map(_stop, notes)))
    moment = _moment(notes, "journeys", icon, title, path, tone)
    until_s = last.value if last.kind == "journey.waits" else 0
    return [msgspec.structs.replace(moment, until_s=until_s)]


def _stop(note: Note) -> str:
    """One part of the way: "Entered: quote.viewed", "Number: case 1", "Left: the end"."""
    step, _, way = note.reason.partition(": ")
    match note.kind:
        case "journey.entered":
            said = f"Entered, {note.reason}"
        case "journey.refused":
            said = f"Not let in: {note.reason}"
        case "journey.heldout":
            said = "Kept out, to be compared"
        case "journey.converted" | "journey.met":
            said = f"Converted: {note.reason}"
        case "journey.waits":
            said = f"Waits at {spoken(note.reason)}"
        case "journey.goal":
            said = f"Reached the goal “{way or step}”"
        case "journey.exited":
            said = f"Left{f': {way}' if way else ''}"
        case _:
            said = f"{spoken(step)}{f' ({way})' if way else ''}"
    return said


def _messages(notes: Sequence[Note], names: Names) -> list[Moment]:
    return [_message(note, names.template(note.subject)) for note in notes]


def _message(note: Note, name: str) -> Moment:
    match note.kind:
        case "message.held":
            return _moment(
                [note], "messages", "hand-stop", f"Held back {name}", note.reason, "bad"
            )
        case "message.waits":
            waits = _moment([note], "messages", "hourglass", f"{name} waits", note.reason)
            return msgspec.structs.replace(waits, until_s=note.value)
        case _:
            return _moment([note], "messages", "mail", f"Decided to send {name}")


def _tasks(notes: Sequence[Note], _: Names) -> list[Moment]:
    return [_task(note) for note in notes]


def _task(note: Note) -> Moment:
    match note.kind:
        case "task.held":
            return _moment([note], "tasks", "hand-stop", f"Not made: {note.reason}", tone="bad")
        case "task.queued":
            return _moment([note], "tasks", "hourglass", f"Call waits: {note.reason}")
        case _:
            return _moment([note], "tasks", "clipboard", f"Task: {note.reason}")


def _changes(notes: Sequence[Note], _: Names) -> list[Moment]:
    """What journeys changed of what is known, and what they left as it was."""
    return [
        _moment([note], "facts", "edit", _CHANGES[note.kind].format(note.subject), note.reason)
        for note in notes
    ]


def _moment(
    notes: Sequence[Note], kind: str, icon: str, title: str, detail: str = "", tone: str = ""
) -> Moment:
    return Moment(
        at_ms=notes[0].at_ms,
        kind=kind,
        icon=icon,
        title=title,
        detail=cut(detail, DETAIL_LENGTH_MAX),
        tone=tone,
    )


def _cause(event: str) -> str:
    if event == "timer.fired":
        return "by time alone"
    return f"after “{spoken(event)}”" if event else ""


def _unique(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]


def _listed(words: Sequence[str]) -> str:
    more = len(words) - REASONS_SHOWN
    return ", ".join(words[:REASONS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _number(words: str) -> int:
    return int(words) if words.lstrip("+-").isdigit() else 0


_READINGS: Mapping[str, Callable[[Sequence[Note], Names], list[Moment]]] = {
    "score": _scores,
    "segment": _segments,
    "journey": _journey,
    "message": _messages,
    "task": _tasks,
    "change": _changes,
}
_CHANGES = {
    "attribute.set": "Set “{}”",
    "attribute.kept": "Left “{}” as it was",
    "owner.assigned": "{} looks after the contact",
    "owner.kept": "{} goes on looking after the contact",
    "owner.asked": "The team {} was asked for an owner",
    "owner.missing": "Nobody to look after the contact ({})",
    "deal.kept": "The deal {} stays where it is",
    "deal.missing": "No open deal in {}",
    "notice.missing": "Nobody to tell ({})",
}
_FAMILIES = {
    "score.changed": "score",
    "segment.entered": "segment",
    "segment.left": "segment",
    "journey.entered": "journey",
    "journey.step": "journey",
    "journey.waits": "journey",
    "journey.resumed": "journey",
    "journey.exited": "journey",
    "journey.goal": "journey",
    "journey.refused": "journey",
    "journey.heldout": "journey",
    "journey.converted": "journey",
    "journey.met": "journey",
    "message.decided": "message",
    "message.held": "message",
    "message.waits": "message",
    "task.created": "task",
    "task.queued": "task",
    "task.held": "task",
    **dict.fromkeys(_CHANGES, "change"),
}
_ENDINGS = {
    "journey.waits": ("hourglass", ""),
    "journey.goal": ("target", "good"),
    "journey.exited": ("logout", ""),
    "journey.refused": ("hand-stop", ""),
    "journey.heldout": ("hand-stop", ""),
    "journey.converted": ("target", "good"),
    "journey.met": ("target", "good"),
}
