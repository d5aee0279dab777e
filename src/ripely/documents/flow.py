"""The sense of a journey's drawing: what starts it, where its steps lead, and whether it can end."""

from collections.abc import Iterator, Mapping

from ripely.documents.conditions import may_come_true
from ripely.documents.nearest import suggestion
from ripely.documents.source import join
from ripely.model.action import Notify, Send, Task, Update, Webhook
from ripely.model.ids import StepId
from ripely.model.journey import Await, Branch, Journey, Split, Step, Wait, WaitUntil, targets
from ripely.model.problem import Problem

_ACTIONS = (Send, Update, Task, Notify, Webhook)


def check_journey(journey: Journey) -> Iterator[Problem]:
    if not journey.triggers:
        yield Problem("no_trigger", "$.triggers", "Nothing starts this journey: add a trigger.")
    if not any(isinstance(step, _ACTIONS) for step in journey.steps.values()):
        sentence = "This journey does nothing: add a step that sends, asks, tells or updates."
        yield Problem("no_action", "$.steps", sentence)
    if journey.reentry_after is not None and journey.reentry == "once":
        sentence = (
            'A contact enters once, so "reentry_after" never counts; say "reentry: always".'
        )
        yield Problem("contradiction", "$.reentry_after", sentence)
    yield from _targets(journey)
    yield from _unreachable(journey)
    yield from _loops(journey)
    for name, step in journey.steps.items():
        yield from _step(join("$.steps", name), step)


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
    """One problem for each circle that a contact could run round in no time."""
    ways = {name: _ways_without_waiting(step) for name, step in journey.steps.items()}
    told: set[StepId] = set()
    for name in journey.steps:
        circle = {each for each in _after(name, ways) if name in _after(each, ways)}
        if name in circle and not circle & told:
            told |= circle
            round_trip = ", ".join(f'"{each}"' for each in journey.steps if each in circle)
            sentence = (
                f"A contact would go round {round_trip} without end: put a wait in between."
            )
            yield Problem("endless_loop", join("$.steps", name), sentence)


def _ways(step: Step) -> set[StepId]:
    return {target for _, target in targets(step)}


def _ways_without_waiting(step: Step) -> set[StepId]:
    match step:
        case WaitUntil():
            return set()
        case Wait(period=period):
            return set() if period else _ways(step)
        case Await(then=then, otherwise=otherwise, timeout=timeout):
            taken = (then,) if timeout else (then, otherwise)
            return {target for target in taken if target is not None}
        case _:
            return _ways(step)


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


def _step(path: str, step: Step) -> Iterator[Problem]:
    match step:
        case Branch():
            yield from _branch(path, step)
        case Split(arms):
            names = {arm.name for arm in arms}
            if len(arms) < 2 or len(names) < len(arms):
                sentence = "A split needs two arms or more, each with its own name."
                yield Problem("bad_split", join(path, "arms"), sentence)
        case Await(condition=condition) if not may_come_true(condition):
            sentence = "Waiting cannot make this true: it either holds at once or never will."
            yield Problem("never_true", join(path, "until"), sentence)
        case Update() if step == Update(then=step.then):
            yield Problem("empty_update", path, "This update changes nothing.")
        case Webhook(url=url) if not url.startswith(("https://", "http://")):
            sentence = "A webhook calls an address like https://example.com/hook."
            yield Problem("bad_url", join(path, "url"), sentence)
        case _:
            pass


def _branch(path: str, branch: Branch) -> Iterator[Problem]:
    if not branch.cases:
        yield Problem("empty_branch", join(path, "cases"), "This branch has no cases.")
    elif branch.otherwise is None and all(case.then is None for case in branch.cases):
        yield Problem("empty_branch", path, "Every way out of this branch leads nowhere.")
