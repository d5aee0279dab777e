"""Results of the whole as they are asked for and told, whoever asks: a page, the command line, another system."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from ripely.operations.outcomes.results import Key, Results, results
from ripely.operations.outcomes.returns import (
    Channel,
    Compared,
    Returns,
    Side,
    Source,
    Touch,
    returns,
    touch_of,
)
from ripely.operations.outcomes.spans import Span, Step, read_span
from ripely.ports import Warehouse


class Period(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """Whole days of the company, as far as they are over, and the time before that it is compared with."""

    first: date
    last: date
    by: Step
    since: datetime
    until: datetime
    before_since: datetime
    before_until: datetime


class SeriesTold(msgspec.Struct, frozen=True):
    """A value for each of the `parts`; null is not known. A `change` of 0.12 is 12 % more than before."""

    key: Key
    name: str
    values: Sequence[float | None]
    total: float | None
    before: float | None
    change: float | None
    known_since: datetime | None


class CourseTold(msgspec.Struct, frozen=True):
    journey: str
    let_in: Side
    kept_out: Side | None
    compared: Compared | None


class Told(msgspec.Struct, frozen=True):
    """The answer for programs. `others` are orders in other currencies: not in the revenue."""

    period: Period
    currency: str
    others: int
    parts: Sequence[date]
    series: Sequence[SeriesTold]
    touch: Touch
    sources: Sequence[Source]
    more_sources: Source | None
    channels: Sequence[Channel]
    journeys: Sequence[CourseTold]


class Overall(msgspec.Struct, frozen=True):
    results: Results
    touch: Touch
    returns: Returns

    def told(self) -> Told:
        span, returned = self.results.span, self.returns
        return Told(
            period=_period(span),
            currency=self.results.currency,
            others=self.results.others,
            parts=span.parts,
            series=[
                SeriesTold(
                    one.key, one.name, one.values, one.total, one.before, one.change, one.since
                )
                for one in self.results.series
            ],
            touch=self.touch,
            sources=returned.sources,
            more_sources=returned.more,
            channels=returned.channels,
            journeys=[
                CourseTold(one.journey, one.let_in, one.kept_out, one.compared)
                for one in returned.journeys
            ],
        )


def overall(
    warehouse: Warehouse,
    said: Mapping[str, str],
    now: datetime,
    zone: ZoneInfo,
    currency: str = "",
) -> Overall:
    """Answer `days`, or `from` and `to`; `by`; `touch`. Raises ValueError with a sentence, and `AskError`."""
    span, touch = read_span(said, now, zone), touch_of(said.get("touch", ""))
    found = results(warehouse, span, currency)
    return Overall(found, touch, returns(warehouse, span, found.currency, touch))


def _period(span: Span) -> Period:
    return Period(span.first, span.last, span.step, span.since, span.until, *span.before)
