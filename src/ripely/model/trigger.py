"""What lets a contact into a journey. A journey has one trigger or several; any of them is enough."""

from typing import Annotated, Literal

import msgspec

from ripely.model.acts import Act, Where
from ripely.model.condition import Condition
from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.ids import ScoreId, SegmentId
from ripely.model.words import ClockTime, MonthDay, Weekday

Nth = Annotated[int, msgspec.Meta(ge=1, le=100)]


class _Trigger(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="on"
):
    pass


class OnEvent(_Trigger, frozen=True, tag="event"):
    """An event happens; with `nth`, only the occasion of that number (the contact's 2nd visit, say)."""

    event: str
    where: tuple[Where, ...] = ()
    nth: Nth | None = None


class OnSegment(_Trigger, frozen=True, tag="segment"):
    """The contact enters, or leaves, a segment."""

    id: SegmentId
    change: Literal["entered", "left"] = "entered"


class OnScore(_Trigger, frozen=True, tag="score"):
    """A score `reaches` a value from below, or `falls_below` one, or becomes the `highest` of all.

    Exactly one of the three. `of`: the part for one category, stage or tag.
    """

    id: ScoreId
    reaches: int | None = None
    falls_below: int | None = None
    highest: bool = False
    of: str = ""


class OnAttribute(_Trigger, frozen=True, tag="attribute"):
    """An attribute gets another value; `from` and `to` say which change."""

    name: str
    before: Value = msgspec.field(default=None, name="from")
    after: Value = msgspec.field(default=None, name="to")


class OnCondition(_Trigger, frozen=True, tag="condition"):
    """A condition becomes true, in whatever order its parts come; or it ceases to be."""

    when: Condition
    becomes: bool = True


class OnAbsence(_Trigger, frozen=True, tag="absence"):
    """An act is not followed by another `within` a time. A new act begins the time anew."""

    after: Act
    without: Act
    within: Duration


class OnInactivity(_Trigger, frozen=True, tag="inactivity"):
    """A contact who did something has done nothing for so long."""

    period: Duration = msgspec.field(name="for")


class OnDate(_Trigger, frozen=True, tag="date"):
    """A date kept in an attribute comes, in the contact's zone.

    First moved by years, months and days, before (-) or after (+); then, with `next`, to the
    first such day of a year from there on: the 1 September after the sixth birthday.
    """

    attribute: str
    at: ClockTime = "09:00"
    offset_days: int = 0
    offset_months: int = 0
    offset_years: int = 0
    next: MonthDay | None = None
    yearly: bool = False


class OnSchedule(_Trigger, frozen=True, tag="schedule"):
    """A time that comes again and again, for everybody in the audience, each in their own zone."""

    every: Literal["day", "week", "month", "year"]
    audience: Condition
    at: ClockTime = "09:00"
    weekdays: tuple[Weekday, ...] = ()
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None
    date: MonthDay | None = None


class OnRequest(_Trigger, frozen=True, tag="request"):
    """Somebody asks for it: by `hand` in the product, through the `api`, by a `webhook`, or another journey."""

    by: tuple[Literal["hand", "api", "webhook", "journey"], ...] = ()


Trigger = (
    OnEvent
    | OnSegment
    | OnScore
    | OnAttribute
    | OnCondition
    | OnAbsence
    | OnInactivity
    | OnDate
    | OnSchedule
    | OnRequest
)
