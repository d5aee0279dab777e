"""Audiences before anything is published: how many, by which of its parts, who, and how that changed from day to day."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler import query as queries
from ripely.compiler.query import Audiences, Dialect, Moment, Rules
from ripely.engine.calendar import local_moment
from ripely.model.condition import All, AnyOf, AtLeast, Condition, InSegment, Not, walk
from ripely.model.ids import ContactId, SegmentId
from ripely.model.profile import Profile
from ripely.operations.audience.learning import learned
from ripely.operations.explaining.membership import Row, why
from ripely.operations.wording.conditions import say
from ripely.operations.wording.names import Names
from ripely.ports import Cell, History, Warehouse

SAMPLES = 20
DAYS_MAX = 92
"""So many days are told of at once."""
OTHERS_MAX = 300
"""With so many other segments one is compared at once."""
CONDITIONS_MAX = 100
"""An audience of more is not counted: to write the question alone would take a web process seconds."""
ASKED_MAX = 1_000
"""So many conditions one question asks altogether, over its rows, days or segments."""

ProfileOf = Callable[[ContactId], Profile | None]


class Ground(msgspec.Struct, frozen=True):
    """What is asked, by which rules, and when."""

    warehouse: Warehouse
    names: Names
    now: datetime

    @property
    def dialect(self) -> Dialect:
        return "clickhouse" if self.warehouse.dialect == "clickhouse" else "duckdb"

    @property
    def rules(self) -> Rules:
        return Rules(self.names.company, {one.id: one for one in self.names.scores.values()})

    def audiences(self, moment: Moment | None = None) -> Audiences:
        """Return who writes the queries for now, or for a past moment."""
        now = Moment(int(self.now.timestamp()))
        return Audiences(self.rules, moment or now, self.dialect)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.names.company.timezone or "UTC")


class Size(msgspec.Struct, frozen=True):
    """How many of all people."""

    people: int
    inside: int


class Part(msgspec.Struct, frozen=True):
    """A row of a condition: for how many it holds `alone`, and how many are `left` of those that the rows above left."""

    words: str
    alone: int
    left: int


class Sample(msgspec.Struct, frozen=True):
    contact: ContactId
    profile: Profile
    why: Row


def counted(conditions: Sequence[Condition], ground: Ground) -> Sequence[int]:
    """Return how many people there are, and for how many each condition holds, in one query."""
    answer = ground.warehouse.ask(ground.audiences().counts(conditions))
    return [_number(cell) for cell in answer.rows[0]]


def size(condition: Condition, ground: Ground) -> Size:
    return Size(*counted([condition], ground))


def parts(condition: Condition, ground: Ground) -> Sequence[Part]:
    """Return what each row of a condition contributes, in one query: rows of `all`, of `any`, or the whole.

    Of very many rows the first are told.
    """
    rows, together = _rows(condition)
    rows = rows[: _rows_told(rows)]
    so_far = [together(rows[: n + 1]) for n in range(len(rows))]
    _, *numbers = counted([*rows, *so_far], ground)
    alone, left = numbers[: len(rows)], numbers[len(rows) :]
    return [
        Part(say(row, ground.names), *known)
        for row, *known in zip(rows, alone, left, strict=True)
    ]


def samples(
    condition: Condition, ground: Ground, profile_of: ProfileOf, history: History
) -> Sequence[Sample]:
    """Return some of those for whom it holds, with the reason."""
    found = ground.warehouse.ask(ground.audiences().members(condition, SAMPLES)).rows
    profiles = [profile_of(ContactId(_number(contact))) for (contact,) in found]
    return [
        Sample(one.contact, one, reason(condition, one, ground, history))
        for one in profiles
        if one is not None
    ]


def reason(condition: Condition, profile: Profile, ground: Ground, history: History) -> Row:
    """Say why a contact is in, or is not, row by row, though no rule has asked for it before."""
    knowing = learned(condition, profile, ground.names, history)
    return why(condition, knowing, ground.names, ground.now)


def in_common(
    condition: Condition, others: Sequence[SegmentId], ground: Ground
) -> tuple[int, Sequence[tuple[SegmentId, int]]]:
    """Return for how many it holds, and how many of them are in each of some segments, most first: in one query."""
    both = [
        All((condition, InSegment(one))) for one in others[: min(OTHERS_MAX, _often(condition))]
    ]
    _, whole, *numbers = counted([condition, *both], ground)
    found = zip(others, numbers, strict=False)
    return whole, sorted(found, key=lambda one: (-one[1], one[0]))


def sizes(
    condition: Condition, first: date, last: date, ground: Ground
) -> Sequence[tuple[date, int | None]]:
    """Return how many there were at the end of each of some days, in one query; None before the archive knew anybody."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = days[-min(DAYS_MAX, _often(condition)) :]
    moments = [_end(day, ground) for day in days]
    asked = queries.sizes(condition, ground.rules, moments, ground.dialect)
    told = ground.warehouse.ask(asked).rows
    by_day = {
        _number(place): _number(inside) if _number(people) else None
        for place, people, inside in told
    }
    return [(day, by_day[n]) for n, day in enumerate(days)]


def members_on(
    condition: Condition, day: date | None, ground: Ground, most: int, after: int = 0
) -> list[ContactId]:
    """Return who was in it at the end of a day (None: now), in the order of their ids, `after` one of them."""
    moment = None if day is None else _end(day, ground)
    asked = ground.audiences(moment).members(condition, most, after)
    return [
        ContactId(_number(contact)) for (contact,) in ground.warehouse.ask(asked, most).rows
    ]


def _rows(
    condition: Condition,
) -> tuple[Sequence[Condition], Callable[[Sequence[Condition]], Condition]]:
    match condition:
        case All(inners) if inners:
            return inners, lambda some: All(tuple(some))
        case AnyOf(inners) if inners:
            return inners, lambda some: AnyOf(tuple(some))
        case Not() | AtLeast() | _:
            return (condition,), lambda some: some[0]


def _often(condition: Condition) -> int:
    """Return how often a condition fits into one question."""
    return max(1, ASKED_MAX // len(walk(condition)))


def _rows_told(rows: Sequence[Condition]) -> int:
    """Return of how many rows one question can ask: of each alone, and of all up to each."""
    so_far = asked = 0
    for n, row in enumerate(rows):
        so_far += len(walk(row))
        asked += so_far
        if n and asked > ASKED_MAX:
            return n
    return len(rows)


def _end(day: date, ground: Ground) -> Moment:
    """Return the last second of a day in the company's zone, or now."""
    ends_s = local_moment(day + timedelta(days=1), "00:00", ground.zone) - 1
    return Moment(min(ends_s, int(ground.now.timestamp())), past=True)


def _number(cell: Cell) -> int:
    assert isinstance(cell, int), "the query asks for whole numbers"
    return cell
