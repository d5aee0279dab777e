"""Journey -> Program: conditions become tests, everything else stays as it was drawn."""

from collections.abc import Iterable, Iterator

from ripely.compiler.judged import by_people
from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels, predicate_id
from ripely.compiler.reaction import Rule
from ripely.documents.circles import circles
from ripely.engine.ruleset import (
    AwaitFirst,
    Choose,
    Compare,
    Condition,
    Departure,
    Instruction,
    Key,
    Listen,
    Program,
    Watch,
)
from ripely.model import condition as language
from ripely.model.acts import Act
from ripely.model.company import Company
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import (
    Await,
    AwaitAny,
    AwaitEvent,
    Branch,
    Case,
    Experiment,
    Journey,
    Leave,
    Step,
    targets,
)

STEP = "step/"


def compile_program(
    journey: Journey, version: int, kernels: Kernels, company: Company
) -> Program:
    compiling = _Compiling(kernels, company)
    steps = {name: compiling.step(step) for name, step in journey.steps.items()}
    goal = compiling.condition(journey.goal.condition) if journey.goal else None
    departures = tuple(map(compiling.departure, journey.leave))
    asked = [d.condition for d in departures if d.condition is not None]
    asked += [goal] if goal else []
    awaited = [
        one for step in steps.values() if isinstance(step, AwaitFirst) for one, _ in step.cases
    ]
    return Program(
        journey=journey.id,
        version=version,
        start=journey.start,
        steps=steps,
        filter=compiling.condition(journey.filter) if journey.filter else None,
        goal=goal,
        aim=journey.goal,
        departures=departures,
        asked=_keys(asked),
        lapsing=_keys(one for one in [*asked, *awaited] if one.lapse is not None),
        repeating=_repeating(journey),
        once=journey.reentry == "once" and journey.reentry_after is None,
        reentry_after_s=journey.reentry_after or 0,
        reentry_per=journey.reentry_per,
        holdout=journey.holdout,
        paused=journey.paused,
        overdue_after_s=journey.overdue_after,
    )


def heard_by(journeys: Iterable[Journey]) -> list[Rule]:
    """Return a rule for each kind of event that a step waits for, or that makes leave."""
    acts = {_heard(act): act for journey in journeys for act in _acts(journey)}
    return [
        Rule(act.event, by_people(act.event, act.where), heard=key) for key, act in acts.items()
    ]


def stepped(watches: Iterable[Watch], programs: Iterable[Program]) -> frozenset[JourneyId]:
    """Return the journeys of which anybody asks at which step somebody is."""
    keys: set[Key] = {key for watch in watches for key in watch.keys}
    for program in programs:
        keys |= program.asked
        for step in program.steps.values():
            if isinstance(step, AwaitFirst):
                keys |= step.keys
            elif isinstance(step, Compare):
                keys |= step.metric.keys
    names = [key for key in keys if isinstance(key, str) and key.startswith(STEP)]
    return frozenset(JourneyId(name.removeprefix(STEP)) for name in names)


class _Compiling:
    """Compiles the parts of a journey."""

    def __init__(self, kernels: Kernels, company: Company) -> None:
        self.kernels, self.company = kernels, company

    def step(self, step: Step) -> Instruction:
        match step:
            case Branch(cases, otherwise):
                return Choose(self.cases(cases), otherwise)
            case Await():
                compiled = ((self.condition(step.condition), step.then),)
                return _first(compiled, ("yes",), step)
            case AwaitAny(cases):
                ways = tuple(f"case {number}" for number in range(1, len(cases) + 1))
                return _first(self.cases(cases), ways, step)
            case AwaitEvent(event, timeout, same, then, otherwise):
                return Listen(_heard(event), same, timeout, then, otherwise)
            case Experiment(arms, metric, within, winner):
                return Compare(arms, self.condition(metric), within, winner)
            case _:
                return step

    def cases(self, cases: tuple[Case, ...]) -> tuple[tuple[Condition, StepId | None], ...]:
        return tuple((self.condition(case.condition), case.then) for case in cases)

    def departure(self, rule: Leave) -> Departure:
        reason = rule.reason or (rule.event.event if rule.event else "a reason to leave")
        return Departure(
            self.condition(rule.condition) if rule.condition else None,
            _heard(rule.event) if rule.event else None,
            rule.same,
            reason,
        )

    def condition(self, condition: language.Condition) -> Condition:
        return compile_matcher(self.kernels.normalize(condition), self.company)


def _first(
    cases: tuple[tuple[Condition, StepId | None], ...],
    ways: tuple[str, ...],
    step: Await | AwaitAny,
) -> AwaitFirst:
    keys = _keys(condition for condition, _ in cases)
    return AwaitFirst(cases, ways, keys, step.timeout, step.otherwise)


def _keys(conditions: Iterable[Condition]) -> frozenset[Key]:
    return frozenset(key for condition in conditions for key in condition.keys)


def _acts(journey: Journey) -> Iterator[Act]:
    for step in journey.steps.values():
        if isinstance(step, AwaitEvent):
            yield step.event
    for rule in journey.leave:
        if rule.event is not None:
            yield rule.event


def _heard(act: Act) -> Key:
    return f"heard/{predicate_id(act.event, act.where):x}"


def _repeating(journey: Journey) -> frozenset[StepId]:
    """Return the steps that can act more than once: those on a circle."""
    ways = {name: [to for _, to in targets(step)] for name, step in journey.steps.items()}
    return frozenset(name for circle in circles(ways) for name in circle)
