"""What came of it all: of the contacts of each source, of the messages of each channel, and of each journey.

Each is judged by what the company lives on: leads, orders and money. That somebody bought after a
message does not say that they bought because of it; those whom a journey kept out tell that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from ripely.engine.pursuits import KEPT_OUT
from ripely.operations.outcomes.results import bought, merged, messages, told
from ripely.operations.outcomes.spans import Span
from ripely.operations.proportions import Share, difference, enough
from ripely.operations.questions.asking import Row, Sql, Word, ask, number, text, whole
from ripely.ports import Warehouse

PEOPLE_MIN = 30
"""Of fewer people no rate is said."""
WITHIN_DAYS = 7
"""So many days after a message an order is told of beside it."""
SOURCES_SHOWN = 25

Touch = Literal["first", "last"]
TOUCHES: Mapping[Touch, str] = {"first": "What brought them first", "last": "What brought them last"}  # fmt: skip


def _each(revenue: float, people: int) -> float | None:
    """Return the revenue a contact, or None where there are too few of them."""
    return revenue / people if people >= PEOPLE_MIN else None


class Source(msgspec.Struct, frozen=True):
    """What came, in a time, of the contacts that a source brought; nothing is known to have brought those of ``.

    `people` are all to whom anything happened: they came, became known, became leads or bought.
    """

    name: str
    people: int
    visitors: int
    contacts: int
    leads: int
    buyers: int
    orders: int
    revenue: float

    @property
    def share(self) -> Share:
        return Share(self.buyers, self.people)

    @property
    def each(self) -> float | None:
        return _each(self.revenue, self.people)


class Channel(msgspec.Struct, frozen=True):
    """What came of messages: of so many delivered to so many people, and who bought within some days after one."""

    name: str
    delivered: int
    people: int
    opened: int
    clicked: int
    buyers: int
    orders: int
    revenue: float

    @property
    def share(self) -> Share:
        return Share(self.buyers, self.people)

    @property
    def each(self) -> float | None:
        return _each(self.revenue, self.people)


class Side(msgspec.Struct, frozen=True):
    """Those let into a journey, or those kept out: how many converted, and what these bought from then on."""

    people: int = 0
    converted: int = 0
    revenue: float = 0.0

    @property
    def share(self) -> Share:
        return Share(self.converted, self.people)

    @property
    def each(self) -> float | None:
        return _each(self.revenue, self.people)


class Compared(msgspec.Struct, frozen=True):
    """How many more converted of those let in than of those kept out, with 95 % confidence."""

    expected: float
    low: float
    high: float
    enough: bool

    @property
    def sure(self) -> bool:
        return self.enough and (self.low > 0 or self.high < 0)


class Course(msgspec.Struct, frozen=True):
    """A journey, by those who came to it in a time."""

    journey: str
    let_in: Side
    kept_out: Side | None = None

    @property
    def compared(self) -> Compared | None:
        """Return the difference that the journey makes; None where nobody was kept out."""
        if self.kept_out is None or not self.let_in.people:
            return None
        ours, theirs = self.let_in.share, self.kept_out.share
        low, high = difference(ours, theirs)
        return Compared(ours.rate - theirs.rate, low, high, enough(ours, theirs))


class Returns(msgspec.Struct, frozen=True):
    """Sources, channels and journeys; `more` is all that is not among the first sources."""

    sources: Sequence[Source]
    more: Source | None
    channels: Sequence[Channel]
    journeys: Sequence[Course]


def returns(warehouse: Warehouse, span: Span, currency: str, touch: Touch = "first") -> Returns:
    first, more = _sources(warehouse, span, currency, touch)
    return Returns(first, more, _channels(warehouse, span, currency), _journeys(warehouse, span, currency))  # fmt: skip


def touch_of(said: str) -> Touch:
    """Read which touch. Raises ValueError with a sentence."""
    for touch in TOUCHES:
        if touch == (said or "first"):
            return touch
    raise ValueError(f"“{said[:40]}” is none of {', '.join(TOUCHES)}.")


def _sources(
    warehouse: Warehouse, span: Span, currency: str, touch: Touch
) -> tuple[Sequence[Source], Source | None]:
    words: dict[str, Word] = {
        **_span(span),
        "told": told(span.since, span.until, currency, span.now),
        "touch": Sql(f"{touch}_touch"),
    }
    found = [_source(row) for row in ask(warehouse, "results_sources", words)]
    return found[:SOURCES_SHOWN], _together(found[SOURCES_SHOWN:])


def _together(sources: Sequence[Source]) -> Source | None:
    """Nobody has two sources, so that they add up."""
    if not sources:
        return None
    counted = [msgspec.structs.astuple(one)[1:] for one in sources]
    return Source("", *(sum(numbers) for numbers in zip(*counted, strict=True)))


def _channels(warehouse: Warehouse, span: Span, currency: str) -> Sequence[Channel]:
    words: dict[str, Word] = {
        **_span(span),
        "messages": messages(span.since, span.now),
        "bought": bought(span.until, currency),
        "within_d": WITHIN_DAYS,
    }
    return [_channel(row) for row in ask(warehouse, "results_channels", words)]


def _source(row: Row) -> Source:
    source, medium, *numbers, revenue = row
    people, visitors, contacts, leads, buyers, orders = map(whole, numbers)
    name = " / ".join(filter(None, (text(source), text(medium))))
    return Source(name, people, visitors, contacts, leads, buyers, orders, number(revenue))


def _channel(row: Row) -> Channel:
    channel, *numbers, revenue = row
    delivered, people, opened, clicked, buyers, orders = map(whole, numbers)
    return Channel(
        text(channel), delivered, people, opened, clicked, buyers, orders, number(revenue)
    )


def _journeys(warehouse: Warehouse, span: Span, currency: str) -> Sequence[Course]:
    words: dict[str, Word] = {
        **_span(span),
        "merged": merged(),
        "bought": bought(span.until, currency),
        "kept_out": KEPT_OUT,
    }
    sides: dict[str, dict[bool, Side]] = {}
    for journey, kept_out, people, converted, revenue in ask(
        warehouse, "results_journeys", words
    ):
        side = Side(whole(people), whole(converted), number(revenue))
        sides.setdefault(text(journey), {})[bool(whole(kept_out))] = side
    return [
        Course(journey, of.get(False, Side()), of.get(True)) for journey, of in sides.items()
    ]


def _span(span: Span) -> Mapping[str, datetime]:
    return {"since": span.since, "until": span.until}
