"""How many of those who come to the beginning of a journey its own filter would have let in.

The filter is asked as a query of history, of people as they were: on some days, spread over the
time, of some of those who came to the beginning on that day, at the end of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from ripely.documents.conditions import parts
from ripely.model.company import Company
from ripely.model.condition import Condition, DataIs, EntryIs
from ripely.model.ids import ContactId
from ripely.model.score import Score
from ripely.operations.proportions import Weighed
from ripely.operations.questions.asking import Word, ask, whole
from ripely.ports import Warehouse
from ripely.ports.archive import Cell

DAYS_ASKED = 12
PEOPLE_ASKED = 500
"""On each of the days."""


class LeansOn(msgspec.Struct, frozen=True):
    """What conditions lean on: the clock and bounds of the company, and the definitions of scores."""

    company: Company
    scores: Sequence[Score]


class LetIn(msgspec.Struct, frozen=True):
    """What part a filter lets in, as far as `people` tell who were asked about on so many `days`."""

    share: Weighed
    people: int
    days: int


def let_in(
    warehouse: Warehouse, condition: Condition, span: Mapping[str, Word], leans_on: LeansOn
) -> LetIn | None:
    """Ask the filter; None where history cannot answer it, or nobody came. Raises `AskError`."""
    if any(isinstance(part, EntryIs | DataIs) for _, part in parts(condition)):
        return None  # It is about the very entry, of which history has only the moment.
    held = 0.0
    came = asked = days = 0
    for day, n in _spread(ask(warehouse, "entry_days", span)):
        since = datetime.combine(day, time(), UTC)
        until = since + timedelta(days=1)
        words = {**span, "since": since, "until": until, "most": PEOPLE_ASKED}
        who = [ContactId(whole(row[0])) for row in ask(warehouse, "entrants", words)]
        inside = _inside(warehouse, condition, who, until, leans_on)
        held, came = held + n * inside / len(who), came + n
        asked, days = asked + len(who), days + 1
    return LetIn(Weighed(held / came, asked), asked, days) if came else None


def _spread(every: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[date, int]]:
    """Yield days at even distances, or all, each with how many came."""
    step = max(1.0, len(every) / DAYS_ASKED)
    chosen = {int(n * step) for n in range(DAYS_ASKED)}
    for number, (day, people) in enumerate(every):
        if number in chosen and isinstance(day, date):
            yield day, whole(people)


def _inside(
    warehouse: Warehouse,
    condition: Condition,
    who: Sequence[ContactId],
    until: datetime,
    leans_on: LeansOn,
) -> int:
    # What writes queries is large; only journeys with a filter need it.
    from ripely.compiler.query import Audiences, Dialect, Moment, Rules

    rules = Rules(leans_on.company, {score.id: score for score in leans_on.scores})
    dialect: Dialect = "clickhouse" if warehouse.dialect == "clickhouse" else "duckdb"
    # A day's people are kept as the day left them.
    moment = Moment(int(until.timestamp()) - 1, past=True)
    sql = Audiences(rules, moment, dialect).among(condition, who)
    return len(warehouse.ask(sql, len(who) + 1).rows)
