"""A journey as a drawing: a chain of steps, with the ways of a branch side by side."""

from collections.abc import Mapping, Sequence

import msgspec

from ripely.model.ids import StepId
from ripely.model.journey import (
    Await,
    AwaitAny,
    AwaitEvent,
    Branch,
    Exit,
    Experiment,
    Journey,
    Repeat,
    Split,
    Step,
)
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.steps import describe

DEPTH_MAX = 12


class Counts(msgspec.Struct, frozen=True):
    """People at a step now, and those who have passed it."""

    inside: int = 0
    passed: int = 0


class Node(msgspec.Struct, frozen=True):
    """A step as drawn. `jump` is set when this chain goes on at a step drawn elsewhere."""

    id: str
    icon: str
    title: str
    detail: str
    counts: Counts
    ways: "tuple[Way, ...]" = ()
    jump: str = ""


class Way(msgspec.Struct, frozen=True):
    """What a branch may do: its label, and the chain it leads to."""

    label: str
    nodes: Sequence[Node]


def outline(journey: Journey, names: Names, counts: Mapping[str, Counts]) -> list[Node]:
    """Return the chain from the first step; every step is drawn once, later ones jump to it."""
    return _Drawing(journey, names, counts).chain(journey.start, 0)


class _Drawing:
    def __init__(self, journey: Journey, names: Names, counts: Mapping[str, Counts]) -> None:
        self.journey = journey
        self.names = names
        self.counts = counts
        self.drawn: set[StepId] = set()

    def chain(self, at: StepId | None, depth: int) -> list[Node]:
        nodes: list[Node] = []
        while at is not None:
            step = self.journey.steps.get(at)
            if step is None or at in self.drawn or depth > DEPTH_MAX:
                nodes.append(Node(at, "arrow-right", spoken(at), "", Counts(), jump=at))
                break
            self.drawn.add(at)
            nodes.append(self.node(at, step, depth))
            at = _next(step)
        return nodes

    def node(self, at: StepId, step: Step, depth: int) -> Node:
        icon, detail = describe(step, self.names)
        ways = tuple(
            Way(label, self.chain(target, depth + 1))
            for label, target in _ways(step, self.names)
        )
        return Node(at, icon, spoken(at), detail, self.counts.get(at, Counts()), ways)


def _next(step: Step) -> StepId | None:
    """Return where the chain goes on, for a step that has one way."""
    match step:
        case Branch() | Split() | Experiment() | Await() | AwaitAny() | AwaitEvent() | Exit():
            return None
        case Repeat(then=then):
            return then
        case _:
            return step.then


def _ways(step: Step, names: Names) -> list[tuple[str, StepId | None]]:
    match step:
        case Branch(cases, otherwise):
            ways = [(say(case.condition, names), case.then) for case in cases]
            return [*ways, ("otherwise", otherwise)]
        case AwaitAny(cases, _, otherwise):
            ways = [(say(case.condition, names), case.then) for case in cases]
            return [*ways, ("time ran out", otherwise)]
        case Split(arms) | Experiment(arms):
            total = sum(arm.weight for arm in arms)
            return [(f"{arm.name}, {arm.weight / total:.0%}", arm.then) for arm in arms]
        case Await(then=then, otherwise=otherwise):
            return [("it came true", then), ("time ran out", otherwise)]
        case AwaitEvent(then=then, otherwise=otherwise):
            return [("it happened", then), ("time ran out", otherwise)]
        case _:
            return []
