"""What is known about one contact: the state of the fold."""

from typing import Any

import msgspec

from ripely.model.event import Value
from ripely.model.ids import ContactId, JourneyId, PredicateId, ScoreId, SegmentId, StepId


class Enrollment(msgspec.Struct, array_like=True):
    """A contact's place in a journey: waiting at `step` since `since_s` until `due_s`.

    `check_s` is when time alone may change the condition it waits for, or the goal; 0: never.
    """

    journey: JourneyId
    version: int
    key: str
    entered_s: int
    step: StepId
    since_s: int
    due_s: int
    entry: dict[str, Any]
    check_s: int = 0


class Visit(msgspec.Struct, array_like=True):
    """The latest visit: a run of acts with no gap over 30 minutes. `number` counts visits from 1."""

    number: int = 0
    started_s: int = 0
    last_s: int = 0
    pages: int = 0


class Consent(msgspec.Struct, array_like=True, frozen=True):
    """One purpose agreed to or refused, when, and by what event."""

    granted: bool
    at_s: int
    by: str


class Profile(msgspec.Struct, array_like=True):
    """The fold alone writes it. All times are whole seconds since 1970 in UTC.

    `ruleset` is the one it was last folded with; None before the first event.
    `counts` keeps, per tracked predicate, the latest moments it happened, oldest first, no more
    than the rules need. `facts` are the score rules of the kind "while" that hold now. `lapses`
    says, per kept condition, when time alone may change its answer. `seen` keeps the ids of
    recent events by week, eight bytes each, so that a repeat counts once.
    """

    contact: ContactId
    ruleset: str | None = None
    created_s: int = 0
    now_s: int = 0
    attributes: dict[str, Value] = {}
    tags: list[str] = []
    consents: dict[str, Consent] = {}
    suppressed: dict[str, str] = {}
    counts: dict[PredicateId, list[int]] = {}
    segments: dict[SegmentId, int] = {}
    scores: dict[ScoreId, int] = {}
    facts: dict[str, int] = {}
    lapses: dict[str, int] = {}
    dates: dict[str, int] = {}
    enrollments: list[Enrollment] = []
    entered: dict[JourneyId, int] = {}
    visit: Visit = msgspec.field(default_factory=Visit)
    interests: dict[str, int] = {}
    seen: dict[int, bytes] = {}
    minute: tuple[int, int] = (0, 0)
    score_limits: dict[str, list[int]] = {}
    merged_into: ContactId | None = None
    absorbed: dict[ContactId, dict[str, Any]] = {}

    @property
    def identified(self) -> bool:
        """Whether anything is known by which this contact can be addressed."""
        facts = self.attributes
        return bool(facts.get("email") or facts.get("phone") or facts.get("user_id"))

    @property
    def due_s(self) -> int:
        """The earliest moment at which something happens by time alone; 0 when nothing does."""
        dues = [*self.lapses.values(), *self.dates.values()]
        for enrollment in self.enrollments:
            if enrollment.due_s:
                dues.append(enrollment.due_s)
            if enrollment.check_s:
                dues.append(enrollment.check_s)
        return min(dues) if dues else 0
