"""What is known about one contact: the state of the fold."""

from math import exp2
from typing import Any

import msgspec

from ripely.model.event import Value
from ripely.model.ids import (
    ContactId,
    JourneyId,
    ListId,
    PredicateId,
    ScoreId,
    SegmentId,
    SeriesId,
    StepId,
)
from ripely.model.words import LifecycleLevel

Fact = Value | list[Value]
"""The value of an attribute; a list where several options are chosen."""


class Enrollment(msgspec.Struct, array_like=True):
    """A contact's place in a journey: waiting at `step` since `since_s` until `due_s`.

    `check_s` is when time alone may change what it waits for, a goal or a reason to leave; 0:
    never. `data` is what steps have kept, `rounds` how often each `repeat` has
    gone back, and how often steps on a circle have acted.
    `overdue_s` is when the wait ended while the journey was paused, and `held` by what way.
    `done` are the steps that did something, false for those done before a new version moved the
    contact.
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
    data: dict[StepId, dict[str, object]] = {}
    rounds: dict[StepId, int] = {}
    overdue_s: int = 0
    held: str = ""
    done: dict[StepId, bool] = {}


NOWHERE = Enrollment(JourneyId(""), 0, "", 0, StepId(""), 0, 0, {})
"""The place of a question that is asked outside any journey."""


class Pursuit(msgspec.Struct, array_like=True):
    """A goal, or the metric of an experiment, that still counts if it is reached before `until_s`.

    `step` is the experiment, or nothing for the journey's goal; `arm` the way taken, `holdout`
    for those kept out. `until_s` 0: while the contact is inside. `check_s` is when time alone may
    bring it about; 0: never.
    """

    journey: JourneyId
    version: int
    key: str
    step: StepId
    arm: str
    entered_s: int
    until_s: int
    check_s: int = 0


class Visit(msgspec.Struct, array_like=True):
    """The latest visit: a run of acts with no gap over 30 minutes. `number` counts visits from 1."""

    number: int = 0
    started_s: int = 0
    last_s: int = 0
    pages: int = 0


class Consent(msgspec.Struct, array_like=True, frozen=True):
    """One purpose, or topic, agreed to or refused, when, and by what event."""

    granted: bool
    at_s: int
    by: str


class Series(msgspec.Struct, array_like=True):
    """Values of a property with their moments, oldest first: the latest ones, as many as are kept.

    `first` is the first of all, `dropped` what those left out come to: how many, their sum, least
    and most.
    """

    moments: list[int] = []
    values: list[Fact] = []
    first: tuple[int, Fact] | None = None
    dropped: tuple[int, float, float, float] | None = None


class Deal(msgspec.Struct, array_like=True):
    """A deal as its latest events left it. `state` is open, won or lost."""

    pipeline: str
    stage: str
    state: str
    value: float
    moved_s: int


class Quote(msgspec.Struct, array_like=True):
    """A quote as its latest event left it: sent, viewed, accepted, declined or expired."""

    state: str
    value: float
    changed_s: int


class Cart(msgspec.Struct, array_like=True):
    """What lies in the cart: quantity, price and category by product, and when it was last touched.

    `told_s` is when it was last emptied, or told whole: what happened before that is over.
    """

    lines: dict[str, tuple[float, float, str]] = {}
    touched_s: int = 0
    told_s: int = 0


class Sent(msgspec.Struct, array_like=True, frozen=True):
    """A message decided on, for caps and the attention budget. `priority` 0: it does not count for the budget.

    `what` is how it is called where it was preferred to another.
    """

    at_s: int
    channel: str
    topic: str
    purpose: str
    priority: int
    what: str = ""


class Decaying(msgspec.Struct, array_like=True):
    """What a score is made of that fades or has bounds.

    `points` at a moment, which lose half of their worth in each `half_life` (0: never); `lasting`
    ones, of facts and those that end by themselves; and what it stays between.
    """

    points: float
    at_s: int
    half_life: int = 0
    lasting: int = 0
    least: int | None = None
    most: int | None = None

    def left(self, now_s: int) -> float:
        """Return what the points are worth at a moment."""
        if not self.half_life or now_s <= self.at_s:
            return self.points
        return self.points * exp2((self.at_s - now_s) / self.half_life)

    def value(self, now_s: int) -> int:
        """Return the score at a moment: the points that are left and those that last, within the bounds."""
        left = self.points
        if (
            self.half_life and now_s > self.at_s
        ):  # As in `left`: this is asked too often for a call.
            left *= exp2((self.at_s - now_s) / self.half_life)
        whole = round(left) + self.lasting
        if self.most is not None and whole > self.most:
            return self.most
        return whole if self.least is None or whole > self.least else self.least


class Profile(msgspec.Struct, array_like=True):
    """The fold alone writes it. All times are whole seconds since 1970 in UTC.

    `ruleset` is the one it was last folded with; None before the first event.
    `counts` keeps, per tracked predicate, the latest moments it happened, oldest first, no more
    than the rules need; `series` the same with a property's values. `facts` are the score rules of
    the kind "while" that hold now, and the trigger conditions. `lapses` says, per kept condition,
    when time alone may change its answer. `seen` keeps the ids of recent events by week, eight
    bytes each, so that a repeat counts once. `scores` holds parts too, as `interest/boots`.
    `grants` are points that expire: (until when, how many). `entered` is the latest entry, `keys`
    the keys of entries that are let in once each, as 32-bit hashes. `rhythm` counts what was
    opened, clicked and visited by hour of the day (24), then by weekday (7). `dated` is the day on
    which each date or schedule last came, counted from the year 1. `reactions` says, by 32-bit hashes of messages, which
    were opened (bits 0-2: by a human, by nobody knows whom, by a machine) and clicked (bits 3-5).
    `erased_s` is when the contact was last forgotten, `erased_ms` when the word of it came.
    """

    contact: ContactId
    ruleset: str | None = None
    created_s: int = 0
    now_s: int = 0
    attributes: dict[str, Fact] = {}
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
    series: dict[SeriesId, Series] = {}
    lists: dict[ListId, int] = {}
    topics: dict[str, Consent] = {}
    lifecycle: LifecycleLevel = "visitor"
    first_touch: dict[str, str] = {}
    last_touch: dict[str, str] = {}
    deals: dict[str, Deal] = {}
    quotes: dict[str, Quote] = {}
    cart: Cart = msgspec.field(default_factory=Cart)
    decaying: dict[ScoreId, Decaying] = {}
    grants: dict[ScoreId, list[tuple[int, int]]] = {}
    goals: dict[JourneyId, int] = {}
    keys: dict[JourneyId, list[int]] = {}
    pursuits: list[Pursuit] = []
    sent: list[Sent] = []
    rhythm: list[int] = []
    dated: dict[str, int] = {}
    reactions: dict[int, int] = {}
    erased_s: int = 0
    erased_ms: int = 0

    @property
    def identified(self) -> bool:
        """Whether anything is known by which this contact can be addressed."""
        facts = self.attributes
        return bool(facts.get("email") or facts.get("phone") or facts.get("user_id"))

    def points(self, score: ScoreId, now_s: int) -> int:
        """Return what a score, or a part of one, comes to at a moment."""
        kept = self.decaying.get(score)
        return self.scores.get(score, 0) if kept is None else kept.value(now_s)

    @property
    def due_s(self) -> int:
        """The earliest moment at which something happens by time alone; 0 when nothing does."""
        dues = [*self.lapses.values(), *self.dates.values()]
        for enrollment in self.enrollments:
            if enrollment.due_s:
                dues.append(enrollment.due_s)
            if enrollment.check_s:
                dues.append(enrollment.check_s)
        if self.pursuits:
            dues += [pursuit.check_s for pursuit in self.pursuits if pursuit.check_s]
        return min(dues) if dues else 0
