"""What an event touches: an index by event name, then by the values that any rule asks about.

Real traffic repeats itself: the same addresses and categories come again and again. So the rules
are matched once per distinct combination of the properties they ask about, and remembered.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

import msgspec

from ripely.compiler.operators import Check, check
from ripely.compiler.paths import URL, is_path, lookup, plain
from ripely.compiler.shorthand import SECTION
from ripely.engine.ruleset import EventPoints, EventTrigger, Key, Reaction, Recording, Risers
from ripely.engine.visits import section_of, section_told
from ripely.model.acts import Where
from ripely.model.event import Event
from ripely.model.ids import PredicateId

REMEMBERED_MAX = 50_000
REMEMBERED_CHARACTERS_MAX = 1_000
_LIKE_TRUTH = (0, 1)
NOTHING = Reaction((), (), (), (), frozenset())
_Values = tuple[object, ...]


class Rule(msgspec.Struct, frozen=True):
    """One thing to do for an event of a name whose properties pass: count, record, give points, trigger.

    It may matter only from `since_s` until before `until_s`.
    """

    event: str
    where: tuple[Where, ...]
    count: tuple[PredicateId, int, int] | None = None
    points: EventPoints | None = None
    trigger: EventTrigger | None = None
    heard: Key | None = None
    recording: Recording | None = None
    since_s: int = 0
    until_s: int = 0


def compile_reactions(
    rules: Sequence[Rule],
    watchers: Mapping[Key, tuple[int, ...]],
    risers: Mapping[Key, Risers],
    section_depth: int,
) -> Callable[[Event], Reaction]:
    by_name: dict[str, list[Rule]] = {}
    for rule in rules:
        by_name.setdefault(rule.event, []).append(rule)
    indexes = {
        name: _Index(own, watchers, risers, section_depth) for name, own in by_name.items()
    }
    found = indexes.get

    def react(event: Event) -> Reaction:
        index = found(event.name)
        return NOTHING if index is None else index.react(event)

    return react


class _Index:
    """The rules of one event name."""

    def __init__(
        self,
        rules: Sequence[Rule],
        watchers: Mapping[Key, tuple[int, ...]],
        risers: Mapping[Key, Risers],
        depth: int,
    ) -> None:
        asked = sorted({where.property for rule in rules for where in rule.where})
        self.watchers, self.risers, self.depth = watchers, risers, depth
        self.paths = [name for name in asked if name == URL or is_path(name)]
        self.plain = [name for name in asked if name != SECTION and name not in self.paths]
        self.lookups = [lookup(name) for name in self.paths]
        self.with_section = SECTION in asked
        self.days = sorted({s for rule in rules for s in (rule.since_s, rule.until_s) if s})
        self.rules = [(rule, self._checks(rule)) for rule in rules]
        self.remembered: dict[object, Reaction] = {}

    def react(self, event: Event) -> Reaction:
        properties = event.properties
        values: _Values = tuple(map(properties.get, self.plain))
        for find in self.lookups:
            values = (*values, find(properties))
        if self.with_section:
            told = section_told(properties.get(SECTION))
            values = (*values, told or section_of(properties, self.depth))
        key: object = values
        if self.days:
            key = (bisect_right(self.days, event.occurred_s), values)
        try:
            reaction = self.remembered.get(key)
        except TypeError:  # A list or an object among the values cannot be looked up.
            return self._match(tuple(map(plain, values)), event.occurred_s)
        if reaction is None:
            reaction = self._match(values, event.occurred_s)
            if _is_ordinary(values):
                if len(self.remembered) >= REMEMBERED_MAX:
                    self.remembered.clear()
                self.remembered[key] = reaction
        return reaction

    def _checks(self, rule: Rule) -> list[tuple[int, Check]]:
        places = [*self.plain, *self.paths, *([SECTION] if self.with_section else [])]
        return [(places.index(w.property), check(w.op, w.value)) for w in rule.where]

    def _match(self, values: _Values, at_s: int) -> Reaction:
        hits = [
            rule
            for rule, checks in self.rules
            if rule.since_s <= at_s
            and (not rule.until_s or at_s < rule.until_s)
            and all(test(values[at]) for at, test in checks)
        ]
        counts = tuple(rule.count for rule in hits if rule.count)
        recordings = tuple(rule.recording for rule in hits if rule.recording)
        series = [recording.series for recording in recordings]
        watches = {rank for key in series for rank in self.watchers.get(key, ())}
        return Reaction(
            counts=tuple((*count, self.risers.get(count[0])) for count in counts),
            points=_summed([rule.points for rule in hits if rule.points]),
            triggers=tuple(rule.trigger for rule in hits if rule.trigger),
            watches=tuple(sorted(watches)),
            keys=frozenset([*(predicate for predicate, _, _ in counts), *series]),
            heard=tuple(rule.heard for rule in hits if rule.heard is not None),
            recordings=recordings,
        )


def _is_ordinary(values: _Values) -> bool:
    """Whether to remember them: not what is long, nor what a look-up takes for something else (1 and true)."""
    length = 0
    for value in values:
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                length += len(one)
            elif one is not None and one in _LIKE_TRUTH:
                return False
    return length <= REMEMBERED_CHARACTERS_MAX


def _summed(points: Sequence[EventPoints]) -> tuple[EventPoints, ...]:
    """Add up what one event gives to one score; rules that ask for more stay apart. What comes to nothing goes."""
    sums: dict[str, EventPoints] = {}
    for rule in points:
        key = rule.key if rule.apart else rule.score
        known = sums.get(key)
        sums[key] = rule if known is None else _sum(known, rule)
    return tuple(
        msgspec.structs.replace(rule, said=f"{rule.points:+d} {rule.reason}")
        for rule in sums.values()
        if rule.points
    )


def _sum(first: EventPoints, second: EventPoints) -> EventPoints:
    return msgspec.structs.replace(
        first,
        points=first.points + second.points,
        reason=f"{first.reason} and {second.reason} ({second.points:+d})",
    )
