"""Every published definition -> one `Ruleset`."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler.facts import BY_CHANCE
from ripely.compiler.funnel import lifecycle_watches
from ripely.compiler.guards import compile_guards
from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels
from ripely.compiler.order import ranked
from ripely.compiler.program import compile_program, heard_by, stepped
from ripely.compiler.reaction import compile_reactions
from ripely.compiler.rising import risers
from ripely.compiler.scoring import event_rules, fact_watches, scoring
from ripely.compiler.triggers import Triggers
from ripely.engine.ruleset import (
    Condition as Answer,
    Keep,
    Key,
    Program,
    Ruleset,
    Scoring,
    Watch,
)
from ripely.model.company import Company, Team
from ripely.model.condition import Condition, InSegment
from ripely.model.definition import Definition
from ripely.model.ids import (
    ContactId,
    JourneyId,
    RulesetId,
    SegmentId,
    SeriesId,
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
        found = next(
            (d for d in self.definitions if isinstance(d, Company)), Company("company")
        )
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


def kernels_of(published: Published) -> Kernels:
    """Return the conditions of definitions in the kernel: what their ruleset keeps of events, and why."""
    assembly = _Assembly(published)
    for definition in published.definitions:
        assembly.add(definition)
    assembly.ruleset(RulesetId(""), lambda _: False)
    return assembly.kernels


class _Assembly:
    """Collects what the definitions need, then indexes it."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self.company = published.company
        self.scores = [d for d in published.definitions if isinstance(d, Score)]
        self.kernels = Kernels(self.company, {score.id: score for score in self.scores})
        self.segments = {
            d.id: self.kernels.normalize(d.when)
            for d in published.definitions
            if isinstance(d, Segment)
        }
        self.segment_of = {repr(kernel): segment for segment, kernel in self.segments.items()}
        self.watches = lifecycle_watches(self.company, self._answer)
        self.rules = heard_by([j for _, j in (*published.journeys, *published.older)])
        self.triggers = Triggers(self.kernels, self._kept_answer)

    def add(self, definition: Definition) -> None:
        match definition:
            case Segment(id=segment):
                self._add_segment(segment)
            case Score():
                self.rules += event_rules(definition, self._answer)
                self.watches += fact_watches(definition, self._kept_answer)
            case Journey():
                self.triggers.add(definition)
            case _:
                pass  # Templates are rendered, not folded.

    def ruleset(self, identity: RulesetId, is_act: Callable[[str], bool]) -> Ruleset:
        company, triggers = self.company, self.triggers
        programs = [self._program(j, n) for n, j in self.published.journeys]
        earlier = [self._program(j, n) for n, j in self.published.older]
        watches = ranked([*self.watches, *triggers.watches])
        watchers, asked = _watchers(watches), risers(watches)
        rules = [*self.kernels.rules, *self.rules, *triggers.rules]
        listened = frozenset(rule.event for rule in rules)
        followed = scoring(self.scores, triggers.scores, self.kernels, listened, asked)
        return Ruleset(
            id=identity,
            react=compile_reactions(rules, watchers, asked, company.section_depth),
            watches=watches,
            at_birth=tuple(w for w in watches if _may_hold_at_birth(w)),
            watch_by_key={watch.key: watch for watch in watches},
            watchers=watchers,
            risers=asked,
            tracked=dict(self.kernels.keep),
            spans=dict(self.kernels.spans),
            scores=self.kernels.scores,
            segment_triggers=_frozen(triggers.segments),
            scoring=followed,
            condition_triggers=triggers.conditions,
            date_triggers=_frozen(triggers.dates),
            planned=triggers.planned,
            programs={program.journey: program for program in programs},
            older={(program.journey, program.version): program for program in earlier},
            people=self.published.people,
            zone=ZoneInfo(company.timezone),
            company=company,
            stepped=stepped(watches, [*programs, *earlier]),
            section_depth=company.section_depth,
            late_entry_s=company.late_entry,
            protection=compile_guards(self.published.definitions, company),
            is_act=is_act,
            listened=listened,
            series=self._series(followed),
            asks_seen=self.kernels.asks_seen,
            teams={d.id: d for d in self.published.definitions if isinstance(d, Team)},
        )

    def _series(self, followed: Scoring) -> dict[SeriesId, Keep]:
        kept = {one.id: one.keep for one in self.kernels.series.values()}
        return kept | {trend.series: trend.keep for trend in followed.trends.values()}

    def _add_segment(self, segment: SegmentId) -> None:
        key, answer = (
            f"segment/{segment}",
            compile_matcher(self.segments[segment], self.company),
        )
        watch = Watch(0, key, "segment", segment, answer.test, answer.lapse, answer.keys)
        self.watches.append(
            msgspec.structs.replace(watch, rises=answer.rises, answer=answer.answer)
        )

    def _program(self, journey: Journey, version: int) -> Program:
        return compile_program(journey, version, self.kernels, self.company)

    def _answer(self, when: Condition) -> Answer:
        return compile_matcher(self.kernels.normalize(when), self.company)

    def _kept_answer(self, when: Condition) -> Answer:
        """Compile a condition that is kept up to date. What a segment asks already is not asked twice."""
        kernel = self.kernels.normalize(when)
        known = self.segment_of.get(repr(kernel))
        return compile_matcher(InSegment(known) if known else kernel, self.company)


def _may_hold_at_birth(watch: Watch) -> bool:
    """Whether it holds for somebody of whom nothing is known, may hold at some time, or for some by chance."""
    return (
        watch.test(_NOBODY, 0, NOWHERE)
        or (watch.lapse is not None and watch.lapse(_NOBODY, 0, NOWHERE) > 0)
        or BY_CHANCE in watch.keys
    )


def _watchers(watches: Sequence[Watch]) -> dict[Key, tuple[int, ...]]:
    found: dict[Key, list[int]] = {}
    for watch in watches:
        for key in watch.keys:
            found.setdefault(key, []).append(watch.rank)
    return _frozen(found)


def _frozen(lists: Mapping[_K, list[_V]]) -> dict[_K, tuple[_V, ...]]:
    return {key: tuple(values) for key, values in lists.items()}
