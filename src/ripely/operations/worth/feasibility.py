"""Whether an automation is worth it: money a month, when it has paid for itself, and a plain verdict.

    gains  = people x uplift x worth of a conversion            (more, or repeated, sales)
           + hours freed a day x working days x price of an hour
           + deals x share with an error x share of those lost x share of errors that end x worth of a deal
    costs  = people x messages x price of a message, the service, and hours of support
    at first: hours of writing and building, and what else is paid once

A figure may be a guess. One without a range then stands for half as much up to half as much again.
The range of the result takes each figure alone to its ends, and adds up the squares of what that
changes, as if the figures had nothing to do with one another: the recovery of variance estimates of
Zou and Donner, "Construction of confidence limits about effect measures: a general approach",
Statistics in Medicine 27 (2008).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import Literal

import msgspec

WORKING_DAYS = 21
"""In a month."""
GUESS_SPREAD = 0.5
MONTHS_MAX = 120
FIGURES_MAX = 100

Goal = Literal["less_load", "cheaper_buyers", "cheaper_care", "more_buyers", "repeat_purchases"]
GOALS: Mapping[Goal, str] = {
    "less_load": "Less load on colleagues",
    "cheaper_buyers": "A lower cost of winning a buyer",
    "cheaper_care": "A lower cost of looking after a purchase",
    "more_buyers": "More people who come to buy",
    "repeat_purchases": "More frequent purchases",
}
Decision = Literal["automate", "try", "do_not"]


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A number that goes in, what it may be at the least and the most, and where it comes from."""

    value: float
    low: float | None = None
    high: float | None = None
    guess: bool = True
    why: str = ""

    @property
    def range(self) -> tuple[float, float]:
        spread = abs(self.value) * GUESS_SPREAD if self.guess else 0.0
        low = self.value - spread if self.low is None else self.low
        high = self.value + spread if self.high is None else self.high
        return min(low, self.value), max(high, self.value)


class Asked(msgspec.Struct, frozen=True):
    """A figure that the reckoning asks for. A `share` is between -1 and 1 and is shown in percent."""

    name: str
    words: str
    unit: str
    default: float = 0.0
    share: bool = False

    def range_of(self, figure: Figure) -> tuple[float, float]:
        """Return between what a figure may lie: a share is never more than all."""
        low, high = figure.range
        return (max(low, -1.0), min(high, 1.0)) if self.share else (low, high)


ASKED = (
    Asked("people", "People who come into it", "a month"),
    Asked("uplift", "How many more of them convert", "share", share=True),
    Asked("worth", "What a conversion brings, after its own cost", "money"),
    Asked("hours_freed", "Time of colleagues it frees", "hours a day"),
    Asked("hour_price", "What an hour of a colleague costs", "money", 20.0),
    Asked("deals", "Deals it is about", "a month"),
    Asked("errors", "Deals in which something is forgotten or wrong today", "share", share=True),
    Asked("lost_by_errors", "Of those, deals lost because of it", "share", 0.1, share=True),
    Asked("errors_ended", "Errors that it ends", "share", 0.8, share=True),
    Asked("deal_worth", "What a deal brings, after its own cost", "money"),
    Asked("service", "What the service costs", "a month"),
    Asked("support_hours", "Time to look after it", "hours a month", 2.0),
    Asked("setup_hours", "Time to write and build it", "hours, once", 16.0),
    Asked("setup_money", "What else is paid at first", "once"),
)  # fmt: skip
CHANNEL_PRICES: Mapping[str, float] = {
    "email": 0.001, "sms": 0.05, "push": 0.0, "web_push": 0.0, "messenger": 0.01, "chat": 0.0,
    "in_app": 0.0, "voice": 0.1,
}  # fmt: skip
"""What a message costs if nobody knows better."""


class Case(msgspec.Struct, frozen=True):
    """What is reckoned with. `figures` by name; of each channel `messages/email` a person, `price/email`.

    `currency` is that of all its money; nothing where it is not known.
    """

    goal: Goal = "more_buyers"
    months: int = 12
    figures: Mapping[str, Figure] = {}
    currency: str = ""

    def figure(self, name: str) -> Figure:
        return self.figures.get(name) or Figure(_default(name))


