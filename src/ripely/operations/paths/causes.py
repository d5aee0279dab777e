"""What can be made to happen, so that a condition holds or does not."""

from collections.abc import Mapping
from datetime import date

import msgspec

from ripely.model.ids import ScoreId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.operations.paths.cast import Luck


class Add(msgspec.Struct, frozen=True):
    """Something happens: `after_s` seconds after the first of it, or so many before the entry at least."""

    event: str
    properties: Mapping[str, object] = {}
    after_s: int = 0
    before_s: int = 0
    fact: bool = False


class Entry(msgspec.Struct, frozen=True):
    """The event that lets in says so."""

    name: str
    value: object


class Heard(msgspec.Struct, frozen=True):
    """The event that a step waits for, or the answer it asks for, says so."""

    step: StepId
    name: str
    value: object


class Clock(msgspec.Struct, frozen=True):
    """The path begins at another time, or so many days later."""

    begins: str = "09:00"
    later_days: int = 0


class Bounce(msgspec.Struct, frozen=True):
    """The letter of a step does not arrive."""

    step: StepId


Cause = Add | Entry | Heard | Clock | Bounce | Luck
Causes = tuple[Cause, ...]


class Ground(msgspec.Struct, frozen=True):
    """What conditions refer to, and the day on which paths begin.

    `copied` says which attributes the journey takes from properties of the entry event.
    """

    segments: Mapping[SegmentId, Segment]
    scores: Mapping[ScoreId, Score]
    journeys: Mapping[str, Journey]
    today: date
    copied: Mapping[str, str] = {}
