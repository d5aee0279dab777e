"""History in columns: what is kept of each event, decision and contact, and who may ask it.

The tables are described for people in `docs/archive.md`; every name here is a column there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

import msgspec

from ripely.model.event import Event
from ripely.model.ids import ContactId, JourneyId, ListId, SegmentId
from ripely.model.note import Note
from ripely.model.profile import Profile

Texts: TypeAlias = dict[str, list[str]]
"""Properties by name, or by the way into objects and lists (`products.category`): their values as text."""

Cell: TypeAlias = object
"""One value of an answer: a number, a text, a moment, a list of those, or None."""


class EventRow(msgspec.Struct, frozen=True, gc=False):
    """An event as the fold took it. `n` orders those of one contact and position.

    `url` is the property of that name, apart because it is asked for most. `exact` is the JSON of
    the properties that `url` and `properties` do not tell exactly, or nothing. `counts` is false
    for what was passed on to the contact that this one is part of, and for acts beyond what one
    contact can do in a minute.
    """

    contact: ContactId
    position: int
    n: int
    id: int
    name: str
    occurred_ms: int
    received_ms: int
    source: str
    counts: bool
    url: str
    properties: Texts
    exact: str


class DecisionRow(msgspec.Struct, frozen=True, gc=False):
    """A note of the fold: why something happened, or did not. `n` orders those of one contact and position."""

    contact: ContactId
    position: int
    n: int
    at_ms: int
    kind: str
    subject: str
    reason: str
    value: int


class ScoreRow(msgspec.Struct, frozen=True, gc=False):
    """A score of a contact: what `model.profile.Decaying` says, or `points` alone that do not fade."""

    points: float
    lasting: int
    at_s: int
    half_life: int
    least: int | None
    most: int | None


class ChangeRow(msgspec.Struct, frozen=True, gc=False):
    """A change of a score, by so many points."""

    at_s: int
    points: int


class PlaceRow(msgspec.Struct, frozen=True, gc=False):
    """Where a contact is in a journey."""

    journey: str
    version: int
    step: str
    entered_s: int
    since_s: int


class DealRow(msgspec.Struct, frozen=True, gc=False):
    id: str
    pipeline: str
    stage: str
    state: str
    value: float
    moved_s: int


class QuoteRow(msgspec.Struct, frozen=True, gc=False):
    id: str
    state: str
    value: float
    changed_s: int


class CartLineRow(msgspec.Struct, frozen=True, gc=False):
    product: str
    quantity: float
    price: float
    category: str


class PersonRow(msgspec.Struct, frozen=True, gc=False):
    """A contact as the fold left it at `position`, the latest at which anything happened to it.

    `at_ms` is when the latest event was received. Times ending in `_s` are whole seconds since 1970
    in UTC; 0 means never. `trends` are the latest changes of scores, where a rule asks for them.
    `segments` and `lists` tell since when; `entered` and `goals`, by
    journey, when last.
    """

    contact: ContactId
    position: int
    at_ms: int
    merged_into: ContactId | None
    created_s: int
    seen_s: int
    visits: int
    attributes: Texts
    tags: list[str]
    lists: dict[ListId, int]
    segments: dict[SegmentId, int]
    lifecycle: str
    consents: dict[str, bool]
    topics: dict[str, bool]
    suppressed: dict[str, str]
    first_touch: dict[str, str]
    last_touch: dict[str, str]
    scores: dict[str, ScoreRow]
    trends: dict[str, list[ChangeRow]]
    inside: list[PlaceRow]
    entered: dict[JourneyId, int]
    goals: dict[JourneyId, int]
    deals: list[DealRow]
    quotes: list[QuoteRow]
    cart: list[CartLineRow]
    cart_touched_s: int


class Folded(msgspec.Struct, frozen=True, gc=False):
    """What the fold made of one batch of one contact: the events it took, and its notes."""

    contact: ContactId
    position: int
    events: Sequence[Event]
    notes: Sequence[Note]


class Page(msgspec.Struct, frozen=True):
    """The next part of history: complete for each partition after `after` up to `upto`.

    `folded` stand by position. `profiles` are the contacts of whom it tells the latest, as that
    left them; those of whom more is known already come with a later page. Both can be gone
    through again and again, and need not lie in memory.
    """

    after: Mapping[int, int]
    upto: Mapping[int, int]
    folded: Iterable[Folded]
    profiles: Iterable[Profile]


class Lines(msgspec.Struct, frozen=True):
    """Rows of a table, each a line of JSON: an object of its fields. No text of theirs has a NUL.

    `parts` are some lines each; `count` is how many they are together.
    """

    count: int
    parts: Sequence[bytes]


class Rows(msgspec.Struct, frozen=True):
    """What the archive keeps of a page.

    `people_since_ms` is the earliest moment of `people`, if there are any. The `forgotten`, with the position
    as of which, are to be erased before this is kept: it holds nothing of theirs until then.
    """

    after: Mapping[int, int]
    upto: Mapping[int, int]
    events: Lines
    decisions: Lines
    people: Lines
    people_since_ms: int | None = None
    forgotten: Mapping[ContactId, int] = {}


class ArchiveError(Exception):
    """The archive cannot be read or written now; nothing of what was asked for was done."""


class Told(Protocol):
    """What the fold has committed, in the order of each partition, for whoever keeps it elsewhere."""

    def after(self, positions: Mapping[int, int], limit: int) -> Page:
        """Return about `limit` events after these positions (0 where none is told), from one view of the database."""
        ...


class Archive(Protocol):
    """Where history is kept in columns. One process writes at a time. All raise `ArchiveError`."""

    def positions(self) -> Mapping[int, int]:
        """Return how far each partition is kept."""
        ...

    def keep(self, rows: Rows) -> bool:
        """Keep rows, and how far they go, in one transaction.

        Return whether they were kept: not if the archive does not end where they begin.
        """
        ...

    def compact(self) -> None:
        """Make few large files of many small ones, and let go of what nothing shows any more."""
        ...

    def erase(self, contacts: Sequence[ContactId]) -> None:
        """Take contacts out of every file, so that not a byte of them is left."""
        ...


class Answered(msgspec.Struct, frozen=True):
    """The answer to a question in SQL: names of the columns, and rows."""

    columns: Sequence[str]
    rows: Sequence[tuple[Cell, ...]]


class Warehouse(Protocol):
    """What answers questions in SQL about history. It reads, and never writes.

    `dialect` is `duckdb` or `clickhouse`. The tables are `events`, `decisions`, `people` (a row for
    each contact and day on which it changed) and `present` (the latest row of each contact).
    """

    dialect: str

    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        """Return the answer, at most so many rows of it. Raises `AskError`."""
        ...

    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        """Return all rows of an answer one after another, however many and however long it takes."""
        ...

    def stop(self) -> None:
        """End questions that are under way in other threads, and answer no more: they raise `AskError`.

        One that begins just now may need to be stopped again.
        """
        ...


class Export(msgspec.Struct, frozen=True):
    """A file of events that happened from one moment until before another. What it is is how its name ends."""

    path: str
    since: datetime | None = None
    until: datetime | None = None


class AskError(Exception):
    """The question cannot be answered, and why, for whoever asked it."""
