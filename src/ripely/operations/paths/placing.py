"""Puts what must happen into the life of a person: before a path begins, or within its last wait."""

from collections.abc import Iterator, Sequence

import msgspec

from ripely.model.ids import StepId
from ripely.model.journey import AwaitEvent, Journey
from ripely.operations.paths.cast import Cast, Luck, lucky, sends
from ripely.operations.paths.causes import Add, Bounce, Cause, Causes, Clock, Entry, Heard
from ripely.operations.paths.trail import WAITS, Mark
from ripely.operations.rehearsing.playing import Happening, Weather

EARLY_S = -2 * 3_600
"""What must be so before the entry is so from two hours before it."""
SOON_S = 3_600
"""What happens within a wait happens after an hour, or in the middle of a shorter one."""


class Scope(msgspec.Struct, frozen=True):
    """Where something is put: into which journey, how chance fell so far, when the path began."""

    journey: Journey
    luck: tuple[Luck, ...]
    zero_s: int


def placements(
    ways: Causes, marks: Sequence[Mark], number: int
) -> Iterator[tuple[int | None, bool]]:
    """Return moments to try, counted as the marks are, each with whether facts come before the entry.

    None stands for before the entry altogether.
    """
    moment_s = _within_last_wait(marks, number)
    happens = any(isinstance(one, Add) for one in ways)
    facts = any(isinstance(one, Add) and one.fact for one in ways)
    if not happens or moment_s is None:
        yield None, True
    elif facts:
        yield from ((moment_s, True), (moment_s, False), (None, True))
    else:
        yield from ((moment_s, False), (None, True))


def applied(
    cast: Cast, ways: Causes, scope: Scope, at_s: int | None, *, early: bool
) -> Cast | None:
    """Return the person to whom all this happens, at a moment counted from the begin of the path."""
    after: Cast | None = cast
    for one in ways:
        if after is not None:
            after = _apply(after, one, scope, at_s, early=early)
    return after


def _apply(
    cast: Cast, cause: Cause, scope: Scope, at_s: int | None, *, early: bool
) -> Cast | None:
    replace = msgspec.structs.replace
    match cause:
        case Add():
            first = at_s is None or (early and cause.fact)
            moment_s = (EARLY_S if first or at_s is None else at_s) + cause.after_s
            one = Happening(moment_s - cause.before_s, cause.event, cause.properties)
            return replace(cast, happenings=(*cast.happenings, one))
        case Entry(name, value):
            return replace(cast, entry=(*cast.entry, (name, value)))
        case Heard():
            return _hear(cast, cause, scope.journey)
        case Clock(begins, later):
            return replace(cast, begins=begins, later_days=later)
        case Bounce(step):
            steps = {step} if step else {name for name, _ in sends(scope.journey)}
            weather = cast.weather
            lost = weather.undelivered | steps
            return replace(cast, weather=replace(weather, undelivered=lost))
        case Luck():
            return lucky(cast, (*scope.luck, cause))


def _hear(cast: Cast, heard: Heard, journey: Journey) -> Cast | None:
    """Have the event that a step waited for, or the answer it got, say something else."""
    replace, step = msgspec.structs.replace, journey.steps.get(heard.step)
    if not isinstance(step, AwaitEvent):
        return replace(cast, weather=_answer(cast.weather, heard.step, heard.name, heard.value))
    events = [*cast.happenings]
    for number, one in reversed([*enumerate(events)]):
        if one.event == step.event.event:
            said = {**one.properties, heard.name: heard.value}
            events[number] = replace(one, properties=said)
            return replace(cast, happenings=tuple(events))
    return None


def _answer(weather: Weather, step: StepId, name: str, value: object) -> Weather:
    said = {**weather.answers.get(step, {}), name: value}
    return msgspec.structs.replace(weather, answers={**weather.answers, step: said})


def _within_last_wait(marks: Sequence[Mark], number: int) -> int | None:
    """Return a moment in the wait before a mark, or None when there was none."""
    for before in range(number - 1, -1, -1):
        if marks[before].kind == WAITS and before + 1 < len(marks):
            since_s, until_s = marks[before].at_s, marks[before + 1].at_s
            planned_s = max(until_s, marks[before].until_s) if number == before + 1 else until_s
            return since_s + max(1, min(SOON_S, (planned_s - since_s) // 2))
    return None
