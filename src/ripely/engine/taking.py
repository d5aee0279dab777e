"""What one event brings by itself: facts, counts, points, and whom it lets in or is waited for by."""

from ripely.engine.counts import record_counts
from ripely.engine.draft import Draft
from ripely.engine.entering import enter_by_event
from ripely.engine.facts import record_facts
from ripely.engine.scores import award
from ripely.model.event import Event


def take(draft: Draft, event: Event) -> None:
    """Record what an event says, count it, give its points, and see which journeys it triggers."""
    record_facts(draft, event)
    reaction = draft.rules.react(event)
    if reaction.keys:
        record_counts(draft, event, reaction)
        if reaction.watches:
            draft.stale.update(reaction.watches)
    if reaction.points:
        award(draft, reaction.points, event)
    if reaction.triggers:
        enter_by_event(draft, reaction.triggers, event)
    if reaction.heard and draft.profile.enrollments:
        draft.heard += [(key, event) for key in reaction.heard]


def take_told(draft: Draft) -> None:
    """Take the changes that rules ask for as events, each of them once."""
    told, draft.told = draft.told, []
    for event in told:
        draft.events.append(event)
        take(draft, event)
