"""The journey a marketer draws: triggers, and steps joined by name."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from ripely.model.condition import Condition, Where
from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.ids import JourneyId, ScoreId, SegmentId, StepId, TemplateId

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day in the contact's own zone, as `20:00`."""
ChannelKind = Literal["email", "sms", "push", "messenger"]


class _Trigger(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="on"
):
    pass


class OnEvent(_Trigger, frozen=True, tag="event"):
    """An event happens; with `nth`, only the occasion of that number (the contact's 2nd visit, say)."""

    event: str
    where: tuple[Where, ...] = ()
    nth: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None


class OnSegment(_Trigger, frozen=True, tag="segment"):
    """The contact enters, or leaves, a segment."""

    id: SegmentId
    change: Literal["entered", "left"] = "entered"


class OnScore(_Trigger, frozen=True, tag="score"):
    """A score comes from below a value to it or above."""

    id: ScoreId
    reaches: int


class OnCondition(_Trigger, frozen=True, tag="condition"):
    """A condition becomes true, in whatever order its parts come."""

    when: Condition


class OnDate(_Trigger, frozen=True, tag="date"):
    """A date kept in an attribute comes, in the contact's zone; `offset_days` before (-) or after (+)."""

    attribute: str
    at: ClockTime = "09:00"
    offset_days: int = 0
    yearly: bool = False


Trigger = OnEvent | OnSegment | OnScore | OnCondition | OnDate


class _Step(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="do"
):
    pass


class Send(_Step, frozen=True, tag="send"):
    """Send a template. `purpose` is the consent that it needs; `transactional` needs none."""

    template: TemplateId
    channel: ChannelKind = "email"
    purpose: str = "marketing"
    then: StepId | None = None


class Wait(_Step, frozen=True, tag="wait"):
    """Wait for a length of time."""

    period: Duration = msgspec.field(name="for")
    then: StepId | None = None


class WaitUntil(_Step, frozen=True, tag="wait_until"):
    """Wait for the next given time of day, on given weekdays, in the contact's zone. Always in the future."""

    at: ClockTime
    weekdays: tuple[Weekday, ...] = ()
    then: StepId | None = None


class Await(_Step, frozen=True, tag="await"):
    """Wait until a condition holds, or until the time-out."""

    condition: Condition = msgspec.field(name="until")
    timeout: Duration
    then: StepId | None = None
    otherwise: StepId | None = None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    condition: Condition = msgspec.field(name="when")
    then: StepId | None = None


class Branch(_Step, frozen=True, tag="branch"):
    """Go the way of the first case that holds."""

    cases: tuple[Case, ...]
    otherwise: StepId | None = None


class Arm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    weight: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    then: StepId | None = None


class Split(_Step, frozen=True, tag="split"):
    """Divide people by chance that sticks: the same contact always goes the same way."""

    arms: tuple[Arm, ...]


class Update(_Step, frozen=True, tag="update"):
    """Change what is known: attributes, tags, points.

    `set_dates` sets attributes to a day so far ahead, in the contact's zone: `code_until: 1d`.
    """

    set: Mapping[str, Value] = {}
    set_dates: Mapping[str, Duration] = {}
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    add_points: Mapping[ScoreId, int] = {}
    then: StepId | None = None


class Task(_Step, frozen=True, tag="task"):
    """Ask a person to do something: a call, with its context and script."""

    title: str
    type: Literal["call", "todo"] = "call"
    script: str = ""
    assignee: str = ""
    due: Duration = msgspec.field(default_factory=lambda: Duration(3600))
    then: StepId | None = None


class Notify(_Step, frozen=True, tag="notify"):
    """Tell the contact's owner, or somebody named, by mail and in the product."""

    text: str
    to: str = "owner"
    then: StepId | None = None


class Webhook(_Step, frozen=True, tag="webhook"):
    """Call an address of another system."""

    url: str
    then: StepId | None = None


class Exit(_Step, frozen=True, tag="exit"):
    reason: str = ""


Step = (
    Send | Wait | WaitUntil | Await | Branch | Split | Update | Task | Notify | Webhook | Exit
)


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the journey is for. Reaching it ends the journey at once, in the middle of a wait too."""

    condition: Condition = msgspec.field(name="when")
    name: str = "goal"


class Journey(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="journey",
):  # fmt: skip
    """`reentry` is `once` in a life, or `always` when not inside already; `reentry_after` adds a least distance."""

    id: JourneyId
    name: str
    triggers: tuple[Trigger, ...]
    start: StepId
    steps: dict[StepId, Step]
    filter: Condition | None = None
    reentry: Literal["once", "always"] = "once"
    reentry_after: Duration | None = None
    goal: Goal | None = None
    description: str = ""


def targets(step: Step) -> tuple[tuple[str, StepId], ...]:
    """Return where a step can lead, each with the part of the step that says so."""
    match step:
        case Branch(cases, otherwise):
            ways = [(f"cases[{n}].then", case.then) for n, case in enumerate(cases)]
            ways.append(("otherwise", otherwise))
        case Split(arms):
            ways = [(f"arms[{n}].then", arm.then) for n, arm in enumerate(arms)]
        case Await(then=then, otherwise=otherwise):
            ways = [("then", then), ("otherwise", otherwise)]
        case Exit():
            ways = []
        case _:
            ways = [("then", step.then)]
    return tuple((part, target) for part, target in ways if target is not None)
