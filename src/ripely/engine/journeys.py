"""The journey interpreter: who leaves, at a goal or for a reason, and whose wait is over."""

from ripely.engine.answers import is_unanswered
from ripely.engine.draft import Draft
from ripely.engine.entering import enter_journeys, join_journeys
from ripely.engine.guards import in_turn
from ripely.engine.keeping import keep
from ripely.engine.leaving import leave
from ripely.engine.pursuits import pursue, reach_goal
from ripely.engine.ruleset import (
    AwaitFirst,
    Condition,
    Departure,
    Instruction,
    Key,
    Listen,
    Program,
)
from ripely.engine.versions import (
    hold,
    is_paused,
    is_too_late,
    let_go,
    program_of,
    why_gone,
)
from ripely.engine.waits import plan_check
from ripely.engine.walk import HEARD, TIMED_OUT, WAITED, has_asked, walk, way_out
from ripely.model.event import Event
from ripely.model.journey import Wait
from ripely.model.profile import Enrollment

ANSWERED = "answered"


def live_journeys(draft: Draft, changed: set[Key]) -> None:
    """Let a change have its way: with what is pursued, with those inside, then with those who come."""
    if draft.joining:
        join_journeys(draft)
    if draft.profile.pursuits:
        pursue(draft, changed)
    if draft.profile.enrollments:
        leave_journeys(draft, changed)
        resume_waiting(draft, changed)
    draft.heard.clear()
    if draft.entries or draft.starts:
        enter_journeys(draft)


def leave_journeys(draft: Draft, changed: set[Key]) -> None:
    """End every journey whose goal has just been reached, or that something says to leave, wherever the contact is."""
    for enrollment in list(draft.profile.enrollments):
        program = program_of(draft, enrollment)
        if program is None:
            leave(draft, enrollment, "journey.exited", why_gone(draft, enrollment))
        elif is_asked(draft, enrollment, program.asked, changed):
            _leave_if_said(draft, program, enrollment, changed)
        elif draft.heard:
            _leave_if_heard(draft, program, enrollment)


def resume_waiting(draft: Draft, changed: set[Key]) -> None:
    """Move on whoever's time has come, or who has got what they waited for."""
    enrollments = draft.profile.enrollments
    for enrollment in in_turn(draft):
        if enrollment not in enrollments:  # Another journey has just stopped this one.
            continue
        program = program_of(draft, enrollment)
        assert program is not None
        at = program.steps.get(enrollment.step)
        if at is None:
            leave(draft, enrollment, "journey.exited", "its step is no longer in the journey")
            continue
        if enrollment.overdue_s:
            if not is_paused(draft, enrollment):
                _go_on(draft, program, enrollment, at)
        else:
            way = _way(draft, enrollment, at, changed)
            if way:
                _end_wait(draft, program, enrollment, way)
        if is_asked(draft, enrollment, program.lapsing, changed):
            plan_check(draft, program, enrollment)


def is_asked(
    draft: Draft, enrollment: Enrollment, keys: frozenset[Key], changed: set[Key]
) -> bool:
    """Whether something that a condition depends on has changed, or time has come to look again."""
    return not keys.isdisjoint(changed) or 0 < enrollment.check_s <= draft.now_s


def _leave_if_said(
    draft: Draft, program: Program, enrollment: Enrollment, changed: set[Key]
) -> None:
    goal, aim = program.goal, program.aim
    if aim is not None and aim.ends and _holds(draft, enrollment, goal, changed):
        reach_goal(draft, program, enrollment)
        leave(draft, enrollment, "journey.goal", aim.name)
        return
    for departure in program.departures:
        if _holds(draft, enrollment, departure.condition, changed):
            leave(draft, enrollment, "journey.exited", departure.reason)
            return
    _leave_if_heard(draft, program, enrollment)


def _holds(
    draft: Draft, enrollment: Enrollment, condition: Condition | None, changed: set[Key]
) -> bool:
    """Whether a condition that may have changed holds now."""
    return (
        condition is not None
        and is_asked(draft, enrollment, condition.keys, changed)
        and condition.test(draft.profile, draft.now_s, enrollment)
    )


def _leave_if_heard(draft: Draft, program: Program, enrollment: Enrollment) -> None:
    for departure in program.departures:
        if _heard(draft, enrollment, departure, enrollment.entered_s) is not None:
            leave(draft, enrollment, "journey.exited", departure.reason)
            return


def _way(draft: Draft, enrollment: Enrollment, at: Instruction, changed: set[Key]) -> str:
    """Return the way by which the wait is over; nothing: it goes on."""
    due = 0 < enrollment.due_s <= draft.now_s
    late = TIMED_OUT if due else ""
    if isinstance(at, Wait):
        return WAITED if due else ""
    if isinstance(at, AwaitFirst):
        asked = due or is_asked(draft, enrollment, at.keys, changed)
        return (_way_that_holds(draft, enrollment, at) if asked else "") or late
    if isinstance(at, Listen):
        return _way_of_event(draft, enrollment, at) or late
    if has_asked(enrollment):
        return late if is_unanswered(enrollment) else ANSWERED
    return WAITED if due else ""


def _way_that_holds(draft: Draft, enrollment: Enrollment, at: AwaitFirst) -> str:
    for way, (condition, _) in zip(at.ways, at.cases, strict=True):
        if condition.test(draft.profile, draft.now_s, enrollment):
            return way
    return ""


def _way_of_event(draft: Draft, enrollment: Enrollment, at: Listen) -> str:
    event = _heard(draft, enrollment, at, enrollment.since_s)
    if event is None:
        return ""
    keep(draft, enrollment, event.properties)
    return HEARD


def _heard(
    draft: Draft, enrollment: Enrollment, wanted: Departure | Listen, since_s: int
) -> Event | None:
    """Return the event that somebody waits for, if it has just come.

    What happened long before the wait began, as an imported past did, is not waited for.
    """
    entry, earliest_s = enrollment.entry, since_s - draft.rules.late_entry_s
    for key, event in draft.heard:
        if key == wanted.heard and event.occurred_s >= earliest_s:
            said = event.properties
            if all(entry.get(n) is not None and entry[n] == said.get(n) for n in wanted.same):
                return event
    return None


def _end_wait(draft: Draft, program: Program, enrollment: Enrollment, way: str) -> None:
    """Go on by the way that the wait has ended, unless the journey is paused."""
    if is_paused(draft, enrollment):
        hold(draft, enrollment, way)
    else:
        at = program.steps[enrollment.step]
        walk(draft, program, enrollment, way_out(at, enrollment, way), way)


def _go_on(draft: Draft, program: Program, enrollment: Enrollment, at: Instruction) -> None:
    """Go on after a pause, in which the wait has ended."""
    if is_too_late(draft, enrollment):
        leave(draft, enrollment, "journey.exited", "overdue while paused")
        return
    way = let_go(draft, enrollment)
    walk(draft, program, enrollment, way_out(at, enrollment, way), way)
