"""The sense of a journey's drawing: what starts it, where its steps lead, and whether it can end."""

from collections.abc import Iterator, Mapping
from typing import get_args

from ripely.documents.circles import circles
from ripely.documents.conditions import may_come_true
from ripely.documents.nearest import suggestion
from ripely.documents.source import join
from ripely.documents.steps import check_step
from ripely.model.action import Action
from ripely.model.ids import StepId
from ripely.model.journey import (
    Await,
    AwaitAny,
    AwaitEvent,
    Journey,
    Leave,
    Repeat,
    Step,
    Together,
    Wait,
    WaitUntil,
    targets,
)
from ripely.model.problem import Problem

_ACTS = (*get_args(Action), Together)
STEPS_MAX = 1_000
CIRCLE_S_MIN = 60
"""How long it takes at least to go round a circle that does not end: each round is work for each contact."""


def check_journey(journey: Journey) -> Iterator[Problem]:
    if len(journey.steps) > STEPS_MAX:
        sentence = (
            f"A journey has up to {STEPS_MAX:,} steps; this one has {len(journey.steps):,}."
        )
        yield Problem("out_of_range", "$.steps", sentence)
        return
    if not journey.triggers:
        yield Problem("no_trigger", "$.triggers", "Nothing starts this journey: add a trigger.")
    if not any(isinstance(step, _ACTS) for step in journey.steps.values()):
        sentence = "This journey does nothing: add a step that sends, asks, tells or updates."
        yield Problem("no_action", "$.steps", sentence)
    yield from _settings(journey)
    yield from _targets(journey)
    yield from _unreachable(journey)
    yield from _loops(journey)
    for name, step in journey.steps.items():
        yield from check_step(join("$.steps", name), step, journey.id)
    for number, rule in enumerate(journey.leave):
        yield from _leave(f"$.leave[{number}]", rule)


def _settings(journey: Journey) -> Iterator[Problem]:
    comes_once = journey.reentry == "once" and not journey.reentry_per
    if journey.reentry_after is not None and comes_once:
        sentence = (
            'A contact enters once, so "reentry_after" never counts; say "reentry: always".'
        )
        yield Problem("contradiction", "$.reentry_after", sentence)
    goal = journey.goal
    if journey.holdout and (goal is None or goal.within is None):
        sentence = 'Who is kept out can only be compared by a goal: say "goal", with "within".'
        yield Problem("missing_field", "$.holdout", sentence)
    if goal is not None and goal.within == 0:
        sentence = "Nothing is reached within no time."
        yield Problem("contradiction", "$.goal.within", sentence)


def _leave(path: str, rule: Leave) -> Iterator[Problem]:
    if (rule.condition is None) == (rule.event is None):
        sentence = 'A reason to leave is a condition ("when") or an "event": say one of them.'
        yield Problem("missing_field", path, sentence)
    if rule.same and rule.event is None:
        sentence = '"same" compares two events, so it needs "event".'
        yield Problem("contradiction", join(path, "same"), sentence)
    if rule.condition is not None and not may_come_true(rule.condition):
        sentence = (
            "This never becomes true for somebody inside: who fulfils it already is not let in."
        )
        yield Problem("never_true", join(path, "when"), sentence)


def _targets(journey: Journey) -> Iterator[Problem]:
    steps = journey.steps
    if journey.start not in steps:
        sentence = f'The journey starts at "{journey.start}", which is no step'
        yield Problem("missing_target", "$.start", sentence + suggestion(journey.start, steps))
    for name, step in steps.items():
        for part, target in targets(step):
            if target not in steps:
                sentence = f'"{name}" leads to "{target}", which is no step'
                path = f"{join('$.steps', name)}.{part}"
                yield Problem("missing_target", path, sentence + suggestion(target, steps))


def _unreachable(journey: Journey) -> Iterator[Problem]:
    ways = {name: _ways(step) for name, step in journey.steps.items()}
    reached = _reached(journey.start, ways)
    # When the start is no step at all, to call every step unreachable would say nothing.
    for name in journey.steps if journey.start in journey.steps else ():
        if name not in reached:
            sentence = f'Nothing leads to "{name}".'
            yield Problem("unreachable_step", join("$.steps", name), sentence)


def _loops(journey: Journey) -> Iterator[Problem]:
    """One problem for each circle that a contact could run round in no time, or in next to none for ever."""
    steps = journey.steps.items()
    at_once = {name: _ways_without_waiting(step, 1) for name, step in steps}
    soon = {
        name: _ways_without_waiting(step, CIRCLE_S_MIN) - _ends_by_itself(step)
        for name, step in steps
    }
    hurried = [*_circles(journey, at_once, "")]
    yield from hurried or _circles(journey, soon, f" of {CIRCLE_S_MIN} seconds or more")


def _circles(
    journey: Journey, ways: Mapping[StepId, set[StepId]], long_enough: str
) -> Iterator[Problem]:
    place = {name: number for number, name in enumerate(journey.steps)}
    found = [sorted(circle, key=lambda name: place[name]) for circle in circles(ways)]
    for circle in sorted(found, key=lambda names: place[names[0]]):
        round_trip = ", ".join(f'"{each}"' for each in circle)
        ends = any(isinstance(journey.steps[each], Repeat) for each in circle)
        how = "again and again at one moment" if ends else "without end"
        sentence = (
            f"A contact would go round {round_trip} {how}: put a wait{long_enough} in between."
        )
        yield Problem("endless_loop", join("$.steps", circle[0]), sentence)


def _ways(step: Step) -> set[StepId]:
    return {target for _, target in targets(step)}


def _ends_by_itself(step: Step) -> set[StepId]:
    return {step.back_to} if isinstance(step, Repeat) else set()


def _ways_without_waiting(step: Step, least_s: int) -> set[StepId]:
    """Where a step leads that waits for less than `least_s`."""
    match step:
        case WaitUntil():
            return _ways(step) if _may_be_over(step) else set()
        case Wait(period=period):
            return set() if period >= least_s else _ways(step)
        case Await(then=then, otherwise=otherwise, timeout=timeout):
            taken = [then] if timeout >= least_s else [then, otherwise]
        case AwaitAny(cases, timeout, otherwise):
            taken = [case.then for case in cases] + ([] if timeout >= least_s else [otherwise])
        case AwaitEvent(otherwise=otherwise, timeout=timeout):
            taken = [] if timeout >= least_s else [otherwise]
        case _:
            return _ways(step)
    return {target for target in taken if target is not None}


def _may_be_over(step: WaitUntil) -> bool:
    """Whether there may be nothing to wait for: the day is past, or the company is open."""
    return bool(step.day or step.attribute or (step.business_hours and not step.at))


def _reached(start: StepId, ways: Mapping[StepId, set[StepId]]) -> set[StepId]:
    return {start} | _after(start, ways)


def _after(start: StepId, ways: Mapping[StepId, set[StepId]]) -> set[StepId]:
    """Every step that can come after `start`; `start` itself only when something leads back."""
    found: set[StepId] = set()
    waiting = [start]
    while waiting:
        new = ways.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
