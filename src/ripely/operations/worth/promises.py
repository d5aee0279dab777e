"""What a journey was reckoned to bring, kept beside it, and held against what it brings."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from ripely.model.journey import Journey
from ripely.operations.outcomes.experiments import results
from ripely.operations.proportions import Share, difference
from ripely.operations.worth.feasibility import (
    Case,
    Figure,
)
from ripely.records.estimates.models import Estimate

ESTIMATES_SHOWN = 20


class Promise(msgspec.Struct, frozen=True):
    """An estimate as it was kept."""

    number: int
    author: str
    at: datetime
    case: Case


class Delivered(msgspec.Struct, frozen=True):
    """How many more converted of those let in than of those kept out, and what was promised.

    `kept` is True when the promise lies in the interval of what was delivered, False when it does
    not, and None while too few were kept out to tell.
    """

    promised: Figure
    expected: float
    low: float
    high: float
    let_in: Share
    kept_out: Share

    @property
    def margin(self) -> float:
        return (self.high - self.low) / 2

    @property
    def kept(self) -> bool | None:
        if not (self.let_in.of and self.kept_out.of):
            return None
        return self.low <= self.promised.value <= self.high

    @property
    def words(self) -> str:
        if self.kept is None:
            return "Nobody was kept out yet, so that nothing can be compared."
        return (
            f"promised {self.promised.value:+.1%},"
            f" delivered {self.expected:+.1%} ± {self.margin:.1%}"
        )


def keep(journey: str, case: Case, author: str) -> Promise:
    """Keep a case as the next estimate of a journey; what is kept never changes."""
    with transaction.atomic():
        rows = Estimate.objects.select_for_update().filter(journey=journey)
        latest = rows.order_by("-number").first()
        body = msgspec.json.encode(case).decode()
        if latest is not None and latest.body == body:
            return _promise(latest)
        number = latest.number + 1 if latest else 1
        Estimate.objects.create(journey=journey, number=number, body=body, author=author)
    return promises(journey)[0]


def promises(journey: str) -> Sequence[Promise]:
    """Return what was reckoned for a journey, the latest first."""
    rows = Estimate.objects.filter(journey=journey).order_by("-number")
    return [_promise(row) for row in rows[:ESTIMATES_SHOWN]]


def delivered(journey: Journey, promise: Promise) -> Delivered | None:
    """Hold a promise against the holdout; None when nobody is kept out of the journey."""
    goal = next((result for result in results(journey) if not result.step), None)
    if goal is None:
        return None
    kept_out, let_in = (way.share for way in goal.ways)
    low, high = difference(let_in, kept_out)
    return Delivered(
        promised=promise.case.figure("uplift"),
        expected=let_in.rate - kept_out.rate,
        low=low,
        high=high,
        let_in=let_in,
        kept_out=kept_out,
    )


def _promise(row: Estimate) -> Promise:
    case = msgspec.json.decode(row.body, type=Case)
    return Promise(row.number, row.author, row.created_at, case)
