"""How often, and when: the latest moments of each tracked predicate."""

from bisect import insort

from ripely.engine.transition import Draft
from ripely.model.event import Event
from ripely.model.ids import PredicateId


def record_counts(
    draft: Draft, event: Event, counts: tuple[tuple[PredicateId, int], ...]
) -> None:
    """Add a moment to each predicate, keeping the latest ones that the rules can ask for."""
    at, kept = event.occurred_s, draft.profile.counts
    for predicate, keep in counts:
        moments = kept.get(predicate)
        if moments is None:
            kept[predicate] = [at]
            continue
        if at >= moments[-1]:
            moments.append(at)
        else:
            insort(moments, at)
        if len(moments) > keep:
            del moments[0]
