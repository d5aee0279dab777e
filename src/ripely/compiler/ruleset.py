"""Every published definition -> one `Ruleset`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels, predicate_id
from ripely.compiler.order import ranked
from ripely.compiler.program import compile_program
from ripely.compiler.reaction import Rule, compile_reactions
from ripely.engine.ruleset import (
    DateTrigger,
    EventPoints,
    EventTrigger,
    Key,
    Ruleset,
    Watch,
)
from ripely.model.company import Company
from ripely.model.condition import Condition, Where
from ripely.model.definition import Definition
from ripely.model.ids import (
    ContactId,
    JourneyId,
    PredicateId,
    RulesetId,
    ScoreId,
    SegmentId,
    derive_text,
)
from ripely.model.journey import Journey, People
from ripely.model.profile import NOWHERE, Profile
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnCondition, OnDate, OnEvent, OnScore, OnSegment

_NOBODY = Profile(ContactId(0))
_K = TypeVar("_K")
_V = TypeVar("_V")


class Published(msgspec.Struct, frozen=True):
    """All that a ruleset is made of; its canonical JSON names the ruleset.

    `timezone` is the installation's, for a company that names none. `older` are versions of
    journeys that people still finish, each under its number; `people` says for a journey what
    becomes of those who entered an earlier version.
    """

    definitions: tuple[Definition, ...] = ()
    versions: dict[str, int] = {}
    timezone: str = "UTC"
    older: tuple[tuple[int, Journey], ...] = ()
    people: dict[JourneyId, People] = {}

    @property
    def company(self) -> Company:
        found = next((d for d in self.definitions if isinstance(d, Company)), Company())
        return (
            found if found.timezone else msgspec.structs.replace(found, timezone=self.timezone)
        )


def ruleset_id(documents: bytes) -> RulesetId:
    return RulesetId(derive_text("ruleset", documents.decode())[:16])


def compile_ruleset(
    published: Published, identity: RulesetId, is_act: Callable[[str], bool]
) -> Ruleset:
    """Compile definitions that `documents` found no problem in. `is_act` tells acts of a contact from the rest."""
    assembly = _Assembly(published)
    for definition in published.definitions:
        assembly.add(definition)
    return assembly.ruleset(identity, is_act)


class _Assembly:
    """Collects what the definitions need, then indexes it."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self.company = published.company
        self.kernels = Kernels()
        self.watches: list[Watch] = []
        self.rules: list[Rule] = []
        self.segment_triggers: dict[tuple[SegmentId, str], list[JourneyId]] = {}
        self.score_triggers: dict[ScoreId, list[tuple[int, JourneyId]]] = {}
        self.condition_triggers: dict[str, JourneyId] = {}
        self.date_triggers: dict[Key, list[DateTrigger]] = {}

    def add(self, definition: Definition) -> None:
        match definition:
            case Segment(id=segment, when=when):
                self._watch(f"segment/{segment}", "segment", segment, when)
            case Score():
                self._add_score(definition)
            case Journey():
                for number, _ in enumerate(definition.triggers):
                    self._add_trigger(definition, number)
            case _:
                pass  # Templates are rendered, not folded.

    def ruleset(self, identity: RulesetId, is_act: Callable[[str], bool]) -> Ruleset:
        company = self.company
        journeys = [d for d in self.published.definitions if isinstance(d, Journey)]
        versions = self.published.versions
        programs = {
            j.id: compile_program(
                j, versions.get(f"journey/{j.id}", 1), self.kernels, self.company
            )
            for j in journeys
        }
        watches = ranked(self.watches)
        watchers = _watchers(watches)
        counts = [
            Rule(p.event, p.where, count=(p.id, self.kernels.keep[p.id]))
            for p in self.kernels.predicates.values()
        ]
        rules = [*counts, *self.rules]
        return Ruleset(
            id=identity,
            react=compile_reactions(rules, watchers, company.section_depth),
            watches=watches,
            at_birth=tuple(w for w in watches if w.test(_NOBODY, 0, NOWHERE)),
            watch_by_key={watch.key: watch for watch in watches},
            watchers=watchers,
            tracked=dict(self.kernels.keep),
            scores={d.id: d for d in self.published.definitions if isinstance(d, Score)},
            segment_triggers=_frozen(self.segment_triggers),
            score_triggers=_frozen(self.score_triggers),
            condition_triggers=self.condition_triggers,
            date_triggers=_frozen(self.date_triggers),
            programs=programs,
            zone=ZoneInfo(company.timezone),
            section_depth=company.section_depth,
            late_entry_s=company.late_entry,
            is_act=is_act,
            listened=frozenset(rule.event for rule in rules),
        )

    def _watch(
        self,
        key: str,
        kind: Literal["segment", "fact", "trigger"],
        subject: str,
        when: Condition,
        points: int = 0,
        reason: str = "",
    ) -> None:
        answer = compile_matcher(self.kernels.normalize(when), self.company)
        self.watches.append(
            Watch(0, key, kind, subject, answer.test, answer.lapse, answer.keys, points, reason)
        )

    def _add_score(self, score: Score) -> None:
        for rule in score.events:
            at_most, within_s = rule.at_most or 0, rule.within or 0
            # Named by what it says, so that its limit outlives a change of the rules around it.
            name = f"{predicate_id(rule.on, rule.where):x}"
            points = EventPoints(
                key=f"{score.id}/{name}/{at_most}/{within_s}",
                score=score.id,
                points=rule.points,
                reason=rule.name or rule.on,
                at_most=at_most,
                within_s=within_s,
            )
            self.rules.append(Rule(rule.on, rule.where, points=points))
        for number, fact in enumerate(score.facts):
            key = f"fact/{score.id}/{number}"
            self._watch(key, "fact", score.id, fact.when, fact.points, fact.name or "a fact")

    def _add_trigger(self, journey: Journey, number: int) -> None:
        match journey.triggers[number]:
            case OnEvent(event, where, nth):
                self._add_event_trigger(journey.id, event, where, nth)
            case OnSegment(segment, change):
                self.segment_triggers.setdefault((segment, change), []).append(journey.id)
            case OnScore(score, reaches):
                self.score_triggers.setdefault(score, []).append((reaches, journey.id))
            case OnCondition(when):
                key = f"trigger/{journey.id}/{number}"
                self.condition_triggers[key] = journey.id
                self._watch(key, "trigger", journey.id, when, reason="a condition became true")
            case OnDate() as on_date:
                trigger = DateTrigger(f"{journey.id}/{number}", journey.id, on_date)
                for key in (f"attribute/{on_date.attribute}", "attribute/timezone"):
                    self.date_triggers.setdefault(key, []).append(trigger)

    def _add_event_trigger(
        self, journey: JourneyId, event: str, where: tuple[Where, ...], nth: int | None
    ) -> None:
        predicate = self.kernels.track(event, where, nth + 1) if nth else PredicateId(0)
        reason = f"{event}, time {nth}" if nth else event
        trigger = EventTrigger(journey, reason, nth or 0, predicate)
        self.rules.append(Rule(event, where, trigger=trigger))


def _watchers(watches: Sequence[Watch]) -> dict[Key, tuple[Watch, ...]]:
    found: dict[Key, list[Watch]] = {}
    for watch in watches:
        for key in watch.keys:
            found.setdefault(key, []).append(watch)
    return _frozen(found)


def _frozen(lists: Mapping[_K, list[_V]]) -> dict[_K, tuple[_V, ...]]:
    return {key: tuple(values) for key, values in lists.items()}
