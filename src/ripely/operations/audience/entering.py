"""Who could enter a journey as things are now: what of its beginning is a state, and not something that happens."""

from collections.abc import Mapping

import msgspec

from ripely.model.condition import All, AnyOf, AtLeast, Condition, InSegment, Not, ScoreIs
from ripely.model.ids import SegmentId
from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.model.trigger import OnCondition, OnSchedule, OnScore, OnSegment, Trigger


class Entry(msgspec.Struct, frozen=True):
    """For whom the beginning holds now; `happens`: something must happen besides, which no count foretells."""

    condition: Condition | None
    happens: bool


class Group(msgspec.Struct, frozen=True):
    """For whom a journey can begin; None: for everybody. `at_once`: nothing must happen before."""

    when: Condition | None
    at_once: bool


def entry_of(journey: Journey) -> Entry:
    states = [state_of(trigger) for trigger in journey.triggers]
    known = tuple(state for state in states if state is not None)
    happens = len(known) < len(states)
    if happens or not known:
        return Entry(journey.filter, happens=True)
    begins = known[0] if len(known) == 1 else AnyOf(known)
    return Entry(All((begins, journey.filter)) if journey.filter else begins, happens=False)


def group_of(journey: Journey, segments: Mapping[SegmentId, Segment]) -> Group:
    """Return for whom a journey can begin, with some segments spelled out as their documents have them."""
    audiences = [one.audience for one in journey.triggers if isinstance(one, OnSchedule)]
    if audiences and len(audiences) == len(journey.triggers):
        whoever: Condition = AnyOf(tuple(audiences))
        when = All((whoever, journey.filter)) if journey.filter else whoever
        return Group(_spelled_out(when, segments), at_once=True)
    entry = entry_of(journey)
    when_ = None if entry.condition is None else _spelled_out(entry.condition, segments)
    return Group(when_, at_once=not entry.happens)


def state_of(trigger: Trigger) -> Condition | None:
    """Return what is true once a trigger has fired; None where it takes an event."""
    match trigger:
        case OnSegment(id=segment, change=change):
            inside = InSegment(segment)
            return inside if change == "entered" else Not(inside)
        case OnCondition(when=when, becomes=becomes):
            return when if becomes else Not(when)
        case OnScore(id=score, reaches=int(points), of=of):
            return ScoreIs(score, at_least=points, of=of)
        case OnScore(id=score, falls_below=int(points), of=of):
            return ScoreIs(score, at_most=points - 1, of=of)
        case _:
            return None


def _spelled_out(condition: Condition, segments: Mapping[SegmentId, Segment]) -> Condition:
    match condition:
        case InSegment(one) if one in segments:
            return _spelled_out(segments[one].when, segments)
        case All(parts) | AnyOf(parts) | AtLeast(_, parts):
            inner = tuple(_spelled_out(part, segments) for part in parts)
            return msgspec.structs.replace(condition, conditions=inner)
        case Not(part):
            return Not(_spelled_out(part, segments))
        case _:
            return condition
