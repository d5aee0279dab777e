"""Conversions: goals, and metrics of experiments, that count when they are reached in time.

A pursuit outlives the way through the journey. It is looked at when what it asks about changes,
and at the moments at which time alone may bring it about.
"""

from collections.abc import Iterable
from math import isfinite

from ripely.engine.draft import Draft
from ripely.engine.ruleset import Compare, Condition, Key, Program
from ripely.engine.versions import program_for
from ripely.model.currency import is_foreign
from ripely.model.ids import StepId
from ripely.model.journey import Goal
from ripely.model.profile import Enrollment, Fact, Pursuit

PURSUITS_MAX = 50
"""How many a contact has at most; the oldest gives way."""
VALUE_MAX = 10**12
"""The most that one conversion is worth, in hundredths of the currency."""
GOAL = StepId("")
KEPT_OUT = "holdout"


def pursue_goal(draft: Draft, program: Program, enrollment: Enrollment, arm: str = "") -> None:
    """Count the goal from now on. Without `within` it counts while the contact is inside."""
    goal, aim = program.goal, program.aim
    if goal is None or aim is None or (aim.within is None and aim.ends):
        return
    until_s = 0 if aim.within is None else draft.now_s + aim.within
    _begin(draft, enrollment, GOAL, arm, until_s, goal)


def pursue_metric(draft: Draft, enrollment: Enrollment, at: Compare, arm: str) -> None:
    """Measure who goes one way of an experiment. What holds already measures nothing."""
    until_s = draft.now_s + at.within_s
    pursuit = _pursuit(enrollment, enrollment.step, arm, draft.now_s, until_s)
    if not at.metric.test(draft.profile, draft.now_s, _place(draft, pursuit)):
        _begin(draft, enrollment, enrollment.step, arm, until_s, at.metric)
        draft.note("journey.measured", enrollment.journey, f"{enrollment.step}: {arm}")


def pursue(draft: Draft, changed: set[Key]) -> None:
    """Count what has just been reached, and let go of what is over."""
    profile, now_s = draft.profile, draft.now_s
    for pursuit in list(profile.pursuits):
        program = program_for(draft, pursuit.journey, pursuit.version)
        condition = _condition(program, pursuit)
        if condition is None or program is None or 0 < pursuit.until_s <= now_s:
            profile.pursuits.remove(pursuit)
        elif not condition.keys.isdisjoint(changed) or 0 < pursuit.check_s <= now_s:
            place = _place(draft, pursuit)
            if condition.test(profile, now_s, place):
                profile.pursuits.remove(pursuit)
                _reached(draft, program, pursuit)
            else:
                pursuit.check_s = _check_s(draft, condition, place)


def join_pursuits(draft: Draft, others: Iterable[Pursuit]) -> None:
    """Go on with what an absorbed contact pursued, but for what is pursued here too.

    What counts while the contact is inside goes on where its place does.
    """
    pursuits, programs = draft.profile.pursuits, draft.rules.programs

    def name(pursuit: Pursuit) -> tuple[str, str, str]:
        program = programs.get(pursuit.journey)
        return (
            pursuit.journey,
            pursuit.step,
            pursuit.key if program and program.reentry_per else "",
        )

    known = set(map(name, pursuits))
    places = {(e.journey, e.key) for e in draft.joining}
    new = [
        pursuit
        for pursuit in others
        if name(pursuit) not in known
        and (pursuit.until_s or (pursuit.journey, pursuit.key) in places)
    ]
    for pursuit in new:
        pursuit.check_s = draft.now_s
    pursuits += new[: PURSUITS_MAX - len(pursuits)]


def reach_goal(draft: Draft, program: Program, enrollment: Enrollment) -> None:
    """Note that a goal was reached inside; count it, unless a pursuit of it does."""
    aim = program.aim
    assert aim is not None
    draft.profile.goals[enrollment.journey] = draft.now_s
    if aim.within is None and aim.ends:
        _convert(draft, enrollment.journey, aim, "")


