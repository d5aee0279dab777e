"""Who could enter a journey as things are now: what of its beginning is a state, and not something that happens."""

import msgspec

from ripely.model.condition import All, AnyOf, Condition, InSegment, Not, ScoreIs
from ripely.model.journey import Journey
from ripely.model.trigger import OnCondition, OnScore, OnSegment, Trigger


class Entry(msgspec.Struct, frozen=True):
    """For whom the beginning holds now; `happens`: something must happen besides, which no count foretells."""

    condition: Condition | None
    happens: bool


def entry_of(journey: Journey) -> Entry:
    states = [state_of(trigger) for trigger in journey.triggers]
    known = tuple(state for state in states if state is not None)
    happens = len(known) < len(states)
    if happens or not known:
        return Entry(journey.filter, happens=True)
    begins = known[0] if len(known) == 1 else AnyOf(known)
    return Entry(All((begins, journey.filter)) if journey.filter else begins, happens=False)


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
