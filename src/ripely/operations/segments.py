"""Segments for reading: how many are in, the rule in words, and what uses it."""

from collections.abc import Mapping, Sequence

import msgspec

from ripely.model.condition import Condition, InSegment, walk
from ripely.model.journey import Await, Branch, Journey
from ripely.model.segment import Segment
from ripely.model.trigger import OnCondition, OnSegment
from ripely.operations.tallies import tallies
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names


class Line(msgspec.Struct, frozen=True):
    """A segment in the list. Strangers count as much as contacts with a name."""

    segment: Segment
    rule: str
    inside: int
    entered: int
    left: int


class Detail(msgspec.Struct, frozen=True):
    line: Line
    journeys: Sequence[Journey]
    segments: Sequence[Segment]


def lines(names: Names) -> Sequence[Line]:
    counters = tallies("segment")
    found = [_line(one, names, counters.get(one.id, {})) for one in names.segments.values()]
    return sorted(found, key=lambda line: (-line.inside, line.segment.name))


def detail(segment: Segment, names: Names) -> Detail:
    counted = tallies("segment", segment.id).get(segment.id, {})
    return Detail(
        line=_line(segment, names, counted),
        journeys=[j for j in names.journeys.values() if segment.id in _used(j)],
        segments=[s for s in names.segments.values() if segment.id in _named(s.when)],
    )


def _line(segment: Segment, names: Names, counted: Mapping[str, int]) -> Line:
    return Line(
        segment=segment,
        rule=f"Everyone of whom this is true: {say(segment.when, names)}",
        inside=max(0, counted.get("now", 0)),
        entered=counted.get("entered", 0),
        left=counted.get("left", 0),
    )


def _used(journey: Journey) -> set[str]:
    """The segments that a journey looks at."""
    asked: list[Condition] = [journey.filter] if journey.filter else []
    asked += [journey.goal.condition] if journey.goal else []
    asked += [t.when for t in journey.triggers if isinstance(t, OnCondition)]
    for step in journey.steps.values():
        if isinstance(step, Await):
            asked.append(step.condition)
        elif isinstance(step, Branch):
            asked += [case.condition for case in step.cases]
    triggers = {t.id for t in journey.triggers if isinstance(t, OnSegment)}
    return triggers.union(*(_named(condition) for condition in asked))


def _named(condition: Condition) -> set[str]:
    return {one.id for one in walk(condition) if isinstance(one, InSegment)}
