"""How people come into a journey: what must happen for each trigger."""

from collections.abc import Iterator
from datetime import timedelta
from typing import assert_never

from ripely.model.acts import Act
from ripely.model.condition import Condition, ScoreIs, TopPart, TopScore
from ripely.model.days import add_months
from ripely.model.ids import JourneyId
from ripely.model.trigger import (
    OnAbsence,
    OnAttribute,
    OnCondition,
    OnDate,
    OnEvent,
    OnInactivity,
    OnRequest,
    OnSchedule,
    OnScore,
    OnSegment,
    Trigger,
)
from ripely.operations.paths.causes import Add, Causes, Ground
from ripely.operations.paths.causes_of_acts import happen
from ripely.operations.paths.values import ELSE
from ripely.operations.paths.ways import causes

LATER_S = 3_600


def beginnings(trigger: Trigger, journey: JourneyId, ground: Ground) -> Iterator[Causes]:
    """Return ways to be let in by a trigger. What waits for a time does so by itself."""
    match trigger:
        case OnEvent(event, where, nth):
            yield happen(Act(event, where), ground, nth or 1)
        case OnAbsence(after):
            yield happen(after, ground)
        case OnInactivity():
            yield happen(Act("page.viewed"), ground)
        case OnRequest(by):
            asked = {"journey": journey, "by": by[0] if by else "hand"}
            yield (Add("journey.requested", asked),)
        case OnDate():
            yield (_date(trigger, ground),)
        case OnSchedule(audience=audience):
            yield from causes(audience, ground)
        case OnSegment() | OnScore() | OnAttribute() | OnCondition():
            yield from _changes(trigger, ground)
        case unknown:
            assert_never(unknown)


def _changes(
    trigger: OnSegment | OnScore | OnAttribute | OnCondition, ground: Ground
) -> Iterator[Causes]:
    match trigger:
        case OnSegment(id=name, change=change):
            segment = ground.segments.get(name)
            if segment is not None:
                yield from _becomes(segment.when, ground, holds=change == "entered")
        case OnCondition(when, becomes):
            yield from _becomes(when, ground, holds=becomes)
        case OnScore(id=score, reaches=value, of=of) if value is not None:
            yield from causes(ScoreIs(score, at_least=value, of=of), ground)
        case OnScore(id=score, falls_below=value, of=of) if value is not None:
            yield from _becomes(ScoreIs(score, at_least=value, of=of), ground, holds=False)
        case OnScore(id=score, of=of):
            yield from causes(TopPart(score, of) if of else TopScore(score), ground)
        case OnAttribute(name, before, after):
            first = (Add("attributes.set", {name: before}),) if before is not None else ()
            changed = after if after is not None else ELSE
            yield (*first, Add("attributes.set", {name: changed}, LATER_S))


def _becomes(condition: Condition, ground: Ground, *, holds: bool) -> Iterator[Causes]:
    """Bring a change about: what must end must have been first."""
    if holds:
        yield from causes(condition, ground)
        return
    for first in causes(condition, ground):
        yield first
        for then in causes(condition, ground, holds=False):
            late = [
                Add(one.event, one.properties, one.after_s + LATER_S)
                for one in then
                if isinstance(one, Add)
            ]
            yield (*first, *late)


def _date(trigger: OnDate, ground: Ground) -> Add:
    """Set the date so that it comes tomorrow."""
    day = ground.today + timedelta(days=1 - trigger.offset_days)
    day = add_months(day, -trigger.offset_months - 12 * trigger.offset_years)
    return Add("attributes.set", {trigger.attribute: day.isoformat()})
