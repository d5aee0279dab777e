"""What no path comes to: steps, ways, triggers and goals that never fire; and ways that do nothing."""

from collections.abc import Iterator

from ripely.documents.source import join
from ripely.model.action import Send
from ripely.model.ids import StepId
from ripely.model.journey import (
    AwaitAny,
    Branch,
    Case,
    Experiment,
    Journey,
    Repeat,
    Split,
    targets,
)
from ripely.operations.paths.contradictions import why_never
from ripely.operations.paths.exploring import Explored
from ripely.operations.paths.finding import Weakness
from ripely.operations.paths.telling import THE_END
from ripely.operations.paths.trail import EXITED, GOAL, HELD, STEP, Mark
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names, spoken

_WAITS = frozenset({"wait", "wait_until", "await", "await_any", "await_event"})
_LEADS = frozenset({"branch", "split", "experiment", "repeat", "exit"})


def unreached(journey: Journey, explored: Explored, names: Names) -> Iterator[Weakness]:
    for number in explored.asleep:
        sentence = "Nobody was found whom this trigger lets in."
        yield Weakness("warning", "trigger_asleep", f"$.triggers[{number}]", sentence)
    if not explored.paths:
        sentence = "Nobody was found who can enter: look at the entry filter and the goal."
        yield Weakness("problem", "nobody_enters", "$.filter", sentence)
        return
    yield from _cases(journey, names)
    if explored.complete:
        yield from _steps(journey, explored)
        yield from _ways(journey, explored, names)
        yield from _ends(journey, explored)


def dead_ends(journey: Journey, explored: Explored) -> Iterator[Weakness]:
    """Return the ways on which somebody goes through the whole journey, and nothing is done for them."""
    told: set[StepId] = set()
    for path in explored.paths:
        last = path.marks[-1]
        if last.kind != EXITED or last.way != THE_END or last.step in told:
            continue
        if not any(mark.way == HELD or _acts(journey, mark) for mark in path.marks):
            told.add(last.step)
            sentence = f"Some come to the end at “{spoken(last.step)}” without anything having been done for them."
            yield Weakness("hint", "dead_end", join("$.steps", last.step), sentence)


def circles(journey: Journey) -> Iterator[Weakness]:
    """Return the circles on which nothing is done, however often somebody goes round."""
    for name, step in journey.steps.items():
        if isinstance(step, Repeat):
            round_trip = _between(journey, step.back_to, name)
            if round_trip and not any(_does(journey, one) for one in round_trip):
                sentence = f"From “{spoken(step.back_to)}” back to here nothing is done, however often it is repeated."
                yield Weakness("warning", "idle_circle", join("$.steps", name), sentence)


def _steps(journey: Journey, explored: Explored) -> Iterator[Weakness]:
    reached = {mark.step for path in explored.paths for mark in path.marks}
    for name in journey.steps:
        if name not in reached:
            sentence = f"Nobody was found who comes to “{spoken(name)}”."
            yield Weakness("warning", "never_reached", join("$.steps", name), sentence)


def _ways(journey: Journey, explored: Explored, names: Names) -> Iterator[Weakness]:
    """Return the ways of steps that somebody comes to and nobody takes."""
    for step, way in sorted(explored.unfound):
        at = journey.steps.get(step)
        place = join("$.steps", step)
        match at:
            case Branch(cases) | AwaitAny(cases=cases) if way.startswith("case "):
                number = int(way.removeprefix("case "))
                if _why(journey, cases, number, names) is None:
                    said = say(cases[number - 1].condition, names)
                    sentence = f"Nobody was found for whom {said} here."
                    yield Weakness(
                        "warning", "never_taken", f"{place}.cases[{number - 1}]", sentence
                    )
            case Split() | Experiment():
                sentence = f"Nobody was found who goes the way “{way}”."
                yield Weakness("hint", "never_taken", place, sentence)
            case _ if way in {"yes", "heard"}:
                sentence = "Nobody was found for whom this wait ends before time runs out."
                yield Weakness("warning", "never_taken", place, sentence)
            case Branch() if way == "otherwise":
                sentence = "Nobody was found for whom none of the cases holds: “otherwise” is never taken."
                yield Weakness("hint", "never_taken", f"{place}.otherwise", sentence)
            case _:
                pass


def _ends(journey: Journey, explored: Explored) -> Iterator[Weakness]:
    ended = {(mark.kind, mark.way) for path in explored.paths for mark in path.marks[-1:]}
    tried = {way for _, way in explored.unfound}
    goal = journey.goal
    counts_later = goal is not None and goal.within is not None
    if (
        goal is not None
        and not counts_later
        and goal.name in tried
        and (GOAL, goal.name) not in ended
    ):
        sentence = "Nobody was found who reaches the goal inside the journey."
        yield Weakness("warning", "goal_never", "$.goal", sentence)
    for number, rule in enumerate(journey.leave):
        reason = rule.reason or (rule.event.event if rule.event else "a reason to leave")
        if reason in tried and (EXITED, reason) not in ended:
            sentence = f"Nobody was found who leaves for this reason: {reason}."
            yield Weakness("hint", "never_left", f"$.leave[{number}]", sentence)


def _cases(journey: Journey, names: Names) -> Iterator[Weakness]:
    """Return the cases that cannot hold, whoever comes."""
    for name, step in journey.steps.items():
        if isinstance(step, Branch | AwaitAny):
            for number in range(1, len(step.cases) + 1):
                why = _why(journey, step.cases, number, names)
                if why is not None:
                    place = f"{join('$.steps', name)}.cases[{number - 1}]"
                    yield Weakness("problem", "never_holds", place, why)


def _why(journey: Journey, cases: tuple[Case, ...], number: int, names: Names) -> str | None:
    earlier = [case.condition for case in cases[: number - 1]]
    return why_never(cases[number - 1].condition, earlier, journey.filter, names)


def _acts(journey: Journey, mark: Mark) -> bool:
    return mark.kind == STEP and _does(journey, mark.step)


def _does(journey: Journey, name: StepId) -> bool:
    step = journey.steps.get(name)
    return isinstance(step, Send) or (
        step is not None and str(type(step).__struct_config__.tag) not in _WAITS | _LEADS
    )


def _between(journey: Journey, first: StepId, last: StepId) -> set[StepId]:
    """Return the steps from which `last` can be come to, among those that come after `first`."""
    ways = {name: {to for _, to in targets(step)} for name, step in journey.steps.items()}
    after, waiting = {first}, [first]
    while waiting:
        here = waiting.pop()
        new = ways.get(here, set()) - after if here != last else set()
        after |= new
        waiting += new
    return after if last in after else set()
