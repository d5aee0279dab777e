"""After the rules changed: every contact is asked anew, and history tells what new rules must know."""

from ripely.engine.ruleset import Ruleset
from ripely.model.event import RULES_CHANGED, Event
from ripely.model.ids import ContactId, EventId, PredicateId, derive
from ripely.ports import Clock, History, Sweep, Sweeps
from ripely.runtime.worker import RulesOf

CONTACTS_PER_TURN_MAX = 500
STORIES_MAX = 10_000  # Of one contact: history beyond that does not seed new rules.
_END = 2**63 - 1


def sweep_once(sweeps: Sweeps, history: History, rules_of: RulesOf, clock: Clock) -> int:
    """Ask some contacts about changed rules; return how many."""
    sweep = sweeps.next(CONTACTS_PER_TURN_MAX)
    if sweep is None:
        return 0
    rules = rules_of(sweep.ruleset)
    new = _unlearned(rules, rules_of(sweep.previous))
    now_ms = int(clock.now().timestamp() * 1000)
    events = [
        rules_changed(sweep, contact, _counts(rules, new, history, contact), now_ms)
        for contact in sweep.contacts
    ]
    sweeps.advance(sweep, events)
    return len(events)


def rules_changed(
    sweep: Sweep, contact: ContactId, counts: dict[PredicateId, list[int]], now_ms: int
) -> Event:
    identity = EventId(derive(RULES_CHANGED, str(sweep.position), str(contact)))
    told = {str(predicate): moments for predicate, moments in counts.items()}
    return Event(identity, contact, RULES_CHANGED, now_ms, now_ms, {"counts": told}, "sweep")


def _unlearned(rules: Ruleset, before: Ruleset) -> frozenset[PredicateId]:
    """Return what was not counted before, or with fewer moments kept than the rules now ask for."""
    known = before.tracked
    return frozenset(p for p, keep in rules.tracked.items() if keep > known.get(p, 0))


def _counts(
    rules: Ruleset, wanted: frozenset[PredicateId], history: History, contact: ContactId
) -> dict[PredicateId, list[int]]:
    if not wanted:
        return {}
    found: dict[PredicateId, list[int]] = {}
    for _, story in history.of(contact, _END, STORIES_MAX):
        for event in story.events:
            for predicate, _ in rules.react(event).counts:
                if predicate in wanted:
                    found.setdefault(predicate, []).append(event.occurred_s)
    return {p: sorted(moments)[-rules.tracked[p] :] for p, moments in found.items()}
