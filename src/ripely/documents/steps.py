"""The sense of each step of a journey, looked at by itself."""

from collections.abc import Iterator

from ripely.documents.actions import check_action
from ripely.documents.conditions import may_come_true
from ripely.documents.nearest import suggestion
from ripely.documents.source import join
from ripely.model.action import Action, StartJourney, StopJourney
from ripely.model.condition import Condition
from ripely.model.ids import JourneyId
from ripely.model.journey import (
    Arm,
    Await,
    AwaitAny,
    AwaitEvent,
    Branch,
    Experiment,
    Split,
    Step,
    Together,
    WaitUntil,
)
from ripely.model.problem import Problem


def check_step(path: str, step: Step, journey: JourneyId) -> Iterator[Problem]:
    match step:
        case Branch() | Split() | Experiment():
            yield from _fork(path, step)
        case WaitUntil():
            yield from _wait_until(path, step)
        case Await() | AwaitAny() | AwaitEvent():
            yield from _await(path, step)
        case Together(actions):
            yield from _together(path, actions, journey)
        case _:
            yield from _action(path, step, journey)


def _fork(path: str, step: Branch | Split | Experiment) -> Iterator[Problem]:
    if not isinstance(step, Branch):
        kind = "A split" if isinstance(step, Split) else "An experiment"
        yield from _arms(path, kind, step.arms)
    elif not step.cases:
        yield Problem("empty_branch", join(path, "cases"), "This branch has no cases.")
    elif step.otherwise is None and all(case.then is None for case in step.cases):
        yield Problem("empty_branch", path, "Every way out of this branch leads nowhere.")
    if isinstance(step, Experiment):
        yield from _experiment(path, step)


def _arms(path: str, kind: str, arms: tuple[Arm, ...]) -> Iterator[Problem]:
    if len(arms) < 2 or len({arm.name for arm in arms}) < len(arms):
        sentence = f"{kind} needs two arms or more, each with its own name."
        yield Problem("bad_split", join(path, "arms"), sentence)


def _experiment(path: str, step: Experiment) -> Iterator[Problem]:
    names = [arm.name for arm in step.arms]
    if step.winner and step.winner not in names:
        sentence = f'"{step.winner}" is no arm of this experiment'
        said = sentence + suggestion(step.winner, names)
        yield Problem("unknown_choice", join(path, "winner"), said)
    if not step.within:
        sentence = "Nothing is reached within no time."
        yield Problem("contradiction", join(path, "within"), sentence)
    yield from _comes_true(join(path, "metric"), step.metric, "No way could bring this about")


def _await(path: str, step: Await | AwaitAny | AwaitEvent) -> Iterator[Problem]:
    match step:
        case Await(condition):
            yield from _comes_true(
                join(path, "until"), condition, "Waiting cannot make this true"
            )
        case AwaitAny(cases):
            if not cases:
                sentence = "This waits for nothing: it has no cases."
                yield Problem("empty_branch", join(path, "cases"), sentence)
            elif not any(may_come_true(case.condition) for case in cases):
                sentence = (
                    "Waiting cannot make any of these true: each holds at once or never will."
                )
                yield Problem("never_true", join(path, "cases"), sentence)
        case AwaitEvent(timeout=timeout) if not timeout:
            sentence = "Nothing comes within no time."
            yield Problem("contradiction", join(path, "timeout"), sentence)
        case _:
            pass


def _comes_true(path: str, condition: Condition, why: str) -> Iterator[Problem]:
    if not may_come_true(condition):
        sentence = f"{why}: it either holds at once or never will."
        yield Problem("never_true", path, sentence)


def _wait_until(path: str, step: WaitUntil) -> Iterator[Problem]:
    on_day = bool(step.day or step.attribute)
    if not (on_day or step.at or step.weekdays or step.business_hours or step.best_time):
        sentence = (
            'This waits for nothing: say "at", "weekdays", "day", "attribute",'
            ' "business_hours" or "best_time".'
        )
        yield Problem("missing_field", path, sentence)
    if step.day and step.attribute:
        sentence = 'A wait ends on one day: say "day" or "attribute".'
        yield Problem("contradiction", join(path, "attribute"), sentence)
    if step.best_time and (on_day or step.business_hours):
        sentence = 'The best time is of the next days: it goes with "weekdays" and "at" alone.'
        yield Problem("contradiction", join(path, "best_time"), sentence)
    if step.offset_days and not step.attribute:
        sentence = '"offset_days" is counted from a day in an "attribute".'
        yield Problem("contradiction", join(path, "offset_days"), sentence)
    if step.if_past == "exit" and not on_day:
        sentence = 'Only a "day", or one in an "attribute", can be past.'
        yield Problem("contradiction", join(path, "if_past"), sentence)


def _together(path: str, actions: tuple[Action, ...], journey: JourneyId) -> Iterator[Problem]:
    if not actions:
        sentence = "This does nothing: it has no actions."
        yield Problem("empty_branch", join(path, "actions"), sentence)
    for number, action in enumerate(actions):
        where = join(join(path, "actions"), number)
        if action.then is not None:
            sentence = 'What is done together has one "then", beside "actions".'
            yield Problem("contradiction", join(where, "then"), sentence)
        yield from _action(where, action, journey)


def _action(path: str, step: Step, journey: JourneyId) -> Iterator[Problem]:
    match step:
        case StartJourney(journey=other) if other == journey:
            sentence = "A journey cannot start itself: who is inside is not let in again."
            yield Problem("contradiction", join(path, "journey"), sentence)
        case StopJourney(journey=other) if other == journey:
            sentence = 'A journey stops itself by a step "do: exit".'
            yield Problem("contradiction", join(path, "journey"), sentence)
        case _:
            yield from check_action(path, step)
