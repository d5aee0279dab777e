"""Whom journeys would write to after a change, beside whom they write to now: nobody is written to by mistake."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from ripely.compiler.ruleset import Published
from ripely.documents.finding import Finding, locate
from ripely.model.condition import All, LifecycleIs
from ripely.model.definition import Definition
from ripely.model.ids import SegmentId
from ripely.model.journey import Journey
from ripely.model.problem import Problem
from ripely.model.segment import Segment
from ripely.model.words import LIFECYCLE, LifecycleLevel
from ripely.operations.audience.audiences import Ground, counted
from ripely.operations.audience.entering import Group, group_of
from ripely.operations.publishing.definitions import Plan
from ripely.operations.publishing.gate import Refusal, standing
from ripely.operations.publishing.people import Plans
from ripely.operations.wording.names import names_of
from ripely.ports import AskError, Warehouse
from ripely.runtime.backtest.course import sends_of
from ripely.runtime.backtest.report import content_of

FEW = 100
"""So many contacts more or less surprise nobody."""
TIMES = 3
SHIFTED = 0.5
NEARLY_ALL = 0.9
_LEVELS: Mapping[LifecycleLevel, str] = {
    "visitor": "visitors",
    "potential_lead": "potential leads",
    "lead": "leads",
    "customer": "customers",
}


class Reach(msgspec.Struct, frozen=True):
    """How many of all contacts a journey can begin for as they are now, and how many of each level."""

    people: int
    inside: int
    levels: Mapping[LifecycleLevel, int]

    def share(self, level: LifecycleLevel) -> float:
        return self.levels[level] / self.inside if self.inside else 0.0


def surprises(
    before: Published, after: Sequence[Definition], ground: Ground, author: str
) -> Iterator[Refusal]:
    """Yield each journey that would write to surprisingly many, or to others, and was approved by nobody else.

    Raises `AskError` when the archive cannot be asked.
    """
    journeys = {journey.id: journey for _, journey in before.journeys}
    old, new = _segments(before.definitions), _segments(after)
    changed = {one for one in old | new if old.get(one) != new.get(one)}
    for journey in (one for one in after if isinstance(one, Journey)):
        if journey.paused or not any(
            send.purpose != "transactional" for send in sends_of(journey)
        ):
            continue
        live = journeys.get(journey.id)
        now = group_of(journey, {key: new[key] for key in changed & new.keys()})
        then = group_of(live, {key: old[key] for key in changed & old.keys()}) if live else None
        if now == then:
            continue
        found = list(_surprises(then, now, ground))
        content = content_of(journey)
        is_same = live is not None and content_of(live) == content
        if found and (is_same or not standing(journey.id, content, author).approvals):
            yield journey, content, " ".join(found)


def ground_of(before: Published, plan: Plan, warehouse: Warehouse, now: datetime) -> Ground:
    """Return what is asked of: the archive now, with the scores that hold and those that would."""
    together = (*before.definitions, *plan.definitions)
    return Ground(warehouse, names_of(together, before.company), now)


def objections(
    plan: Plan, before: Published, ground: Ground, author: str, plans: Plans
) -> tuple[list[Finding], Plans]:
    """Return what speaks against publishing a plan, and the plans by which it may be published.

    They hold for what was in force here, and know what is passed over `anyway`, to be recorded.
    """
    looked = (
        plans
        if plans.seen is not None
        else msgspec.structs.replace(plans, seen=before.versions)
    )
    if plan.errors:
        return [], looked
    try:
        found = tuple(surprises(before, plan.definitions, ground, author))
    except AskError as wrong:
        sentence = f"Whom the change would write to could not be counted: {wrong}"
        return [locate("archive", {}, Problem("uncounted", "$", sentence))], looked
    if plans.anyway:
        return [], msgspec.structs.replace(looked, passed=found)
    findings = [
        locate(f"journey/{journey.id}", {}, Problem("surprising", "$", _sentence(journey, why)))
        for journey, _, why in found
    ]
    return findings, looked


def reach_of(group: Group, ground: Ground) -> Reach:
    of_level = [LifecycleIs((level,)) for level in LIFECYCLE]
    if group.when is None:
        people, *levels = counted(of_level, ground)
        return Reach(people, people, dict(zip(LIFECYCLE, levels, strict=True)))
    asked = [group.when, *(All((group.when, level)) for level in of_level)]
    people, inside, *levels = counted(asked, ground)
    return Reach(people, inside, dict(zip(LIFECYCLE, levels, strict=True)))


def _surprises(then: Group | None, now: Group, ground: Ground) -> Iterator[str]:
    reach = reach_of(now, ground)
    if then is None:
        nearly_all = reach.inside >= max(FEW, NEARLY_ALL * reach.people)
        if now.at_once and nearly_all:
            yield f"It would write to {reach.inside:,} of all {reach.people:,} contacts."
        return
    known = reach_of(then, ground)
    more = reach.inside - known.inside
    if more >= FEW and reach.inside >= TIMES * known.inside:
        contacts = "contact" if known.inside == 1 else "contacts"
        yield f"It can begin for {known.inside:,} {contacts} now, and would for {reach.inside:,}."
    if min(reach.inside, known.inside) == 0 or reach.inside < FEW:
        return
    for level, words in _LEVELS.items():
        if abs(reach.share(level) - known.share(level)) >= SHIFTED:
            yield (
                f"Of those whom it can begin for, {known.share(level):.0%} are {words} now,"
                f" and {reach.share(level):.0%} would be."
            )


def _segments(definitions: Sequence[Definition]) -> dict[SegmentId, Segment]:
    return {one.id: one for one in definitions if isinstance(one, Segment)}


def _sentence(journey: Journey, why: str) -> str:
    return f"“{journey.name}” may go to the wrong people. {why} Let somebody else approve it, or publish it anyway."
