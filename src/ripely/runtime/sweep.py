"""After the rules changed: every contact is asked anew, and history tells what new rules must know."""

import msgspec

from ripely.compiler.anew import asked_anew
from ripely.compiler.kernel import Predicate
from ripely.compiler.normalize import Kernels
from ripely.compiler.ruleset import Published, kernels_of
from ripely.engine.counts import uncounted
from ripely.engine.ruleset import Ruleset
from ripely.engine.series import FOREVER_S
from ripely.model.event import RULES_CHANGED, Event
from ripely.model.ids import ContactId, EventId, RulesetId, derive
from ripely.ports import Clock, Rulesets, Sweep, Sweeps
from ripely.runtime.remembering import Past, unkept
from ripely.runtime.rules import open_rules, published_of
from ripely.runtime.seeding import PastOf, Unlearned

CONTACTS_PER_TURN_MAX = 500
AHEAD_MAX = 20_000
"""What happens now is not kept waiting: of questions to contacts no more than these are before it."""
CLOCKS_APART_S = 86_400
"""What mattered so long before a sweep is still learned: time may step back."""


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
        if self._sweeps.waits(AHEAD_MAX):
            return 0
        wanted = self._prepared(sweep)
        past = self._past_of(wanted, sweep.contacts)
        if past is None:
            return 0
        now_ms = int(self._clock.now().timestamp() * 1000)
        events = [
            rules_changed(wanted, contact, past.get(contact), now_ms)
            for contact in sweep.contacts
        ]
        self._sweeps.advance(sweep, events)
        return len(events)

    def _prepared(self, sweep: Sweep) -> Unlearned:
        known = self._unlearned
        if known is None or known.sweep.position != sweep.position:
            known = self._unlearned = self._compare(sweep)
        return msgspec.structs.replace(known, sweep=sweep)

    def _compare(self, sweep: Sweep) -> Unlearned:
        published = self._published(sweep.ruleset)
        rules = self._rules_of(sweep.ruleset)
        return unlearned(
            sweep,
            rules,
            self._rules_of(sweep.previous),
            kernels_of(published),
            asked_anew(self._published(sweep.previous), published, rules),
            int(self._clock.now().timestamp()),
        )

    def _published(self, ruleset: RulesetId) -> Published:
        return published_of(self._rulesets.documents(ruleset)) if ruleset else Published()


def unlearned(
    sweep: Sweep,
    rules: Ruleset,
    before: Ruleset,
    kernels: Kernels,
    asked: frozenset[str] | None,
    now_s: int,
) -> Unlearned:
    """Compare what rules keep of events with what was kept before them."""
    series = unkept(rules, before)
    recorded = {one.predicate for s, one in kernels.series.items() if s in series}
    return Unlearned(
        sweep=sweep,
        rules=rules,
        counted={
            p: _of_late(kernels.predicates[p], rules.spans[p], now_s)
            for p in sorted(uncounted(rules, before))
        },
        series=series,
        recorded=[kernels.predicates[p] for p in sorted(recorded)],
        asked=asked,
    )


def _of_late(predicate: Predicate, span_s: int, now_s: int) -> Predicate:
    """Leave out what happened too long ago to matter to any rule."""
    if span_s == FOREVER_S:
        return predicate
    since_s = max(predicate.since_s, now_s - span_s - CLOCKS_APART_S)
    return msgspec.structs.replace(predicate, since_s=since_s)


def rules_changed(
    wanted: Unlearned, contact: ContactId, past: Past | None, now_ms: int
) -> Event:
    sweep = wanted.sweep
    identity = EventId(derive(RULES_CHANGED, str(sweep.position), str(contact)))
    told = past.told() if past is not None else {}
    if wanted.asked is not None:
        told |= {
            "since": sweep.previous,
            "rules": sweep.ruleset,
            "asked": sorted(wanted.asked),
        }
    return Event(identity, contact, RULES_CHANGED, now_ms, now_ms, told, "sweep")
