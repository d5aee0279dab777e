"""How the notes of the fold read to a person: what was decided at one moment, and why, in a line."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from ripely.model.note import Note
from ripely.operations.wording import changes
from ripely.operations.wording.because import because
from ripely.operations.wording.moments import DETAIL_LENGTH_MAX, Moment, cut
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.steps import way_name

REASONS_SHOWN = 4
WAY_LENGTH_MAX = 80
SILENT_NOTES = frozenset({
    # Events of their own say the same; or the way of a step, or the border of a visit, does.
    "visit.started", "contact.merged", "contact.absorbed", "contact.unmerged", "contact.erased", "contact.cleared",
    "event.repeated", "event.forwarded", "journey.measured",
    "message.sent", "message.opened", "message.clicked",
})  # fmt: skip


def reasons_of(notes: Iterable[Note], names: Names) -> list[Moment]:
    """Tell notes that belong together in one line: the scores of a moment, the walk through a journey."""
    groups: dict[tuple[str, str, int], list[Note]] = {}
    for note in notes:
        family = FAMILIES.get(note.kind)
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
        points[note.subject] = points.get(note.subject, 0) + number(change)
        totals[note.subject] = note.value
    changes = [
        f"{names.score(score)} {points[score]:+d} to {totals[score]}{_parts(score, points)}"
        for score in points
        if score.partition("/")[0] == score or score.partition("/")[0] not in points
    ]
    why = _unique(because(note.reason.partition(" ")[2], names) for note in notes)
    return [_moment(notes, "scores", "chart-bar", ", ".join(changes), _listed(why))]


def _parts(score: str, points: Mapping[str, int]) -> str:
    """The parts that changed with the whole, in brackets."""
    parts = [key.removeprefix(f"{score}/") for key in points if key.startswith(f"{score}/")]
    return f" ({_listed(parts)})" if parts else ""


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
            causes = _listed(_unique(cause(note.reason, names) for note in changed))
            told.append(_moment(changed, "segments", "users-group", title, causes, tone))
    return told


def _journey(notes: Sequence[Note], names: Names) -> list[Moment]:
    """The way through one journey, from wait to wait."""
    title = f"Journey “{names.journey(notes[0].subject)}”"
    last = notes[-1]
    icon, tone = _ENDINGS.get(last.kind, ("route", ""))
    path = " → ".join(filter(None, (_stop(note, names) for note in notes)))
    moment = _moment(notes, "journeys", icon, title, path, tone)
    until_s = last.value if last.kind == "journey.waits" else 0
    return [msgspec.structs.replace(moment, until_s=until_s)]


def _stop(note: Note, names: Names) -> str:
    """One part of the way: "Entered: Quote viewed", "Number (case 1)", "Left"."""
    step, _, way = note.reason.partition(": ")
    match note.kind:
        case "journey.entered":
            said = f"Entered: {because(note.reason, names)}"
        case "journey.refused":
            said = f"Not let in: {because(note.reason, names)}"
        case "journey.heldout":
            said = "Kept out, to be compared"
        case "journey.converted":
            said = f"Counted as converted{_worth(note)}"
        case "journey.met":
            said = f"Counted for the way “{way}” of “{spoken(step)}”{_worth(note)}"
        case "journey.waits":
            said = f"Waits at {spoken(note.reason)}"
        case "journey.goal":
            said = f"Reached the goal “{way or step}”"
        case "journey.exited":
            said = _left(because(way, names))
        case "journey.step":
            said = _passed(note.kind, spoken(step), _way(note, step, way, names))
        case _:
            said = _passed(note.kind, spoken(step), way)
    return said


def _way(note: Note, step: str, way: str, names: Names) -> str:
    """Say of a case what it asks, as long as the version that was gone through is in force."""
    if names.versions.get(f"journey/{note.subject}") != note.value:
        return way
    return cut(way_name(names.journeys.get(note.subject), step, way, names), WAY_LENGTH_MAX)


def _left(reason: str) -> str:
    return (
        "Left at the end" if reason == "the end" else f"Left{f': {reason}' if reason else ''}"
    )


def _passed(kind: str, step: str, way: str) -> str:
    match kind:
        case "journey.moved":
            return f"Moved by a new version from “{step}” to “{spoken(way)}”"
        case "journey.overdue":
            return f"Stays at {step}: the journey is paused"
        case "journey.released":
            return f"Is no longer held at {step}"
        case "journey.redone":
            return f"{step} tried again"
        case _:
            return f"{step}{f' ({way})' if way else ''}"


def _worth(note: Note) -> str:
    return f", worth {note.value / 100:.12g}" if note.value else ""


def _messages(notes: Sequence[Note], names: Names) -> list[Moment]:
    return [_message(note, names) for note in notes]


def _message(note: Note, names: Names) -> Moment:
    name, why = f"“{names.template(note.subject)}”", because(note.reason, names)
    match note.kind:
        case "message.held":
            return _moment([note], "messages", "hand-stop", f"Held back {name}", why, "bad")
        case "message.waits":
            waits = _moment([note], "messages", "hourglass", f"Waits to send {name}", why)
            return msgspec.structs.replace(waits, until_s=note.value)
        case _:
            return _moment([note], "messages", "mail", f"Decided to send {name}")


def _tasks(notes: Sequence[Note], names: Names) -> list[Moment]:
    return [_task(note, names) for note in notes]


def _task(note: Note, names: Names) -> Moment:
    match note.kind:
        case "task.held":
            title, _, why = note.reason.partition(": ")
            said = f"No task “{title}”"
            return _moment([note], "tasks", "hand-stop", said, because(why, names), "bad")
        case "task.queued":
            title, _, team = note.reason.rpartition(": for the team ")
            said = f"Call for the team {names.team(team)} waits: {title}"
            return _moment([note], "tasks", "hourglass", said)
        case _:
            return _moment([note], "tasks", "clipboard", f"Task: {note.reason}")


def _changes(notes: Sequence[Note], names: Names) -> list[Moment]:
    return [_change(note, names) for note in notes]


def _change(note: Note, names: Names) -> Moment:
    reads, title = changes.CHANGES[note.kind], changes.title_of(note, names)
    why = changes.why(note, names)
    return _moment([note], reads.kind, reads.icon, title, why, reads.tone)


def _ignored(notes: Sequence[Note], names: Names) -> list[Moment]:
    """What was kept and changed nothing. Who is part of whom is told by the events themselves."""
    told = [note for note in notes if not note.subject.startswith("contact.")]
    events = _listed(_unique(f"“{spoken(note.subject)}”" for note in told))
    why = _listed(_unique(because(note.reason, names) for note in told))
    title = f"Changed nothing: {events}"
    return [_moment(told, "other", "info-circle", title, why)] if told else []


def _moment(
    notes: Sequence[Note], kind: str, icon: str, title: str, detail: str = "", tone: str = ""
) -> Moment:
    return Moment(
        at_ms=notes[0].at_ms,
        kind=kind,
        icon=icon,
        title=title,
        detail=cut(detail[:1].upper() + detail[1:], DETAIL_LENGTH_MAX),
        tone=tone,
    )


def cause(event: str, names: Names) -> str:
    """What changed a segment, as what comes after a comma."""
    if event in {"timer.fired", "no longer published"}:
        return because(event, names)
    return f"after “{spoken(event)}”" if event else ""


def _unique(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]


def _listed(words: Sequence[str]) -> str:
    more = len(words) - REASONS_SHOWN
    return ", ".join(words[:REASONS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def number(words: str) -> int:
    """A change of points, like `+5`."""
    return int(words) if words.lstrip("+-").isdigit() else 0


_READINGS: Mapping[str, Callable[[Sequence[Note], Names], list[Moment]]] = {
    "score": _scores,
    "segment": _segments,
    "journey": _journey,
    "message": _messages,
    "task": _tasks,
    "change": _changes,
    "ignored": _ignored,
}
FAMILIES = {
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
    "journey.redone": "journey",
    "journey.moved": "journey",
    "journey.overdue": "journey",
    "journey.released": "journey",
    "message.decided": "message",
    "message.held": "message",
    "message.waits": "message",
    "task.created": "task",
    "task.queued": "task",
    "task.held": "task",
    "event.ignored": "ignored",
    **dict.fromkeys(changes.CHANGES, "change"),
}
_ENDINGS = {
    "journey.waits": ("hourglass", ""),
    "journey.goal": ("target", "good"),
    "journey.exited": ("logout", ""),
    "journey.refused": ("hand-stop", ""),
    "journey.heldout": ("hand-stop", ""),
    "journey.overdue": ("player-pause", ""),
    "journey.converted": ("target", "good"),
    "journey.met": ("target", "good"),
}