class Money(msgspec.Struct, frozen=True):
    """Gains and costs of a month, and what is paid once."""

    gains: Mapping[str, float]
    costs: Mapping[str, float]
    setup: float

    @property
    def monthly(self) -> float:
        return sum(self.gains.values()) - sum(self.costs.values())

    def over(self, months: int) -> float:
        return months * self.monthly - self.setup


class Lever(msgspec.Struct, frozen=True):
    """A figure, what its range changes a month, and from which value on the whole pays (None: from none)."""

    asked: Asked
    figure: Figure
    swing: float
    pays_from: float | None


class Verdict(msgspec.Struct, frozen=True):
    """`low`, `expected` and `high` are a month. `paid_after` months the beginning is paid; None: never."""

    decision: Decision
    words: str
    reasons: Sequence[str]
    money: Money
    low: float
    expected: float
    high: float
    total: tuple[float, float, float]
    paid_after: float | None
    levers: Sequence[Lever]


def judge(case: Case) -> Verdict:
    """Reckon a case, and say in one sentence what to do and in one or two why."""
    values = {asked.name: case.figure(asked.name).value for asked in asked_of(case)}
    money = reckon(values)
    levers = sorted(_levers(case, values, money), key=lambda one: -one.swing)
    low, high = _range(case, values, money.monthly, 1, once=False)
    total_low, total_high = _range(case, values, money.over(case.months), case.months)
    total = (total_low, money.over(case.months), total_high)
    decision: Decision = "automate" if total_low > 0 else "try" if total[1] > 0 else "do_not"
    return Verdict(
        decision=decision,
        words=_WORDS[decision],
        reasons=_reasons(case, decision, money, levers)[:2],
        money=money,
        low=low,
        expected=money.monthly,
        high=high,
        total=total,
        paid_after=money.setup / money.monthly if money.monthly > 0 else None,
        levers=levers,
    )


def asked_of(case: Case) -> Sequence[Asked]:
    """Return everything that a case reckons with: what all have, and its channels."""
    channels = sorted(n.partition("/")[2] for n in case.figures if n.startswith("messages/"))
    sending = (
        one
        for channel in channels
        for one in (
            Asked(f"messages/{channel}", f"Messages by {channel} to each of them", "a person"),
            Asked(f"price/{channel}", f"What a message by {channel} costs", "money"),
        )
    )
    return [_in_currency(asked, case.currency) for asked in (*ASKED, *sending)]


def _in_currency(asked: Asked, currency: str) -> Asked:
    if asked.unit != "money" or not currency:
        return asked
    return msgspec.structs.replace(asked, unit=currency)


def reckon(v: Mapping[str, float]) -> Money:
    """Return the money that these values come to."""
    channels = [name.partition("/")[2] for name in v if name.startswith("messages/")]
    gains = {
        "sales": v["people"] * v["uplift"] * v["worth"],
        "hours": v["hours_freed"] * WORKING_DAYS * v["hour_price"],
        "errors": v["deals"] * v["errors"] * v["lost_by_errors"] * v["errors_ended"] * v["deal_worth"],
    }  # fmt: skip
    costs = {
        "sending": v["people"] * sum(v[f"messages/{c}"] * v[f"price/{c}"] for c in channels),
        "service": v["service"],
        "support": v["support_hours"] * v["hour_price"],
    }
    return Money(gains, costs, v["setup_hours"] * v["hour_price"] + v["setup_money"])


def _default(name: str) -> float:
    what, _, channel = name.partition("/")
    if what == "price":
        return CHANNEL_PRICES.get(channel, 0.0)
    return next((asked.default for asked in ASKED if asked.name == name), 0.0)


def _range(
    case: Case, values: Mapping[str, float], expected: float, months: int, *, once: bool = True
) -> tuple[float, float]:
    below = above = 0.0
    for asked in asked_of(case):
        ends = [
            _total(values, asked.name, end, months, once=once)
            for end in asked.range_of(case.figure(asked.name))
        ]
        below += max(0.0, expected - min(ends)) ** 2
        above += max(0.0, max(ends) - expected) ** 2
    return expected - sqrt(below), expected + sqrt(above)


def _total(
    values: Mapping[str, float], name: str, value: float, months: int, *, once: bool
) -> float:
    money = reckon({**values, name: value})
    return months * money.monthly - (money.setup if once else 0.0)


