"""A journey as a drawing: a chain of steps, with the ways of a branch side by side."""

from collections.abc import Mapping, Sequence
from typing import assert_never

import msgspec

from ripely.model.action import Notify, Send, Task, Update, Webhook
from ripely.model.ids import StepId
from ripely.model.journey import Await, Branch, Exit, Journey, Split, Step, Wait, WaitUntil
from ripely.operations.names import Names, spoken, text
from ripely.operations.wording.conditions import say
from ripely.operations.wording.phrases import long_duration

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


def describe(step: Step, names: Names) -> tuple[str, str]:
    """Return the icon of a step, and what it does in a few words."""
    match step:
        case Send(template, channel):
            return "mail", f"Send {channel} “{names.template(template)}”"
        case Wait() | WaitUntil() | Await():
            return _waits(step, names)
        case Branch() | Split():
            return "git-branch", "Take the first way that fits" if isinstance(
                step, Branch
            ) else "Split by chance"
        case Update():
            return "edit", _changes(step, names)
        case Task() | Notify() | Webhook():
            return _asks(step)
        case Exit(reason):
            return "flag", f"Leave the journey: {reason}" if reason else "Leave the journey"
        case unknown:
            assert_never(unknown)


def _waits(step: Wait | WaitUntil | Await, names: Names) -> tuple[str, str]:
    match step:
        case Wait(period):
            return "hourglass", f"Wait {long_duration(period)}"
        case WaitUntil(at, weekdays):
            days = f" on {', '.join(day.capitalize() for day in weekdays)}" if weekdays else ""
            return "clock", f"Wait until {at}{days}, the contact's time"
        case Await(condition, timeout):
            words = say(condition, names)
            return "hourglass", f"Wait until {words}, at most {long_duration(timeout)}"
        case unknown:
            assert_never(unknown)


def _asks(step: Task | Notify | Webhook) -> tuple[str, str]:
    match step:
        case Task():
            icon = "phone" if step.type == "call" else "clipboard"
            return icon, f"{step.title}, within {long_duration(step.due)}"
        case Notify(message, to):
            return "bell", f"Tell {to}: {message}"
        case Webhook(url):
            return "webhook", f"Call {url}"
        case unknown:
            assert_never(unknown)


def _changes(step: Update, names: Names) -> str:
    parts = [f"{spoken(name)} becomes “{text(value)}”" for name, value in step.set.items()]
    parts += [f"add the tag “{tag}”" for tag in step.add_tags]
    parts += [f"remove the tag “{tag}”" for tag in step.remove_tags]
    parts += [f"{names.score(score)} {points:+d}" for score, points in step.add_points.items()]
    return ", ".join(parts) or "Change nothing"


def _next(step: Step) -> StepId | None:
    return None if isinstance(step, Branch | Split | Await | Exit) else step.then


def _ways(step: Step, names: Names) -> list[tuple[str, StepId | None]]:
    match step:
        case Branch(cases, otherwise):
            ways = [(say(case.condition, names), case.then) for case in cases]
            return [*ways, ("otherwise", otherwise)]
        case Split(arms):
            total = sum(arm.weight for arm in arms)
            return [(f"{arm.name}, {arm.weight / total:.0%}", arm.then) for arm in arms]
        case Await(then=then, otherwise=otherwise):
            return [("it came true", then), ("time ran out", otherwise)]
        case _:
            return []
