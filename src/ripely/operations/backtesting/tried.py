"""What the last backtest of a journey counted, in short: what stands beside its draft."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from ripely.engine.walk import WAITED
from ripely.model.backtest import Report, StepCount
from ripely.model.journey import Journey
from ripely.operations.backtesting import backtests
from ripely.operations.wording.names import Names, spoken
from ripely.operations.wording.steps import way_name
from ripely.runtime.backtest.report import content_of

Count = tuple[str, int]


class TriedStep(msgspec.Struct, frozen=True):
    name: str
    passed: int
    waiting: int
    ways: Sequence[Count]


class TriedLetters(msgspec.Struct, frozen=True):
    """Messages of one template: how many a day, how many were held and had to wait, by reason."""

    name: str
    channel: str
    total: int
    a_day: float
    held: Sequence[Count]
    waited: Sequence[Count]


class Tried(msgspec.Struct, frozen=True):
    """`exactly`: what was tried says the same as the draft does now."""

    number: int
    at: datetime
    exactly: bool
    days: int
    entered: int
    steps: Sequence[TriedStep]
    letters: Sequence[TriedLetters]

    @property
    def a_day(self) -> float:
        return sum(one.a_day for one in self.letters)

    @property
    def held(self) -> int:
        return sum(n for one in self.letters for _, n in one.held)

    @property
    def waited(self) -> int:
        return sum(n for one in self.letters for _, n in one.waited)


def last_of(journey: Journey, names: Names) -> Tried | None:
    """Return the last one that is done: of exactly this content, or else of what the journey said before."""
    content = content_of(journey)
    test = backtests.last_done(journey.id, content) or backtests.last_done(journey.id)
    report = backtests.report_in(test) if test is not None else None
    if test is None or report is None:
        return None
    exactly = test.content == content
    # What a case is called can be told only of the cases that were tried.
    known = journey if exactly else None
    return Tried(
        number=test.pk,
        at=test.finished_at or test.created_at,
        exactly=exactly,
        days=len(report.by_day),
        entered=report.entered,
        steps=[_step(one, known, names) for one in report.steps],
        letters=list(_letters(report, names)),
    )


def _step(one: StepCount, journey: Journey | None, names: Names) -> TriedStep:
    ways = [
        (way_name(journey, one.step, way, names), n)
        for way, n in one.ways.items()
        if way != WAITED
    ]
    return TriedStep(spoken(one.step), one.passed, one.waiting, ways)


def _letters(report: Report, names: Names) -> Iterator[TriedLetters]:
    days = max(1, len(report.by_day))
    for one in report.letters:
        total = sum(one.by_day.values())
        name = names.template(one.template)
        a_day = total / days
        yield TriedLetters(name, one.channel, total, a_day, _held(one.held), _held(one.waited))


def _held(counts: Mapping[str, int]) -> list[Count]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