def _levers(case: Case, values: Mapping[str, float], money: Money) -> Iterator[Lever]:
    now = money.over(case.months)
    for asked in asked_of(case):
        figure = case.figure(asked.name)
        low, high = (
            _total(values, asked.name, end, case.months, once=True)
            for end in asked.range_of(figure)
        )
        # In each figure alone the result is a straight line.
        more = _total(values, asked.name, figure.value + 1, case.months, once=True)
        slope = more - now
        pays = figure.value - now / slope if slope else None
        swing = abs(high - low) / case.months
        yield Lever(
            asked, figure, swing, pays if pays is not None and _may_be(asked, pays) else None
        )


def _may_be(asked: Asked, value: float) -> bool:
    return (-1 if asked.name == "uplift" else 0) <= value and (not asked.share or value <= 1)


def _reasons(
    case: Case, decision: Decision, money: Money, levers: Sequence[Lever]
) -> list[str]:
    gain = max(money.gains, key=lambda name: money.gains[name])
    most = f"{_GAINS[gain]} {_money(money.gains[gain], case)} a month."
    if decision == "automate":
        return [most, _paid(case, money)]
    if decision == "try":
        widest = levers[0]
        ends = " to ".join(
            _value(widest.asked, end) for end in widest.asked.range_of(widest.figure)
        )
        unsure = f"{widest.asked.words}: anything from {ends}, and the result hangs on it."
        return [unsure, f"It pays {_from(widest)}." if widest.pays_from is not None else most]
    return [_too_little(case, money), *_nearest(levers)]


def _too_little(case: Case, money: Money) -> str:
    gains, costs = sum(money.gains.values()), sum(money.costs.values())
    if gains <= costs:
        return (
            f"It brings {_money(gains, case)} a month and costs {_money(costs, case)} a month."
        )
    return (
        f"It brings {_money(money.monthly, case)} a month more than it costs; in {case.months} months"
        f" that does not pay for the {_money(money.setup, case)} at the beginning."
    )


def _nearest(levers: Sequence[Lever]) -> list[str]:
    """Say which figure has to change the least for the whole to pay."""
    tips = [
        one
        for one in levers
        if one.pays_from is not None and one.figure.value and one.asked.name in _LEVERS
    ]
    if not tips:
        return ["Nobody's time is freed and nothing more is sold, as far as the figures say."]
    # What is guessed is sooner another than what history knows.
    nearest = min(
        tips,
        key=lambda one: (
            round(abs((one.pays_from or 0.0) / one.figure.value - 1), 2),
            not one.figure.guess,
        ),
    )
    return [
        f"{nearest.asked.words}: it pays {_from(nearest)}, and now it is {_value(nearest.asked, nearest.figure.value)}."
    ]


def _from(lever: Lever) -> str:
    assert lever.pays_from is not None
    way = (
        "up to"
        if lever.pays_from < lever.figure.value and lever.asked.name in _COSTS
        else "from"
    )
    return f"{way} {_value(lever.asked, lever.pays_from)}"


def _paid(case: Case, money: Money) -> str:
    months = money.setup / money.monthly
    return (
        f"The {_money(money.setup, case)} at the beginning are back after {months:.1f} months."
    )


def _value(asked: Asked, value: float) -> str:
    if asked.share:
        return f"{value:+.1%}" if asked.name == "uplift" else f"{value:.1%}"
    return f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}"


def _money(value: float, case: Case) -> str:
    amount = f"{value:,.0f}" if abs(value) >= 10 else f"{value:,.2f}"
    return f"{amount} {case.currency}".rstrip()


_WORDS: Mapping[Decision, str] = {
    "automate": "Automate this.",
    "try": "Try it, and keep some people out to be compared: it may pay, and it may not.",
    "do_not": "Do not automate this.",
}
_GAINS = {
    "sales": "What is sold more comes to",
    "hours": "The time of colleagues that is freed is worth",
    "errors": "Deals that errors lose no more bring",
}
_COSTS = {"service", "support_hours", "setup_hours", "setup_money", "hour_price"}
_LEVERS = {
    "people",
    "uplift",
    "worth",
    "hours_freed",
    "deals",
    "errors",
    "deal_worth",
    "service",
    "setup_hours",
}
