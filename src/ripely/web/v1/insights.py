"""What history shows of the whole: results, what was held back, when people buy again, and what is done by hand."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from ripely.model.ids import ContactId
from ripely.operations.explaining import held
from ripely.operations.explaining.held import Choice, What
from ripely.operations.outcomes import overall
from ripely.operations.outcomes.returns import Touch
from ripely.operations.outcomes.spans import Step
from ripely.operations.worth import automations, timing
from ripely.operations.worth.automations import MINUTES
from ripely.web.request import Request
from ripely.web.v1.endpoint import READER, get

DAYS_MAX = 3_650
LINES_MAX = 1_000
Days = Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX, description="Of the last days.")]
_WORDS = msgspec.Meta(max_length=200)
Minutes = Annotated[
    float,
    msgspec.Meta(gt=0, le=480, description="Minutes that one takes, where you know better."),
]


class ResultsAsked(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    days: (
        Annotated[
            int,
            msgspec.Meta(
                ge=1, le=DAYS_MAX, description="The last days; 30, if nothing is said."
            ),
        ]
        | None
    ) = None
    first: Annotated[date | None, msgspec.Meta(description="Or from this day on.")] = None
    last: Annotated[
        date | None, msgspec.Meta(description="To this day; today, if it is not said.")
    ] = None
    by: Step | None = None
    touch: Annotated[
        Touch, msgspec.Meta(description="By the source that brought contacts first, or last.")
    ] = "first"


class Results(overall.Told, frozen=True):
    """What all sources tell of a time. `others` are orders in other currencies: not in the revenue."""


class HeldAsked(msgspec.Struct, frozen=True):
    days: Days = 7
    what: Annotated[What, msgspec.Meta(description="Of what to list the contacts.")] = (
        "message.held"
    )
    journey: Annotated[str, _WORDS] | None = None
    subject: (
        Annotated[str, msgspec.Meta(max_length=200, description="A message, or a task.")] | None
    ) = None
    reason: Annotated[str, msgspec.Meta(max_length=200, description="A part of it.")] = ""


class HeldLine(msgspec.Struct, frozen=True):
    """So many `times` on one day, about so many people. `sort` is what sort of reason it is."""

    what: str
    journey: str
    subject: str
    reason: str
    sort: str
    day: str
    times: int
    people: int


class HeldPerson(msgspec.Struct, frozen=True):
    contact: ContactId
    times: int
    at: datetime
    reason: str
    journey: str
    subject: str


class HeldBack(msgspec.Struct, frozen=True):
    """What did not happen or had to wait: what happened most first; and the latest of those it was about.

    `people_in_all` is how many these are; `more_lines` how many lines there was no room for.
    """

    lines: Sequence[HeldLine]
    more_lines: int
    people: Sequence[HeldPerson]
    people_in_all: int


class TimingsAsked(msgspec.Struct, frozen=True):
    per: timing.Per = "all"
    event: Annotated[
        str, msgspec.Meta(max_length=128, description="The event that is a purchase.")
    ] = "order.completed"
    first: Annotated[bool, msgspec.Meta(description="After the first purchase alone.")] = False


class TimingTold(msgspec.Struct, frozen=True):
    """When one kind of purchase is followed by the next.

    `returning` is the share who buy again within the days that the curve covers, `quarters_days` by when
    a quarter, a half and three quarters of all have; null where it never comes so far. `wait_days` is the
    suggested wait, `anyway` the chance that who has not bought by then still would without being
    asked. Not `enough`: nothing can be said.
    """

    subject: str
    purchases: int
    again: int
    enough: bool
    curve: Sequence[timing.Point]
    returning: float
    quarters_days: Sequence[int | None]
    wait_days: int | None
    anyway: float


class Timings(msgspec.Struct, frozen=True):
    timings: Sequence[TimingTold]


def _act(field: str) -> str:
    """Name a field for the event that it is about: `tag_added` is `tag.added`."""
    return field.replace("_", ".", 1)


class HandAsked(msgspec.Struct, frozen=True, rename=_act):
    days: Days = automations.DAYS
    message_written: Minutes = MINUTES["message.written"]
    task_done: Minutes = MINUTES["task.done"]
    call_made: Minutes = MINUTES["call.made"]
    note_added: Minutes = MINUTES["note.added"]
    tag_added: Minutes = MINUTES["tag.added"]
    tag_removed: Minutes = MINUTES["tag.removed"]
    list_joined: Minutes = MINUTES["list.joined"]
    list_left: Minutes = MINUTES["list.left"]
    attributes_set: Minutes = MINUTES["attributes.set"]
    deal_moved: Minutes = MINUTES["deal.moved"]
    journey_requested: Minutes = MINUTES["journey.requested"]


class SuggestionTold(msgspec.Struct, frozen=True):
    """An act by hand, how often it is done, and after what.

    `follows` is the share of the acts that come after the cause, `foretells` the share of its
    occasions that are followed by the act, `lag_s` how long after it as a rule, `hours` what it costs a month.
    `remains`: the work itself is still a person's. `documents` is the draft that would do it.
    """

    kind: str
    subject: str
    words: str
    times: int
    people: int
    colleagues: int
    cause: str
    detail: str
    after: str
    follows: float
    foretells: float
    lag_s: int
    hours: float
    remains: bool
    journey: str
    documents: str


class Suggestions(msgspec.Struct, frozen=True):
    suggestions: Sequence[SuggestionTold]


@get("results", READER)
def results(request: Request, *, query: ResultsAsked) -> Results:
    """Tell what all sources tell of a time beside the time before, and what came of sources, channels and journeys."""
    app, company = request.app, request.names.company
    zone = ZoneInfo(company.timezone or app.settings.timezone)
    said = {name: f"{value}" for name, value in msgspec.to_builtins(query).items() if value}
    found = overall.overall(app.warehouse, said, app.clock.now(), zone, company.currency)
    return Results(*msgspec.structs.astuple(found.told()))


@get("held", READER)
def held_back(request: Request, *, query: HeldAsked) -> HeldBack:
    """Count what did not happen or had to wait, by reason, journey, message and day, and say whom it was about."""
    warehouse, now = request.app.warehouse, request.app.clock.now()
    since = now - timedelta(days=query.days)
    lines = held.held(warehouse, since, now)
    choice = Choice(query.what, query.journey, query.subject, query.reason)
    people, n = held.people(warehouse, since, now, choice)
    told = [_line(one) for one in lines[:LINES_MAX]]
    listed = [msgspec.convert(one, HeldPerson, from_attributes=True) for one in people]
    return HeldBack(told, len(lines) - len(told), listed, n)


@get("timings", READER)
def timings(request: Request, *, query: TimingsAsked) -> Timings:
    """Say after how many days people buy again, with the curve and the wait that it suggests."""
    app = request.app
    found = timing.timings(
        app.warehouse, app.clock.now(), query.per, query.event, first=query.first
    )
    return Timings([_timing(one) for one in found])


@get("automations", READER)
def by_hand(request: Request, *, query: HandAsked) -> Suggestions:
    """Find what colleagues do by hand again and again, with the hours it costs and a journey that would do it."""
    app, journeys = request.app, request.names.journeys.values()
    said = msgspec.to_builtins(query)
    days = said.pop("days")
    found = automations.suggestions(app.warehouse, app.clock.now(), journeys, days, said)
    return Suggestions([msgspec.convert(one.told(), SuggestionTold) for one in found])


def _line(one: held.Line) -> HeldLine:
    return msgspec.convert(one, HeldLine, from_attributes=True)


def _timing(one: timing.Timing) -> TimingTold:
    return TimingTold(
        subject=one.subject,
        purchases=one.purchases,
        again=one.again,
        enough=one.enough,
        curve=one.curve,
        returning=one.returning,
        quarters_days=one.quarters,
        wait_days=one.wait,
        anyway=one.anyway,
    )
