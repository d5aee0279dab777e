"""Why, about one contact: this segment, this score, this way through a journey, this message; and what comes next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from ripely.engine.ruleset import Ruleset
from ripely.model.journey import Await, AwaitAny, Branch, Case
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.operations.dossiers.ripeness import scores_of
from ripely.operations.explaining.membership import Row, why
from ripely.operations.explaining.upcoming import Next, first_of, upcoming
from ripely.operations.wording.because import because
from ripely.operations.wording.moments import Moment
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.reasons import cause, number, reasons_of
from ripely.operations.wording.triggers import say_trigger

MOMENTS_SHOWN = 30

About = Literal["segment", "score", "journey", "message"]
ABOUT: tuple[About, ...] = ("segment", "score", "journey", "message")


class Letter(msgspec.Struct, frozen=True):
    """What became of a message that was decided; no outcome: it is still to be handed over."""

    template: str
    decided_s: int
    outcome: str
    reason: str


class Subject(msgspec.Struct, frozen=True):
    """Who is asked about: what is known, the notes of the fold and the messages, each the latest first."""

    profile: Profile
    notes: Sequence[Note]
    names: Names
    rules: Ruleset | None
    now: datetime
    letters: Sequence[Letter] = ()

    @property
    def now_s(self) -> int:
        return int(self.now.timestamp())


class Sum(msgspec.Struct, frozen=True):
    """The points that one reason gave or took; no reason: those of what is not told here any more."""

    reason: str
    points: int
    times: int


class Told(msgspec.Struct, frozen=True):
    """An answer in one sentence; `rows` are conditions, each answered now; `moments` what was decided, latest first.

    `begins` is what would begin a journey that the contact is not in, `sums` where the points of a score come from.
    """

    about: str
    name: str
    answer: str
    rows: Sequence[Row] = ()
    moments: Sequence[Moment] = ()
    next: Sequence[Next] = ()
    begins: Sequence[str] = ()
    sums: Sequence[Sum] = ()


class UnknownNameError(Exception):
    """Nothing of the kind has this id."""


def tell(subject: Subject, about: About, key: str) -> Told:
    """Answer one question. Raises `UnknownNameError` with a sentence."""
    match about:
        case "segment":
            return _segment(subject, key)
        case "score":
            return _score(subject, key)
        case "journey":
            return _journey(subject, key)
        case "message":
            return _message(subject, key)


def next_of(subject: Subject) -> Sequence[Next]:
    return upcoming(subject.profile, subject.names, subject.rules, subject.now_s)


def _segment(subject: Subject, key: str) -> Told:
    segment = subject.names.segments.get(key)
    if segment is None:
        raise UnknownNameError(f"There is no segment “{key}”.")
    row = why(segment.when, subject.profile, subject.names, subject.now)
    notes = _about(subject, "segment.", key)
    last = cause(notes[0].reason, subject.names) if notes else ""
    if key in subject.profile.segments:
        answer = f"Is in the segment “{segment.name}”{f', {last}' if last else ''}."
    else:
        answer = f"Is not in the segment “{segment.name}”{f': left it {last}' if last else ''}."
    return Told("segment", segment.name, answer, [row], _moments(notes, subject))


def _score(subject: Subject, key: str) -> Told:
    whole = key.partition("/")[0]
    found = scores_of(subject.profile, subject.names, subject.notes, subject.now_s)
    one = next((score for score in found if score.id == whole), None)
    if one is None:
        raise UnknownNameError(f"There is no score “{key}”.")
    level = f", “{one.level}”" if one.level else ""
    fading = f" {one.fading} of them fade." if one.fading else ""
    answer = f"“{one.name}” is {one.points}{level}.{fading}"
    notes = [note for note in _about(subject, "score.", "") if note.subject in {key, whole}]
    ending = [Next(at_s, f"{points:+d} points end") for points, at_s in one.ending]
    sums = _sums([note for note in notes if note.subject == whole], one.points, subject.names)
    return Told("score", one.name, answer, (), _moments(notes, subject), ending, sums=sums)


def _sums(notes: Sequence[Note], points: int, names: Names) -> Sequence[Sum]:
    """Add up what each reason gave, what counts most first; what faded, or is long ago, comes last."""
    found: dict[str, Sum] = {}
    for note in notes:
        change, _, why_so = note.reason.partition(" ")
        reason = because(why_so, names)
        before = found.get(reason, Sum(reason, 0, 0))
        found[reason] = Sum(reason, before.points + number(change), before.times + 1)
    told = sorted(found.values(), key=lambda one: (-abs(one.points), one.reason))
    rest = points - sum(one.points for one in told)
    return [*told, Sum("", rest, 0)] if rest else told


def _journey(subject: Subject, key: str) -> Told:
    journey = subject.names.journeys.get(key)
    if journey is None:
        raise UnknownNameError(f"There is no journey “{key}”.")
    places = [place for place in subject.profile.enrollments if place.journey == key]
    notes = _about(subject, "journey.", key)
    coming = [one for one in next_of(subject) if one.journey == key]
    if not places:
        filtered = [] if journey.filter is None else [_answered(subject, Case(journey.filter), "Who may enter: ")]  # fmt: skip
        begins = [say_trigger(trigger, subject.names) for trigger in journey.triggers]
        return Told("journey", journey.name, _outside(subject, key, notes), filtered, _moments(notes, subject), coming, begins)  # fmt: skip
    step = journey.steps.get(places[-1].step)
    answer = f"Is in the journey “{journey.name}”, at “{spoken(places[-1].step)}”{_waits(first_of(coming, key), paused=journey.paused)}."
    rows = [_answered(subject, case, "Until: ") for case in _cases(step)]
    return Told("journey", journey.name, answer, rows, _moments(notes, subject), coming)


def _waits(coming: Next | None, *, paused: bool) -> str:
    if paused:
        return ", and stays there: the journey is paused"
    if coming is None or not coming.at_s:
        return ", and waits for something to happen"
    return ", and waits"


def _cases(step: object) -> Sequence[Case]:
    """Return the conditions that decide where it goes on from a step."""
    match step:
        case Await(condition):
            return [Case(condition)]
        case AwaitAny(cases) | Branch(cases):
            return cases
        case _:
            return []


def _answered(subject: Subject, case: Case, before: str) -> Row:
    row = why(case.condition, subject.profile, subject.names, subject.now)
    return msgspec.structs.replace(row, words=f"{before}{row.words[:1].lower()}{row.words[1:]}")


def _outside(subject: Subject, key: str, notes: Sequence[Note]) -> str:
    """Say why somebody is not in a journey: what was decided last, or that it never came to that."""
    name = f"“{subject.names.journey(key)}”"
    last = next((note for note in notes if note.kind in _ENDS), None)
    if last is None:
        return f"Was never in the journey {name}: nothing that begins it has happened yet."
    _, _, way = last.reason.partition(": ")
    match last.kind:
        case "journey.refused":
            said = because(last.reason, subject.names)
            return f"Was not let into the journey {name}: {said}."
        case "journey.heldout":
            return f"Is kept out of the journey {name}, to be compared."
        case "journey.goal":
            return f"Has left the journey {name} with its goal “{way or last.reason}”."
        case _:
            said = because(way or last.reason, subject.names)
            return f"Has left the journey {name}{' at its end' if said == 'the end' else f': {said}'}."


def _message(subject: Subject, key: str) -> Told:
    names = subject.names
    notes = [note for note in _about(subject, "message.", key) if note.kind in _DECISIONS]
    letters = [letter for letter in subject.letters if letter.template == key]
    if key not in names.templates and not notes and not letters:
        raise UnknownNameError(f"There is no message “{key}”.")
    name = names.template(key)
    answer = f"{_last_of(notes, letters, names, f'“{name}”')}."
    return Told("message", name, answer, (), _moments(notes, subject))


def _last_of(notes: Sequence[Note], letters: Sequence[Letter], names: Names, name: str) -> str:
    """Tell the last decision, and what came of it where it was to send."""
    last = notes[0] if notes else None
    if last is not None and last.kind != "message.decided":
        verb = "was not sent" if last.kind == "message.held" else "waits"
        return f"{name} {verb}: {because(last.reason, names)}"
    if letters:
        outcome, reason = letters[0].outcome, because(letters[0].reason, names)
        return f"{name} {_OUTCOMES.get(outcome, outcome)}{f': {reason}' if reason else ''}"
    if last is not None:
        return f"It was decided to send {name}"
    return f"It was never decided to send {name}: no journey has come to it"


def _about(subject: Subject, kind: str, key: str) -> list[Note]:
    notes = subject.notes
    return [note for note in notes if note.kind.startswith(kind) and key in {"", note.subject}]


def _moments(notes: Sequence[Note], subject: Subject) -> list[Moment]:
    """Tell notes, which come the latest first, in lines, the latest first."""
    told = reasons_of(reversed(notes), subject.names)
    return sorted(told, key=lambda one: -one.at_ms)[:MOMENTS_SHOWN]


_ENDS = {"journey.refused", "journey.heldout", "journey.goal", "journey.exited"}
_DECISIONS = {"message.decided", "message.held", "message.waits"}
_OUTCOMES = {
    "": "is decided, and will be handed over as soon as can be",
    "sent": "was sent",
    "held": "was held back when it was to go",
    "dropped": "was dropped",
    "expired": "was not sent, it had come too late",
    "refused": "was refused by the mail server",
    "failed": "could not be sent",
    "unknown": "may have been sent or not: the answer of the mail server was lost",
}
