"""What the page of results shows: the chart that was chosen, the same as a table, and what came of it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from ripely.operations.outcomes import results as found_in
from ripely.operations.outcomes.overall import overall
from ripely.operations.outcomes.results import Key, Results, Series
from ripely.operations.outcomes.returns import PEOPLE_MIN, TOUCHES, WITHIN_DAYS, touch_of
from ripely.operations.outcomes.spans import read_span
from ripely.ports import AskError
from ripely.web.request import Request

Shown = dict[str, object]
SPANS = (7, 30, 90, 365)
STEPS: Mapping[str, str] = {"day": "Days", "week": "Weeks", "month": "Months"}
USUAL: Sequence[Key] = ("visits", "leads", "orders", "revenue")
UNKNOWN = "not known"


class Line(msgspec.Struct, frozen=True):
    """A thing that can be shown: what it came to, beside the time before, and what to show with or without it."""

    series: Series
    total: str
    before: str
    chosen: bool
    show: str


class Drawn(msgspec.Struct, frozen=True):
    """The chart: `data` is what the script draws, `rows` what the table says."""

    data: str
    names: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


def awaited(request: Request) -> Shown:
    """Show what was asked before history has answered: the page asks for that when it is there."""
    said = request.GET
    asked: Shown = {"spans": SPANS, "steps": STEPS, "asked": said, "awaited": True}
    try:
        found_in.chosen(said.get("show", ""))
        touch_of(said.get("touch", ""))
        span = read_span(said, request.app.clock.now(), _zone(request))
    except ValueError as wrong:
        return {**asked, "wrong": f"{wrong}"}
    return {**asked, "span": span, "days": span.days if not said.get("from") else 0}


def results(request: Request) -> Shown:
    """Answer the question in the address; what makes no sense in it is said, and when history is away."""
    shown, said, app = awaited(request), request.GET, request.app
    if "wrong" in shown:
        return shown
    asked = {**shown, "touches": TOUCHES, "awaited": False}
    keys = found_in.chosen(said.get("show", "")) or USUAL
    currency = request.names.company.currency
    try:
        told = overall(app.warehouse, said, app.clock.now(), _zone(request), currency)
    except AskError as away:
        return {**asked, "away": f"{away}"}
    of = told.results
    return {
        **asked,
        "currency": of.currency,
        "others": of.others,
        "lines": [_line(one, keys, of.currency) for one in of.series],
        "drawn": drawn(of, keys),
        "begun": _begun(of, keys),
        "unknown": all(one.total is None for one in of.series),
        "touch": told.touch,
        "returns": told.returns,
        "people_min": PEOPLE_MIN,
        "within_days": WITHIN_DAYS,
    }


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(request.names.company.timezone or request.app.settings.timezone)


def drawn(found: Results, keys: Sequence[Key]) -> Drawn:
    """Draw the chosen series; money has an axis of its own beside anything else."""
    series = [found.of(key) for key in keys]
    names = [_named(one, found.currency) for one in series]
    curves = [
        {"name": name, "values": one.values, "curve": True, "right": one.key == "revenue" and len(keys) > 1}
        for name, one in zip(names, series, strict=True)
    ]  # fmt: skip
    labels = [f"{part:%d %b %Y}" if found.span.days > 366 else f"{part:%d %b}" for part in found.span.parts]  # fmt: skip
    data = json.dumps({"labels": labels, "series": curves}, ensure_ascii=False)
    rows = [
        (part, [amount(n) for n in values]) for part, values in found_in.rows_of(found, keys)
    ]
    return Drawn(data, names, rows)


def amount(n: float | None) -> str:
    """Write a number, and money with its cents only where there are any."""
    if n is None:
        return UNKNOWN
    return f"{n:,.0f}" if n == round(n) else f"{n:,.2f}"


def _begun(found: Results, keys: Sequence[Key]) -> Mapping[date, str]:
    """Name the chosen series that are known of a part of the time alone, by the day since which they are."""
    since: dict[date, list[str]] = {}
    for one in found.series:
        if one.key in keys and one.since:
            day = one.since.astimezone(found.span.zone).date()
            since.setdefault(day, []).append(one.name)
    return {day: ", ".join(since[day]) for day in sorted(since)}


def _line(one: Series, keys: Sequence[Key], currency: str) -> Line:
    is_chosen = one.key in keys
    others = [key for key in keys if key != one.key]
    show = ",".join(others if is_chosen else [*keys, one.key])
    money = (
        f" {currency}" if one.key == "revenue" and currency and one.total is not None else ""
    )
    return Line(one, amount(one.total) + money, amount(one.before), is_chosen, show)


def _named(one: Series, currency: str) -> str:
    return f"{one.name}, {currency}" if one.key == "revenue" and currency else one.name
