"""Audiences: how many are in one, by which of its rows, who, since when, and why one contact is in it or not."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

import msgspec

from ripely.api.described import Contact
from ripely.model.condition import All, AnyOf
from ripely.model.ids import ContactId, contact_code
from ripely.model.profile import Profile
from ripely.operations.audience import audiences
from ripely.operations.audience.audiences import Ground, Part
from ripely.operations.explaining.membership import Row
from ripely.runtime.segment import RefusedError
from ripely.web.request import Request
from ripely.web.v1 import saying
from ripely.web.v1.endpoint import READER, get, post
from ripely.web.v1.saying import IN_FORCE, AudienceKind, AudienceName, Written

MEMBERS_MAX = 1_000
_AT = "audiences/{kind}/{name}"
_LIMIT = msgspec.Meta(ge=1, le=MEMBERS_MAX, description="At most so many.")


class Audience(msgspec.Struct, frozen=True):
    """How many are `inside` of all `people`.

    Each of the `rows` says for how many it holds `alone`, and how many are `left` of those whom the
    rows above left; `together` is how the rows are joined. `happens`: something must happen besides,
    which no count foretells.
    """

    people: int
    inside: int
    together: Literal["all", "any", "one"]
    rows: Sequence[Part]
    happens: bool


class SampleTold(msgspec.Struct, frozen=True):
    contact: ContactId
    why: Row


class Samples(msgspec.Struct, frozen=True):
    samples: Sequence[SampleTold]


class OverlapLine(msgspec.Struct, frozen=True):
    """So many of the audience are in this segment, too."""

    segment: str
    name: str
    people: int


class Overlap(msgspec.Struct, frozen=True):
    """`left_out` are segments that there was no room to compare with."""

    inside: int
    segments: Sequence[OverlapLine]
    left_out: int


class DaysAsked(msgspec.Struct, frozen=True):
    days: Annotated[
        int, msgspec.Meta(ge=1, le=audiences.DAYS_MAX, description="Of the last days.")
    ] = 30


class DaySize(msgspec.Struct, frozen=True):
    """How many were in it at the end of a day; null: nothing is known of that day."""

    day: date
    inside: int | None


class Sizes(msgspec.Struct, frozen=True):
    days: Sequence[DaySize]


class MembersAsked(msgspec.Struct, frozen=True):
    on: Annotated[
        date | None, msgspec.Meta(description="At the end of that day; now, if it is not said.")
    ] = None
    after: Annotated[
        str, msgspec.Meta(description="Where the page before ended: its `next`.", max_length=16)
    ] = ""
    limit: Annotated[int, _LIMIT] = 100


class Member(msgspec.Struct, frozen=True):
    contact: ContactId


class Members(msgspec.Struct, frozen=True):
    """A page of those in it, in no order that means anything; `next`: say it as `after` for more, null: these are all."""

    day: date
    members: Sequence[Member]
    next: str | None


class Membership(msgspec.Struct, frozen=True):
    contact: ContactId
    inside: bool
    why: Row


@get(_AT, READER)
@post(_AT, READER)
def size(
    request: Request, kind: AudienceKind, name: AudienceName, *, body: Written = IN_FORCE
) -> Audience:
    """Count who is in a segment, or could enter a journey, with the contribution of each row."""
    found, condition, ground = saying.audience_of(request, kind, name, body.document)
    counted = audiences.size(condition, ground)
    together: Literal["all", "any", "one"] = "one"
    if isinstance(condition, All | AnyOf):
        together = "all" if isinstance(condition, All) else "any"
    rows = audiences.parts(condition, ground)
    return Audience(counted.people, counted.inside, together, rows, found.happens)


@get(f"{_AT}/samples", READER)
@post(f"{_AT}/samples", READER)
def samples(
    request: Request, kind: AudienceKind, name: AudienceName, *, body: Written = IN_FORCE
) -> Samples:
    """Show some of those who are in it, each with the reason."""
    _, condition, ground = saying.audience_of(request, kind, name, body.document)
    app = request.app

    def profile_of(contact: ContactId) -> Profile | None:
        return app.profiles.load([contact]).profiles.get(contact)

    found = audiences.samples(condition, ground, profile_of, app.history)
    return Samples([SampleTold(one.contact, one.why) for one in found])


@get(f"{_AT}/overlap", READER)
@post(f"{_AT}/overlap", READER)
def overlap(
    request: Request, kind: AudienceKind, name: AudienceName, *, body: Written = IN_FORCE
) -> Overlap:
    """Count how many of them are in each of the other segments, most first."""
    found, condition, ground = saying.audience_of(request, kind, name, body.document)
    others = {key: one for key, one in found.names.segments.items() if key != name}
    whole, counted = audiences.in_common(condition, [one.id for one in others.values()], ground)
    lines = [OverlapLine(one, others[one].name, n) for one, n in counted]
    return Overlap(whole, lines, len(others) - len(lines))


@get(f"{_AT}/days", READER)
@post(f"{_AT}/days", READER)
def days(
    request: Request,
    kind: AudienceKind,
    name: AudienceName,
    *,
    query: DaysAsked,
    body: Written = IN_FORCE,
) -> Sizes:
    """Count how many were in it at the end of each of the last days."""
    _, condition, ground = saying.audience_of(request, kind, name, body.document)
    today = _today(ground)
    told = audiences.sizes(condition, today - timedelta(days=query.days - 1), today, ground)
    return Sizes([DaySize(day, inside) for day, inside in told])


@get(f"{_AT}/members", READER)
@post(f"{_AT}/members", READER)
def members(
    request: Request,
    kind: AudienceKind,
    name: AudienceName,
    *,
    query: MembersAsked,
    body: Written = IN_FORCE,
) -> Members:
    """List who is in it now, or was at the end of a day."""
    _, condition, ground = saying.audience_of(request, kind, name, body.document)
    today = _today(ground)
    if query.on is not None and query.on > today:
        raise RefusedError("?on", f"{query.on} is still to come: nothing is known of it.")
    after, most = _cursor(query.after), query.limit + 1
    found = audiences.members_on(condition, query.on, ground, most, after)
    page = found[: query.limit]
    more = contact_code(page[-1]) if len(found) > len(page) else None
    return Members(query.on or today, [Member(one) for one in page], more)


@get(f"{_AT}/contacts/{{contact}}", READER)
@post(f"{_AT}/contacts/{{contact}}", READER)
def member(
    request: Request,
    kind: AudienceKind,
    name: AudienceName,
    contact: Contact,
    *,
    body: Written = IN_FORCE,
) -> Membership:
    """Say whether a contact is in it, and why or why not, row by row."""
    _, condition, ground = saying.audience_of(request, kind, name, body.document)
    profile = saying.profile_of(request, contact)
    row = audiences.reason(condition, profile, ground, request.app.history)
    return Membership(profile.contact, row.holds, row)


def _today(ground: Ground) -> date:
    return ground.now.astimezone(ground.zone).date()


def _cursor(said: str) -> int:
    try:
        return int(said or "0", 16)
    except ValueError:
        raise RefusedError("?after", "This is no `next` of a page before.") from None
