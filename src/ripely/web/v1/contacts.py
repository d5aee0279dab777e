"""Contacts: who they are, and what happened to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from ripely.api.described import Contact
from ripely.model.ids import ContactId
from ripely.model.profile import Fact, Profile
from ripely.operations.dossiers import contacts, dossier, timeline
from ripely.operations.dossiers.ripeness import scores_of
from ripely.operations.wording.moments import KINDS
from ripely.runtime.segment import RefusedError
from ripely.web.request import Request
from ripely.web.v1 import saying
from ripely.web.v1.endpoint import READER, get
from ripely.web.v1.telling import Happened, happened


class ContactsAsked(msgspec.Struct, frozen=True):
    q: Annotated[
        str,
        msgspec.Meta(
            max_length=200,
            description="Beginnings of words in names, emails, phones and companies.",
        ),
    ] = ""
    segment: Annotated[
        str, msgspec.Meta(max_length=64, description="Only those of this segment.")
    ] = ""
    level: Annotated[
        str, msgspec.Meta(max_length=64, description="Only those of this level of a score.")
    ] = ""
    order: Annotated[
        contacts.Order,
        msgspec.Meta(description="By the score, or by when they were seen last."),
    ] = "score"
    after: Annotated[
        str, msgspec.Meta(max_length=64, description="Where the page before ended: its `next`.")
    ] = ""


class ContactLine(msgspec.Struct, frozen=True):
    contact: ContactId
    name: str
    email: str
    phone: str
    company: str
    owner: str
    score: int
    level: str
    segments: Sequence[str]
    created_at: datetime
    seen_at: datetime


class ContactPage(msgspec.Struct, frozen=True):
    """A page of known contacts. `count` is of all that match; `more`: they were not counted further."""

    contacts: Sequence[ContactLine]
    count: int
    more: bool
    next: str | None


class InSegment(msgspec.Struct, frozen=True):
    segment: str
    name: str
    since_s: int


class ScoreTold(msgspec.Struct, frozen=True):
    score: str
    name: str
    points: int
    level: str


class InJourney(msgspec.Struct, frozen=True):
    """A place in a journey. `due_s` is when it goes on by itself; 0: it waits for something to happen."""

    journey: str
    version: int
    step: str
    entered_s: int
    since_s: int
    due_s: int


class ContactTold(msgspec.Struct, frozen=True):
    """What is known of a contact now. Moments are seconds since 1970."""

    contact: ContactId
    name: str
    email: str
    phone: str
    company: str
    owner: str
    timezone: str
    lifecycle: str
    created_s: int
    seen_s: int
    visits: int
    tags: Sequence[str]
    attributes: Mapping[str, Fact]
    consents: Mapping[str, bool]
    suppressed: Mapping[str, str]
    segments: Sequence[InSegment]
    scores: Sequence[ScoreTold]
    journeys: Sequence[InJourney]


class TimelineAsked(msgspec.Struct, frozen=True):
    kind: Annotated[
        str, msgspec.Meta(max_length=32, description=f"One of {', '.join(KINDS)}.")
    ] = ""
    before: (
        Annotated[
            int, msgspec.Meta(ge=1, description="Where the page before ended: its `older`.")
        ]
        | None
    ) = None


class PassageTold(msgspec.Struct, frozen=True):
    """A visit, or what happened between two: its moments, newest first."""

    visit: bool
    started_ms: int
    ended_ms: int
    spent_s: int
    source: str
    moments: Sequence[Happened]


class Timeline(msgspec.Struct, frozen=True):
    """A page of what happened, newest first; `older`: say it as `before` for what came before, null: it began here."""

    contact: ContactId
    passages: Sequence[PassageTold]
    older: int | None


@get("contacts", READER)
def find(*, query: ContactsAsked) -> ContactPage:
    """Find known contacts, the ripest or the latest first."""
    wanted = contacts.Wanted(query.q, query.segment, query.level, query.order, query.after)
    if query.after and not contacts.is_cursor(query.order, query.after):
        raise RefusedError("?after", "This is no `next` of a page before in the same order.")
    found = contacts.find(wanted)
    lines = [
        ContactLine(
            contact=ContactId(one.contact),
            name=one.name,
            email=one.email,
            phone=one.phone,
            company=one.company,
            owner=one.owner,
            score=one.score,
            level=one.level,
            segments=one.segments,
            created_at=one.created_at,
            seen_at=one.seen_at,
        )
        for one in found.cards
    ]
    return ContactPage(lines, found.count.n, found.count.more, found.next or None)


@get("contacts/{contact}", READER)
def show(request: Request, contact: Contact) -> ContactTold:
    """Tell what is known of a contact now."""
    return _told(request, saying.profile_of(request, contact))


@get("contacts/{contact}/timeline", READER)
def happenings(request: Request, contact: Contact, *, query: TimelineAsked) -> Timeline:
    """Tell what happened to a contact and what was decided, in visits, page by page."""
    if query.kind and query.kind not in KINDS:
        raise RefusedError("?kind", f"“{query.kind}” is none of {', '.join(KINDS)}.")
    profile = saying.profile_of(request, contact)
    before = query.before or timeline.NEWEST
    page = timeline.page_of(
        request.app.history, profile.contact, request.names, query.kind, before
    )
    passages = [
        PassageTold(
            visit=one.visit,
            started_ms=one.started_ms,
            ended_ms=one.ended_ms,
            spent_s=one.seconds,
            source=one.source,
            moments=[happened(moment) for moment in one.moments],
        )
        for one in page.passages
    ]
    return Timeline(profile.contact, passages, page.older)


def _told(request: Request, profile: Profile) -> ContactTold:
    names, now_s = request.names, int(request.app.clock.now().timestamp())
    header = dossier.header_of(profile, request.in_force.timezone)
    segments = [
        InSegment(one, names.segment(one), since_s) for one, since_s in profile.segments.items()
    ]
    scores = scores_of(profile, names, (), now_s)
    journeys = [
        InJourney(one.journey, one.version, one.step, one.entered_s, one.since_s, one.due_s)
        for one in profile.enrollments
    ]
    return ContactTold(
        contact=profile.contact,
        name=header.name,
        email=header.email,
        phone=header.phone,
        company=header.company,
        owner=header.owner,
        timezone=f"{header.zone}",
        lifecycle=profile.lifecycle,
        created_s=header.created_s,
        seen_s=header.seen_s,
        visits=header.visits,
        tags=header.tags,
        attributes=profile.attributes,
        consents={purpose: one.granted for purpose, one in profile.consents.items()},
        suppressed=profile.suppressed,
        segments=segments,
        scores=[ScoreTold(one.id, one.name, one.points, one.level) for one in scores],
        journeys=journeys,
    )
