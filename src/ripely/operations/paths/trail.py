"""The way of one person through one journey, mark by mark, read from what the fold has noted."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ripely.model.effect import SendMessage
from ripely.model.ids import JourneyId, StepId
from ripely.model.note import Note
from ripely.operations.rehearsing.playing import Scene

HELD = "held"
ENTERED, KEPT_OUT, STEP, WAITS = "entered", "heldout", "step", "waits"
RESUMED, EXITED, GOAL = "resumed", "exited", "goal"
ENDS = frozenset({EXITED, GOAL, KEPT_OUT})
_KINDS = frozenset({ENTERED, STEP, WAITS, RESUMED, *ENDS})


class Mark(msgspec.Struct, frozen=True):
    """One thing on the way: of `kind`, at `step`, by what `way`, or why; `until_s` is until when a wait lasts."""

    kind: str
    step: StepId
    way: str
    at_s: int
    until_s: int = 0

    def is_like(self, other: "Mark") -> bool:
        return (self.kind, self.step, self.way) == (other.kind, other.step, other.way)


def trail(scenes: Sequence[Scene], journey: JourneyId) -> list[Mark]:
    """Return the marks of the first time in a journey."""
    marks: list[Mark] = []
    for scene in scenes:
        held = _held(scene, journey)
        for note in _notes(scene, journey):
            mark = _mark(note, held)
            if marks or mark.kind in {ENTERED, KEPT_OUT}:
                marks.append(mark)
            if mark.kind in ENDS and marks:
                return marks
    return marks


def is_end(scene: Scene, journey: JourneyId) -> bool:
    return any(_kind(note) in ENDS for note in _notes(scene, journey))


def signature(marks: Sequence[Mark]) -> tuple[tuple[str, str, str], ...]:
    """Return what makes a path another one: not its times."""
    return tuple((mark.kind, mark.step, mark.way) for mark in marks)


def _notes(scene: Scene, journey: JourneyId) -> Iterator[Note]:
    for note in scene.notes:
        if note.subject == journey and _kind(note) in _KINDS:
            yield note


def _kind(note: Note) -> str:
    family, _, kind = note.kind.partition(".")
    return kind if family == "journey" else ""


def _mark(note: Note, held: Mapping[StepId, str]) -> Mark:
    kind, at_s = _kind(note), note.at_ms // 1000
    if kind in {ENTERED, KEPT_OUT}:
        return Mark(kind, StepId(""), "", at_s)
    step, _, way = note.reason.partition(": ")
    if kind == STEP and step in held:
        way = HELD
    return Mark(kind, StepId(step), way, at_s, note.value if kind == WAITS else 0)


def _held(scene: Scene, journey: JourneyId) -> Mapping[StepId, str]:
    """Return the steps whose letters were held back at this moment, with the reason."""
    return {
        effect.step: effect.held
        for effect in scene.effects
        if isinstance(effect, SendMessage) and effect.journey == journey and effect.held
    }
