"""What a journey does for a contact at a moment: nothing here takes time."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.model.ids import JourneyId, ListId, ScoreId, StepId, TeamId, TemplateId
from ripely.model.words import ChannelKind, ClockTime, LifecycleLevel, Weekday

Priority = Annotated[int, msgspec.Meta(ge=1, le=10)]


class _Action(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="do",
    kw_only=True,
):  # fmt: skip
    """`then` is the step that follows; nothing: the journey ends."""

    then: StepId | None = None


class Send(_Action, frozen=True, tag="send"):
    """Send a template. `purpose` is the consent that it needs; `transactional` needs none.

    A message that a guard holds back (quiet hours, a cap, the attention budget) waits for its
    time up to `patience`, and is dropped after that. Decided and not handed over for
    `late_after`, as after an outage, it is dropped, sent all the same, or held for a person.
    """

    template: TemplateId
    channel: ChannelKind = "email"
    purpose: str = "marketing"
    topic: str = ""
    priority: Priority = 5
    patience: Duration = msgspec.field(default_factory=lambda: Duration(86_400))
    late_after: Duration | None = None
    late: Literal["drop", "send", "hold"] = "drop"


class Update(_Action, frozen=True, tag="update"):
    """Change what is known of the contact.

    `set_dates` sets attributes to a day so far ahead, in the contact's zone: `code_until: 1d`;
    `add` and `multiply` count with numbers, `copy` takes another attribute's value, or
    `entry.total`. `call_allowed` marks whether colleagues may call.
    """

    set: Mapping[str, Value | tuple[Value, ...]] = {}
    set_dates: Mapping[str, Duration] = {}
    add: Mapping[str, float] = {}
    multiply: Mapping[str, float] = {}
    copy: Mapping[str, str] = {}
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    join_lists: tuple[ListId, ...] = ()
    leave_lists: tuple[ListId, ...] = ()
    join_topics: tuple[str, ...] = ()
    leave_topics: tuple[str, ...] = ()
    add_points: Mapping[ScoreId, int] = {}
    lifecycle: LifecycleLevel | None = None
    call_allowed: bool | None = None


class Assign(_Action, frozen=True, tag="assign"):
    """Give the contact an owner: a colleague named `to`, or one of a `team`.

    Of a team by turns, by the score (the highest band that a member takes), by territory, or by
    who has the most room. An owner stays, unless `again`.
    """

    to: str = ""
    team: TeamId | None = None
    how: Literal["fixed", "turns", "score", "territory", "capacity"] = "fixed"
    score: ScoreId | None = None
    again: bool = False


class Task(_Action, frozen=True, tag="task"):
    """Ask a person to do something: a call, with its context and script.

    A call for a `team` is released as fast as its people can call, in their hours; one that has
    waited longer than `patience` is not made, and `task.released` or `task.dropped` tells which.
    """

    title: str
    type: Literal["call", "todo"] = "call"
    script: str = ""
    assignee: str = ""
    team: TeamId | None = None
    due: Duration = msgspec.field(default_factory=lambda: Duration(3600))
    priority: Priority = 5
    patience: Duration | None = None


class Notify(_Action, frozen=True, tag="notify"):
    """Tell the contact's owner, everybody of `team:name`, or somebody named, by mail and in the product."""

    text: str
    to: str = "owner"


class Deal(_Action, frozen=True, tag="deal"):
    """Open a deal, or move the contact's open one of this pipeline to another stage, or close it."""

    pipeline: str = "sales"
    stage: str = ""
    title: str = ""
    value: float | None = None
    outcome: Literal["open", "won", "lost"] = "open"


class Coupon(_Action, frozen=True, tag="coupon"):
    """Give the contact a code of its own, kept in an attribute, and in `<attribute>_until` the day it ends.

    It is valid `valid_for` so long, or `until` the end (`at`) of the next such weekday in the contact's zone.
    """

    campaign: str
    attribute: str = "coupon"
    prefix: str = ""
    discount: str = ""
    valid_for: Duration | None = None
    until: Weekday | None = None
    at: ClockTime = "23:59"


class AddNote(_Action, frozen=True, tag="note"):
    """Write a line on the contact's timeline."""

    text: str


class Webhook(_Action, frozen=True, tag="webhook"):
    """Call an address of another system. `keep`: wait for its answer, and keep what it says."""

    url: str
    keep: bool = False


class EmitAct(_Action, frozen=True, tag="event"):
    """Make an event of this contact, as if it had happened now. Values may be `entry.total` of the entry event."""

    event: str
    properties: Mapping[str, Value] = {}


class Audience(_Action, frozen=True, tag="audience"):
    """Put the contact into an audience of an advertising network, or take it out."""

    audience: str
    network: str = ""
    change: Literal["add", "remove"] = "add"


class StartJourney(_Action, frozen=True, tag="start_journey"):
    """Let the contact into another journey, by its rules; the entry event's data goes along."""

    journey: JourneyId


class StopJourney(_Action, frozen=True, tag="stop_journey"):
    """Take the contact out of another journey at once."""

    journey: JourneyId


Action = (
    Send
    | Update
    | Assign
    | Task
    | Notify
    | Deal
    | Coupon
    | AddNote
    | Webhook
    | EmitAct
    | Audience
    | StartJourney
    | StopJourney
)
