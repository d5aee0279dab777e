"""After the rules changed: every contact is asked anew, and history tells what new rules must know."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from ripely.compiler.anew import asked_anew
from ripely.compiler.ruleset import Published
from ripely.engine.ruleset import Ruleset
from ripely.engine.series import is_enough, record_values
from ripely.model.event import RULES_CHANGED, Event
from ripely.model.ids import ContactId, EventId, PredicateId, RulesetId, SeriesId, derive
from ripely.model.profile import Series
from ripely.ports import Clock, History, Rulesets, Sweep, Sweeps
from ripely.runtime.rules import open_rules, published_of

CONTACTS_PER_TURN_MAX = 500
STORIES_MAX = 10_000  # Of one contact: history beyond that does not seed new rules.
_END = 2**63 - 1


class Unlearned(msgspec.Struct, frozen=True):
    """What a sweep is to learn from history: the predicates and series that the rules before did not keep.

    Contacts are asked only for what is `asked`, when they come from the rules before; None: for all.
    """

    sweep: Sweep
    rules: Ruleset
    counts: frozenset[PredicateId]
    series: frozenset[SeriesId]
    asked: frozenset[str] | None


class Past(msgspec.Struct, frozen=True):
    """What history knows of one contact that new rules ask for."""

    counts: dict[PredicateId, list[int]]
    series: dict[SeriesId, Series]


PastOf = Callable[[Unlearned, Sequence[ContactId]], Mapping[ContactId, Past]]
"""Returns what history knows of some contacts; one of whom it knows nothing may be missing."""


class Sweeper:
    """Goes through all contacts, some in a turn, whenever the rules have changed."""

    def __init__(
        self, sweeps: Sweeps, rulesets: Rulesets, past_of: PastOf, clock: Clock
    ) -> None:
        self._sweeps, self._rulesets, self._clock = sweeps, rulesets, clock
        self._past_of = past_of
        self._rules_of = open_rules(rulesets)
        self._unlearned: Unlearned | None = None

    def turn(self) -> int:
        """Ask some contacts about changed rules; return how many."""
        sweep = self._sweeps.next(CONTACTS_PER_TURN_MAX)
        if sweep is None:
            self._unlearned = None
            return 0
        unlearned = self._prepared(sweep)
        past = self._past_of(unlearned, sweep.contacts)
        now_ms = int(self._clock.now().timestamp() * 1000)
        events = [
            rules_changed(unlearned, contact, past.get(contact), now_ms)
            for contact in sweep.contacts
        ]
        self._sweeps.advance(sweep, events)
        return len(events)

    def _prepared(self, sweep: Sweep) -> Unlearned:
        known = self._unlearned
        if known is None or known.sweep.position != sweep.position:
            known = self._unlearned = self._compare(sweep)
        return known

    def _compare(self, sweep: Sweep) -> Unlearned:
        rules, before = self._rules_of(sweep.ruleset), self._rules_of(sweep.previous)
        counts = {p for p, keep in rules.tracked.items() if keep > before.tracked.get(p, 0)}
        series = {
            s for s, keep in rules.series.items() if not is_enough(before.series.get(s), keep)
        }
        asked = asked_anew(
            self._published(sweep.previous), self._published(sweep.ruleset), rules
        )
        return Unlearned(sweep, rules, frozenset(counts), frozenset(series), asked)

    def _published(self, ruleset: RulesetId) -> Published:
        return published_of(self._rulesets.documents(ruleset)) if ruleset else Published()


def past_from(history: History) -> PastOf:
    """Return what reads the stories of each contact, one after another."""

    def past_of(
        unlearned: Unlearned, contacts: Sequence[ContactId]
    ) -> Mapping[ContactId, Past]:
        if not (unlearned.counts or unlearned.series):
            return {}
        return {contact: _remember(unlearned, history, contact) for contact in contacts}

    return past_of


def rules_changed(
    unlearned: Unlearned, contact: ContactId, past: Past | None, now_ms: int
) -> Event:
    sweep = unlearned.sweep
    identity = EventId(derive(RULES_CHANGED, str(sweep.position), str(contact)))
    told: dict[str, object] = {}
    if past is not None and past.counts:
        told["counts"] = {str(predicate): moments for predicate, moments in past.counts.items()}
    if past is not None and past.series:
        told["series"] = {str(s): msgspec.to_builtins(kept) for s, kept in past.series.items()}
    if unlearned.asked is not None:
        told |= {"since": sweep.previous, "asked": sorted(unlearned.asked)}
    return Event(identity, contact, RULES_CHANGED, now_ms, now_ms, told, "sweep")


def _remember(unlearned: Unlearned, history: History, contact: ContactId) -> Past:
    rules, past = unlearned.rules, Past({}, {})
    for _, story in reversed(history.of(contact, _END, STORIES_MAX)):
        for event in story.events:
            reaction = rules.react(event)
            for predicate, *_ in reaction.counts:
                if predicate in unlearned.counts:
                    past.counts.setdefault(predicate, []).append(event.occurred_s)
            asked = [r for r in reaction.recordings if r.series in unlearned.series]
            record_values(past.series, event, asked, event.now_s)
    for predicate, moments in past.counts.items():
        past.counts[predicate] = sorted(moments)[-rules.tracked[predicate] :]
    return past
