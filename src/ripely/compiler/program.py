"""Journey -> Program: conditions become tests, everything else stays as it was drawn."""

from collections.abc import Sequence

from ripely.compiler.matcher import compile_matcher
from ripely.compiler.normalize import Kernels
from ripely.engine.ruleset import AwaitCondition, Choose, Condition, Instruction, Key, Program
from ripely.model import condition as language
from ripely.model.company import Company
from ripely.model.journey import Await, Branch, Journey, Step


def compile_program(
    journey: Journey, version: int, kernels: Kernels, company: Company
) -> Program:
    steps = {
        name: _compile_step(step, kernels, company) for name, step in journey.steps.items()
    }
    goal = _condition(journey.goal.condition, kernels, company) if journey.goal else None
    awaited = [step.condition for step in steps.values() if isinstance(step, AwaitCondition)]
    return Program(
        journey=journey.id,
        version=version,
        start=journey.start,
        steps=steps,
        filter=_condition(journey.filter, kernels, company) if journey.filter else None,
        goal=goal,
        goal_name=journey.goal.name if journey.goal else "",
        lapsing=_lapsing([*awaited, *([goal] if goal else [])]),
        once=journey.reentry == "once" and journey.reentry_after is None,
        reentry_after_s=journey.reentry_after or 0,
        paused=journey.paused,
        overdue_after_s=journey.overdue_after,
    )


def _compile_step(step: Step, kernels: Kernels, company: Company) -> Instruction:
    match step:
        case Branch(cases, otherwise):
            compiled = tuple((_condition(c.condition, kernels, company), c.then) for c in cases)
            return Choose(compiled, otherwise)
        case Await():
            return AwaitCondition(_condition(step.condition, kernels, company), step)
        case _:
            return step


def _lapsing(conditions: Sequence[Condition]) -> frozenset[Key]:
    return frozenset(key for c in conditions if c.lapse is not None for key in c.keys)


def _condition(condition: language.Condition, kernels: Kernels, company: Company) -> Condition:
    return compile_matcher(kernels.normalize(condition), company)
