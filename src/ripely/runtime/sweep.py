"""After the rules changed: every contact is asked anew, and history tells what new rules must know."""

import msgspec

from ripely.engine.ruleset import Ruleset
from ripely.engine.series import is_enough, record_values
from ripely.model.event import RULES_CHANGED, Event
from ripely.model.ids import ContactId, EventId, PredicateId, SeriesId, derive
from ripely.model.profile import Series
from ripely.ports import Clock, History, Sweep, Sweeps
from ripely.runtime.worker import RulesOf

CONTACTS_PER_TURN_MAX = 500
STORIES_MAX = 10_000  # Of one contact: history beyond that does not seed new rules.
_END = 2**63 - 1


class Past(msgspec.Struct, frozen=True):
    """What history knows of one contact that new rules ask for."""

    counts: dict[PredicateId, list[int]]
    series: dict[SeriesId, Series]


def sweep_once(sweeps: Sweeps, history: History, rules_of: RulesOf, clock: Clock) -> int:
    """Ask some contacts about changed rules; return how many."""
    sweep = sweeps.next(CONTACTS_PER_TURN_MAX)
    if sweep is None:
        return 0
    rules = rules_of(sweep.ruleset)
    new = _unlearned(rules, rules_of(sweep.previous))
    now_ms = int(clock.now().timestamp() * 1000)
    events = [
        rules_changed(sweep, contact, _past(rules, new, history, contact), now_ms)
        for contact in sweep.contacts
    ]
    sweeps.advance(sweep, events)
    return len(events)


def rules_changed(sweep: Sweep, contact: ContactId, past: Past, now_ms: int) -> Event:
    identity = EventId(derive(RULES_CHANGED, str(sweep.position), str(contact)))
    told = {
        "counts": {str(predicate): moments for predicate, moments in past.counts.items()},
        "series": {str(s): msgspec.to_builtins(kept) for s, kept in past.series.items()},
    }
    return Event(identity, contact, RULES_CHANGED, now_ms, now_ms, told, "sweep")


def _unlearned(rules: Ruleset, before: Ruleset) -> frozenset[int]:
    """Return what was not kept before, or less of it than the rules now ask for."""
    counts = {p for p, keep in rules.tracked.items() if keep > before.tracked.get(p, 0)}
    series = {
        s for s, keep in rules.series.items() if not is_enough(before.series.get(s), keep)
    }
    return frozenset[int](counts | series)


def _past(rules: Ruleset, wanted: frozenset[int], history: History, contact: ContactId) -> Past:
    past = Past({}, {})
    stories = history.of(contact, _END, STORIES_MAX) if wanted else []
    for _, story in reversed(stories):
        for event in story.events:
            reaction = rules.react(event)
            for predicate, *_ in reaction.counts:
                if predicate in wanted:
                    past.counts.setdefault(predicate, []).append(event.occurred_s)
            asked = [r for r in reaction.recordings if r.series in wanted]
            record_values(past.series, event, asked, event.now_s)
    for predicate, moments in past.counts.items():
        past.counts[predicate] = sorted(moments)[-rules.tracked[predicate] :]
    return past
