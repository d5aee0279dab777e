"""The ways into journeys: who is let in, who is not and why, and who is kept out to be compared."""

from ripely.engine.draft import Draft
from ripely.engine.keeping import keep_entry
from ripely.engine.keys import key_of, remember
from ripely.engine.limits import ENROLLMENTS_MAX
from ripely.engine.pursuits import KEPT_OUT, pursue_goal
from ripely.engine.ruleset import EventTrigger, Program
from ripely.engine.split import share
from ripely.engine.versions import move_people, note_overdue
from ripely.engine.walk import walk
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import JourneyId
from ripely.model.profile import Enrollment

ENTERED = "journey.entered"


def enter_by_event(draft: Draft, triggers: tuple[EventTrigger, ...], event: Event) -> None:
    """Collect the journeys that an event triggers. What it says goes along, also when it follows from another."""
    for trigger in triggers:
        happened = draft.profile.counts.get(trigger.predicate, ())
        if trigger.nth and len(happened) != trigger.nth:
            continue
        if event is draft.event or _late_s(draft) > draft.rules.late_entry_s:
            draft.entries.append((trigger.journey, trigger.reason))
        else:
            draft.starts.append((trigger.journey, trigger.reason, event.properties))


def enter_journeys(draft: Draft) -> None:
    """Let the contact into the journeys triggered, where their rules allow it.

    What comes long after it happened, as an imported past does, changes what is known but begins nothing.
    """
    entries, draft.entries = draft.entries, []
    late_s = _late_s(draft)
    for journey, reason in entries:
        if late_s > draft.rules.late_entry_s:
            late = f"{reason}, told {Duration(late_s).rough()} late"
            draft.note("journey.refused", journey, late)
        else:
            _let_in(draft, journey, reason, draft.event.properties)
    starts, draft.starts = draft.starts, []
    for journey, reason, entry in starts:
        if journey in draft.admitted:
            draft.note(
                "journey.refused", journey, f"{reason}: it has begun by this event already"
            )
            continue
        _let_in(draft, journey, reason, entry)


def _late_s(draft: Draft) -> int:
    return draft.now_s - draft.event.occurred_s


def join_journeys(draft: Draft) -> None:
    """Go on where an absorbed contact was: look first at what is known here of the goal and the wait."""
    joining, draft.joining = draft.joining, []
    for enrollment in joining:
        enrollment.check_s = draft.now_s
        keep_entry(draft, enrollment)
        draft.profile.enrollments.append(enrollment)
        draft.note("journey.entered", enrollment.journey, "with an absorbed contact")
        draft.note("journey.waits", enrollment.journey, enrollment.step, enrollment.due_s)
        if enrollment.overdue_s:
            note_overdue(draft, enrollment)
        draft.touch(f"journey/{enrollment.journey}")
    move_people(draft, joining)  # Only now: it is noted from where to where.


def _let_in(draft: Draft, journey: JourneyId, reason: str, entry: dict[str, object]) -> None:
    program = draft.rules.programs.get(journey)
    if program is None or journey in draft.admitted:
        return
    place = Enrollment(
        journey=journey,
        version=program.version,
        key=f"{draft.event.id:x}",
        entered_s=draft.now_s,
        step=program.start,
        since_s=draft.now_s,
        due_s=0,
        entry=entry,
    )
    why_not = _again(draft, program, place) or _unfit(draft, program, place)
    if why_not:
        draft.note("journey.refused", journey, why_not)
        return
    draft.admitted.add(journey)
    keep_entry(draft, place)
    key = key_of(program, entry)
    if key is not None:
        remember(draft.profile, journey, (key,))
    if (
        program.holdout
        and share(draft.profile.contact, KEPT_OUT, journey) * 100 < program.holdout
    ):
        _keep_out(draft, program, place, reason)
    else:
        _enter(draft, program, place, reason)


def _again(draft: Draft, program: Program, place: Enrollment) -> str:
    """Return why somebody who was let in before is not let in again, or nothing."""
    profile, journey = draft.profile, program.journey
    last_s = profile.entered.get(journey)
    if last_s is None:
        last_s = profile.entered.get(_kept_out(journey))
    if program.reentry_per:
        why = _known_key(draft, program, place)
    elif last_s is None:
        why = ""
    elif any(e.journey == journey for e in profile.enrollments):
        why = "already inside"
    elif any(p.journey == journey and p.arm == KEPT_OUT for p in profile.pursuits):
        why = "already kept out, to be compared"
    else:
        why = "it lets in once, and has done so" if program.once else ""
    if not why and last_s is not None and draft.now_s - last_s < program.reentry_after_s:
        return f"let in {Duration(draft.now_s - last_s).rough()} ago"
    return why


def _known_key(draft: Draft, program: Program, place: Enrollment) -> str:
    key = key_of(program, place.entry)
    if key is None:
        return f"{program.reentry_per} is not told"
    known = key in draft.profile.keys.get(program.journey, ())
    return f"it lets in once per {program.reentry_per}" if known else ""


def _unfit(draft: Draft, program: Program, place: Enrollment) -> str:
    """Return what the journey has against somebody who may come, or nothing."""
    profile, now_s = draft.profile, draft.now_s
    if program.paused:
        return "the journey is paused"
    if len(profile.enrollments) >= ENROLLMENTS_MAX:
        return f"already in {ENROLLMENTS_MAX} journeys"
    if program.filter is not None and not program.filter.test(profile, now_s, place):
        return "the entry filter does not hold"
    goal, aim = program.goal, program.aim
    if goal is not None and aim is not None and goal.test(profile, now_s, place):
        return f"its goal is reached already: {aim.name}"
    for departure in program.departures:
        condition = departure.condition
        if condition is not None and condition.test(profile, now_s, place):
            return f"a reason to leave holds already: {departure.reason}"
    return ""


def _enter(draft: Draft, program: Program, place: Enrollment, reason: str) -> None:
    journey = program.journey
    draft.profile.enrollments.append(place)
    draft.profile.entered[journey] = draft.now_s
    draft.note(ENTERED, journey, reason)
    draft.touch(f"journey/{journey}")
    if ENTERED in draft.rules.listened:
        draft.tell(ENTERED, {"journey": journey, "step": program.start, "reason": reason})
    pursue_goal(draft, program, place)
    walk(draft, program, place, program.start)


def _keep_out(draft: Draft, program: Program, place: Enrollment, reason: str) -> None:
    """Leave somebody out by chance that sticks; their goal counts as that of those inside."""
    draft.profile.entered[_kept_out(program.journey)] = draft.now_s
    draft.note("journey.heldout", program.journey, reason)
    pursue_goal(draft, program, place, KEPT_OUT)


def _kept_out(journey: JourneyId) -> JourneyId:
    return JourneyId(f"{journey}/{KEPT_OUT}")
