"""What one contact's past says to rules that did not see it: to those of a sweep, and to a draft that is previewed."""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from ripely.engine.ruleset import Ruleset
from ripely.engine.series import is_enough, record_values
from ripely.model.event import Event
from ripely.model.ids import ContactId, PredicateId, SeriesId, contact_code
from ripely.model.profile import Series
from ripely.ports import History, Unreadable
from ripely.runtime.archiving import idle_in

log = logging.getLogger(__name__)

STORIES_MAX = 10_000  # Of one contact: history beyond that teaches nothing.
NOW = 2**63 - 1
"""The log position before which everything is."""


class Past(msgspec.Struct, frozen=True):
    """What history knows of one contact that new rules ask for."""

    counts: dict[PredicateId, list[int]]
    series: dict[SeriesId, Series]

    def told(self) -> dict[str, object]:
        """Return it as the event tells it that asks a contact about new rules."""
        said: dict[str, object] = {}
        if self.counts:
            said["counts"] = {str(one): moments for one, moments in self.counts.items()}
        if self.series:
            said["series"] = {
                str(s): msgspec.to_builtins(kept) for s, kept in self.series.items()
            }
        return said


def unkept(rules: Ruleset, before: Ruleset | None) -> frozenset[SeriesId]:
    """Return the series of which rules ask more than those before them had kept."""
    kept = before.series if before is not None else {}
    return frozenset(s for s, keep in rules.series.items() if not is_enough(kept.get(s), keep))


def told_of(history: History, contact: ContactId, before: int = NOW) -> Iterator[Event]:
    """Yield what counted of what was told of a contact, as it came."""
    for position, story in reversed(history.of(contact, before, STORIES_MAX)):
        if isinstance(story, Unreadable):
            log.warning("Nothing is learned of contact %s at %s: %s", contact_code(contact), position, story.why)  # fmt: skip
        idle = idle_in(story.notes)
        yield from (event for event in story.events if event.id not in idle)


def learn(
    rules: Ruleset,
    counted: Mapping[PredicateId, int],
    series: Collection[SeriesId],
    events: Iterable[Event],
) -> Past:
    """Take from events what happened of the `counted`, each from a moment on, and the values of series."""
    past = Past({}, {})
    for event in events if counted or series else ():
        reaction = rules.react(event)
        for predicate, *_ in reaction.counts:
            since_s = counted.get(predicate)
            if since_s is not None and event.occurred_s >= since_s:
                past.counts.setdefault(predicate, []).append(event.occurred_s)
        asked = [one for one in reaction.recordings if one.series in series]
        record_values(past.series, event, asked, event.now_s)
    for predicate, moments in past.counts.items():
        past.counts[predicate] = sorted(moments)[-rules.tracked[predicate] :]
    return past
