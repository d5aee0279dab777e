"""Which version of a journey a contact is in, and what a paused one does with those inside."""

from ripely.engine.ruleset import Program
from ripely.engine.transition import Draft
from ripely.model.profile import Enrollment


def program_of(draft: Draft, enrollment: Enrollment) -> Program | None:
    """Return the program that a contact inside follows; None when there is none any more."""
    return draft.rules.programs.get(enrollment.journey)