def _reached(draft: Draft, program: Program, pursuit: Pursuit) -> None:
    aim, journey = program.aim, pursuit.journey
    if pursuit.step != GOAL:
        worth = worth_of(draft, aim) if aim else 0
        draft.note("journey.met", journey, f"{pursuit.step}: {pursuit.arm}", worth)
        told: dict[str, Fact] = {"step": pursuit.step, "arm": pursuit.arm}
        draft.tell("journey.converted", {"journey": journey, **told, "value": worth / 100})
        return
    assert aim is not None
    _convert(draft, journey, aim, pursuit.arm)
    if pursuit.arm != KEPT_OUT:
        draft.profile.goals[journey] = draft.now_s
        draft.touch(f"journey/{journey}")
        if not aim.ends:
            draft.tell("journey.goal", {"journey": journey, "reason": aim.name})


def _convert(draft: Draft, journey: str, aim: Goal, arm: str) -> None:
    worth = worth_of(draft, aim)
    draft.note("journey.converted", journey, f"{arm}: {aim.name}" if arm else aim.name, worth)
    told: dict[str, Fact] = {"goal": aim.name, "arm": arm, "value": worth / 100}
    draft.tell("journey.converted", {"journey": journey, **told})


def worth_of(draft: Draft, aim: Goal) -> int:
    """Return what a conversion is worth, in hundredths: what the event that brought it says, or the goal.

    What the event says in another currency than the company's cannot be added up: the goal says it then.
    """
    told = draft.event.properties
    said = told.get(aim.value_of) if aim.value_of else None
    if is_foreign(told, draft.rules.company.currency):
        said = None
    try:
        value = float(said) if isinstance(said, (int, float, str)) else aim.value
    except ValueError:
        value = aim.value
    value = value if isfinite(value) else aim.value
    return max(-VALUE_MAX, min(round(value * 100), VALUE_MAX))


def _begin(
    draft: Draft,
    enrollment: Enrollment,
    step: StepId,
    arm: str,
    until_s: int,
    condition: Condition,
) -> None:
    pursuits = draft.profile.pursuits
    pursuit = _pursuit(enrollment, step, arm, draft.now_s, until_s)
    pursuits[:] = [p for p in pursuits if _name(p) != _name(pursuit)][1 - PURSUITS_MAX :]
    pursuits.append(pursuit)
    pursuit.check_s = _check_s(draft, condition, _place(draft, pursuit))


def _pursuit(
    enrollment: Enrollment, step: StepId, arm: str, now_s: int, until_s: int
) -> Pursuit:
    return Pursuit(
        enrollment.journey, enrollment.version, enrollment.key, step, arm, now_s, until_s
    )


def _name(pursuit: Pursuit) -> tuple[str, str, str]:
    return pursuit.journey, pursuit.key, pursuit.step


def _condition(program: Program | None, pursuit: Pursuit) -> Condition | None:
    if program is None:
        return None
    if pursuit.step == GOAL:
        return program.goal
    at = program.steps.get(pursuit.step)
    return at.metric if isinstance(at, Compare) else None


def _check_s(draft: Draft, condition: Condition, place: Enrollment) -> int:
    """Return when time alone may bring it about: 0 is never."""
    if condition.lapse is None:
        return 0
    return condition.lapse(draft.profile, draft.now_s, place)


def _place(draft: Draft, pursuit: Pursuit) -> Enrollment:
    """Return where to ask from: the place inside while there is one; of a metric, since its experiment."""
    name = pursuit.journey, pursuit.key
    inside = next((e for e in draft.profile.enrollments if (e.journey, e.key) == name), None)
    if inside is not None and pursuit.step == GOAL:
        return inside
    return Enrollment(
        journey=pursuit.journey,
        version=pursuit.version,
        key=pursuit.key,
        entered_s=pursuit.entered_s,
        step=pursuit.step,
        since_s=pursuit.entered_s,
        due_s=0,
        entry=inside.entry if inside else {},
        data=inside.data if inside else {},
    )
