"""When people buy again: how many have not yet, day by day, and how long to wait before asking.

Who has not bought again yet counts too, for as long as we know: the estimate of Kaplan and Meier,
"Nonparametric Estimation from Incomplete Observations", Journal of the American Statistical
Association 53 (1958). Its interval is Greenwood's variance on the scale of log(-log), which stays
within 0 and 1: Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time Data" (1980).
Several orders of one day are one purchase.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import exp, log, sqrt
from typing import Literal

import msgspec

from ripely.operations.questions.asking import Sql, Word, ask, text, whole
from ripely.ports import Warehouse

BUYERS_MIN = 30
"""Of fewer purchases nothing is said."""
AGAIN_MIN = 10
"""Nor when fewer were followed by another."""
AT_RISK_MIN = 10
"""The curve ends where fewer are left to tell of."""
SUBJECTS_MAX = 20
QUARTERS = (0.25, 0.5, 0.75)
_Z95 = 1.959963984540054

Per = Literal["all", "product", "category", "segment"]
PER: Mapping[Per, str] = {
    "all": "All purchases", "product": "Products", "category": "Categories", "segment": "Segments",
}  # fmt: skip


class Gap(msgspec.Struct, frozen=True):
    """After so many days so many bought again, and of so many nothing later is known."""

    days: int
    again: int
    not_yet: int


class Point(msgspec.Struct, frozen=True):
    """The share who have not bought again by the end of a day, between what it lies, and how many told."""

    day: int
    waiting: float
    low: float
    high: float
    at_risk: int


class Timing(msgspec.Struct, frozen=True):
    """When one kind of purchase is followed by the next.

    `returning` is the share who buy again within the days the curve covers. `quarters` are the
    days by which a quarter, a half and three quarters of all have; None where it never comes so
    far. `wait` is the suggested one: by then half of those who come back have come by themselves.
    `anyway` is the chance that somebody who has not yet by then still would without being asked.
    """

    subject: str
    purchases: int
    again: int
    curve: Sequence[Point] = ()
    returning: float = 0.0
    quarters: tuple[int | None, ...] = (None, None, None)
    wait: int | None = None
    anyway: float = 0.0

    @property
    def enough(self) -> bool:
        return self.purchases >= BUYERS_MIN and self.again >= AGAIN_MIN


def timings(
    warehouse: Warehouse, now: datetime, per: Per = "all", event: str = "order.completed",
    *, first: bool = False,
) -> Sequence[Timing]:  # fmt: skip
    """Return when people buy again, most bought first: after each purchase, or after the `first` alone."""
    words: dict[str, Word] = {
        "subject": Sql(_SUBJECT[per]),
        "joined": Sql(_JOINED[per]),
        "event": event,
        "now": now,
        "subjects": SUBJECTS_MAX,
        "nth": 1 if first else 1_000_000,
    }
    gaps: dict[str, list[Gap]] = defaultdict(list)
    for subject, days, again, not_yet in ask(warehouse, "timing", words):
        gaps[text(subject)].append(Gap(whole(days), whole(again), whole(not_yet)))
    found = [timing(subject, of) for subject, of in gaps.items()]
    return sorted(found, key=lambda one: (-one.purchases, one.subject))


def timing(subject: str, gaps: Sequence[Gap]) -> Timing:
    again = sum(gap.again for gap in gaps)
    purchases = again + sum(gap.not_yet for gap in gaps)
    found = Timing(subject, purchases, again)
    curve = list(survival(gaps)) if found.enough else []
    if not curve:
        return found
    left = curve[-1].waiting
    wait = _day_when(curve, 1 - (1 - left) / 2)
    then = next(point.waiting for point in curve if point.day == wait)
    return msgspec.structs.replace(
        found,
        curve=curve,
        returning=1 - left,
        quarters=tuple(_day_when(curve, 1 - quarter) for quarter in QUARTERS),
        wait=wait,
        anyway=(then - left) / then if then else 0.0,
    )


def survival(gaps: Sequence[Gap]) -> Iterator[Point]:
    """Tell the curve, a point for each day on which somebody bought again."""
    at_risk = sum(gap.again + gap.not_yet for gap in gaps)
    waiting, variance = 1.0, 0.0
    for gap in sorted(gaps, key=lambda one: one.days):
        if at_risk < AT_RISK_MIN:
            return
        if gap.again:
            waiting *= 1 - gap.again / at_risk
            left = at_risk - gap.again
            variance += gap.again / (at_risk * left) if left else 0.0
            yield Point(gap.days, waiting, *_interval(waiting, variance), at_risk)
        at_risk -= gap.again + gap.not_yet


def _interval(waiting: float, variance: float) -> tuple[float, float]:
    if not 0 < waiting < 1:
        return waiting, waiting
    half = _Z95 * sqrt(variance) / -log(waiting)
    return waiting ** exp(half), waiting ** exp(-half)


def _day_when(curve: Sequence[Point], share: float) -> int | None:
    return next((point.day for point in curve if point.waiting <= share + 1e-12), None)


_SUBJECT: Mapping[Per, str] = {
    "all": "''",
    "product": "unnest(coalesce(e.properties['products.name'], e.properties['products.product_id'], e.properties['product_id']))",
    "category": "unnest(coalesce(e.properties['products.category'], e.properties['category']))",
    "segment": "unnest(map_keys(p.segments))",
}
_JOINED: Mapping[Per, str] = {
    "all": "",
    "product": "",
    "category": "",
    "segment": "JOIN present p ON p.contact = coalesce(m.merged_into, e.contact)",
}
