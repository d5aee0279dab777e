"""Visits: acts of a contact with no gap over 30 minutes; and what they show interest in."""

from functools import lru_cache

from ripely.engine.draft import Draft
from ripely.model.event import DERIVED, Event
from ripely.model.ids import EventId, derive
from ripely.model.profile import Visit
from ripely.model.words import spelled

GAP_S = 1_800
INTERESTS_MAX = 40
SECTION_MAX = 200
KNOWN_MAX = 1_000
"""The longest path whose section is remembered."""
VISIT_STARTED = "visit.started"
SEEN = "seen"
"""What an answer depends on that asks when the contact was last seen."""
_LANDING = (
    "url", "path", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
    "device", "os", "browser", "locale", "country", "region", "city", "latitude", "longitude",
)  # fmt: skip


def record_visit(draft: Draft, event: Event) -> Event | None:
    """Count an act; return the `visit.started` that it begins, if it does. Late acts begin none."""
    visit, at = draft.profile.visit, event.occurred_ms // 1000
    started = None
    if at - visit.last_s > GAP_S:
        visit.number, visit.started_s, visit.pages = visit.number + 1, at, 0
        started = _visit_started(event, visit.number)
    visit.last_s = max(visit.last_s, at)
    if event.name == "page.viewed":
        visit.pages += 1
    if draft.rules.asks_seen:
        # The first visit also ends that the contact was never seen.
        draft.rise(SEEN) if visit.number > 1 or started is None else draft.touch(SEEN)
    section = section_of(event.properties, draft.rules.section_depth)
    if section:
        _add_interest(draft.profile.interests, section)
    return started


def join_visits(visit: Visit, other: Visit) -> int:
    """Join the latest visits of two contacts; return how many visits that adds.

    Visits with no gap between them are one: somebody who says in the middle of it who they are.
    """
    apart_s = max(visit.started_s, other.started_s) - min(visit.last_s, other.last_s)
    added = other.number
    if visit.number and other.number and apart_s <= GAP_S:
        added -= 1
        visit.started_s = min(visit.started_s, other.started_s)
        visit.pages += other.pages
    elif other.last_s > visit.last_s:
        visit.started_s, visit.pages = other.started_s, other.pages
    visit.number += added
    visit.last_s = max(visit.last_s, other.last_s)
    return added


def most_interesting(interests: dict[str, int], others: dict[str, int]) -> dict[str, int]:
    """Add interests up, and keep those with most views."""
    together = {s: interests.get(s, 0) + others.get(s, 0) for s in (*interests, *others)}
    kept = sorted(together, key=together.__getitem__, reverse=True)[:INTERESTS_MAX]
    return {section: together[section] for section in kept}


def section_of(properties: dict[str, object], depth: int) -> str:
    """Return what a page or product is about: its category, or the first `depth` parts of its path."""
    category, path = properties.get("category"), properties.get("path")
    if category is not None and (told := section_told(category)):
        return told[:SECTION_MAX]
    path = path if isinstance(path, str) else section_told(path)
    if len(path) > KNOWN_MAX:
        return _section.__wrapped__(path, depth)
    return _section(path, depth) if path else ""


@lru_cache(4_096)  # Most visitors see the same pages.
def _section(path: str, depth: int) -> str:
    parts = [part for part in path.split("/") if part][:depth]
    return ("/" + "/".join(parts))[:SECTION_MAX] if parts else ""


def section_told(value: object) -> str:
    """Return what names a section: a text, or of several values the first."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next((spelled(one) for one in value if isinstance(one, (str, int, float))), "")
    return spelled(value) if isinstance(value, (int, float)) else ""


def _visit_started(event: Event, number: int) -> Event:
    said = event.properties.get
    properties = {k: v for k in _LANDING if (v := said(k))}
    return Event(
        id=EventId(derive(VISIT_STARTED, str(event.id))),
        contact=event.contact,
        name=VISIT_STARTED,
        occurred_ms=event.occurred_ms,
        received_ms=event.received_ms,
        properties={"number": number, **properties},
        source=DERIVED,
    )


def _add_interest(interests: dict[str, int], section: str) -> None:
    if section not in interests and len(interests) >= INTERESTS_MAX:
        del interests[min(interests, key=interests.__getitem__)]
    interests[section] = interests.get(section, 0) + 1
