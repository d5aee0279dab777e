"""What must be done about it. The fold returns effects; the runtime performs them."""

from typing import Any

import msgspec

from ripely.model.ids import (
    ContactId,
    EffectId,
    EventId,
    JourneyId,
    ScoreId,
    SegmentId,
    StepId,
    TeamId,
    TemplateId,
)


class _Effect(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="effect", omit_defaults=True
):
    """`id` depends on contact, journey, version, step and entry alone: the same decision has the same id."""

    id: EffectId
    contact: ContactId
    decided_ms: int
    journey: JourneyId = JourneyId("")
    version: int = 0
    step: StepId = StepId("")


class SendMessage(_Effect, frozen=True, kw_only=True, tag="send_message"):
    """A message decided for one contact. With `held`, it is not to be sent, and that is the reason.

    `recipient` is the address known at the decision; `facts` are the contact's attributes and
    `entry` the properties of the event that let the contact in: what the template may speak of.
    Not handed over by `late_ms` (0: whenever), it is treated as `late` says. `segments` are those
    that the contact was in then.
    """

    channel: str
    template: TemplateId
    purpose: str
    recipient: str
    facts: dict[str, Any] = {}
    entry: dict[str, Any] = {}
    held: str = ""
    topic: str = ""
    late_ms: int = 0
    late: str = "drop"
    segments: list[SegmentId] = []


class CreateTask(_Effect, frozen=True, kw_only=True, tag="create_task"):
    """Work for a person, due at `due_ms`. For a `team` it is released at the team's rate, by `until_ms` or not at all."""

    type: str
    title: str
    script: str
    assignee: str
    due_ms: int
    entry: dict[str, Any] = {}
    team: TeamId | None = None
    priority: int = 5
    until_ms: int = 0


class NotifyPerson(_Effect, frozen=True, kw_only=True, tag="notify"):
    """A line for a colleague: `to` is an address, a user name or `owner`."""

    to: str
    text: str


class CallWebhook(_Effect, frozen=True, kw_only=True, tag="call_webhook"):
    """`keep`: what the other system answers comes back as an event, with its content."""

    url: str
    entry: dict[str, Any] = {}
    keep: bool = False


class EmitEvent(_Effect, frozen=True, kw_only=True, tag="emit_event"):
    """An event that the fold of one contact addresses to another (`target`): it goes into the log.

    `event` is its id, when it is one that came to the wrong address: told there and here, it
    counts once, and became ours at `received_ms`. `occurred_ms` 0 means: when the decision was made.
    """

    target: ContactId
    name: str
    properties: dict[str, Any]
    event: EventId | None = None
    occurred_ms: int = 0
    received_ms: int = 0
    source: str = "fold"


class AssignOwner(_Effect, frozen=True, kw_only=True, tag="assign_owner"):
    """One of a team is to be chosen as owner, by turns or by who has the most room; an event tells who."""

    team: TeamId
    how: str
    score: ScoreId | None = None


class SyncAudience(_Effect, frozen=True, kw_only=True, tag="sync_audience"):
    """The contact joins or leaves an audience of an advertising network."""

    audience: str
    network: str
    change: str


class ForgetContact(_Effect, frozen=True, kw_only=True, tag="forget"):
    """What is kept of the contact beside its profile is to go: history, tasks, whatever waits to be done.

    History begins anew with the `event` that asked for it, and with what is `kept`.
    """

    event: EventId
    kept: str


Effect = (
    SendMessage
    | CreateTask
    | NotifyPerson
    | CallWebhook
    | EmitEvent
    | AssignOwner
    | SyncAudience
    | ForgetContact
)
