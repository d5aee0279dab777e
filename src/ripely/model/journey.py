"""The journey a marketer draws: triggers, and steps joined by name."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from ripely.model.action import Action
from ripely.model.acts import Act
from ripely.model.condition import Condition, Share
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, StepId
from ripely.model.trigger import Trigger
from ripely.model.words import ClockTime, Day, Weekday

Weight = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Rounds = Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class _Step(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="do"
):
    pass


class Wait(_Step, frozen=True, tag="wait"):
    """Wait for a length of time."""

    period: Duration = msgspec.field(name="for")
    then: StepId | None = None


class WaitUntil(_Step, frozen=True, tag="wait_until"):
    """Wait for a time, in the contact's zone. Always in the future, unless `if_past` says what a past day means.

    The next `at` on one of `weekdays`; of the day in an `attribute` (and `offset_days` from it), or
    of a `day`; in the company's `business_hours`; or, with `best_time`, the hour of the next day
    or so at which this contact has most often opened, clicked and visited.
    """

    at: ClockTime | None = None
    weekdays: tuple[Weekday, ...] = ()
    day: Day | None = None
    attribute: str = ""
    offset_days: int = 0
    business_hours: bool = False
    best_time: bool = False
    if_past: Literal["go_on", "exit"] = "go_on"
    then: StepId | None = None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    condition: Condition = msgspec.field(name="when")
    then: StepId | None = None


class Await(_Step, frozen=True, tag="await"):
    """Wait until a condition holds, or until the time-out."""

    condition: Condition = msgspec.field(name="until")
    timeout: Duration
    then: StepId | None = None
    otherwise: StepId | None = None


class AwaitAny(_Step, frozen=True, tag="await_any"):
    """Wait until one of several cases holds, the first of them if several do, or until the time-out."""

    cases: tuple[Case, ...]
    timeout: Duration
    otherwise: StepId | None = None


class AwaitEvent(_Step, frozen=True, tag="await_event"):
    """Wait for an event, and keep its properties for later steps, or until the time-out.

    `same`: properties that must be equal to those of the entry event, like `order_id`.
    """

    event: Act
    timeout: Duration
    same: tuple[str, ...] = ()
    then: StepId | None = None
    otherwise: StepId | None = None


class Branch(_Step, frozen=True, tag="branch"):
    """Go the way of the first case that holds."""

    cases: tuple[Case, ...]
    otherwise: StepId | None = None


class Arm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    weight: Weight = 1
    then: StepId | None = None


class Split(_Step, frozen=True, tag="split"):
    """Divide people by chance that sticks: the same contact always goes the same way."""

    arms: tuple[Arm, ...]


class Experiment(_Step, frozen=True, tag="experiment"):
    """A split that is measured: of whom who went each way did how many meet the `metric` within a time.

    Once a `winner` is declared everybody goes its way.
    """

    arms: tuple[Arm, ...]
    metric: Condition
    within: Duration
    winner: str = ""


class Together(_Step, frozen=True, tag="together"):
    """Do several things at the same moment."""

    actions: tuple[Action, ...]
    then: StepId | None = None


class Repeat(_Step, frozen=True, tag="repeat"):
    """Go back to a step, at most so many times; then go on."""

    back_to: StepId
    at_most: Rounds
    then: StepId | None = None


class Exit(_Step, frozen=True, tag="exit"):
    reason: str = ""


Step = (
    Action
    | Wait
    | WaitUntil
    | Await
    | AwaitAny
    | AwaitEvent
    | Branch
    | Split
    | Experiment
    | Together
    | Repeat
    | Exit
)


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the journey is for. Reaching it ends the journey at once, in the middle of a wait too.

    It counts as a conversion when it is reached `within` a time of entering (in the journey or
    after it), worth the property `value_of` of the event that reached it, or `value`: also when the event
    says a currency that is not the company's.
    """

    condition: Condition = msgspec.field(name="when")
    name: str = "goal"
    within: Duration | None = None
    value: float = 0
    value_of: str = ""
    ends: bool = True


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Ends the journey at once, in the middle of a wait too: when a condition becomes true, or on an event.

    `same`: properties of the event that must be equal to those of the entry event, like `order_id`.
    """

    condition: Condition | None = msgspec.field(name="when", default=None)
    event: Act | None = None
    same: tuple[str, ...] = ()
    reason: str = ""


class Journey(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="journey",
):  # fmt: skip
    """Who is let in, when, and what happens to them step by step.

    `reentry` is `once` in a life, or `always` when not inside already; `reentry_after` adds a least
    distance; `reentry_per` lets in once per value of a property of the entry event, like
    `order_id`, even while inside for another value.

    A `paused` journey lets nobody in and holds everybody in place; what came due meanwhile goes on
    when it is resumed, or is left out when it is later than `overdue_after`. `holdout` percent of
    those who would enter are kept out, to be compared.
    """

    id: JourneyId
    name: str
    triggers: tuple[Trigger, ...]
    start: StepId
    steps: dict[StepId, Step]
    filter: Condition | None = None
    reentry: Literal["once", "always"] = "once"
    reentry_after: Duration | None = None
    reentry_per: str = ""
    goal: Goal | None = None
    leave: tuple[Leave, ...] = ()
    holdout: Share = 0
    paused: bool = False
    overdue_after: Duration | None = None
    description: str = ""


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What becomes of those inside when a new version of a journey is published.

    They `finish` the version they entered; or `move` to the step of the same name, or the one that
    `steps` names for theirs (a step that is gone without one lets them go); or `leave`.
    """

    plan: Literal["move", "finish", "leave"] = "move"
    steps: Mapping[StepId, StepId] = {}


def targets(step: Step) -> tuple[tuple[str, StepId], ...]:
    """Return where a step can lead, each with the part of the step that says so."""
    match step:
        case Branch(cases, otherwise) | AwaitAny(cases=cases, otherwise=otherwise):
            ways = [(f"cases[{n}].then", case.then) for n, case in enumerate(cases)]
            ways.append(("otherwise", otherwise))
        case Split(arms) | Experiment(arms):
            ways = [(f"arms[{n}].then", arm.then) for n, arm in enumerate(arms)]
        case Await(then=then, otherwise=otherwise) | AwaitEvent(then=then, otherwise=otherwise):
            ways = [("then", then), ("otherwise", otherwise)]
        case Repeat(back_to=back_to, then=then):
            ways = [("back_to", back_to), ("then", then)]
        case Exit():
            ways = []
        case _:
            ways = [("then", step.then)]
    return tuple((part, target) for part, target in ways if target is not None)
