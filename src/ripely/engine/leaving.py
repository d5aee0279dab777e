"""The end of a contact's way through a journey, however it comes."""

from ripely.engine.draft import Draft
from ripely.engine.versions import let_go
from ripely.model.ids import JourneyId
from ripely.model.profile import Enrollment


def leave(draft: Draft, enrollment: Enrollment, how: str, reason: str) -> None:
    """Take a contact out: `how` is the kind of note, `journey.exited` or `journey.goal`."""
    profile, journey = draft.profile, enrollment.journey
    profile.enrollments.remove(enrollment)
    if profile.pursuits:
        name = journey, enrollment.key
        profile.pursuits = [
            one for one in profile.pursuits if one.until_s or (one.journey, one.key) != name
        ]
    waiting = enrollment.due_s > 0 or enrollment.overdue_s > 0
    if enrollment.overdue_s:
        let_go(draft, enrollment)
    where = f"{enrollment.step}: {reason}" if reason else enrollment.step
    draft.note(how, journey, where, int(waiting))
    draft.touch(f"journey/{journey}")
    if how in draft.rules.listened:
        draft.tell(how, {"journey": journey, "step": enrollment.step, "reason": reason})


def stop_journey(draft: Draft, journey: JourneyId, by: Enrollment) -> None:
    """Take a contact out of a journey because another one says so."""
    for enrollment in list(draft.profile.enrollments):
        if enrollment.journey == journey and enrollment is not by:
            leave(draft, enrollment, "journey.exited", f"stopped by journey {by.journey}")


def leave_every_journey(draft: Draft, reason: str) -> None:
    """Take a contact out of all journeys; nothing is pursued any more."""
    for enrollment in list(draft.profile.enrollments):
        leave(draft, enrollment, "journey.exited", reason)
    draft.profile.pursuits = []
