"""Journeys for reading: live counters, the drawing with people at each step."""

from collections.abc import Mapping, Sequence

import msgspec

from ripely.model.journey import Journey
from ripely.operations.outline import Counts, Node, outline
from ripely.operations.tallies import tallies
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names
from ripely.operations.wording.triggers import say_trigger


class Line(msgspec.Struct, frozen=True):
    """A journey in the list."""

    journey: Journey
    version: int
    entered: int
    inside: int
    exited: int
    goal: int

    @property
    def rate(self) -> str:
        """The share of those who have finished that reached the goal."""
        finished = self.goal + self.exited
        return f"{self.goal / finished:.0%}" if finished else ""


class Detail(msgspec.Struct, frozen=True):
    line: Line
    triggers: Sequence[str]
    filter: str
    goal: str
    nodes: Sequence[Node]


def lines(names: Names, versions: Mapping[str, int]) -> Sequence[Line]:
    counters = tallies("journey")
    found = [
        _line(journey, versions, counters.get(journey.id, {}))
        for journey in names.journeys.values()
    ]
    return sorted(found, key=lambda line: (-line.inside, line.journey.name))


def detail(journey: Journey, names: Names, versions: Mapping[str, int]) -> Detail:
    counted = tallies("journey", journey.id).get(journey.id, {})
    steps = tallies("step", journey.id).get(journey.id, {})
    return Detail(
        line=_line(journey, versions, counted),
        triggers=[say_trigger(trigger, names) for trigger in journey.triggers],
        filter=say(journey.filter, names) if journey.filter else "",
        goal=say(journey.goal.condition, names) if journey.goal else "",
        nodes=outline(journey, names, _counts(steps)),
    )


def _line(journey: Journey, versions: Mapping[str, int], counted: Mapping[str, int]) -> Line:
    entered, exited = counted.get("entered", 0), counted.get("exited", 0)
    goal = counted.get("goal", 0)
    return Line(
        journey=journey,
        version=versions.get(f"journey/{journey.id}", 1),
        entered=entered,
        inside=max(0, entered - exited - goal),
        exited=exited,
        goal=goal,
    )


def _counts(steps: Mapping[str, int]) -> Mapping[str, Counts]:
    found: dict[str, Counts] = {}
    for item in steps:
        step = item.rpartition(":")[0]
        inside, passed = steps.get(f"{step}:inside", 0), steps.get(f"{step}:passed", 0)
        found[step] = Counts(max(0, inside), passed)
    return found
