"""All that is known of one contact, ready to read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from ripely.model.ids import ContactId, SegmentId
from ripely.model.note import Note
from ripely.model.profile import Consent, Enrollment, Fact, Profile
from ripely.operations.dossiers.timeline import NEWEST
from ripely.operations.wording.moments import Moment, moment_of
from ripely.operations.wording.names import Names, contact_name, spoken, text
from ripely.operations.wording.steps import describe
from ripely.ports import History, Profiles
from ripely.records.hot.models import Identity

STORIES_READ = 400
SEARCHES_SHOWN = 12
INTERESTS_SHOWN = 10
_IDENTITIES = {1: "Browser", 2: "User id", 3: "Email", 4: "Phone", 5: "Messenger"}
# Told in the header; the rest is listed under "Facts".
_HEADLINES = {"name", "full_name", "first_name", "last_name", "firstName", "lastName", "email",
              "phone", "timezone", "locale"}  # fmt: skip


class Header(msgspec.Struct, frozen=True):
    name: str
    email: str
    phone: str
    company: str
    owner: str
    zone: ZoneInfo
    zone_known: bool
    created_s: int
    seen_s: int
    visits: int
    tags: Sequence[str]
    consents: Mapping[str, Consent]
    suppressed: Mapping[str, str]
    facts: Sequence[tuple[str, str]]


class Membership(msgspec.Struct, frozen=True):
    """A segment, whether the contact is in it and since when, and what last changed that."""

    id: str
    name: str
    inside: bool
    since_s: int
    cause: str


class Place(msgspec.Struct, frozen=True):
    """Where a contact is in a journey, since when, and what comes next."""

    enrollment: Enrollment
    name: str
    step: str
    doing: str


class Past(msgspec.Struct, frozen=True):
    """What the side panels show of the latest part of the history."""

    searches: Sequence[Moment]
    clicks: Sequence[tuple[str, int]]
    notes: Sequence[Note]


class Known(msgspec.Struct, frozen=True):
    """A contact's profile; `quarantined` when its fold has stopped."""

    profile: Profile
    quarantined: bool


def known(profiles: Profiles, contact: ContactId) -> Known | None:
    loaded = profiles.load([contact])
    profile = loaded.profiles.get(contact)
    return None if profile is None else Known(profile, contact in loaded.quarantined)


def header_of(profile: Profile, timezone: str) -> Header:
    facts = profile.attributes
    own = zone_named(text(facts.get("timezone")))
    return Header(
        name=contact_name(facts),
        email=text(facts.get("email")),
        phone=text(facts.get("phone")),
        company=text(facts.get("company") or facts.get("company_name")),
        owner=text(facts.get("owner")),
        zone=own or zone_named(timezone) or ZoneInfo("UTC"),
        zone_known=own is not None,
        created_s=profile.created_s,
        seen_s=profile.visit.last_s or profile.now_s,
        visits=profile.visit.number,
        tags=sorted(profile.tags),
        consents=profile.consents,
        suppressed=profile.suppressed,
        facts=_listed(facts),
    )


def zone_named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, KeyError):
        return None


def past_of(history: History, contact: ContactId) -> Past:
    """Read the latest part of the history once, for every panel that needs it."""
    stories = [story for _, story in history.of(contact, NEWEST, STORIES_READ)]
    # Newest first: the stories come so, and what is inside them does not.
    events = [event for story in stories for event in reversed(story.events)]
    moments = [moment_of(event) for event in events if event.name in _PANELS]
    return Past(
        searches=[m for m in moments if m.kind == "searches"][:SEARCHES_SHOWN],
        clicks=Counter(m.title for m in moments if m.kind == "clicks").most_common(
            INTERESTS_SHOWN
        ),
        notes=[note for story in stories for note in reversed(story.notes)],
    )


_PANELS = {"search.performed", "element.clicked", "link.clicked", "file.downloaded"}


def segments_of(profile: Profile, names: Names, notes: Sequence[Note]) -> Sequence[Membership]:
    """Return every segment: those the contact is in first."""
    ids = {*names.segments, *profile.segments}
    last: dict[str, Note] = {}
    for note in notes:
        if note.kind.startswith("segment."):
            last.setdefault(note.subject, note)
    found = [_membership(SegmentId(one), profile, names, last.get(one)) for one in ids]
    return sorted(found, key=lambda one: (not one.inside, one.name))


def interests_of(profile: Profile) -> Sequence[tuple[str, int]]:
    """Return subjects, most viewed first: the path `/shop/ovens` and the category `ovens` are one."""
    views: Counter[str] = Counter()
    for section, seen in profile.interests.items():
        views[section.rpartition("/")[2]] += seen
    return sorted(views.items(), key=lambda one: (-one[1], one[0]))[:INTERESTS_SHOWN]


def places_of(profile: Profile, names: Names) -> Sequence[Place]:
    return [_place(enrollment, names) for enrollment in profile.enrollments]


def identities_of(contact: ContactId) -> Sequence[tuple[str, str]]:
    rows = Identity.objects.filter(contact=contact).order_by("kind", "value")[:50]
    return [(_IDENTITIES.get(row.kind, "Id"), row.value) for row in rows]


def local_time(header: Header, now: datetime) -> str:
    """The time on the contact's own clock, whatever zone the page is in."""
    return f"{now.astimezone(header.zone):%H:%M}"


def _membership(
    segment: SegmentId, profile: Profile, names: Names, last: Note | None
) -> Membership:
    return Membership(
        id=segment,
        name=names.segment(segment),
        inside=segment in profile.segments,
        since_s=profile.segments.get(segment, 0),
        cause=spoken(last.reason) if last else "",
    )


def _place(enrollment: Enrollment, names: Names) -> Place:
    journey = names.journeys.get(enrollment.journey)
    step = journey.steps.get(enrollment.step) if journey else None
    return Place(
        enrollment=enrollment,
        name=names.journey(enrollment.journey),
        step=spoken(enrollment.step),
        doing=describe(step, names)[1] if step else "",
    )


def _listed(facts: Mapping[str, Fact]) -> Sequence[tuple[str, str]]:
    told = [(spoken(name), text(value)) for name, value in sorted(facts.items())
            if name not in _HEADLINES]  # fmt: skip
    return [(name, words) for name, words in told if words]
