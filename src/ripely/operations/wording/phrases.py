"""The small phrases that sentences about rules are made of: comparisons, windows, how often."""

from collections.abc import Sequence

from ripely.model.acts import Act, Where
from ripely.model.currency import only_of
from ripely.model.duration import Duration
from ripely.model.event import Value
from ripely.operations.wording.names import spoken, text

OPS = {
    "equals": "is",
    "not_equals": "is not",
    "contains": "contains",
    "contains_words": "has the words",
    "starts_with": "begins with",
    "ends_with": "ends with",
    "matches": "matches the pattern",
    "in": "is one of",
    "not_in": "is none of",
    "has_all": "has all of",
    "at_least": "is at least",
    "at_most": "is at most",
    "more_than": "is more than",
    "less_than": "is less than",
    "between": "is between",
    "before": "is before",
    "after": "is after",
    "on": "is on",
    "exists": "is known",
    "empty": "is not known",
}
PERIODS = {
    "today": "today",
    "this_week": "this week",
    "this_month": "this month",
    "this_year": "this year",
}


def compared(op: str, value: Value | tuple[Value, ...]) -> str:
    if op in {"exists", "empty"}:
        return OPS[op]
    values = value if isinstance(value, tuple) else (value,)
    joint = " and " if op == "between" else ", "
    return f"{OPS[op]} {joint.join(map(_quoted, values))}"


def _quoted(value: Value) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return text(value) if number else f"“{text(value)}”"


def tested(where: tuple[Where, ...]) -> str:
    return f" where {' and '.join(map(_test, where))}" if where else ""


def _test(one: Where) -> str:
    if one.op == "not_in" and (currency := only_of(one.value)):
        return f"the currency is {_quoted(currency)}, or none is said"
    return f"{spoken(one.property.replace('.', ' ')).lower()} {compared(one.op, one.value)}"


def act(done: Act) -> str:
    return f"“{spoken(done.event)}”{tested(done.where)}"


def times(low: int | None, high: int | None) -> str:
    if high == 0:
        return "never"
    if high is None:
        return "at least once" if low in {None, 1} else f"at least {low} times"
    return f"at most {often(high)}" if low is None else f"{low} to {high} times"


def often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def between(low: float | None, high: float | None) -> str:
    least, most = (text(number) for number in (low, high))
    if low is None:
        return f"at most {most}"
    return f"at least {least}" if high is None else f"from {least} to {most}"


def either(words: Sequence[str]) -> str:
    """Write `a, b or c`, each in quotes."""
    return one_of([f"“{word}”" for word in words])


def one_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def long_duration(period: Duration) -> str:
    """Write `1h 30m` as "1 hour 30 minutes", and `30d` as "30 days"."""
    units = {"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}
    days, rest = divmod(period, 86_400)
    parts = [f"{days}d"] if days % 7 and not rest else str(period).split()
    words = []
    for part in parts:
        count, unit = part[:-1], units[part[-1]]
        words.append(f"{count} {unit}{'' if count == '1' else 's'}")
    return " ".join(words)


def last(period: Duration) -> str:
    """Write a window: "the last 30 days", "the last hour"."""
    words = long_duration(period)
    return f"the last {words.removeprefix('1 ') if words.count(' ') == 1 else words}"
