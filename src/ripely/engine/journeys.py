"""The journey interpreter: leave at a goal, resume what waited, enter, and walk until the next wait."""

from typing import assert_never

from ripely.engine.actions import perform
from ripely.engine.calendar import next_local, zone_of
from ripely.engine.limits import ENROLLMENTS_MAX
from ripely.engine.ruleset import (
    AwaitCondition,
    Choose,
    EventTrigger,
    Instruction,
    Key,
    Program,
)
from ripely.engine.split import pick, share
from ripely.engine.transition import Draft
from ripely.engine.versions import (
    hold,
    note_overdue,
    is_paused,
    is_too_late,
    let_go,
    move_people,
    program_of,
    was_done,
    why_gone,
)
from ripely.model.action import Notify, Send, Task, Update, Webhook
from ripely.model.duration import Duration
from ripely.model.ids import StepId
from ripely.model.journey import Exit, Split, Wait, WaitUntil
from ripely.model.profile import NOWHERE, Enrollment

STEPS_PER_WALK_MAX = 100
TIMED_OUT = "timed out"


class TooManyStepsError(Exception):
    """A journey went round without waiting."""


def leave_at_goals(draft: Draft, changed: set[Key]) -> None:
    """End every journey whose goal has just been reached, wherever the contact is in it."""
    for enrollment in list(draft.profile.enrollments):
        program = program_of(draft, enrollment)
        if program is None:
            _leave(draft, enrollment, "journey.exited", why_gone(draft, enrollment))
            continue
        goal = program.goal
        if goal is None or not _is_asked(draft, enrollment, goal.keys, changed):
            continue
        if goal.test(draft.profile, draft.now_s, enrollment):
            _leave(draft, enrollment, "journey.goal", program.goal_name)


def resume_waiting(draft: Draft, changed: set[Key]) -> None:
    """Move on whoever's time has come, or whose awaited condition has just changed."""
    for enrollment in list(draft.profile.enrollments):
        program = program_of(draft, enrollment)
        assert program is not None
        at = program.steps.get(enrollment.step)
        if at is None:
            _leave(draft, enrollment, "journey.exited", "its step is no longer in the journey")
            continue
        due = 0 < enrollment.due_s <= draft.now_s
        if enrollment.overdue_s:
            if not is_paused(draft, enrollment):
                _go_on(draft, program, enrollment, at)
        elif isinstance(at, AwaitCondition):
            if due or _is_asked(draft, enrollment, at.condition.keys, changed):
                _resume_await(draft, program, enrollment, at, due=due)
        elif due:
            _end_wait(draft, program, enrollment, "waited")
        if _is_asked(draft, enrollment, program.lapsing, changed):
            _plan_check(draft, program, enrollment)


def _is_asked(
    draft: Draft, enrollment: Enrollment, keys: frozenset[Key], changed: set[Key]
) -> bool:
    """Whether something that a condition depends on has changed, or time has come to look again."""
    return not keys.isdisjoint(changed) or 0 < enrollment.check_s <= draft.now_s


def enter_by_event(draft: Draft, triggers: tuple[EventTrigger, ...]) -> None:
    """Collect the journeys that the event triggers."""
    for trigger in triggers:
        happened = draft.profile.counts.get(trigger.predicate, ())
        if not trigger.nth or len(happened) == trigger.nth:
            draft.entries.append((trigger.journey, trigger.reason))


def enter_journeys(draft: Draft) -> None:
    """Let the contact into the journeys triggered, where their rules allow it.

    What comes long after it happened, as an imported past does, changes what is known but begins nothing.
    """
    entries, draft.entries = draft.entries, []
    late_s = draft.now_s - draft.event.occurred_s
    for journey, reason in entries:
        if late_s > draft.rules.late_entry_s:
            draft.note(
                "journey.refused", journey, f"{reason}, told {Duration(late_s).rough()} late"
            )
            continue
        program = draft.rules.programs.get(journey)
        if program is not None and _may_enter(draft, program):
            draft.admitted.add(journey)
            _enter(draft, program, reason)


