"""How often, and when: the latest moments of each tracked predicate; and the values asked for."""

from bisect import insort

from ripely.engine.draft import Draft
from ripely.engine.ruleset import Reaction, Ruleset
from ripely.engine.series import record_series
from ripely.model.event import Event
from ripely.model.ids import PredicateId


def record_counts(draft: Draft, event: Event, reaction: Reaction) -> None:
    """Add a moment to each predicate, keeping the latest ones that the rules can ask for."""
    draft.changed |= reaction.keys
    if reaction.recordings:
        record_series(draft, event, reaction.recordings)
    at, kept = event.occurred_ms // 1000, draft.profile.counts
    for predicate, keep, asked_from, risers in reaction.counts:
        moments = kept.get(predicate)
        if moments is None:
            moments = kept[predicate] = [at]
        elif at >= moments[-1]:
            moments.append(at)
        else:
            insort(moments, at)
        happened = len(moments)
        if happened >= asked_from:
            if risers is not None:
                draft.ask(risers)
            if happened > keep:
                del moments[0]


def uncounted(rules: Ruleset, before: Ruleset | None) -> set[PredicateId]:
    """Return what rules ask more of than those before them had kept: more moments, or older ones."""
    if before is None:
        return set(rules.tracked)
    return {
        predicate
        for predicate, keep in rules.tracked.items()
        if keep > before.tracked.get(predicate, 0)
        or rules.spans[predicate] > before.spans[predicate]
    }
