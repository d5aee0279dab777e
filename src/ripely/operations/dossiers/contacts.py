"""Finding contacts: search, filters, and a list that costs the same on every page."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from typing_extensions import override

from ripely.model.identity import Claims
from ripely.model.ids import ContactId
from ripely.records.hot.models import ContactCard, Identity

CONTACTS_PER_PAGE = 50
COUNTED_MAX = 10_000
WORDS_MAX = 8
_PHONE = re.compile(r"\s*\+?[0-9][0-9 ()./-]{3,}")

Order = Literal["score", "seen"]
ORDERS: Mapping[Order, str] = {"score": "score", "seen": "seen_at"}


class Wanted(msgspec.Struct, frozen=True):
    """Which contacts, in which order; `after` is where the page before ended."""

    words: str = ""
    segment: str = ""
    level: str = ""
    order: Order = "score"
    after: str = ""

    @property
    def filtered(self) -> bool:
        return bool(self.words or self.segment or self.level)


class Count(msgspec.Struct, frozen=True):
    """A number that was not counted further than its limit."""

    n: int
    more: bool

    @override
    def __str__(self) -> str:
        return f"{self.n:,}+" if self.more else f"{self.n:,}"


class Found(msgspec.Struct, frozen=True):
    """One page; `count` is of all that match."""

    cards: Sequence[ContactCard]
    next: str
    count: Count


def is_known(claims: Claims) -> bool:
    """Whether there is a contact by any of these."""
    return any(Identity.objects.filter(kind=k, value=v).exists() for k, v in claims)


def find(wanted: Wanted) -> Found:
    """Return one page of contacts."""
    rows = _matching(wanted)
    count = counted(rows)
    field = ORDERS[wanted.order]
    after = _read_cursor(wanted.order, wanted.after)
    if after is not None:
        rows = rows.filter(TupleLessThan(Tuple(F(field), F("contact")), after))
    ordered = rows.order_by(f"-{field}", "-contact")[: CONTACTS_PER_PAGE + 1]
    cards = _take(ordered, many=count.more)
    page = cards[:CONTACTS_PER_PAGE]
    more = len(cards) > len(page)
    return Found(page, _write_cursor(wanted.order, page[-1]) if more else "", count)


def _take(rows: QuerySet[ContactCard], *, many: bool) -> list[ContactCard]:
    """Walk the index of the order where many match; where few do, find those first and sort them."""
    # The planner cannot know how many words begin so, and each way is seconds slow for the other.
    plan = "bitmapscan" if many else "indexscan"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_{plan} = off")
        return list(rows)


def count(wanted: Wanted) -> Count:
    return counted(_matching(wanted))


def counted(rows: QuerySet[Any]) -> Count:
    """Count rows, but not further than a page needs to say "more than"."""
    n = rows.order_by()[: COUNTED_MAX + 1].count()
    return Count(min(n, COUNTED_MAX), n > COUNTED_MAX)


def cards_of(contacts: Collection[ContactId]) -> Mapping[int, ContactCard]:
    """Return the cards of those contacts that are known by name."""
    return ContactCard.objects.defer("words").in_bulk(set(contacts))


def prefix_query(words: str) -> str:
    """Every word as the beginning of a word: what `to_tsquery` takes, with no operators of the user's."""
    if _PHONE.fullmatch(words):
        return f"{re.sub('[^0-9]', '', words)}:*"
    return " & ".join(f"{word}:*" for word in re.findall(r"\w+", words)[:WORDS_MAX])


def read_moment(words: str) -> datetime:
    """Raise ValueError unless it is a moment with its zone, of a year that every calendar knows."""
    at = datetime.fromisoformat(words)
    if at.tzinfo is None or not 1 < at.year < 9999:
        raise ValueError("no zone, or at the end of time")
    return at


def _matching(wanted: Wanted) -> QuerySet[ContactCard]:
    rows = ContactCard.objects.defer("words")
    query = prefix_query(wanted.words)
    if query:
        rows = rows.filter(words=SearchQuery(query, config="simple", search_type="raw"))
    if wanted.segment:
        rows = rows.filter(segments__contains=[wanted.segment])
    if wanted.level:
        rows = rows.filter(level=wanted.level)
    return rows


def _write_cursor(order: Order, card: ContactCard) -> str:
    value = card.score if order == "score" else card.seen_at.isoformat()
    return f"{value}~{card.contact}"


def is_cursor(order: Order, cursor: str) -> bool:
    """Whether it is where a page in this order ended."""
    return _read_cursor(order, cursor) is not None


def _read_cursor(order: Order, cursor: str) -> tuple[int | datetime, int] | None:
    """A cursor that nobody wrote means the first page."""
    value, _, contact = cursor.partition("~")
    try:
        at = int(value) if order == "score" else read_moment(value)
        return at, int(contact)
    except ValueError:
        return None