def join_journeys(draft: Draft) -> None:
    """Go on where an absorbed contact was: look first at what is known here of the goal and the wait."""
    joining, draft.joining = draft.joining, []
    move_people(draft, joining)
    for enrollment in joining:
        enrollment.check_s = draft.now_s
        draft.profile.enrollments.append(enrollment)
        draft.note("journey.entered", enrollment.journey, "with an absorbed contact")
        draft.note("journey.waits", enrollment.journey, enrollment.step, enrollment.due_s)
        if enrollment.overdue_s:
            note_overdue(draft, enrollment)
        draft.touch(f"journey/{enrollment.journey}")


def _may_enter(draft: Draft, program: Program) -> bool:
    profile, journey = draft.profile, program.journey
    if journey in draft.admitted:
        return False
    last = profile.entered.get(journey)
    if last is not None:
        inside = any(e.journey == journey for e in profile.enrollments)
        if program.once or inside or draft.now_s - last < program.reentry_after_s:
            return False
    if program.paused:
        draft.note("journey.refused", journey, "the journey is paused")
        return False
    if len(profile.enrollments) >= ENROLLMENTS_MAX:
        draft.note("journey.refused", journey, f"already in {ENROLLMENTS_MAX} journeys")
        return False
    if program.filter is not None and not program.filter.test(profile, draft.now_s, NOWHERE):
        draft.note("journey.refused", journey, "the entry filter does not hold")
        return False
    if program.goal is not None and program.goal.test(profile, draft.now_s, NOWHERE):
        reached = f"its goal is reached already: {program.goal_name}"
        draft.note("journey.refused", journey, reached)
        return False
    return True


def _enter(draft: Draft, program: Program, reason: str) -> None:
    enrollment = Enrollment(
        journey=program.journey,
        version=program.version,
        key=f"{draft.event.id:x}",
        entered_s=draft.now_s,
        step=program.start,
        since_s=draft.now_s,
        due_s=0,
        entry=draft.event.properties,
    )
    draft.profile.enrollments.append(enrollment)
    draft.profile.entered[program.journey] = draft.now_s
    draft.note("journey.entered", program.journey, reason)
    draft.touch(f"journey/{program.journey}")
    _walk(draft, program, enrollment, program.start)


def _leave(draft: Draft, enrollment: Enrollment, how: str, reason: str) -> None:
    draft.profile.enrollments.remove(enrollment)
    where = f"{enrollment.step}: {reason}" if reason else enrollment.step
    waiting = enrollment.due_s > 0 or enrollment.overdue_s > 0
    if enrollment.overdue_s:
        let_go(draft, enrollment)
    draft.note(how, enrollment.journey, where, int(waiting))
    draft.touch(f"journey/{enrollment.journey}")


def _resume_await(
    draft: Draft, program: Program, enrollment: Enrollment, at: AwaitCondition, *, due: bool
) -> None:
    if at.condition.test(draft.profile, draft.now_s, enrollment):
        _end_wait(draft, program, enrollment, "yes")
    elif due:
        _end_wait(draft, program, enrollment, TIMED_OUT)


def _end_wait(draft: Draft, program: Program, enrollment: Enrollment, way: str) -> None:
    """Go on by the way that the wait has ended, unless the journey is paused."""
    if is_paused(draft, enrollment):
        hold(draft, enrollment, way)
    else:
        to = _way_out(program.steps[enrollment.step], enrollment.step, way)
        _walk(draft, program, enrollment, to, way)


def _go_on(draft: Draft, program: Program, enrollment: Enrollment, at: Instruction) -> None:
    """Go on after a pause, in which the wait has ended."""
    if is_too_late(draft, enrollment):
        _leave(draft, enrollment, "journey.exited", "overdue while paused")
        return
    way = let_go(draft, enrollment)
    _walk(draft, program, enrollment, _way_out(at, enrollment.step, way), way)


