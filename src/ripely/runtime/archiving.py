"""What the fold told, as rows of the archive; and an event out of its row again."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import msgspec

from ripely.compiler.paths import ITEMS_MAX
from ripely.compiler.points import trend_id
from ripely.engine.erasure import FORGOTTEN, begun_anew
from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId
from ripely.model.note import Note
from ripely.model.profile import Profile
from ripely.model.words import spelled
from ripely.ports import (
    Archive,
    CartLineRow,
    ChangeRow,
    DealRow,
    DecisionRow,
    EventRow,
    Folded,
    Page,
    PersonRow,
    PlaceRow,
    QuoteRow,
    Rows,
    ScoreRow,
    Texts,
    Told,
)
from ripely.runtime.scribe import Scribe

PAGE_EVENTS_MAX = 50_000
PAGES_MAX = 20
PROPERTIES_MAX = 200
"""So many names and ways of an event can be asked for; what else it has is in `exact` alone."""
PARTS_MAX = 8
"""No way into objects and lists is longer."""

NUL = "\x00"
"""What no text of a database can have: it is only told in `exact`."""

_IDLE = frozenset({"event.forwarded", "event.ignored"})
"""Notes whose value is the id of an event that counts for nothing here."""

_HERE: list[object] = []
"""In `exact`: the place of a text that comes after what is no text. A list of nothing has no text itself."""

_NESTED = (dict, list)
_PLAIN = (str, int, float)

_JSON = msgspec.json.Encoder()
_object = msgspec.json.Decoder(dict[str, object]).decode


def archive_once(
    told: Told, archive: Archive, limit: int = PAGE_EVENTS_MAX, pages: int = PAGES_MAX
) -> int:
    """Keep some pages, and prepare the next while one is kept; return how many events they held."""
    after, done = archive.positions(), 0
    with ThreadPoolExecutor(1) as keeper:
        keeping = None
        for _ in range(pages):
            page = told.after(after, limit)
            if page.upto == page.after:
                break
            rows, after = rows_of(page), page.upto
            if keeping is not None and not keeping.result():
                return 0
            done += max(1, rows.events.count)
            keeping = keeper.submit(_keep, archive, rows)
        return done if keeping is None or keeping.result() else 0


def _keep(archive: Archive, rows: Rows) -> bool:
    """Keep rows. Who is to be forgotten is erased first: again, if we die before the rest is kept."""
    if rows.forgotten:
        archive.erase(sorted(rows.forgotten))
    return archive.keep(rows)


def rows_of(page: Page) -> Rows:
    """Return what is to be kept of a page. Hardly ever is anybody forgotten: one way through it is enough."""
    rows = _rows(page, {})
    return _rows(page, rows.forgotten) if rows.forgotten else rows


def _rows(page: Page, forgotten: Mapping[ContactId, int]) -> Rows:
    """Return what is to be kept of a page, and nothing of the forgotten until they were."""
    events, decisions, people = Scribe(), Scribe(), Scribe()
    found: dict[ContactId, int] = {}
    at: dict[ContactId, int] = {}  # The latest: they stand by position.
    moments: list[int] = []
    for one in page.folded:
        if not FORGOTTEN.isdisjoint([note.kind for note in one.notes]):
            found[one.contact] = one.position
        until = forgotten.get(one.contact, 0)
        if one.position < until:
            continue
        story, gone = (_begun_anew(one), 1) if one.position == until else (one, 0)
        if gone and len(story.events) == gone:
            continue
        at[one.contact] = one.position
        events.add(event_rows(story)[gone:])
        decisions.add(decision_rows(story)[gone:])
    for profile in page.profiles:
        if profile.contact in at:
            people.add([row := person_row(profile, at[profile.contact])])
            moments.append(row.at_ms)
    tables = (events.lines(), decisions.lines(), people.lines())
    return Rows(page.after, page.upto, *tables, min(moments, default=None), found)


def _begun_anew(folded: Folded) -> Folded:
    """Return what comes from the event on by which the contact was last forgotten."""
    last = next(note.value for note in reversed(folded.notes) if note.kind in FORGOTTEN)
    left = begun_anew(folded.events, folded.notes, EventId(last), "")
    assert left is not None, "it is told of in the story that it is in"
    return Folded(folded.contact, folded.position, *left)


def event_rows(folded: Folded) -> list[EventRow]:
    position = folded.position
    idle = idle_in(folded.notes)
    return [
        _event_row(position, n, event, counts=event.id not in idle)
        for n, event in enumerate(folded.events)
    ]


def idle_in(notes: Iterable[Note]) -> set[int]:
    """Return the ids of events that count for nothing: passed on to another contact, or too many at once."""
    return {note.value for note in notes if note.kind in _IDLE and note.value}


def decision_rows(folded: Folded) -> list[DecisionRow]:
    contact, position = folded.contact, folded.position
    return [
        DecisionRow(
            contact, position, n, note.at_ms, note.kind, note.subject, note.reason, note.value
        )
        for n, note in enumerate(folded.notes)
    ]


def event_of(row: EventRow) -> Event:
    """Return the event of a row, with its properties in their order."""
    exact = _object(row.exact) if row.exact else {}
    texts = {name: one[0] for name, one in row.properties.items() if "." not in name}
    if row.url:
        texts = {"url": row.url, **texts}
    properties: dict[str, object] = {
        name: text for name, text in texts.items() if name not in exact
    }
    for name, value in exact.items():
        properties[name] = texts[name] if value == _HERE and name in texts else value
    return Event(
        EventId(row.id),
        row.contact,
        row.name,
        row.occurred_ms,
        row.received_ms,
        properties,
        row.source,
    )


def person_row(profile: Profile, position: int) -> PersonRow:
    return PersonRow(
        contact=profile.contact,
        position=position,
        at_ms=profile.now_s * 1000,
        merged_into=profile.merged_into,
        created_s=profile.created_s,
        seen_s=profile.visit.last_s,
        visits=profile.visit.number,
        attributes=_texts(profile.attributes),
        tags=profile.tags,
        lists=profile.lists,
        segments=profile.segments,
        lifecycle=profile.lifecycle,
        consents={purpose: said.granted for purpose, said in profile.consents.items()},
        topics={topic: said.granted for topic, said in profile.topics.items()},
        suppressed=profile.suppressed,
        first_touch=profile.first_touch,
        last_touch=profile.last_touch,
        scores=_scores(profile),
        trends=_trends(profile),
        inside=[
            PlaceRow(place.journey, place.version, place.step, place.entered_s, place.since_s)
            for place in profile.enrollments
        ],
        entered=profile.entered,
        goals=profile.goals,
        deals=[
            DealRow(key, deal.pipeline, deal.stage, deal.state, deal.value, deal.moved_s)
            for key, deal in profile.deals.items()
        ],
        quotes=[
            QuoteRow(key, quote.state, quote.value, quote.changed_s)
            for key, quote in profile.quotes.items()
        ],
        cart=[CartLineRow(product, *line) for product, line in profile.cart.lines.items()],
        cart_touched_s=profile.cart.touched_s,
    )


def _event_row(position: int, n: int, event: Event, *, counts: bool) -> EventRow:
    texts: Texts = {}
    url, apart = "", {}
    for name, value in event.properties.items():
        if (
            type(value) is not str
            or "." in name
            or NUL in name
            or NUL in value
            or len(texts) >= PROPERTIES_MAX
        ):
            apart[name] = value
            continue
        if apart or (name == "url" and texts):
            apart[name] = _HERE
        if name == "url" and value:
            url = value
        else:
            texts[name] = [value]
    if apart:
        _add(texts, apart, event.properties)
    return EventRow(
        event.contact,
        position,
        n,
        event.id,
        event.name,
        event.occurred_ms,
        event.received_ms,
        event.source,
        counts,
        url,
        texts,
        _JSON.encode(apart).decode() if apart else "",
    )


def _add(texts: Texts, apart: Mapping[str, object], properties: Mapping[str, object]) -> None:
    """Add what can be asked for of values that are no plain texts, as far as there is room."""
    for name, value in apart.items():
        if (
            value is not _HERE
            and len(texts) < PROPERTIES_MAX
            and NUL not in name
            and (found := _leaves(_items(value)))
        ):
            texts[name] = found
    for name, value in apart.items():
        if isinstance(value, _NESTED) and value and "." not in name and NUL not in name:
            _add_ways(texts, name, _items(value), properties)


def _add_ways(
    texts: Texts, name: str, here: list[object], properties: Mapping[str, object]
) -> None:
    """Add what the ways that begin with a name find; a property of the very name is preferred."""
    ahead = [(name, 1, here)]
    for way, parts, items in ahead:
        objects = [one for one in items[:ITEMS_MAX] if isinstance(one, dict)]
        for part in dict.fromkeys(key for one in objects for key in one):
            if "." in part or NUL in part:
                continue
            further = f"{way}.{part}"
            inner = [item for one in objects if part in one for item in _items(one[part])]
            del inner[ITEMS_MAX:]
            if (found := _leaves(inner)) and further not in properties:
                if len(texts) >= PROPERTIES_MAX:
                    return
                texts[further] = found
            if parts + 1 < PARTS_MAX:
                ahead.append((further, parts + 1, inner))


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _leaves(items: Iterable[object]) -> list[str]:
    return [spelled(one).replace(NUL, "") for one in items if isinstance(one, _PLAIN)]


def _texts(values: Mapping[str, object]) -> Texts:
    return {
        name: found
        for name, value in values.items()
        if NUL not in name and (found := _leaves(_items(value)))
    }


def _scores(profile: Profile) -> dict[str, ScoreRow]:
    scores: dict[str, ScoreRow] = {
        score: ScoreRow(float(points), 0, 0, 0, None, None)
        for score, points in profile.scores.items()
    }
    for score, kept in profile.decaying.items():
        scores[score] = ScoreRow(
            kept.points, kept.lasting, kept.at_s, kept.half_life, kept.least, kept.most
        )
    return scores


def _trends(profile: Profile) -> dict[str, list[ChangeRow]]:
    """Return the changes that are kept for questions about trends."""
    if not profile.series:
        return {}
    kept = ((score, profile.series.get(trend_id(score))) for score in profile.scores)
    return {
        score: [
            ChangeRow(at, value)
            for at, value in zip(series.moments, series.values, strict=True)
            if isinstance(value, int)
        ]
        for score, series in kept
        if series is not None
    }
