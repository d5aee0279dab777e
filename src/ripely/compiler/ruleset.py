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
from ripely.compiler.triggers import Triggers
from ripely.engine.ruleset import Condition as Answer, EventPoints, Key, Program, Ruleset, Watch
from ripely.model.company import Company, Team
from ripely.model.condition import Condition
from ripely.model.definition import Definition
from ripely.model.ids import (
    ContactId,
    JourneyId,
    RulesetId,
    derive_text,
)
from ripely.model.journey import Journey, People
from ripely.model.profile import NOWHERE, Profile
from ripely.model.score import Score
from ripely.model.segment import Segment

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
        found = next((d for d in self.definitions if isinstance(d, Company)), Company("company"))
        return (
            found if found.timezone else msgspec.structs.replace(found, timezone=self.timezone)
        )

    @property
    def journeys(self) -> list[tuple[int, Journey]]:
        """The journeys in force, each after the number of its version."""
        found = [d for d in self.definitions if isinstance(d, Journey)]
        return [(self.versions.get(f"journey/{j.id}", 1), j) for j in found]


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
        self.triggers = Triggers(self.kernels, self._answer)

    def add(self, definition: Definition) -> None:
        match definition:
            case Segment(id=segment, when=when):
                self._watch(f"segment/{segment}", "segment", segment, when)
            case Score():
                self._add_score(definition)
            case Journey():
                self.triggers.add(definition)
            case _:
                pass  # Templates are rendered, not folded.

    def ruleset(self, identity: RulesetId, is_act: Callable[[str], bool]) -> Ruleset:
        company = self.company
        programs = [self._program(j, n) for n, j in self.published.journeys]
        earlier = [self._program(j, n) for n, j in self.published.older]
        triggers = self.triggers
        watches = ranked([*self.watches, *triggers.watches])
        watchers = _watchers(watches)
        counts = [
            Rule(p.event, p.where, count=(p.id, self.kernels.keep[p.id]))
            for p in self.kernels.predicates.values()
        ]
        rules = [*counts, *self.rules, *triggers.rules]
        return Ruleset(
            id=identity,
            react=compile_reactions(rules, watchers, company.section_depth),
            watches=watches,
            at_birth=tuple(w for w in watches if w.test(_NOBODY, 0, NOWHERE)),
            watch_by_key={watch.key: watch for watch in watches},
            watchers=watchers,
            tracked=dict(self.kernels.keep),
            scores={d.id: d for d in self.published.definitions if isinstance(d, Score)},
            segment_triggers=_frozen(triggers.segments),
            score_triggers=_frozen(triggers.scores),
            condition_triggers=triggers.conditions,
            date_triggers=_frozen(triggers.dates),
            planned=triggers.planned,
            programs={program.journey: program for program in programs},
            older={(program.journey, program.version): program for program in earlier},
            people=self.published.people,
            zone=ZoneInfo(company.timezone),
            section_depth=company.section_depth,
            late_entry_s=company.late_entry,
            is_act=is_act,
            listened=frozenset(rule.event for rule in rules),
            teams={d.id: d for d in self.published.definitions if isinstance(d, Team)},
        )

    def _program(self, journey: Journey, version: int) -> Program:
        return compile_program(journey, version, self.kernels, self.company)

    def _watch(
        self,
        key: str,
        kind: Literal["segment", "fact"],
        subject: str,
        when: Condition,
        points: int = 0,
        reason: str = "",
    ) -> None:
        answer = self._answer(when)
        self.watches.append(
            Watch(0, key, kind, subject, answer.test, answer.lapse, answer.keys, points, reason)
        )

    def _answer(self, when: Condition) -> Answer:
        return compile_matcher(self.kernels.normalize(when), self.company)

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


def _watchers(watches: Sequence[Watch]) -> dict[Key, tuple[Watch, ...]]:
    found: dict[Key, list[Watch]] = {}
    for watch in watches:
        for key in watch.keys:
            found.setdefault(key, []).append(watch)
    return _frozen(found)


def _frozen(lists: Mapping[_K, list[_V]]) -> dict[_K, tuple[_V, ...]]:
    return {key: tuple(values) for key, values in lists.items()}