def _way_out(at: Instruction, step: StepId, way: str) -> StepId | None:
    """Return where the end of a wait leads. A step that was a wait when the contact came to it is done now."""
    match at:
        case Wait() | WaitUntil():
            return at.then
        case AwaitCondition(step=awaits):
            return awaits.otherwise if way == TIMED_OUT else awaits.then
        case _:
            return step


def _plan_check(draft: Draft, program: Program, enrollment: Enrollment) -> None:
    """Say when time alone may next change the goal, or the condition that is awaited."""
    at = program.steps.get(enrollment.step)
    asked = [program.goal, at.condition if isinstance(at, AwaitCondition) else None]
    lapses = [
        c.lapse(draft.profile, draft.now_s, enrollment)
        for c in asked
        if c is not None and c.lapse is not None
    ]
    enrollment.check_s = min((due_s for due_s in lapses if due_s), default=0)


def _walk(
    draft: Draft, program: Program, enrollment: Enrollment, to: StepId | None, way: str = ""
) -> None:
    """Leave the step the contact is at and go on to `to`, until something must be waited for."""
    if way:
        draft.note("journey.resumed", enrollment.journey, f"{enrollment.step}: {way}")
        enrollment.due_s = 0
    for _ in range(STEPS_PER_WALK_MAX):
        at = program.steps.get(to) if to is not None else None
        if at is None or to is None:
            _leave(draft, enrollment, "journey.exited", "the end")
            return
        enrollment.step, enrollment.since_s, enrollment.due_s = to, draft.now_s, 0
        if _stays(draft, program, enrollment, at):
            return
        if isinstance(at, Exit):
            _leave(draft, enrollment, "journey.exited", at.reason)
            return
        to = _pass(draft, enrollment, at)
    raise TooManyStepsError(
        f"journey {enrollment.journey} made {STEPS_PER_WALK_MAX} steps without a wait"
    )


def _stays(draft: Draft, program: Program, enrollment: Enrollment, at: Instruction) -> bool:
    """Begin a wait; return whether there is anything to wait for."""
    match at:
        case Wait(period):
            enrollment.due_s = draft.now_s + period
        case WaitUntil(clock, weekdays):
            zone = zone_of(draft.profile, draft.rules.zone)
            enrollment.due_s = next_local(draft.now_s, zone, clock, weekdays)
        case AwaitCondition(condition, step):
            if condition.test(draft.profile, draft.now_s, enrollment):
                return False
            enrollment.due_s = draft.now_s + step.timeout
        case _:
            return False
    if program.lapsing:
        _plan_check(draft, program, enrollment)
    draft.note("journey.waits", enrollment.journey, enrollment.step, enrollment.due_s)
    return True


def _pass(draft: Draft, enrollment: Enrollment, at: Instruction) -> StepId | None:
    """Do a step, and return where it leads."""
    match at:
        case Choose():
            return _choose(draft, enrollment, at)
        case Split(arms):
            contact = draft.profile.contact
            point = share(contact, enrollment.journey, enrollment.step)
            arm = arms[pick([arm.weight for arm in arms], point)]
            draft.note("journey.step", enrollment.journey, f"{enrollment.step}: {arm.name}")
            return arm.then
        case AwaitCondition(step=step):
            draft.note("journey.step", enrollment.journey, f"{enrollment.step}: yes")
            return step.then
        case Send() | Update() | Task() | Notify() | Webhook():
            if not was_done(enrollment, enrollment.step):
                perform(draft, enrollment, at)
            draft.note("journey.step", enrollment.journey, enrollment.step)
            return at.then
        case Wait() | WaitUntil():
            return at.then
        case Exit():
            return None
        case unknown:
            assert_never(unknown)


def _choose(draft: Draft, enrollment: Enrollment, at: Choose) -> StepId | None:
    for number, (condition, then) in enumerate(at.cases, 1):
        if condition.test(draft.profile, draft.now_s, enrollment):
            draft.note("journey.step", enrollment.journey, f"{enrollment.step}: case {number}")
            return then
    draft.note("journey.step", enrollment.journey, f"{enrollment.step}: otherwise")
    return at.otherwise
