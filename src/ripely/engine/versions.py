"""Which version of a journey a contact is in, and what a paused one does with those inside."""

from collections.abc import Iterable

from ripely.engine.draft import Draft
from ripely.engine.ruleset import Program
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import People
from ripely.model.profile import Enrollment

MOVE = People()


def program_of(draft: Draft, enrollment: Enrollment) -> Program | None:
    """Return the program that a contact inside follows; None when there is none for it any more.

    Whom the plan moves comes to the version in force here, once. Whose step is gone leaves when
    the interpreter comes to them.
    """
    program = program_for(draft, enrollment.journey, enrollment.version)
    if program is not None and program.version != enrollment.version:
        _move(draft, enrollment, program)
    return program


def program_for(draft: Draft, journey: JourneyId, version: int) -> Program | None:
    """Return what holds now for somebody who entered a version of a journey."""
    rules = draft.rules
    current = rules.programs.get(journey)
    if current is None or version == current.version:
        return current
    match rules.people.get(journey, MOVE).plan:
        case "finish":
            return rules.older.get((journey, version), current)
        case "leave":
            return None
        case "move":
            return current


def why_gone(draft: Draft, enrollment: Enrollment) -> str:
    """Say why there is no program for somebody inside."""
    if enrollment.journey in draft.rules.programs:
        return f"the plan of version {draft.rules.programs[enrollment.journey].version}"
    return "the journey is no longer published"


def move_people(draft: Draft, enrollments: Iterable[Enrollment]) -> None:
    """Bring those whom the plan moves to the version in force before anything is asked of their place."""
    for enrollment in enrollments:
        program_of(draft, enrollment)


def was_done(enrollment: Enrollment, step: StepId) -> bool:
    """Whether a step was done before a new version moved the contact: then it is passed by, once."""
    before = enrollment.done.get(step)
    enrollment.done[step] = True
    return before is False


def is_paused(draft: Draft, enrollment: Enrollment) -> bool:
    """Whether the journey is paused: its version in force says so for all who are inside."""
    current = draft.rules.programs.get(enrollment.journey)
    return current is not None and current.paused


def hold(draft: Draft, enrollment: Enrollment, way: str) -> None:
    """Keep somebody whose wait has ended in place: what comes after it waits until the journey is resumed."""
    enrollment.overdue_s, enrollment.due_s, enrollment.held = draft.now_s, 0, way
    note_overdue(draft, enrollment)


def note_overdue(draft: Draft, enrollment: Enrollment) -> None:
    where = f"{enrollment.step}: {enrollment.held}"
    draft.note("journey.overdue", enrollment.journey, where, enrollment.overdue_s)


def let_go(draft: Draft, enrollment: Enrollment) -> str:
    """End the hold, and return the way by which the wait had ended."""
    where = f"{enrollment.step}: {enrollment.held}"
    draft.note("journey.released", enrollment.journey, where, enrollment.overdue_s)
    way, enrollment.overdue_s, enrollment.held = enrollment.held, 0, ""
    return way


def is_too_late(draft: Draft, enrollment: Enrollment) -> bool:
    """Whether somebody became overdue longer ago than the journey lets go on."""
    current = draft.rules.programs[enrollment.journey]
    limit_s = current.overdue_after_s
    return limit_s is not None and draft.now_s - enrollment.overdue_s > limit_s


def _move(draft: Draft, enrollment: Enrollment, program: Program) -> None:
    plan = draft.rules.people.get(enrollment.journey, MOVE)
    to = plan.steps.get(enrollment.step, enrollment.step)
    if to != enrollment.step:
        where = f"{enrollment.step}: {to}"
        draft.note("journey.moved", enrollment.journey, where, enrollment.overdue_s)
    enrollment.step, enrollment.version = to, program.version
    enrollment.done = dict.fromkeys(enrollment.done, False)
