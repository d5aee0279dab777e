"""Values that pass a comparison, or do not: of what people are invented for a path."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ripely.compiler.operators import check, compares_days
from ripely.model.acts import Op, Where
from ripely.model.catalog import BY_NAME
from ripely.model.days import Relative, parse_day
from ripely.model.event import Value

Fact = Value | tuple[Value, ...]
Wanted = Value | tuple[Value, ...]
ELSE = "something else"
A_DAY = "2030-02-06"
"""What is known somehow may well be a day."""
INVENTED = (A_DAY, ELSE)
"""These stand for anything that is known."""
VALUES_MAX = 3
"""How many values are tried for one comparison."""


def passing(op: Op, wanted: Wanted, today: date, *, passes: bool = True) -> list[Fact]:
    """Return some values for which the comparison holds, or, when it must not, does not."""
    if compares_days(op, wanted):
        return [*_days(op, wanted, today, passes=passes)][:VALUES_MAX]
    holds = check(op, wanted)
    found: list[Fact] = []
    for value in (*_near(wanted), *_OTHERS):
        held = list(value) if isinstance(value, tuple) else value
        if holds(held) == passes and value not in found:
            found.append(value)
    return found[:VALUES_MAX]


_OTHERS: Sequence[Fact] = (A_DAY, ELSE, 1, 1_000_000, 0, -1, None, True)


def properties_for(event: str, where: tuple[Where, ...], today: date) -> dict[str, object]:
    """Return properties of an event that passes all these tests, and has what such an event has else."""
    standard = BY_NAME.get(event)
    said: dict[str, object] = dict(standard.properties) if standard else {}
    if event in {"page.viewed", "page.left"}:
        said = {"url": "https://shop.example/", "path": "/", "title": ""}
    for test in where:
        tests = tuple(other for other in where if other.property == test.property)
        for value in passing(test.op, test.value, today):
            held = list(value) if isinstance(value, tuple) else value
            if all(_holds(other, held) for other in tests):
                _put(said, test.property, value)
                break
    return said


def _holds(test: Where, value: object) -> bool:
    return compares_days(test.op, test.value) or check(test.op, test.value)(value)


def _put(said: dict[str, object], name: str, value: Fact) -> None:
    """Set a property; `products.category` is that of the first item of a list."""
    head, dot, rest = name.partition(".")
    if value is None:
        said.pop(name, None)
    elif not dot or name in said:
        said[name] = list(value) if isinstance(value, tuple) else value
        if name == "url":
            said["path"] = "/" + str(value).partition("://")[2].partition("/")[2]
        elif name == "path":
            said["url"] = f"https://shop.example{value}"
    else:
        inner = said.get(head)
        first = inner[0] if isinstance(inner, list) and inner else inner
        kept: dict[str, object] = dict(first) if isinstance(first, dict) else {}
        _put(kept, rest, value)
        many = isinstance(inner, list) or head.endswith("s")
        said[head] = [kept] if many else kept


def _near(wanted: Wanted) -> Iterator[Fact]:
    """Return what is asked for itself, and what lies just beside it."""
    many = wanted if isinstance(wanted, tuple) else (wanted,)
    yield from (one for one in many if one is not None)
    for one in many:
        if isinstance(one, str):
            plain = "".join(c for c in one.replace("\\.", ".") if c not in "^$()[]{}?*+|\\")
            yield from (f"/{one.lstrip('/')}", f"https://shop.example/{one.lstrip('/')}", plain)
            yield from (f"https://shop.example/{plain}", f"/{plain}", f"{one} and more")
        elif isinstance(one, int | float) and not isinstance(one, bool):
            yield from (one + 1, one - 1)
    if len(many) > 1:
        yield many


def _days(op: Op, wanted: Wanted, today: date, *, passes: bool) -> Iterator[Fact]:
    days = [_day(one, today) for one in (wanted if isinstance(wanted, tuple) else (wanted,))]
    low, high = min(days), max(days)
    before, after = low - timedelta(days=10), high + timedelta(days=10)
    inside = {"before": (before,), "after": (after,), "on": (low,), "between": (low, high)}
    outside = {"before": (after,), "after": (before,), "on": (after, before)}
    chosen = inside.get(op, (low,)) if passes else outside.get(op, (after, before))
    yield from (day.isoformat() for day in chosen)
    if not passes:
        yield None


def _day(word: Value, today: date) -> date:
    day = parse_day(word)
    return day.seen_from(today) if isinstance(day, Relative) else day
